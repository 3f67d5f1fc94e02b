"""Against a running Moodle of your own: ``ACCEL_MOODLE_URL=… ACCEL_MOODLE_TOKEN=… pytest -m live tests/live``.

Only reads. ``ACCEL_MOODLE_CATEGORY`` names the course category (id, idnumber or name) where the site has several: an
account without the right to manage categories does not see the idnumbers by which one would be guessed. A site filled
with the recorded season (told by its courses' short names) must give the recorded counts.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

from bridge.cli.check import violations
from bridge.core.db import Database
from bridge.lms import connection as lms
from bridge.lms.models import RunMode, RunState
from bridge.lms.sync import RunReport
from lms_sync.client import Client, Function
from lms_sync.records import Kind
from lms_sync.site import requirements
from tests.integration.lms.support import SEASON_COUNTS, Store

URL, TOKEN = os.environ.get("ACCEL_MOODLE_URL", ""), os.environ.get("ACCEL_MOODLE_TOKEN", "")
WANTED = os.environ.get("ACCEL_MOODLE_CATEGORY", "")

SHORT_NAMES = {"a26-select", "a26-group", "a26-individual", "a26-implement"}

pytestmark = [
    pytest.mark.live,
    pytest.mark.xdist_group("live"),
    pytest.mark.skipif(not (URL and TOKEN), reason="no Moodle to ask: set ACCEL_MOODLE_URL and ACCEL_MOODLE_TOKEN"),
]


def make_client(url: str, token: str) -> Client:
    return Client(url, token, allow_private=True, lang="ru")


@pytest.fixture(scope="module")
def probed() -> lms.Probe:
    return lms.probe(URL, TOKEN, make_client)


@pytest.fixture(scope="module")
def store(sqlite_database: Database, probed: lms.Probe) -> Store:
    chosen = lms.guess_category(probed.categories, WANTED)
    assert chosen is not None, f"set ACCEL_MOODLE_CATEGORY to one of {[row.name for row in probed.categories]}"
    return Store(sqlite_database, make_client).connect(URL, TOKEN, category=str(chosen.category_id))


@pytest.fixture(scope="module")
def first(store: Store) -> RunReport:
    return store.pull()


@pytest.fixture(scope="module")
def is_the_season(store: Store, first: RunReport) -> bool:
    return {row["short_name"] for row in store.rows(Kind.COURSE)} == SHORT_NAMES


def test_the_token_offers_all_that_is_needed(probed: lms.Probe) -> None:
    assert requirements(probed.site).met
    assert requirements(probed.site).supported, probed.site.release


def test_everything_is_read_without_problems(first: RunReport) -> None:
    assert [(problem.course_id, problem.code, dict(problem.facts)) for problem in first.problems] == []
    assert first.state is RunState.DONE
    assert first.counts.inserted > 0


def test_the_store_keeps_its_promises(store: Store, first: RunReport) -> None:
    assert list(violations(store.database)) == []


def test_the_recorded_season_has_the_recorded_counts(
    store: Store,
    probed: lms.Probe,
    is_the_season: bool,  # noqa: FBT001
) -> None:
    if not is_the_season:
        pytest.skip("this site holds another season than the recorded one")
    scales = int(Function.SCALE_VALUES in probed.site.functions)
    assert store.counts() == {**SEASON_COUNTS, Kind.SCALE: scales}
    people = {(role, row["moodle_user_id"]) for row in store.rows(Kind.ENROLMENT) for role in row["roles"]}
    roles = Counter(role for role, _ in people)
    assert roles == {"student": 60, "editingteacher": 4, "mentor": 10, "schoolhead": 10}
    assert sum(row["grade"] is not None for row in store.rows(Kind.WORKSHOP_ASSESSMENT)) == 255


def test_a_second_reading_changes_nothing(store: Store, first: RunReport) -> None:
    before = {kind: store.content(kind) for kind in Kind}
    again = store.pull()
    assert (again.state, again.problems) == (RunState.DONE, ())
    counts = again.counts
    assert (counts.inserted, counts.changed, counts.retired, counts.not_visible) == (0, 0, 0, 0)
    assert {kind: store.content(kind) for kind in Kind} == before


def test_a_reading_of_changes_makes_few_calls_and_changes_nothing(store: Store, first: RunReport) -> None:
    before = {kind: store.content(kind) for kind in Kind}
    quiet = store.pull(RunMode.INCREMENTAL)
    assert (quiet.state, quiet.problems) == (RunState.DONE, ())
    # The site may have been filled within the overlap: then what it hints at is read as well.
    again = store.pull(RunMode.INCREMENTAL)
    assert again.calls <= quiet.calls < first.calls
    assert {kind: store.content(kind) for kind in Kind} == before
