"""Assignments: settings, submissions, grades, participants."""

from collections.abc import Iterable

from bridge.demo.calls import Args, Call, declare, in_name_order
from bridge.demo.errors import MissingRecord, NoPermission, NotAccessible
from bridge.demo.functions.users import DEFAULT_FIELDS, USER, details
from bridge.demo.shapes import (
    ALPHA,
    ALPHANUMEXT,
    BOOL,
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
from bridge.demo.tables import Assign, AssignGrade, AssignSubmission, AssignUserFlags, Course, CourseModule, User

__all__ = ["FUNCTIONS", "latest_submissions", "team_of"]

_VIEW_GRADES = ("mod/assign:viewgrades", "mod/assign:grade")
_SUBMITTERS = frozenset({"student"})
_NO_ACCESS = "No access rights in module context"

# ---------------------------------------------------------------- settings

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
    "introfiles": Multiple(RAW).optional(),
    "introattachments": Multiple(RAW).optional(),
    "activity": RAW.optional(),
    "activityformat": INT.optional(),
    "activityattachments": Multiple(RAW).optional(),
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
            courses.append(_course(call, course))
    return {"courses": courses, "warnings": warnings}


def _course(call: Call, course: Course) -> dict[str, Json]:
    modules = [module for module in call.modules(course.id, "assign") if call.sees(module)]
    return {
        "id": course.id,
        "fullname": call.string(course.fullname),
        "shortname": call.string(course.shortname),
        "timemodified": course.timemodified,
        "assignments": [_settings(call, call.tables.assigns[module.instance], module.id) for module in modules],
    }


# ---------------------------------------------------------------- which assignments may be read


def _readable(call: Call, ids: Iterable[int], warnings: list[Json]) -> dict[int, CourseModule]:
    """Return the assignments that exist and whose grades the account may see; those it may not become warnings."""
    wanted = set(ids)
    modules = [
        module
        for module in call.tables.course_modules.values()
        if module.modname == "assign" and module.instance in wanted
    ]
    open_ones = {}
    for module in sorted(modules, key=lambda module: module.id):
        if call.may_enter(call.tables.courses[module.course]) and call.sees(module) and call.can(*_VIEW_GRADES):
            open_ones[module.instance] = module
        else:
            warnings.append(
                {"item": "assignment", "itemid": module.instance, "warningcode": "1", "message": _NO_ACCESS}
            )
    return open_ones


def latest_submissions(call: Call, assignmentid: int) -> dict[tuple[int, int], AssignSubmission]:
    """Return the latest attempt by (user, group)."""
    latest: dict[tuple[int, int], AssignSubmission] = {}
    for row in call.tables.assign_submissions.values():
        if row.assignment != assignmentid:
            continue
        known = latest.get((row.userid, row.groupid))
        if known is None or row.attemptnumber > known.attemptnumber:
            latest[row.userid, row.groupid] = row
    return latest


# ---------------------------------------------------------------- submissions

_FILES = Multiple(Single({"area": TEXT, "files": Multiple(RAW).optional()})).optional()
_EDITORS = Multiple(Single({"name": TEXT, "description": RAW, "text": RAW, "format": INT})).optional()
_SUBMISSION: dict[str, Shape] = {
    "id": INT,
    "userid": INT,
    "attemptnumber": INT,
    "timecreated": INT,
    "timemodified": INT,
    "timestarted": INT.optional(),
    "status": TEXT,
    "groupid": INT,
    "assignment": INT.optional(),
    "latest": INT.optional(),
    "plugins": Multiple(Single({"type": TEXT, "name": TEXT, "fileareas": _FILES, "editorfields": _EDITORS})).optional(),
    "gradingstatus": ALPHANUMEXT.optional(),
}


def _plugins(call: Call, row: AssignSubmission) -> list[Json]:
    editor = {
        "name": "onlinetext",
        "description": "Online text submissions",
        "text": call.text(row.text),
        "format": 1 if row.text else 0,
    }
    online = {
        "type": "onlinetext",
        "name": "Online text",
        "fileareas": [{"area": "submissions_onlinetext", "files": []}],
        "editorfields": [editor],
    }
    return [online, {"type": "comments", "name": "Submission comments"}]


class _Marking:
    """What tells how far the marking of an assignment has come."""

    def __init__(self, call: Call, assign: Assign) -> None:
        self.call = call
        self.assign = assign
        self.works = {row.userid: row for row in latest_submissions(call, assign.id).values()}
        self.graded: dict[int, AssignGrade] = {}
        for row in call.tables.assign_grades.values():
            if row.assignment == assign.id:
                known = self.graded.get(row.userid)
                if known is None or row.attemptnumber >= known.attemptnumber:
                    self.graded[row.userid] = row

    def status(self, userid: int) -> str:
        """Return ``graded`` or ``notgraded``, or the workflow's state where there is a workflow."""
        if self.assign.markingworkflow:
            flags = self.call.tables.assign_user_flags.get((self.assign.id, userid))
            return (flags.workflowstate if flags else "") or "notmarked"
        row = self.graded.get(userid)
        return "graded" if row is not None and row.grade >= 0 else "notgraded"


def team_of(call: Call, assign: Assign, userid: int) -> int:
    """Return the group that a person submits with, 0 for the default team of those in none."""
    grouping = call.tables.groupings.get(assign.teamsubmissiongroupingid)
    groups = [
        group.id
        for group in call.tables.groups.values()
        if group.courseid == assign.course and userid in group.members and (not grouping or group.id in grouping.groups)
    ]
    return groups[0] if len(groups) == 1 else 0


def _visible(call: Call, assign: Assign, row: AssignSubmission, *, loose: bool) -> bool:
    """Say whether a row shows: its person is still enrolled, or any person of its team is."""
    if not assign.teamsubmission:
        return _is_seen(call, assign.course, row.userid)
    if not row.groupid:
        return loose
    group = call.tables.groups.get(row.groupid)
    return any(_is_seen(call, assign.course, userid) for userid in (group.members if group else ()))


def _default_team_is_seen(call: Call, assign: Assign) -> bool:
    """Say whether anybody submits without a group.

    A team's people also have rows of their own, under group 0; these show only where the default team has members.
    """
    return any(
        call.archetypes(assign.course, user.id) & _SUBMITTERS
        and not team_of(call, assign, user.id)
        and _is_seen(call, assign.course, user.id)
        for user in call.enrolled(assign.course)
    )


def _is_seen(call: Call, courseid: int, userid: int) -> bool:
    if (courseid, userid) not in call.tables.enrolments:
        return False
    return call.is_active(courseid, userid) or call.can("moodle/course:viewsuspendedusers")


def _within(row: AssignSubmission, args: Args) -> bool:
    if args["status"] and row.status != args["status"]:
        return False
    return row.timemodified >= args["since"] and (not args["before"] or row.timemodified <= args["before"])


def _submissions(call: Call, assign: Assign, rows: list[AssignSubmission]) -> list[Json]:
    marking = _Marking(call, assign)
    loose = bool(assign.teamsubmission) and _default_team_is_seen(call, assign)
    return [
        {
            "id": row.id,
            "userid": row.userid,
            "attemptnumber": row.attemptnumber,
            "timecreated": row.timecreated,
            "timemodified": row.timemodified,
            "timestarted": row.timestarted,
            "status": row.status,
            "groupid": row.groupid,
            "plugins": _plugins(call, row),
            "gradingstatus": marking.status(row.userid),
        }
        for row in rows
        if _visible(call, assign, row, loose=loose)
    ]


@declare(
    "mod_assign_get_submissions",
    {
        "assignmentids": Multiple(INT),
        "status": ALPHA.or_else(""),
        "since": INT.or_else(0),
        "before": INT.or_else(0),
    },
    Single(
        {
            "assignments": Multiple(Single({"assignmentid": INT, "submissions": Multiple(Single(_SUBMISSION))})),
            "warnings": WARNINGS,
        }
    ),
)
def get_submissions(call: Call, args: Args) -> Json:
    """List latest attempts; people who left are not shown, which is not a deletion."""
    warnings: list[Json] = []
    assignments = []
    for assignmentid in _readable(call, args["assignmentids"], warnings):
        found = latest_submissions(call, assignmentid).values()
        rows = sorted((row for row in found if _within(row, args)), key=lambda row: (row.userid, row.groupid, row.id))
        if not rows:
            warnings.append(
                {"item": "module", "itemid": assignmentid, "warningcode": "3", "message": "No submissions found"}
            )
        submissions = _submissions(call, call.tables.assigns[assignmentid], rows) if rows else []
        assignments.append({"assignmentid": assignmentid, "submissions": submissions})
    return {"assignments": assignments, "warnings": warnings}


# ---------------------------------------------------------------- grades

_GRADE: dict[str, Shape] = {
    "id": INT,
    "assignment": INT.optional(),
    "userid": INT,
    "attemptnumber": INT,
    "timecreated": INT,
    "timemodified": INT,
    "grader": INT,
    "grade": TEXT,
    "gradefordisplay": RAW.optional(),
}


def _grades(call: Call, assignmentid: int, since: int) -> list[Json]:
    latest = {
        row.userid: row.attemptnumber
        for row in call.tables.assign_submissions.values()
        if row.assignment == assignmentid and row.latest and not row.groupid
    }
    rows = [
        row
        for row in call.tables.assign_grades.values()
        if row.assignment == assignmentid and row.timemodified >= since and latest.get(row.userid) == row.attemptnumber
    ]
    return [
        {
            "id": row.id,
            "userid": row.userid,
            "timecreated": row.timecreated,
            "timemodified": row.timemodified,
            "grader": row.grader,
            "attemptnumber": row.attemptnumber,
            "grade": f"{row.grade:.5f}",
        }
        for row in sorted(rows, key=lambda row: row.id)
    ]


@declare(
    "mod_assign_get_grades",
    {"assignmentids": Multiple(INT), "since": INT.or_else(0)},
    Single(
        {
            "assignments": Multiple(Single({"assignmentid": INT, "grades": Multiple(Single(_GRADE))})),
            "warnings": WARNINGS,
        }
    ),
)
def get_grades(call: Call, args: Args) -> Json:
    """List tutors' marks of latest attempts, as text; an assignment without any, or without existence, is a warning."""
    warnings: list[Json] = []
    readable = _readable(call, args["assignmentids"], warnings)
    refused = {warning["itemid"] for warning in warnings}
    found = {}
    for assignmentid in sorted({*args["assignmentids"]} - refused):
        grades = _grades(call, assignmentid, args["since"]) if assignmentid in readable else []
        if grades:
            found[assignmentid] = grades
    warnings += [
        {"item": "assignment", "itemid": assignmentid, "warningcode": "3", "message": "No grades found"}
        for assignmentid in args["assignmentids"]
        if assignmentid not in refused and assignmentid not in found
    ]
    assignments = [{"assignmentid": assignmentid, "grades": grades} for assignmentid, grades in found.items()]
    return {"assignments": assignments, "warnings": warnings}


# ---------------------------------------------------------------- participants

_PARTICIPANT: dict[str, Shape] = {
    **USER,
    "fullname": NOTAGS,
    "recordid": INT.optional(),
    "submitted": BOOL,
    "requiregrading": BOOL,
    "grantedextension": BOOL.optional(),
    "submissionstatus": ALPHA,
    "groupid": INT.optional(),
    "groupname": NOTAGS.optional(),
}


def _participants(call: Call, assign: Assign, groupid: int) -> list[User]:
    group = call.tables.groups.get(groupid)
    people = [
        user
        for user in call.enrolled(assign.course)
        if call.archetypes(assign.course, user.id) & _SUBMITTERS
        and call.is_active(assign.course, user.id)
        and (not groupid or (group is not None and user.id in group.members))
    ]
    if not assign.blindmarking:
        return in_name_order(people)
    # Moodle hides who is who by listing in the order of submission.
    latest = {row.userid: row for row in latest_submissions(call, assign.id).values()}

    def order(user: User) -> tuple[int, int, int]:
        row = latest.get(user.id)
        return (row.timecreated, row.id, 0) if row else (call.now, 2**63, _flags(call, assign, user.id).blindid)

    return sorted(people, key=order)


def _flags(call: Call, assign: Assign, userid: int) -> AssignUserFlags:
    return call.tables.assign_user_flags.get((assign.id, userid)) or AssignUserFlags(assign.id, userid)


def _participant(call: Call, assign: Assign, user: User, marking: _Marking, args: Args) -> Json:
    work, grade = marking.works.get(user.id), marking.graded.get(user.id)
    flags = _flags(call, assign, user.id)
    blind = bool(assign.blindmarking and not assign.revealidentities)
    fields = [name for name in DEFAULT_FIELDS if name != "enrolledcourses" or args["includeenrolments"]]
    known = None if blind or args["onlyids"] else details(call, user, fields, call.tables.courses[assign.course])
    submitted = work is not None and work.status == "submitted"
    marked = grade is not None and grade.grade >= 0
    stale = work is not None and marked and grade is not None and work.timemodified >= grade.timemodified
    name = f"Participant {flags.blindid}"
    if call.can("mod/assign:viewblinddetails"):
        name += f" ({user.fullname})"
    return (known or {"id": user.id}) | {
        "fullname": name if blind else user.fullname,
        "recordid": flags.blindid if blind else -1,
        "submitted": submitted,
        "requiregrading": submitted and (not marked or stale),
        "grantedextension": bool(flags.extensionduedate),
        "submissionstatus": work.status if work else "new",
    }


@declare(
    "mod_assign_list_participants",
    {
        "assignid": INT,
        "groupid": INT,
        "filter": RAW,
        "skip": INT.or_else(0),
        "limit": INT.or_else(0),
        "onlyids": BOOL.or_else(default=False),
        "includeenrolments": BOOL.or_else(default=True),
        "tablesort": BOOL.or_else(default=False),
    },
    Multiple(Single(_PARTICIPANT)),
)
def list_participants(call: Call, args: Args) -> Json:
    """List who is to submit; under blind marking by number, in the order of submission."""
    assign = call.tables.assigns.get(args["assignid"])
    if assign is None:
        raise MissingRecord("assign")
    call.enter(assign.course)
    if not call.can(*_VIEW_GRADES):
        raise NoPermission("mod/assign:viewgrades")
    marking = _Marking(call, assign)
    rows = [_participant(call, assign, user, marking, args) for user in _participants(call, assign, args["groupid"])]
    rows = [row for row in rows if args["filter"].lower() in row["fullname"].lower()]
    end = args["skip"] + args["limit"] if args["limit"] > 0 else None
    return rows[args["skip"] : end]


FUNCTIONS = (get_assignments, get_submissions, get_grades, list_participants)
