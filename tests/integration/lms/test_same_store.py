"""The recordings and the stand-in that is loaded with them give the same store, on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bridge.core.audit import Source
from bridge.demo.accounts import ADMIN_TOKEN
from bridge.demo.recordings import load_recordings
from bridge.demo.server import Served, serve_in_thread
from bridge.lms.models import LmsCoverage, LmsSite, RunState
from bridge.lms.sync import RunReport
from bridge.people.models import Municipality
from bridge.programme import service as programme
from bridge.programme.mapping import proposed_courses
from bridge.programme.roster import link_people
from bridge.programme.service import SeasonMap, SeasonPlan
from bridge.rating.service import SeasonRating, rate_season
from lms_sync.plan import Coverage
from lms_sync.records import Kind
from scoring.rating import Standing
from tests.integration.lms.conftest import NewDatabase
from tests.integration.lms.support import (
    LATER,
    SEASON_AT,
    SEASON_COUNTS,
    CountedSite,
    Store,
    recorded_store,
    served_store,
)

FIXTURES = Path(__file__).parents[2] / "fixtures" / "moodle"
BY_ROLE = {"student": 60, "editingteacher": 4, "mentor": 10, "schoolhead": 10}
SUSPENDED = {19, 36, 53}


def open_season(store: Store) -> None:
    """A season over all the store's courses, its stages told by their names."""
    with store.database.writing() as session:
        site = session.get_one(LmsSite, store.site_id)
        plan = SeasonPlan("2026–2028", date(2026, 9, 1), date(2028, 6, 1))
        place = session.get_one(Municipality, site.municipality_id)
        season = programme.create_season(session, place, plan, site=site, now=SEASON_AT, source=Source.SYSTEM)
        programme.set_map(session, season, SeasonMap(courses=proposed_courses(session, season)))
        link_people(session, site, SEASON_AT)


def rated(store: Store) -> SeasonRating:
    with store.database.reading() as session:
        (season,) = programme.seasons_of(session, store.municipality_id())
        return rate_season(session, season, now=SEASON_AT)


@dataclass
class Both:
    """The two stores, and what their last runs said."""

    recorded: Store
    served: Store
    reports: list[RunReport]

    def pull(self) -> list[RunReport]:
        self.reports = [self.recorded.pull(), self.served.pull()]
        return self.reports


@pytest.fixture(scope="module")
def moodle() -> Iterator[Served]:
    with serve_in_thread(load_recordings(FIXTURES / "4.5.6.jsonl.gz")) as running:
        yield running


@pytest.fixture(scope="module")
def both(new_database: NewDatabase, moodle: Served) -> Both:
    recorded = recorded_store(new_database("recorded"), CountedSite())
    served = served_store(new_database("served"), moodle.url, ADMIN_TOKEN)
    stores = Both(recorded, served, [])
    stores.pull()
    for one in (recorded, served):
        open_season(one)
    return stores


@pytest.fixture(scope="module")
def store(both: Both) -> Store:
    return both.recorded


@pytest.fixture(scope="module")
def items(store: Store) -> dict[int, str]:
    """Gradebook item -> the id number of its activity."""
    return {row["moodle_item_id"]: row["idnumber"] for row in store.rows(Kind.GRADE_ITEM)}


def grades(store: Store, items: dict[int, str], idnumber: str) -> dict[int, dict[str, Any]]:
    rows = store.rows(Kind.GRADEBOOK_GRADE)
    return {row["moodle_user_id"]: row for row in rows if items[row["moodle_item_id"]] == idnumber}


def test_both_runs_are_done_without_problems(both: Both) -> None:
    assert [(report.state, report.problems) for report in both.reports] == [(RunState.DONE, ())] * 2
    assert [report.counts.inserted for report in both.reports] == [sum(SEASON_COUNTS.values())] * 2


def test_the_stores_hold_the_season_to_the_row(both: Both) -> None:
    assert both.recorded.counts() == SEASON_COUNTS
    assert both.served.counts() == SEASON_COUNTS


@pytest.mark.parametrize("kind", Kind)
def test_the_stores_are_equal_in_every_column_that_is_not_ours(both: Both, kind: Kind) -> None:
    assert both.served.content(kind) == both.recorded.content(kind)


def test_the_same_parts_are_covered(both: Both) -> None:
    covered = [_coverage(store) for store in (both.recorded, both.served)]
    assert covered[0] == covered[1]
    partial = {kind for kind, _, coverage in covered[0] if coverage != Coverage.WHOLE}
    assert partial == {Kind.USER, Kind.CATEGORY, Kind.SCALE}


def _coverage(store: Store) -> set[tuple[str, int, str]]:
    with store.database.reading() as session:
        return {(row.kind, row.moodle_course_id, row.coverage) for row in session.scalars(select(LmsCoverage))}


def test_people_are_counted_by_role(store: Store) -> None:
    people = {(role, row["moodle_user_id"]) for row in store.rows(Kind.ENROLMENT) for role in row["roles"]}
    assert Counter(role for role, _ in people) == BY_ROLE


def test_written_reviews_have_a_mark_on_each_of_the_four_criteria(store: Store) -> None:
    written = {row["moodle_assessment_id"] for row in store.rows(Kind.WORKSHOP_ASSESSMENT) if row["grade"] is not None}
    marks = Counter(row["moodle_assessment_id"] for row in store.rows(Kind.CRITERION_MARK))
    assert (len(written), marks) == (255, dict.fromkeys(written, 4))


