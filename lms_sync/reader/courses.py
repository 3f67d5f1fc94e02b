"""Which courses there are: categories, the courses in them, and what each course page lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lms_sync import payloads
from lms_sync.client import Call, Function, Params
from lms_sync.client.answers import JsonValue
from lms_sync.errors import BadAnswer, LmsError, MissingFunction, NotFound
from lms_sync.payloads import CourseRow
from lms_sync.plan import Coverage, Part
from lms_sync.reader.desk import Desk, Reading, told
from lms_sync.reader.report import Problem, ProblemCode, Scope
from lms_sync.records import Category, Course, Kind

__all__ = ["COURSE_KINDS", "read_activities", "read_categories", "read_courses"]

_IDS_A_CALL = 50

_OF_THE_SITE = frozenset({Kind.CATEGORY, Kind.COURSE, Kind.USER, Kind.COHORT, Kind.COHORT_MEMBER, Kind.SCALE})

COURSE_KINDS: tuple[Kind, ...] = tuple(kind for kind in Kind if kind not in _OF_THE_SITE)
"""Kinds whose records belong to one course."""


def read_categories(desk: Desk, scope: Scope, found: list[Category]) -> Iterator[Reading]:
    """Read the scope's categories with their subcategories; they are also added to ``found``."""
    criteria: list[tuple[str, str | int]] = [("id", category_id) for category_id in scope.category_ids]
    criteria += [("idnumber", idnumber) for idnumber in scope.category_idnumbers]
    for key, value in criteria:
        try:
            answered = desk.call(Function.CATEGORIES, {"criteria": [{"key": key, "value": value}]}, payloads.categories)
        except LmsError as err:
            yield Problem.of(err, kind=Kind.CATEGORY, facts={"category": value})
            continue
        if not answered:
            code = ProblemCode.CATEGORY_UNKNOWN
            yield Problem(course_id=None, kind=Kind.CATEGORY, code=code, facts={"category": value})
        found += answered
    # Partial: a category that is not listed may lie outside what was asked for.
    yield Part(kind=Kind.CATEGORY, course_id=None, coverage=Coverage.PARTIAL, records=tuple(found))
    desk.progress.step(Kind.CATEGORY)


def read_courses(desk: Desk, scope: Scope, categories: Sequence[Category], found: list[Course]) -> Iterator[Reading]:
    """Read the courses of the categories and those asked for by id; the accessible ones are added to ``found``.

    Each course is a part of its own, so that courses outside the scope are not taken for deleted.
    """
    rows: dict[int, CourseRow] = {}
    # A category given by id is asked even where the category list could not be read.
    category_ids = dict.fromkeys([*scope.category_ids, *(category.category_id for category in categories)])
    for category_id in category_ids:
        try:
            rows |= _courses_of(desk, category_id)
        except LmsError as err:
            yield Problem.of(err, kind=Kind.COURSE, facts={"category": category_id})
    missing = [course_id for course_id in dict.fromkeys(scope.course_ids) if course_id not in rows]
    yield from _read_by_id(desk, missing, rows)
    for row in rows.values():
        yield from _course(row, found)
    desk.progress.step(Kind.COURSE)


def _courses_of(desk: Desk, category_id: int) -> dict[int, CourseRow]:
    def read(answer: JsonValue) -> list[CourseRow]:
        rows = payloads.courses(answer)
        if any(row.course.category_id != category_id for row in rows):
            raise BadAnswer("courses of another category", function=Function.COURSES_BY_FIELD)
        return rows

    answered = desk.call(Function.COURSES_BY_FIELD, {"field": "category", "value": category_id}, read)
    return {row.course.course_id: row for row in answered}


