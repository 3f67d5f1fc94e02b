"""The book of runs: one at a time, a dead one taken over, a failure with its reason."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bridge.core.db import Database
from bridge.errors import Refused
from bridge.lms import runs
from bridge.lms.apply import Counts
from bridge.lms.models import LmsSite, RunMode, RunState, SyncRun
from bridge.lms.runs import DEAD_AFTER, Freshness

SECOND = timedelta(seconds=1)


def start(database: Database, site_id: int, now: datetime) -> int:
    with database.writing() as session:
        return runs.start_run(session, session.get_one(LmsSite, site_id), RunMode.FULL, now=now).id


def end(database: Database, run_id: int, state: RunState, now: datetime, *codes: str) -> None:
    with database.writing() as session:
        run = session.get_one(SyncRun, run_id)
        for code in codes:
            runs.note_problem(session, run, code=code, facts={"function": "f"}, course_id=None)
        runs.end_run(run, state, calls=7, now=now)


def fresh(database: Database, site_id: int) -> Freshness:
    with database.reading() as session:
        return runs.freshness(session, session.get_one(LmsSite, site_id))


def state(database: Database, run_id: int) -> str:
    with database.reading() as session:
        return session.get_one(SyncRun, run_id).state


def test_one_run_at_a_time(database: Database, site_id: int, now: datetime) -> None:
    first = start(database, site_id, now)
    with pytest.raises(Refused) as refused:
        start(database, site_id, now + DEAD_AFTER - SECOND)
    assert refused.value.code == "sync_running"
    assert state(database, first) == RunState.RUNNING.value


def test_a_run_that_fell_silent_is_taken_over(database: Database, site_id: int, now: datetime) -> None:
    dead = start(database, site_id, now)
    alive = start(database, site_id, now + DEAD_AFTER)
    assert (state(database, dead), state(database, alive)) == ("failed", "running")


def test_a_heartbeat_keeps_a_run_alive(database: Database, site_id: int, now: datetime) -> None:
    run_id = start(database, site_id, now)
    with database.writing() as session:
        run = session.get_one(SyncRun, run_id)
        runs.beat(run, Counts(1, 2, 3, 4), calls=5, now=now + DEAD_AFTER)
        runs.beat(run, Counts(1, 0, 0, 0), calls=6, now=now + DEAD_AFTER)
    with pytest.raises(Refused):
        start(database, site_id, now + DEAD_AFTER + SECOND)
    with database.reading() as session:
        run = session.get_one(SyncRun, run_id)
        assert (run.inserted, run.changed, run.retired, run.not_visible, run.calls) == (2, 2, 3, 4, 6)


def test_a_site_that_was_never_read_has_no_data(database: Database, site_id: int) -> None:
    assert fresh(database, site_id) == Freshness()


@pytest.mark.parametrize("ended", [RunState.DONE, RunState.PARTLY])
def test_data_are_as_old_as_the_last_answer(database: Database, site_id: int, now: datetime, ended: RunState) -> None:
    end(database, start(database, site_id, now), ended, now + SECOND)
    start(database, site_id, now + 2 * SECOND)
    assert fresh(database, site_id) == Freshness(now + SECOND, running=True)


def test_a_failure_tells_its_reason_and_leaves_the_data_as_old_as_they_are(
    database: Database, site_id: int, now: datetime
) -> None:
    end(database, start(database, site_id, now), RunState.DONE, now)
    end(database, start(database, site_id, now + SECOND), RunState.FAILED, now + 2 * SECOND, "bad_token", "html")
    assert fresh(database, site_id) == Freshness(now, failed_at=now + 2 * SECOND, failure="bad_token")
