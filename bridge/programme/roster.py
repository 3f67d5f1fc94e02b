"""Who takes part in a season, as the LMS's enrolments say it through the season's map.

A participant is whoever has a role mapped to "participant" in any course mapped to the season. One suspended in any of
those courses keeps their marks, is shown as withdrawn and is not ranked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from bridge.core.permissions import Grant, Role
from bridge.lms.models import LmsCourse, LmsEnrolment, LmsGroup, LmsGroupMember, LmsIdentity, LmsSite, LmsUser
from bridge.people.models import Person, School
from bridge.people.service import propose_school
from bridge.programme.models import NOT_USED, MappedRole, Season, SeasonCourse, SeasonRole
from bridge.programme.service import map_of
from lms_sync.plan import Presence

__all__ = ["GROUP_STAGE", "Member", "link_people", "lms_grants", "members", "unmapped_courses", "unmapped_roles"]

GROUP_STAGE = 2
"""The stage whose course's groups are the project groups."""

PRESENT = Presence.PRESENT.value

GRANTED = {
    MappedRole.PARTICIPANT: Role.PARTICIPANT,
    MappedRole.TEACHER: Role.TEACHER,
    MappedRole.MENTOR: Role.MENTOR,
    MappedRole.HEAD: Role.HEAD,
}


@dataclass(frozen=True, slots=True)
class Member:
    """One person in one role of a season, as lists show them."""

    person_id: int
    uid: str
    moodle_user_id: int
    last_name: str
    first_name: str
    school_id: int | None
    school: str
    group: str
    withdrawn: bool


@dataclass(slots=True)
class _Part:
    """What the enrolments say of one user in one mapped role."""

    suspended: bool = False
    courses: set[int] = field(default_factory=set)


def members(session: Session, season: Season, role: MappedRole) -> list[Member]:
    """Everybody who has the role in the season, by Moodle user id."""
    parts = _parts(session, season, role)
    groups = _group_names(session, season)
    query = (
        select(Person, LmsIdentity.moodle_user_id, School)
        .join(LmsIdentity, LmsIdentity.person_id == Person.id)
        .outerjoin(School, School.id == Person.school_id)
        .where(LmsIdentity.site_id == season.site_id)
        .order_by(LmsIdentity.moodle_user_id)
    )
    return [
        Member(
            person_id=person.id,
            uid=person.uid,
            moodle_user_id=user_id,
            last_name=person.last_name,
            first_name=person.first_name,
            school_id=person.school_id,
            school=school.short_name if school is not None else "",
            group=groups.get(user_id, ""),
            withdrawn=parts[user_id].suspended,
        )
        for person, user_id, school in session.execute(query)
        if user_id in parts
    ]


def _parts(session: Session, season: Season, role: MappedRole) -> Mapping[int, _Part]:
    parts: dict[int, _Part] = defaultdict(_Part)
    wanted = {name for name, mapped in map_of(season).roles.items() if mapped is role}
    for enrolment in _enrolments(session, season):
        if wanted.intersection(enrolment.roles):
            part = parts[enrolment.moodle_user_id]
            part.courses.add(enrolment.moodle_course_id)
            part.suspended = part.suspended or enrolment.suspended
    return dict(parts)


def _enrolments(session: Session, season: Season) -> Iterable[LmsEnrolment]:
    return session.scalars(
        select(LmsEnrolment)
        .join(SeasonCourse, SeasonCourse.moodle_course_id == LmsEnrolment.moodle_course_id)
        .where(
            SeasonCourse.season_id == season.id,
            SeasonCourse.stage_number != NOT_USED,
            LmsEnrolment.site_id == season.site_id,
            LmsEnrolment.presence == PRESENT,
        )
    )


def _group_names(session: Session, season: Season) -> Mapping[int, str]:
    """User -> project group: the groups of the group stage's course first, else of any course of the season."""
    query = (
        select(LmsGroupMember.moodle_user_id, LmsGroup.name, SeasonCourse.stage_number)
        .join(
            LmsGroup,
            (LmsGroup.site_id == LmsGroupMember.site_id) & (LmsGroup.moodle_group_id == LmsGroupMember.moodle_group_id),
        )
        .join(SeasonCourse, SeasonCourse.moodle_course_id == LmsGroup.moodle_course_id)
        .where(
            SeasonCourse.season_id == season.id,
            SeasonCourse.stage_number != NOT_USED,
            LmsGroupMember.site_id == season.site_id,
            LmsGroupMember.presence == PRESENT,
            LmsGroup.presence == PRESENT,
        )
    )
    found = sorted(session.execute(query), key=lambda row: (row.stage_number != GROUP_STAGE, row.name))
    names: dict[int, str] = {}
    for user_id, name, _ in found:
        names.setdefault(user_id, name)
    return names


