"""One's own choice: which way messages come, to which address, and whether the digest does."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from bridge.core.http import current
from bridge.core.http.access import route
from bridge.core.permissions import can_choose_own_messages
from bridge.errors import InvalidInput
from bridge.messages import wishes
from bridge.messages.choice import Channel, choose
from bridge.messages.forms import WishForm
from bridge.messages.views.blueprint import messages_pages, myself, post
from bridge.messages.wishes import Wish
from bridge.web.messages import gettext as _


@dataclass(frozen=True, slots=True)
class OwnView:
    form: WishForm
    now: str
    """Which way messages come as things stand."""


@route(messages_pages, "/messages/mine", rule=can_choose_own_messages)
def mine() -> ResponseReturnValue:
    """Show one's own choice."""
    return render_template("messages/mine.html", page=_view())


@route(messages_pages, "/messages/mine", rule=can_choose_own_messages, methods=("POST",))
def save_mine() -> ResponseReturnValue:
    """Keep one's own choice."""
    form = WishForm()
    if not form.validate_on_submit():
        return render_template("messages/mine.html", page=_view(form)), 422
    chosen = Wish(
        channel=Channel(form.channel.data) if form.channel.data else None,
        email=form.email.data or "",
        digest_off=not form.digest.data,
    )
    try:
        wishes.save_wish(current.db_session(), myself(), chosen, now=current.now(), actor=current.person_uid())
    except InvalidInput as err:
        form.email.errors = [_(sentence) for sentence in err.fields.values()]
        return render_template("messages/mine.html", page=_view(form)), 422
    flash(_("Your choice is saved."), "ok")
    return redirect(url_for("messages.mine"))


def _view(form: WishForm | None = None) -> OwnView:
    person = myself()
    wish = wishes.wish_of(current.db_session(), person.id)
    shown = form or WishForm(
        formdata=None,
        channel=wish.channel.value if wish.channel is not None else "",
        email=wish.email,
        digest=not wish.digest_off,
    )
    return OwnView(shown, _now(wish))


def _now(wish: Wish) -> str:
    session, person = current.db_session(), myself()
    reach = wishes.reach_of(session, person, has_mail_server=post().mail is not None, wish=wish)
    order = wishes.habits_of(session, person.municipality_id).order
    channel = choose(reach, order=order, wish=wish.channel).channel
    if channel is Channel.SMTP:
        return _("As things stand, messages come to %(address)s.", address=reach.email)
    if channel is Channel.MOODLE:
        return _("As things stand, messages come in Moodle.")
    return _("As things stand, the organiser hands messages over to you.")
