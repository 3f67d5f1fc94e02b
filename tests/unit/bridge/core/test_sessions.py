from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from bridge.core import sessions
from bridge.core.db import Database
from bridge.core.sessions import IDLE_LIMIT, LIFETIME, WebSession
from bridge.people.models import Municipality, Person

NOW = datetime(2028, 2, 16, 11, 5, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def persons(database: Database) -> tuple[int, int]:
    with database.writing() as session:
        place = Municipality(name="Район", department="Отдел", created_at=NOW)
        session.add(place)
        session.flush()
        found = [Person(municipality_id=place.id, last_name=x, first_name=x, created_at=NOW) for x in "ab"]
        session.add_all(found)
        session.flush()
        return found[0].id, found[1].id


def start(database: Database, person_id: int | None = None, at: datetime = NOW) -> str:
    with database.writing() as session:
        return sessions.start_session(session, person_id=person_id, user_agent="Firefox " * 100, now=at)[1]


def is_live(database: Database, token: str, at: datetime = NOW) -> bool:
    with database.reading() as session:
        return sessions.find_session(session, token, now=at) is not None


def test_the_store_holds_nothing_that_opens_a_session(database: Database) -> None:
    token = start(database)
    with database.reading() as session:
        kept = session.execute(text("SELECT * FROM web_session")).mappings().one()
    assert token not in str(dict(kept))
    assert not is_live(database, kept["token_hash"])
    assert is_live(database, token)


def test_tokens_differ_and_cannot_be_guessed(database: Database) -> None:
    tokens = {start(database) for _ in range(20)}
    assert len(tokens) == 20
    assert min(len(token) for token in tokens) >= 43


def test_a_long_name_of_a_browser_is_cut_to_its_column(database: Database) -> None:
    start(database)
    with database.reading() as session:
        assert len(session.scalars(select(WebSession)).one().user_agent) == 200


@pytest.mark.parametrize("token", ["", "x", "токен", "\x00"])
def test_a_token_that_nobody_was_given_is_nobodys(database: Database, token: str) -> None:
    assert not is_live(database, token)


def test_a_session_ends_when_it_is_left_alone(database: Database) -> None:
    token = start(database)
    assert is_live(database, token, NOW + IDLE_LIMIT - SECOND)
    assert not is_live(database, token, NOW + IDLE_LIMIT)


def test_a_session_in_use_ends_with_its_lifetime(database: Database) -> None:
    token = start(database)
    with database.writing() as session:
        session.scalars(select(WebSession)).one().seen_at = NOW + LIFETIME - SECOND
    assert is_live(database, token, NOW + LIFETIME - SECOND)
    assert not is_live(database, token, NOW + LIFETIME)


def test_use_is_written_down_every_five_minutes(database: Database) -> None:
    start(database)
    with database.reading() as session:
        row = session.scalars(select(WebSession)).one()
        assert not sessions.needs_touch(row, now=NOW + timedelta(minutes=5) - SECOND)
        assert sessions.needs_touch(row, now=NOW + timedelta(minutes=5))


def test_ending_one_leaves_the_others(database: Database, persons: tuple[int, int]) -> None:
    first, second = start(database, persons[0]), start(database, persons[0])
    with database.writing() as session:
        sessions.end_session(session, first)
    assert (is_live(database, first), is_live(database, second)) == (False, True)


def test_ending_all_of_a_person_leaves_the_others_and_the_anonymous(
    database: Database, persons: tuple[int, int]
) -> None:
    mine = [start(database, persons[0]) for _ in range(2)]
    others = [start(database, persons[1]), start(database)]
    with database.writing() as session:
        sessions.end_all(session, persons[0])
    assert [is_live(database, token) for token in mine + others] == [False, False, True, True]


def test_expired_rows_go_and_live_ones_stay(database: Database) -> None:
    start(database, at=NOW - LIFETIME)
    start(database, at=NOW - IDLE_LIMIT)
    live = start(database, at=NOW - IDLE_LIMIT + SECOND)
    with database.writing() as session:
        sessions.end_expired(session, now=NOW)
        assert len(session.scalars(select(WebSession)).all()) == 1
    assert is_live(database, live)


def test_the_sessions_of_an_erased_person_go_with_them(database: Database, persons: tuple[int, int]) -> None:
    token = start(database, persons[0])
    with database.writing() as session:
        session.delete(session.get_one(Person, persons[0]))
    assert not is_live(database, token)
