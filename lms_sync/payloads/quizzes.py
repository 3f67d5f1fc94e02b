"""Quizzes, and the words of scales."""

from __future__ import annotations

from lms_sync.client.answers import JsonValue
from lms_sync.client.functions import Function
from lms_sync.errors import BadAnswer
from lms_sync.payloads.base import Row, RowSchema, child, distinct, load_rows
from lms_sync.payloads.fields import Exact, Id, Instant, Name
from lms_sync.records import Quiz, Scale

__all__ = ["quizzes", "scale"]


class _QuizSchema(RowSchema):
    id = Id(required=True)
    coursemodule = Id(required=True)
    course = Id(required=True)
    name = Name(required=True)
    timeopen = Instant()
    timeclose = Instant()
    grade = Exact(required=True)
    attempts = Id(load_default=0)


class _LabelSchema(RowSchema):
    id = Id(required=True)
    name = Name(required=True)


_QUIZ, _LABEL = _QuizSchema(), _LabelSchema()


def quizzes(answer: JsonValue) -> list[Quiz]:
    """Read ``mod_quiz_get_quizzes_by_courses``."""
    function = Function.QUIZZES
    rows = load_rows(_QUIZ, child(answer, "quizzes", function=function), function=function, path="quizzes")
    return distinct(_quiz(row) for row in rows)


def _quiz(row: Row) -> Quiz:
    return Quiz(
        quiz_id=row["id"],
        course_module_id=row["coursemodule"],
        course_id=row["course"],
        name=row["name"],
        opens_at=row["timeopen"],
        closes_at=row["timeclose"],
        grade_max=row["grade"],
        attempts_allowed=row["attempts"],
    )


def scale(answer: JsonValue, *, scale_id: int) -> Scale:
    """Read ``core_competency_get_scale_values``: the words of one scale, by their numbers from 1.

    Raises
    ------
    BadAnswer
        Also where a number is left out.
    """
    function = Function.SCALE_VALUES
    labels = {row["id"]: row["name"] for row in load_rows(_LABEL, answer, function=function)}
    if sorted(labels) != list(range(1, len(labels) + 1)):
        raise BadAnswer("not numbered from 1", function=function)
    return Scale(scale_id, tuple(labels[number] for number in sorted(labels)))
