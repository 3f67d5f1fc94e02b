"""Whatever the LMS does while it is read, the store ends as if it had done nothing: hundreds of seeded cases each day.

A case: a store that was filled without faults, a change on the site, a run (of changes or of all) in which a share of
the answers is spoilt, and then a clean run of changes. The store must equal the one that never met a fault. 10,000
cases run under ``make soak``.
"""

from __future__ import annotations

import copy
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from bridge.core.db import Database
from bridge.demo import changes
from bridge.demo.accounts import ADMIN_TOKEN
from bridge.demo.faults import FaultKind, Faults
from bridge.demo.seasons import generate
from bridge.demo.server import Served, serve_in_thread
from bridge.demo.site import StandIn
from bridge.demo.tables import Tables
from bridge.errors import Refused
from bridge.lms.models import RunMode, RunState
from lms_sync.client import Client, RetryPolicy
from lms_sync.records import Kind
from tests.integration.lms.support import SEASON_AT, Clock, Store

SLOW = {FaultKind.SLOW, FaultKind.SLOW_LORIS, FaultKind.HUGE}
"""Tried one by one elsewhere: here they would only cost time."""
UNTELLABLE = FaultKind.REPEATED_PAGE
"""An old answer to the same question, as from a cache, looks right in every respect: only the next one mends it."""

CASES_A_DAY, CASES_A_SOAK, A_TEST = 300, 10_000, 25

Content = dict[Kind, list[dict[str, Any]]]
Change = Callable[[Tables, int], Any]


def _essay_author(tables: Tables) -> int:
    return min(row.userid for row in tables.assign_submissions.values() if row.userid)


def _member(tables: Tables) -> tuple[int, int, int]:
    first, second, *_ = (group for group in tables.groups.values() if group.members)
    return min(first.members), first.id, second.id


def _move(tables: Tables, _now: int) -> None:
    userid, source, target = _member(tables)
    changes.move_member(tables, userid, source=source, target=target)


def _rename(tables: Tables, now: int) -> None:
    course = max(tables.courses.values(), key=lambda row: row.id)
    course.fullname, course.timemodified = "Курс под новым именем", now


CHANGES: dict[str, Change] = {
    "nothing": lambda tables, now: None,
    "marked again": lambda tables, now: changes.mark(tables, "essay", _essay_author(tables), 61.5, grader=2, now=now),
    "mark taken back": lambda tables, now: changes.mark(tables, "essay", _essay_author(tables), -1, grader=2, now=now),
    "handed in": lambda tables, now: changes.hand_in(tables, "essay", _essay_author(tables), now=now),
    "deleted account": lambda tables, now: changes.unenrol(tables, min(tables.courses), _essay_author(tables)),
    "newcomer": lambda tables, now: changes.enrol_newcomer(tables, min(tables.courses), username="new"),
    "moved group": _move,
    "renumbered id": lambda tables, now: changes.renumber_assignment(tables, "essay"),
    "deleted activity": lambda tables, now: changes.delete_activity(tables, "essay"),
    "renamed course": _rename,
}


def content_of(store: Store) -> Content:
    """All that the site said, but for when it last added up a course: that is when it was asked."""
    found = {kind: store.content(kind) for kind in Kind}
    totals = {row["moodle_item_id"] for row in found[Kind.GRADE_ITEM] if row["item_type"] == "course"}
    for row in found[Kind.GRADEBOOK_GRADE]:
        if row["moodle_item_id"] in totals:
            del row["graded_at"]
    return found


@dataclass
class Case:
    """One store on its way."""

    moodle: Served
    store: Store
    injected: Counter[FaultKind] = field(default_factory=Counter)

    def pull(self, mode: RunMode, faults: Faults | None = None) -> RunState | None:
        self.store.clock.now += timedelta(hours=3)
        self.moodle.site.faults = faults
        state = None
        with suppress(Refused):
            state = self.store.pull(mode).state
        self.moodle.site.faults = None
        if faults is not None:
            self.injected += faults.injected
        return state

    def content(self) -> Content:
        return content_of(self.store)

    def gone(self) -> set[tuple[Kind, tuple[Any, ...]]]:
        columns = self.store.key_columns()
        return {
            (kind, tuple(row[name] for name in columns[kind]))
            for kind in Kind
            for row in self.store.rows(kind, presence="gone")
        }


