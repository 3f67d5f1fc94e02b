"""The page of a course, and hints about what changed in it."""

import json
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from bridge.demo.calls import SEPARATE_GROUPS, Args, Call, declare
from bridge.demo.errors import MoodleError
from bridge.demo.functions.completion import COMPLETION_DATA, completion_data
from bridge.demo.shapes import (
    ALPHA,
    ALPHANUM,
    ALPHANUMEXT,
    BOOL,
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
from bridge.demo.tables import CourseModule, Section

__all__ = ["FUNCTIONS"]

# ---------------------------------------------------------------- contents

_PLURALS = {"assign": "Assignments", "quiz": "Quizzes", "workshop": "Workshops"}
_BADGE = Single(
    {
        "badgecontent": TEXT.optional(),
        "badgestyle": TEXT.optional(),
        "badgeurl": RAW.optional(),
        "badgeelementid": ALPHANUMEXT.optional(),
        "badgeextraattributes": Multiple(Single({"name": TEXT.optional(), "value": TEXT.optional()})).optional(),
    }
)
_CONTENTS_INFO = Single(
    {
        "filescount": INT,
        "filessize": INT,
        "lastmodified": INT,
        "mimetypes": Multiple(RAW),
        "repositorytype": RAW.optional(),
    }
)
_MODULE: dict[str, Shape] = {
    "id": INT,
    "url": RAW.optional(),
    "name": RAW,
    "instance": INT.optional(),
    "contextid": INT.optional(),
    "description": RAW.optional(),
    "visible": INT.optional(),
    "uservisible": BOOL.optional(),
    "availabilityinfo": RAW.optional(),
    "visibleoncoursepage": INT.optional(),
    "modicon": RAW,
    "modname": ALPHANUMEXT,
    "purpose": ALPHA,
    "branded": BOOL.optional(),
    "modplural": TEXT,
    "availability": RAW.optional(),
    "indent": INT,
    "onclick": RAW.optional(),
    "afterlink": RAW.optional(),
    "activitybadge": _BADGE.optional(),
    "customdata": RAW.optional(),
    "noviewlink": BOOL.optional(),
    "completion": INT.optional(),
    "completiondata": COMPLETION_DATA.or_else({}),
    "downloadcontent": INT.optional(),
    "dates": Multiple(
        Single({"label": TEXT, "timestamp": INT, "relativeto": INT.optional(), "dataid": NOTAGS.optional()})
    ).or_else([]),
    "groupmode": INT.optional(),
    "contents": FILES.or_else([]),
    "contentsinfo": _CONTENTS_INFO.optional(),
}
_SECTION: dict[str, Shape] = {
    "id": INT,
    "name": RAW,
    "visible": INT.optional(),
    "summary": RAW,
    "summaryformat": INT,
    "section": INT.optional(),
    "hiddenbynumsections": INT.optional(),
    "uservisible": BOOL.optional(),
    "availabilityinfo": RAW.optional(),
    "component": RAW.optional(),
    "itemid": INT.optional(),
    "modules": Multiple(Single(_MODULE)),
}


def _dates(call: Call, module: CourseModule) -> list[Json]:
    """Return the dates that a student's page prints under an activity's name."""
    if module.modname == "assign":
        row = call.tables.assigns[module.instance]
        dates = [
            ("Opened:", row.allowsubmissionsfromdate, "allowsubmissionsfromdate"),
            ("Due:", row.duedate, "duedate"),
        ]
    elif module.modname == "quiz":
        quiz = call.tables.quizzes[module.instance]
        dates = [("Opened:", quiz.timeopen, "timeopen"), ("Closes:", quiz.timeclose, "timeclose")]
    else:
        dates = []
    return [{"label": label, "timestamp": moment, "dataid": dataid} for label, moment, dataid in dates if moment]


def _custom(call: Call, module: CourseModule) -> str:
    """Return what a theme is told besides; the due date is a number here and its companions are text."""
    if module.modname != "assign":
        return '""'
    row = call.tables.assigns[module.instance]
    told: dict[str, Json] = {"customcompletionrules": {"completionsubmit": str(row.completionsubmit)}}
    if row.allowsubmissionsfromdate:
        told["allowsubmissionsfromdate"] = str(row.allowsubmissionsfromdate)
    if row.duedate:
        told["duedate"] = row.duedate
    if row.cutoffdate:
        told["cutoffdate"] = str(row.cutoffdate)
    return json.dumps(told, separators=(",", ":"))


def _module(call: Call, module: CourseModule) -> dict[str, Json]:
    site = call.tables.site
    fields: dict[str, Json] = {
        "id": module.id,
        "url": f"{site.url}/mod/{module.modname}/view.php?id={module.id}",
        "name": call.string(call.tables.activity(module).name),
        "instance": module.instance,
        "contextid": module.contextid,
        "visible": module.visible,
        "uservisible": True,
        "visibleoncoursepage": 1,
        "modicon": f"{site.url}/theme/image.php/boost/{module.modname}/{site.themerev}/monologo?filtericon=1",
        "modname": module.modname,
        "purpose": "assessment",
        "branded": False,
        "modplural": _PLURALS[module.modname],
        "indent": 0,
        "onclick": "",
        "afterlink": None,
        "customdata": _custom(call, module),
        "noviewlink": False,
        "completion": module.completion,
        "downloadcontent": 1,
        "dates": _dates(call, module),
        "groupmode": module.groupmode,
    }
    if call.can("moodle/course:viewhiddenactivities", "moodle/course:update"):
        fields["availability"] = None
    if module.completion:
        # Always the token user's own state, never anyone else's.
        fields["completiondata"] = completion_data(call, module, call.token.userid, tracked=False)
    return fields


def _section(call: Call, section: Section, modules: list[CourseModule]) -> Json:
    return {
        "id": section.id,
        "name": call.string(section.name),
        "visible": section.visible,
        "summary": call.text(section.summary),
        "summaryformat": 1,
        "section": section.section,
        "hiddenbynumsections": 0,
        "uservisible": True,
        "component": None,
        "itemid": None,
        "modules": [_module(call, module) for module in modules if call.sees(module)],
    }


@declare(
    "core_course_get_contents",
    {"courseid": INT, "options": Multiple(Single({"name": ALPHANUM, "value": RAW})).or_else([])},
    Multiple(Single(_SECTION)),
)
def get_contents(call: Call, args: Args) -> Json:
    """Print a course's sections with their activities."""
    course = call.enter_or_say(args["courseid"])
    modules = call.modules(course.id)
    sections = sorted(
        (row for row in call.tables.sections.values() if row.course == course.id), key=lambda row: row.section
    )
    return [
        _section(call, section, [module for module in modules if module.section == section.section])
        for section in sections
        if section.visible or call.can("moodle/course:viewhiddensections")
    ]


# ---------------------------------------------------------------- hints

_Update: TypeAlias = tuple[str, list[int]]
_INSTANCES = Single(
    {
        "instances": Multiple(
            Single(
                {
                    "contextlevel": ALPHA,
                    "id": INT,
                    "updates": Multiple(
                        Single(
                            {"name": ALPHANUMEXT, "timeupdated": INT.optional(), "itemids": Multiple(INT).optional()}
                        )
                    ),
                }
            )
        ),
        "warnings": WARNINGS,
    }
)


def _assign_updates(call: Call, instance: int, since: int) -> Iterator[_Update]:
    tables, me = call.tables, call.token.userid
    submissions = [
        row
        for row in tables.assign_submissions.values()
        if row.assignment == instance and max(row.timecreated, row.timemodified) > since
    ]
    grades = [
        row
        for row in tables.assign_grades.values()
        if row.assignment == instance and max(row.timecreated, row.timemodified) > since
    ]
    yield "submissions", [row.id for row in submissions if row.userid == me]
    yield "grades", [row.id for row in grades if row.userid == me]
    if call.can("mod/assign:viewgrades"):
        yield "usersubmissions", [row.id for row in submissions]
        yield "usergrades", [row.id for row in grades]


def _workshop_updates(call: Call, instance: int, since: int) -> Iterator[_Update]:
    tables = call.tables
    mine = {row.id: row for row in tables.workshop_submissions.values() if row.workshopid == instance}
    if call.can("mod/workshop:viewallsubmissions"):
        yield (
            "usersubmissions",
            [row.id for row in mine.values() if max(row.timecreated, row.timemodified, row.timegraded or 0) > since],
        )
    if call.can("mod/workshop:viewallassessments"):
        yield (
            "userassessments",
            [
                row.id
                for row in tables.workshop_assessments.values()
                if row.submissionid in mine and max(row.timecreated, row.timemodified) > since
            ],
        )
        # Moodle 4.5 compares the time of aggregation with the token user's id instead of `since`: all show, each time.
        yield (
            "userassessmentgrades",
            [
                row.id
                for row in tables.workshop_aggregations.values()
                if row.workshopid == instance and row.timegraded > call.token.userid
            ],
        )


def _changed(call: Call, module: CourseModule, since: int) -> list[Json]:
    modified = call.tables.activity(module).timemodified
    updates: list[Json] = []
    if modified > since:
        updates.append({"name": "configuration", "timeupdated": modified})
    parts: Iterable[_Update] = ()
    if module.modname == "assign":
        parts = _assign_updates(call, module.instance, since)
    elif module.modname == "workshop":
        parts = _workshop_updates(call, module.instance, since)
    updates += [{"name": name, "itemids": sorted(ids)} for name, ids in parts if ids]
    return updates


def _instances(call: Call, checks: Iterable[tuple[CourseModule, int]], names: list[str]) -> Json:
    instances = []
    for module, since in checks:
        updates = [each for each in _changed(call, module, since) if not names or each["name"] in names]
        if updates:
            instances.append({"contextlevel": "module", "id": module.id, "updates": updates})
    return {"instances": instances, "warnings": []}


@declare(
    "core_course_get_updates_since",
    {"courseid": INT, "since": INT, "filter": Multiple(ALPHANUM).or_else([])},
    _INSTANCES,
)
def get_updates_since(call: Call, args: Args) -> Json:
    """Hint at activities with changes after a moment; strictly after, in whole seconds."""
    course = call.enter(args["courseid"])
    seen = [module for module in call.modules(course.id) if call.sees(module)]
    if any(module.modname == "workshop" and module.groupmode == SEPARATE_GROUPS for module in seen):
        # Its SQL then names a column of the wrong table: it fails for administrators as well.
        raise MoodleError("dmlreadexception", "Error reading from database", exception="dml_read_exception")
    return _instances(call, ((module, args["since"]) for module in seen), args["filter"])


@declare(
    "core_course_check_updates",
    {
        "courseid": INT,
        "tocheck": Multiple(Single({"contextlevel": ALPHA, "id": INT, "since": INT})),
        "filter": Multiple(ALPHANUM).or_else([]),
    },
    _INSTANCES,
)
def check_updates(call: Call, args: Args) -> Json:
    """Hint at changes of named activities; one that is not in the course becomes a warning."""
    course = call.enter(args["courseid"])
    places = {module.id: module for module in call.modules(course.id) if call.sees(module)}
    known = [(places[each["id"]], each["since"]) for each in args["tocheck"] if each["id"] in places]
    answer = _instances(call, known, args["filter"])
    answer["warnings"] = [
        {
            "item": "module",
            "itemid": each["id"],
            "warningcode": "missingcmid",
            "message": "This module id does not belong to this course.",
        }
        for each in args["tocheck"]
        if each["id"] not in places
    ]
    return answer


FUNCTIONS = (get_contents, get_updates_since, check_updates)
