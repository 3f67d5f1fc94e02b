"""The reviews of a workshop, one by one, with their marks per criterion."""

from bridge.demo.calls import Args, Call, declare, in_name_order
from bridge.demo.errors import InvalidParameter, MissingRecord, MoodleError
from bridge.demo.functions.workshops.entry import workshop_entered
from bridge.demo.shapes import ALPHA, FILES, FLOAT, INT, NOTAGS, RAW, TEXT, WARNINGS, Json, Multiple, Shape, Single
from bridge.demo.tables import Workshop, WorkshopAssessment, WorkshopDimension, WorkshopGrade

__all__ = ["FUNCTIONS"]

_VIEW_ALL = "mod/workshop:viewallassessments"
_MODES = ("assessment", "preview")

_ASSESSMENT: dict[str, Shape] = {
    "id": INT.never_null(),
    "submissionid": INT.never_null(),
    "reviewerid": INT.never_null(),
    "weight": INT.never_null(),
    "timecreated": INT,
    "timemodified": INT,
    "grade": FLOAT,
    "gradinggrade": FLOAT,
    "gradinggradeover": FLOAT,
    "gradinggradeoverby": INT,
    "feedbackauthor": RAW,
    "feedbackauthorformat": INT.or_else(0),
    "feedbackauthorattachment": INT,
    "feedbackreviewer": RAW.optional(),
    "feedbackreviewerformat": INT.or_else(0),
    "feedbackcontentfiles": FILES,
    "feedbackattachmentfiles": FILES,
}
_LIST = Single({"assessments": Multiple(Single(_ASSESSMENT)), "warnings": WARNINGS})


def _review(call: Call, row: WorkshopAssessment) -> Json:
    return {
        "id": row.id,
        "submissionid": row.submissionid,
        "reviewerid": row.reviewerid if call.can("mod/workshop:viewreviewernames") else 0,
        "weight": row.weight,
        "timecreated": row.timecreated,
        "timemodified": row.timemodified,
        "grade": row.grade,
        "gradinggrade": row.gradinggrade,
        "gradinggradeover": row.gradinggradeover,
        "gradinggradeoverby": row.gradinggradeoverby,
        "feedbackauthor": call.text(row.feedbackauthor),
        "feedbackauthorformat": 1 if row.feedbackauthor else 0,
        "feedbackauthorattachment": 0,
        "feedbackreviewer": "",
        "feedbackreviewerformat": 0,
        "feedbackcontentfiles": [],
        "feedbackattachmentfiles": [],
    }


def _workshop_of(call: Call, submissionid: int) -> Workshop:
    submission = call.tables.workshop_submissions.get(submissionid)
    if submission is None:
        raise MissingRecord("workshop_submissions")
    return workshop_entered(call, submission.workshopid)


def _assessment(call: Call, assessmentid: int) -> WorkshopAssessment:
    row = call.tables.workshop_assessments.get(assessmentid)
    if row is None:
        raise MissingRecord("workshop_assessments")
    _workshop_of(call, row.submissionid)
    if row.reviewerid != call.token.userid and not call.can(_VIEW_ALL):
        raise MoodleError("nopermissions", "Sorry, but you do not currently have permissions to do that.")
    return row


@declare("mod_workshop_get_submission_assessments", {"submissionid": INT}, _LIST)
def get_submission_assessments(call: Call, args: Args) -> Json:
    """List the reviews of one work by the reviewers' names."""
    _workshop_of(call, args["submissionid"])
    call.require(_VIEW_ALL)
    rows = {
        row.reviewerid: row
        for row in call.tables.workshop_assessments.values()
        if row.submissionid == args["submissionid"]
    }
    users = call.tables.users
    order = in_name_order(users[userid] for userid in rows if userid in users)
    return {"assessments": [_review(call, rows[user.id]) for user in order], "warnings": []}


@declare("mod_workshop_get_reviewer_assessments", {"workshopid": INT, "userid": INT.or_else(0)}, _LIST)
def get_reviewer_assessments(call: Call, args: Args) -> Json:
    """List the reviews that one person owes or wrote."""
    workshop = workshop_entered(call, args["workshopid"])
    userid = args["userid"] or call.token.userid
    if userid != call.token.userid:
        call.require(_VIEW_ALL)
        call.active_user(userid)
    works = {row.id for row in call.tables.workshop_submissions.values() if row.workshopid == workshop.id}
    rows = [
        row
        for row in call.tables.workshop_assessments.values()
        if row.reviewerid == userid and row.submissionid in works
    ]
    return {"assessments": [_review(call, row) for row in rows], "warnings": []}


