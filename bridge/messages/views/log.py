"""The log of messages, one message, and the texts that wait to be handed over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bridge.core.http import current
from bridge.core.http.access import route
from bridge.core.permissions import can_run_messages
from bridge.messages import log, service
from bridge.messages.choice import Channel
from bridge.messages.log import LogFilter, name_of
from bridge.messages.models import Message, MessageAttempt, MessageState
from bridge.messages.outcome import Ended
from bridge.messages.sentences import CHANNELS, STATES, WHY_NOT, fault, fault_places
from bridge.messages.views.blueprint import messages_pages, post
from bridge.messages.work import DELIVER
from bridge.web.filters import date_
from bridge.web.messages import gettext as _
from bridge.web.messages import ngettext
from bridge.web.tables import query_url
from bridge.web.viewmodels import Choice, Event, FilterField, Tag, Tone

TONES = {
    MessageState.SENT: Tone.OK,
    MessageState.HANDED: Tone.OK,
    MessageState.TO_COPY: Tone.WARN,
    MessageState.UNCLEAR: Tone.WARN,
    MessageState.FAILED: Tone.BAD,
    MessageState.WAITING: Tone.INFO,
    MessageState.CLAIMED: Tone.INFO,
}


@dataclass(frozen=True, slots=True)
class LogRow:
    """A message in the table."""

    url: str
    at: datetime
    name: str
    title: str
    channel: str
    state: Tag
    note: str = ""


@dataclass(frozen=True, slots=True)
class LogView:
    """The page of the log."""

    rows: tuple[LogRow, ...]
    filters: tuple[FilterField, ...]
    is_filtered: bool
    to_copy: int
    next_url: str = ""


@dataclass(frozen=True, slots=True)
class MessageView:
    """The page of one message."""

    uid: str
    name: str
    title: str
    subject: str
    channel: str
    state: Tag
    created_at: datetime
    reasons: tuple[str, ...]
    events: tuple[Event, ...]
    text: str = ""
    text_note: str = ""
    due_at: datetime | None = None
    again: str = ""
    """What the button to send it again says; empty where there is none."""
    may_cancel: bool = False
    may_hand_over: bool = False
    is_unclear: bool = False


@dataclass(frozen=True, slots=True)
class CopyCard:
    """One text to hand over."""

    uid: str
    url: str
    name: str
    subject: str
    text: str
    at: datetime
    reasons: tuple[str, ...]


@route(messages_pages, "/messages", rule=can_run_messages)
def show_log() -> ResponseReturnValue:
    """Show who was told what, which way, and what became of it."""
    return render_template("messages/log.html", page=_log_view())


@route(messages_pages, "/messages/to-copy", rule=can_run_messages)
def to_copy() -> ResponseReturnValue:
    """Show the texts that wait for a person's hands."""
    session, place = current.db_session(), current.actor().municipality_id or 0
    cards = [_card(message) for message in log.to_copy(session, place)]
    more = log.count_to_copy(session, place) - len(cards)
    return render_template("messages/to_copy.html", cards=cards, more=more)


@route(messages_pages, "/messages/to-copy", rule=can_run_messages, methods=("POST",))
def send_all() -> ResponseReturnValue:
    """Send what waits to be handed over, as far as a way has opened meanwhile."""
    session, now = current.db_session(), current.now()
    waiting = log.to_copy(session, current.actor().municipality_id or 0)
    opened = service.send_all_again(session, post(), waiting, now=now, actor=current.person_uid())
    if opened:
        current.services().jobs.enqueue(session, DELIVER)
        flash(ngettext("%(num)d text is on its way.", "%(num)d texts are on their way.", opened))
    else:
        flash(_("Nothing has changed: these people can be told by hand only."), "warn")
    return redirect(url_for("messages.to_copy"))


@route(messages_pages, "/messages/<message>", rule=can_run_messages)
def show(message: Message) -> ResponseReturnValue:
    """Show one message with its attempts."""
    return render_template("messages/message.html", page=_message_view(message))


@route(messages_pages, "/messages/<message>/again", rule=can_run_messages, methods=("POST",))
def send_again(message: Message) -> ResponseReturnValue:
    """Send a message anew, by the way that is open now."""
    session, now = current.db_session(), current.now()
    service.send_again(session, post(), message, now=now, actor=current.person_uid())
    if message.state == MessageState.WAITING.value:
        current.services().jobs.enqueue(session, DELIVER)
        flash(_("The message is on its way again."))
    else:
        flash(_("No way is open but by hand: the text waits to be handed over."), "warn")
    return redirect(url_for("messages.show", message=message.uid))


@route(messages_pages, "/messages/<message>/cancel", rule=can_run_messages, methods=("POST",))
def cancel(message: Message) -> ResponseReturnValue:
    """Take a message out of the queue."""
    service.cancel(current.db_session(), message, now=current.now(), actor=current.person_uid())
    flash(_("The message is cancelled; it will not be sent."))
    return redirect(url_for("messages.show", message=message.uid))


@route(messages_pages, "/messages/<message>/handed-over", rule=can_run_messages, methods=("POST",))
def handed_over(message: Message) -> ResponseReturnValue:
    """Note that a person has handed a text over."""
    service.hand_over(current.db_session(), message, now=current.now(), actor=current.person_uid())
    flash(_("Handed over: %(name)s.", name=name_of(message.person)), "ok")
    return redirect(url_for("messages.to_copy"))


# ---------------------------------------------------------------- the log


