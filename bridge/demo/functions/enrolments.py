"""Who is in a course: enrolled users with their roles and groups, one's courses, manual enrolment."""

from collections.abc import Callable, Iterator

from bridge.demo.calls import Args, Call, declare, in_name_order
from bridge.demo.errors import InvalidParameter, MissingRecord, MoodleError
from bridge.demo.functions.users import DEFAULT_FIELDS, USER, details
from bridge.demo.shapes import ALPHANUMEXT, BOOL, FILES, FLOAT, INT, NOTAGS, RAW, Json, Multiple, Shape, Single
from bridge.demo.tables import Course, Enrolment, RoleAssignment, User

__all__ = ["FUNCTIONS"]

_SORTS = ("id", "firstname", "lastname", "siteorder")

# Rights that a client may ask for by name, and the archetypes that carry them.
_STUDENT = frozenset({"student"})
_TEACHING = frozenset({"teacher", "editingteacher", "manager"})
_HOLDERS = {
    "mod/assign:submit": _STUDENT,
    "mod/workshop:submit": _STUDENT,
    "moodle/course:isincompletionreports": _STUDENT,
    "mod/assign:grade": _TEACHING,
    "moodle/grade:viewall": _TEACHING,
    "moodle/course:update": frozenset({"editingteacher", "manager"}),
}


def _options(args: Args) -> dict[str, str]:
    options = {each["name"]: each["value"] for each in args["options"]}
    if options.get("sortby", "id") not in _SORTS:
        raise InvalidParameter("Invalid value for sortby parameter")
    if options.get("sortdirection", "ASC").upper() not in {"ASC", "DESC"}:
        raise InvalidParameter("Invalid value for sortdirection parameter")
    return options


def _flag(options: dict[str, str], name: str) -> bool:
    return options.get(name, "") not in {"", "0"}


def _number(options: dict[str, str], name: str) -> int:
    text = options.get(name, "0").strip()
    return int(text) if text.lstrip("-").isdigit() else 0


def _group_mates(call: Call, course: Course) -> set[int]:
    """Return whom the account shares a group with: nobody, where it is in none."""
    mine = (group.members for group in call.tables.groups.values() if group.courseid == course.id)
    return set().union(*(members for members in mine if call.token.userid in members))


def _filters(call: Call, course: Course, options: dict[str, str]) -> Iterator[Callable[[User], bool]]:
    """Return the conditions of the query, one an option."""
    groupid = _number(options, "groupid")
    if groupid:
        group = call.tables.groups.get(groupid)
        members = group.members if group is not None else set()
        yield lambda user: user.id in members
    elif not call.sees_all_groups(course):
        mates = _group_mates(call, course)
        yield lambda user: user.id in mates
    if options.get("withcapability"):
        holders = _HOLDERS.get(options["withcapability"], frozenset())
        yield lambda user: bool(call.archetypes(course.id, user.id) & holders)
    if _flag(options, "onlyactive"):
        yield lambda user: call.is_active(course.id, user.id)
    if _flag(options, "onlysuspended"):
        yield lambda user: not call.is_active(course.id, user.id)


def _matching(call: Call, course: Course, options: dict[str, str]) -> Iterator[User]:
    filters = list(_filters(call, course, options))
    return (user for user in call.enrolled(course.id) if not user.deleted and all(accepts(user) for accepts in filters))


def _sorted(users: Iterator[User], options: dict[str, str]) -> list[User]:
    by = options.get("sortby", "id")
    if by == "siteorder":
        rows = in_name_order(users)
    elif by == "id":
        rows = sorted(users, key=lambda user: user.id)
    else:
        rows = sorted(users, key=lambda user: str(getattr(user, by)))
    return rows[::-1] if options.get("sortdirection", "ASC").upper() == "DESC" else rows


def _page(rows: list[User], options: dict[str, str]) -> list[User]:
    start, count = max(0, _number(options, "limitfrom")), _number(options, "limitnumber")
    return rows[start : start + count] if count > 0 else rows[start:]


def _require_rights(call: Call, options: dict[str, str]) -> None:
    call.require("moodle/course:enrolreview", "moodle/site:viewparticipants", "moodle/course:viewparticipants")
    if options.get("withcapability"):
        call.require("moodle/role:review")
    if _number(options, "groupid"):
        call.require("moodle/site:accessallgroups")
    if _flag(options, "onlyactive") or _flag(options, "onlysuspended"):
        call.require("moodle/course:enrolreview")


def _fields(options: dict[str, str]) -> list[str]:
    asked = [each.strip() for each in options.get("userfields", "").split(",") if each.strip()]
    for name in asked:
        if name not in DEFAULT_FIELDS:
            raise MoodleError("invaliduserfield", f"Invalid user field: {name}")
    return asked or list(DEFAULT_FIELDS)


