"""Who reviewed whom in a workshop, and what one person got out of it."""

from bridge.demo.calls import Args, Call, declare, in_name_order
from bridge.demo.errors import InvalidParameter, MoodleError
from bridge.demo.functions.workshops.entry import works_of, workshop_entered
from bridge.demo.gradebook import decimals, item_of
from bridge.demo.shapes import ALPHA, BOOL, FLOAT, INT, NOTAGS, RAW, WARNINGS, Json, Multiple, Shape, Single
from bridge.demo.tables import User, Workshop, WorkshopAssessment, WorkshopPhase, WorkshopSubmission

__all__ = ["FUNCTIONS"]

_SUBMITTERS = frozenset({"student"})
_REVIEW = Single(
    {
        "userid": INT,
        "assessmentid": INT,
        "submissionid": INT,
        "grade": FLOAT,
        "gradinggrade": FLOAT,
        "gradinggradeover": FLOAT,
        "weight": INT,
    }
)
_REPORT_ROW: dict[str, Shape] = {
    "userid": INT,
    "submissionid": INT,
    "submissiontitle": RAW,
    "submissionmodified": INT,
    "submissiongrade": FLOAT.optional(),
    "gradinggrade": FLOAT.optional(),
    "submissiongradeover": FLOAT.optional(),
    "submissiongradeoverby": INT.optional(),
    "submissionpublished": INT.optional(),
    "reviewedby": Multiple(_REVIEW).optional(),
    "reviewerof": Multiple(_REVIEW).optional(),
}
_SORTS = ("lastname", "firstname", "submissiontitle", "submissionmodified", "submissiongrade", "gradinggrade")


class _Report:
    """The rows behind a report, gathered once."""

    def __init__(self, call: Call, workshop: Workshop) -> None:
        self.call = call
        self.workshop = workshop
        self.works = {row.authorid: row for row in works_of(call, workshop)}
        by_id = {row.id: row for row in self.works.values()}
        self.reviewed: dict[int, list[WorkshopAssessment]] = {}
        self.reviewing: dict[int, list[WorkshopAssessment]] = {}
        for row in call.tables.workshop_assessments.values():
            if row.submissionid in by_id:
                self.reviewed.setdefault(row.submissionid, []).append(row)
                self.reviewing.setdefault(row.reviewerid, []).append(row)
        self.author_of = {row.id: row.authorid for row in by_id.values()}
        self.earned = {
            row.userid: row.gradinggrade
            for row in call.tables.workshop_aggregations.values()
            if row.workshopid == workshop.id
        }

    def people(self, groupid: int) -> list[User]:
        """Return the workshop's active participants; people who left are not among them."""
        course, call = self.workshop.course, self.call
        found = [
            user
            for user in call.enrolled(course)
            if call.is_active(course, user.id) and call.archetypes(course, user.id) & _SUBMITTERS
        ]
        if groupid:
            group = call.tables.groups.get(groupid)
            found = [user for user in found if group is not None and user.id in group.members]
        return in_name_order(found)

    def sort_value(self, user: User, by: str) -> tuple[bool, str | float]:
        """Return what a person is sorted by; those without come first, as NULL does."""
        work = self.works.get(user.id)
        values: dict[str, str | float | None] = {
            "lastname": user.lastname,
            "firstname": user.firstname,
            "submissiontitle": work.title if work else None,
            "submissionmodified": work.timemodified if work else None,
            "submissiongrade": work.grade if work else None,
            "gradinggrade": self.earned.get(user.id),
        }
        value = values[by]
        return (value is not None, value if value is not None else 0)

    def real(self, share: float | None, maximum: float) -> float | None:
        """Turn per cent into points, rounded as the workshop says: this is where exactness is lost."""
        return None if share is None else float(decimals(maximum * share / 100, self.workshop.gradedecimals))

    def review(self, row: WorkshopAssessment, userid: int) -> Json:
        """Describe one review by its other side."""
        top, earned = self.workshop.grade, self.workshop.gradinggrade
        return {
            "userid": userid,
            "assessmentid": row.id,
            "submissionid": row.submissionid,
            "grade": self.real(row.grade, top),
            "gradinggrade": self.real(row.gradinggrade, earned),
            "gradinggradeover": self.real(row.gradinggradeover, earned),
            "weight": row.weight,
        }

    def reviews(self, pairs: list[tuple[WorkshopAssessment, int]], *, names: bool) -> list[Json]:
        """Describe reviews by weight, then by the other side's name."""
        users = self.call.tables.users
        known = [(row, users[userid]) for row, userid in pairs if userid in users]
        known.sort(key=lambda pair: (-pair[0].weight, pair[1].lastname, pair[1].firstname, pair[1].id))
        return [self.review(row, user.id if names else 0) for row, user in known]

    def row(self, user: User) -> dict[str, Json]:
        """Describe one participant."""
        work = self.works.get(user.id)
        fields: dict[str, Json] = {
            "userid": user.id,
            "submissionid": work.id if work else None,
            "submissiontitle": work.title if work else None,
            "submissionmodified": work.timemodified if work else None,
        }
        phase = self.workshop.phase
        if phase >= WorkshopPhase.EVALUATION:
            fields["submissiongrade"] = self.real(work.grade, self.workshop.grade) if work else None
            fields["gradinggrade"] = self.real(self.earned.get(user.id), self.workshop.gradinggrade)
            fields["submissiongradeover"] = self.real(work.gradeover, self.workshop.grade) if work else None
        if phase >= WorkshopPhase.ASSESSMENT:
            fields |= self.pairs(user, work)
        return fields

    def pairs(self, user: User, work: WorkshopSubmission | None) -> dict[str, Json]:
        """List who reviewed the person's work, and whose works the person reviews."""
        reviewed = [(row, row.reviewerid) for row in self.reviewed.get(work.id, [])] if work else []
        reviewing = [(row, self.author_of[row.submissionid]) for row in self.reviewing.get(user.id, [])]
        return {
            "submissiongradeoverby": work.gradeoverby if work else None,
            "submissionpublished": 0 if work else None,
            "reviewedby": self.reviews(reviewed, names=self.call.can("mod/workshop:viewreviewernames")),
            "reviewerof": self.reviews(reviewing, names=self.call.can("mod/workshop:viewauthornames")),
        }


