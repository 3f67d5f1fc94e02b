"""The same site after a term's changes, read into the store of the season: all of it shows, nothing is deleted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bridge.demo.accounts import ADMIN_TOKEN
from bridge.demo.recordings import load_recordings
from bridge.demo.server import serve_in_thread
from bridge.lms.models import RunMode, RunState
from bridge.lms.sync import RunReport
from lms_sync.plan import Presence
from lms_sync.records import Kind
from tests.integration.lms.conftest import NewDatabase
from tests.integration.lms.support import (
    LATER,
    SEASON_AT,
    CountedSite,
    Store,
    recorded_clients,
    recorded_store,
    served_store,
)

FIXTURES = Path(__file__).parents[2] / "fixtures" / "moodle"
BY_PERSON = (
    (Kind.SUBMISSION, "moodle_user_id"),
    (Kind.ASSIGNMENT_GRADE, "moodle_user_id"),
    (Kind.GRADEBOOK_GRADE, "moodle_user_id"),
    (Kind.WORKSHOP_SUBMISSION, "moodle_author_id"),
    (Kind.WORKSHOP_ASSESSMENT, "moodle_reviewer_id"),
)
"""Rows that belong to one person, and the column that says to whom."""

Rows = dict[Kind, dict[tuple[int, ...], dict[str, Any]]]


@dataclass
class Changed:
    """A store before and after, by the keys of its rows."""

    store: Store
    report: RunReport
    before: Rows
    after: Rows

    def changed(self, kind: Kind, *key: int) -> tuple[dict[str, Any], dict[str, Any]]:
        return self.before[kind][key], self.after[kind][key]

    def fresh(self, kind: Kind) -> set[tuple[int, ...]]:
        return self.after[kind].keys() - self.before[kind].keys()

    def marked(self, kind: Kind, presence: Presence) -> set[tuple[int, ...]]:
        return {key for key, row in self.after[kind].items() if row["presence"] == presence.value}

    def item(self, idnumber: str) -> int:
        return next(key[0] for key, row in self.after[Kind.GRADE_ITEM].items() if row["idnumber"] == idnumber)


def rows_by_key(store: Store) -> Rows:
    columns = store.key_columns()
    return {kind: {tuple(row[name] for name in columns[kind]): row for row in store.rows(kind)} for kind in Kind}


def read_again(store: Store, mode: RunMode = RunMode.FULL) -> Changed:
    before = rows_by_key(store)
    store.clock.now = LATER
    return Changed(store, store.pull(mode), before, rows_by_key(store))


@pytest.fixture(scope="module", params=[RunMode.FULL, RunMode.INCREMENTAL])
def changed(new_database: NewDatabase, request: pytest.FixtureRequest) -> Changed:
    """The term's changes, read each way. What no hint shows lies in courses that are read for another reason."""
    store = recorded_store(new_database(f"term_{request.param}"), CountedSite())
    store.pull()
    store.make_client = recorded_clients(CountedSite("season_after.json.gz"))
    return read_again(store, request.param)


@pytest.fixture(scope="module")
def served(new_database: NewDatabase) -> Iterator[Changed]:
    later = load_recordings(FIXTURES / "4.5.6-after.jsonl.gz")
    with serve_in_thread(load_recordings(FIXTURES / "4.5.6.jsonl.gz")) as moodle:
        store = served_store(new_database("served_term"), moodle.url, ADMIN_TOKEN)
        store.pull()
        later.site.url = moodle.url
        moodle.site.tables = later
        yield read_again(store)


def test_a_changed_site_is_read_without_problems(changed: Changed) -> None:
    assert (changed.report.state, changed.report.problems) == (RunState.DONE, ())


def test_only_what_changed_is_asked_for(changed: Changed) -> None:
    if changed.report.mode is RunMode.INCREMENTAL:
        assert changed.report.calls < 70
    else:
        assert changed.report.calls > 290


def test_nothing_is_ever_deleted(changed: Changed) -> None:
    for kind in Kind:
        assert changed.before[kind].keys() <= changed.after[kind].keys()


def test_the_stand_in_with_the_same_changes_gives_the_same_store(changed: Changed, served: Changed) -> None:
    assert served.report.counts == changed.report.counts
    for kind in Kind:
        assert served.store.content(kind) == changed.store.content(kind), kind
        for presence in Presence:
            assert served.marked(kind, presence) == changed.marked(kind, presence), kind


def test_a_regraded_work_has_its_new_mark(changed: Changed) -> None:
    rows = changed.store.rows(Kind.ASSIGNMENT_GRADE, moodle_assignment_id=1, moodle_user_id=4)
    assert [row["grade"] for row in rows] == [Decimal(88)]
    before, after = changed.changed(Kind.GRADEBOOK_GRADE, changed.item("essay"), 4)
    assert (before["grade"] != after["grade"], after["grade"]) == (True, Decimal(88))


def test_a_first_mark_arrives(changed: Changed) -> None:
    (fresh,) = changed.store.rows(Kind.ASSIGNMENT_GRADE, moodle_assignment_id=1, moodle_user_id=15)
    assert fresh["grade"] == Decimal("71.5")
    before, after = changed.changed(Kind.GRADEBOOK_GRADE, changed.item("essay"), 15)
    assert (before["grade"], after["grade"]) == (None, Decimal("71.5"))


