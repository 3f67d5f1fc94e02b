"""The settings of messages: which way they go, what each way lacks, the digest, a test to oneself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from bridge.core.http import current
from bridge.core.http.access import route
from bridge.core.permissions import can_run_messages
from bridge.lms.connection import sites_of
from bridge.lms.models import LmsSite
from bridge.messages import service, wishes
from bridge.messages.choice import Channel
from bridge.messages.forms import ORDERS, SettingsForm
from bridge.messages.log import ChannelHealth, health_of
from bridge.messages.models import Rhythm
from bridge.messages.sentences import CHANNELS, fault, fault_places
from bridge.messages.views.blueprint import messages_pages, municipality, myself, post
from bridge.messages.work import DELIVER
from bridge.web.messages import gettext as _
from bridge.web.viewmodels import Tag, Tone
from lms_sync.client import Function


@dataclass(frozen=True, slots=True)
class ChannelView:
    """One way: whether it is open, and what it lacks."""

    title: str
    tag: Tag
    sentences: tuple[str, ...]
    delivered_at: datetime | None = None
    failed_at: datetime | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class SettingsView:
    form: SettingsForm
    channels: tuple[ChannelView, ...]


@route(messages_pages, "/messages/settings", rule=can_run_messages)
def show_settings() -> ResponseReturnValue:
    """Show which way messages go, and what each way lacks."""
    return render_template("messages/settings.html", page=_view())


@route(messages_pages, "/messages/settings", rule=can_run_messages, methods=("POST",))
def save_settings() -> ResponseReturnValue:
    """Keep the order of ways and the digest."""
    form = SettingsForm()
    if not form.validate_on_submit():
        return render_template("messages/settings.html", page=_view(form)), 422
    habits = wishes.Habits(ORDERS[form.order.data][1], Rhythm(form.digest.data), form.digest_hour.data)
    wishes.save_habits(current.db_session(), municipality(), habits, now=current.now(), actor=current.person_uid())
    flash(_("The settings are saved."), "ok")
    return redirect(url_for("messages.show_settings"))


@route(messages_pages, "/messages/settings/test", rule=can_run_messages, methods=("POST",))
def send_test() -> ResponseReturnValue:
    """Send a test to oneself, the way one's own messages go."""
    session = current.db_session()
    message = service.send_test(session, post(), myself(), now=current.now())
    if message is None:  # pragma: no cover - a test can always be copied
        return redirect(url_for("messages.show_settings"))
    if message.channel != Channel.COPY.value:
        current.services().jobs.enqueue(session, DELIVER)
        flash(_("The test is on its way: reload this page in a moment to see what became of it."))
    else:
        flash(_("No way is open but by hand: the test waits to be handed over."), "warn")
    return redirect(url_for("messages.show", message=message.uid))


def _view(form: SettingsForm | None = None) -> SettingsView:
    habits = wishes.habits_of(current.db_session(), current.actor().municipality_id or 0)
    # A text to copy closes every order, whether it is named or not.
    order = tuple(channel for channel in habits.order if channel is not Channel.COPY)
    known = next(key for key, (_words, channels) in ORDERS.items() if channels == order)
    shown = form or SettingsForm(formdata=None, order=known, digest=habits.digest.value, digest_hour=habits.digest_hour)
    return SettingsView(shown, (_mail(), _moodle(), _by_hand()))


def _mail() -> ChannelView:
    server = post().mail
    if server is None:
        lack = _(
            "No mail server is set up. The server's administrator sets ACCEL_SMTP_URL and ACCEL_MAIL_FROM; "
            "until then messages go another way."
        )
        return _channel(Channel.SMTP, is_open=False, sentences=(lack,))
    said = _("Mail goes out through %(host)s as %(sender)s.", host=server.host, sender=server.sender)
    return _channel(Channel.SMTP, is_open=True, sentences=(said,))


def _moodle() -> ChannelView:
    sites = sites_of(current.db_session(), current.actor().municipality_id or 0)
    offering = [site for site in sites if Function.SEND_MESSAGES in site.functions]
    return _channel(Channel.MOODLE, is_open=bool(offering), sentences=tuple(_about_moodle(sites, offering)))


def _about_moodle(sites: list[LmsSite], offering: list[LmsSite]) -> Iterable[str]:
    if not sites:
        yield _("Moodle is not connected yet.")
    for site in sites:
        if site in offering:
            yield _(
                "%(name)s takes messages, in the name of the account %(account)s. That account needs the right "
                "moodle/site:messageanyuser at system level: without it Moodle refuses whoever shares no course "
                "with it.",
                name=site.name,
                account=site.username,
            )
        else:
            yield _(
                "%(name)s: the token's service lacks the function core_message_send_instant_messages. Moodle's "
                "administrator adds it to the service; then save the connection once more.",
                name=site.name,
            )


def _by_hand() -> ChannelView:
    said = _("Needs nothing: the text waits on the page “To hand over” until somebody has copied or read it out.")
    return _channel(Channel.COPY, is_open=True, sentences=(said,))


def _channel(channel: Channel, *, is_open: bool, sentences: tuple[str, ...]) -> ChannelView:
    health = health_of(current.db_session(), current.actor().municipality_id or 0, channel)
    return ChannelView(
        title=_(CHANNELS[channel]),
        tag=_tag(health, is_open=is_open),
        sentences=sentences,
        delivered_at=health.delivered_at,
        failed_at=health.failed_at,
        fault=_(fault(health.code), **fault_places(health.code, health.facts or {})) if health.code else "",
    )


def _tag(health: ChannelHealth, *, is_open: bool) -> Tag:
    if not is_open:
        return Tag(_("not set up"))
    return Tag(_("failed last time"), Tone.WARN) if health.failed_at is not None else Tag(_("open"), Tone.OK)
