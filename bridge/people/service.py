"""Use cases of people: municipalities, accounts, roles, and signing in with a login of our own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bridge.core import audit
from bridge.core.audit import Source
from bridge.core.clock import is_zone
from bridge.core.crypto import hash_password, password_needs_rehash, verify_password
from bridge.core.i18n import N_
from bridge.core.outbox import emit
from bridge.core.permissions import Actor, Grant, Role
from bridge.errors import InvalidInput, Refused
from bridge.people.models import LocalAccount, Municipality, Person, RoleGrant, School, SchoolSpelling
from bridge.people.names import short_school_name

__all__ = [
    "MIN_PASSWORD",
    "NewAccount",
    "NewMunicipality",
    "actor_of",
    "create_account",
    "create_municipality",
    "find_person",
    "grant",
    "merge_school",
    "organisers_of",
    "propose_school",
    "short_school_name",
    "sign_in",
    "stored_grants",
]

MIN_PASSWORD = 10
LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,99}")

FREE_FAILURES = 5
"""Wrong passwords before an account has to wait."""
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)

# Verified against when there is no such account, so that both answers take the same time.
_NOBODY = hash_password("nobody has this password")


@dataclass(frozen=True, slots=True)
class NewMunicipality:
    name: str
    department: str
    zone: str


@dataclass(frozen=True, slots=True)
class NewAccount:
    login: str
    password: str
    last_name: str
    first_name: str
    middle_name: str = ""

    def __repr__(self) -> str:
        return f"NewAccount(login={self.login!r})"


def create_municipality(session: Session, new: NewMunicipality, *, now: datetime, source: Source) -> Municipality:
    """Found a municipality.

    Raises
    ------
    InvalidInput
        Naming each field that cannot stand.
    """
    problems: dict[str, str] = {}
    if not new.name.strip():
        problems["name"] = N_("Give the municipality a name, for example «Ketchenery district».")
    if not new.department.strip():
        problems["department"] = N_("Say which department runs the programme.")
    if not is_zone(new.zone):
        problems["zone"] = N_("Choose a time zone from the list, for example Europe/Moscow.")
    if problems:
        raise InvalidInput("The municipality was not created.", fields=problems)
    municipality = Municipality(name=new.name.strip(), department=new.department.strip(), zone=new.zone, created_at=now)
    session.add(municipality)
    session.flush()  # its uid goes into the audit row
    subject = f"municipality:{municipality.uid}"
    audit.record(session, "municipality.created", now=now, source=source, subject=subject)
    emit(session, "municipality.created", subject=subject, now=now)
    return municipality


def create_account(
    session: Session, municipality: Municipality, new: NewAccount, *, now: datetime, source: Source, actor: str = ""
) -> Person:
    """Make a person with a login of their own.

    Raises
    ------
    InvalidInput
        Naming each field that cannot stand: a login that is taken or has other characters, a short password, no name.
    """
    login = new.login.strip().lower()
    problems = _account_problems(session, new, login)
    if problems:
        raise InvalidInput("The account was not created.", fields=problems)
    person = Person(
        municipality_id=municipality.id,
        last_name=new.last_name.strip(),
        first_name=new.first_name.strip(),
        middle_name=new.middle_name.strip(),
        created_at=now,
    )
    person.account = LocalAccount(login=login, password_hash=hash_password(new.password))
    session.add(person)
    session.flush()  # its uid goes into the audit row
    audit.record(session, "account.created", now=now, source=source, actor=actor, subject=f"person:{person.uid}")
    return person


def _account_problems(session: Session, new: NewAccount, login: str) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not LOGIN.fullmatch(login):
        problems["login"] = N_("A login has Latin letters, digits and . _ - @ +, at least two of them.")
    elif session.scalar(select(LocalAccount.id).where(LocalAccount.login == login)) is not None:
        problems["login"] = N_("This login is taken. Choose another one.")
    if len(new.password) < MIN_PASSWORD:
        problems["password"] = N_("A password has at least 10 characters.")
    if not new.last_name.strip():
        problems["last_name"] = N_("Enter the last name.")
    if not new.first_name.strip():
        problems["first_name"] = N_("Enter the first name.")
    return problems


def grant(
    session: Session,
    person: Person,
    role: Role,
    *,
    now: datetime,
    source: Source,
    actor: str = "",
    everywhere: bool = False,
    season_id: int | None = None,
) -> None:
    """Give a role in the person's municipality (or in every one); giving it again changes nothing."""
    municipality_id = None if everywhere else person.municipality_id
    scope = f"{municipality_id or 'all'}/{season_id or 'all'}"
    held = select(RoleGrant.id).where(
        RoleGrant.person_id == person.id, RoleGrant.role == role.value, RoleGrant.scope == scope
    )
    if session.scalar(held) is not None:
        return
    session.add(
        RoleGrant(
            person_id=person.id,
            role=role.value,
            municipality_id=municipality_id,
            season_id=season_id,
            scope=scope,
            granted_at=now,
        )
    )
    facts = {"role": role.value}
    subject = f"person:{person.uid}"
    audit.record(session, "role.granted", now=now, source=source, actor=actor, subject=subject, facts=facts)


