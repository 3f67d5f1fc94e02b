"""What stands around every page: the municipality, the season on show, the stages, who is signed in."""

from __future__ import annotations

from collections.abc import Iterable

from flask import g, request, url_for
from flask import session as web_session
from sqlalchemy.orm import Session

from bridge.core.http import current
from bridge.core.i18n import short_name
from bridge.core.permissions import Actor, Facts, Role
from bridge.people.models import Municipality, Person
from bridge.programme import preset
from bridge.programme import service as programme
from bridge.programme.models import Season
from bridge.programme.models import Stage as StageRow
from bridge.web.filters import day
from bridge.web.frame import Frame, SeasonChoice, Stage, StageState, Viewer
from bridge.web.messages import gettext as _

__all__ = ["build_frame", "choose_season", "facts_of", "prepare_request", "season_on_show", "stages_of"]

SEASON_KEY = "season"


def role_words(role: Role) -> str:
    """A role as people say it."""
    words = {
        Role.ORGANISER: _("organiser"),
        Role.LEADERSHIP: _("leadership"),
        Role.REGION: _("region"),
        Role.ADMINISTRATOR: _("administrator"),
        Role.TEACHER: _("tutor"),
        Role.MENTOR: _("mentor"),
        Role.HEAD: _("head of a school"),
        Role.PARTICIPANT: _("participant"),
        Role.EXPERT: _("public expert"),
    }
    return words[role]


def prepare_request() -> None:
    """Before each view: the language and the clock of whoever is signed in."""
    actor = current.actor()
    if actor.person_id is None:
        return
    person = current.db_session().get_one(Person, actor.person_id)
    g.language = person.locale or None
    g.zone = current.db_session().get_one(Municipality, person.municipality_id).zone
    season = season_on_show(current.db_session(), actor)
    if season is not None:
        # Dates of the season on show need not name their year.
        g.plain_years = range(season.starts_on.year, season.ends_on.year + 1)


def season_on_show(session: Session, actor: Actor) -> Season | None:
    """The season of the page, else the one that was chosen in the header, else the latest real one."""
    uid = (request.view_args or {}).get("season") or web_session.get(SEASON_KEY)
    if uid:
        season = programme.find_season(session, str(uid))
        if season is not None and season.municipality_id == actor.municipality_id:
            return season
    return next(iter(programme.seasons_of(session, actor.municipality_id or 0)), None)


def choose_season(session: Session, actor: Actor, uid: str) -> None:
    """Remember the season that the header's switch asks for; one that is not there is not remembered."""
    season = programme.find_season(session, uid)
    if season is not None and season.municipality_id == actor.municipality_id:
        web_session[SEASON_KEY] = uid


def facts_of(season: Season | None, actor: Actor) -> Facts:
    return Facts(municipality_id=actor.municipality_id, season_id=season.id if season is not None else None)


def build_frame() -> Frame:
    """The frame of the page being answered."""
    actor = current.actor()
    if actor.person_id is None:
        return Frame(
            sign_in_url="" if request.endpoint in {"people.sign_in", "programme.first_run"} else _sign_in_url()
        )
    session = current.db_session()
    person = session.get_one(Person, actor.person_id)
    season = season_on_show(session, actor)
    return Frame(
        place=session.get_one(Municipality, person.municipality_id).name,
        viewer=Viewer(short_name(person.last_name, person.first_name, person.middle_name), _first_role(actor)),
        actor=actor,
        facts=facts_of(season, actor),
        seasons=tuple(_choices(session, actor, season)),
        stages=stages_of(season) if season is not None else (),
        home_url=url_for("home.what_to_do"),
        sign_in_url=_sign_in_url(),
        sign_out_url=url_for("people.sign_out"),
        season_url=url_for("home.what_to_do"),
    )


def _sign_in_url() -> str:
    return url_for("people.sign_in")


def _first_role(actor: Actor) -> str:
    held = {grant.role for grant in actor.grants}
    return next((role_words(role) for role in Role if role in held), "")


def _choices(session: Session, actor: Actor, shown: Season | None) -> Iterable[SeasonChoice]:
    for season in programme.seasons_of(session, actor.municipality_id or 0):
        name = _("Practice") if season.is_practice else season.name
        yield SeasonChoice(season.uid, name, is_selected=shown is not None and season.id == shown.id)


def stages_of(season: Season) -> tuple[Stage, ...]:
    """The season's stages as the menu and the stepper show them."""
    return tuple(
        Stage(row.number, row.name or _(preset.STAGES[row.number - 1]), _state(season, row), _words(season, row))
        for row in season.stages
    )


def _state(season: Season, row: StageRow) -> StageState:
    if row.number == season.stage_number:
        return StageState.NOW
    return StageState.DONE if row.number < season.stage_number else StageState.LATER


def _words(season: Season, row: StageRow) -> str:
    state = _state(season, row)
    if state is StageState.DONE:
        return _("finished")
    if state is StageState.NOW:
        return _("until %(day)s", day=day(row.closes_on, weekday=False)) if row.closes_on else _("under way")
    return _("from %(day)s", day=day(row.opens_on, weekday=False)) if row.opens_on else ""


def season_values(facts: Facts) -> dict[str, object] | None:
    """URL values of a page that belongs to the season on show; None where there is no season yet."""
    season = season_on_show(current.db_session(), current.actor())
    return {"season": season.uid} if season is not None and facts.season_id is not None else None
