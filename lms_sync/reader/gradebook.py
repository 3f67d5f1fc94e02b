"""The gradebook: the published truth about marks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lms_sync import payloads
from lms_sync.client import Call, Function
from lms_sync.client.answers import JsonValue
from lms_sync.errors import BadAnswer, LmsError, MissingFunction, RemoteException
from lms_sync.payloads import EnrolledUser, Gradebook
from lms_sync.plan import Coverage, Part, Reach
from lms_sync.reader.desk import Desk, Reading, told
from lms_sync.reader.people import Roster
from lms_sync.reader.report import Problem
from lms_sync.records import Assignment, GradeItem, Kind

__all__ = ["read_gradebooks"]

_GRADED_ROLE = "student"
_KINDS = (Kind.GRADE_ITEM, Kind.GRADEBOOK_GRADE)


@dataclass(frozen=True, slots=True)
class _Course:
    course_id: int
    scale_modules: frozenset[int]

    def read(self, answer: JsonValue) -> Gradebook:
        return payloads.gradebook(answer, course_id=self.course_id, scale_modules=self.scale_modules)

    def call(self, user_id: int | None = None) -> Call[Gradebook]:
        params = {"courseid": self.course_id}
        if user_id is not None:
            params["userid"] = user_id
        return Call(Function.GRADEBOOK, params, self.read, payloads.UNUSED_CELLS)


def read_gradebooks(
    desk: Desk,
    course_ids: Sequence[int],
    assignments: Mapping[int, Sequence[Assignment]],
    rosters: Mapping[int, Roster],
) -> Iterator[Reading]:
    """Read the whole gradebook of each course, one call a course.

    Where Moodle cannot give a course's as a whole, because one person's row breaks its own rules, people are asked for
    one by one and the one is left out.
    """
    courses = [_course(course_id, assignments.get(course_id, ())) for course_id in course_ids]
    if not desk.offers(Function.GRADEBOOK):
        error = MissingFunction("not in the token's service", function=Function.GRADEBOOK)
        for course in courses:
            yield from _told(error, course.course_id)
        return
    for course, outcome in zip(courses, desk.map(course.call() for course in courses), strict=True):
        if outcome.error is None:
            yield from _parts(course, outcome.get(), {})
        elif isinstance(outcome.error, (RemoteException, BadAnswer)) and rosters[course.course_id].people:
            yield from _read_one_by_one(desk, course, rosters[course.course_id], outcome.error)
        else:
            yield from _told(outcome.error, course.course_id)
        desk.progress.step(f"{Kind.GRADEBOOK_GRADE} {course.course_id}")


def _course(course_id: int, assignments: Sequence[Assignment]) -> _Course:
    scaled = frozenset(one.course_module_id for one in assignments if one.scale_id is not None)
    return _Course(course_id, scaled)


def _told(error: LmsError, course_id: int) -> Iterator[Reading]:
    for kind in _KINDS:
        yield from told(error, kind=kind, course_id=course_id)


def _read_one_by_one(desk: Desk, course: _Course, roster: Roster, whole_error: LmsError) -> Iterator[Reading]:
    user_ids = sorted(roster.active)
    unread: dict[int, LmsError] = {}
    books: list[Gradebook] = []
    for user_id, outcome in zip(user_ids, desk.map(course.call(user_id) for user_id in user_ids), strict=True):
        if outcome.error is not None:
            unread[user_id] = outcome.error
        elif _is_graded(outcome.get(), roster.people[user_id]):
            books.append(outcome.get())
    if not books:
        # Nobody could be read: it is the course's matter, not one person's.
        yield from _told(whole_error, course.course_id)
        return
    yield from _parts(course, _merged(books), unread)


def _is_graded(book: Gradebook, person: EnrolledUser) -> bool:
    # Asked for one person Moodle answers of anybody, with empty cells for teachers and mentors; in the whole
    # gradebook only those with a graded role are listed, whom nothing but their role tells from them.
    return _GRADED_ROLE in person.roles or any(grade.grade is not None for grade in book.grades)


def _merged(books: Sequence[Gradebook]) -> Gradebook:
    items: dict[int, GradeItem] = {}
    for item in (item for book in books for item in book.items):
        known = items.get(item.item_id)
        items[item.item_id] = item if known is None else payloads.widest(known, item)
    return Gradebook(
        items=tuple(items.values()),
        grades=tuple(grade for book in books for grade in book.grades),
        user_ids=frozenset(user_id for book in books for user_id in book.user_ids),
        broken={user_id: error for book in books for user_id, error in book.broken.items()},
    )


def _parts(course: _Course, book: Gradebook, unread: Mapping[int, LmsError]) -> Iterator[Reading]:
    course_id = course.course_id
    failed: dict[int, LmsError] = {**unread, **book.broken}
    for user_id, error in failed.items():
        yield Problem.of(error, kind=Kind.GRADEBOOK_GRADE, course_id=course_id, facts={"user_id": user_id})
    # Columns are only known from people's rows: a course without people tells of none.
    coverage = Coverage.WHOLE if book.items else Coverage.PARTIAL
    yield Part(kind=Kind.GRADE_ITEM, course_id=course_id, coverage=coverage, records=book.items)
    yield Part(
        kind=Kind.GRADEBOOK_GRADE,
        course_id=course_id,
        coverage=Coverage.WHOLE,
        records=book.grades,
        sight=(Reach("user_id", book.user_ids),),
        unread=(Reach("user_id", frozenset(failed)),),
    )
