from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, update

from bridge.core.db import Database, Exact, UtcDateTime, new_uid, open_engine
from bridge.errors import SettingsError

METADATA = MetaData()
THINGS = Table(
    "thing", METADATA, Column("id", Integer, primary_key=True), Column("mark", Exact), Column("at", UtcDateTime)
)


@pytest.fixture
def things(database: Database) -> Database:
    METADATA.create_all(database.engine)
    return database


@pytest.mark.parametrize("mark", ["0", "-1", "77.5", "99999.99999", "0.00001", "1000000"])
def test_a_mark_comes_back_exactly(things: Database, mark: str) -> None:
    with things.writing() as session:
        session.execute(insert(THINGS).values(mark=Decimal(mark)))
    with things.reading() as session:
        assert session.scalar(select(THINGS.c.mark)) == Decimal(mark)


def test_a_mark_of_more_than_five_places_is_refused(things: Database) -> None:
    with pytest.raises(Exception, match="more than 5 decimal places"), things.writing() as session:
        session.execute(insert(THINGS).values(mark=Decimal("0.000001")))


def test_a_moment_comes_back_in_utc(things: Database) -> None:
    moscow = datetime(2028, 2, 16, 14, 5, tzinfo=timezone(timedelta(hours=3)))
    with things.writing() as session:
        session.execute(insert(THINGS).values(at=moscow))
    with things.reading() as session:
        found = session.scalar(select(THINGS.c.at))
    assert found == moscow
    assert found.tzinfo is UTC


def test_a_naive_moment_is_refused(things: Database) -> None:
    with pytest.raises(Exception, match="naive"), things.writing() as session:
        session.execute(insert(THINGS).values(at=datetime(2028, 2, 16)))  # noqa: DTZ001  the very mistake


def test_an_error_rolls_a_writing_session_back(things: Database) -> None:
    with pytest.raises(ZeroDivisionError), things.writing() as session:
        session.execute(insert(THINGS).values(mark=Decimal(1) / session.scalar(select(0))))
    with things.reading() as session:
        assert session.scalar(select(THINGS.c.id)) is None


def test_two_writers_lose_no_update(things: Database) -> None:
    """Read, add one, write: with a deferred begin SQLite would let both read the same value."""
    with things.writing() as session:
        session.execute(insert(THINGS).values(id=1, mark=Decimal(0)))

    def add(times: int) -> None:
        for _ in range(times):
            with things.writing() as session:
                mark = session.scalar(select(THINGS.c.mark).where(THINGS.c.id == 1).with_for_update())
                session.execute(update(THINGS).where(THINGS.c.id == 1).values(mark=mark + 1))

    threads = [threading.Thread(target=add, args=(25,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with things.reading() as session:
        assert session.scalar(select(THINGS.c.mark)) == 100


def test_a_reader_does_not_wait_for_a_writer(things: Database) -> None:
    with things.writing() as writer:
        writer.execute(insert(THINGS).values(id=7))
        with things.reading() as reader:
            assert reader.scalar(select(THINGS.c.id)) is None


def test_sqlite_keeps_every_commit_and_its_foreign_keys(tmp_path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'a' / 'new.sqlite3'}")
    with engine.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}
    engine.dispose()
    assert found == PRAGMAS


PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15_000}


def test_other_databases_are_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="SQLite or PostgreSQL, not mysql"):
        open_engine("mysql://root@localhost/x")


def test_uids_differ_and_fit_their_column() -> None:
    uids = {new_uid() for _ in range(1000)}
    assert len(uids) == 1000
    assert {len(uid) for uid in uids} == {12}
