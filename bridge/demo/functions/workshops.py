"""Workshops: settings, submissions, and the report of who reviewed whom."""

from bridge.demo.calls import Args, Call, declare, in_name_order
from bridge.demo.errors import InvalidParameter, MissingRecord, MoodleError
from bridge.demo.gradebook import decimals, item_of
from bridge.demo.shapes import (
    ALPHA,
    BOOL,
    FLOAT,
    INT,
    RAW,
    TEXT,
    WARNINGS,
    Json,
    Multiple,
    Shape,
    Single,
)
from bridge.demo.tables import User, Workshop, WorkshopAssessment, WorkshopPhase, WorkshopSubmission

__all__ = ["FUNCTIONS", "entered_courses", "workshop_entered"]

_SUBMITTERS = frozenset({"student"})


def workshop_entered(call: Call, workshopid: int) -> Workshop:
    """Return a workshop whose course the account may look into."""
    workshop = call.tables.workshops.get(workshopid)
    if workshop is None:
        raise MissingRecord("workshop")
    call.enter(workshop.course)
    return workshop


# ---------------------------------------------------------------- settings

_WORKSHOP: dict[str, Shape] = {
    "id": INT,
    "course": INT,
    "name": TEXT,
    "intro": RAW,
    "introformat": INT.or_else(0),
    "lang": RAW,
    "instructauthors": RAW.optional(),
    "instructauthorsformat": INT.or_else(0),
    "instructreviewers": RAW.optional(),
    "instructreviewersformat": INT.or_else(0),
    "timemodified": INT.optional(),
    "phase": INT.optional(),
    "useexamples": BOOL.optional(),
    "usepeerassessment": BOOL.optional(),
    "useselfassessment": BOOL.optional(),
    "grade": FLOAT.optional(),
    "gradinggrade": FLOAT.optional(),
    "strategy": RAW.optional(),
    "evaluation": RAW.optional(),
    "gradedecimals": INT.optional(),
    "submissiontypetext": INT.optional(),
    "submissiontypefile": INT.optional(),
    "nattachments": INT.optional(),
    "submissionfiletypes": RAW.optional(),
    "latesubmissions": BOOL.optional(),
    "maxbytes": INT.optional(),
    "examplesmode": INT.optional(),
    "submissionstart": INT.optional(),
    "submissionend": INT.optional(),
    "assessmentstart": INT.optional(),
    "assessmentend": INT.optional(),
    "phaseswitchassessment": BOOL.optional(),
    "conclusion": RAW.optional(),
    "conclusionformat": INT.or_else(0),
    "overallfeedbackmode": INT.optional(),
    "overallfeedbackfiles": INT.optional(),
    "overallfeedbackfiletypes": RAW.optional(),
    "overallfeedbackmaxbytes": INT.optional(),
    "coursemodule": INT,
    "introfiles": Multiple(RAW),
    "instructauthorsfiles": Multiple(RAW).optional(),
    "instructreviewersfiles": Multiple(RAW).optional(),
    "conclusionfiles": Multiple(RAW).optional(),
}


def _settings(call: Call, row: Workshop, cmid: int) -> Json:
    texts = {
        name: call.text(getattr(row, name)) for name in ("intro", "instructauthors", "instructreviewers", "conclusion")
    }
    return texts | {
        "id": row.id,
        "course": row.course,
        "name": call.string(row.name),
        "introformat": 1,
        "lang": None,
        "instructauthorsformat": 1,
        "instructreviewersformat": 1,
        "timemodified": row.timemodified,
        "phase": int(row.phase),
        "useexamples": False,
        "usepeerassessment": True,
        "useselfassessment": False,
        "grade": row.grade,
        "gradinggrade": row.gradinggrade,
        "strategy": row.strategy,
        "evaluation": row.evaluation,
        "gradedecimals": row.gradedecimals,
        "submissiontypetext": 1,
        "submissiontypefile": 1,
        "nattachments": 1,
        "submissionfiletypes": None,
        "latesubmissions": False,
        "maxbytes": 0,
        "examplesmode": 0,
        "submissionstart": row.submissionstart,
        "submissionend": row.submissionend,
        "assessmentstart": row.assessmentstart,
        "assessmentend": row.assessmentend,
        "phaseswitchassessment": False,
        "conclusionformat": 1,
        "overallfeedbackmode": 1,
        "overallfeedbackfiles": 0,
        "overallfeedbackfiletypes": None,
        "overallfeedbackmaxbytes": 0,
        "coursemodule": cmid,
        "introfiles": [],
        "instructauthorsfiles": [],
        "instructreviewersfiles": [],
        "conclusionfiles": [],
    }


@declare(
    "mod_workshop_get_workshops_by_courses",
    {"courseids": Multiple(INT).or_else([])},
    Single({"workshops": Multiple(Single(_WORKSHOP)), "warnings": WARNINGS}),
)
def get_workshops_by_courses(call: Call, args: Args) -> Json:
    """List workshops; a course that is closed to the account becomes a warning."""
    courseids, warnings = entered_courses(call, args["courseids"])
    workshops = [
        _settings(call, call.tables.workshops[module.instance], module.id)
        for courseid in courseids
        for module in call.modules(courseid, "workshop")
        if call.sees(module)
    ]
    return {"workshops": workshops, "warnings": warnings}


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


# ---------------------------------------------------------------- submissions

_SUBMISSION: dict[str, Shape] = {
    "id": INT,
    "workshopid": INT,
    "example": BOOL.optional(),
    "authorid": INT,
    "timecreated": INT,
    "timemodified": INT,
    "title": RAW,
    "content": RAW,
    "contentformat": INT.or_else(0),
    "contenttrust": INT,
    "attachment": INT,
    "grade": FLOAT.optional(),
    "gradeover": FLOAT.optional(),
    "gradeoverby": INT.optional(),
    "feedbackauthor": RAW.optional(),
    "feedbackauthorformat": INT.or_else(0),
    "timegraded": INT.optional(),
    "published": BOOL.optional(),
    "late": INT.optional(),
    "contentfiles": Multiple(RAW).optional(),
    "attachmentfiles": Multiple(RAW).optional(),
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


def _works(call: Call, workshop: Workshop) -> list[WorkshopSubmission]:
    rows = [row for row in call.tables.workshop_submissions.values() if row.workshopid == workshop.id]
    return sorted(rows, key=lambda row: (row.timecreated, row.id))


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
    rows = _works(call, workshop)
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


# ---------------------------------------------------------------- report

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
        self.works = {row.authorid: row for row in _works(call, workshop)}
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


# ---------------------------------------------------------------- one person's grades


@declare(
    "mod_workshop_get_grades",
    {"workshopid": INT, "userid": INT.or_else(0)},
    Single(
        {
            "assessmentrawgrade": FLOAT.optional(),
            "assessmentlongstrgrade": RAW.optional(),
            "assessmentgradehidden": BOOL.optional(),
            "submissionrawgrade": FLOAT.optional(),
            "submissionlongstrgrade": RAW.optional(),
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


FUNCTIONS = (get_workshops_by_courses, get_submissions, get_grades_report, get_grades)
