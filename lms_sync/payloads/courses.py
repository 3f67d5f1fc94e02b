"""Categories, courses and what a course page lists; the site's description of itself."""

from __future__ import annotations

from dataclasses import dataclass

from marshmallow import fields

from lms_sync.client.answers import JsonValue
from lms_sync.client.functions import Function
from lms_sync.payloads.base import RowSchema, child, distinct, load_row, load_rows
from lms_sync.payloads.fields import Flag, Id, Instant, Name, Text
from lms_sync.records import Activity, Category, Course, Site

__all__ = ["CourseRow", "Warned", "activities", "categories", "courses", "site", "warned"]


class _FunctionSchema(RowSchema):
    name = Text(required=True)


class _SiteSchema(RowSchema):
    sitename = Name(required=True)
    release = Text()
    userid = Id(required=True)
    username = Text(required=True)
    lang = Text()
    functions = fields.List(fields.Nested(_FunctionSchema), required=True)


class _CategorySchema(RowSchema):
    id = Id(required=True)
    parent = Id(required=True)
    name = Name(required=True)
    idnumber = Text()


class _CourseSchema(RowSchema):
    id = Id(required=True)
    categoryid = Id(required=True)
    shortname = Name(required=True)
    fullname = Name(required=True)
    idnumber = Text()
    visible = Flag(load_default=None)
    startdate = Instant()
    enddate = Instant()
    timemodified = Instant()


class _ModuleSchema(RowSchema):
    id = Id(required=True)
    modname = Text(required=True)
    # A label, or a module that is being deleted, has no page; a subsection's instance may be missing in old releases.
    instance = Id(load_default=0)
    name = Name(required=True)
    visible = Flag(load_default=True)
    url = Text()


class _SectionSchema(RowSchema):
    modules = fields.List(fields.Nested(_ModuleSchema), required=True)


class _WarningSchema(RowSchema):
    item = Text()
    itemid = Id(load_default=0, allow_none=True)
    warningcode = Text()


_SITE, _CATEGORY, _COURSE, _SECTION = _SiteSchema(), _CategorySchema(), _CourseSchema(), _SectionSchema()
_WARNING = _WarningSchema()


@dataclass(frozen=True, slots=True)
class CourseRow:
    """A course, and whether the token may enter it: of others Moodle tells only what its catalogue shows."""

    course: Course
    accessible: bool


@dataclass(frozen=True, slots=True)
class Warned:
    """An entry of an answer's ``warnings``; ``code`` is Moodle's, a digit or a word."""

    item: str
    item_id: int
    code: str


def site(answer: JsonValue, *, url: str) -> Site:
    """Read ``core_webservice_get_site_info``. ``url`` is where we call, which a proxied site may not know itself."""
    row = load_row(_SITE, answer, function=Function.SITE_INFO)
    return Site(
        url=url,
        name=row["sitename"],
        release=row["release"],
        user_id=row["userid"],
        username=row["username"],
        lang=row["lang"],
        functions=frozenset(function["name"] for function in row["functions"]),
    )


def categories(answer: JsonValue) -> list[Category]:
    """Read ``core_course_get_categories``."""
    return distinct(
        Category(category_id=row["id"], parent_id=row["parent"], name=row["name"], idnumber=row["idnumber"])
        for row in load_rows(_CATEGORY, answer, function=Function.CATEGORIES)
    )


def courses(answer: JsonValue) -> list[CourseRow]:
    """Read ``core_course_get_courses_by_field``, the site's own front page (course 1) left out."""
    function = Function.COURSES_BY_FIELD
    rows = load_rows(_COURSE, child(answer, "courses", function=function), function=function, path="courses")
    return [
        CourseRow(
            course=Course(
                course_id=row["id"],
                category_id=row["categoryid"],
                short_name=row["shortname"],
                full_name=row["fullname"],
                idnumber=row["idnumber"],
                visible=row["visible"] is not False,
                starts_at=row["startdate"],
                ends_at=row["enddate"],
                modified_at=row["timemodified"],
            ),
            accessible=row["visible"] is not None,
        )
        for row in rows
        if row["id"] != 1
    ]


def activities(answer: JsonValue, *, course_id: int) -> list[Activity]:
    """Read ``core_course_get_contents``."""
    return distinct(
        Activity(
            course_module_id=row["id"],
            course_id=course_id,
            module=row["modname"],
            instance_id=row["instance"],
            name=row["name"],
            visible=row["visible"],
            url=row["url"],
        )
        for section in load_rows(_SECTION, answer, function=Function.COURSE_CONTENTS)
        for row in section["modules"]
    )


def warned(answer: JsonValue, *, function: str) -> list[Warned]:
    """The ``warnings`` of an answer; none where it has no such key."""
    if not isinstance(answer, dict) or not answer.get("warnings"):
        return []
    return [
        Warned(item=row["item"], item_id=row["itemid"] or 0, code=row["warningcode"])
        for row in load_rows(_WARNING, answer["warnings"], function=function, path="warnings")
    ]