def link_people(session: Session, site: LmsSite, now: datetime) -> None:
    """Give every user with a meaningful role in the site's seasons a person, and keep their names as the LMS has them.

    People are joined by the site's own user id and nothing else: an e-mail can change hands. Seasons that were founded
    while Moodle was for later become the site's.
    """
    waiting = Season.site_id.is_(None) & (Season.municipality_id == site.municipality_id)
    session.execute(update(Season).where(waiting).values(site_id=site.id))
    known = {row.moodle_user_id: row for row in session.scalars(_identities(site))}
    for user in session.scalars(select(LmsUser).where(LmsUser.site_id == site.id)):
        identity = known.get(user.moodle_user_id)
        if identity is not None:
            _refresh(session, session.get_one(Person, identity.person_id), user)
    wanted = _users_with_a_part(session, site) - known.keys()
    newcomers = select(LmsUser).where(LmsUser.site_id == site.id).order_by(LmsUser.moodle_user_id)
    for user in session.scalars(newcomers):
        if user.moodle_user_id in wanted:
            person = Person(municipality_id=site.municipality_id, last_name="", first_name="", created_at=now)
            _refresh(session, person, user)
            session.add(person)
            session.flush()  # the identity needs its id
            session.add(LmsIdentity(site_id=site.id, moodle_user_id=user.moodle_user_id, person_id=person.id))


def _identities(site: LmsSite) -> Select[LmsIdentity]:
    return select(LmsIdentity).where(LmsIdentity.site_id == site.id)


def _users_with_a_part(session: Session, site: LmsSite) -> set[int]:
    users: set[int] = set()
    for season in session.scalars(select(Season).where(Season.site_id == site.id)):
        meaningful = {name for name, role in map_of(season).roles.items() if role is not MappedRole.NONE}
        users |= {row.moodle_user_id for row in _enrolments(session, season) if meaningful.intersection(row.roles)}
    return users


def _refresh(session: Session, person: Person, user: LmsUser) -> None:
    person.last_name, person.first_name = user.last_name, user.first_name
    school = propose_school(session, person.municipality_id, user.institution)
    if school is not None:
        person.school_id = school.id


def lms_grants(session: Session, person: Person) -> tuple[Grant, ...]:
    """The roles that the LMS gives a person, season by season; a suspended enrolment gives none."""
    query = (
        select(LmsEnrolment.roles, SeasonRole.moodle_role, SeasonRole.role, Season)
        .join(LmsIdentity, LmsIdentity.moodle_user_id == LmsEnrolment.moodle_user_id)
        .join(SeasonCourse, SeasonCourse.moodle_course_id == LmsEnrolment.moodle_course_id)
        .join(Season, Season.id == SeasonCourse.season_id)
        .join(SeasonRole, SeasonRole.season_id == Season.id)
        .where(
            LmsIdentity.person_id == person.id,
            SeasonCourse.stage_number != NOT_USED,
            LmsIdentity.site_id == LmsEnrolment.site_id,
            Season.site_id == LmsEnrolment.site_id,
            LmsEnrolment.presence == PRESENT,
            LmsEnrolment.suspended.is_(False),
        )
    )
    held = {
        (GRANTED[MappedRole(role)], season.municipality_id, season.id)
        for roles, moodle_role, role, season in session.execute(query)
        if moodle_role in roles and MappedRole(role) in GRANTED
    }
    return tuple(
        Grant(role, municipality_id=municipality_id, season_id=season_id)
        for role, municipality_id, season_id in sorted(held)
    )


def unmapped_courses(session: Session, season: Season) -> list[LmsCourse]:
    """Courses of the connected categories of which nobody has said what they are.

    A course is spoken for when a season uses it, or when this season has said that it does not. What a practice season
    uses remains free for the real ones.
    """
    used = (Season.is_practice.is_(False) | (Season.id == season.id)) & (SeasonCourse.stage_number != NOT_USED)
    taken = (
        select(SeasonCourse.moodle_course_id)
        .join(Season, Season.id == SeasonCourse.season_id)
        .where(Season.site_id == season.site_id, used | (SeasonCourse.season_id == season.id))
    )
    query = select(LmsCourse).where(
        LmsCourse.site_id == season.site_id,
        LmsCourse.presence == PRESENT,
        LmsCourse.moodle_course_id.not_in(taken),
    )
    return list(session.scalars(query.order_by(LmsCourse.moodle_course_id)))


def unmapped_roles(session: Session, season: Season) -> list[str]:
    """Role short names met in the season's courses that nobody has given a meaning."""
    met = {name for enrolment in _enrolments(session, season) for name in enrolment.roles}
    return sorted(met - map_of(season).roles.keys())