def stored_grants(session: Session, person: Person) -> tuple[Grant, ...]:
    """The roles given in the companion, without those that the LMS gives."""
    rows = session.scalars(select(RoleGrant).where(RoleGrant.person_id == person.id).order_by(RoleGrant.id))
    return tuple(Grant(Role(row.role), municipality_id=row.municipality_id, season_id=row.season_id) for row in rows)


def sign_in(session: Session, login: str, password: str, *, now: datetime) -> Person | None:
    """The person whose login and password these are; None otherwise, in the same time.

    After five wrong passwords in a row each further one locks the account for a while that doubles up to an hour.

    Raises
    ------
    Refused
        While the account is locked, whatever the password.
    """
    account = session.scalar(
        select(LocalAccount)
        .where(LocalAccount.login == login.strip().lower())
        .options(joinedload(LocalAccount.person))
        .with_for_update(of=LocalAccount)
    )
    if account is None:
        verify_password(_NOBODY, password)
        return None
    if account.locked_until is not None and account.locked_until > now:
        minutes = -(-(account.locked_until - now).total_seconds() // 60)
        raise Refused(
            "Too many wrong passwords. Try again in %(minutes)d min, or ask the organiser for a new password.",
            code="locked",
            minutes=int(minutes),
        )
    if account.disabled or not verify_password(account.password_hash, password):
        _note_failure(session, account, now)
        return None
    _note_success(session, account, password, now)
    return account.person


def _note_failure(session: Session, account: LocalAccount, now: datetime) -> None:
    account.failures += 1
    if account.failures >= FREE_FAILURES:
        # An hour is reached after seven doublings; what is far beyond it would not fit into a timedelta.
        doublings = min(account.failures - FREE_FAILURES, 10)
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2**doublings)
        account.locked_until = now + wait
    subject = f"person:{account.person.uid}"
    audit.record(session, "sign_in.failed", now=now, source=Source.WEB, subject=subject)


def _note_success(session: Session, account: LocalAccount, password: str, now: datetime) -> None:
    account.failures, account.locked_until, account.signed_in_at = 0, None, now
    if password_needs_rehash(account.password_hash):
        account.password_hash = hash_password(password)
    person = account.person
    audit.record(session, "sign_in.done", now=now, source=Source.WEB, actor=person.uid, subject=f"person:{person.uid}")


def find_person(session: Session, uid: str) -> Person | None:
    return session.scalar(select(Person).where(Person.uid == uid).options(joinedload(Person.school)))


def organisers_of(session: Session, municipality_id: int) -> list[Person]:
    """The municipality's own people who organise there, in every season of it."""
    here = RoleGrant.municipality_id.is_(None) | (RoleGrant.municipality_id == municipality_id)
    held = select(RoleGrant.person_id).where(
        RoleGrant.role == Role.ORGANISER.value, RoleGrant.season_id.is_(None), here
    )
    query = select(Person).where(Person.municipality_id == municipality_id, Person.id.in_(held)).order_by(Person.id)
    return list(session.scalars(query))


def actor_of(session: Session, person: Person, *, lms_grants: tuple[Grant, ...] = ()) -> Actor:
    """A person as the one who asks."""
    grants = stored_grants(session, person) + lms_grants
    return Actor(person_id=person.id, person_uid=person.uid, municipality_id=person.municipality_id, grants=grants)


def propose_school(session: Session, municipality_id: int, spelling: str) -> School | None:
    """The school that an LMS profile's institution means; an unknown spelling founds a school of that name.

    The organiser merges spellings afterwards; what was merged stays merged, because the spelling is remembered.
    """
    spelling = spelling.strip()
    if not spelling:
        return None
    known = session.scalar(
        select(School)
        .join(SchoolSpelling, SchoolSpelling.school_id == School.id)
        .where(SchoolSpelling.municipality_id == municipality_id, SchoolSpelling.spelling == spelling)
    )
    if known is not None:
        return known
    school = School(municipality_id=municipality_id, name=spelling, short_name=short_school_name(spelling))
    session.add(school)
    session.flush()  # the spelling needs its id
    session.add(SchoolSpelling(municipality_id=municipality_id, spelling=spelling, school_id=school.id))
    return school


def merge_school(session: Session, spelling: SchoolSpelling, into: School, *, now: datetime, actor: str) -> None:
    """Say that a spelling means another school; people follow, and the school nobody spells any more goes."""
    left = spelling.school_id
    if left == into.id:
        return
    spelling.school_id = into.id
    for person in session.scalars(select(Person).where(Person.school_id == left)):
        person.school_id = into.id
    session.flush()  # the count below must see the move
    if session.scalar(select(SchoolSpelling.id).where(SchoolSpelling.school_id == left).limit(1)) is None:
        session.delete(session.get_one(School, left))
    audit.record(session, "school.merged", now=now, source=Source.WEB, actor=actor, subject=f"school:{into.uid}")