@declare(
    "mod_workshop_get_grades_report",
    {
        "workshopid": INT,
        "groupid": INT.or_else(0),
        "sortby": ALPHA.or_else("lastname"),
        "sortdirection": ALPHA.or_else("ASC"),
        "page": INT.or_else(0),
        "perpage": INT.or_else(0),
    },
    Single(
        {"report": Single({"grades": Multiple(Single(_REPORT_ROW)), "totalcount": INT}), "warnings": WARNINGS},
    ),
)
def get_grades_report(call: Call, args: Args) -> Json:
    """Print who reviewed whom, page by page; grades are rounded, a workshop in set-up has nothing to show."""
    if args["sortby"] not in _SORTS or args["sortdirection"].upper() not in {"ASC", "DESC"}:
        raise InvalidParameter("Invalid value for sortby or sortdirection parameter")
    workshop = workshop_entered(call, args["workshopid"])
    call.require("mod/workshop:viewallassessments")
    if workshop.phase < WorkshopPhase.SUBMISSION:
        raise MoodleError("nothingfound", "Nothing to display")
    report = _Report(call, workshop)
    people = report.people(args["groupid"])
    people.sort(
        key=lambda user: report.sort_value(user, args["sortby"]), reverse=args["sortdirection"].upper() == "DESC"
    )
    start = args["page"] * args["perpage"]
    shown = people[start : start + args["perpage"]] if args["perpage"] else people
    return {
        "report": {"grades": [report.row(user) for user in shown], "totalcount": len(people)},
        "warnings": [],
    }


@declare(
    "mod_workshop_get_grades",
    {"workshopid": INT, "userid": INT.or_else(0)},
    Single(
        {
            "assessmentrawgrade": FLOAT.optional(),
            "assessmentlongstrgrade": NOTAGS.optional(),
            "assessmentgradehidden": BOOL.optional(),
            "submissionrawgrade": FLOAT.optional(),
            "submissionlongstrgrade": NOTAGS.optional(),
            "submissiongradehidden": BOOL.optional(),
            "warnings": WARNINGS,
        }
    ),
)
def get_grades(call: Call, args: Args) -> Json:
    """Print one person's two gradebook grades of a workshop."""
    workshop = workshop_entered(call, args["workshopid"])
    userid = args["userid"] or call.token.userid
    if userid != call.token.userid:
        call.require("mod/workshop:viewallassessments")
        call.active_user(userid)
    answer: dict[str, Json] = {"warnings": []}
    for number, name in enumerate(("submission", "assessment")):
        item = item_of(call.tables, "workshop", workshop.id, number)
        row = call.tables.grade_grades.get((item.id, userid)) if item else None
        if item is None or row is None or row.final is None:
            continue
        answer |= {
            f"{name}rawgrade": row.final,
            f"{name}longstrgrade": f"{decimals(row.final)} / {decimals(item.grademax)}",
            f"{name}gradehidden": item.hidden or row.hidden,
        }
    return answer


FUNCTIONS = (get_grades_report, get_grades)
