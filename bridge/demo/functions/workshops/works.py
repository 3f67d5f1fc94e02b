"""The works that were handed in to a workshop."""

from bridge.demo.calls import Args, Call, declare
from bridge.demo.functions.workshops.entry import works_of, workshop_entered
from bridge.demo.shapes import BOOL, FILES, FLOAT, INT, RAW, WARNINGS, Json, Multiple, Shape, Single
from bridge.demo.tables import WorkshopSubmission

__all__ = ["FUNCTIONS"]

_SUBMISSION: dict[str, Shape] = {
    "id": INT.never_null(),
    "workshopid": INT.never_null(),
    "example": BOOL,
    "authorid": INT.never_null(),
    "timecreated": INT.never_null(),
    "timemodified": INT.never_null(),
    "title": RAW.never_null(),
    "content": RAW,
    "contentformat": INT.or_else(0),
    "contenttrust": INT.never_null(),
    "attachment": INT,
    "grade": FLOAT.optional(),
    "gradeover": FLOAT.optional(),
    "gradeoverby": INT.optional(),
    "feedbackauthor": RAW.optional(),
    "feedbackauthorformat": INT.or_else(0),
    "timegraded": INT.optional(),
    "published": BOOL,
    "late": INT.never_null(),
    "contentfiles": FILES.optional(),
    "attachmentfiles": FILES.optional(),
}


def _submission(call: Call, row: WorkshopSubmission) -> Json:
    return {
        "id": row.id,
        "workshopid": row.workshopid,
        "example": False,
        "authorid": row.authorid if call.can("mod/workshop:viewauthornames") else 0,
        "timecreated": row.timecreated,
        "timemodified": row.timemodified,
        "title": call.string(row.title),
        "content": call.text(row.content),
        "contentformat": 1,
        "contenttrust": 0,
        "attachment": 0,
        "grade": row.grade,
        "gradeover": row.gradeover,
        "gradeoverby": row.gradeoverby,
        "feedbackauthor": call.text(row.feedbackauthor),
        "feedbackauthorformat": 1 if row.feedbackauthor else 0,
        "timegraded": row.timegraded,
        "published": False,
        "late": 0,
        "contentfiles": [],
        "attachmentfiles": [],
    }


@declare(
    "mod_workshop_get_submissions",
    {
        "workshopid": INT,
        "userid": INT.or_else(0),
        "groupid": INT.or_else(0),
        "page": INT.or_else(0),
        "perpage": INT.or_else(0),
    },
    Single(
        {
            "submissions": Multiple(Single(_SUBMISSION)),
            "totalcount": INT,
            "totalfilesize": INT,
            "warnings": WARNINGS,
        }
    ),
)
def get_submissions(call: Call, args: Args) -> Json:
    """List works in the order they came in; those of people who left are here still."""
    workshop = workshop_entered(call, args["workshopid"])
    rows = works_of(call, workshop)
    if not call.can("mod/workshop:viewallsubmissions"):
        rows = [row for row in rows if row.authorid == call.token.userid]
    if args["userid"]:
        rows = [row for row in rows if row.authorid == args["userid"]]
    if args["groupid"]:
        group = call.tables.groups.get(args["groupid"])
        rows = [row for row in rows if group is not None and row.authorid in group.members]
    shown = _paged(rows, args)
    return {
        "submissions": [_submission(call, row) for row in shown],
        "totalcount": len(rows),
        "totalfilesize": 0,
    }


def _paged(rows: list[WorkshopSubmission], args: Args) -> list[WorkshopSubmission]:
    # The function hands its page number to SQL as an offset: page 1 starts at the second row. Moodle 4.5 does this.
    return rows[args["page"] : args["page"] + args["perpage"]] if args["perpage"] else rows[args["page"] :]


FUNCTIONS = (get_submissions,)
