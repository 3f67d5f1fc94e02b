"""What one person has done with in one course."""

from __future__ import annotations

from marshmallow import fields

from lms_sync.client.answers import JsonValue
from lms_sync.client.functions import Function
from lms_sync.payloads.base import Row, RowSchema, child, distinct, load_row, load_rows
from lms_sync.payloads.fields import Flag, Id, Instant
from lms_sync.records import ActivityCompletion, CourseCompletion

__all__ = ["activity_completion", "course_completion"]


class _StatusSchema(RowSchema):
    cmid = Id(required=True)
    state = Id(required=True)
    timecompleted = Instant()
    # Who set it by hand; null where nobody did.
    overrideby = Id(load_default=0)
    hascompletion = Flag(load_default=True)
    # False for somebody whose completion Moodle does not follow: a teacher, or a person who left.
    istrackeduser = Flag(load_default=True)


class _WholeSchema(RowSchema):
    completed = Flag(required=True)


class _CourseSchema(RowSchema):
    completionstatus = fields.Nested(_WholeSchema, required=True)


_STATUS, _COURSE = _StatusSchema(), _CourseSchema()


def activity_completion(answer: JsonValue, *, course_id: int, user_id: int) -> list[ActivityCompletion] | None:
    """Read ``core_completion_get_activities_completion_status``; None for somebody who is not followed there."""
    function = Function.ACTIVITY_COMPLETION
    rows = load_rows(_STATUS, child(answer, "statuses", function=function), function=function, path="statuses")
    if any(not row["istrackeduser"] for row in rows):
        return None
    return distinct(_activity(row, course_id, user_id) for row in rows if row["hascompletion"])


def _activity(row: Row, course_id: int, user_id: int) -> ActivityCompletion:
    return ActivityCompletion(
        course_id=course_id,
        course_module_id=row["cmid"],
        user_id=user_id,
        state=row["state"],
        completed_at=row["timecompleted"] if row["state"] else None,
        overridden=row["overrideby"] > 0,
    )


def course_completion(answer: JsonValue, *, course_id: int, user_id: int) -> CourseCompletion:
    """Read ``core_completion_get_course_completion_status``."""
    row = load_row(_COURSE, answer, function=Function.COURSE_COMPLETION)
    return CourseCompletion(course_id, user_id, completed=row["completionstatus"]["completed"])
