"""Mirrored tables: Moodle's Workshop («Семинар»), its submissions, reviews and marks per criterion."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bridge.core.db import Base, Exact, UtcDateTime
from bridge.lms.models.mirror import Mirror
from lms_sync.records import Kind

__all__ = ["LmsCriterionMark", "LmsWorkshop", "LmsWorkshopAssessment", "LmsWorkshopCriterion", "LmsWorkshopSubmission"]


class LmsWorkshop(Base, Mirror):
    __tablename__ = "lms_workshop"
    __table_args__ = (UniqueConstraint("site_id", "moodle_workshop_id"), Index(None, "site_id", "moodle_course_id"))
    kind = Kind.WORKSHOP
    key_columns = ("moodle_workshop_id",)

    moodle_workshop_id: Mapped[int]
    moodle_course_module_id: Mapped[int]
    moodle_course_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(255))
    phase: Mapped[int]
    """Moodle's number: 10 set-up, 20 submission, 30 assessment, 40 evaluation, 50 closed."""
    strategy: Mapped[str] = mapped_column(String(30))
    submission_grade_max: Mapped[Decimal] = mapped_column(Exact)
    assessment_grade_max: Mapped[Decimal] = mapped_column(Exact)
    submission_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    assessment_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    modified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LmsWorkshopCriterion(Base, Mirror):
    __tablename__ = "lms_workshop_criterion"
    __table_args__ = (
        UniqueConstraint("site_id", "moodle_workshop_id", "moodle_criterion_id"),
        Index(None, "site_id", "moodle_course_id"),
    )
    kind = Kind.WORKSHOP_CRITERION
    key_columns = ("moodle_workshop_id", "moodle_criterion_id")

    moodle_course_id: Mapped[int]
    moodle_workshop_id: Mapped[int]
    moodle_criterion_id: Mapped[int]
    position: Mapped[int]
    description: Mapped[str] = mapped_column(Text)
    grade_min: Mapped[Decimal] = mapped_column(Exact)
    grade_max: Mapped[Decimal] = mapped_column(Exact)
    weight: Mapped[Decimal] = mapped_column(Exact)


class LmsWorkshopSubmission(Base, Mirror):
    __tablename__ = "lms_workshop_submission"
    __table_args__ = (
        UniqueConstraint("site_id", "moodle_submission_id"),
        Index(None, "site_id", "moodle_course_id"),
    )
    kind = Kind.WORKSHOP_SUBMISSION
    key_columns = ("moodle_submission_id",)

    moodle_submission_id: Mapped[int]
    moodle_course_id: Mapped[int]
    moodle_workshop_id: Mapped[int]
    moodle_author_id: Mapped[int]
    title: Mapped[str] = mapped_column(String(255))
    grade: Mapped[Decimal | None] = mapped_column(Exact)
    modified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LmsWorkshopAssessment(Base, Mirror):
    """One allocated review, written (graded) or not."""

    __tablename__ = "lms_workshop_assessment"
    __table_args__ = (
        UniqueConstraint("site_id", "moodle_assessment_id"),
        Index(None, "site_id", "moodle_course_id"),
        Index(None, "site_id", "moodle_submission_id"),
    )
    kind = Kind.WORKSHOP_ASSESSMENT
    key_columns = ("moodle_assessment_id",)

    moodle_assessment_id: Mapped[int]
    moodle_course_id: Mapped[int]
    moodle_workshop_id: Mapped[int]
    moodle_submission_id: Mapped[int]
    moodle_reviewer_id: Mapped[int]
    weight: Mapped[int]
    grade: Mapped[Decimal | None] = mapped_column(Exact)
    grading_grade: Mapped[Decimal | None] = mapped_column(Exact)


class LmsCriterionMark(Base, Mirror):
    __tablename__ = "lms_criterion_mark"
    __table_args__ = (
        UniqueConstraint("site_id", "moodle_assessment_id", "moodle_criterion_id"),
        Index(None, "site_id", "moodle_course_id"),
    )
    kind = Kind.CRITERION_MARK
    key_columns = ("moodle_assessment_id", "moodle_criterion_id")

    moodle_course_id: Mapped[int]
    moodle_workshop_id: Mapped[int]
    moodle_assessment_id: Mapped[int]
    moodle_criterion_id: Mapped[int]
    grade: Mapped[Decimal] = mapped_column(Exact)
    comment: Mapped[str] = mapped_column(Text)