def _read_by_id(desk: Desk, course_ids: Sequence[int], rows: dict[int, CourseRow]) -> Iterator[Reading]:
    for batch in desk.batches(Function.COURSES_BY_FIELD, course_ids, _by_ids, _read_rows, size=_IDS_A_CALL):
        if isinstance(batch.error, MissingFunction):
            yield Problem.of(batch.error, kind=Kind.COURSE)
            return
        answered = batch.value or {}
        rows |= answered
        for course_id in batch.ids:
            if course_id not in answered:
                yield from _unlisted(desk, course_id, batch.error)


def _read_rows(answer: JsonValue, ids: Sequence[int]) -> dict[int, CourseRow]:
    # One that may not be entered is left out: what is missing is looked into, what was not asked for is not taken.
    return {row.course.course_id: row for row in payloads.courses(answer) if row.course.course_id in ids}


def _by_ids(ids: Sequence[int]) -> Params:
    return {"field": "ids", "value": ",".join(map(str, ids))}


def _unlisted(desk: Desk, course_id: int, error: LmsError | None) -> Iterator[Reading]:
    # A course that is gone makes this call fail inside PHP, without a code that says so; one that may not be entered is
    # left out without a word. Another function tells the two apart: it names a missing record.
    if error is not None and _is_gone(desk, course_id):
        yield Problem(course_id=course_id, kind=Kind.COURSE, code=ProblemCode.COURSE_GONE)
        for kind in (Kind.COURSE, *COURSE_KINDS):
            yield Part(kind=kind, course_id=course_id, coverage=Coverage.WHOLE)
    elif error is not None:
        yield Problem.of(error, kind=Kind.COURSE, course_id=course_id)
    else:
        yield from _not_accessible(course_id)


def _is_gone(desk: Desk, course_id: int) -> bool:
    options: Params = {
        "courseid": course_id,
        "options": [{"name": "userfields", "value": "id,fullname"}, {"name": "limitnumber", "value": 1}],
    }
    try:
        desk.call(Function.ENROLLED_USERS, options, lambda answer: answer)
    except NotFound:
        return True
    except LmsError:
        return False
    return False


def _course(row: CourseRow, found: list[Course]) -> Iterator[Reading]:
    if not row.accessible:
        yield from _not_accessible(row.course.course_id)
        return
    found.append(row.course)
    course_id = row.course.course_id
    yield Part(kind=Kind.COURSE, course_id=course_id, coverage=Coverage.WHOLE, records=(row.course,))


def _not_accessible(course_id: int) -> Iterator[Reading]:
    yield Problem(course_id=course_id, kind=Kind.COURSE, code=ProblemCode.COURSE_NOT_ACCESSIBLE)
    for kind in (Kind.COURSE, *COURSE_KINDS):
        yield Part(kind=kind, course_id=course_id, coverage=Coverage.NOT_VISIBLE)


def read_activities(desk: Desk, courses: Sequence[Course]) -> Iterator[Reading]:
    """Read what each course's page lists."""
    if not desk.offers(Function.COURSE_CONTENTS):
        error = MissingFunction("not in the token's service", function=Function.COURSE_CONTENTS)
        for course in courses:
            yield from told(error, kind=Kind.ACTIVITY, course_id=course.course_id)
        return
    calls = [_contents_call(course.course_id) for course in courses]
    outcomes = desk.map_distinct(calls, _modules_of, step=lambda: desk.progress.step(Kind.ACTIVITY))
    for course, outcome in zip(courses, outcomes, strict=True):
        if outcome.error is not None:
            yield from told(outcome.error, kind=Kind.ACTIVITY, course_id=course.course_id)
        else:
            yield outcome.get()


def _modules_of(part: Part) -> frozenset[int]:
    return frozenset(key for record in part.records for key in record.key)


def _contents_call(course_id: int) -> Call[Part]:
    return Call(
        Function.COURSE_CONTENTS,
        {"courseid": course_id},
        lambda answer: Part(
            kind=Kind.ACTIVITY,
            course_id=course_id,
            coverage=Coverage.WHOLE,
            records=tuple(payloads.activities(answer, course_id=course_id)),
        ),
    )
