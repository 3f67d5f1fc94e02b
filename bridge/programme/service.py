"""Use cases of seasons: found one, say what the LMS's courses, roles and activities mean in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from bridge.core import audit
from bridge.core.audit import Source
from bridge.core.i18n import N_
from bridge.core.outbox import emit
from bridge.errors import InvalidInput
from bridge.lms.models import LmsSite
from bridge.people.models import Municipality
from bridge.programme import preset
from bridge.programme.models import (
    NOT_USED,
    STAGE_COUNT,
    MappedRole,
    Season,
    SeasonActivity,
    SeasonCourse,
    SeasonRole,
    Stage,
)
from bridge.programme.preset import StagePlan

__all__ = [
    "SeasonMap",
    "SeasonPlan",
    "create_season",
    "find_season",
    "map_of",
    "save_season",
    "season_named",
    "seasons_of",
    "set_map",
]


Row = TypeVar("Row", SeasonCourse, SeasonRole, SeasonActivity)


@dataclass(frozen=True, slots=True)
class SeasonMap:
    """What the LMS's things mean in a season."""

    courses: Mapping[int, int] = field(default_factory=dict)
    """Moodle course id -> stage number."""
    roles: Mapping[str, MappedRole] = field(default_factory=lambda: dict(preset.ROLES))
    """Moodle role short name -> our role."""
    activities: Mapping[str, int] = field(default_factory=dict)
    """Term of the formula -> gradebook item, where picked by hand."""
    ignored: frozenset[int] = frozenset()
    """Moodle courses of which somebody has said that the season does not use them."""


@dataclass(frozen=True, slots=True)
class SeasonPlan:
    """A season as somebody wants it."""

    name: str
    starts_on: date
    ends_on: date
    places: int = preset.PLACES
    stage_number: int = 1
    is_practice: bool = False
    stages: Sequence[StagePlan] = field(default_factory=preset.default_stages)


def create_season(
    session: Session,
    municipality: Municipality,
    plan: SeasonPlan,
    *,
    site: LmsSite | None,
    now: datetime,
    source: Source,
    actor: str = "",
) -> Season:
    """Found a season from a plan.

    Raises
    ------
    InvalidInput
        Naming each field that cannot stand.
    """
    problems = _problems(plan)
    if season_named(session, municipality, plan.name) is not None:
        problems["name"] = N_("There is a season of this name already.")
    if problems:
        raise InvalidInput("The season was not created.", fields=problems)
    season = Season(
        municipality_id=municipality.id, site_id=site.id if site is not None else None, created_at=now, **_own(plan)
    )
    season.stages = [_stage(stage) for stage in plan.stages]
    session.add(season)
    session.flush()  # its uid names the audit chain
    subject = f"season:{season.uid}"
    audit.record(session, "season.created", now=now, actor=actor, source=source, season=season.uid, subject=subject)
    emit(session, "season.created", subject=subject, now=now)
    set_map(session, season, SeasonMap())
    return season


def save_season(
    session: Session, season: Season, plan: SeasonPlan, *, now: datetime, source: Source, actor: str = ""
) -> None:
    """Change a season's own facts to a plan's; where they are so already nothing is written.

    Raises
    ------
    InvalidInput
        As for ``create_season``.
    """
    problems = _problems(plan)
    if problems:
        raise InvalidInput("The season was not changed.", fields=problems)
    for name, value in _own(plan).items():
        setattr(season, name, value)
    by_number = {stage.number: stage for stage in season.stages}
    for wanted in plan.stages:
        stage = by_number[wanted.number]
        stage.name, stage.opens_on, stage.closes_on = wanted.name, wanted.opens_on, wanted.closes_on
    if not any(session.is_modified(row) for row in (season, *season.stages)):
        return
    subject = f"season:{season.uid}"
    audit.record(session, "season.changed", now=now, actor=actor, source=source, season=season.uid, subject=subject)


