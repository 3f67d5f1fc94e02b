"""What tutors marked, published or not."""

from bridge.demo.calls import Args, Call, declare
from bridge.demo.functions.assign.marking import readable
from bridge.demo.shapes import INT, RAW, TEXT, WARNINGS, Json, Multiple, Shape, Single

__all__ = ["FUNCTIONS"]

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
    open_ones = readable(call, args["assignmentids"], warnings)
    refused = {warning["itemid"] for warning in warnings}
    found = {}
    for assignmentid in sorted({*args["assignmentids"]} - refused):
        grades = _grades(call, assignmentid, args["since"]) if assignmentid in open_ones else []
        if grades:
            found[assignmentid] = grades
    warnings += [
        {"item": "assignment", "itemid": assignmentid, "warningcode": "3", "message": "No grades found"}
        for assignmentid in args["assignmentids"]
        if assignmentid not in refused and assignmentid not in found
    ]
    assignments = [{"assignmentid": assignmentid, "grades": grades} for assignmentid, grades in found.items()]
    return {"assignments": assignments, "warnings": warnings}


FUNCTIONS = (get_grades,)
