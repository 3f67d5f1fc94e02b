"""Workshops: criteria of each strategy, works, reviews and the marks per criterion."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from lms_sync.files.archives import Member
from lms_sync.files.backup.elements import Element, Wanted, around, load, read_rows
from lms_sync.files.backup.shelf import Shelf
from lms_sync.payloads.base import Row, RowSchema
from lms_sync.payloads.fields import Exact, Id, Instant, Mark, Text, canonical
from lms_sync.payloads.workshops import WorkshopSchema, workshop_of
from lms_sync.records import (
    CriterionMark,
    Kind,
    Workshop,
    WorkshopAssessment,
    WorkshopCriterion,
    WorkshopSubmission,
)

__all__ = ["read_workshop"]

_ACTIVITY, _WORKSHOP = "/activity", "activity/workshop"
_SUBMISSION, _ASSESSMENT = "submissions/submission", "assessments/assessment"
_STRATEGIES = ("accumulative", "comments", "numerrors", "rubric")
_DIMENSIONS = {f"subplugin_workshopform_{one}_workshop/workshopform_{one}_dimension": one for one in _STRATEGIES}
_MARKS = {f"subplugin_workshopform_{one}_assessment/workshopform_{one}_grade": one for one in _STRATEGIES}
_LEVEL = "workshopform_rubric_levels/workshopform_rubric_level"


class _ActivitySchema(RowSchema):
    moduleid = Id(required=True)


class _SubmissionSchema(RowSchema):
    id = Id(required=True)
    authorid = Id(load_default=0)
    title = Text()
    timemodified = Instant()
    # In percent, as is a review's own grade.
    grade = Mark(load_default=None)
    gradeover = Mark(load_default=None)


class _AssessmentSchema(RowSchema):
    id = Id(required=True)
    reviewerid = Id(required=True)
    weight = Id(load_default=1)
    grade = Mark(load_default=None)
    gradinggrade = Mark(load_default=None)
    gradinggradeover = Mark(load_default=None)


class _DimensionSchema(RowSchema):
    id = Id(required=True)
    sort = Id(load_default=0)
    description = Text()
    grade = Exact(load_default=None, allow_none=True)
    weight = Exact(load_default=Decimal(1))


class _LevelSchema(RowSchema):
    grade = Exact(required=True)


class _MarkSchema(RowSchema):
    dimensionid = Id(required=True)
    grade = Exact(load_default=None, allow_none=True)
    peercomment = Text()


class _IdSchema(RowSchema):
    id = Id(required=True)


_ONE_ACTIVITY, _ONE_WORKSHOP, _ONE_SUBMISSION, _ONE_ASSESSMENT = (
    _ActivitySchema(),
    WorkshopSchema(),
    _SubmissionSchema(),
    _AssessmentSchema(),
)
_DIMENSION, _ONE_LEVEL, _MARK, _ID = _DimensionSchema(), _LevelSchema(), _MarkSchema(), _IdSchema()


def _wanted() -> Wanted:
    return {
        _ACTIVITY: (),
        _WORKSHOP: tuple(_ONE_WORKSHOP.fields),
        _SUBMISSION: tuple(_ONE_SUBMISSION.fields),
        _ASSESSMENT: tuple(_ONE_ASSESSMENT.fields),
        _LEVEL: tuple(_ONE_LEVEL.fields),
        **dict.fromkeys(_DIMENSIONS, tuple(_DIMENSION.fields)),
        **dict.fromkeys(_MARKS, tuple(_MARK.fields)),
    }


def read_workshop(member: Member, shelf: Shelf) -> None:
    """``activities/workshop_*/workshop.xml``."""
    reading = _Reading(shelf)
    read_rows(member, _wanted(), reading.take)
    reading.finish()


@dataclass(slots=True)
class _Dimension:
    """A criterion as it is written: by its strategy, with the grades of its levels where it has some."""

    strategy: str
    row: Row
    levels: list[Decimal]


@dataclass(slots=True)
class _Reading:
    """One workshop's rows. Inner rows come before those around them, so records are made at the end."""

    shelf: Shelf
    workshop: Row | None = None
    course_module_id: int = 0
    dimensions: list[_Dimension] = field(default_factory=list)
    levels: list[Decimal] = field(default_factory=list)
    submissions: list[Row] = field(default_factory=list)
    assessments: list[tuple[int, Row]] = field(default_factory=list)
    marks: list[tuple[str, int, Row]] = field(default_factory=list)

    def take(self, element: Element) -> None:
        """Take one row."""
        self.shelf.count()
        match element.name:
            case "/activity":
                self.course_module_id = load(_ONE_ACTIVITY, element)["moduleid"]
                self.shelf.instances[self.course_module_id] = load(_ID, element)["id"]
            case "activity/workshop":
                self.workshop = load(_ONE_WORKSHOP, element)
            case "submissions/submission":
                self.submissions.append(load(_ONE_SUBMISSION, element))
            case "assessments/assessment":
                submission_id = load(_ID, around(element, _SUBMISSION))["id"]
                self.assessments.append((submission_id, load(_ONE_ASSESSMENT, element)))
            case "workshopform_rubric_levels/workshopform_rubric_level":
                self.levels.append(load(_ONE_LEVEL, element)["grade"])
            case name if name in _DIMENSIONS:
                dimension = _Dimension(_DIMENSIONS[name], load(_DIMENSION, element), self.levels)
                self.dimensions.append(dimension)
                self.levels = []
            case name:
                assessment_id = load(_ID, around(element, _ASSESSMENT))["id"]
                self.marks.append((_MARKS[name], assessment_id, load(_MARK, element)))

    def finish(self) -> None:
        """Make the records."""
        if self.workshop is None:
            return
        workshop = workshop_of(self.workshop, course_module_id=self.course_module_id, course_id=self.shelf.course_id)
        self.shelf.put(Kind.WORKSHOP, workshop)
        mine = [one for one in self.dimensions if one.strategy == workshop.strategy]
        for position, dimension in enumerate(sorted(mine, key=lambda one: one.row["sort"])):
            self.shelf.put(Kind.WORKSHOP_CRITERION, _criterion(dimension, position, workshop))
        for row in self.submissions:
            self.shelf.put(Kind.WORKSHOP_SUBMISSION, _submission(row, workshop))
        for submission_id, row in self.assessments:
            self.shelf.put(Kind.WORKSHOP_ASSESSMENT, _assessment(row, submission_id, workshop))
        self._put_marks(workshop, {one.row["id"] for one in mine})

    def _put_marks(self, workshop: Workshop, criterion_ids: set[int]) -> None:
        for strategy, assessment_id, row in self.marks:
            # A workshop whose strategy was changed keeps the marks of the former one.
            if strategy == workshop.strategy and row["grade"] is not None and row["dimensionid"] in criterion_ids:
                grade = Decimal(row["grade"] > 0) if strategy == "numerrors" else row["grade"]
                mark = CriterionMark(
                    course_id=workshop.course_id,
                    workshop_id=workshop.workshop_id,
                    assessment_id=assessment_id,
                    criterion_id=row["dimensionid"],
                    grade=grade,
                    comment=row["peercomment"],
                )
                self.shelf.put(Kind.CRITERION_MARK, mark)