def test_a_late_submission_arrives(changed: Changed) -> None:
    (work,) = changed.store.rows(Kind.SUBMISSION, moodle_assignment_id=1, moodle_user_id=21)
    assert work["status"] == "submitted"
    before = changed.before[Kind.SUBMISSION].get((work["moodle_submission_id"],))
    assert before is None or before["status"] != "submitted"


def test_a_suspended_participant_is_marked(changed: Changed) -> None:
    before, after = changed.changed(Kind.ENROLMENT, 2, 22)
    assert (before["suspended"], after["suspended"], after["presence"]) == (False, True, Presence.PRESENT.value)


def test_only_the_unenrolled_participants_enrolment_is_gone(changed: Changed) -> None:
    assert changed.marked(Kind.ENROLMENT, Presence.GONE) == {(2, 23)}


@pytest.mark.parametrize("user_id", [22, 23])
def test_marks_and_works_of_who_left_stay_as_they_were(changed: Changed, user_id: int) -> None:
    kept = [
        (kind, row, changed.after[kind][key])
        for kind, column in BY_PERSON
        for key, row in changed.before[kind].items()
        if (row[column], row["moodle_course_id"]) == (user_id, 2)
    ]
    assert {kind for kind, _, _ in kept} == {kind for kind, _ in BY_PERSON}
    # Moodle's gradebook leaves out who left; its assignments and workshop go on listing most of their rows.
    assert {after["presence"] for kind, _, after in kept if kind is Kind.GRADEBOOK_GRADE} == {"not_visible"}
    assert "gone" not in {after["presence"] for _, _, after in kept}
    for _, before, after in kept:
        assert {name for name in after if after[name] != before[name]} <= {"presence", "presence_at"}


def test_a_new_participant_arrives(changed: Changed) -> None:
    assert changed.fresh(Kind.USER) == {(88,)}
    assert changed.fresh(Kind.ENROLMENT) == {(2, 88)}
    assert changed.after[Kind.ENROLMENT][2, 88]["roles"] == ["student"]


def test_a_move_between_groups_leaves_one_and_enters_the_other(changed: Changed) -> None:
    assert changed.fresh(Kind.GROUP_MEMBER) == {(2, 7)}
    assert changed.marked(Kind.GROUP_MEMBER, Presence.GONE) == {(1, 7)}


def test_a_deleted_activity_and_what_it_held_are_marked_gone(changed: Changed) -> None:
    assert changed.marked(Kind.ACTIVITY, Presence.GONE) == {(9,)}
    assert changed.marked(Kind.ASSIGNMENT, Presence.GONE) == {(7,)}
    works = changed.store.rows(Kind.SUBMISSION, moodle_assignment_id=7)
    assert {row["presence"] for row in works} <= {Presence.GONE.value}


def test_a_renamed_course_and_a_moved_due_date_arrive(changed: Changed) -> None:
    before, after = changed.changed(Kind.COURSE, 5)
    assert before["full_name"] != after["full_name"]
    before, after = changed.changed(Kind.ASSIGNMENT, 1)
    assert after["due_at"] > before["due_at"]


def test_an_override_a_lock_and_a_shown_item_arrive(changed: Changed) -> None:
    before, after = changed.changed(Kind.GRADEBOOK_GRADE, changed.item("test"), 5)
    assert (before["overridden"], after["overridden"], after["grade"]) == (False, True, Decimal(40))
    before, after = changed.changed(Kind.GRADEBOOK_GRADE, changed.item("project"), 6)
    assert (before["locked"], after["locked"]) == (False, True)
    assert changed.before[Kind.GRADEBOOK_GRADE][changed.item("checkpoint"), 3]["hidden"]
    shown = changed.store.rows(Kind.GRADEBOOK_GRADE, moodle_item_id=changed.item("checkpoint"))
    assert {row["hidden"] for row in shown if row["presence"] == Presence.PRESENT.value} == {False}


def test_a_review_written_later_arrives_with_its_marks(changed: Changed) -> None:
    before, after = changed.changed(Kind.WORKSHOP_ASSESSMENT, 4)
    assert (before["grade"], after["grade"] is not None) == (None, True)
    assert {key[0] for key in changed.fresh(Kind.CRITERION_MARK)} == {4}
    assert len(changed.fresh(Kind.CRITERION_MARK)) == 4


def test_only_what_changed_says_that_it_changed(changed: Changed) -> None:
    counts = changed.report.counts
    rows = [(changed.before[kind].get(key), row) for kind in Kind for key, row in changed.after[kind].items()]
    assert sum(before is None for before, _ in rows) == counts.inserted
    assert sum(before is not None and row["changed_at"] == LATER for before, row in rows) == counts.changed
    assert {row["changed_at"] for _, row in rows} == {SEASON_AT, LATER}
    assert sum(row["presence"] == Presence.GONE.value for _, row in rows) == counts.retired
    assert sum(row["presence"] == Presence.NOT_VISIBLE.value for _, row in rows) == counts.not_visible


def test_the_change_is_told_once(changed: Changed, served: Changed) -> None:
    for one in (changed, served):
        again = one.store.pull()
        assert (again.counts.inserted, again.counts.changed) == (0, 0)
        assert (again.counts.retired, again.counts.not_visible) == (0, 0)
