"""What the functions of workshops share: the way in."""

from bridge.demo.calls import Call
from bridge.demo.errors import MissingRecord
from bridge.demo.shapes import Json
from bridge.demo.tables import Workshop, WorkshopSubmission

__all__ = ["entered_courses", "works_of", "workshop_entered"]


def workshop_entered(call: Call, workshopid: int) -> Workshop:
    """Return a workshop whose course the account may look into."""
    workshop = call.tables.workshops.get(workshopid)
    if workshop is None:
        raise MissingRecord("workshop")
    call.enter(workshop.course)
    return workshop


def entered_courses(call: Call, asked: list[int]) -> tuple[list[int], list[Json]]:
    """Split courses into those the account may look into and warnings about the rest; none asked means one's own."""
    mine = [courseid for courseid, userid in call.tables.enrolments if userid == call.token.userid]
    open_ids, warnings = [], []
    for courseid in asked or mine:
        course = call.tables.courses.get(courseid)
        if course is not None and call.may_enter(course):
            open_ids.append(courseid)
        else:
            warnings.append(
                {
                    "item": "course",
                    "itemid": courseid,
                    "warningcode": "1",
                    "message": "No access rights in course context",
                }
            )
    return open_ids, warnings


def works_of(call: Call, workshop: Workshop) -> list[WorkshopSubmission]:
    rows = [row for row in call.tables.workshop_submissions.values() if row.workshopid == workshop.id]
    return sorted(rows, key=lambda row: (row.timecreated, row.id))