@declare(
    "core_enrol_get_enrolled_users",
    {"courseid": INT, "options": Multiple(Single({"name": ALPHANUMEXT, "value": RAW})).or_else([])},
    Multiple(Single(USER)),
)
def get_enrolled_users(call: Call, args: Args) -> Json:
    """List a course's people.

    The page is cut by SQL before each person's details are checked, so a page can come short, even empty, and not
    be the last: nothing in the answer tells.
    """
    options = _options(args)
    if args["courseid"] not in call.tables.courses:
        raise MissingRecord("course")
    course = call.enter_or_say(args["courseid"])
    _require_rights(call, options)
    rows = _page(_sorted(_matching(call, course, options), options), options)
    fields = _fields(options)
    answers = (details(call, user, fields, course) for user in rows)
    return [answer for answer in answers if answer is not None]


_MY_COURSE: dict[str, Shape] = {
    "id": INT,
    "shortname": RAW,
    "fullname": RAW,
    "displayname": RAW.optional(),
    "enrolledusercount": INT.optional(),
    "idnumber": RAW,
    "visible": INT,
    "summary": RAW.optional(),
    "summaryformat": INT.optional(),
    "format": NOTAGS.optional(),
    "courseimage": RAW.optional(),
    "showgrades": BOOL.optional(),
    "lang": RAW.optional(),
    "enablecompletion": BOOL.optional(),
    "completionhascriteria": BOOL.optional(),
    "completionusertracked": BOOL.optional(),
    "category": INT.optional(),
    "progress": FLOAT.optional(),
    "completed": BOOL.optional(),
    "startdate": INT.optional(),
    "enddate": INT.optional(),
    "marker": INT.optional(),
    "lastaccess": INT.optional(),
    "isfavourite": BOOL.optional(),
    "hidden": BOOL.optional(),
    "overviewfiles": FILES.optional(),
    "showactivitydates": BOOL,
    "showcompletionconditions": BOOL,
    "timemodified": INT.optional(),
}


def _my_course(call: Call, course: Course) -> dict[str, Json]:
    return {
        "id": course.id,
        "shortname": call.string(course.shortname),
        "fullname": call.string(course.fullname),
        "displayname": call.string(course.fullname),
        "idnumber": course.idnumber,
        "visible": course.visible,
        "summary": call.text(course.summary),
        "summaryformat": 1,
        "format": course.format,
        "category": course.category,
        "startdate": course.startdate,
        "enddate": course.enddate,
        "enablecompletion": bool(course.enablecompletion),
        "completionhascriteria": False,
        "overviewfiles": [],
        "showactivitydates": False,
        "showcompletionconditions": True,
        "timemodified": course.timemodified,
    }


@declare(
    "core_enrol_get_users_courses",
    {"userid": INT, "returnusercount": BOOL.or_else(default=True)},
    Multiple(Single(_MY_COURSE)),
)
def get_users_courses(call: Call, args: Args) -> Json:
    """List the courses a person is actively enrolled in and the account may look into."""
    answer = []
    for course in sorted(call.tables.courses.values(), key=lambda course: course.sortorder):
        if call.is_active(course.id, args["userid"]) and call.may_enter(course):
            counted = {"enrolledusercount": len(call.enrolled(course.id))} if args["returnusercount"] else {}
            answer.append(_my_course(call, course) | counted)
    return answer


@declare(
    "enrol_manual_enrol_users",
    {
        "enrolments": Multiple(
            Single(
                {
                    "roleid": INT,
                    "userid": INT,
                    "courseid": INT,
                    "timestart": INT.optional(),
                    "timeend": INT.optional(),
                    "suspend": INT.optional(),
                }
            )
        )
    },
    None,
)
def enrol_users(call: Call, args: Args) -> Json:
    """Enrol people by hand; all or nothing, and an enrolment that exists is changed."""
    for row in args["enrolments"]:
        _check_enrolment(call, row)
    for row in args["enrolments"]:
        _enrol(call, row)
    return None


def _check_enrolment(call: Call, row: Args) -> None:
    course = call.enter(row["courseid"])
    call.require("enrol/manual:enrol")
    if row["roleid"] not in call.tables.roles or not call.can("moodle/role:assign"):
        raise MoodleError("wsusercannotassign", "You don't have the permission to assign this role to this user.")
    if "manual" not in course.enrolmethods:
        raise MoodleError(
            "wsnoinstance", "Manual enrolment plugin instance doesn't exist or is disabled for the course"
        )
    if row["userid"] not in call.tables.users:
        raise MissingRecord("user")


def _enrol(call: Call, row: Args) -> None:
    tables, key = call.tables, (row["courseid"], row["userid"])
    enrolment = tables.enrolments.setdefault(key, Enrolment(*key))
    enrolment.suspended = bool(row.get("suspend", 0))
    enrolment.timestart = row.get("timestart") or 0
    enrolment.timeend = row.get("timeend") or 0
    assigned = (*key, row["roleid"])
    if all((each.courseid, each.userid, each.roleid) != assigned for each in tables.role_assignments.values()):
        number = 1 + max(tables.role_assignments, default=0)
        tables.role_assignments[number] = RoleAssignment(number, *assigned)


FUNCTIONS = (get_enrolled_users, get_users_courses, enrol_users)
