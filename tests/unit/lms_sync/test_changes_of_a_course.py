"""What of a course is read again, decided from hints and lists alone."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from lms_sync.changes import Lists, ReviewsToRead, Todo, everything, named_reviews, todo
from lms_sync.payloads import Update
from lms_sync.records import Activity, Assignment, Workshop, WorkshopAssessment

ESSAY = Assignment(
    assignment_id=1,
    course_module_id=11,
    course_id=2,
    name="Эссе",
    due_at=None,
    cutoff_at=None,
    grade_max=Decimal(100),
    scale_id=None,
    team_submission=False,
    team_grouping_id=0,
    blind_marking=False,
    identities_revealed=False,
    marking_workflow=False,
    modified_at=None,
)
REVIEWS = Workshop(7, 17, 2, "Рецензии", 30, "accumulative", Decimal(80), Decimal(20), None, None, None)
QUIZ_MODULE = 13
PAGE = [
    Activity(11, 2, "assign", 1, "Эссе", visible=True, url=""),
    Activity(QUIZ_MODULE, 2, "quiz", 1, "Тест", visible=True, url=""),
    Activity(17, 2, "workshop", 7, "Рецензии", visible=True, url=""),
]
LISTS = Lists([ESSAY], [REVIEWS])


def of(module: int, **areas: set[int]) -> Update:
    return Update(module, {name: frozenset(ids) for name, ids in areas.items()})


def work(*updates: Update, after: Lists = LISTS) -> Todo:
    return todo(updates, PAGE, LISTS, after)


def test_without_hints_there_is_nothing_to_do() -> None:
    assert work().is_empty


@pytest.mark.parametrize("area", ["completion", "gradeitems", "outcomes", "userassessmentgrades", "assessmentgrades"])
def test_what_moodle_says_of_our_own_account_or_always_says_is_nothing(area: str) -> None:
    assert work(of(17, **{area: {1}})).is_empty


def test_a_mark_is_read_with_the_gradebook_and_no_more() -> None:
    assert work(of(11, usergrades={5})) == Todo(gradebook=True, assignment_ids=frozenset({1}))


def test_new_settings_are_read_with_the_page() -> None:
    assert work(of(11, configuration=set())) == Todo(contents=True, gradebook=True, assignment_ids=frozenset({1}))


def test_a_quiz_is_read_with_its_settings_and_a_new_activity_may_be_one() -> None:
    assert work(of(QUIZ_MODULE, configuration=set())) == Todo(contents=True, quizzes=True, gradebook=True)
    assert work(of(99, configuration=set())) == Todo(contents=True, quizzes=True, gradebook=True)
    assert work(of(QUIZ_MODULE, usergrades={1})) == Todo(gradebook=True)


def test_a_review_is_read_with_its_workshop_and_named() -> None:
    found = work(of(17, userassessments={4, 5}, userassessmentgrades={9}))
    assert found == Todo(gradebook=True, workshop_ids=frozenset({7}), review_ids=frozenset({4, 5}))
    assert named_reviews([of(17, assessments={4}), of(11, usergrades={8})]) == {4}


def test_another_phase_is_read_although_no_hint_says_so() -> None:
    later = Lists([ESSAY], [replace(REVIEWS, phase=50)])
    assert work(after=later) == Todo(contents=True, gradebook=True, workshop_ids=frozenset({7}))


def test_a_list_that_differs_is_read_with_page_and_gradebook() -> None:
    renamed = Lists([replace(ESSAY, name="Эссе о школе")], [REVIEWS])
    assert work(after=renamed) == Todo(contents=True, gradebook=True)
    assert renamed.ids == LISTS.ids
    assert Lists([], [REVIEWS]).ids != LISTS.ids != Lists([ESSAY], []).ids


def test_where_there_are_no_hints_everything_is_read() -> None:
    assert everything(LISTS) == Todo(
        contents=True, quizzes=True, gradebook=True, assignment_ids=frozenset({1}), workshop_ids=frozenset({7})
    )


REVIEW = WorkshopAssessment(4, 2, 7, 3, 5, 1, Decimal(60), None)


@pytest.mark.parametrize(
    ("wanted", "review"),
    [
        (ReviewsToRead({}, frozenset()), REVIEW),
        (ReviewsToRead({REVIEW.key: REVIEW}, frozenset()), REVIEW),
        (ReviewsToRead({REVIEW.key: REVIEW}, frozenset({4}), named=frozenset({4})), REVIEW),
        (ReviewsToRead({REVIEW.key: REVIEW}, frozenset({4})), replace(REVIEW, grade=Decimal(61))),
        (ReviewsToRead({REVIEW.key: REVIEW}, frozenset({4}), turn=(0, 1)), REVIEW),
        (ReviewsToRead({REVIEW.key: REVIEW}, frozenset({4}), turn=(11, 7)), REVIEW),
    ],
    ids=["new", "unmarked", "named", "another sum", "all in turn", "its turn"],
)
def test_a_review_is_asked_for_where_it_may_have_changed(wanted: ReviewsToRead, review: WorkshopAssessment) -> None:
    assert wanted(review)


def test_a_review_that_is_known_waits_for_its_turn() -> None:
    assert not ReviewsToRead({REVIEW.key: REVIEW}, frozenset({4}))(REVIEW)
    assert not ReviewsToRead({REVIEW.key: REVIEW}, frozenset({4}), turn=(10, 7))(REVIEW)


def test_in_turn_each_review_is_asked_for_once() -> None:
    reviews = [replace(REVIEW, assessment_id=number) for number in range(1, 50)]
    known, marked = {one.key: one for one in reviews}, frozenset(range(1, 50))
    nights = [ReviewsToRead(known, marked, turn=(night, 7)) for night in range(100, 107)]
    assert all(sum(night(one) for night in nights) == 1 for one in reviews)
