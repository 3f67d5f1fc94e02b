"""Workshops: works, allocated reviews, and the marks per criterion, which come inside each review's form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from marshmallow import fields

from lms_sync.client.answers import JsonValue
from lms_sync.client.functions import Function
from lms_sync.errors import BadAnswer
from lms_sync.payloads.base import Row, RowSchema, child, distinct, load_row, load_rows
from lms_sync.payloads.fields import Exact, Id, Instant, Mark, Name, Text, canonical
from lms_sync.records import CriterionMark, Workshop, WorkshopAssessment, WorkshopCriterion, WorkshopSubmission

__all__ = [
    "Form",
    "ReportPage",
    "WorkshopSchema",
    "form",
    "merged_reviews",
    "report_page",
    "workshop_of",
    "workshop_submissions",
    "workshops",
]


class WorkshopSchema(RowSchema):
    """A workshop's own settings, as a web service and a backup write them alike."""

    id = Id(required=True)
    name = Name(required=True)
    # What follows is shown to those who may see it; a workshop without a phase is one the token may not enter.
    phase = Id(load_default=0)
    strategy = Text()
    grade = Exact(load_default=Decimal(0))
    gradinggrade = Exact(load_default=Decimal(0))
    submissionend = Instant()
    assessmentend = Instant()
    timemodified = Instant()


class _PlacedSchema(WorkshopSchema):
    coursemodule = Id(required=True)
    course = Id(required=True)


class _ReviewSchema(RowSchema):
    userid = Id(required=True)
    assessmentid = Id(required=True)
    submissionid = Id(required=True)
    weight = Id(load_default=1)
    grade = Mark(load_default=None)
    gradinggrade = Mark(load_default=None)
    gradinggradeover = Mark(load_default=None)


class _ReportRowSchema(RowSchema):
    userid = Id(required=True)
    submissionid = Id(load_default=None, allow_none=True)
    submissiontitle = Text()
    submissionmodified = Instant()
    submissiongrade = Mark(load_default=None)
    submissiongradeover = Mark(load_default=None)
    reviewedby = fields.List(fields.Nested(_ReviewSchema), load_default=list, allow_none=True)
    reviewerof = fields.List(fields.Nested(_ReviewSchema), load_default=list, allow_none=True)


class _SubmissionSchema(RowSchema):
    id = Id(required=True)
    workshopid = Id(load_default=None)
    authorid = Id(load_default=0)
    title = Text()
    timemodified = Instant()
    grade = Mark(load_default=None)
    gradeover = Mark(load_default=None)


class _NamedSchema(RowSchema):
    name = Text(required=True)
    value = Text()


class _DimensionSchema(RowSchema):
    id = Id(required=True)
    min = Exact(required=True)
    max = Exact(required=True)
    weight = Exact(required=True)


class _FormSchema(RowSchema):
    # Moodle's own spelling.
    dimenssionscount = Id(required=True)
    fields_ = fields.List(fields.Nested(_NamedSchema), required=True, data_key="fields")
    current = fields.List(fields.Nested(_NamedSchema), load_default=list, allow_none=True)
    dimensionsinfo = fields.List(fields.Nested(_DimensionSchema), required=True)


_WORKSHOP, _REPORT_ROW, _SUBMISSION, _FORM = _PlacedSchema(), _ReportRowSchema(), _SubmissionSchema(), _FormSchema()


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One page of a workshop's grades report. ``authors`` are the people on it, ``total`` how many the report has."""

    submissions: tuple[WorkshopSubmission, ...]
    assessments: tuple[WorkshopAssessment, ...]
    authors: frozenset[int]
    total: int


@dataclass(frozen=True, slots=True)
class Form:
    """A review's form: the workshop's criteria, and this review's marks on them.

    ``row_ids`` are Moodle's own ids of the marks, which no other review's form can have; the answer does not say whose
    form it is.
    """

    criteria: tuple[WorkshopCriterion, ...]
    marks: tuple[CriterionMark, ...]
    row_ids: frozenset[int] = frozenset()


def workshops(answer: JsonValue) -> list[Workshop]:
    """Read ``mod_workshop_get_workshops_by_courses``."""
    function = Function.WORKSHOPS
    rows = load_rows(_WORKSHOP, child(answer, "workshops", function=function), function=function, path="workshops")
    return distinct(workshop_of(row, course_module_id=row["coursemodule"], course_id=row["course"]) for row in rows)


