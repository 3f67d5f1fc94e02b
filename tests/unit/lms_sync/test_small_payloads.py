"""Quizzes, scales, completion and hints as records."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from lms_sync import payloads
from lms_sync.errors import BadAnswer
from lms_sync.payloads import Update
from lms_sync.records import ActivityCompletion, CourseCompletion, Quiz, Scale

STATUS = {
    "cmid": 4,
    "state": 1,
    "timecompleted": 1_795_476_038,
    "overrideby": None,
    "hascompletion": True,
    "istrackeduser": True,
}
DONE_AT = datetime.fromtimestamp(1_795_476_038, UTC)


def completion(*rows: dict) -> list[ActivityCompletion] | None:
    return payloads.activity_completion({"statuses": list(rows), "warnings": []}, course_id=3, user_id=10)


def test_a_quiz_is_read() -> None:
    row = {
        "id": 1,
        "coursemodule": 2,
        "course": 2,
        "name": "Тест &amp; ответы",
        "timeopen": 0,
        "timeclose": 1_795_476_038,
    }
    (quiz,) = payloads.quizzes({"quizzes": [row | {"grade": "40.00000", "attempts": 3}]})
    assert quiz == Quiz(1, 2, 2, "Тест & ответы", None, DONE_AT, Decimal(40), 3)


def test_a_quiz_of_an_account_that_sees_less_has_no_limit_of_attempts() -> None:
    row = {"id": 1, "coursemodule": 2, "course": 2, "name": "Тест", "grade": 40}
    assert payloads.quizzes({"quizzes": [row]})[0].attempts_allowed == 0


def test_the_words_of_a_scale_are_in_the_order_of_their_numbers() -> None:
    rows = [{"id": 2, "name": "готов"}, {"id": 1, "name": "не готов"}]
    assert payloads.scale(rows, scale_id=3) == Scale(3, ("не готов", "готов"))
    assert payloads.scale([], scale_id=3).labels == ()
    assert payloads.scale([*rows, rows[0]], scale_id=3).labels == ("не готов", "готов")
    with pytest.raises(BadAnswer, match="numbered"):
        payloads.scale(rows[:1], scale_id=3)


def test_completion_is_read() -> None:
    assert completion(STATUS) == [ActivityCompletion(3, 4, 10, 1, DONE_AT, overridden=False)]
    assert completion(STATUS | {"overrideby": 2, "state": 3}) == [
        ActivityCompletion(3, 4, 10, 3, DONE_AT, overridden=True)
    ]


def test_what_is_not_done_has_no_time() -> None:
    """Moodle tells when the state last changed, also where it went back to "not done"."""
    found = completion(STATUS | {"state": 0})
    assert found is not None
    assert found[0].completed_at is None


def test_of_somebody_who_is_not_followed_nothing_is_known() -> None:
    assert completion(STATUS | {"istrackeduser": False}) is None


def test_activities_without_completion_are_left_out() -> None:
    assert completion(STATUS | {"hascompletion": False}) == []


def test_course_completion_is_read() -> None:
    answer = {"completionstatus": {"completed": True, "aggregation": 1, "completions": []}, "warnings": []}
    assert payloads.course_completion(answer, course_id=3, user_id=10) == CourseCompletion(3, 10, completed=True)
    with pytest.raises(BadAnswer):
        payloads.course_completion({"completionstatus": {}}, course_id=3, user_id=10)


def test_hints_are_of_activities_with_their_areas() -> None:
    answer = {
        "instances": [
            {
                "contextlevel": "module",
                "id": 1,
                "updates": [{"name": "configuration", "timeupdated": 5}, {"name": "usergrades", "itemids": [2, 308]}],
            },
            {"contextlevel": "course", "id": 2, "updates": [{"name": "configuration"}]},
            {"contextlevel": "module", "id": 3, "updates": [{"name": "grades", "itemids": None}]},
        ],
        "warnings": [],
    }
    assert payloads.updates(answer) == [
        Update(1, {"configuration": frozenset(), "usergrades": frozenset({2, 308})}),
        Update(3, {"grades": frozenset()}),
    ]
