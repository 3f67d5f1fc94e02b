"""The season's map as a form: every course, role and term with what it means now and what is proposed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from bridge.errors import InvalidInput
from bridge.lms.models import LmsCourse, LmsGradeItem
from bridge.programme import preset, roster
from bridge.programme.models import NOT_USED, STAGE_COUNT, MappedRole, Season
from bridge.programme.service import SeasonMap, map_of
from lms_sync.plan import Presence

__all__ = [
    "CourseRow",
    "RoleRow",
    "TermRow",
    "course_rows",
    "item_choices",
    "proposed_courses",
    "read_map",
    "role_rows",
]

PRESENT = Presence.PRESENT.value


@dataclass(frozen=True, slots=True)
class CourseRow:
    """A course of the connected categories; ``is_guess`` says that nobody has confirmed the stage."""

    moodle_course_id: int
    name: str
    stage_number: int
    is_guess: bool


@dataclass(frozen=True, slots=True)
class RoleRow:
    moodle_role: str
    role: MappedRole
    is_guess: bool


@dataclass(frozen=True, slots=True)
class TermRow:
    """A term of the formula; ``moodle_item_id`` is 0 where its activity is found by idnumber."""

    term_id: str
    label: str
    moodle_item_id: int
    found: str
    """The activity that the idnumber finds; empty where it finds none."""


def course_rows(session: Session, season: Season) -> list[CourseRow]:
    """The season's courses and those that no season has taken, with a guess for the latter."""
    known = map_of(season)
    mapped = {**dict.fromkeys(known.ignored, NOT_USED), **known.courses}
    rows = [
        CourseRow(course.moodle_course_id, course.full_name, mapped[course.moodle_course_id], is_guess=False)
        for course in _courses(session, season)
        if course.moodle_course_id in mapped
    ]
    free = roster.unmapped_courses(session, season)
    return rows + [
        CourseRow(row.moodle_course_id, row.full_name, _guess(row) or NOT_USED, is_guess=True) for row in free
    ]


def _courses(session: Session, season: Season) -> Iterable[LmsCourse]:
    query = select(LmsCourse).where(LmsCourse.site_id == season.site_id, LmsCourse.presence == PRESENT)
    return session.scalars(query.order_by(LmsCourse.moodle_course_id))


def _guess(course: LmsCourse) -> int | None:
    return preset.guess_stage((course.idnumber, course.short_name, course.full_name))


def proposed_courses(session: Session, season: Season) -> Mapping[int, int]:
    """Stages of the free courses that their names give away: what a new season starts with."""
    guesses = {row.moodle_course_id: _guess(row) for row in roster.unmapped_courses(session, season)}
    return {course: stage for course, stage in guesses.items() if stage is not None}


def role_rows(session: Session, season: Season) -> list[RoleRow]:
    """The roles that have a meaning, and those met in the courses that have none."""
    mapped = map_of(season).roles
    rows = [RoleRow(name, role, is_guess=False) for name, role in sorted(mapped.items())]
    return rows + [RoleRow(name, MappedRole.NONE, is_guess=True) for name in roster.unmapped_roles(session, season)]


def item_choices(session: Session, season: Season) -> list[tuple[int, str]]:
    """Gradebook items of the season's courses, to pick one by hand."""
    query = select(LmsGradeItem).where(
        LmsGradeItem.site_id == season.site_id,
        LmsGradeItem.presence == PRESENT,
        LmsGradeItem.moodle_course_id.in_(tuple(map_of(season).courses)),
        LmsGradeItem.item_type.in_(("mod", "manual")),
    )
    items = session.scalars(query.order_by(LmsGradeItem.moodle_course_id, LmsGradeItem.moodle_item_id))
    return [(item.moodle_item_id, item.name) for item in items]


def read_map(form: MultiDict[str, str], season: Season) -> SeasonMap:
    """The map that a sent form asks for: ``course-12=3``, ``role-student=participant``, ``term-essay=7``.

    Raises
    ------
    InvalidInput
        When a value is none of those that were offered.
    """
    courses = {int(key): _stage(value) for key, value in _fields(form, "course-")}
    roles = {key: _role(value) for key, value in _fields(form, "role-")}
    items = {key: int(value) for key, value in _fields(form, "term-") if value not in {"", "0"}}
    return SeasonMap(
        courses={course: stage for course, stage in courses.items() if stage != NOT_USED},
        roles=roles or map_of(season).roles,
        activities=items,
        ignored=frozenset(course for course, stage in courses.items() if stage == NOT_USED),
    )


def _fields(form: MultiDict[str, str], prefix: str) -> Iterable[tuple[str, str]]:
    for name, value in form.items():
        if name.startswith(prefix):
            yield name.removeprefix(prefix), value


def _stage(value: str) -> int:
    if not value.isdigit() or int(value) > STAGE_COUNT:
        raise InvalidInput("The map was not saved: a course has a stage that does not exist.")
    return int(value)


def _role(value: str) -> MappedRole:
    try:
        return MappedRole(value)
    except ValueError as err:
        raise InvalidInput("The map was not saved: a role has a meaning that does not exist.") from err
