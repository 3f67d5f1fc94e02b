from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bridge.lms.models import (
    LmsAssignment,
    LmsAssignmentGrade,
    LmsGradebookGrade,
    LmsGradeItem,
    LmsGroupMember,
    LmsSubmission,
    LmsWorkshop,
    LmsWorkshopSubmission,
)
from bridge.programme.service import SeasonMap, set_map
from bridge.rating.marks import Mark, MarkSource, find_items, read_marks
from scoring.rating import Cell, CellState, Formula, parse_formula
from tests.support import rows

NOW = datetime(2028, 2, 16, 11, 5, tzinfo=UTC)
DAY = timedelta(days=1)
COURSE, ITEM, ASSIGNMENT, WORKSHOP = 11, 501, 31, 41
ANNA, BORIS = 101, 102
GRADER = 7


def formula(term: dict[str, object]) -> Formula:
    return parse_formula({"version": 1, "terms": [{"id": "essay", "weight": 10, **term}]})


ESSAY = formula({})


class Gradebook:
    """One gradebook item of the season's first course, told row by row."""

    def __init__(self, place) -> None:
        self.place = place

    def add(self, model, **values: object) -> None:
        rows.add(self.place.session, self.place.site, model, **values)

    def item(self, **values: object) -> None:
        defaults = {"moodle_item_id": ITEM, "moodle_course_id": COURSE, "idnumber": "essay"}
        self.add(LmsGradeItem, **{**defaults, "moodle_instance_id": ASSIGNMENT, **values})

    def assignment(self, **values: object) -> None:
        self.item()
        self.add(LmsAssignment, moodle_assignment_id=ASSIGNMENT, moodle_course_id=COURSE, **values)

    def workshop(self, **values: object) -> None:
        self.item(module="workshop", moodle_instance_id=WORKSHOP)
        self.add(LmsWorkshop, moodle_workshop_id=WORKSHOP, moodle_course_id=COURSE, **values)

    def grade(self, user: int = ANNA, **values: object) -> None:
        self.add(LmsGradebookGrade, moodle_item_id=ITEM, moodle_course_id=COURSE, moodle_user_id=user, **values)

    def entered(self, grade: int | None, user: int = ANNA, **values: object) -> None:
        known = {"moodle_grade_id": 9000 + len(self.place.session.new), "moodle_grader_id": GRADER}
        ids = {"moodle_course_id": COURSE, "moodle_assignment_id": ASSIGNMENT, "moodle_user_id": user}
        mark = None if grade is None else Decimal(grade)
        self.add(LmsAssignmentGrade, **{**known, **ids, "grade": mark, **values})

    def submission(self, user: int = ANNA, **values: object) -> None:
        ids = {"moodle_course_id": COURSE, "moodle_assignment_id": ASSIGNMENT, "moodle_user_id": user}
        self.add(LmsSubmission, moodle_submission_id=8000 + len(self.place.session.new), **{**ids, **values})

    def mark(self, user: int = ANNA, *, of: Formula = ESSAY, now: datetime = NOW) -> Mark:
        self.place.session.flush()
        (found,) = find_items(self.place.session, self.place.season, of)
        return read_marks(self.place.session, self.place.season, found, [user], now=now)[user]


@pytest.fixture
def book(place) -> Gradebook:
    return Gradebook(place)


# ---------------------------------------------------------------- published marks


def test_a_published_mark_is_taken_with_its_scale_and_its_grader(book: Gradebook) -> None:
    book.assignment()
    book.entered(78)
    book.grade(grade=Decimal("77.5"), label="77,50", feedback="<p>Хорошо</p>", graded_at=NOW - DAY)
    mark = book.mark()
    assert (mark.state, mark.value, mark.minimum, mark.maximum) == (CellState.GRADED, Decimal("77.5"), 0, 100)
    assert (mark.source, mark.grader_id, mark.graded_at) == (MarkSource.GRADEBOOK, GRADER, NOW - DAY)
    assert (mark.label, mark.feedback) == ("77,50", "<p>Хорошо</p>")
    assert mark.cell() == Cell.graded(Decimal("77.5"), Decimal(0), Decimal(100))


def test_a_zero_is_a_mark(book: Gradebook) -> None:
    book.assignment(due_at=NOW + DAY)
    book.grade(grade=Decimal(0))
    assert (book.mark().state, book.mark().value) == (CellState.GRADED, 0)


