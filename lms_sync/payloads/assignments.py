"""Assignments, what was handed in, and what graders entered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from marshmallow import fields

from lms_sync.client.answers import JsonValue
from lms_sync.client.functions import Function
from lms_sync.errors import BadAnswer
from lms_sync.payloads.base import Row, RowSchema, Sifted, child, distinct, load_rows, rows_of
from lms_sync.payloads.fields import Exact, Flag, Id, Instant, Mark, Name, Text
from lms_sync.records import Assignment, AssignmentGrade, Submission

__all__ = ["HANDED_IN", "AssignmentSchema", "assignment_grades", "assignment_of", "assignments", "submissions"]

HANDED_IN = frozenset({"plugins"})
"""Keys of a submission that hold what was handed in: most of the answer, and no record keeps it."""

_Record = TypeVar("_Record")


class AssignmentSchema(RowSchema):
    """An assignment's own settings, as a web service and a backup write them alike."""

    id = Id(required=True)
    name = Name(required=True)
    duedate = Instant()
    cutoffdate = Instant()
    # Points where positive, minus the scale's id where negative, no grade at all where 0.
    grade = Exact(required=True)
    teamsubmission = Flag(load_default=False)
    teamsubmissiongroupingid = Id(load_default=0)
    blindmarking = Flag(load_default=False)
    revealidentities = Flag(load_default=False)
    markingworkflow = Flag(load_default=False)
    timemodified = Instant()


class _PlacedSchema(AssignmentSchema):
    cmid = Id(required=True)
    course = Id(required=True)


class _CourseSchema(RowSchema):
    id = Id(required=True)
    assignments = fields.List(fields.Nested(_PlacedSchema), required=True)


class _SubmissionSchema(RowSchema):
    id = Id(required=True)
    userid = Id(required=True)
    groupid = Id(load_default=0)
    attemptnumber = Id(load_default=0)
    status = Text(required=True)
    timecreated = Instant()
    timemodified = Instant()


class _GradeSchema(RowSchema):
    id = Id(required=True)
    userid = Id(required=True)
    attemptnumber = Id(load_default=0)
    grader = Id(load_default=0, allow_none=True)
    grade = Mark(required=True)
    timecreated = Instant()
    timemodified = Instant()


class _AssignmentIdSchema(RowSchema):
    assignmentid = Id(required=True)


_COURSE, _SUBMISSION, _GRADE, _OUTER = (
    _CourseSchema(),
    _SubmissionSchema(),
    _GradeSchema(),
    _AssignmentIdSchema(),
)


def assignments(answer: JsonValue) -> dict[int, list[Assignment]]:
    """Read ``mod_assign_get_assignments``: assignments by course id; a course without any is there with none."""
    function = Function.ASSIGNMENTS
    rows = load_rows(_COURSE, child(answer, "courses", function=function), function=function, path="courses")
    return {row["id"]: distinct(_placed(inner) for inner in row["assignments"]) for row in rows}


def _placed(row: Row) -> Assignment:
    return assignment_of(row, course_module_id=row["cmid"], course_id=row["course"])


def assignment_of(row: Row, *, course_module_id: int, course_id: int) -> Assignment:
    """The record of a row loaded by :class:`AssignmentSchema`, in its place."""
    grade = row["grade"]
    return Assignment(
        assignment_id=row["id"],
        course_module_id=course_module_id,
        course_id=course_id,
        name=row["name"],
        due_at=row["duedate"],
        cutoff_at=row["cutoffdate"],
        grade_max=grade if grade > 0 else None,
        scale_id=int(-grade) if grade < 0 else None,
        team_submission=row["teamsubmission"],
        team_grouping_id=row["teamsubmissiongroupingid"],
        blind_marking=row["blindmarking"],
        identities_revealed=row["revealidentities"],
        marking_workflow=row["markingworkflow"],
        modified_at=row["timemodified"],
    )


def submissions(answer: JsonValue, *, course_of: Mapping[int, int]) -> Sifted[Submission]:
    """Read ``mod_assign_get_submissions``.

    Parameters
    ----------
    course_of
        The course of each assignment that was asked for; others in the answer are ignored.
    """
    return _sifted(answer, "submissions", _submissions, course_of, function=Function.SUBMISSIONS)


def assignment_grades(answer: JsonValue, *, course_of: Mapping[int, int]) -> Sifted[AssignmentGrade]:
    """Read ``mod_assign_get_grades``; as :func:`submissions`."""
    return _sifted(answer, "grades", _grades, course_of, function=Function.ASSIGNMENT_GRADES)


_Reader = Callable[[JsonValue, int, int, str], list[_Record]]


def _sifted(
    answer: JsonValue, key: str, read: _Reader[_Record], course_of: Mapping[int, int], *, function: str
) -> Sifted[_Record]:
    rows = rows_of(child(answer, "assignments", function=function), function=function, path="assignments")
    found: list[_Record] = []
    broken: dict[int, BadAnswer] = {}
    outer = [row["assignmentid"] for row in load_rows(_OUTER, rows, function=function, path="assignments")]
    for index, (assignment_id, raw) in enumerate(zip(outer, rows, strict=True)):
        path = f"assignments[{index}]"
        if assignment_id not in course_of:
            continue
        try:
            inner = child(raw, key, function=function, path=path)
            found += read(inner, assignment_id, course_of[assignment_id], f"{path}.{key}")
        except BadAnswer as err:
            broken[assignment_id] = err
    return Sifted(tuple(found), frozenset(outer), broken)


def _submissions(rows: JsonValue, assignment_id: int, course_id: int, path: str) -> list[Submission]:
    return [
        Submission(
            submission_id=row["id"],
            course_id=course_id,
            assignment_id=assignment_id,
            user_id=row["userid"],
            group_id=row["groupid"],
            attempt_number=row["attemptnumber"],
            status=row["status"],
            created_at=row["timecreated"],
            modified_at=row["timemodified"],
        )
        for row in load_rows(_SUBMISSION, rows, function=Function.SUBMISSIONS, path=path)
    ]


def _grades(rows: JsonValue, assignment_id: int, course_id: int, path: str) -> list[AssignmentGrade]:
    return [
        AssignmentGrade(
            grade_id=row["id"],
            course_id=course_id,
            assignment_id=assignment_id,
            user_id=row["userid"],
            attempt_number=row["attemptnumber"],
            grader_id=row["grader"] or 0,
            grade=row["grade"],
            created_at=row["timecreated"],
            modified_at=row["timemodified"],
        )
        for row in load_rows(_GRADE, rows, function=Function.ASSIGNMENT_GRADES, path=path)
    ]
