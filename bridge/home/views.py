"""The first page, by role: what to do now for the organiser, one's own page for a participant."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.orm import Session

from bridge.core.http import current
from bridge.core.http.access import route
from bridge.core.permissions import (
    Role,
    can_act_as_nobody,
    can_edit_season,
    can_open_home,
    can_see_rating,
    can_start_sync,
)
from bridge.home.events import latest_events
from bridge.home.frame import choose_season, facts_of, season_on_show, stages_of
from bridge.home.todo import about_messages, season_items, site_of
from bridge.lms.runs import freshness
from bridge.people.models import Municipality
from bridge.programme import setup
from bridge.programme.models import Season
from bridge.web.messages import gettext as _
from bridge.web.viewmodels import HomePage, KeyDate, Link, TodoItem, group_todo

__all__ = ["home_pages"]

home_pages = Blueprint("home", __name__)


@route(home_pages, "/health", rule=can_act_as_nobody)
def health() -> ResponseReturnValue:
    """Say that the server and its database live; for a proxy or a watchdog."""
    current.db_session().execute(text("SELECT 1"))
    return jsonify(status="ok")


@route(home_pages, "/", rule=can_act_as_nobody)
def start() -> ResponseReturnValue:
    """Lead to the right door."""
    if current.actor().is_signed_in:
        return redirect(url_for("home.what_to_do"))
    if not setup.is_set_up(current.db_session()):
        return redirect(url_for("programme.first_run"))
    return redirect(url_for("people.sign_in"))


@route(home_pages, "/home", rule=can_open_home)
def what_to_do() -> ResponseReturnValue:
    """Show what waits for this person."""
    session, actor = current.db_session(), current.actor()
    if "season" in request.args:
        choose_season(session, actor, request.args["season"])
        return redirect(url_for("home.what_to_do"))
    season = season_on_show(session, actor)
    facts = facts_of(season, actor)
    if season is not None and not can_see_rating(actor, facts) and actor.holds(Role.PARTICIPANT, facts=facts):
        return redirect(url_for("rating.person", season=season.uid, person=actor.person_uid))
    page = _organisers_page(session, season) if season is not None else _empty_page()
    return render_template("home/home.html", page=page)


def _empty_page() -> HomePage:
    actor = current.actor()
    begin = []
    if can_edit_season(actor, facts_of(None, actor)):
        begin = [
            Link(_("Found a season"), url_for("programme.new_season")),
            Link(_("Connection to Moodle"), url_for("lms.connection")),
        ]
    return HomePage(now=current.now(), begin=tuple(begin))


def _organisers_page(session: Session, season: Season) -> HomePage:
    actor, now = current.actor(), current.now()
    site = site_of(session, season)
    zone = ZoneInfo(session.get_one(Municipality, season.municipality_id).zone)
    facts = facts_of(season, actor)
    items: tuple[TodoItem, ...] = ()
    if can_edit_season(actor, facts):
        items = (*about_messages(session, season.municipality_id), *season_items(session, season, now=now))
    subjects = [f"municipality:{season.municipality.uid}"]
    subjects += [f"lms_site:{site.uid}"] if site is not None else []
    return HomePage(
        now=now,
        season=season.name,
        data_at=freshness(session, site).data_at if site is not None else None,
        refresh_url=url_for("lms.sync") if site is not None and can_start_sync(actor, facts) else "",
        stages=stages_of(season),
        groups=group_todo(items, now=now, zone=zone),
        dates=tuple(_dates(season, now.astimezone(zone).date())),
        events=latest_events(session, season, subjects) if can_see_rating(actor, facts) else (),
    )


def _dates(season: Season, today: date) -> Iterable[KeyDate]:
    """The days of the season that are still to come, the nearest first."""
    coming: list[KeyDate] = []
    for stage in stages_of(season):
        row = next(row for row in season.stages if row.number == stage.number)
        for day, words in ((row.opens_on, _("begins: %(stage)s")), (row.closes_on, _("ends: %(stage)s"))):
            if day is not None and day >= today:
                coming.append(KeyDate(day, words % {"stage": stage.name}))
    return sorted(coming, key=lambda key_date: key_date.day)