@pytest.mark.parametrize("flag", ["hidden", "locked", "overridden"])
def test_hidden_locked_and_overridden_are_told_of(book: Gradebook, flag: str) -> None:
    book.assignment()
    book.grade(grade=Decimal(70), **{flag: True})
    mark = book.mark()
    flags = {name for name in ("hidden", "locked", "overridden") if getattr(mark, name)}
    assert (mark.value, flags) == (70, {flag})


def test_an_overridden_mark_is_not_laid_at_the_graders_door(book: Gradebook) -> None:
    book.assignment()
    book.entered(50)
    book.grade(grade=Decimal(90), overridden=True)
    assert (book.mark().value, book.mark().grader_id) == (90, None)


def test_a_scale_is_a_scale_with_its_word(book: Gradebook) -> None:
    book.item(is_scale=True, grade_min=Decimal(1), grade_max=Decimal(3))
    book.grade(grade=Decimal(2), label="зачтено")
    mark = book.mark()
    assert (mark.is_scale, mark.label, mark.minimum, mark.maximum) == (True, "зачтено", 1, 3)


def test_a_mark_that_is_no_longer_visible_is_kept_and_one_that_is_gone_is_not(book: Gradebook) -> None:
    book.assignment(due_at=NOW - DAY)
    book.grade(grade=Decimal(70), presence="not_visible")
    book.grade(BORIS, grade=Decimal(70), presence="gone")
    assert book.mark().value == 70
    assert book.mark(BORIS).state is CellState.ABSENT


# ---------------------------------------------------------------- entered, not published


@pytest.mark.parametrize("with_row", [True, False])
def test_a_mark_that_the_workflow_has_not_released_is_not_published(book: Gradebook, with_row: bool) -> None:  # noqa: FBT001
    book.assignment(marking_workflow=True, due_at=NOW - DAY)
    book.entered(88)
    if with_row:
        book.grade(grade=None)
    mark = book.mark()
    assert (mark.state, mark.value, mark.entered_unpublished) == (CellState.SUBMITTED, None, True)
    assert mark.cell() == Cell(CellState.SUBMITTED)


@pytest.mark.parametrize(("revealed", "value"), [(False, None), (True, 88)])
def test_blind_marks_wait_for_the_identities(book: Gradebook, revealed: bool, value: int | None) -> None:  # noqa: FBT001
    book.assignment(blind_marking=True, identities_revealed=revealed)
    book.entered(88)
    assert book.mark().value == value


def test_a_suspended_persons_mark_is_taken_from_the_assignment(book: Gradebook) -> None:
    """Moodle's gradebook report leaves them out; what the grader entered still stands."""
    book.assignment(due_at=NOW - DAY)
    book.entered(64, modified_at=NOW - DAY)
    mark = book.mark()
    assert (mark.state, mark.value, mark.source) == (CellState.GRADED, 64, MarkSource.ASSIGNMENT)
    assert (mark.grader_id, mark.graded_at) == (GRADER, NOW - DAY)


def test_of_several_attempts_the_last_counts(book: Gradebook) -> None:
    book.assignment()
    book.entered(90, attempt_number=1)
    book.entered(40, attempt_number=0)
    assert book.mark().value == 90


def test_not_graded_is_no_mark(book: Gradebook) -> None:
    book.assignment(due_at=NOW + DAY)
    book.entered(None)
    assert (book.mark().state, book.mark().entered_unpublished) == (CellState.NOT_DUE, False)


# ---------------------------------------------------------------- no mark yet


def test_before_the_deadline_nothing_is_missing_and_after_it_everything(book: Gradebook) -> None:
    book.assignment(due_at=NOW)
    assert book.mark(now=NOW).state is CellState.NOT_DUE
    assert book.mark(now=NOW + timedelta(seconds=1)).state is CellState.ABSENT


def test_without_a_deadline_nothing_is_ever_missing(book: Gradebook) -> None:
    book.assignment(due_at=None)
    assert book.mark(now=NOW + 1000 * DAY).state is CellState.NOT_DUE


def test_a_work_handed_in_waits_for_its_mark_also_after_the_deadline(book: Gradebook) -> None:
    book.assignment(due_at=NOW - DAY)
    book.submission()
    assert book.mark().state is CellState.SUBMITTED
    assert book.mark(BORIS).state is CellState.ABSENT


@pytest.mark.parametrize("values", [{"status": "draft"}, {"status": "new"}, {"presence": "gone"}])
def test_a_draft_is_not_handed_in(book: Gradebook, values: dict[str, str]) -> None:
    book.assignment(due_at=NOW - DAY)
    book.submission(**values)
    assert book.mark().state is CellState.ABSENT


