"""Which sites are read when the clock comes round, and what a person's wish for a reading asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy.orm import Session

from bridge.core.jobs import Jobs
from bridge.errors import Refused
from bridge.lms.models import LmsSite, RunMode, RunState
from bridge.lms.schedule import LONGEST_IN_SHORTEST
from bridge.lms.sync import Puller, is_full_due
from bridge.lms.work import SYNC_SITE, sync_due, sync_site
from lms_sync.client import RawAnswer
from tests.integration.lms.conftest import NewDatabase
from tests.integration.lms.support import CountedSite, Store, recorded_clients, recorded_store
from tests.support.app import World

SHORTEST = timedelta(minutes=5)


@dataclass
class Asked:
    """Stands in for the jobs: what was asked for."""

    puller: Puller
    jobs_asked: list[dict[str, Any]] = field(default_factory=list)
    completion: Any = None

    @property
    def jobs(self) -> Any:
        return self

    def enqueue(self, _session: Session, name: str, **arguments: Any) -> str:
        self.jobs_asked.append({"name": name, **arguments})
        return "a job"


NUMBERS = count()


@pytest.fixture
def store(new_database: NewDatabase) -> Store:
    return recorded_store(new_database(f"clock{next(NUMBERS)}"), CountedSite())


def site_of(store: Store) -> LmsSite:
    with store.database.reading() as session:
        return session.get_one(LmsSite, store.site_id)


def test_a_new_connection_is_due_and_asked_for_once(store: Store) -> None:
    asked = Asked(store.puller)
    sync_due(asked)
    sync_due(asked)
    assert asked.jobs_asked == [{"name": SYNC_SITE, "site_id": store.site_id}]
    store.clock.now += timedelta(hours=1)
    sync_due(asked)
    assert len(asked.jobs_asked) == 2, "it did not begin for an hour"


def test_the_first_reading_is_a_full_one_and_then_changes_until_the_night(store: Store) -> None:
    assert is_full_due(site_of(store), store.clock())
    sync_site(Asked(store.puller), site_id=store.site_id)
    first = site_of(store)
    assert not is_full_due(first, store.clock())
    assert first.next_run_at is not None
    assert first.next_full_at is not None
    assert timedelta(0) < first.next_run_at - store.clock() <= timedelta(hours=2)
    store.clock.now = first.next_run_at
    assert store.pull(None).mode is RunMode.INCREMENTAL
    store.clock.now = first.next_full_at
    assert store.pull(None).mode is RunMode.FULL


def test_somebody_who_wants_everything_gets_it(store: Store) -> None:
    sync_site(Asked(store.puller), site_id=store.site_id, full=True)
    before = site_of(store)
    assert store.pull(None).mode is RunMode.INCREMENTAL
    assert before.next_full_at == site_of(store).next_full_at


def test_a_site_that_rests_is_asked_ever_more_rarely(store: Store) -> None:
    store.pull(RunMode.FULL)
    pauses = []
    for _ in range(6):
        store.clock.now += timedelta(minutes=1)
        store.pull(RunMode.INCREMENTAL)
        due = site_of(store).next_run_at
        assert due is not None
        pauses.append(due - store.clock())
        asked = Asked(store.puller)
        sync_due(asked)
        assert asked.jobs_asked == []
    assert pauses == sorted(pauses)
    assert pauses[-1] == SHORTEST * LONGEST_IN_SHORTEST


def test_a_site_that_asks_for_a_pause_is_left_alone_so_long(store: Store) -> None:
    busy = CountedSite()
    busy.twist = lambda _function, _params, _value: RawAnswer(429, "", b"", retry_after_s=4 * 3600.0)
    store.make_client = recorded_clients(busy)
    with pytest.raises(Refused):
        store.pull(RunMode.INCREMENTAL)
    due = site_of(store).next_run_at
    assert due is not None
    assert due - store.clock() == timedelta(hours=4)
    store.make_client = recorded_clients(CountedSite())


def test_a_fault_of_our_own_ends_the_run_so_that_the_next_can_begin(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("bridge.lms.sync.apply_part", fault)
        with pytest.raises(KeyboardInterrupt):
            store.pull(RunMode.FULL)
    assert store.pull(None).state is RunState.DONE


@pytest.mark.parametrize(("form", "full"), [({}, False), ({"full": "1"}, True)])
def test_the_buttons_ask_for_what_they_say(
    on_file: World, monkeypatch: pytest.MonkeyPatch, form: dict[str, str], *, full: bool
) -> None:
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(Jobs, "enqueue", lambda _jobs, _session, name, **told: asked.append({"name": name, **told}))
    with on_file.installation.database.writing() as session:
        session.get_one(LmsSite, on_file.here.site_id).moodle_category_ids = [1]
    answer = on_file.signed_in("administrator").post("/moodle/sync", form)
    assert answer.status_code == 302
    assert asked == [{"name": SYNC_SITE, "site_id": on_file.here.site_id, "full": full}]
