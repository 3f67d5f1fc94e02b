"""The course itself and its activities."""

from __future__ import annotations

import re

from lms_sync.errors import FileFault, FileRefused
from lms_sync.files.archives import Member
from lms_sync.files.backup.elements import Element, load, read_rows
from lms_sync.files.backup.shelf import Shelf
from lms_sync.payloads.base import RowSchema
from lms_sync.payloads.fields import Flag, Id, Instant, Name, Text
from lms_sync.records import Activity, ActivityCompletion, Course, Kind

__all__ = ["activities", "read_completion", "read_course", "read_instance", "read_module"]

_HEAD = 4_096
_ACTIVITY = re.compile(rb'<activity id="(\d{1,18})" moduleid="(\d{1,18})"')


class _CourseSchema(RowSchema):
    id = Id(required=True)
    shortname = Text(required=True)
    fullname = Name(required=True)
    idnumber = Text()
    visible = Flag(load_default=True)
    startdate = Instant()
    enddate = Instant()
    timemodified = Instant()


class _CategorySchema(RowSchema):
    id = Id(load_default=0)


class _ModuleSchema(RowSchema):
    id = Id(required=True)
    visible = Flag(load_default=True)


class _CompletionSchema(RowSchema):
    userid = Id(required=True)
    completionstate = Id(load_default=0)
    overrideby = Id(load_default=0)
    timemodified = Instant()


_COURSE, _CATEGORY, _MODULE, _COMPLETION = _CourseSchema(), _CategorySchema(), _ModuleSchema(), _CompletionSchema()
_COURSE_VALUES = ("shortname", "fullname", "idnumber", "visible", "startdate", "enddate", "timemodified")


def read_course(member: Member, shelf: Shelf) -> None:
    """``course/course.xml``."""
    category: list[int] = []

    def take(element: Element) -> None:
        if element.name == "course/category":
            category.append(load(_CATEGORY, element)["id"])
            return
        row = load(_COURSE, element)
        record = Course(
            course_id=shelf.course_id,
            category_id=category[0] if category else 0,
            short_name=row["shortname"],
            full_name=row["fullname"],
            idnumber=row["idnumber"],
            visible=row["visible"],
            starts_at=row["startdate"],
            ends_at=row["enddate"],
            modified_at=row["timemodified"],
        )
        shelf.put(Kind.COURSE, record)

    read_rows(member, {"/course": _COURSE_VALUES, "course/category": ()}, take)


def read_module(member: Member, shelf: Shelf) -> None:
    """``activities/*/module.xml``: whether an activity is shown."""

    def take(element: Element) -> None:
        row = load(_MODULE, element)
        shelf.count()
        shelf.visible[row["id"]] = row["visible"]

    read_rows(member, {"/module": ("visible",)}, take)


def read_instance(member: Member, shelf: Shelf) -> None:
    """The file of an activity of any kind: its first line has the instance's id, and no more is read."""
    found = _ACTIVITY.search(member.read(_HEAD))
    if found is None:
        raise FileRefused(FileFault.BAD_RECORD, "no activity", member=member.name, facts={"path": "activity"})
    shelf.count()
    shelf.instances[int(found[2])] = int(found[1])


def read_completion(member: Member, shelf: Shelf, course_module_id: int) -> None:
    """``activities/*/completion.xml``: who has done with the activity."""

    def take(element: Element) -> None:
        row = load(_COMPLETION, element)
        state = row["completionstate"]
        record = ActivityCompletion(
            course_id=shelf.course_id,
            course_module_id=course_module_id,
            user_id=row["userid"],
            state=state,
            completed_at=row["timemodified"] if state else None,
            overridden=bool(row["overrideby"]),
        )
        shelf.put(Kind.ACTIVITY_COMPLETION, record)

    values = ("userid", "completionstate", "overrideby", "timemodified")
    read_rows(member, {"completions/completion": values}, take)


def activities(shelf: Shelf) -> list[Activity]:
    """What the course's page lists, once all files have passed by; those whose file is missing are left out."""
    return [
        Activity(
            course_module_id=course_module_id,
            course_id=shelf.course_id,
            module=module,
            instance_id=shelf.instances[course_module_id],
            name=name,
            visible=shelf.visible.get(course_module_id, True),
            url=f"{shelf.cover.site_url}/mod/{module}/view.php?id={course_module_id}",
        )
        for course_module_id, (module, name) in shelf.cover.activities.items()
        if course_module_id in shelf.instances
    ]
