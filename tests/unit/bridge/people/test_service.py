from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from bridge.core import audit, crypto
from bridge.core.audit import AuditEntry, Source
from bridge.core.db import Database
from bridge.core.permissions import Grant, Role
from bridge.errors import InvalidInput, Refused
from bridge.people import service
from bridge.people.models import LocalAccount, Municipality, Person, School, SchoolSpelling
from bridge.people.service import NewAccount, NewMunicipality

NOW = datetime(2028, 2, 16, 11, 5, tzinfo=UTC)
RIGHT, WRONG = "верный пароль", "неверный пароль"
CLI = Source.COMMAND_LINE


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same Argon2id at its least cost."""
    monkeypatch.setattr(crypto, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def place(database: Database) -> Database:
    with database.writing() as session:
        new = NewMunicipality("Кетченеровский район", "Отдел образования", "Europe/Moscow")
        municipality = service.create_municipality(session, new, now=NOW, source=CLI)
        account = NewAccount("Metodist", RIGHT, "Очирова", "Тамара", "Сергеевна")
        service.create_account(session, municipality, account, now=NOW, source=CLI)
    return database


def municipality_in(session: Session) -> Municipality:
    return session.scalars(select(Municipality)).one()


def sign_in(database: Database, password: str, *, login: str = "metodist", now: datetime = NOW) -> Person | None:
    with database.writing() as session:
        return service.sign_in(session, login, password, now=now)


def account_in(database: Database) -> LocalAccount:
    with database.reading() as session:
        return session.scalars(select(LocalAccount)).one()


# ---------------------------------------------------------------- signing in


def test_the_right_password_opens_whatever_the_case_of_the_login(place: Database) -> None:
    person = sign_in(place, RIGHT, login="  METODIST ")
    assert person is not None
    assert person.last_name == "Очирова"
    assert account_in(place).signed_in_at == NOW


@pytest.mark.parametrize("password", [WRONG, "", RIGHT.upper(), RIGHT + " "])
def test_another_password_does_not(place: Database, password: str) -> None:
    assert sign_in(place, password) is None


def test_an_unknown_login_is_answered_as_a_wrong_password_is(place: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same answer after the same work: one verification of one password."""
    verified: list[str] = []

    def spy(stored: str, password: str) -> bool:
        verified.append(password)
        return crypto.verify_password(stored, password)

    monkeypatch.setattr(service, "verify_password", spy)
    answers = [sign_in(place, WRONG, login=login) for login in ("metodist", "nosuchlogin")]
    assert answers == [None, None]
    assert verified == [WRONG, WRONG]


def test_nobodys_hash_costs_what_a_real_one_costs() -> None:
    real = PasswordHasher()
    assert not real.check_needs_rehash(service._NOBODY)


WAITS = (30, 60, 120, 240, 480, 960, 1920, 3600, 3600)
"""Seconds after the fifth, sixth, ... wrong password."""


def test_each_further_wrong_password_doubles_the_wait_up_to_an_hour(place: Database) -> None:
    now = NOW
    for _ in range(4):
        assert sign_in(place, WRONG, now=now) is None
        assert account_in(place).locked_until is None
    for wait in WAITS:
        assert sign_in(place, WRONG, now=now) is None
        assert account_in(place).locked_until == now + timedelta(seconds=wait)
        with pytest.raises(Refused) as caught:
            sign_in(place, RIGHT, now=now + timedelta(seconds=wait - 1))
        assert caught.value.code == "locked"
        now += timedelta(seconds=wait)


def test_after_very_many_wrong_passwords_the_wait_is_still_an_hour(place: Database) -> None:
    with place.writing() as session:
        session.scalars(select(LocalAccount)).one().failures = 100_000
    assert sign_in(place, WRONG) is None
    assert account_in(place).locked_until == NOW + timedelta(hours=1)


def test_a_locked_account_counts_no_further_attempts(place: Database) -> None:
    for _ in range(5):
        sign_in(place, WRONG)
    for _ in range(3):
        with pytest.raises(Refused):
            sign_in(place, WRONG)
    assert account_in(place).failures == 5


def test_the_wait_is_told_in_whole_minutes_rounded_up(place: Database) -> None:
    for _ in range(5):
        sign_in(place, WRONG)
    with pytest.raises(Refused, match="Try again in 1 min"):
        sign_in(place, RIGHT)


def test_the_right_password_after_the_wait_forgets_the_failures(place: Database) -> None:
    for _ in range(5):
        sign_in(place, WRONG)
    assert sign_in(place, RIGHT, now=NOW + timedelta(seconds=30)) is not None
    account = account_in(place)
    assert (account.failures, account.locked_until) == (0, None)


def test_a_disabled_account_is_answered_as_a_wrong_password_is(place: Database) -> None:
    with place.writing() as session:
        session.scalars(select(LocalAccount)).one().disabled = True
    assert sign_in(place, RIGHT) is None