def workshop_of(row: Row, *, course_module_id: int, course_id: int) -> Workshop:
    """The record of a row loaded by :class:`WorkshopSchema`, in its place."""
    return Workshop(
        workshop_id=row["id"],
        course_module_id=course_module_id,
        course_id=course_id,
        name=row["name"],
        phase=row["phase"],
        strategy=row["strategy"],
        submission_grade_max=row["grade"],
        assessment_grade_max=row["gradinggrade"],
        submission_ends_at=row["submissionend"],
        assessment_ends_at=row["assessmentend"],
        modified_at=row["timemodified"],
    )


def report_page(answer: JsonValue, *, workshop: Workshop) -> ReportPage:
    """Read ``mod_workshop_get_grades_report``.

    A review is listed with the work it is about and with the person who wrote it. Both are read, so that a review is
    not lost where one of the two people is missing from the report; the second tells the reviewer even where names of
    reviewers are hidden, and wins.
    """
    function = Function.WORKSHOP_GRADES_REPORT
    report = child(answer, "report", function=function)
    listed = child(report, "grades", function=function, path="report")
    rows = load_rows(_REPORT_ROW, listed, function=function, path="report.grades")
    total = report.get("totalcount")
    return ReportPage(
        submissions=tuple(_submission(row, workshop) for row in rows if row["submissionid"]),
        assessments=tuple(merged_reviews(review for row in rows for review in _reviews(row, workshop)).values()),
        authors=frozenset(row["userid"] for row in rows),
        total=int(total) if isinstance(total, (int, str)) and str(total).isdigit() else len(rows),
    )


def merged_reviews(reviews: Iterable[WorkshopAssessment]) -> dict[int, WorkshopAssessment]:
    """Reviews by id; of two tellings of one the later wins, unless it does not know the reviewer."""
    found: dict[int, WorkshopAssessment] = {}
    for review in reviews:
        if review.reviewer_id or review.assessment_id not in found:
            found[review.assessment_id] = review
    return found


def _submission(row: Row, workshop: Workshop) -> WorkshopSubmission:
    over = row["submissiongradeover"]
    return WorkshopSubmission(
        submission_id=row["submissionid"],
        course_id=workshop.course_id,
        workshop_id=workshop.workshop_id,
        author_id=row["userid"],
        title=row["submissiontitle"],
        grade=row["submissiongrade"] if over is None else over,
        modified_at=row["submissionmodified"],
    )


def _reviews(row: Row, workshop: Workshop) -> list[WorkshopAssessment]:
    # In ``reviewedby`` the user is the reviewer of this row's work, or 0 where the token may not see reviewers' names;
    # in ``reviewerof`` it is the author whom this row's person reviewed.
    received = [_review(review, workshop, reviewer_id=review["userid"]) for review in row["reviewedby"] or ()]
    given = [_review(review, workshop, reviewer_id=row["userid"]) for review in row["reviewerof"] or ()]
    return received + given


def _review(row: Row, workshop: Workshop, *, reviewer_id: int) -> WorkshopAssessment:
    over = row["gradinggradeover"]
    return WorkshopAssessment(
        assessment_id=row["assessmentid"],
        course_id=workshop.course_id,
        workshop_id=workshop.workshop_id,
        submission_id=row["submissionid"],
        reviewer_id=reviewer_id,
        weight=row["weight"],
        grade=row["grade"],
        grading_grade=row["gradinggrade"] if over is None else over,
    )


def workshop_submissions(answer: JsonValue, *, workshop: Workshop) -> list[WorkshopSubmission]:
    """Read ``mod_workshop_get_submissions``, where works of people who left are listed too.

    Its grades come in percent with five places, and are put on the workshop's own scale here; the report rounds them
    to the places the workshop displays. ``author_id`` is 0 where the token may not see authors' names.
    """
    function = Function.WORKSHOP_SUBMISSIONS
    rows = load_rows(
        _SUBMISSION, child(answer, "submissions", function=function), function=function, path="submissions"
    )
    if any(row["workshopid"] not in {None, workshop.workshop_id} for row in rows):
        raise BadAnswer("works of another workshop", function=function, path="submissions")
    scale = workshop.submission_grade_max / 100
    return [
        WorkshopSubmission(
            submission_id=row["id"],
            course_id=workshop.course_id,
            workshop_id=workshop.workshop_id,
            author_id=row["authorid"],
            title=row["title"],
            grade=_scaled(row["grade"] if row["gradeover"] is None else row["gradeover"], scale),
            modified_at=row["timemodified"],
        )
        for row in rows
    ]


