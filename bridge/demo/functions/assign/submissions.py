"""What people and teams handed in."""

from bridge.demo.calls import Args, Call, declare
from bridge.demo.functions.assign.marking import SUBMITTERS, Marking, latest_submissions, readable, team_of
from bridge.demo.shapes import ALPHA, ALPHANUMEXT, FILES, INT, RAW, TEXT, WARNINGS, Json, Multiple, Shape, Single
from bridge.demo.tables import Assign, AssignSubmission

__all__ = ["FUNCTIONS"]

_FILES = Multiple(Single({"area": TEXT, "files": FILES.optional()})).optional()
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
        call.archetypes(assign.course, user.id) & SUBMITTERS
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
    marking = Marking(call, assign)
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
    for assignmentid in readable(call, args["assignmentids"], warnings):
        found = latest_submissions(call, assignmentid).values()
        rows = sorted((row for row in found if _within(row, args)), key=lambda row: (row.userid, row.groupid, row.id))
        if not rows:
            warnings.append(
                {"item": "module", "itemid": assignmentid, "warningcode": "3", "message": "No submissions found"}
            )
        submissions = _submissions(call, call.tables.assigns[assignmentid], rows) if rows else []
        assignments.append({"assignmentid": assignmentid, "submissions": submissions})
    return {"assignments": assignments, "warnings": warnings}


FUNCTIONS = (get_submissions,)
