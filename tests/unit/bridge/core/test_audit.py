from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import delete, update

from bridge.core import audit
from bridge.core.audit import AuditChain, AuditEntry, Broken, Source
from bridge.core.db import Database

NOW = datetime(2028, 2, 16, 11, 5, 7, 123456, tzinfo=UTC)


@pytest.fixture
def chain(database: Database) -> Database:
    """Five entries of one season."""
    with database.writing() as session:
        for number in range(1, 6):
            facts = {"number": number, "word": "ёж"}
            audit.record(session, f"act.{number}", now=NOW, season="season", source=Source.WEB, facts=facts)
    return database


def broken(database: Database, season: str = "season") -> Broken | None:
    with database.reading() as session:
        return audit.verify(session, season)


def change(database: Database, statement) -> None:
    with database.writing() as session:
        session.execute(statement)


def of(number: int):
    return (AuditEntry.chain == "season") & (AuditEntry.number == number)


def test_an_untouched_chain_holds(chain: Database) -> None:
    assert broken(chain) is None


def test_a_chain_that_nobody_wrote_holds(database: Database) -> None:
    assert broken(database, "unheard of") is None


@pytest.mark.parametrize(
    "values",
    [
        {"act": "act.9"},
        {"actor": "somebody"},
        {"source": "paper"},
        {"subject": "person:x"},
        {"facts": {"number": 3, "word": "еж"}},
        {"at": NOW + timedelta(microseconds=1)},
        {"previous": "0" * 64},
        {"digest": "f" * 64},
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_changed_entry_is_found_where_it_stands(chain: Database, values: dict[str, object]) -> None:
    change(chain, update(AuditEntry).where(of(3)).values(**values))
    assert broken(chain) == Broken("season", 3, "an entry was changed")


def test_a_changed_entry_with_a_digest_to_match_breaks_the_next(chain: Database) -> None:
    with chain.writing() as session:
        entry = session.query(AuditEntry).filter(of(3)).one()
        entry.act = "act.9"
        entry.digest = audit._digest(entry)
    assert broken(chain) == Broken("season", 4, "an entry was changed")


def test_a_dropped_entry_is_found(chain: Database) -> None:
    change(chain, delete(AuditEntry).where(of(3)))
    assert broken(chain) == Broken("season", 3, "an entry is missing")


def test_a_dropped_entry_with_the_others_moved_up_is_found(chain: Database) -> None:
    change(chain, delete(AuditEntry).where(of(3)))
    for number in (4, 5):
        change(chain, update(AuditEntry).where(of(number)).values(number=number - 1))
    assert broken(chain) == Broken("season", 3, "an entry was changed")


def test_an_inserted_entry_is_found(chain: Database) -> None:
    for number in (5, 4):
        change(chain, update(AuditEntry).where(of(number)).values(number=number + 1))
    with chain.writing() as session:
        third = session.query(AuditEntry).filter(of(3)).one()
        forged = AuditEntry(
            chain="season",
            number=4,
            at=NOW,
            actor="",
            source="web",
            act="forged",
            subject="",
            facts={},
            previous=third.digest,
        )
        forged.digest = audit._digest(forged)
        session.add(forged)
    assert broken(chain) == Broken("season", 5, "an entry was changed")


@pytest.mark.parametrize("left", [4, 0])
def test_a_cut_off_end_is_found(chain: Database, left: int) -> None:
    change(chain, delete(AuditEntry).where(AuditEntry.number > left))
    assert broken(chain) == Broken("season", left + 1, "the end was cut off")


def test_an_end_cut_off_with_its_head_forgotten_is_found(chain: Database) -> None:
    change(chain, delete(AuditChain))
    assert broken(chain) is not None


def test_seasons_have_chains_of_their_own(chain: Database) -> None:
    with chain.writing() as session:
        entry = audit.record(session, "act.1", now=NOW, season="another")
        assert (entry.number, entry.previous) == (1, audit.GENESIS)
    change(chain, update(AuditEntry).where(of(2)).values(act="x"))
    with chain.reading() as session:
        assert list(audit.verify_all(session)) == [Broken("season", 2, "an entry was changed")]


def test_the_moment_counts_whatever_the_zone_it_came_in(database: Database) -> None:
    moscow = NOW.astimezone(timezone(timedelta(hours=3)))
    with database.writing() as session:
        audit.record(session, "act", now=moscow)
    assert broken(database, "system") is None


def test_an_act_that_is_rolled_back_leaves_the_chain_as_it_was(chain: Database) -> None:
    session = chain.open(write=True)
    audit.record(session, "act.6", now=NOW, season="season")
    session.flush()
    session.close()
    with chain.writing() as session:
        assert audit.record(session, "act.6", now=NOW, season="season").number == 6
    assert broken(chain) is None


@pytest.mark.parametrize("season", ["season", "new"])
def test_entries_written_at_once_make_one_chain(chain: Database, season: str) -> None:
    """The first entry of a new chain, too: two transactions must not both begin it."""
    failures: list[BaseException] = []
    together = threading.Barrier(4)

    def write() -> None:
        together.wait()
        try:
            for _ in range(5):
                with chain.writing() as session:
                    audit.record(session, "act", now=NOW, season=season)
        except BaseException as err:  # noqa: BLE001  whatever it was, the test tells of it
            failures.append(err)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert broken(chain, season) is None
    with chain.reading() as session:
        assert session.get_one(AuditChain, season).length == (25 if season == "season" else 20)