def test_a_teams_work_counts_for_each_of_its_members_and_nobody_else(book: Gradebook) -> None:
    book.assignment(due_at=NOW - DAY, team_submission=True)
    book.submission(0, moodle_group_id=61)
    for group, user in ((61, ANNA), (62, BORIS)):
        book.add(LmsGroupMember, moodle_course_id=COURSE, moodle_group_id=group, moodle_user_id=user)
    assert book.mark().state is CellState.SUBMITTED
    assert book.mark(BORIS).state is CellState.ABSENT


def test_who_left_the_team_has_handed_in_nothing_with_it(book: Gradebook) -> None:
    book.assignment(due_at=NOW - DAY)
    book.submission(0, moodle_group_id=61)
    book.add(LmsGroupMember, moodle_course_id=COURSE, moodle_group_id=61, moodle_user_id=ANNA, presence="gone")
    assert book.mark().state is CellState.ABSENT


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"phase": 20}, CellState.NOT_DUE),
        ({"phase": 40}, CellState.NOT_DUE),
        ({"phase": 50}, CellState.ABSENT),
        ({"phase": 30, "submission_ends_at": NOW - DAY}, CellState.ABSENT),
        ({"phase": 20, "submission_ends_at": NOW + DAY}, CellState.NOT_DUE),
    ],
)
def test_a_workshop_misses_works_once_it_takes_none(
    book: Gradebook, values: dict[str, object], state: CellState
) -> None:
    book.workshop(**values)
    ids = {"moodle_course_id": COURSE, "moodle_workshop_id": WORKSHOP}
    book.add(LmsWorkshopSubmission, moodle_submission_id=1, moodle_author_id=BORIS, **ids)
    assert book.mark().state is state
    assert book.mark(BORIS).state is CellState.SUBMITTED


# ---------------------------------------------------------------- finding the item


def test_a_term_whose_activity_nobody_knows_leaves_everyone_waiting(book: Gradebook) -> None:
    mark = book.mark()
    assert (mark.state, mark.value) == (CellState.NOT_DUE, None)


@pytest.mark.parametrize("values", [{"moodle_course_id": 99}, {"presence": "gone"}, {"idnumber": "other"}])
def test_an_item_elsewhere_gone_or_of_another_name_is_not_taken(book: Gradebook, values: dict[str, object]) -> None:
    book.item(**values)
    book.grade(grade=Decimal(70))
    assert book.mark().state is CellState.NOT_DUE


def test_an_item_picked_by_hand_goes_before_the_name(book: Gradebook) -> None:
    book.item()
    book.item(moodle_item_id=502, idnumber="")
    book.grade(grade=Decimal(10))
    book.add(LmsGradebookGrade, moodle_item_id=502, moodle_course_id=COURSE, moodle_user_id=ANNA, grade=Decimal(90))
    assert book.mark().value == 10
    set_map(book.place.session, book.place.season, SeasonMap(courses={11: 1}, activities={"essay": 502}))
    assert book.mark().value == 90


def test_the_second_item_of_a_workshop_is_found_beside_the_named_one(book: Gradebook) -> None:
    both = {"module": "workshop", "moodle_instance_id": WORKSHOP, "moodle_course_module_id": 77}
    book.item(moodle_item_id=601, item_number=0, idnumber="peer", **both)
    book.item(moodle_item_id=602, item_number=1, idnumber="", **both)
    for item, mark in ((601, 70), (602, 15)):
        grade = {"moodle_item_id": item, "moodle_course_id": COURSE, "moodle_user_id": ANNA}
        book.add(LmsGradebookGrade, **grade, grade=Decimal(mark))
    submission, assessment = (formula({"activity": "peer", "item": name}) for name in ("submission", "assessment"))
    assert book.mark(of=submission).value == 70
    assert book.mark(of=assessment).value == 15


def test_marks_of_another_site_are_not_taken(book: Gradebook) -> None:
    other = rows.add_site(book.place.session, book.place.municipality, url="https://other.example.test")
    book.item()
    grade = {"moodle_item_id": ITEM, "moodle_course_id": COURSE, "moodle_user_id": ANNA, "grade": Decimal(99)}
    rows.add(book.place.session, other, LmsGradebookGrade, **grade)
    assert book.mark().state is CellState.NOT_DUE
