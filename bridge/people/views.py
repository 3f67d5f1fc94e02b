"""Signing in and out with a login of our own."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as web_session
from flask.typing import ResponseReturnValue

from bridge.core.http import current
from bridge.core.http.access import route
from bridge.core.http.sessions import ServerSession
from bridge.core.permissions import can_act_as_nobody, can_sign_out
from bridge.errors import Refused
from bridge.people import service
from bridge.web.forms import SignInForm
from bridge.web.locale import own_address
from bridge.web.messages import gettext as _
from bridge.web.viewmodels import Note, SignInPage, Tone

__all__ = ["people_pages"]

people_pages = Blueprint("people", __name__)


@route(people_pages, "/sign-in", rule=can_act_as_nobody, methods=("GET", "POST"))
def sign_in() -> ResponseReturnValue:
    """Ask for login and password; a wrong pair and an unknown login get the same answer."""
    if current.actor().is_signed_in:
        return redirect(_next_page())
    form = SignInForm()
    if not form.validate_on_submit():
        return _page(form), 422 if form.is_submitted() else 200
    try:
        person = service.sign_in(current.db_session(), form.login.data, form.password.data, now=current.now())
    except Refused as err:
        return _page(form, _(err.message, **err.facts)), 429
    if person is None:
        return _page(form, _("The login or the password is wrong. Check the keyboard's language and Caps Lock.")), 422
    cast("ServerSession", web_session).sign_in(person.id)
    return redirect(_next_page())


def _next_page() -> str:
    wanted = request.args.get("next", "")
    return own_address(wanted) if wanted else url_for("home.what_to_do")


def _page(form: SignInForm, refusal: str = "") -> str:
    notes = [Note(refusal, tone=Tone.BAD, is_alert=True)] if refusal else []
    if not request.is_secure:
        notes.append(Note(_("The connection is not encrypted (http). On a shared network use the https address.")))
    help_text = _("The organiser of the season gives out logins and new passwords.")
    page = SignInPage(form, help_text=help_text, notes=tuple(notes))
    return render_template("people/sign_in.html", page=page)


@route(people_pages, "/sign-out", rule=can_sign_out, methods=("POST",))
def sign_out() -> ResponseReturnValue:
    """End this session."""
    cast("ServerSession", web_session).sign_out()
    return redirect(url_for("people.sign_in"))
