"""Assignments of the courses, what was handed in, and what graders entered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from lms_sync import payloads
from lms_sync.client import Function, Params
from lms_sync.client.answers import JsonValue
from lms_sync.errors import AnswerTooLarge, BadAnswer, LmsError
from lms_sync.payloads import Sifted
from lms_sync.plan import Coverage, Part, Reach
from lms_sync.reader.desk import Desk, Reading, told
from lms_sync.reader.people import Roster
from lms_sync.reader.report import Problem, ProblemCode
from lms_sync.records import Assignment, AssignmentGrade, Kind, Submission

__all__ = ["read_assignments", "read_grades", "read_submissions"]

_COURSES_A_CALL = 50
_SUBMISSIONS_A_CALL = 2_000
"""Rows to expect of one call. A row brings the whole text that was handed in, and costs Moodle about a millisecond."""

_GRADES_A_CALL = 20_000
_NO_ACCESS = frozenset({"1", "2"})
_LATEST_S = 2**31 - 1


def read_assignments(desk: Desk, course_ids: Sequence[int], found: dict[int, list[Assignment]]) -> Iterator[Reading]:
    """Read the assignments of all courses; leaves them in ``found`` by course."""
    for batch in desk.batches(
        Function.ASSIGNMENTS,
        course_ids,
        lambda ids: {"courseids": ids, "includenotenrolledcourses": True},
        lambda answer, _ids: payloads.assignments(answer),
        size=_COURSES_A_CALL,
    ):
        answered = batch.value or {}
        for course_id in batch.ids:
            if course_id in answered:
                found[course_id] = answered[course_id]
                records = tuple(answered[course_id])
                yield Part(kind=Kind.ASSIGNMENT, course_id=course_id, coverage=Coverage.WHOLE, records=records)
            elif batch.error is not None:
                yield from told(batch.error, kind=Kind.ASSIGNMENT, course_id=course_id)
            else:
                code = ProblemCode.COURSE_NOT_ACCESSIBLE
                yield Problem(course_id=course_id, kind=Kind.ASSIGNMENT, code=code)
                yield Part(kind=Kind.ASSIGNMENT, course_id=course_id, coverage=Coverage.NOT_VISIBLE)
    desk.progress.step(Kind.ASSIGNMENT)


_Record = TypeVar("_Record", Submission, AssignmentGrade)


@dataclass(frozen=True, slots=True)
class _Question(Generic[_Record]):
    """One of the two calls that list rows by assignment."""

    kind: Kind
    function: Function
    read: Callable[..., Sifted[_Record]]
    rows_a_call: int
    splits_by_time: bool
    without: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Course(Generic[_Record]):
    asked: int
    waiting: int
    records: list[_Record] = field(default_factory=list)
    unread: dict[int, LmsError] = field(default_factory=dict)
    denied: set[int] = field(default_factory=set)


_SUBMISSIONS: _Question[Submission] = _Question(
    Kind.SUBMISSION,
    Function.SUBMISSIONS,
    payloads.submissions,
    rows_a_call=_SUBMISSIONS_A_CALL,
    splits_by_time=True,
    without=payloads.HANDED_IN,
)
_GRADES: _Question[AssignmentGrade] = _Question(
    Kind.ASSIGNMENT_GRADE,
    Function.ASSIGNMENT_GRADES,
    payloads.assignment_grades,
    rows_a_call=_GRADES_A_CALL,
    splits_by_time=False,
)


def read_submissions(
    desk: Desk, assignments: Mapping[int, Sequence[Assignment]], rosters: Mapping[int, Roster], *, since_s: int = 0
) -> Iterator[Reading]:
    """Read the latest attempts of all assignments, course by course.

    Parameters
    ----------
    since_s
        Only rows changed at or after this time (epoch seconds); the parts are then partial.
    """
    yield from _read(desk, _SUBMISSIONS, assignments, rosters, since_s=since_s)


def read_grades(
    desk: Desk, assignments: Mapping[int, Sequence[Assignment]], rosters: Mapping[int, Roster], *, since_s: int = 0
) -> Iterator[Reading]:
    """Read what graders entered; as :func:`read_submissions`."""
    yield from _read(desk, _GRADES, assignments, rosters, since_s=since_s)


def _read(
    desk: Desk,
    question: _Question[_Record],
    assignments: Mapping[int, Sequence[Assignment]],
    rosters: Mapping[int, Roster],
    *,
    since_s: int,
) -> Iterator[Reading]:
    course_of = {one.assignment_id: course_id for course_id, listed in assignments.items() for one in listed}
    courses: dict[int, _Course[_Record]] = {
        course_id: _Course(len(listed), len(listed)) for course_id, listed in assignments.items()
    }
    largest = max((len(roster.people) for roster in rosters.values()), default=0)
    size = max(1, question.rows_a_call // max(1, largest))
    for batch in desk.batches(
        question.function,
        list(course_of),
        lambda ids: _params(ids, since_s),
        lambda answer, ids: _answered(question, answer, {one: course_of[one] for one in ids}),
        size=size,
        without=question.without,
    ):
        if batch.value is not None:
            _sort(batch.value, course_of, courses)
        elif question.splits_by_time and isinstance(batch.error, AnswerTooLarge):
            _sort_in_windows(desk, question, batch.ids[0], course_of, courses, since_s=since_s)
        else:
            assert batch.error is not None  # noqa: S101  for the type checker: a batch has a value or an error
            courses[course_of[batch.ids[0]]].unread[batch.ids[0]] = batch.error
        for assignment_id in batch.ids:
            courses[course_of[assignment_id]].waiting -= 1
        yield from _tell_completed(desk, question.kind, courses, rosters, partial=since_s > 0)
    # Courses without assignments, where no call was made.
    yield from _tell_completed(desk, question.kind, courses, rosters, partial=since_s > 0)


def _tell_completed(
    desk: Desk,
    kind: Kind,
    courses: dict[int, _Course[_Record]],
    rosters: Mapping[int, Roster],
    *,
    partial: bool,
) -> Iterator[Reading]:
    """Tell of each course as soon as it is read, so that no more than its own rows are held."""
    for course_id in [course_id for course_id, course in courses.items() if not course.waiting]:
        done = courses.pop(course_id)
        yield from _course_readings(kind, course_id, done, rosters.get(course_id), partial=partial)
        desk.progress.step(f"{kind} {course_id}")


def _course_readings(
    kind: Kind, course_id: int, course: _Course[_Record], roster: Roster | None, *, partial: bool
) -> Iterator[Reading]:
    failed = list(course.unread.values())
    if len(failed) == course.asked > 1 and len({error.code for error in failed}) == 1:
        # Nothing could be read, always for the same reason: that is one thing to tell, not forty.
        yield from told(failed[0], kind=kind, course_id=course_id)
        return
    yield from _problems(kind, course_id, course)
    yield _part(kind, course_id, course, roster, partial=partial)


def _params(ids: Sequence[int], since_s: int, before_s: int = 0) -> Params:
    params: dict[str, Sequence[int] | int] = {"assignmentids": ids}
    if since_s:
        params["since"] = since_s
    if before_s:
        params["before"] = before_s
    return params


@dataclass(frozen=True, slots=True)
class _Answered(Generic[_Record]):
    records: tuple[_Record, ...]
    broken: Mapping[int, BadAnswer]
    denied: frozenset[int]


def _answered(question: _Question[_Record], answer: JsonValue, course_of: Mapping[int, int]) -> _Answered[_Record]:
    """Read an answer, and which of the assignments it was asked for it leaves out or cannot tell whole.

    An assignment without rows is listed with none, or named in a warning; one that is not mentioned at all was not
    read, and must not be taken for one whose rows are gone.
    """
    sifted = question.read(answer, course_of=course_of)
    warnings = payloads.warned(answer, function=question.function)
    mentioned = sifted.parents | {warning.item_id for warning in warnings}
    unmentioned = {
        one: BadAnswer("says nothing of an assignment", function=question.function)
        for one in course_of.keys() - mentioned
    }
    denied = frozenset(warning.item_id for warning in warnings if warning.code in _NO_ACCESS)
    return _Answered(sifted.records, {**unmentioned, **sifted.broken}, denied & course_of.keys())


def _sort(answer: _Answered[_Record], course_of: Mapping[int, int], courses: Mapping[int, _Course[_Record]]) -> None:
    """Put an answer's rows to their courses, and note assignments that are denied or broken."""
    for assignment_id in answer.denied:
        courses[course_of[assignment_id]].denied.add(assignment_id)
    for assignment_id, error in answer.broken.items():
        courses[course_of[assignment_id]].unread[assignment_id] = error
    for record in answer.records:
        courses[record.course_id].records.append(record)


