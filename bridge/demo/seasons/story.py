"""What makes a season worth looking at: an appeal, decisions by hand, a conflict of interest, a tie at the cut-off."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from bridge.demo.gradebook import item_of
from bridge.demo.seasons.builder import DAY, AssignDesk
from bridge.demo.seasons.plan import PLACES
from bridge.demo.seasons.stages import Stages
from bridge.demo.tables import GradeGrade, GradeItem, User, WorkshopAssessment, WorkshopGrade

__all__ = ["Term", "preset_terms", "tell", "totals"]

_PLAIN = 2
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the programme's formula: an activity's column and its weight in points."""

    item: GradeItem
    weight: int

    def points(self, final: float) -> Decimal:
        """Return the points a grade brings, rounded half up to a tenth as each term is."""
        span = Decimal(repr(self.item.grademax)) - Decimal(repr(self.item.grademin))
        share = (Decimal(repr(final)) - Decimal(repr(self.item.grademin))) / span
        return (share * self.weight).quantize(_TENTH, ROUND_HALF_UP)


_WEIGHTS = {
    "essay": 10,
    "peer": 15,
    "test": 10,
    "groupproject": 15,
    "analysis": 10,
    "checkpoint": 10,
    "project": 30,
}
"""The preset «Акселератор проектов, 2 года»; the demo needs it only to know where the cut-off falls."""


def preset_terms(stages: Stages) -> dict[str, Term]:
    """Return the formula's terms over this season's columns."""
    courses = {course.id for course in stages.courses.values()}
    items = stages.builder.tables.grade_items.values()
    return {
        item.idnumber: Term(item, _WEIGHTS[item.idnumber])
        for item in items
        if item.course in courses and item.idnumber in _WEIGHTS
    }


def totals(stages: Stages, terms: dict[str, Term]) -> dict[int, Decimal]:
    """Return the total of everybody who is ranked: still in the programme, and with no mark to wait for.

    What was never handed in counts as zero, as the preset says; what was, and is not marked, has no total yet.
    """
    found = {}
    individual, essay = stages.courses["individual"].id, terms["essay"].item.iteminstance
    rows = stages.builder.tables.assign_submissions.values()
    handed_in = {row.userid for row in rows if row.assignment == essay}
    for user in stages.cast.participants:
        waits = user.id in handed_in
        points = [_points(stages, name, term, user.id, waits=waits) for name, term in terms.items()]
        suspended = stages.builder.tables.enrolments[individual, user.id].suspended
        if not suspended and None not in points:
            found[user.id] = sum((each for each in points if each is not None), Decimal(0))
    return found


def _points(stages: Stages, name: str, term: Term, userid: int, *, waits: bool) -> Decimal | None:
    row = stages.builder.tables.grade_grades.get((term.item.id, userid))
    if row is not None and row.final is not None:
        return term.points(row.final)
    return Decimal(0) if name == "peer" or (name == "essay" and not waits) else None


# ---------------------------------------------------------------- by hand


def tell(stages: Stages, essay: AssignDesk, checkpoint: AssignDesk, work: AssignDesk) -> None:
    """Let the season's incidents happen."""
    _appeal(stages, essay)
    _same_school(stages)
    checkpoint.item.hidden = True
    people = stages.cast.participants
    test = item_of(stages.builder.tables, "quiz", max(stages.builder.tables.quizzes))
    if test is not None:
        _override(stages, test, people[1], 39.0, "пересдача по уважительной причине")
    _override(stages, work.item, people[10], 66.0, "решение комиссии")
    locked = stages.builder.tables.grade_grades.get((work.item.id, people[8].id))
    if locked is not None:
        locked.locked = True
    _tie(stages)


def _appeal(stages: Stages, essay: AssignDesk) -> None:
    """The first participant appealed against the essay's mark, and another tutor raised it."""
    user, tutor = stages.cast.participants[0], stages.cast.tutors[-1]
    for row in stages.builder.tables.assign_grades.values():
        if (row.assignment, row.userid) == (essay.row.id, user.id):
            row.grade, row.grader, row.comment = 91.5, tutor.id, "<p>После апелляции: позиция подтверждена данными.</p>"
            row.timemodified += 9 * DAY
            stages.builder.publish(
                essay.module, essay.item, user.id, row.grade, at=row.timemodified, comment=row.comment
            )