def _scaled(percent: Decimal | None, scale: Decimal) -> Decimal | None:
    return None if percent is None else canonical(percent * scale)


def form(answer: JsonValue, *, workshop: Workshop, assessment_id: int) -> Form:
    """Read ``mod_workshop_get_assessment_form_definition``.

    How a mark is written depends on the workshop's strategy: points or a scale's position (accumulative), -1 or 1 for
    no and yes (numerrors), a chosen level (rubric); comments have no marks.

    Raises
    ------
    BadAnswer
        A criterion without description or a mark for a level that the criterion does not have.
    """
    row = load_row(_FORM, answer, function=Function.WORKSHOP_FORM)
    entered = {field["name"]: field["value"] for field in row["fields_"]}
    current = {field["name"]: field["value"] for field in row["current"] or ()}
    info = {dimension["id"]: dimension for dimension in row["dimensionsinfo"]}
    criteria, marks = [], []
    for position in range(row["dimenssionscount"]):
        criterion = _criterion(position, entered, info, workshop)
        criteria.append(criterion)
        grade = _MARK_OF.get(workshop.strategy, _points)(position, entered, current)
        if grade is not None:
            marks.append(
                _criterion_mark(criterion, assessment_id, grade, current.get(f"peercomment__idx_{position}", ""))
            )
    row_ids = frozenset(
        int(value) for name, value in current.items() if name.startswith("gradeid__") and value.isdigit()
    )
    return Form(tuple(criteria), tuple(marks), row_ids - {0})


def _criterion(
    position: int, entered: Mapping[str, str], info: Mapping[int, Row], workshop: Workshop
) -> WorkshopCriterion:
    criterion_id = entered.get(f"dimensionid__idx_{position}", "")
    dimension = info.get(int(criterion_id)) if criterion_id.isdigit() else None
    if dimension is None:
        path = f"fields.dimensionid__idx_{position}"
        raise BadAnswer("no such criterion", function=Function.WORKSHOP_FORM, path=path, row=position)
    return WorkshopCriterion(
        workshop_id=workshop.workshop_id,
        course_id=workshop.course_id,
        criterion_id=dimension["id"],
        position=position,
        description=entered.get(f"description__idx_{position}", ""),
        grade_min=dimension["min"],
        grade_max=dimension["max"],
        weight=dimension["weight"],
    )


def _criterion_mark(criterion: WorkshopCriterion, assessment_id: int, grade: Decimal, comment: str) -> CriterionMark:
    return CriterionMark(
        course_id=criterion.course_id,
        workshop_id=criterion.workshop_id,
        assessment_id=assessment_id,
        criterion_id=criterion.criterion_id,
        grade=grade,
        comment=comment,
    )


_Values = Mapping[str, str]


def _points(position: int, _entered: _Values, current: _Values) -> Decimal | None:
    return _number(current.get(f"grade__idx_{position}", ""), f"current.grade__idx_{position}")


def _yes_or_no(position: int, entered: _Values, current: _Values) -> Decimal | None:
    points = _points(position, entered, current)
    return None if points is None else Decimal(points > 0)


def _chosen_level(position: int, entered: _Values, current: _Values) -> Decimal | None:
    chosen = current.get(f"chosenlevelid__idx_{position}", "")
    if not chosen:
        return None
    for name, level_id in entered.items():
        found = re.fullmatch(rf"levelid__idx_{position}__idy_(\d+)", name)
        if found and level_id == chosen:
            grade_name = f"grade__idx_{position}__idy_{found.group(1)}"
            return _number(entered.get(grade_name, ""), f"fields.{grade_name}")
    path = f"current.chosenlevelid__idx_{position}"
    raise BadAnswer("no such level", function=Function.WORKSHOP_FORM, path=path, row=position)


def _no_mark(_position: int, _entered: _Values, _current: _Values) -> None:
    return None


_MARK_OF: Mapping[str, Callable[[int, _Values, _Values], Decimal | None]] = {
    "accumulative": _points,
    "numerrors": _yes_or_no,
    "rubric": _chosen_level,
    "comments": _no_mark,
}


def _number(text: str, path: str) -> Decimal | None:
    if not text:
        return None
    row = load_row(_ONE_NUMBER, {"value": text}, function=Function.WORKSHOP_FORM, path=path)
    number: Decimal = row["value"]
    return number


class _OneNumberSchema(RowSchema):
    value = Exact(required=True)


_ONE_NUMBER = _OneNumberSchema()
