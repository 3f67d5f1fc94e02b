"""Write what a plan proposes, in the caller's transaction: a row whole or not at all, with audit and outbox rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bridge.core import audit
from bridge.core.audit import Source
from bridge.core.outbox import emit
from bridge.core.permissions import Role
from bridge.people.imports.columns import Field, Table, TableKey
from bridge.people.imports.plan import Plan, Proposal, State
from bridge.people.models import Municipality, Person, School, SchoolSpelling
from bridge.people.service import grant

__all__ = ["Outcome", "apply_plan"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many records were made and changed."""

    new: int
    changed: int


@dataclass(frozen=True, slots=True)
class _Act:
    """What every row written needs to know."""

    session: Session
    municipality: Municipality
    now: datetime
    actor: str
    source: Source


def apply_plan(
    session: Session, municipality: Municipality, table: Table, plan: Plan, *, actor: str, source: Source, now: datetime
) -> Outcome:
    """Write the new and changed rows of a plan that was made in this very transaction; the others wait."""
    act = _Act(session, municipality, now, actor, source)
    write = _write_school if table.key is TableKey.SCHOOLS else _write_person
    for proposal in plan.of(State.NEW, State.CHANGED):
        write(act, proposal)
    outcome = Outcome(plan.count(State.NEW), plan.count(State.CHANGED))
    if plan.writes_something:
        facts = {"table": table.key.value, "new": outcome.new, "changed": outcome.changed}
        subject = f"municipality:{municipality.uid}"
        audit.record(session, "people.imported", now=now, actor=actor, source=source, subject=subject, facts=facts)
        emit(session, "people.imported", subject=subject, now=now, payload=facts)
    return outcome


def _tell(act: _Act, what: str, subject: str, proposal: Proposal) -> None:
    """The act of one row: which fields it wrote, never what they hold."""
    facts = {"fields": sorted(proposal.writes)}
    audit.record(act.session, what, now=act.now, actor=act.actor, source=act.source, subject=subject, facts=facts)
    emit(act.session, what, subject=subject, now=act.now, payload=facts)


# ---------------------------------------------------------------- schools


def _write_school(act: _Act, proposal: Proposal) -> None:
    if proposal.uid:
        school = act.session.scalars(select(School).where(School.uid == proposal.uid)).one()
    else:
        school = School(municipality_id=act.municipality.id)
        act.session.add(school)
    for field, text in proposal.writes.items():
        setattr(school, field, text)
    act.session.flush()  # the spelling needs its id, the audit row its uid
    _remember_spelling(act, school)
    what = "school.changed" if proposal.uid else "school.created"
    _tell(act, what, f"school:{school.uid}", proposal)


def _remember_spelling(act: _Act, school: School) -> None:
    """So that a profile of the LMS that spells the school like this finds it."""
    known = select(SchoolSpelling.id).where(
        SchoolSpelling.municipality_id == act.municipality.id, SchoolSpelling.spelling == school.name
    )
    if act.session.scalar(known) is None:
        spelling = SchoolSpelling(municipality_id=act.municipality.id, spelling=school.name, school_id=school.id)
        act.session.add(spelling)


# ---------------------------------------------------------------- people


def _write_person(act: _Act, proposal: Proposal) -> None:
    if proposal.uid:
        person = act.session.scalars(select(Person).where(Person.uid == proposal.uid)).one()
    else:
        person = Person(municipality_id=act.municipality.id, created_at=act.now)
        act.session.add(person)
    writes: Mapping[str, str] = proposal.writes
    for field, text in writes.items():
        if field == Field.SCHOOL:
            person.school_id = _school_id(act, text)
        elif field != Field.ROLES:
            setattr(person, field, text)
    act.session.flush()  # the roles need its id, the audit row its uid
    _tell(act, "person.changed" if proposal.uid else "person.created", f"person:{person.uid}", proposal)
    for role in filter(None, writes.get(Field.ROLES, "").split(",")):
        grant(act.session, person, Role(role), now=act.now, source=act.source, actor=act.actor)


def _school_id(act: _Act, uid: str) -> int | None:
    if not uid:
        return None
    query = select(School.id).where(School.uid == uid, School.municipality_id == act.municipality.id)
    return act.session.scalars(query).one()
