"""A sync that fails: what was read stays, the reason is kept, the next run goes on."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bridge.core.db import Database
from bridge.errors import Refused
from bridge.lms import runs
from bridge.lms.models import LmsSite, RunMode, RunState, SyncRun
from bridge.lms.sentences import LmsRefused
from lms_sync.client import Function
from lms_sync.records import Kind
from tests.integration.lms.support import LATER, SEASON_COUNTS, CountedSite, Store, recorded_store
from tests.integration.lms_sync.recorded import Params, error


@pytest.fixture
def site() -> CountedSite:
    return CountedSite()


@pytest.fixture
def store(database: Database, site: CountedSite) -> Store:
    return recorded_store(database, site)


def refuse_token_from(site: CountedSite, function: str) -> None:
    """The token is revoked when the reading comes to a function."""
    revoked = False

    def twist(asked: str, _params: Params, value: Any) -> Any:
        nonlocal revoked
        revoked = revoked or asked == function
        return error("core\\exception\\moodle_exception", "invalidtoken") if revoked else value

    site.twist = twist


def book(store: Store) -> list[tuple[str, list[str]]]:
    with store.database.reading() as session:
        found = session.scalars(select(SyncRun).order_by(SyncRun.id)).all()
        return [(run.state, [problem.code for problem in run.problems]) for run in found]


def test_a_token_revoked_midway_ends_the_run_with_its_reason_and_keeps_what_came(
    store: Store, site: CountedSite
) -> None:
    refuse_token_from(site, Function.SUBMISSIONS)
    with pytest.raises(LmsRefused) as refused:
        store.pull()
    assert refused.value.code == "bad_token"
    assert book(store) == [("failed", ["bad_token"])]
    assert len(store.rows(Kind.ENROLMENT)) == SEASON_COUNTS[Kind.ENROLMENT]
    assert store.rows(Kind.GRADEBOOK_GRADE) == []


def test_the_next_run_reads_the_rest_and_repeats_nothing(store: Store, site: CountedSite) -> None:
    refuse_token_from(site, Function.SUBMISSIONS)
    with pytest.raises(LmsRefused):
        store.pull()
    kept = sum(store.counts().values())
    site.twist = lambda _function, _params, value: value
    store.clock.now = LATER
    report = store.pull()
    assert (report.state, report.counts.changed) == (RunState.DONE, 0)
    assert kept + report.counts.inserted == sum(SEASON_COUNTS.values())
    assert store.counts() == SEASON_COUNTS


def test_a_refused_site_leaves_the_store_as_it_was(store: Store, site: CountedSite) -> None:
    store.pull()
    before = [store.rows(kind) for kind in Kind]
    refuse_token_from(site, Function.SITE_INFO)
    with pytest.raises(LmsRefused):
        store.pull()
    assert [store.rows(kind) for kind in Kind] == before


def test_a_run_that_was_taken_over_writes_no_more(store: Store, site: CountedSite) -> None:
    def take_over(asked: str, _params: Params, value: Any) -> Any:
        if asked == Function.SUBMISSIONS:
            with store.database.writing() as session:
                dead = session.scalars(select(SyncRun)).one()
                moodle = session.get_one(LmsSite, store.site_id)
                runs.start_run(session, moodle, RunMode.FULL, now=dead.heartbeat_at + runs.DEAD_AFTER)
            site.twist = lambda _function, _params, value: value
        return value

    site.twist = take_over
    with pytest.raises(Refused) as refused:
        store.pull()
    assert refused.value.code == "sync_taken_over"
    assert [state for state, _ in book(store)] == ["failed", "running"]
    assert store.rows(Kind.SUBMISSION) == []


def test_without_a_category_nothing_is_read(store: Store, site: CountedSite) -> None:
    with store.database.writing() as session:
        session.get_one(LmsSite, store.site_id).moodle_category_ids = []
    asked = len(site.log)
    with pytest.raises(Refused) as refused:
        store.pull()
    assert (refused.value.code, len(site.log), book(store)) == ("no_category", asked, [])
