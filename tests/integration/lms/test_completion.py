"""Completion is read in the background, a few people at a time, until everybody's is known."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bridge.demo import changes
from bridge.demo.accounts import ADMIN_TOKEN
from bridge.demo.recordings import load_recordings
from bridge.demo.server import Served, serve_in_thread
from bridge.demo.site import StandIn
from bridge.lms.apply import Counts
from bridge.lms.completion import COMPLETION_CALLS, FRESH_FOR, CompletionReader
from bridge.lms.models import LmsSite, RunMode, RunState
from bridge.lms.runs import end_run, start_run
from lms_sync.client import Function
from lms_sync.records import Kind
from tests.integration.lms.conftest import NewDatabase
from tests.integration.lms.support import SEASON_AT, Store, served_store

FIXTURES = Path(__file__).parents[2] / "fixtures"
TICK = timedelta(minutes=5)


@dataclass
class World:
    moodle: Served
    store: Store
    reader: CompletionReader

    def read_all(self) -> int:
        """Read until nobody is due; how many ticks it took."""
        ticks = 0
        while True:
            self.moodle.site.calls.clear()
            self.reader.read_some(self.store.site_id)
            if not self.moodle.site.calls:
                return ticks
            assert len(self.moodle.site.calls) <= COMPLETION_CALLS
            ticks += 1


@pytest.fixture(scope="module")
def world(new_database: NewDatabase) -> Iterator[World]:
    site = StandIn(load_recordings(FIXTURES / "moodle" / "4.5.6.jsonl.gz"))
    with serve_in_thread(site) as moodle:
        store = served_store(new_database("completion"), moodle.url, ADMIN_TOKEN)
        store.pull(RunMode.FULL)
        reader = CompletionReader(store.database, store.vault, store.make_client, store.clock)
        yield World(moodle, store, reader)


def recorded() -> dict[tuple[int, int], tuple[int, int]]:
    """State and time by activity and person."""
    found = {}
    for one in json.loads(gzip.decompress((FIXTURES / "lms_sync" / "season.json.gz").read_bytes())):
        if one["function"] == Function.ACTIVITY_COMPLETION and "statuses" in one["body"]:
            for row in one["body"]["statuses"]:
                if row["istrackeduser"]:
                    found[row["cmid"], one["params"]["userid"]] = (row["state"], row["timecompleted"])
    return found


def test_everybodys_completion_comes_in_small_portions_and_is_as_recorded(world: World) -> None:
    ticks = world.read_all()
    stored = {
        (row["moodle_course_module_id"], row["moodle_user_id"]): (
            row["state"],
            int(row["completed_at"].timestamp()) if row["completed_at"] else 0,
        )
        for row in world.store.rows(Kind.ACTIVITY_COMPLETION)
    }
    expected = recorded()
    assert len(expected) > 300
    assert {key: value for key, value in expected.items() if key in stored} == stored
    # Suspended people are not in the gradebook, and so are not asked about.
    assert {user for _, user in expected.keys() - stored.keys()} <= {19, 36, 53}
    assert ticks < 50


def test_a_course_without_criteria_of_its_own_is_asked_once_in_a_week(world: World) -> None:
    world.read_all()
    world.store.clock.now += FRESH_FOR
    world.moodle.site.calls.clear()
    world.reader.read_some(world.store.site_id)
    assert world.moodle.site.counts()[Function.COURSE_COMPLETION] == 0
    assert world.store.rows(Kind.COURSE_COMPLETION) == []


def test_what_was_read_is_fresh_for_a_while_and_then_read_again(world: World) -> None:
    world.read_all()
    assert world.read_all() == 0
    changes.mark(world.moodle.site.tables, "essay", 15, 71.5, grader=64, now=int(SEASON_AT.timestamp()))
    world.store.clock.now += FRESH_FOR
    assert world.read_all() > 30
    (row,) = world.store.rows(Kind.ACTIVITY_COMPLETION, moodle_course_module_id=1, moodle_user_id=15)
    assert row["state"] == 1


def test_somebody_who_left_is_no_trouble_and_keeps_what_was_known(world: World) -> None:
    world.read_all()
    before = world.store.rows(Kind.ACTIVITY_COMPLETION, moodle_user_id=20)
    changes.unenrol(world.moodle.site.tables, 2, 20)
    world.store.clock.now += FRESH_FOR
    world.read_all()
    assert world.store.rows(Kind.ACTIVITY_COMPLETION, moodle_user_id=20) == before


def test_while_a_run_is_under_way_nothing_is_asked(world: World) -> None:
    world.store.clock.now += FRESH_FOR
    with world.store.database.writing() as session:
        run = start_run(session, session.get_one(LmsSite, world.store.site_id), RunMode.FULL, now=world.store.clock())
        run_id = run.id
    world.moodle.site.calls.clear()
    assert world.reader.read_some(world.store.site_id) == Counts()
    assert not world.moodle.site.calls
    with world.store.database.writing() as session:
        running = session.scalars(select(type(run)).where(type(run).id == run_id)).one()
        end_run(running, RunState.DONE, calls=0, now=world.store.clock())