def test_a_hash_of_weaker_parameters_is_made_anew_at_sign_in(place: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    before = account_in(place).password_hash
    monkeypatch.setattr(crypto, "_hasher", PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    assert sign_in(place, RIGHT) is not None
    after = account_in(place).password_hash
    assert after != before
    assert "t=2" in after
    assert sign_in(place, RIGHT) is not None


def test_attempts_are_in_the_audit_log_without_a_name(place: Database) -> None:
    sign_in(place, WRONG)
    person = sign_in(place, RIGHT)
    assert person is not None
    with place.reading() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()[-2:]
        assert audit.verify(session) is None
    assert [(entry.act, entry.subject) for entry in entries] == [
        ("sign_in.failed", f"person:{person.uid}"),
        ("sign_in.done", f"person:{person.uid}"),
    ]


# ---------------------------------------------------------------- accounts and municipalities


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"login": "методист"}, {"login"}),
        ({"login": "x"}, {"login"}),
        ({"login": "has space"}, {"login"}),
        ({"login": ".dot"}, {"login"}),
        ({"login": "x" * 101}, {"login"}),
        ({"login": "METODIST"}, {"login"}),
        ({"password": "123456789"}, {"password"}),
        ({"last_name": "  "}, {"last_name"}),
        ({"first_name": ""}, {"first_name"}),
        (
            {"login": "", "password": "", "last_name": "", "first_name": ""},
            {"login", "password", "last_name", "first_name"},
        ),
    ],
)
def test_every_field_of_an_account_that_cannot_stand_is_named(
    place: Database, changes: dict[str, str], fields: set[str]
) -> None:
    values = {"login": "new.login@example.ru", "password": RIGHT, "last_name": "А", "first_name": "Б", **changes}
    with place.writing() as session, pytest.raises(InvalidInput) as caught:
        service.create_account(session, municipality_in(session), NewAccount(**values), now=NOW, source=CLI)
    assert set(caught.value.fields) == fields
    with place.reading() as session:
        assert len(session.scalars(select(Person)).all()) == 1


def test_a_password_shows_in_no_representation() -> None:
    assert RIGHT not in repr(NewAccount("login", RIGHT, "А", "Б"))


def test_every_field_of_a_municipality_that_cannot_stand_is_named(database: Database) -> None:
    with database.writing() as session, pytest.raises(InvalidInput) as caught:
        service.create_municipality(session, NewMunicipality(" ", "", "Mars/Olympus"), now=NOW, source=CLI)
    assert set(caught.value.fields) == {"name", "department", "zone"}


def test_a_role_given_twice_is_held_once(place: Database) -> None:
    with place.writing() as session:
        person = session.scalars(select(Person)).one()
        for _ in range(2):
            service.grant(session, person, Role.ORGANISER, now=NOW, source=CLI)
            service.grant(session, person, Role.REGION, now=NOW, source=CLI, everywhere=True)
        assert service.stored_grants(session, person) == (
            Grant(Role.ORGANISER, municipality_id=person.municipality_id),
            Grant(Role.REGION),
        )
        granted = session.scalars(select(AuditEntry).where(AuditEntry.act == "role.granted")).all()
        assert [entry.facts for entry in granted] == [{"role": "organiser"}, {"role": "region"}]


def test_an_actor_has_the_stored_roles_and_those_of_the_lms(place: Database) -> None:
    with place.writing() as session:
        person = session.scalars(select(Person)).one()
        service.grant(session, person, Role.LEADERSHIP, now=NOW, source=CLI)
        from_lms = Grant(Role.MENTOR, municipality_id=person.municipality_id, season_id=3)
        actor = service.actor_of(session, person, lms_grants=(from_lms,))
    assert actor.person_id == person.id
    assert [grant.role for grant in actor.grants] == [Role.LEADERSHIP, Role.MENTOR]


# ---------------------------------------------------------------- schools


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("МБОУ «Сарпинская СОШ»", "Сарпинская СОШ"),
        ("МКОУ Шаттинская ООШ", "Шаттинская ООШ"),
        ("мбоу «Сарпинская СОШ»", "Сарпинская СОШ"),
        ("  Лицей № 1 ", "Лицей № 1"),
        ("МБОУ", "МБОУ"),
        ("МБОУ «»", "МБОУ «»"),
    ],
)
def test_a_school_is_shown_without_its_legal_form(name: str, short: str) -> None:
    assert service.short_school_name(name) == short


def test_a_spelling_founds_one_school_and_stays_merged(place: Database) -> None:
    with place.writing() as session:
        municipality_id = municipality_in(session).id
        first = service.propose_school(session, municipality_id, " МБОУ «Сарпинская СОШ» ")
        assert service.propose_school(session, municipality_id, "МБОУ «Сарпинская СОШ»") is first
        other = service.propose_school(session, municipality_id, "Сарпинская школа")
        assert other is not first
        pupil = session.scalars(select(Person)).one()
        pupil.school_id = other.id
        spelling = session.scalars(select(SchoolSpelling).where(SchoolSpelling.school_id == other.id)).one()
        service.merge_school(session, spelling, first, now=NOW, actor="uid")
        session.flush()
        assert pupil.school_id == first.id
        assert session.scalars(select(School)).all() == [first]
        assert service.propose_school(session, municipality_id, "Сарпинская школа") is first


def test_an_empty_institution_is_no_school(place: Database) -> None:
    with place.writing() as session:
        assert service.propose_school(session, municipality_in(session).id, "  ") is None