def _criterion(dimension: _Dimension, position: int, workshop: Workshop) -> WorkshopCriterion:
    row, (lowest, highest) = dimension.row, _range(dimension)
    return WorkshopCriterion(
        course_id=workshop.course_id,
        workshop_id=workshop.workshop_id,
        criterion_id=row["id"],
        position=position,
        description=row["description"],
        grade_min=lowest,
        grade_max=highest,
        weight=row["weight"],
    )


def _range(dimension: _Dimension) -> tuple[Decimal, Decimal]:
    """The lowest and the highest mark: of points from 0, of levels theirs, of yes and no 0 and 1."""
    match dimension.strategy:
        case "rubric":
            return min(dimension.levels, default=Decimal(0)), max(dimension.levels, default=Decimal(0))
        case "numerrors":
            return Decimal(0), Decimal(1)
        case _:
            return Decimal(0), dimension.row["grade"] or Decimal(0)


def _submission(row: Row, workshop: Workshop) -> WorkshopSubmission:
    percent = row["grade"] if row["gradeover"] is None else row["gradeover"]
    return WorkshopSubmission(
        submission_id=row["id"],
        course_id=workshop.course_id,
        workshop_id=workshop.workshop_id,
        author_id=row["authorid"],
        title=row["title"],
        grade=_scaled(percent, workshop.submission_grade_max),
        modified_at=row["timemodified"],
    )


def _assessment(row: Row, submission_id: int, workshop: Workshop) -> WorkshopAssessment:
    grading = row["gradinggrade"] if row["gradinggradeover"] is None else row["gradinggradeover"]
    return WorkshopAssessment(
        assessment_id=row["id"],
        course_id=workshop.course_id,
        workshop_id=workshop.workshop_id,
        submission_id=submission_id,
        reviewer_id=row["reviewerid"],
        weight=row["weight"],
        grade=_scaled(row["grade"], workshop.submission_grade_max),
        grading_grade=_scaled(grading, workshop.assessment_grade_max),
    )


def _scaled(percent: Decimal | None, grade_max: Decimal) -> Decimal | None:
    return None if percent is None else canonical(percent * grade_max / 100)
