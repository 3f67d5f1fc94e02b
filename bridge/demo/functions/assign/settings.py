"""What each assignment of a course is set to."""

from bridge.demo.calls import Args, Call, declare
from bridge.demo.errors import MissingRecord, NotAccessible
from bridge.demo.shapes import BOOL, FILES, INT, RAW, TEXT, WARNINGS, Json, Multiple, Shape, Single
from bridge.demo.tables import Assign, Course

__all__ = ["FUNCTIONS"]

_NUMBERS = (
    "nosubmissions",
    "submissiondrafts",
    "sendnotifications",
    "sendlatenotifications",
    "sendstudentnotifications",
    "duedate",
    "allowsubmissionsfromdate",
    "grade",
    "timemodified",
    "completionsubmit",
    "cutoffdate",
    "gradingduedate",
    "teamsubmission",
    "requireallteammemberssubmit",
    "teamsubmissiongroupingid",
    "blindmarking",
    "hidegrader",
    "revealidentities",
)
_FIXED: dict[str, int] = {
    "sendnotifications": 0,
    "sendlatenotifications": 0,
    "sendstudentnotifications": 1,
    "hidegrader": 0,
    "markingallocation": 0,
    "markinganonymous": 0,
    "requiresubmissionstatement": 0,
    "preventsubmissionnotingroup": 0,
    "timelimit": 0,
    "submissionattachments": 0,
}
_ASSIGN: dict[str, Shape] = {
    "id": INT,
    "cmid": INT,
    "course": INT,
    "name": RAW,
    **dict.fromkeys(_NUMBERS, INT),
    "attemptreopenmethod": TEXT,
    "maxattempts": INT,
    "markingworkflow": INT,
    "markingallocation": INT,
    "markinganonymous": INT,
    "requiresubmissionstatement": INT,
    "preventsubmissionnotingroup": INT.optional(),
    "submissionstatement": RAW.optional(),
    "submissionstatementformat": INT.optional(),
    "configs": Multiple(
        Single(
            {
                "id": INT.optional(),
                "assignment": INT.optional(),
                "plugin": TEXT,
                "subtype": TEXT,
                "name": TEXT,
                "value": TEXT,
            }
        )
    ),
    "intro": RAW.optional(),
    "introformat": INT.optional(),
    "introfiles": FILES.optional(),
    "introattachments": FILES.optional(),
    "activity": RAW.optional(),
    "activityformat": INT.optional(),
    "activityattachments": FILES.optional(),
    "timelimit": INT.optional(),
    "submissionattachments": INT.optional(),
}
_COURSE = Single(
    {
        "id": INT,
        "fullname": RAW,
        "shortname": RAW,
        "timemodified": INT,
        "assignments": Multiple(Single(_ASSIGN)),
    }
)


def _settings(call: Call, row: Assign, cmid: int) -> dict[str, Json]:
    stored = {name: getattr(row, name) for name in _NUMBERS if name not in _FIXED}
    return {
        **_FIXED,
        **stored,
        "id": row.id,
        "cmid": cmid,
        "course": row.course,
        "name": call.string(row.name),
        "attemptreopenmethod": row.attemptreopenmethod,
        "maxattempts": row.maxattempts,
        "markingworkflow": row.markingworkflow,
        "configs": [
            {"plugin": each.plugin, "subtype": each.subtype, "name": each.name, "value": each.value}
            for each in row.configs
        ],
        "intro": call.text(row.intro),
        "introformat": 1,
        "introfiles": [],
        "introattachments": [],
    }


def _own_courses(call: Call) -> list[int]:
    me = call.token.userid
    return [course.id for course in call.tables.courses.values() if call.is_active(course.id, me)]


def _asked_courses(call: Call, args: Args, warnings: list[Json]) -> list[int]:
    asked = args["courseids"]
    if not asked or args["includenotenrolledcourses"]:
        return list(dict.fromkeys(asked or _own_courses(call)))
    mine = _own_courses(call)
    for courseid in asked:
        if courseid not in mine:
            message = "User is not enrolled or does not have requested capability"
            warnings.append({"item": "course", "itemid": courseid, "warningcode": "2", "message": message})
    return [courseid for courseid in asked if courseid in mine]


@declare(
    "mod_assign_get_assignments",
    {
        "courseids": Multiple(INT).or_else([]),
        "capabilities": Multiple(RAW).or_else([]),
        "includenotenrolledcourses": BOOL.or_else(default=False),
    },
    Single({"courses": Multiple(_COURSE), "warnings": WARNINGS}),
)
def get_assignments(call: Call, args: Args) -> Json:
    """List assignments by course; without the flag a service account gets warnings only."""
    warnings: list[Json] = []
    courses = []
    for courseid in _asked_courses(call, args, warnings):
        try:
            course = call.enter(courseid)
        except (MissingRecord, NotAccessible) as err:
            message = f"No access rights in course context {err.message}"
            warnings.append({"item": "course", "itemid": courseid, "warningcode": "1", "message": message})
            continue
        if all(call.can(name) for name in args["capabilities"]):
            courses.append(_course(call, course, warnings))
    return {"courses": courses, "warnings": warnings}


def _course(call: Call, course: Course, warnings: list[Json]) -> dict[str, Json]:
    modules = call.modules(course.id, "assign")
    warnings += [
        {"item": "module", "itemid": module.id, "warningcode": "1", "message": "No access rights in module context"}
        for module in modules
        if not call.sees(module)
    ]
    assignments = [
        _settings(call, call.tables.assigns[module.instance], module.id) for module in modules if call.sees(module)
    ]
    return {
        "id": course.id,
        "fullname": call.string(course.fullname),
        "shortname": call.string(course.shortname),
        "timemodified": course.timemodified,
        "assignments": assignments,
    }


FUNCTIONS = (get_assignments,)
