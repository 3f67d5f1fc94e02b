"""A connection cared for: examined, a course compared without a trace, and read again by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bridge.core.audit import AuditEntry
from bridge.demo import changes
from bridge.demo.accounts import SERVICE_TOKEN
from bridge.demo.seasons import generate
from bridge.demo.server import Served, serve_in_thread
from bridge.demo.site import StandIn
from bridge.errors import NotFound, Refused
from bridge.lms import comparing, doctor
from bridge.lms.asked import compare_course, examine_site, read_course
from bridge.lms.comparing import Comparer
from bridge.lms.doctor import Doctor
from bridge.lms.models import LmsCursor, LmsSite, RunMode, RunState, SyncRun
from bridge.lms.runs import end_run, start_run
from bridge.lms.sentences import LmsRefused
from bridge.lms.sync import Puller
from lms_sync.client import Client
from lms_sync.doctor import FindingCode, Health
from lms_sync.records import Kind
from tests.integration.lms.conftest import NewDatabase
from tests.integration.lms.support import SEASON_AT, Store


@dataclass
class World:
    """A site, a store filled from it, and those who care for the connection."""

    moodle: Served
    store: Store
    doctor: Doctor
    comparer: Comparer

    @property
    def puller(self) -> Puller:
        return self.store.puller

    @property
    def course_id(self) -> int:
        return min(self.moodle.site.tables.courses)

    def content(self) -> dict[Kind, object]:
        return {kind: self.store.content(kind) for kind in Kind}

    def count(self, act: str) -> int:
        with self.store.database.reading() as session:
            return int(session.scalar(select(func.count()).where(AuditEntry.act == act)) or 0)


@pytest.fixture(scope="module")
def world(new_database: NewDatabase) -> Iterator[World]:
    tables = generate(7, participants=20, now=SEASON_AT.timestamp())
    with serve_in_thread(StandIn(tables)) as moodle:

        def make(url: str, token: str) -> Client:
            return Client(url, token, allow_private=True, lang="en", sleep=lambda _seconds: None)

        category = next(row.name for row in tables.categories.values())
        store = Store(new_database("care"), make).connect(moodle.url, SERVICE_TOKEN, category=category)
        store.pull(RunMode.FULL)
        examiner = Doctor(store.database, store.vault, make, store.clock, lambda: datetime.now(UTC))
        yield World(moodle, store, examiner, Comparer(store.database, store.vault, make, store.clock))


def test_an_examination_is_kept_for_the_page(world: World) -> None:
    examine_site(world, site_id=world.store.site_id)
    with world.store.database.reading() as session:
        row = doctor.last_examination(session, session.get_one(LmsSite, world.store.site_id))
        assert row is not None
        kept = doctor.from_json(row.report)
        assert row.health == kept.health.value == Health.FINE.value
    assert world.count("lms.examined") == 1


def test_what_the_store_remembers_tells_of_a_right_that_went(world: World) -> None:
    capabilities = world.moodle.site.tables.tokens[SERVICE_TOKEN].capabilities
    capabilities.remove("mod/quiz:view")
    found = world.doctor.examine(world.store.site_id)
    capabilities.add("mod/quiz:view")
    missing = [one for one in found.findings if one.code is FindingCode.RIGHT_MISSING]
    assert [(one.subject, one.is_likely) for one in missing] == [("mod/quiz:view", True)]


def test_a_site_that_is_silent_is_a_finding_and_no_crash(world: World) -> None:
    world.moodle.site.tables.site.rest_enabled = False
    found = world.doctor.examine(world.store.site_id)
    world.moodle.site.tables.site.rest_enabled = True
    assert [one.code for one in found.findings] == [FindingCode.SITE_SILENT]
    with pytest.raises(LmsRefused):
        _with_rest_off(world)


def _with_rest_off(world: World) -> None:
    site = world.moodle.site.tables.site
    site.rest_enabled = False
    try:
        world.comparer.compare(world.store.site_id, world.course_id)
    finally:
        site.rest_enabled = True


def test_a_course_as_it_is_stored_differs_in_nothing(world: World) -> None:
    found = world.comparer.compare(world.store.site_id, world.course_id)
    assert (found.differences, found.problems) == (0, ())
    assert sum(one.same for one in found.kinds.values()) > 100


def test_a_comparison_names_what_a_reading_would_write_and_writes_nothing(world: World) -> None:
    tables = world.moodle.site.tables
    now = int(SEASON_AT.timestamp())
    author = min(row.userid for row in tables.assign_submissions.values() if row.userid)
    changes.mark(tables, "essay", author, 61.5, grader=2, now=now)
    changes.enrol_newcomer(tables, world.course_id, username="compared")
    before = world.content()
    compare_course(world, site_id=world.store.site_id, course_id=world.course_id)
    assert world.content() == before
    with world.store.database.reading() as session:
        site = session.get_one(LmsSite, world.store.site_id)
        report = comparing.last_comparison(session, site, world.course_id)
        assert report is not None
        kinds = {one["kind"]: one for one in report.report["kinds"]}
    assert kinds["enrolment"]["missing"] == 1
    assert kinds["assignment_grade"]["different"] == 1
    (example,) = kinds["assignment_grade"]["examples"]
    assert "grade" in {each["field"] for each in example["changes"]}


def test_reading_the_course_again_mends_it_and_leaves_the_others(world: World) -> None:
    others = {row["moodle_course_id"]: row for row in world.store.rows(Kind.COURSE)}
    with world.store.database.reading() as session:
        site = session.get_one(LmsSite, world.store.site_id)
        planned = (site.next_run_at, site.next_full_at, site.quiet_runs)
        cursors = {row.moodle_course_id: row.whole_at for row in session.scalars(select(LmsCursor))}
    world.store.clock.now += timedelta(minutes=3)
    read_course(world, site_id=world.store.site_id, course_id=world.course_id)
    assert world.comparer.compare(world.store.site_id, world.course_id).differences == 0
    with world.store.database.reading() as session:
        site = session.get_one(LmsSite, world.store.site_id)
        assert (site.next_run_at, site.next_full_at, site.quiet_runs) == planned
        run = session.scalars(select(SyncRun).order_by(SyncRun.id.desc())).first()
        assert run is not None
        assert (run.mode, run.state) == (RunMode.COURSE.value, RunState.DONE.value)
        read = {row.moodle_course_id: row.whole_at for row in session.scalars(select(LmsCursor))}
    assert {course_id for course_id in read if read[course_id] != cursors[course_id]} == {world.course_id}
    assert others.keys() == {row["moodle_course_id"] for row in world.store.rows(Kind.COURSE)}


def test_a_course_that_is_not_ours_is_neither_compared_nor_read(world: World) -> None:
    with pytest.raises(NotFound):
        world.comparer.compare(world.store.site_id, 999)
    with pytest.raises(NotFound):
        world.puller.pull(world.store.site_id, course_id=999)
    compare_course(world, site_id=world.store.site_id, course_id=999)
    read_course(world, site_id=world.store.site_id, course_id=999)


def test_while_the_site_is_being_read_nothing_is_compared(world: World) -> None:
    with world.store.database.writing() as session:
        run = start_run(session, session.get_one(LmsSite, world.store.site_id), RunMode.FULL, now=world.store.clock())
        run_id = run.id
    with pytest.raises(Refused) as refused:
        world.comparer.compare(world.store.site_id, world.course_id)
    assert refused.value.code == "sync_running"
    with world.store.database.writing() as session:
        end_run(session.get_one(SyncRun, run_id), RunState.FAILED, calls=0, now=world.store.clock())