def _own(plan: SeasonPlan) -> dict[str, object]:
    names = ("name", "starts_on", "ends_on", "places", "stage_number", "is_practice")
    return {name: getattr(plan, name) for name in names}


def _stage(plan: StagePlan) -> Stage:
    return Stage(number=plan.number, name=plan.name, opens_on=plan.opens_on, closes_on=plan.closes_on)


def _problems(plan: SeasonPlan) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not plan.name.strip():
        problems["name"] = N_("Give the season a name, for example 2026–2028.")
    if plan.ends_on <= plan.starts_on:
        problems["ends_on"] = N_("The season must end after it starts.")
    if plan.places < 1:
        problems["places"] = N_("There must be at least one place.")
    if not 1 <= plan.stage_number <= STAGE_COUNT:
        problems["stage_number"] = N_("The stage is a number from 1 to 4.")
    if sorted(stage.number for stage in plan.stages) != list(range(1, STAGE_COUNT + 1)):
        problems["stages"] = N_("A season has the stages 1, 2, 3 and 4, each once.")
    for stage in plan.stages:
        if stage.opens_on and stage.closes_on and stage.closes_on < stage.opens_on:
            problems["stages"] = N_("A stage must not close before it opens.")
    return problems


def set_map(session: Session, season: Season, wanted: SeasonMap) -> None:
    """Say what the LMS's courses, roles and activities mean; what is not named any more is forgotten.

    Raises
    ------
    InvalidInput
        When a course is given a stage that does not exist.
    """
    if any(not 1 <= stage <= STAGE_COUNT for stage in wanted.courses.values()):
        raise InvalidInput("The map was not saved.", fields={"courses": N_("The stage is a number from 1 to 4.")})
    courses = {row.moodle_course_id: row for row in season.courses}
    roles = {row.moodle_role: row for row in season.roles}
    activities = {row.term_id: row for row in season.activities}
    season.courses = [
        _kept(courses.get(course), SeasonCourse(moodle_course_id=course), stage_number=stage)
        for course, stage in (dict.fromkeys(wanted.ignored, NOT_USED) | dict(wanted.courses)).items()
    ]
    season.roles = [
        _kept(roles.get(name), SeasonRole(moodle_role=name), role=role.value) for name, role in wanted.roles.items()
    ]
    season.activities = [
        _kept(activities.get(term), SeasonActivity(term_id=term), moodle_item_id=item)
        for term, item in wanted.activities.items()
    ]
    session.flush()  # readers of the map in this transaction must see it


def _kept(row: Row | None, new: Row, **values: object) -> Row:
    """The row there is, else the new one, with these values: a row that stays must not be deleted and inserted."""
    chosen = new if row is None else row
    for name, value in values.items():
        setattr(chosen, name, value)
    return chosen


def map_of(season: Season) -> SeasonMap:
    """The map as it is."""
    return SeasonMap(
        courses={row.moodle_course_id: row.stage_number for row in season.courses if row.stage_number != NOT_USED},
        ignored=frozenset(row.moodle_course_id for row in season.courses if row.stage_number == NOT_USED),
        roles={row.moodle_role: MappedRole(row.role) for row in season.roles},
        activities={row.term_id: row.moodle_item_id for row in season.activities},
    )


def find_season(session: Session, uid: str) -> Season | None:
    return session.scalar(select(Season).where(Season.uid == uid).options(selectinload(Season.stages)))


def season_named(session: Session, municipality: Municipality, name: str) -> Season | None:
    query = select(Season).where(Season.municipality_id == municipality.id, Season.name == name.strip())
    return session.scalar(query)


def seasons_of(session: Session, municipality_id: int) -> list[Season]:
    """A municipality's seasons: real ones first, the latest first."""
    query = select(Season).where(Season.municipality_id == municipality_id)
    return list(session.scalars(query.order_by(Season.is_practice, Season.starts_on.desc(), Season.id)))
