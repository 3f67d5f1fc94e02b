"""Functions that the recorded service lists and the programme uses little: calendar, files, forums, grade tree."""

import json

from bridge.demo.calls import Args, Call, declare
from bridge.demo.functions.workshops.entry import entered_courses
from bridge.demo.gradebook import course_items
from bridge.demo.shapes import ALPHA, INT, RAW, TEXT, WARNINGS, Json, Multiple, Shape, Single
from bridge.demo.tables import CalendarEvent

__all__ = ["FUNCTIONS"]

# ---------------------------------------------------------------- calendar

_NEW_EVENT = Single(
    {
        "name": TEXT.never_null(),
        "description": RAW.or_else(None),
        "format": INT.or_else(1),
        "courseid": INT.never_null().or_else(0),
        "groupid": INT.never_null().or_else(0),
        "repeats": INT.never_null().or_else(0),
        "eventtype": TEXT.never_null().or_else("user"),
        "timestart": INT.never_null().or_else(0),
        "timeduration": INT.never_null().or_else(0),
        "visible": INT.never_null().or_else(1),
        "sequence": INT.never_null().or_else(1),
    }
)
_EVENT = Single(
    {
        "id": INT,
        "name": RAW,
        "description": RAW.optional(),
        "format": INT,
        "courseid": INT,
        "groupid": INT,
        "userid": INT,
        "repeatid": INT.optional(),
        "modulename": TEXT.optional(),
        "instance": INT,
        "eventtype": TEXT,
        "timestart": INT,
        "timeduration": INT,
        "visible": INT,
        "uuid": TEXT.never_null().optional(),
        "sequence": INT,
        "timemodified": INT,
        "subscriptionid": INT.optional(),
    }
)


def _refused(call: Call, row: Args) -> bool:
    if row["eventtype"] == "user":
        return False
    if row["eventtype"] == "site":
        return not call.token.admin
    course = call.tables.courses.get(row["courseid"])
    return course is None or not call.may_enter(course) or not call.can("moodle/calendar:manageentries")


@declare(
    "core_calendar_create_calendar_events",
    {"events": Multiple(_NEW_EVENT)},
    Single({"events": Multiple(_EVENT), "warnings": WARNINGS}),
)
def create_calendar_events(call: Call, args: Args) -> Json:
    """Create calendar entries; one that the account may not create becomes a warning."""
    events, warnings = [], []
    for row in args["events"]:
        if _refused(call, row):
            words = {"warningcode": "nopermissions", "message": "you do not have permissions to create this event"}
            warnings.append({"item": row["name"], **words})
            continue
        event = CalendarEvent(
            len(call.tables.events) + 1,
            row["name"],
            row["description"] or "",
            row["courseid"],
            row["groupid"],
            call.token.userid,
            row["eventtype"],
            row["timestart"] or call.now,
            row["timeduration"],
            call.now,
        )
        call.tables.events.append(event)
        events.append(_described(event) | {"visible": row["visible"], "sequence": row["sequence"]})
    return {"events": events, "warnings": warnings}


def _described(event: CalendarEvent) -> dict[str, Json]:
    return {
        "id": event.id,
        "name": event.name,
        "description": event.description,
        "format": 1,
        "courseid": event.courseid,
        "groupid": event.groupid,
        "userid": event.userid,
        "instance": 0,
        "eventtype": event.eventtype,
        "timestart": event.timestart,
        "timeduration": event.timeduration,
        "timemodified": event.timemodified,
    }


# ---------------------------------------------------------------- files

_PLACE: dict[str, Shape] = {
    "component": RAW,
    "filearea": RAW,
    "itemid": INT,
    "filepath": RAW,
    "filename": RAW,
}


@declare(
    "core_files_upload",
    {
        "contextid": INT.or_else(None),
        **_PLACE,
        "filecontent": TEXT,
        "contextlevel": ALPHA.or_else(None),
        "instanceid": INT.or_else(None),
    },
    Single({"contextid": INT, **_PLACE, "url": TEXT}),
)
def upload(call: Call, args: Args) -> Json:
    """Take a file into the account's draft area, as far as its address goes: contents are not kept."""
    itemid = args["itemid"] or call.now
    place = f"{args['component']}/{args['filearea']}/{itemid}{args['filepath']}{args['filename']}"
    contextid = args["contextid"] or 1
    return {key: args[key] for key in _PLACE} | {
        "contextid": contextid,
        "itemid": itemid,
        "url": f"{call.tables.site.url}/draftfile.php/{contextid}/{place}",
    }


# ---------------------------------------------------------------- forums, tree


@declare("mod_forum_get_forums_by_courses", {"courseids": Multiple(INT).or_else([])}, Multiple(Single({"id": INT})))
def get_forums_by_courses(call: Call, args: Args) -> Json:
    """List forums: the programme's courses have none."""
    entered_courses(call, args["courseids"])
    return []


@declare("core_grades_get_grade_tree", {"courseid": INT}, RAW)
def get_grade_tree(call: Call, args: Args) -> Json:
    """Print the gradebook's columns as a tree, itself JSON inside a string."""
    course = call.enter(args["courseid"])
    call.require("moodle/grade:viewall")
    children = [
        {"id": str(item.id), "name": item.itemname, "iscategory": False, "haschildcategories": False}
        for item in course_items(call.tables, course.id)
        if item.itemtype == "mod"
    ]
    tree = {"id": str(course.id), "name": course.fullname, "iscategory": True, "haschildcategories": False}
    return json.dumps(tree | {"children": children}, ensure_ascii=False)


FUNCTIONS = (create_calendar_events, upload, get_forums_by_courses, get_grade_tree)