@declare(
    "mod_workshop_get_assessment",
    {"assessmentid": INT},
    Single({"assessment": Single(_ASSESSMENT), "warnings": WARNINGS}),
)
def get_assessment(call: Call, args: Args) -> Json:
    """Describe one review, without its marks per criterion."""
    return {"assessment": _review(call, _assessment(call, args["assessmentid"])), "warnings": []}


# ---------------------------------------------------------------- the form

_PAIRS = Multiple(Single({"name": RAW, "value": RAW}))
_FORM = Single(
    {
        "dimenssionscount": INT,
        "descriptionfiles": FILES,
        "options": Multiple(Single({"name": RAW, "value": NOTAGS})),
        "fields": _PAIRS,
        "current": _PAIRS,
        "dimensionsinfo": Multiple(
            Single({"id": INT, "min": FLOAT, "max": FLOAT, "weight": TEXT, "scale": TEXT.optional()})
        ),
        "warnings": WARNINGS,
    }
)


def _fields(call: Call, dimensions: list[WorkshopDimension]) -> dict[str, Json]:
    fields: dict[str, Json] = {}
    for number, row in enumerate(dimensions):
        fields |= {
            f"dimensionid__idx_{number}": str(row.id),
            f"description__idx_{number}": call.text(row.description),
            f"description__idx_{number}format": "1",
            f"grade__idx_{number}": str(row.grade),
            f"weight__idx_{number}": str(row.weight),
        }
    for number in range(len(dimensions)):
        # Moodle appends these two after all others, as a number and an empty text.
        fields |= {f"gradeid__idx_{number}": 0, f"peercomment__idx_{number}": ""}
    return fields


def _current(marks: dict[int, WorkshopGrade], dimensions: list[WorkshopDimension]) -> dict[str, Json]:
    current: dict[str, Json] = {}
    for number, row in enumerate(dimensions):
        if row.id in marks:
            mark = marks[row.id]
            current |= {
                f"gradeid__idx_{number}": str(mark.id),
                f"grade__idx_{number}": f"{mark.grade:.5f}",
                f"peercomment__idx_{number}": mark.peercomment,
            }
    return current


def _owes_others(call: Call, row: WorkshopAssessment, workshop: Workshop) -> bool:
    """Say whether the reviewer has other reviews of the workshop to write."""
    works = call.tables.workshop_submissions
    return any(
        other.reviewerid == row.reviewerid
        and other.id != row.id
        and other.grade is None
        and works[other.submissionid].workshopid == workshop.id
        for other in call.tables.workshop_assessments.values()
    )


def _pairs(fields: dict[str, Json]) -> list[Json]:
    # Values are of the RAW type and keep their own: most are text, two are not.
    return [{"name": name, "value": value} for name, value in fields.items()]


@declare(
    "mod_workshop_get_assessment_form_definition",
    {"assessmentid": INT, "mode": ALPHA.or_else("assessment")},
    _FORM,
)
def get_assessment_form_definition(call: Call, args: Args) -> Json:
    """Print a review's form: the criteria, and under ``current`` the marks given."""
    if args["mode"] not in _MODES:
        raise InvalidParameter("Invalid value for mode parameter")
    row = _assessment(call, args["assessmentid"])
    workshop = _workshop_of(call, row.submissionid)
    dimensions = sorted(
        (each for each in call.tables.workshop_dimensions.values() if each.workshopid == workshop.id),
        key=lambda each: each.sort,
    )
    ids = {each.id for each in dimensions}
    marks = {
        mark.dimensionid: mark
        for mark in call.tables.workshop_grades.values()
        if mark.assessmentid == row.id and mark.dimensionid in ids
    }
    options = {"editableweight": call.can("mod/workshop:allocate"), "pending": _owes_others(call, row, workshop)}
    return {
        "dimenssionscount": len(dimensions),
        "descriptionfiles": [],
        "options": _pairs(options),
        "fields": _pairs(_fields(call, dimensions)),
        "current": _pairs(_current(marks, dimensions)),
        "dimensionsinfo": [{"id": d.id, "min": 0, "max": d.grade, "weight": str(d.weight)} for d in dimensions],
        "warnings": [],
    }


FUNCTIONS = (
    get_submission_assessments,
    get_reviewer_assessments,
    get_assessment,
    get_assessment_form_definition,
)