def test_a_scale_is_a_scale_and_its_marks_have_words(store: Store, items: dict[int, str]) -> None:
    assert [items[row["moodle_item_id"]] for row in store.rows(Kind.GRADE_ITEM, is_scale=True)] == ["checkpoint"]
    (assignment,) = (row for row in store.rows(Kind.ASSIGNMENT) if row["moodle_scale_id"] is not None)
    assert (assignment["moodle_scale_id"], assignment["grade_max"]) == (3, None)
    words = {row["label"]: row["grade"] for row in grades(store, items, "checkpoint").values() if row["grade"]}
    assert words == {"не готов": 1, "частично готов": 2, "готов": 3}


def test_a_team_hands_in_once_and_its_mark_reaches_each_member(store: Store, items: dict[int, str]) -> None:
    (team,) = store.rows(Kind.ASSIGNMENT, team_submission=True)
    works = store.rows(Kind.SUBMISSION, moodle_assignment_id=team["moodle_assignment_id"])
    assert {row["moodle_user_id"] for row in works} == {0}
    assert len({row["moodle_group_id"] for row in works}) == 12
    groups = {row["moodle_user_id"]: row["moodle_group_id"] for row in store.rows(Kind.GROUP_MEMBER)}
    of_group: dict[int, set[Decimal]] = {}
    published = grades(store, items, "groupproject")
    for user_id, row in published.items():
        if row["grade"] is not None:
            of_group.setdefault(groups[user_id], set()).add(row["grade"])
    assert of_group
    assert {group: len(marks) for group, marks in of_group.items()} == dict.fromkeys(of_group, 1)
    for group, marks in of_group.items():
        active = {user for user, its in groups.items() if its == group and user not in SUSPENDED}
        assert {published[user]["grade"] for user in active} == marks


def test_suspended_hidden_locked_and_overridden_are_marked(store: Store, items: dict[int, str]) -> None:
    suspended = store.rows(Kind.ENROLMENT, suspended=True)
    assert {(row["moodle_course_id"], row["moodle_user_id"]) for row in suspended} == {
        (course, user) for course in (3, 4, 5) for user in SUSPENDED
    }
    hidden = store.rows(Kind.GRADEBOOK_GRADE, hidden=True)
    assert {items[row["moodle_item_id"]] for row in hidden} == {"checkpoint"}
    locked = store.rows(Kind.GRADEBOOK_GRADE, locked=True)
    assert [(items[row["moodle_item_id"]], row["moodle_user_id"]) for row in locked] == [("project", 11)]
    overridden = store.rows(Kind.GRADEBOOK_GRADE, overridden=True)
    assert {(items[row["moodle_item_id"]], row["moodle_user_id"]): row["grade"] for row in overridden} == {
        ("project", 13): Decimal(66),
        ("test", 4): Decimal(39),
    }


def test_what_the_workflow_holds_back_is_entered_and_not_published(store: Store, items: dict[int, str]) -> None:
    (item,) = store.rows(Kind.GRADE_ITEM, idnumber="analysis")
    assert store.row(Kind.ASSIGNMENT, moodle_assignment_id=item["moodle_instance_id"])["marking_workflow"]
    rows = store.rows(Kind.ASSIGNMENT_GRADE, moodle_assignment_id=item["moodle_instance_id"])
    entered = {row["moodle_user_id"] for row in rows if row["grade"] is not None}
    book = grades(store, items, "analysis")
    published = {user for user, row in book.items() if row["grade"] is not None}
    held_back = (entered & book.keys()) - published
    assert published < entered
    assert held_back
    held_back = entered - published
    assert published < entered
    assert held_back - SUSPENDED
    marks = {line.member.moodle_user_id: line.marks["analysis"] for line in rated(store).lines}
    assert {user for user, mark in marks.items() if mark.entered_unpublished} == held_back
    assert {marks[user].value for user in held_back} == {None}


def totals(store: Store) -> dict[int, Decimal]:
    """Totals of those who have marks in all the seven terms."""
    return {
        line.member.moodle_user_id: line.rating.total
        for line in rated(store).lines
        if all(mark.value is not None for mark in line.marks.values())
    }


def test_the_rating_of_both_stores_is_the_one_that_is_known(both: Both) -> None:
    known = totals(both.recorded)
    assert len(known) == 32
    assert sorted(known.items(), key=lambda one: -one[1])[:4] == [
        (9, Decimal("93.0")),
        (31, Decimal("89.7")),
        (61, Decimal("83.5")),
        (43, Decimal("82.4")),
    ]
    assert totals(both.served) == known


def test_the_withdrawn_keep_their_marks_and_have_no_place(store: Store) -> None:
    lines = {line.member.moodle_user_id: line for line in rated(store).lines}
    assert len(lines) == 60
    withdrawn = {user for user, line in lines.items() if line.rating.standing is Standing.WITHDRAWN}
    assert withdrawn == SUSPENDED
    for user in SUSPENDED:
        assert lines[user].rating.rank is None
        assert any(mark.value is not None for mark in lines[user].marks.values())


def test_the_stores_keep_the_token_closed(both: Both) -> None:
    assert ADMIN_TOKEN not in both.served.token_at_rest()


def _everything(store: Store) -> list[list[dict[str, Any]]]:
    return [store.content(kind) for kind in Kind]


def test_a_second_sync_changes_nothing(both: Both) -> None:
    before = [_everything(store) for store in (both.recorded, both.served)]
    both.recorded.clock.now = both.served.clock.now = LATER
    for report in both.pull():
        assert (report.state, report.problems) == (RunState.DONE, ())
        assert (report.counts.inserted, report.counts.changed) == (0, 0)
        assert (report.counts.retired, report.counts.not_visible) == (0, 0)
    assert [_everything(store) for store in (both.recorded, both.served)] == before
    for store in (both.recorded, both.served):
        assert {row["changed_at"] for kind in Kind for row in store.rows(kind)} == {SEASON_AT}
