"""Completion of activities and courses, one call a person a course."""

from bridge.demo.calls import Args, Call, declare
from bridge.demo.errors import MoodleError
from bridge.demo.shapes import ALPHANUMEXT, BOOL, INT, NOTAGS, RAW, TEXT, WARNINGS, Json, Multiple, Shape, Single
from bridge.demo.tables import CourseModule, GradeItem, ModuleCompletion

__all__ = ["FUNCTIONS", "completion_data", "refresh_completion"]

_TRACKED = frozenset({"student"})
"""Archetypes whose completion is reported (`moodle/course:isincompletionreports`)."""

_STATE: dict[str, Shape] = {
    "overrideby": INT.optional(),
    "valueused": BOOL.optional(),
    "hascompletion": BOOL.optional(),
    "isautomatic": BOOL.optional(),
    "istrackeduser": BOOL.optional(),
    "uservisible": BOOL.optional(),
    "details": Multiple(
        Single({"rulename": TEXT, "rulevalue": Single({"status": INT, "description": TEXT})}),
    ).or_else([]),
    "isoverallcomplete": BOOL.optional(),
}
_STATUS: dict[str, Shape] = {
    "cmid": INT,
    "modname": ALPHANUMEXT,
    "instance": INT,
    "state": INT,
    "timecompleted": INT,
    "tracking": INT,
    **_STATE,
}
_RULE = Single({"status": INT.never_null(), "description": RAW.never_null()})

COMPLETION_DATA = Single(
    {
        "state": INT.never_null(),
        "timecompleted": INT.never_null(),
        "overrideby": INT,
        "valueused": BOOL.never_null(),
        "hascompletion": BOOL.never_null(),
        "isautomatic": BOOL.never_null(),
        "istrackeduser": BOOL.never_null(),
        "uservisible": BOOL.never_null(),
        "details": Multiple(Single({"rulename": RAW.never_null(), "rulevalue": _RULE})),
        "isoverallcomplete": BOOL.never_null().optional(),
    }
)
"""The shape that course contents print inside each activity."""


def refresh_completion(call: Call, item: GradeItem, userid: int) -> None:
    """Complete or reopen an activity that asks for a grade, after its grade changed."""
    module = call.module_of(item.itemmodule or "", item.iteminstance or 0)
    if module is None or module.completion != 2 or not module.completionusegrade:
        return
    row = call.tables.grade_grades.get((item.id, userid))
    state = int(row is not None and row.final is not None)
    known = call.tables.module_completion.setdefault((module.id, userid), ModuleCompletion(module.id, userid))
    if known.state != state:
        known.state, known.timemodified = state, call.now


def _is_tracked(call: Call, courseid: int, userid: int) -> bool:
    return call.is_active(courseid, userid) and bool(call.archetypes(courseid, userid) & _TRACKED)


def completion_data(call: Call, module: CourseModule, userid: int, *, tracked: bool) -> dict[str, Json]:
    """Describe one person's completion of one activity."""
    row = call.tables.module_completion.get((module.id, userid)) or ModuleCompletion(module.id, userid)
    done = row.state > 0
    rules = []
    if module.completionusegrade:
        rules.append({"rulename": "completionusegrade", "rulevalue": {"status": int(done), "description": _BY_GRADE}})
    return {
        "state": row.state,
        "timecompleted": row.timemodified if done else 0,
        "overrideby": row.overrideby,
        "valueused": False,
        "hascompletion": module.completion > 0,
        "isautomatic": module.completion == 2,
        "istrackeduser": tracked,
        "uservisible": True,
        "details": rules,
        "isoverallcomplete": done,
    }


_BY_GRADE = "Receive a grade"


@declare(
    "core_completion_get_activities_completion_status",
    {"courseid": INT, "userid": INT},
    Single({"statuses": Multiple(Single(_STATUS)), "warnings": WARNINGS}),
)
def get_activities_completion_status(call: Call, args: Args) -> Json:
    """Report a person's activities; a stranger to the course is a success, only untracked."""
    course = call.enter(args["courseid"])
    user = call.active_user(args["userid"])
    if user.id != call.token.userid:
        call.require("report/progress:view")
        if not call.sees_all_groups(course):
            raise MoodleError("accessdenied", "Access denied")
    tracked = _is_tracked(call, course.id, user.id)
    statuses = [
        {"cmid": module.id, "modname": module.modname, "instance": module.instance, "tracking": module.completion}
        | completion_data(call, module, user.id, tracked=tracked)
        for module in call.modules(course.id)
        if module.completion and call.sees(module)
    ]
    return {"statuses": statuses, "warnings": []}


@declare(
    "core_completion_get_course_completion_status",
    {"courseid": INT, "userid": INT},
    Single(
        {
            "completionstatus": Single(
                {
                    "completed": BOOL,
                    "aggregation": INT,
                    "completions": Multiple(
                        Single(
                            {"type": INT, "title": TEXT, "status": NOTAGS, "complete": BOOL, "timecompleted": INT}
                            | {"details": Single({"type": TEXT, "criteria": RAW, "requirement": TEXT, "status": RAW})}
                        )
                    ),
                }
            ),
            "warnings": WARNINGS,
        }
    ),
)
def get_course_completion_status(call: Call, args: Args) -> Json:
    """Refuse: the programme's courses set no criteria, and a stranger is named as such first."""
    course = call.enter(args["courseid"])
    user = call.active_user(args["userid"])
    if user.id != call.token.userid:
        call.require("report/completion:view")
    if not _is_tracked(call, course.id, user.id):
        raise MoodleError("usernotenroled", "User is not enrolled in this course")
    raise MoodleError("nocriteriaset", "No completion criteria set for this course")


FUNCTIONS = (get_activities_completion_status, get_course_completion_status)
