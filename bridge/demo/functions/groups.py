"""Groups, groupings, cohorts."""

from bridge.demo.calls import Args, Call, declare, in_name_order
from bridge.demo.errors import InvalidParameter, MissingRecord
from bridge.demo.shapes import (
    ALPHA,
    ALPHANUMEXT,
    BOOL,
    CUSTOM_FIELDS,
    INT,
    RAW,
    TEXT,
    WARNINGS,
    Json,
    Multiple,
    Shape,
    Single,
)
from bridge.demo.tables import Cohort, Group, Grouping

__all__ = ["FUNCTIONS"]

_MANAGE = "moodle/course:managegroups"

_GROUP: dict[str, Shape] = {
    "id": INT,
    "courseid": INT,
    "name": TEXT,
    "description": RAW,
    "descriptionformat": INT,
    "enrolmentkey": RAW,
    "idnumber": RAW,
}
_VISIBILITY: dict[str, Shape] = {"visibility": INT, "participation": BOOL}
_CUSTOM: dict[str, Shape] = {"customfields": CUSTOM_FIELDS}


def _group(call: Call, row: Group) -> dict[str, Json]:
    return {
        "id": row.id,
        "courseid": row.courseid,
        "name": call.string(row.name),
        "description": call.text(row.description, row.descriptionformat),
        "descriptionformat": 1,
        "enrolmentkey": row.enrolmentkey,
        "idnumber": row.idnumber,
        "visibility": row.visibility,
        "participation": row.participation,
    }


def _by_name(call: Call, ids: set[int]) -> list[int]:
    users = call.tables.users
    return [user.id for user in in_name_order(users[userid] for userid in ids if userid in users)]


@declare("core_group_get_course_groups", {"courseid": INT}, Multiple(Single(_GROUP | _VISIBILITY)))
def get_course_groups(call: Call, args: Args) -> Json:
    """List a course's groups by name."""
    course = call.enter_or_say(args["courseid"])
    call.require(_MANAGE)
    rows = [row for row in call.tables.groups.values() if row.courseid == course.id]
    return [_group(call, row) for row in sorted(rows, key=lambda row: row.name)]


def _managed(call: Call, groupid: int) -> Group:
    row = call.tables.groups.get(groupid)
    if row is None:
        raise MissingRecord("groups")
    call.enter_or_say(row.courseid)
    call.require(_MANAGE)
    return row


@declare(
    "core_group_get_group_members",
    {"groupids": Multiple(INT)},
    Multiple(Single({"groupid": INT, "userids": Multiple(INT)})),
)
def get_group_members(call: Call, args: Args) -> Json:
    """List members; one missing group fails the batch."""
    rows = [_managed(call, groupid) for groupid in args["groupids"]]
    return [{"groupid": row.id, "userids": _by_name(call, row.members)} for row in rows]


# ---------------------------------------------------------------- groupings

_GROUPING: dict[str, Shape] = {
    "id": INT,
    "courseid": INT,
    "name": TEXT,
    "description": RAW,
    "descriptionformat": INT,
    "idnumber": RAW,
}


def _grouping(call: Call, row: Grouping) -> dict[str, Json]:
    return {
        "id": row.id,
        "courseid": row.courseid,
        "name": call.string(row.name),
        "description": call.text(row.description, row.descriptionformat),
        "descriptionformat": 1,
        "idnumber": row.idnumber,
    }


@declare("core_group_get_course_groupings", {"courseid": INT}, Multiple(Single(_GROUPING)))
def get_course_groupings(call: Call, args: Args) -> Json:
    """List a course's groupings by name."""
    course = call.enter_or_say(args["courseid"])
    call.require(_MANAGE)
    rows = [row for row in call.tables.groupings.values() if row.courseid == course.id]
    return [_grouping(call, row) for row in sorted(rows, key=lambda row: row.name)]


@declare(
    "core_group_get_groupings",
    {"groupingids": Multiple(INT), "returngroups": BOOL.or_else(default=False)},
    Multiple(Single(_GROUPING | _CUSTOM | {"groups": Multiple(Single(_GROUP | _CUSTOM)).optional()})),
)
def get_groupings(call: Call, args: Args) -> Json:
    """Describe groupings, with their groups where asked."""
    answer = []
    for groupingid in args["groupingids"]:
        row = call.tables.groupings.get(groupingid)
        if row is None:
            raise MissingRecord("groupings")
        call.enter_or_say(row.courseid)
        call.require(_MANAGE)
        fields = _grouping(call, row) | {"customfields": []}
        if args["returngroups"] and row.groups:
            groups = (call.tables.groups[groupid] for groupid in sorted(row.groups))
            fields["groups"] = [_group(call, group) | {"customfields": []} for group in groups]
        answer.append(fields)
    return answer


