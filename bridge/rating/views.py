"""The rating's pages: the season's table, and a person's own."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bridge.core.http import current
from bridge.core.http.access import route
from bridge.core.permissions import Facts, can_see_person, can_see_rating
from bridge.errors import NotFound
from bridge.lms.models import LmsSite
from bridge.lms.runs import Freshness, freshness
from bridge.people.models import Person
from bridge.programme.models import Season
from bridge.rating import service
from bridge.rating.person_page import person_page
from bridge.rating.table_page import rating_page

__all__ = ["rating_pages"]

rating_pages = Blueprint("rating", __name__, template_folder="templates")


@route(rating_pages, "/seasons/<season>/rating", rule=can_see_rating)
def table(season: Season) -> ResponseReturnValue:
    """The rating of the season as the data are now."""
    rated = service.rate_season(current.db_session(), season, now=current.now())
    page = rating_page(
        rated,
        _freshness(season),
        request.args,
        person_url=lambda uid: url_for("rating.person", season=season.uid, person=uid),
        reset_url=url_for("rating.table", season=season.uid),
    )
    return render_template("rating/rating.html", page=page)


@route(rating_pages, "/seasons/<season>/people/<person>", rule=can_see_person)
def person(season: Season, person: Person) -> ResponseReturnValue:
    """Why a person has their points, and every mark behind them."""
    session, actor = current.db_session(), current.actor()
    rated = service.rate_season(session, season, now=current.now())
    line = rated.line(person.uid)
    if line is None:
        raise NotFound("This person is no participant of the season.")
    may_see_rating = can_see_rating(actor, Facts(municipality_id=season.municipality_id, season_id=season.id))
    page = person_page(
        session,
        rated,
        line,
        _freshness(season),
        is_own=person.id == actor.person_id,
        rating_url=url_for("rating.table", season=season.uid) if may_see_rating else "",
    )
    return render_template("people/person.html", page=page)


def _freshness(season: Season) -> Freshness:
    session = current.db_session()
    return freshness(session, session.get_one(LmsSite, season.site_id)) if season.site_id else Freshness()
