"""Categories and courses."""

from collections.abc import Callable
from typing import TypeAlias

from bridge.demo.calls import Args, Call, declare, in_name_order
from bridge.demo.errors import InvalidParameter, MoodleError, NotAccessible, PhpError
from bridge.demo.functions.users import CONTACT_ROLE
from bridge.demo.shapes import (
    ALPHA,
    ALPHANUMEXT,
    BOOL,
    CUSTOM_FIELDS,
    FILES,
    INT,
    NOTAGS,
    RAW,
    TEXT,
    WARNINGS,
    Json,
    Multiple,
    Shape,
    Single,
)
from bridge.demo.tables import Category, Course

__all__ = ["FUNCTIONS"]

_SITE_COURSE = 1
_FORMAT_OPTIONS = (("hiddensections", 1), ("coursedisplay", 0), ("indentation", "1"))
_FILTERS = ("displayh5p", "activitynames", "mathjaxloader", "emoticon", "urltolink", "mediaplugin")

# ---------------------------------------------------------------- categories

_CATEGORY = Single(
    {
        "id": INT,
        "name": RAW,
        "idnumber": RAW.optional(),
        "description": RAW,
        "descriptionformat": INT,
        "parent": INT,
        "sortorder": INT,
        "coursecount": INT,
        "visible": INT.optional(),
        "visibleold": INT.optional(),
        "timemodified": INT.optional(),
        "depth": INT,
        "path": TEXT,
        "theme": NOTAGS.optional(),
    }
)

_Test: TypeAlias = Callable[[Category, str], bool]
_CRITERIA: dict[str, _Test] = {
    "id": lambda category, value: str(category.id) == value,
    "ids": lambda category, value: str(category.id) in value.split(","),
    "idnumber": lambda category, value: category.idnumber == value,
    "name": lambda category, value: category.name == value,
    "parent": lambda category, value: str(category.parent) == value,
    "visible": lambda category, value: str(category.visible) == value,
    "theme": lambda _category, value: value == "",
}
_FOR_MANAGERS = {"idnumber": "moodle/category:manage", "visible": "moodle/category:viewhiddencategories"}


def _criterion(call: Call, key: str) -> _Test:
    if key not in _CRITERIA or (key in _FOR_MANAGERS and not call.can(_FOR_MANAGERS[key])):
        raise MoodleError("criteriaerror", "Missing permissions to search on a criteria.")
    return _CRITERIA[key]


def _chosen(call: Call, args: Args) -> list[Category]:
    rows = list(call.tables.categories.values())
    for criterion in args["criteria"]:
        test = _criterion(call, criterion["key"].strip())
        rows = [row for row in rows if test(row, criterion["value"])]
    if args["criteria"] and args["addsubcategories"]:
        roots = tuple(f"{row.path}/" for row in rows)
        below = [row for row in call.tables.categories.values() if row.path.startswith(roots)] if roots else []
        rows += [row for row in below if row not in rows]
    return rows


def _category(call: Call, row: Category) -> Json:
    fields = {
        "id": row.id,
        "name": call.string(row.name),
        "description": call.text(row.description, row.descriptionformat),
        "descriptionformat": 1,
        "parent": row.parent,
        "sortorder": row.sortorder,
        "coursecount": sum(course.category == row.id for course in call.tables.courses.values()),
        "depth": row.depth,
        "path": row.path,
    }
    if call.can("moodle/category:manage"):
        fields |= {
            "idnumber": row.idnumber,
            "visible": row.visible,
            "visibleold": row.visible,
            "timemodified": row.timemodified,
            "theme": "",
        }
    return fields


@declare(
    "core_course_get_categories",
    {
        "criteria": Multiple(Single({"key": ALPHA, "value": RAW})).or_else([]),
        "addsubcategories": BOOL.or_else(default=True),
    },
    Multiple(_CATEGORY),
)
def get_categories(call: Call, args: Args) -> Json:
    """List categories: all of them, or those that meet every criterion with what lies below them."""
    seen = [row for row in _chosen(call, args) if row.visible or call.can("moodle/category:viewhiddencategories")]
    return [_category(call, row) for row in sorted(seen, key=lambda row: row.sortorder)]


# ---------------------------------------------------------------- courses