# ---------------------------------------------------------------- writing

_MEMBERS = {"members": Multiple(Single({"groupid": INT, "userid": INT}))}


@declare("core_group_add_group_members", {**_MEMBERS}, None)
def add_group_members(call: Call, args: Args) -> Json:
    """Add members, all or none; only people of the course may be members."""
    pairs = [(_managed(call, row["groupid"]), row["userid"]) for row in args["members"]]
    for group, userid in pairs:
        if userid not in call.tables.users:
            raise MissingRecord("user")
        if (group.courseid, userid) not in call.tables.enrolments:
            raise InvalidParameter("Only enrolled users may be members of groups")
    for group, userid in pairs:
        group.members.add(userid)
    return None


@declare(
    "core_group_create_groups",
    {
        "groups": Multiple(
            Single(
                {
                    "courseid": INT,
                    "name": TEXT,
                    "description": RAW,
                    "descriptionformat": INT.or_else(1),
                    "enrolmentkey": RAW.optional(),
                    "idnumber": RAW.optional(),
                    "visibility": INT.or_else(0),
                    "participation": BOOL.or_else(default=True),
                    "customfields": Multiple(Single({"shortname": ALPHANUMEXT, "value": RAW})).optional(),
                }
            )
        )
    },
    Multiple(Single(_GROUP | _VISIBILITY | _CUSTOM)),
)
def create_groups(call: Call, args: Args) -> Json:
    """Create groups, all or none; a course has no two of one name."""
    for row in args["groups"]:
        call.enter_or_say(row["courseid"])
        call.require(_MANAGE)
        same = (each for each in call.tables.groups.values() if each.courseid == row["courseid"])
        if not row["name"].strip() or any(each.name == row["name"] for each in same):
            raise InvalidParameter("Group with the same name already exists in the course")
    return [_group(call, _created(call, row)) for row in args["groups"]]


def _created(call: Call, row: Args) -> Group:
    number = 1 + max(call.tables.groups, default=0)
    group = Group(
        number, row["courseid"], row["name"], row.get("idnumber", ""), row["description"], row["descriptionformat"], ""
    )
    call.tables.groups[number] = group
    return group


# ---------------------------------------------------------------- cohorts

_COHORT: dict[str, Shape] = {
    "id": INT,
    "name": RAW,
    "idnumber": RAW,
    "description": RAW,
    "descriptionformat": INT,
    "visible": BOOL,
    "theme": RAW.optional(),
}
_SEES_COHORTS = ("moodle/cohort:manage", "moodle/cohort:view")


def _cohort(call: Call, row: Cohort) -> Json:
    return {
        "id": row.id,
        "name": call.string(row.name),
        "idnumber": row.idnumber,
        "description": call.text(row.description, row.descriptionformat),
        "descriptionformat": 1,
        "visible": row.visible,
        "theme": "",
        "customfields": [],
    }


@declare("core_cohort_get_cohorts", {"cohortids": Multiple(INT).or_else([])}, Multiple(Single(_COHORT | _CUSTOM)))
def get_cohorts(call: Call, args: Args) -> Json:
    """List cohorts; the capability opens all of them or none."""
    ids = args["cohortids"]
    rows = [row for row in call.tables.cohorts.values() if not ids or row.id in ids]
    for _row in rows:
        call.require(*_SEES_COHORTS)
    return [_cohort(call, row) for row in rows]


@declare(
    "core_cohort_search_cohorts",
    {
        "query": RAW,
        "context": Single(
            {"contextid": INT.or_else(0), "contextlevel": ALPHA.or_else(""), "instanceid": INT.or_else(0)}
        ),
        "includes": ALPHA.or_else("parents"),
        "limitfrom": INT.or_else(0),
        "limitnum": INT.or_else(25),
    },
    Single({"cohorts": Multiple(Single(_COHORT | _CUSTOM))}),
)
def search_cohorts(call: Call, args: Args) -> Json:
    """List the cohorts of one place; here all of them stand in the categories."""
    call.require(*_SEES_COHORTS)
    rows = [row for row in call.tables.cohorts.values() if args["query"].lower() in row.name.lower()]
    page = rows[args["limitfrom"] : args["limitfrom"] + args["limitnum"]]
    return {"cohorts": [_cohort(call, row) for row in page]}