def _sort_in_windows(
    desk: Desk,
    question: _Question[_Record],
    assignment_id: int,
    course_of: Mapping[int, int],
    courses: Mapping[int, _Course[_Record]],
    *,
    since_s: int,
) -> None:
    """Read one assignment whose answer is too large in windows of time, halved until each fits."""
    course = courses[course_of[assignment_id]]
    waiting = [(since_s, _LATEST_S)]
    while waiting:
        start, end = waiting.pop()
        try:
            answer = desk.call(
                question.function,
                _params((assignment_id,), start, end),
                lambda answer: _answered(question, answer, {assignment_id: course_of[assignment_id]}),
                without=question.without,
            )
        except AnswerTooLarge as err:
            if start == end:
                course.unread[assignment_id] = err
                continue
            middle = (start + end) // 2
            waiting += [(middle + 1, end), (start, middle)]
        except LmsError as err:
            course.unread[assignment_id] = err
        else:
            course.unread |= answer.broken
            course.records += answer.records


def _problems(kind: Kind, course_id: int, course: _Course[_Record]) -> Iterator[Problem]:
    for assignment_id, error in course.unread.items():
        yield Problem.of(error, kind=kind, course_id=course_id, facts={"assignment_id": assignment_id})
    for assignment_id in sorted(course.denied):
        code = ProblemCode.ACTIVITY_NOT_ACCESSIBLE
        yield Problem(course_id=course_id, kind=kind, code=code, facts={"assignment_id": assignment_id})


def _part(kind: Kind, course_id: int, course: _Course[_Record], roster: Roster | None, *, partial: bool) -> Part:
    if partial or roster is None or not roster.complete:
        return Part(kind=kind, course_id=course_id, coverage=Coverage.PARTIAL, records=tuple(course.records))
    return Part(
        kind=kind,
        course_id=course_id,
        coverage=Coverage.WHOLE,
        records=tuple(course.records),
        sight=roster.sight("user_id", with_nobody=True),
        hidden=(Reach("assignment_id", frozenset(course.denied)),),
        unread=(Reach("assignment_id", frozenset(course.unread)),),
    )