_COURSE: dict[str, Shape] = {
    "id": INT,
    "fullname": RAW,
    "displayname": RAW,
    "shortname": RAW,
    "courseimage": RAW.optional(),
    "categoryid": INT,
    "categoryname": RAW,
    "sortorder": INT.optional(),
    "summary": RAW,
    "summaryformat": INT,
    "summaryfiles": FILES.optional(),
    "overviewfiles": FILES,
    "showactivitydates": BOOL,
    "showcompletionconditions": BOOL,
    "contacts": Multiple(Single({"id": INT, "fullname": NOTAGS})),
    "enrollmentmethods": Multiple(NOTAGS),
    "customfields": CUSTOM_FIELDS,
    "idnumber": RAW.optional(),
    "format": NOTAGS.optional(),
    "showgrades": INT.optional(),
    "newsitems": INT.optional(),
    "startdate": INT.optional(),
    "enddate": INT.optional(),
    "maxbytes": INT.optional(),
    "showreports": INT.optional(),
    "visible": INT.optional(),
    "groupmode": INT.optional(),
    "groupmodeforce": INT.optional(),
    "defaultgroupingid": INT.optional(),
    "enablecompletion": INT.optional(),
    "completionnotify": INT.optional(),
    "lang": RAW.optional(),
    "theme": RAW.optional(),
    "marker": INT.optional(),
    "legacyfiles": INT.optional(),
    "calendartype": NOTAGS.optional(),
    "timecreated": INT.optional(),
    "timemodified": INT.optional(),
    "requested": INT.optional(),
    "cacherev": INT.optional(),
    "filters": Multiple(Single({"filter": NOTAGS, "localstate": INT, "inheritedstate": INT})).optional(),
    "courseformatoptions": Multiple(Single({"name": RAW, "value": RAW})).optional(),
    "communicationroomname": TEXT.optional(),
    "communicationroomurl": RAW.optional(),
}


def _contacts(call: Call, course: Course) -> list[Json]:
    roles = call.role_names(course.id)
    teachers = [
        call.tables.users[userid]
        for userid, names in roles.items()
        if CONTACT_ROLE in names and (course.id, userid) in call.tables.enrolments
    ]
    return [{"id": user.id, "fullname": user.fullname} for user in in_name_order(teachers)]


def _public(call: Call, course: Course) -> dict[str, Json]:
    category = call.tables.categories.get(course.category)
    return {
        "id": course.id,
        "fullname": call.string(course.fullname),
        "displayname": call.string(course.fullname),
        "shortname": call.string(course.shortname),
        "courseimage": f"{call.tables.site.url}/pluginfile.php/{course.contextid}/course/generated/course.svg",
        "categoryid": course.category,
        "categoryname": call.string(category.name) if category else "",
        "sortorder": course.sortorder,
        "summary": call.text(course.summary),
        "summaryformat": 1,
        "summaryfiles": [],
        "overviewfiles": [],
        "showactivitydates": False,
        "showcompletionconditions": True,
        "contacts": _contacts(call, course),
        "enrollmentmethods": list(course.enrolmethods),
    }


def _inside(course: Course) -> dict[str, Json]:
    return {
        "format": course.format,
        "showgrades": 1,
        "newsitems": 0,
        "startdate": course.startdate,
        "enddate": course.enddate,
        "maxbytes": 0,
        "showreports": 0,
        "visible": course.visible,
        "groupmode": course.groupmode,
        "groupmodeforce": 0,
        "defaultgroupingid": 0,
        "enablecompletion": course.enablecompletion,
        "completionnotify": 0,
        "lang": "",
        "theme": "",
        "marker": 0,
        "filters": [{"filter": name, "localstate": 0, "inheritedstate": 1} for name in _FILTERS],
        "courseformatoptions": [{"name": name, "value": value} for name, value in _FORMAT_OPTIONS],
    }


def _for_managers(course: Course) -> dict[str, Json]:
    return {
        "idnumber": course.idnumber,
        "legacyfiles": 0,
        "calendartype": "",
        "timecreated": course.timecreated,
        "timemodified": course.timemodified,
        "requested": 0,
        "cacherev": course.cacherev,
    }


def _course(call: Call, course: Course) -> dict[str, Json]:
    fields = _public(call, course)
    if call.may_enter(course):
        fields |= _inside(course)
        if call.can("moodle/course:update"):
            fields |= _for_managers(course)
    return fields


