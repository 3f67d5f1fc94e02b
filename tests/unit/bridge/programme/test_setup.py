from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from bridge.core import audit, crypto
from bridge.core.audit import Source
from bridge.core.crypto import Vault
from bridge.core.db import Database
from bridge.core.permissions import Role
from bridge.errors import InvalidInput, Refused
from bridge.installation import Installation
from bridge.people.models import Municipality, Person
from bridge.people.service import NewAccount, NewMunicipality, stored_grants
from bridge.programme import setup
from bridge.programme.setup import FirstRun
from tests.support.app import make_settings

NOW = datetime(2028, 2, 16, 11, 5, tzinfo=UTC)
VAULT = Vault(["0123456789abcdef0123456789abcdef"])
PLACE = NewMunicipality("Кетченеровский район", "Отдел образования", "Europe/Moscow")
ACCOUNT = NewAccount("metodist", "долгий пароль", "Очирова", "Тамара")


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same Argon2id at its least cost."""
    monkeypatch.setattr(crypto, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def run(database: Database, asked: FirstRun) -> None:
    with database.writing() as session:
        setup.set_up(session, asked, vault=VAULT, now=NOW, source=Source.WEB)


def test_the_first_run_makes_an_organiser_who_is_administrator(database: Database) -> None:
    run(database, FirstRun(PLACE, ACCOUNT))
    with database.reading() as session:
        assert setup.is_set_up(session)
        person = session.scalars(select(Person)).one()
        grants = stored_grants(session, person)
    assert {grant.role for grant in grants} == {Role.ORGANISER, Role.ADMINISTRATOR}
    assert {grant.municipality_id for grant in grants} == {person.municipality_id}


def test_there_is_one_first_run_only(database: Database) -> None:
    run(database, FirstRun(PLACE, ACCOUNT))
    again = FirstRun(NewMunicipality("Другой", "Отдел", "Europe/Moscow"), NewAccount("b.b", "долгий пароль", "А", "Б"))
    with pytest.raises(Refused, match="set up already"):
        run(database, again)
    with database.reading() as session:
        assert len(session.scalars(select(Municipality)).all()) == 1


def test_of_two_first_runs_at_once_one_is_refused(database: Database) -> None:
    together, refused = threading.Barrier(2), []

    def start(login: str) -> None:
        together.wait()
        try:
            run(database, FirstRun(PLACE, NewAccount(login, "долгий пароль", "А", "Б")))
        except Refused:
            refused.append(login)

    threads = [threading.Thread(target=start, args=(login,)) for login in ("first.one", "second.one")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert len(session.scalars(select(Municipality)).all()) == 1
        assert audit.verify(session) is None
    assert len(refused) == 1


@pytest.mark.parametrize(
    "asked",
    [
        FirstRun(NewMunicipality("", "Отдел", "Europe/Moscow"), ACCOUNT),
        FirstRun(PLACE, NewAccount("metodist", "короткий", "Очирова", "Тамара")),
    ],
)
def test_a_first_run_that_cannot_stand_writes_nothing(database: Database, asked: FirstRun) -> None:
    with pytest.raises(InvalidInput):
        run(database, asked)
    with database.reading() as session:
        assert not setup.is_set_up(session)


# ---------------------------------------------------------------- the code


def test_codes_are_random_and_easy_to_type() -> None:
    codes = {setup.new_code() for _ in range(200)}
    assert len(codes) == 200
    for code in codes:
        assert [len(group) for group in code.split("-")] == [4, 4, 4]
        assert not set(code) & set("01OI")


@pytest.mark.parametrize("typed", ["K7QM-2FXA-9RTB", "k7qm-2fxa-9rtb", "K7QM 2FXA 9RTB", " k7qm2fxa9rtb\n"])
def test_a_code_is_recognised_however_it_was_typed(typed: str) -> None:
    assert setup.same_code(typed, "K7QM-2FXA-9RTB")


@pytest.mark.parametrize("typed", ["", "-", "K7QM-2FXA-9RT", "K7QM-2FXA-9RTBB", "К7QM-2FXA-9RTB", "K7QM-2FXA-9RTC"])
def test_another_code_is_not(typed: str) -> None:
    """One of them begins with a Cyrillic letter that looks the same."""
    assert not setup.same_code(typed, "K7QM-2FXA-9RTB")


def test_every_process_tells_the_same_code_until_it_is_forgotten(tmp_path: Path) -> None:
    first, second = (Installation.open(make_settings(tmp_path / "data")) for _ in range(2))
    code = first.setup_code()
    assert second.setup_code() == code
    first.forget_setup_code()
    first.forget_setup_code()
    assert second.setup_code() != code
    first.close()
    second.close()
