"""The gradebook as a whole, its columns, and writing into it."""

from bridge.demo.calls import Args, Call, declare, in_name_order
from bridge.demo.errors import MissingRecord, MoodleError
from bridge.demo.functions.completion import refresh_completion
from bridge.demo.gradebook import (
    bounded,
    cell,
    course_items,
    decimals,
    formatted,
    item_of,
    percentage,
    range_of,
    regrade,
    weights,
)
from bridge.demo.shapes import (
    ALPHA,
    ALPHANUM,
    ALPHANUMEXT,
    BOOL,
    FLOAT,
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
from bridge.demo.tables import Course, GradeGrade, GradeItem, GradeType, User

__all__ = ["FUNCTIONS", "UPDATE_FAILED", "UPDATE_ITEM_LOCKED", "UPDATE_OK"]

_GRADED_ROLE = "student"
"""Whose rows the gradebook shows: the site's `gradebookroles`."""

# ---------------------------------------------------------------- the whole page

_CELL: dict[str, Shape] = {
    "id": INT,
    "itemname": RAW,
    "itemtype": ALPHA,
    "itemmodule": ALPHANUMEXT,
    "iteminstance": INT,
    "itemnumber": INT,
    "idnumber": TEXT,
    "categoryid": INT,
    "outcomeid": INT,
    "scaleid": INT,
    "locked": BOOL.optional(),
    "cmid": INT.optional(),
    "weightraw": FLOAT.optional(),
    "weightformatted": NOTAGS.optional(),
    "status": ALPHA.optional(),
    "graderaw": FLOAT.optional(),
    "gradedatesubmitted": INT.optional(),
    "gradedategraded": INT.optional(),
    "gradehiddenbydate": BOOL.optional(),
    "gradeneedsupdate": BOOL.optional(),
    "gradeishidden": BOOL.optional(),
    "gradeislocked": BOOL.optional(),
    "gradeisoverridden": BOOL.optional(),
    "gradeformatted": RAW.optional(),
    "grademin": FLOAT.optional(),
    "grademax": FLOAT.optional(),
    "rangeformatted": NOTAGS.optional(),
    "percentageformatted": NOTAGS.optional(),
    "lettergradeformatted": NOTAGS.optional(),
    "rank": INT.optional(),
    "numusers": INT.optional(),
    "averageformatted": NOTAGS.optional(),
    "feedback": RAW.optional(),
    "feedbackformat": INT.optional(),
}
_PERSON: dict[str, Shape] = {
    "courseid": INT,
    "courseidnumber": TEXT,
    "userid": INT,
    "userfullname": TEXT,
    "useridnumber": RAW,
    "maxdepth": INT,
    "gradeitems": Multiple(Single(_CELL)),
}


def _graded_people(call: Call, course: Course, groupid: int) -> list[User]:
    """Return whom the page lists: active, with a graded role, by name."""
    roles = call.role_names(course.id)
    people = [
        user
        for user in call.enrolled(course.id)
        if _GRADED_ROLE in roles.get(user.id, ()) and call.is_active(course.id, user.id) and not user.deleted
    ]
    if groupid:
        group = call.tables.groups.get(groupid)
        people = [user for user in people if group is not None and user.id in group.members]
    return in_name_order(people)


def _weight(item: GradeItem, row: GradeGrade | None, shares: dict[int, float]) -> dict[str, Json]:
    if row is None or item.itemtype == "course" or item.gradetype not in {GradeType.VALUE, GradeType.SCALE}:
        return {}
    share = shares.get(item.id, 0.0)
    words = {"weightraw": share, "weightformatted": f"{decimals(share * 100)} %"}
    if item.id not in shares:
        words["status"] = "excluded" if row.excluded else "novalue"
    return words


def _marks(row: GradeGrade | None, item: GradeItem) -> dict[str, Json]:
    if row is None:
        row = GradeGrade(item.id, 0)
    return {
        "graderaw": row.final,
        "gradedatesubmitted": row.timecreated,
        "gradedategraded": row.timemodified if row.final is not None else None,
        "gradehiddenbydate": False,
        "gradeneedsupdate": False,
        "gradeishidden": row.hidden or item.hidden,
        "gradeislocked": row.locked or item.locked,
        "gradeisoverridden": row.overridden,
        "feedback": row.feedback,
        "feedbackformat": row.feedbackformat,
    }


def _gradeitem(call: Call, item: GradeItem, row: GradeGrade | None, shares: dict[int, float]) -> dict[str, Json]:
    scale = call.tables.scales.get(item.scaleid or 0)
    low, high, written = range_of(item, row, scale)
    fields: dict[str, Json] = {
        "id": item.id,
        "itemname": item.itemname,
        "itemtype": item.itemtype,
        "itemmodule": item.itemmodule,
        "iteminstance": item.iteminstance,
        "itemnumber": item.itemnumber,
        "idnumber": item.idnumber,
        "categoryid": item.categoryid,
        "outcomeid": None,
        # Moodle 4.5 prints the outcome's id here, so a scale never shows.
        "scaleid": None,
        "locked": item.locked,
        "gradeformatted": formatted(item, row, scale),
        "grademin": low,
        "grademax": high,
        "rangeformatted": written,
        "percentageformatted": percentage(item, row),
    }
    return fields | _weight(item, row, shares) | _marks(row, item)


def _person(call: Call, course: Course, user: User, items: list[GradeItem], cmids: dict[int, int]) -> Json:
    rows = {item.id: row for item in items if (row := call.tables.grade_grades.get((item.id, user.id))) is not None}
    shares = weights([item for item in items if item.itemtype != "course"], rows)
    cells = []
    for item in items:
        row = rows.get(item.id)
        hidden = item.hidden or (row is not None and row.hidden)
        if hidden and not call.can("moodle/grade:viewhidden"):
            continue
        fields = _gradeitem(call, item, row, shares)
        if item.id in cmids:
            fields["cmid"] = cmids[item.id]
        cells.append(fields)
    return {
        "courseid": course.id,
        "courseidnumber": course.idnumber,
        "userid": user.id,
        "userfullname": user.fullname,
        "useridnumber": user.idnumber,
        "maxdepth": 2,
        "gradeitems": cells,
    }


def _cmids(call: Call, course: Course, items: list[GradeItem]) -> dict[int, int]:
    places = {(module.modname, module.instance): module.id for module in call.modules(course.id)}
    found = ((item.id, places.get((item.itemmodule or "", item.iteminstance or 0))) for item in items)
    return {itemid: cmid for itemid, cmid in found if cmid is not None}


@declare(
    "gradereport_user_get_grade_items",
    {"courseid": INT, "userid": INT.or_else(0), "groupid": INT.or_else(0)},
    Single({"usergrades": Multiple(Single(_PERSON)), "warnings": WARNINGS}),
)
def get_grade_items(call: Call, args: Args) -> Json:
    """Print the gradebook of a course, of one person or of all; there is no paging."""
    course, userid = call.enter(args["courseid"]), args["userid"]
    call.require("gradereport/user:view")
    if not call.sees_all_groups(course):
        raise MoodleError("notingroup", "Sorry, but you need to be part of a group to see this page.")
    if not userid:
        call.require("moodle/grade:viewall")
        people = _graded_people(call, course, args["groupid"])
    else:
        people = [call.active_user(userid)]
        if not call.can("moodle/grade:viewall") and userid != call.token.userid:
            raise MoodleError("nopermissiontoviewgrades", "Can't view grades.")
    regrade(call.tables, course.id, call.now, userid=userid or None)
    items = course_items(call.tables, course.id)
    cmids = _cmids(call, course, items)
    return {"usergrades": [_person(call, course, user, items, cmids) for user in people], "warnings": []}


# ---------------------------------------------------------------- columns


@declare(
    "core_grades_get_gradeitems",
    {"courseid": INT},
    Single(
        {
            "gradeItems": Multiple(Single({"id": ALPHANUM, "itemname": RAW, "category": TEXT.optional()})),
            "warnings": WARNINGS,
        }
    ),
)
def get_gradeitems(call: Call, args: Args) -> Json:
    """List the columns of activities: id, name and category are all there is."""
    course = call.enter(args["courseid"])
    items = [
        {"id": str(item.id), "itemname": item.itemname, "category": course.fullname}
        for item in course_items(call.tables, course.id)
        if item.itemtype == "mod" and item.gradetype != GradeType.NONE
    ]
    return {"gradeItems": items, "warnings": []}


# ---------------------------------------------------------------- writing

UPDATE_OK, UPDATE_FAILED, UPDATE_ITEM_LOCKED = 0, 1, 4
"""What the function answers; 0 also for a clamped, an overridden and an unknown person's grade."""


def _write(call: Call, item: GradeItem, userid: int, grade: float) -> bool:
    """Write one raw grade; False for a locked cell."""
    row = cell(call.tables, item, userid)
    if row.locked:
        return False
    row.raw, row.timecreated = grade, None
    if not row.overridden:
        final = bounded(item, grade)
        if row.final != final:
            row.final, row.timemodified = final, call.now
    return True


def _module(call: Call, args: Args) -> tuple[str, int]:
    modname = args["component"].removeprefix("mod_")
    module = call.tables.course_modules.get(args["activityid"])
    if module is None or module.modname != modname:
        raise MoodleError("invalidcoursemodule", "Invalid course module ID")
    return modname, module.instance


@declare(
    "core_grades_update_grades",
    {
        "source": TEXT,
        "courseid": INT,
        "component": ALPHANUMEXT,
        "activityid": INT,
        "itemnumber": INT,
        "grades": Multiple(Single({"studentid": INT, "grade": FLOAT, "str_feedback": TEXT.optional()})).or_else([]),
        "itemdetails": Single(
            {
                "itemname": ALPHANUMEXT.optional(),
                "idnumber": INT.optional(),
                "gradetype": INT.optional(),
                "grademax": FLOAT.optional(),
                "grademin": FLOAT.optional(),
                "scaleid": INT.optional(),
                "multfactor": FLOAT.optional(),
                "plusfactor": FLOAT.optional(),
                "deleted": BOOL.optional(),
                "hidden": BOOL.optional(),
            }
        ).or_else({}),
    },
    INT,
)
def update_grades(call: Call, args: Args) -> Json:
    """Write raw grades of an activity; the feedback is accepted and forgotten."""
    modname, instance = _module(call, args)
    call.enter_or_say(args["courseid"])
    if args["grades"] and not call.can("moodle/grade:edit"):
        raise MoodleError("nopermissiontoviewgrades", "Can't view grades.")
    item = item_of(call.tables, modname, instance, args["itemnumber"])
    if item is None:
        raise MissingRecord("grade_items")
    if item.locked:
        return UPDATE_ITEM_LOCKED
    if "hidden" in args["itemdetails"]:
        item.hidden = bool(args["itemdetails"]["hidden"])
    written = [_write(call, item, row["studentid"], row["grade"]) for row in args["grades"]]
    for row in args["grades"]:
        refresh_completion(call, item, row["studentid"])
    return UPDATE_OK if all(written) else UPDATE_FAILED


FUNCTIONS = (get_grade_items, get_gradeitems, update_grades)
