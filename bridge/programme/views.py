"""The first run, and the season's map of the LMS."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as web_session
from flask.typing import ResponseReturnValue

from bridge.core.audit import Source
from bridge.core.http import current
from bridge.core.http.access import route
from bridge.core.http.sessions import ServerSession
from bridge.core.permissions import can_act_as_nobody, can_edit_season
from bridge.errors import InvalidInput, NotFound
from bridge.lms.connection import Probe, probe, sites_of
from bridge.lms.sentences import LmsRefused
from bridge.people.models import Municipality
from bridge.people.service import NewAccount, NewMunicipality
from bridge.programme import service, setup
from bridge.programme.forms import SeasonForm
from bridge.programme.mapping import proposed_courses
from bridge.programme.roster import link_people
from bridge.programme.service import SeasonMap, SeasonPlan
from bridge.web.forms import NOW, SetupForm
from bridge.web.messages import gettext as _
from bridge.web.viewmodels import Note, SetupPage, Tone

__all__ = ["programme_pages"]

programme_pages = Blueprint("programme", __name__, template_folder="templates")

FIELDS = {"name": "municipality", "last_name": "surname", "first_name": "given_name"}
"""Services' names of fields -> the form's, where they differ."""


@route(programme_pages, "/setup", rule=can_act_as_nobody, methods=("GET", "POST"))
def first_run() -> ResponseReturnValue:
    """Set the installation up; once that is done the page is no more."""
    if setup.is_set_up(current.db_session()):
        raise NotFound("This installation is set up already. Sign in.")
    form = SetupForm()
    if not form.validate_on_submit():
        return _page(form), 422 if form.is_submitted() else 200
    if not setup.same_code(form.code.data, current.services().setup_code()):
        form.code.errors = [_("This is not the code that the program printed when it started.")]
        return _page(form), 422
    try:
        probed = _probe(form)
        asked = setup.FirstRun(_municipality(form), _account(form), probed)
        organiser = setup.set_up(
            current.db_session(), asked, vault=current.services().vault, now=current.now(), source=Source.WEB
        )
    except LmsRefused as err:
        (form.moodle_token if err.is_about_token else form.moodle_url).errors = [_(err.message, **err.facts)]
        return _page(form), 422
    except InvalidInput as err:
        current.db_session().rollback()
        for name, text in err.fields.items():
            form[FIELDS.get(name, name)].errors = [_(text)]
        return _page(form), 422
    cast("ServerSession", web_session).sign_in(organiser.id)
    return redirect(url_for("home.what_to_do"))


@route(programme_pages, "/seasons/new", rule=can_edit_season, methods=("GET", "POST"))
def new_season() -> ResponseReturnValue:
    """Found a season from the preset; courses whose names give their stage away are taken at once."""
    form = SeasonForm()
    if not form.validate_on_submit():
        return render_template("programme/new_season.html", form=form), 422 if form.is_submitted() else 200
    session, now = current.db_session(), current.now()
    municipality = session.get_one(Municipality, current.actor().municipality_id)
    site = next(iter(sites_of(session, municipality.id)), None)
    plan = SeasonPlan(form.name.data, form.starts_on.data, form.ends_on.data, form.places.data)
    try:
        season = service.create_season(
            session, municipality, plan, site=site, now=now, source=Source.WEB, actor=current.person_uid()
        )
    except InvalidInput as err:
        for name, text in err.fields.items():
            form[name].errors = [_(text)]
        return render_template("programme/new_season.html", form=form), 422
    service.set_map(session, season, SeasonMap(courses=proposed_courses(session, season)))
    if site is not None:
        link_people(session, site, now)
    web_session["season"] = season.uid
    return redirect(url_for("home.what_to_do"))


def _probe(form: SetupForm) -> Probe | None:
    if form.moodle.data != NOW:
        return None
    return probe(form.moodle_url.data, form.moodle_token.data, current.services().make_client)


def _municipality(form: SetupForm) -> NewMunicipality:
    return NewMunicipality(form.municipality.data, form.department.data, form.zone.data)


def _account(form: SetupForm) -> NewAccount:
    return NewAccount(
        login=form.login.data,
        password=form.password.data,
        last_name=form.surname.data,
        first_name=form.given_name.data,
        middle_name=form.patronymic.data or "",
    )


def _page(form: SetupForm) -> str:
    notes: list[Note] = []
    if not request.is_secure:
        text = _("The connection is not encrypted (http): do this on the server itself or in a network you trust.")
        notes.append(Note(text, tone=Tone.WARN))
    return render_template("setup/setup.html", page=SetupPage(form, notes=tuple(notes)))
