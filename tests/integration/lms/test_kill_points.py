"""kill -9 in the middle of a sync: the next run takes over at once, nothing is lost, half done or done twice."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select

from bridge.core.audit import AuditEntry
from bridge.core.outbox import OutboxEvent
from bridge.demo import changes
from bridge.demo.accounts import ADMIN_TOKEN
from bridge.demo.seasons import generate
from bridge.demo.server import Served, serve_in_thread
from bridge.demo.site import StandIn
from bridge.lms.models import RunMode, RunState, SyncRun
from tests.integration.lms.conftest import NewDatabase
from tests.integration.lms.support import SEASON_AT, Store
from tests.integration.lms.test_fault_cases import client, content_of, differences

POINTS = {
    "the run is opened": 0.0,
    "the first part is taken": 0.02,
    "people are being taken": 0.2,
    "courses are being taken": 0.4,
    "marks are being taken": 0.6,
    "reviews are being taken": 0.85,
    "cursors are being moved": 0.96,
    "the run is closed": 1.0,
}
"""Named points of a run, as shares of its commits; the transaction that is about to be committed there is lost."""


@dataclass
class Scene:
    """A site after some changes, a database filled before them, and what it should come to hold."""

    moodle: Served
    store: Store
    url: str

    def run(self, mode: RunMode, commit: int = 0) -> subprocess.CompletedProcess[str]:
        """A sync in a process of its own, killed at a commit where one is named."""
        arguments = [
            sys.executable,
            "-m",
            "tests.integration.lms.killed",
            self.url,
            str(self.store.site_id),
            mode.value,
        ]
        return subprocess.run([*arguments, str(commit)], capture_output=True, text=True, check=False)

    def content(self) -> dict[Any, Any]:
        return content_of(self.store)

    def count(self, query: Any) -> int:
        with self.store.database.reading() as session:
            return int(session.scalar(query) or 0)


@contextmanager
def scenes(new_database: NewDatabase) -> Iterator[Callable[[str], Scene]]:
    """Makes connected databases of one site that stands where the season's generator left it."""
    tables = generate(7, participants=20, now=SEASON_AT.timestamp())
    with serve_in_thread(StandIn(tables)) as moodle:
        category = next(row.name for row in tables.categories.values())

        def make(name: str) -> Scene:
            database = new_database(name)
            store = Store(database, client).connect(moodle.url, ADMIN_TOKEN, category=category)
            return Scene(moodle, store, database.engine.url.render_as_string(hide_password=False))

        yield make


@pytest.fixture(scope="module")
def commits(new_database: NewDatabase) -> dict[RunMode, int]:
    """How many commits an undisturbed run makes."""
    with scenes(new_database) as make:
        scene = make("undisturbed")
        filling = scene.run(RunMode.FULL)
        change(scene.moodle)
        return {RunMode.FULL: int(filling.stdout), RunMode.INCREMENTAL: int(scene.run(RunMode.INCREMENTAL).stdout)}


@pytest.fixture
def scene(new_database: NewDatabase) -> Iterator[Scene]:
    with scenes(new_database) as make:
        yield make(f"kill{next(NUMBERS)}")


NUMBERS = count()


def change(moodle: Served) -> None:
    """Something of each kind: a mark, a person, a group, an activity."""
    tables, now = moodle.site.tables, int(moodle.site.clock())
    author = min(row.userid for row in tables.assign_submissions.values() if row.userid)
    changes.mark(tables, "essay", author, 61.5, grader=2, now=now)
    changes.enrol_newcomer(tables, min(tables.courses), username="new")
    changes.renumber_assignment(tables, "essay")


@pytest.mark.parametrize("mode", [RunMode.FULL, RunMode.INCREMENTAL])
@pytest.mark.parametrize("point", POINTS)
def test_a_killed_run_is_taken_over_and_nothing_is_lost_or_doubled(
    scene: Scene, commits: dict[RunMode, int], point: str, mode: RunMode
) -> None:
    if mode is RunMode.INCREMENTAL:
        assert scene.store.pull(RunMode.FULL).state is RunState.DONE
        change(scene.moodle)
    killed = scene.run(mode, max(1, round(POINTS[point] * commits[mode])))
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    if mode is RunMode.FULL:
        change(scene.moodle)
    # At once: the killed run's heart beat a second ago, and its process is known to have ended.
    scene.store.clock.now += timedelta(seconds=1)
    report = scene.store.pull(None)
    assert (report.state, report.problems) == (RunState.DONE, ())
    found = scene.content()
    scene.store.clock.now += timedelta(hours=1)
    assert scene.store.pull(RunMode.FULL).state is RunState.DONE
    assert differences(scene.content(), found) == []
    assert scene.count(select(func.count()).where(SyncRun.state == RunState.RUNNING.value)) == 0
    # Each run that ended has told so once, the killed one never.
    done = scene.count(select(func.count()).where(SyncRun.state == RunState.DONE.value))
    assert scene.count(select(func.count()).where(OutboxEvent.type == "lms.synced")) == done
    assert scene.count(select(func.count()).where(AuditEntry.act == "lms.synced")) == done
