"""Readings over HTTP of the stand-in site, loaded with the recorded season: whole, and with faults in its answers."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.demo.faults import FaultKind, Faults
from bridge.demo.recordings import load_recordings
from bridge.demo.server import Served, serve_in_thread
from bridge.demo.site import StandIn
from bridge.demo.tables import Tables
from lms_sync.client import Client, Format, Limits, RetryPolicy
from lms_sync.errors import LmsError
from lms_sync.plan import Known, Part, Presence, plan
from lms_sync.reader import Problem, Reader, Scope
from lms_sync.records import Key, Kind, Record
from lms_sync.site import describe
from tests.integration.lms_sync.conftest import WHOLE, Read

RECORDINGS = Path(__file__).parents[2] / "fixtures" / "moodle" / "4.5.6.jsonl.gz"
Store = dict[Kind, dict[Key, Known]]

LASTING = {FaultKind.TOKEN_REVOKED, FaultKind.MAINTENANCE, FaultKind.HIDDEN_COURSE}
"""What says of itself that it is no accident: believed, told, and over with the next reading."""

SLOW = {FaultKind.SLOW, FaultKind.SLOW_LORIS, FaultKind.HUGE}
"""Tried by themselves: they take their time."""

UNTELLABLE = {FaultKind.REPEATED_PAGE}
"""A whole answer of another call: where it says nothing of whose it is, only the next reading can tell."""


@pytest.fixture(scope="module")
def tables() -> Tables:
    return load_recordings(RECORDINGS)


@pytest.fixture
def served(tables: Tables) -> Iterator[Served]:
    with serve_in_thread(StandIn(tables)) as running:
        yield running


def client_of(served: Served, **options) -> Client:
    token = next(token for token, one in served.site.tables.tokens.items() if one.userid == 2)
    limits = Limits(read_timeout_s=10, total_timeout_s=20)
    return Client(
        served.url,
        token,
        allow_private=True,
        sleep=lambda _seconds: None,
        random=random.Random(1),  # noqa: S311
        retries=RetryPolicy(attempts=5),
        **({"limits": limits} | options),
    )


def readings(client: Client, scope: Scope = WHOLE) -> tuple[list[Part], list[Problem]]:
    found = list(Reader(client, describe(client), scope).read())
    return [one for one in found if isinstance(one, Part)], [one for one in found if isinstance(one, Problem)]


def records(parts: list[Part]) -> dict[Kind, dict[Key, Record]]:
    found: dict[Kind, dict[Key, Record]] = {kind: {} for kind in Kind}
    for part in parts:
        found[part.kind] |= {record.key: record for record in part.records}
    return found


def apply(store: Store, parts: list[Part]) -> None:
    """Do to a store in memory what the companion's does to its tables."""
    for part in parts:
        rows = store.setdefault(part.kind, {})
        local = {
            key: one
            for key, one in rows.items()
            if part.course_id is None or getattr(one.record, "course_id", None) == part.course_id
        }
        decided = plan(part, local)
        rows |= {record.key: Known(record, Presence.PRESENT) for record in decided.insert}
        rows |= {change.after.key: Known(change.after, Presence.PRESENT) for change in decided.change}
        rows |= {key: Known(rows[key].record, Presence.GONE) for key in decided.retire}
        rows |= {key: Known(rows[key].record, Presence.NOT_VISIBLE) for key in decided.not_visible}


SITES_OWN = {"url"}


def without_urls(found: dict[Kind, dict[Key, Record]]) -> dict[Kind, dict[Key, dict]]:
    return {
        kind: {
            key: {name: getattr(one, name) for name in one.__slots__ if name not in SITES_OWN}
            for key, one in rows.items()
        }
        for kind, rows in found.items()
    }


@pytest.mark.parametrize("answer_format", Format)
def test_the_stand_in_gives_the_recorded_season(answer_format: Format, served: Served, season: Read) -> None:
    parts, problems = readings(client_of(served, answer_format=answer_format))
    assert problems == []
    expected = {kind: season.records(kind) for kind in Kind}
    assert without_urls(records(parts)) == without_urls(expected)


PASSING = sorted(set(FaultKind) - LASTING - SLOW - UNTELLABLE)


class Spaced(Faults):
    """Faults of which no two come in a row, so that whatever a client asks again it is told."""

    spoilt = False

    def draw(self, function: str) -> FaultKind | None:
        kind = None if self.spoilt else super().draw(function)
        self.spoilt = kind is not None
        return kind


@pytest.mark.parametrize("seed", range(3))
def test_faults_that_pass_change_nothing_within_one_reading(seed: int, tables: Tables, served: Served) -> None:
    clean, _ = readings(client_of(served))
    faults = Spaced(seed=seed, rate=0.3, kinds=PASSING)
    with serve_in_thread(StandIn(tables, faults=faults)) as faulty:
        client = client_of(faulty, max_concurrency=1)
        site = _described(client, faults)
        found = list(Reader(client, site, WHOLE).read())
    assert [one for one in found if isinstance(one, Problem)] == []
    parts = [one for one in found if isinstance(one, Part)]
    assert without_urls(records(parts)) == without_urls(records(clean))
    assert faults.injected.total() > 30


def _described(client: Client, faults: Faults):
    """Describe the site without faults: what a first call meets is told to people, not repeated."""
    rate, faults.rate = faults.rate, 0.0
    site = describe(client)
    faults.rate = rate
    return site


@pytest.mark.parametrize("seed", range(3))
def test_after_any_faults_a_clean_reading_makes_the_store_whole(seed: int, tables: Tables, served: Served) -> None:
    clean, _ = readings(client_of(served))
    expected: Store = {}
    apply(expected, clean)
    store: Store = {}
    apply(store, clean)
    faults = Faults(seed=seed, rate=0.1, kinds=sorted(set(FaultKind) - SLOW))
    with serve_in_thread(StandIn(tables, faults=faults)) as faulty:
        for _ in range(3):
            client = client_of(faulty, max_concurrency=1)
            # Told that the site is closed, a reading ends: what came before stands.
            with contextlib.suppress(LmsError):
                for one in Reader(client, _described(client, faults), WHOLE).read():
                    if isinstance(one, Part):
                        apply(store, [one])
    assert faults.injected.total() > 30
    for kind, rows in expected.items():
        assert store[kind].keys() >= rows.keys(), f"nothing of {kind} is lost"
    apply(store, clean)
    extra = {kind: store[kind].keys() - rows.keys() for kind, rows in expected.items()}
    assert {kind: keys for kind, keys in extra.items() if keys} == {}, "nothing is invented"
    assert store == expected


@pytest.mark.parametrize("kind", sorted(SLOW))
def test_slow_and_huge_answers_are_taken_or_told_in_time(kind: FaultKind, tables: Tables, served: Served) -> None:
    scope = Scope(course_ids=(5,), cohorts=False, criterion_marks=False)
    clean, _ = readings(client_of(served), scope)
    faults = Faults(rate=1.0, kinds=[kind], limit=4, slow_s=0.05)
    with serve_in_thread(StandIn(tables, faults=faults)) as faulty:
        client = client_of(faulty)
        parts, problems = readings(client, scope)
    assert problems == []
    assert without_urls(records(parts)) == without_urls(records(clean))
