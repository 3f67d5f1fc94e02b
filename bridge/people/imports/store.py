"""The snapshot that plans are made against, out of the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from bridge.core.permissions import Role
from bridge.people.imports.columns import ROLE_NAMES, Field
from bridge.people.imports.snapshot import KnownPerson, KnownSchool, MoodleSide, Snapshot
from bridge.people.models import Person, RoleGrant, School, SchoolSpelling

__all__ = ["MoodleDirectory", "nobody_in_moodle", "take_snapshot"]

MoodleDirectory = Callable[[Session, int], Mapping[int, MoodleSide]]
"""A municipality's people as the LMS knows them, by the person's key: what lies above this slice is given to it."""

OWN_TEXTS = (
    Field.LAST_NAME,
    Field.FIRST_NAME,
    Field.MIDDLE_NAME,
    Field.ORGANISATION,
    Field.POSITION,
    Field.EMAIL,
    Field.PHONE,
    Field.ID_NUMBER,
)


def nobody_in_moodle(_session: Session, _municipality_id: int) -> Mapping[int, MoodleSide]:
    """The directory of a municipality without an LMS."""
    return {}


def take_snapshot(session: Session, municipality_id: int, moodle: MoodleDirectory) -> Snapshot:
    """Every school and person of the municipality."""
    schools = _schools(session, municipality_id)
    sides = moodle(session, municipality_id)
    roles = _roles(session, municipality_id)
    people = session.scalars(select(Person).where(Person.municipality_id == municipality_id).order_by(Person.id))
    return Snapshot(
        schools=tuple(schools.values()),
        people=tuple(_person(row, schools, sides.get(row.id), roles.get(row.id, set())) for row in people),
    )


def _schools(session: Session, municipality_id: int) -> Mapping[int, KnownSchool]:
    spellings: dict[int, list[str]] = defaultdict(list)
    for spelling in session.scalars(select(SchoolSpelling).where(SchoolSpelling.municipality_id == municipality_id)):
        spellings[spelling.school_id].append(spelling.spelling)
    rows = session.scalars(select(School).where(School.municipality_id == municipality_id).order_by(School.id))
    return {
        row.id: KnownSchool(row.uid, row.name, row.short_name, row.code, tuple(sorted(spellings[row.id])))
        for row in rows
    }


def _roles(session: Session, municipality_id: int) -> Mapping[int, set[Role]]:
    """Roles that were given here for the whole municipality; those of one season are that season's matter."""
    found: dict[int, set[Role]] = defaultdict(set)
    query = select(RoleGrant.person_id, RoleGrant.role).where(
        RoleGrant.municipality_id == municipality_id, RoleGrant.season_id.is_(None)
    )
    for person_id, role in session.execute(query):
        found[person_id].add(Role(role))
    return found


def _person(row: Person, schools: Mapping[int, KnownSchool], side: MoodleSide | None, given: set[Role]) -> KnownPerson:
    values = {str(field): str(getattr(row, field)) for field in OWN_TEXTS}
    if side is not None:
        values[Field.EMAIL] = values[Field.EMAIL] or side.email
        values[Field.ID_NUMBER] = values[Field.ID_NUMBER] or side.id_number
    school = schools.get(row.school_id or 0)
    roles = given | (side.roles if side is not None else set())
    return KnownPerson(
        uid=row.uid,
        values={field: text for field, text in values.items() if text},
        school_uid=school.uid if school is not None else "",
        school_label=school.short_name if school is not None else "",
        roles=frozenset(roles & ROLE_NAMES.keys()),
        moodle=side,
    )
