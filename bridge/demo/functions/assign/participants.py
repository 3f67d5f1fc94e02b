"""Who is to submit an assignment, by name or by blind number."""

from bridge.demo.calls import Args, Call, declare, in_name_order
from bridge.demo.errors import MissingRecord, NoPermission
from bridge.demo.functions.assign.marking import SUBMITTERS, VIEW_GRADES, Marking, latest_submissions
from bridge.demo.functions.users import ACCOUNT, DEFAULT_FIELDS, USER, details
from bridge.demo.shapes import ALPHA, BOOL, INT, RAW, TEXT, Json, Multiple, Shape, Single
from bridge.demo.tables import Assign, AssignUserFlags, User

__all__ = ["FUNCTIONS"]

_OTHERS = frozenset({"auth", "confirmed", "lang", "calendartype", "theme", "timezone", "mailformat"})
"""What an account shows elsewhere and not here."""

_PARTICIPANT: dict[str, Shape] = {
    **{key: shape for key, shape in ACCOUNT.items() if key not in _OTHERS},
    "profileimageurlsmall": RAW.optional(),
    "profileimageurl": RAW.optional(),
    "recordid": INT,
    "groups": Multiple(Single({"id": INT, "name": RAW, "description": RAW})).optional(),
    "roles": USER["roles"],
    "enrolledcourses": USER["enrolledcourses"],
    "submitted": BOOL,
    "requiregrading": BOOL,
    "grantedextension": BOOL,
    "submissionstatus": ALPHA.optional(),
    "groupid": INT.optional(),
    "groupname": TEXT.optional(),
}


def _participants(call: Call, assign: Assign, groupid: int) -> list[User]:
    group = call.tables.groups.get(groupid)
    people = [
        user
        for user in call.enrolled(assign.course)
        if call.archetypes(assign.course, user.id) & SUBMITTERS
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


def _participant(call: Call, assign: Assign, user: User, marking: Marking, args: Args) -> Json:
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
    if not call.can(*VIEW_GRADES):
        raise NoPermission("mod/assign:viewgrades")
    marking = Marking(call, assign)
    rows = [_participant(call, assign, user, marking, args) for user in _participants(call, assign, args["groupid"])]
    rows = [row for row in rows if args["filter"].lower() in row["fullname"].lower()]
    end = args["skip"] + args["limit"] if args["limit"] > 0 else None
    return rows[args["skip"] : end]


FUNCTIONS = (list_participants,)