def _same_school(stages: Stages) -> None:
    """A reviewer and an author work in one school: a conflict that nobody declared."""
    for row in _reviews_of(stages, stages.cast.participants[2]):
        users = stages.builder.tables.users
        users[row.reviewerid].institution = users[stages.cast.participants[2].id].institution
        return


def _override(stages: Stages, item: GradeItem, user: User, grade: float, reason: str) -> None:
    key = (item.id, user.id)
    row = stages.builder.tables.grade_grades.setdefault(key, GradeGrade(*key))
    row.final, row.overridden, row.feedback, row.feedbackformat = grade, True, reason, _PLAIN
    row.timemodified = stages.later(stages.day(-4))


def _reviews_of(stages: Stages, author: User) -> Iterator[WorkshopAssessment]:
    tables = stages.builder.tables
    works = {row.id for row in tables.workshop_submissions.values() if row.authorid == author.id}
    return (row for row in tables.workshop_assessments.values() if row.submissionid in works)


# ---------------------------------------------------------------- the tie


def _tie(stages: Stages) -> None:
    """Make the last one in and the first one out equal in total, project and expertise: a commission must decide."""
    terms = preset_terms(stages)
    ranked = sorted(totals(stages, terms).items(), key=lambda pair: (-pair[1], pair[0]))
    if len(ranked) <= PLACES:
        return
    last_in, first_out = ranked[PLACES - 1][0], ranked[PLACES][0]
    grades = stages.builder.tables.grade_grades
    if all((terms["peer"].item.id, userid) in grades for userid in (last_in, first_out)):
        for name in ("project", "peer"):
            _copy_mark(stages, terms[name], last_in, first_out)
        _copy_reviews(stages, last_in, first_out)
    for name in ("test", "essay", "analysis", "test"):
        _level(stages, terms, name, last_in, first_out)


def _copy_mark(stages: Stages, term: Term, source: int, target: int) -> None:
    grades = stages.builder.tables.grade_grades
    _set_mark(stages, term, target, grades[term.item.id, source].final or 0.0)


def _set_mark(stages: Stages, term: Term, userid: int, grade: float) -> None:
    """Set a mark where it came from and where it shows."""
    row = stages.builder.tables.grade_grades[term.item.id, userid]
    row.raw = row.final = grade
    row.overridden, row.locked = False, False
    if term.item.itemmodule == "assign":
        for mark in stages.builder.tables.assign_grades.values():
            if (mark.assignment, mark.userid) == (term.item.iteminstance, userid):
                mark.grade = grade


def _copy_reviews(stages: Stages, source: int, target: int) -> None:
    """Give one work the reviews of another, mark by mark, so that the workshop agrees with the gradebook."""
    tables = stages.builder.tables
    ours, theirs = (list(_reviews_of(stages, tables.users[userid])) for userid in (source, target))
    marks: dict[int, list[WorkshopGrade]] = {row.id: [] for row in (*ours, *theirs)}
    for mark in tables.workshop_grades.values():
        if mark.assessmentid in marks:
            marks[mark.assessmentid].append(mark)
    for model, row in zip(ours, theirs, strict=True):
        row.grade, row.gradinggrade = model.grade, model.gradinggrade
        row.feedbackauthor, row.timemodified = model.feedbackauthor, model.timemodified
        for mark in marks[row.id]:
            del tables.workshop_grades[mark.id]
        for mark in marks[model.id]:
            number = stages.builder.next_id("workshop_grades")
            tables.workshop_grades[number] = replace(mark, id=number, assessmentid=row.id)
    works = {work.authorid: work for work in tables.workshop_submissions.values()}
    works[target].grade = works[source].grade


def _level(stages: Stages, terms: dict[str, Term], name: str, leader: int, follower: int) -> None:
    """Move one mark towards equal totals, as far as its range reaches."""
    found = totals(stages, terms)
    term = terms[name]
    row = stages.builder.tables.grade_grades.get((term.item.id, follower))
    if row is None or row.final is None or found[leader] == found[follower]:
        return
    wanted = term.points(row.final) + found[leader] - found[follower]
    span = term.item.grademax - term.item.grademin
    grade = round(float(wanted) / term.weight * span + term.item.grademin, 1)
    _set_mark(stages, term, follower, min(max(grade, term.item.grademin), term.item.grademax))
