"""Saving marks of assignments: always answered with null, whether anything was saved or not."""

from bridge.demo.calls import Args, Call, declare
from bridge.demo.errors import MissingRecord
from bridge.demo.functions.assign.marking import team_of
from bridge.demo.functions.completion import refresh_completion
from bridge.demo.gradebook import bounded, cell, item_of
from bridge.demo.shapes import ALPHA, BOOL, FLOAT, INT, RAW, Json, Multiple, Shape, Single
from bridge.demo.tables import Assign, AssignGrade, AssignSubmission, AssignUserFlags

__all__ = ["FUNCTIONS"]

_HTML = 1
_WORKFLOW = ("notmarked", "inmarking", "readyforreview", "inreview", "readyforrelease", "released")

_EDITOR = Single({"text": RAW, "format": INT}).optional()
_PLUGINS = Single({"assignfeedbackcomments_editor": _EDITOR, "files_filemanager": INT.optional()}).or_else({})
_FILLING: dict[str, Shape] = {
    "criterionid": INT,
    "levelid": INT.optional(),
    "remark": RAW.optional(),
    "remarkformat": INT.optional(),
}


def _criteria(filling: dict[str, Shape]) -> Single:
    fillings = Multiple(Single(filling)).optional()
    return Single({"criteria": Multiple(Single({"criterionid": INT, "fillings": fillings}))}).optional()


_ADVANCED = Single({"guide": _criteria(_FILLING | {"score": FLOAT}), "rubric": _criteria(_FILLING)}).or_else({})
"""Accepted and not used: no assignment of the programme is marked by a rubric through the web service."""
_MARK: dict[str, Shape] = {
    "userid": INT,
    "grade": FLOAT,
    "attemptnumber": INT,
    "addattempt": BOOL,
    "workflowstate": ALPHA,
}


def _submission(call: Call, assign: Assign, userid: int) -> AssignSubmission | None:
    rows = [
        row
        for row in call.tables.assign_submissions.values()
        if (row.assignment, row.userid, row.groupid) == (assign.id, userid, 0)
    ]
    return max(rows, key=lambda row: row.attemptnumber, default=None)


def _grade_row(call: Call, assign: Assign, userid: int, attempt: int) -> AssignGrade:
    """Return the mark of an attempt, creating an empty one and the submission it belongs to."""
    tables = call.tables
    submission = _submission(call, assign, userid)
    if submission is None:
        number = 1 + max(tables.assign_submissions, default=0)
        submission = AssignSubmission(number, assign.id, userid, call.now, call.now, status="new")
        tables.assign_submissions[number] = submission
    wanted = submission.attemptnumber if attempt < 0 else attempt
    for row in tables.assign_grades.values():
        if (row.assignment, row.userid, row.attemptnumber) == (assign.id, userid, wanted):
            return row
    number = 1 + max(tables.assign_grades, default=0)
    row = AssignGrade(number, assign.id, userid, call.now, call.now, call.token.userid, attemptnumber=wanted)
    tables.assign_grades[number] = row
    return row


def _fits(call: Call, assign: Assign, grade: float) -> bool:
    if grade in {0, -1}:
        # Moodle checks only grades that are neither empty nor "not graded".
        return True
    if assign.grade > 0:
        return 0 <= grade <= assign.grade
    scale = call.tables.scales.get(-assign.grade)
    return scale is not None and 1 <= int(grade) <= len(scale.items)


def _published(call: Call, assign: Assign, userid: int) -> bool:
    """Say whether a mark may pass into the gradebook: workflow released, identities revealed."""
    if assign.blindmarking and not assign.revealidentities:
        return False
    if not assign.markingworkflow:
        return True
    flags = call.tables.assign_user_flags.get((assign.id, userid))
    return flags is not None and flags.workflowstate == "released"


def _push(call: Call, assign: Assign, row: AssignGrade) -> None:
    item = item_of(call.tables, "assign", assign.id)
    if item is None or not _published(call, assign, row.userid):
        return
    entry = cell(call.tables, item, row.userid)
    if entry.locked or item.locked:
        return
    raw = None if row.grade < 0 else row.grade
    entry.raw = raw
    if not entry.overridden:
        entry.final, entry.timemodified = bounded(item, raw), row.timemodified
        entry.feedback, entry.feedbackformat = row.comment, _HTML if row.comment else 0
    refresh_completion(call, item, row.userid)


def _apply(call: Call, assign: Assign, userid: int, mark: Args) -> None:
    """Save one mark, or silently not.

    A locked or overridden gradebook cell keeps the old mark, yet the mark's time and grader change; a mark out of
    range changes nothing at all but the comment.
    """
    row = _grade_row(call, assign, userid, mark["attemptnumber"])
    item = item_of(call.tables, "assign", assign.id)
    entry = call.tables.grade_grades.get((item.id, userid)) if item else None
    disabled = entry is not None and (entry.locked or entry.overridden)
    grade = row.grade if disabled else mark["grade"]
    if not disabled and mark["workflowstate"] in _WORKFLOW:
        key = (assign.id, userid)
        call.tables.assign_user_flags.setdefault(key, AssignUserFlags(*key)).workflowstate = mark["workflowstate"]
    editor = mark.get("plugindata", {}).get("assignfeedbackcomments_editor")
    commented = editor is not None and editor["text"] != row.comment
    if commented:
        row.comment = editor["text"]
    if (row.grade < 0 and grade < 0 and not commented) or not _fits(call, assign, grade):
        return
    row.grade, row.grader, row.timemodified = round(grade, 5), call.token.userid, call.now
    _push(call, assign, row)


def _save(call: Call, assign: Assign, mark: Args, *, applytoall: bool) -> None:
    people = {mark["userid"]}
    if assign.teamsubmission and applytoall:
        group = call.tables.groups.get(team_of(call, assign, mark["userid"]))
        people = {userid for userid in group.members if call.is_active(assign.course, userid)} if group else people
    for userid in sorted(people):
        _apply(call, assign, userid, mark)


def _opened(call: Call, assignmentid: int) -> Assign:
    assign = call.tables.assigns.get(assignmentid)
    if assign is None:
        raise MissingRecord("assign")
    call.enter(assign.course)
    call.require("mod/assign:grade")
    return assign


@declare(
    "mod_assign_save_grade",
    {
        "assignmentid": INT,
        **_MARK,
        "applytoall": BOOL,
        "plugindata": _PLUGINS,
        "advancedgradingdata": _ADVANCED,
    },
    None,
)
def save_grade(call: Call, args: Args) -> Json:
    """Save one mark."""
    assign = _opened(call, args["assignmentid"])
    _save(call, assign, args, applytoall=args["applytoall"])
    return None


@declare(
    "mod_assign_save_grades",
    {
        "assignmentid": INT,
        "applytoall": BOOL,
        "grades": Multiple(Single(_MARK | {"plugindata": _PLUGINS, "advancedgradingdata": _ADVANCED})),
    },
    None,
)
def save_grades(call: Call, args: Args) -> Json:
    """Save marks; the batch is refused only where the same team is marked twice."""
    assign = _opened(call, args["assignmentid"])
    for mark in args["grades"]:
        _save(call, assign, mark, applytoall=args["applytoall"])
    return None


FUNCTIONS = (save_grade, save_grades)
