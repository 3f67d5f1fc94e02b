"""Quizzes, and the words of the scales that assignments are marked by.

A rating can do without either; where the token's service lacks their functions, nothing is told but that they are not
visible.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from lms_sync import payloads
from lms_sync.client import Call, Function
from lms_sync.errors import LmsError
from lms_sync.plan import Coverage, Part
from lms_sync.reader.desk import Desk, Reading, hidden, told
from lms_sync.reader.report import Problem
from lms_sync.records import Kind, Scale

__all__ = ["read_quizzes", "read_scales"]

_COURSES_A_CALL = 50


def read_quizzes(desk: Desk, course_ids: Sequence[int]) -> Iterator[Reading]:
    """Read which quizzes the courses have."""
    if not desk.offers(Function.QUIZZES):
        yield from (hidden(Kind.QUIZ, course_id) for course_id in course_ids)
        desk.progress.step(Kind.QUIZ)
        return
    for batch in desk.batches(
        Function.QUIZZES,
        course_ids,
        lambda ids: {"courseids": ids},
        lambda answer, _ids: (payloads.quizzes(answer), payloads.warned(answer, function=Function.QUIZZES)),
        size=_COURSES_A_CALL,
    ):
        quizzes, warnings = batch.value or ([], [])
        denied = {warning.item_id for warning in warnings if warning.item == "course"}
        for course_id in batch.ids:
            if batch.error is not None:
                yield from told(batch.error, kind=Kind.QUIZ, course_id=course_id)
            elif course_id in denied:
                yield hidden(Kind.QUIZ, course_id)
            else:
                records = tuple(quiz for quiz in quizzes if quiz.course_id == course_id)
                yield Part(kind=Kind.QUIZ, course_id=course_id, coverage=Coverage.WHOLE, records=records)
    desk.progress.step(Kind.QUIZ)


def read_scales(desk: Desk, scale_ids: Collection[int]) -> Iterator[Reading]:
    """Read the words of some scales, one call each. A scale that is not asked for is not gone."""
    wanted = sorted(scale_ids) if desk.offers(Function.SCALE_VALUES) else []
    scales: list[Scale] = []
    failure: LmsError | None = None
    for outcome in desk.map(_scale_call(scale_id) for scale_id in wanted):
        if outcome.error is None:
            scales.append(outcome.get())
        else:
            failure = outcome.error
    if failure is not None:
        yield Problem.of(failure, kind=Kind.SCALE)
    yield Part(kind=Kind.SCALE, course_id=None, coverage=Coverage.PARTIAL, records=tuple(scales))
    desk.progress.step(Kind.SCALE)


def _scale_call(scale_id: int) -> Call[Scale]:
    return Call(Function.SCALE_VALUES, {"scaleid": scale_id}, lambda answer: payloads.scale(answer, scale_id=scale_id))