def _log_view() -> LogView:
    session, place = current.db_session(), current.actor().municipality_id or 0
    wanted = LogFilter(
        **{name: request.args.get(name, "") for name in ("name", "template", "channel", "state", "before")}
    )
    found = log.log_page(session, place, wanted)
    return LogView(
        rows=tuple(_row(message) for message in found.messages),
        filters=tuple(_filters(wanted)),
        is_filtered=any((wanted.name, wanted.template, wanted.channel, wanted.state, wanted.before)),
        to_copy=log.count_to_copy(session, place),
        next_url=query_url(before=found.next_uid) if found.next_uid else "",
    )


def _filters(wanted: LogFilter) -> Iterable[FilterField]:
    titles = {template.key: template.title for template in post().catalogue}
    yield FilterField("name", _("Surname or name"), wanted.name)
    for name, label, anything, words in (
        ("template", _("What"), _("Everything"), titles),
        ("channel", _("Which way"), _("Any way"), CHANNELS),
        ("state", _("State"), _("Any state"), STATES),
    ):
        choices = (Choice("", anything), *(Choice(str(value), _(text)) for value, text in words.items()))
        yield FilterField(name, label, getattr(wanted, name), choices)


def _row(message: Message) -> LogRow:
    return LogRow(
        url=url_for("messages.show", message=message.uid),
        at=message.created_at,
        name=name_of(message.person),
        title=_title(message),
        channel=_channel(message.channel),
        state=_state(message),
        note=_in_short(_latest_fault(message.attempts)) if message.state not in _ARRIVED else "",
    )


_ARRIVED = frozenset({MessageState.SENT.value, MessageState.HANDED.value})


def _title(message: Message) -> str:
    template = post().catalogue.find(message.template)
    return _(template.title) if template is not None else message.template


def _channel(word: str) -> str:
    return _(CHANNELS[word]) if word else "—"


def _state(message: Message) -> Tag:
    state = MessageState(message.state)
    return Tag(_(STATES[state]), TONES.get(state, Tone.PLAIN))


def _latest_fault(attempts: Sequence[MessageAttempt]) -> str:
    failed = [attempt for attempt in attempts if attempt.code]
    return _words(failed[-1].code, failed[-1].facts) if failed else ""


def _in_short(text: str) -> str:
    """What is the matter; what to do about it stands on the message's own page."""
    return re.split(r"(?<=[.!?]) ", text, maxsplit=1)[0]


def _words(code: str, facts: Mapping[str, object]) -> str:
    return _(fault(code), **fault_places(code, facts)).replace(" )", ")")


# ---------------------------------------------------------------- one message


def _message_view(message: Message) -> MessageView:
    state = MessageState(message.state)
    text, text_note = _text(message, state)
    return MessageView(
        uid=message.uid,
        name=name_of(message.person),
        title=_title(message),
        subject=message.subject,
        channel=_channel(message.channel),
        state=_state(message),
        created_at=message.created_at,
        reasons=tuple(_reasons(message)),
        events=tuple(_event(attempt) for attempt in reversed(message.attempts)),
        text=text,
        text_note=text_note,
        due_at=message.due_at if state is MessageState.WAITING and message.due_at > current.now() else None,
        again=_again(message, state),
        may_cancel=state in service.MAY_CANCEL,
        may_hand_over=state in service.MAY_HAND_OVER,
        is_unclear=state is MessageState.UNCLEAR,
    )


def _text(message: Message, state: MessageState) -> tuple[str, str]:
    """The text where it may be shown, else why not."""
    if message.erased_at is not None:
        return "", _("The text was erased on %(day)s.", day=date_(message.erased_at))
    if message.is_secret:
        if state is MessageState.TO_COPY:
            return "", _("The text holds a password: it stands on the page “To hand over” until that is done.")
        return "", _("The text holds a password and is not shown here.")
    return message.body, ""


def _again(message: Message, state: MessageState) -> str:
    if message.erased_at is not None or state is MessageState.CLAIMED:
        return ""
    if state is MessageState.WAITING:
        return _("Try now") if message.due_at > current.now() else ""
    return _("Send a second time") if state.value in _ARRIVED else _("Try to send again")


def _reasons(message: Message) -> Iterable[str]:
    for channel, why in message.passed_over:
        yield _("Not %(channel)s: %(reason)s.", channel=_in_words(channel), reason=_(WHY_NOT[why]))


def _in_words(channel: str) -> str:
    words = {
        Channel.SMTP.value: _("by e-mail"),
        Channel.MOODLE.value: _("by a message in Moodle"),
        Channel.COPY.value: _("by hand"),
    }
    return words[channel]


def _event(attempt: MessageAttempt) -> Event:
    words = {
        "": _("Being sent"),
        Ended.SENT: _("Delivered"),
        Ended.RETRY: _("Not delivered"),
        Ended.PERMANENT: _("Refused"),
        Ended.UNCLEAR: _("Unknown whether it arrived"),
    }
    said = words[attempt.ended]
    text = f"{said}. {_words(attempt.code, attempt.facts)}" if attempt.code else said
    return Event(at=attempt.ended_at or attempt.began_at, text=text, who=_channel(attempt.channel))


# ---------------------------------------------------------------- by hand


def _card(message: Message) -> CopyCard:
    return CopyCard(
        uid=message.uid,
        url=url_for("messages.show", message=message.uid),
        name=name_of(message.person),
        subject=message.subject,
        text=service.text_of(post(), message),
        at=message.created_at,
        reasons=tuple(_reasons(message)),
    )
