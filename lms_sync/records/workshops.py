"""Moodle's peer review: workshops, works, reviews, marks per criterion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lms_sync.records.base import Key

__all__ = ["CriterionMark", "Workshop", "WorkshopAssessment", "WorkshopCriterion", "WorkshopSubmission"]


@dataclass(frozen=True, slots=True)
class Workshop:
    """Moodle's peer review activity; ``phase`` is Moodle's number (10 set-up ... 50 closed)."""

    workshop_id: int
    course_module_id: int
    course_id: int
    name: str
    phase: int
    strategy: str
    submission_grade_max: Decimal
    assessment_grade_max: Decimal
    submission_ends_at: datetime | None
    assessment_ends_at: datetime | None
    modified_at: datetime | None

    @property
    def key(self) -> Key:
        return (self.workshop_id,)


@dataclass(frozen=True, slots=True)
class WorkshopCriterion:
    """One dimension of a workshop's form (``position`` counts from 0)."""

    course_id: int
    workshop_id: int
    criterion_id: int
    position: int
    description: str
    grade_min: Decimal
    grade_max: Decimal
    weight: Decimal

    @property
    def key(self) -> Key:
        return (self.workshop_id, self.criterion_id)


@dataclass(frozen=True, slots=True)
class WorkshopSubmission:
    submission_id: int
    course_id: int
    workshop_id: int
    author_id: int
    title: str
    grade: Decimal | None
    modified_at: datetime | None

    @property
    def key(self) -> Key:
        return (self.submission_id,)


@dataclass(frozen=True, slots=True)
class WorkshopAssessment:
    """One allocated review; ``grade`` is None while it is not written, and rounded by Moodle's report when it is."""

    assessment_id: int
    course_id: int
    workshop_id: int
    submission_id: int
    reviewer_id: int
    weight: int
    grade: Decimal | None
    grading_grade: Decimal | None

    @property
    def key(self) -> Key:
        return (self.assessment_id,)


@dataclass(frozen=True, slots=True)
class CriterionMark:
    """One criterion of one written review, on the criterion's own scale."""

    course_id: int
    workshop_id: int
    assessment_id: int
    criterion_id: int
    grade: Decimal
    comment: str

    @property
    def key(self) -> Key:
        return (self.assessment_id, self.criterion_id)