@dataclass
class Laboratory:
    """A site, and a store as it was filled before any case."""

    folder: Path
    moodle: Served
    tables: Tables
    filled: Path
    site_id: int
    filled_at: datetime

    def case(self, name: str, change: str) -> Case:
        """A copy of the store, and the site after a change."""
        path = self.folder / f"{name}.sqlite3"
        shutil.copy(self.filled, path)
        clock = Clock(self.filled_at)
        self.moodle.site.clock = lambda: clock().timestamp()
        self.moodle.site.tables = copy.deepcopy(self.tables)
        CHANGES[change](self.moodle.site.tables, int(self.filled_at.timestamp()) + 3600)
        return Case(self.moodle, Store(Database(f"sqlite:///{path}"), client, clock, site_id=self.site_id))

    def close(self, case: Case, name: str) -> None:
        case.store.database.close()
        for path in self.folder.glob(f"{name}.sqlite3*"):
            path.unlink()

    @cache  # noqa: B019  lives as long as the module's tests
    def expected(self, change: str) -> tuple[Content, frozenset[tuple[Kind, tuple[Any, ...]]]]:
        """What a store holds that met no fault, and what it marks as gone."""
        case = self.case("expected", change)
        assert case.pull(RunMode.INCREMENTAL) is RunState.DONE
        found, gone = case.content(), frozenset(case.gone())
        assert case.pull(RunMode.FULL) is RunState.DONE
        assert case.content() == found
        self.close(case, "expected")
        return found, gone

    __hash__ = object.__hash__


def client(url: str, token: str) -> Client:
    """Two attempts, so that one fault is often the last word; one call at a time, so that a seed is a story."""
    retries = RetryPolicy(attempts=2)
    return Client(url, token, allow_private=True, retries=retries, max_concurrency=1, sleep=lambda _seconds: None)


@pytest.fixture(scope="module")
def laboratory(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    folder = tmp_path_factory.mktemp("faults")
    tables = generate(7, participants=20, now=SEASON_AT.timestamp())
    path = folder / "filled.sqlite3"
    shutil.copy(sqlite_template, path)
    clock = Clock(SEASON_AT + timedelta(days=1))
    with serve_in_thread(StandIn(tables, clock=lambda: clock().timestamp())) as moodle:
        category = next(row.name for row in tables.categories.values())
        store = Store(Database(f"sqlite:///{path}"), client, clock)
        store.connect(moodle.url, ADMIN_TOKEN, category=category)
        assert store.pull(RunMode.FULL).state is RunState.DONE
        store.database.close()
        yield Laboratory(folder, moodle, copy.deepcopy(tables), path, store.site_id, clock.now)


def differences(found: Content, expected: Content) -> list[tuple[Kind, Any, Any]]:
    """The rows that differ, as few of them as a person can read."""
    pairs = [(kind, row, other) for kind in Kind for row, other in zip_longest(found[kind], expected[kind])]
    return [(kind, row, other) for kind, row, other in pairs if row != other][:3]


def present(content: Content) -> Content:
    return {kind: [row for row in rows if row["presence"] == "present"] for kind, rows in content.items()}


def run_case(laboratory: Laboratory, seed: int) -> Counter[FaultKind]:
    dice = random.Random(seed)  # noqa: S311  a repeatable draw is the point
    change = dice.choice(list(CHANGES))
    mode = dice.choice([RunMode.INCREMENTAL, RunMode.INCREMENTAL, RunMode.FULL])
    kinds = sorted(set(FaultKind) - SLOW)
    faults = Faults(seed=seed, rate=dice.choice([0.05, 0.15, 0.4]), kinds=kinds, retry_after_s=0)
    expected, gone = laboratory.expected(change)
    name = f"case-{seed}"
    case = laboratory.case(name, change)
    story = f"seed {seed}: {change}, {mode}"
    case.pull(mode, faults)
    if not case.injected[UNTELLABLE]:
        assert case.gone() <= gone, f"{story}: nothing is taken for deleted that is there"
        assert case.pull(RunMode.INCREMENTAL) is RunState.DONE, story
        assert differences(case.content(), expected) == [], story
    else:
        case.pull(RunMode.INCREMENTAL)
        assert case.pull(RunMode.FULL) is RunState.DONE, story
        # Another course's people, taken for this one's, were seen to be none of it.
        assert differences(present(case.content()), present(expected)) == [], story
    laboratory.close(case, name)
    return case.injected


def chunks(cases: int, *marks: pytest.MarkDecorator) -> Iterator[Any]:
    for first in range(0, cases, A_TEST):
        yield pytest.param(first, id=f"{cases}-from-{first}", marks=marks)


@pytest.mark.parametrize("first", [*chunks(CASES_A_DAY), *chunks(CASES_A_SOAK, pytest.mark.soak)])
def test_after_faults_the_store_is_the_one_that_met_none(laboratory: Laboratory, first: int) -> None:
    injected: Counter[FaultKind] = Counter()
    for seed in range(first, first + A_TEST):
        injected += run_case(laboratory, seed)
    assert injected.total() > A_TEST
    assert len(injected) >= 20
