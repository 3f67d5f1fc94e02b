"""Reading what changed: one change at a time on the stand-in, and which come only with the night's full reading."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bridge.demo import changes
from bridge.demo.accounts import ADMIN_TOKEN
from bridge.demo.recordings import load_recordings
from bridge.demo.server import Served, serve_in_thread
from bridge.demo.site import StandIn
from bridge.demo.tables import Tables
from bridge.lms.models import RunMode, RunState
from bridge.lms.sync import RunReport
from lms_sync.client import Function
from lms_sync.records import Kind
from tests.integration.lms.conftest import NewDatabase
from tests.integration.lms.support import SEASON_AT, Store, served_store

FIXTURES = Path(__file__).parents[2] / "fixtures" / "moodle"
SELECT, GROUP, INDIVIDUAL, IMPLEMENT = 2, 3, 4, 5
TUTOR, MENTOR = 64, 70

Change = Callable[[Tables, int], Any]


@dataclass
class World:
    """A site and a store that was filled from it; their clocks go together."""

    moodle: Served
    store: Store

    def wait(self, pause: timedelta = timedelta(hours=1)) -> int:
        self.store.clock.now += pause
        return int(self.store.clock.now.timestamp())

    def pull(self, mode: RunMode = RunMode.INCREMENTAL) -> RunReport:
        self.moodle.site.calls.clear()
        return self.store.pull(mode)

    def content(self) -> dict[Kind, list[dict[str, Any]]]:
        return {kind: self.store.content(kind) for kind in Kind}


@pytest.fixture(scope="module")
def world(new_database: NewDatabase) -> Iterator[World]:
    tables = load_recordings(FIXTURES / "4.5.6.jsonl.gz")
    # The recorded service lacks the words of scales; a site that follows the recipe has them.
    tables.site.functions.append((Function.SCALE_VALUES.value, tables.site.functions[0][1]))
    site = StandIn(tables, clock=lambda: 0)
    with serve_in_thread(site) as moodle:
        store = served_store(new_database("incremental"), moodle.url, ADMIN_TOKEN)
        store.clock.now = SEASON_AT + timedelta(hours=1)
        site.clock = lambda: store.clock().timestamp()
        world = World(moodle, store)
        world.pull(RunMode.FULL)
        yield world


def test_an_unchanged_site_takes_four_calls_and_two_a_course(world: World) -> None:
    world.wait()
    report = world.pull()
    assert (report.state, report.mode, report.calls) == (RunState.DONE, RunMode.INCREMENTAL, 4 + 2 * 4)
    assert report.counts == replace(report.counts, inserted=0, changed=0, retired=0, not_visible=0)
    assert world.moodle.site.counts() == {
        Function.SITE_INFO: 1,
        Function.COURSES_BY_FIELD: 1,
        Function.ASSIGNMENTS: 1,
        Function.WORKSHOPS: 1,
        Function.ENROLLED_USERS: 4,
        Function.UPDATES_SINCE: 4,
    }


def test_the_words_of_a_scale_are_read(world: World) -> None:
    assert [row["labels"] for row in world.store.rows(Kind.SCALE)] == [["не готов", "частично готов", "готов"]]


def rename(course_id: int) -> Change:
    def change(tables: Tables, now: int) -> None:
        course = tables.courses[course_id]
        course.fullname, course.timemodified = f"{course.fullname} (новое имя)", now

    return change


def move_due_date(tables: Tables, now: int) -> None:
    essay = tables.assigns[1]
    essay.duedate, essay.timemodified = now + 30 * 86_400, now


def change_phase(tables: Tables, _now: int) -> None:
    tables.workshops[2].phase = 20


def rename_person(tables: Tables, _now: int) -> None:
    tables.users[30].lastname = "Переименованная"


def rename_quiz(tables: Tables, now: int) -> None:
    tables.quizzes[1].name, tables.quizzes[1].timemodified = "Тест под новым именем", now


def change_marks_of_a_review(tables: Tables, now: int) -> None:
    """Two criteria trade a point, so that the review's sum stays as it was."""
    first, second, *_ = sorted(
        (row for row in tables.workshop_grades.values() if row.assessmentid == 100), key=lambda row: row.dimensionid
    )
    first.grade, second.grade = first.grade - 1, second.grade + 1
    tables.workshop_assessments[100].timemodified = now