@declare(
    "core_cohort_get_cohort_members",
    {"cohortids": Multiple(INT)},
    Multiple(Single({"cohortid": INT, "userids": Multiple(INT)})),
)
def get_cohort_members(call: Call, args: Args) -> Json:
    """List members by name; one missing cohort fails the batch."""
    answer = []
    for cohortid in args["cohortids"]:
        row = call.tables.cohorts.get(cohortid)
        if row is None:
            raise MissingRecord("cohort")
        call.require(*_SEES_COHORTS)
        answer.append({"cohortid": row.id, "userids": _by_name(call, row.members)})
    return answer


_BY = Single({"type": ALPHANUMEXT, "value": RAW})


@declare(
    "core_cohort_add_cohort_members",
    {"members": Multiple(Single({"cohorttype": _BY, "usertype": _BY}))},
    Single({"warnings": WARNINGS}),
)
def add_cohort_members(call: Call, args: Args) -> Json:
    """Add members; what cannot be found, or is a member already, becomes a warning."""
    warnings: list[Json] = []
    for row in args["members"]:
        warning = _add_to_cohort(call, row["cohorttype"], row["usertype"])
        if warning is not None:
            warnings.append({"warningcode": warning[0], "message": warning[1]})
    return {"warnings": warnings}


def _add_to_cohort(call: Call, cohorttype: Args, usertype: Args) -> tuple[str, str] | None:
    said = f"cohort({cohorttype['type']}={cohorttype['value']} {usertype['type']}={usertype['value']})"
    if cohorttype["type"] not in {"id", "idnumber"} or usertype["type"] not in {"id", "username"}:
        return "1", f"invalid parameter: {said}"
    cohort = next(
        (row for row in call.tables.cohorts.values() if str(getattr(row, cohorttype["type"])) == cohorttype["value"]),
        None,
    )
    user = next(
        (row for row in call.tables.users.values() if str(getattr(row, usertype["type"])) == usertype["value"]), None
    )
    if cohort is None or user is None:
        missing, by = ("cohort", cohorttype) if cohort is None else ("user", usertype)
        return "2", f"{missing} {by['type']}={by['value']} not exists"
    if user.id in cohort.members:
        return "3", f"record already exists: {said}"
    call.require("moodle/cohort:manage", "moodle/cohort:assign")
    cohort.members.add(user.id)
    return None


@declare(
    "core_cohort_create_cohorts",
    {
        "cohorts": Multiple(
            Single(
                {
                    "categorytype": _BY,
                    "name": RAW,
                    "idnumber": RAW,
                    "description": RAW.optional(),
                    "descriptionformat": INT.or_else(1),
                    "visible": BOOL.optional(),
                    "theme": RAW.optional(),
                    "customfields": Multiple(Single({"shortname": ALPHANUMEXT, "value": RAW})).optional(),
                }
            )
        )
    },
    Multiple(Single(_COHORT)),
)
def create_cohorts(call: Call, args: Args) -> Json:
    """Create cohorts, all or none; an id number is taken once."""
    call.require("moodle/cohort:manage")
    taken = {row.idnumber for row in call.tables.cohorts.values() if row.idnumber}
    if any(row["idnumber"] in taken for row in args["cohorts"]):
        raise InvalidParameter("Cohort with the same id number already exists")
    answer = []
    for row in args["cohorts"]:
        number = 1 + max(call.tables.cohorts, default=0)
        cohort = Cohort(
            number, row["name"], row["idnumber"], row.get("description", ""), visible=row.get("visible", True)
        )
        call.tables.cohorts[number] = cohort
        answer.append(_cohort(call, cohort))
    return answer


FUNCTIONS = (
    get_course_groups,
    get_group_members,
    get_course_groupings,
    get_groupings,
    add_group_members,
    create_groups,
    get_cohorts,
    search_cohorts,
    get_cohort_members,
    add_cohort_members,
    create_cohorts,
)