def _by_ids(call: Call, value: str) -> list[Course]:
    found = [call.tables.courses.get(int(each)) for each in value.split(",") if each.strip().isdigit()]
    if any(course is None for course in found):
        # Moodle 4.5 trips over its own bookkeeping here; see `courses_by_ids_one_missing`.
        raise PhpError('Attempt to assign property "contextvalidated" on null')
    return [course for course in found if course is not None]


_FIELDS: dict[str, Callable[[Course], str]] = {
    "id": lambda course: str(course.id),
    "category": lambda course: str(course.category),
    "shortname": lambda course: course.shortname,
    "idnumber": lambda course: course.idnumber,
}


@declare(
    "core_course_get_courses_by_field",
    {"field": ALPHA.or_else(""), "value": RAW.or_else("")},
    Single({"courses": Multiple(Single(_COURSE)), "warnings": WARNINGS}),
)
def get_courses_by_field(call: Call, args: Args) -> Json:
    """Find courses; one that is closed to the account shows only what the site's front page would."""
    field, value = args["field"], args["value"]
    if field == "ids":
        rows = _by_ids(call, value)
    elif not field:
        rows = list(call.tables.courses.values())
    elif field in _FIELDS:
        rows = [course for course in call.tables.courses.values() if _FIELDS[field](course) == value]
    else:
        raise InvalidParameter("Invalid field name")
    hidden = call.can("moodle/course:viewhiddencourses", "moodle/course:update")
    seen = [course for course in rows if course.visible or hidden]
    return {"courses": [_course(call, course) for course in seen], "warnings": []}


def _site_course(call: Call) -> Course:
    return Course(_SITE_COURSE, 0, call.tables.site.name, call.tables.site.name, format="site", sortorder=1)


_WHOLE: dict[str, Shape] = {
    "id": INT,
    "shortname": RAW,
    "categoryid": INT,
    "categorysortorder": INT.optional(),
    "fullname": RAW,
    "displayname": RAW,
    "idnumber": RAW.optional(),
    "summary": RAW,
    "summaryformat": INT,
    "format": NOTAGS,
    "showgrades": INT.optional(),
    "newsitems": INT.optional(),
    "startdate": INT,
    "enddate": INT,
    "numsections": INT.optional(),
    "maxbytes": INT.optional(),
    "showreports": INT.optional(),
    "visible": INT.optional(),
    "hiddensections": INT.optional(),
    "groupmode": INT.optional(),
    "groupmodeforce": INT.optional(),
    "defaultgroupingid": INT.optional(),
    "timecreated": INT.optional(),
    "timemodified": INT.optional(),
    "enablecompletion": INT.optional(),
    "completionnotify": INT.optional(),
    "lang": RAW.optional(),
    "forcetheme": RAW.optional(),
    "courseformatoptions": Multiple(Single({"name": ALPHANUMEXT, "value": RAW})).optional(),
    "showactivitydates": BOOL,
    "showcompletionconditions": BOOL,
    "customfields": CUSTOM_FIELDS,
}


@declare(
    "core_course_get_courses",
    {"options": Single({"ids": Multiple(INT).optional()}).or_else({})},
    Multiple(Single(_WHOLE)),
)
def get_courses(call: Call, args: Args) -> Json:
    """List courses, the site's own among them; the first one that is closed to the account ends the call."""
    ids = args["options"].get("ids")
    rows = [_site_course(call), *call.tables.courses.values()]
    answer = []
    for course in rows if ids is None else [course for course in rows if course.id in ids]:
        if course.id != _SITE_COURSE:
            _enter_or_end(call, course)
        fields = _public(call, course) | _inside(course)
        if call.can("moodle/course:update"):
            fields |= _for_managers(course)
        answer.append(fields | {"categorysortorder": course.sortorder, "forcetheme": "", "hiddensections": 1})
    return answer


def _enter_or_end(call: Call, course: Course) -> None:
    if not call.may_enter(course):
        raise MoodleError(
            "errorcoursecontextnotvalid",
            f"You cannot execute functions in the course context (course id:{course.id}). "
            f"The context error message was: {NotAccessible().message}",
        )


FUNCTIONS = (get_categories, get_courses_by_field, get_courses)