def show_column(tables: Tables, _now: int) -> None:
    changes._item(tables, "checkpoint").hidden = False


def suspend(tables: Tables, _now: int) -> None:
    tables.enrolments[SELECT, 22].suspended = True


def rename_group(tables: Tables, _now: int) -> None:
    tables.groups[1].name = "Группа «Степь»"


def rename_cohort(tables: Tables, _now: int) -> None:
    next(iter(tables.cohorts.values())).name = "Сезон под новым именем"


NOW: dict[str, Change] = {
    "a work marked again": lambda tables, now: changes.mark(tables, "essay", 4, 88.0, grader=TUTOR, now=now),
    "a first mark": lambda tables, now: changes.mark(tables, "essay", 15, 71.5, grader=TUTOR, now=now),
    "a mark taken back": lambda tables, now: changes.mark(tables, "essay", 15, -1, grader=TUTOR, now=now),
    "a late work": lambda tables, now: changes.hand_in(tables, "essay", 21, now=now),
    "a review written": lambda tables, now: changes.write_review(tables, 4, 7.0, now=now),
    "a review whose marks change and not their sum": change_marks_of_a_review,
    "a workshop in another phase": change_phase,
    "a moved due date": move_due_date,
    "a renamed course": rename(IMPLEMENT),
    "a renamed quiz": rename_quiz,
    "a renamed person": rename_person,
    "a renamed group with people in it": rename_group,
    "a newcomer": lambda tables, _now: changes.enrol_newcomer(tables, SELECT, username="a26_pnew"),
    "a suspended participant": suspend,
    "a participant who left": lambda tables, _now: changes.unenrol(tables, SELECT, 23),
    "a moved member": lambda tables, _now: changes.move_member(tables, 7, source=1, target=2),
    "a deleted assignment": lambda tables, _now: changes.delete_activity(tables, "diary"),
    "a deleted account": lambda tables, _now: changes.delete_user(tables, MENTOR),
}
BY_NIGHT: dict[str, Change] = {
    "an override": lambda tables, now: changes.override_grade(tables, "test", 5, 40.0, now=now, reason="апелляция"),
    "a lock": lambda tables, _now: changes.lock_grade(tables, "project", 6),
    "a column shown": show_column,
    "the words of a scale": lambda tables, _now: changes.change_scale(tables, "checkpoint", ["нет", "почти", "да"]),
    "a renamed cohort": rename_cohort,
    "a member of the cohort": lambda tables, _now: next(iter(tables.cohorts.values())).members.add(MENTOR + 1),
}


@pytest.mark.parametrize("name", NOW)
def test_a_change_that_a_list_or_a_hint_shows_arrives_at_once_and_whole(world: World, name: str) -> None:
    NOW[name](world.moodle.site.tables, world.wait() - 60)
    report = world.pull()
    assert (report.state, report.problems) == (RunState.DONE, ())
    assert report.counts != replace(report.counts, inserted=0, changed=0, retired=0, not_visible=0)
    found = world.content()
    world.wait()
    rest = world.pull(RunMode.FULL)
    assert rest.counts == replace(rest.counts, inserted=0, changed=0, retired=0, not_visible=0)
    assert world.content() == found


@pytest.mark.parametrize("name", BY_NIGHT)
def test_a_change_that_nothing_hints_at_arrives_with_the_full_reading(world: World, name: str) -> None:
    BY_NIGHT[name](world.moodle.site.tables, world.wait() - 60)
    report = world.pull()
    assert report.counts == replace(report.counts, inserted=0, changed=0, retired=0, not_visible=0)
    world.wait()
    full = world.pull(RunMode.FULL)
    assert full.counts != replace(full.counts, inserted=0, changed=0, retired=0, not_visible=0)
