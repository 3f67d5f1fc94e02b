"""Mirrored tables: assignments, submissions, what graders entered, and the gradebook."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import JSON, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bridge.core.db import Base, Exact, UtcDateTime
from bridge.lms.models.mirror import Mirror
from lms_sync.records import Kind

__all__ = [
    "LmsAssignment",
    "LmsAssignmentGrade",
    "LmsGradeItem",
    "LmsGradebookGrade",
    "LmsQuiz",
    "LmsScale",
    "LmsSubmission",
]


class LmsScale(Base, Mirror):
    """The words of a scale, the lowest first."""

    __tablename__ = "lms_scale"
    __table_args__ = (UniqueConstraint("site_id", "moodle_scale_id"),)
    kind = Kind.SCALE
    key_columns = ("moodle_scale_id",)

    moodle_scale_id: Mapped[int]
    labels: Mapped[list[str]] = mapped_column(JSON)


class LmsAssignment(Base, Mirror):
    __tablename__ = "lms_assignment"
    __table_args__ = (UniqueConstraint("site_id", "moodle_assignment_id"), Index(None, "site_id", "moodle_course_id"))
    kind = Kind.ASSIGNMENT
    key_columns = ("moodle_assignment_id",)

    moodle_assignment_id: Mapped[int]
    moodle_course_module_id: Mapped[int]
    moodle_course_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(1333))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cutoff_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    grade_max: Mapped[Decimal | None] = mapped_column(Exact)
    """Points; NULL where a scale or no grade is used."""
    moodle_scale_id: Mapped[int | None]
    team_submission: Mapped[bool]
    moodle_team_grouping_id: Mapped[int]
    blind_marking: Mapped[bool]
    identities_revealed: Mapped[bool]
    marking_workflow: Mapped[bool]
    modified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LmsSubmission(Base, Mirror):
    """The latest attempt; a team's row has user 0 and its group."""

    __tablename__ = "lms_submission"
    __table_args__ = (
        UniqueConstraint("site_id", "moodle_submission_id"),
        Index(None, "site_id", "moodle_course_id"),
        Index(None, "site_id", "moodle_assignment_id", "moodle_user_id"),
    )
    kind = Kind.SUBMISSION
    key_columns = ("moodle_submission_id",)

    moodle_submission_id: Mapped[int]
    moodle_course_id: Mapped[int]
    moodle_assignment_id: Mapped[int]
    moodle_user_id: Mapped[int]
    moodle_group_id: Mapped[int]
    attempt_number: Mapped[int]
    status: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    modified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LmsAssignmentGrade(Base, Mirror):
    """What a grader entered, published or not."""

    __tablename__ = "lms_assignment_grade"
    __table_args__ = (
        UniqueConstraint("site_id", "moodle_grade_id"),
        Index(None, "site_id", "moodle_course_id"),
        Index(None, "site_id", "moodle_assignment_id", "moodle_user_id"),
    )
    kind = Kind.ASSIGNMENT_GRADE
    key_columns = ("moodle_grade_id",)

    moodle_grade_id: Mapped[int]
    moodle_course_id: Mapped[int]
    moodle_assignment_id: Mapped[int]
    moodle_user_id: Mapped[int]
    attempt_number: Mapped[int]
    moodle_grader_id: Mapped[int]
    grade: Mapped[Decimal | None] = mapped_column(Exact)
    """NULL is "not graded": Moodle says -1."""
    created_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    modified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LmsQuiz(Base, Mirror):
    """A test; its marks come with the gradebook."""

    __tablename__ = "lms_quiz"
    __table_args__ = (UniqueConstraint("site_id", "moodle_quiz_id"), Index(None, "site_id", "moodle_course_id"))
    kind = Kind.QUIZ
    key_columns = ("moodle_quiz_id",)

    moodle_quiz_id: Mapped[int]
    moodle_course_module_id: Mapped[int]
    moodle_course_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(1333))
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    grade_max: Mapped[Decimal] = mapped_column(Exact)
    attempts_allowed: Mapped[int]
    """0: no limit."""


class LmsGradeItem(Base, Mirror):
    __tablename__ = "lms_grade_item"
    __table_args__ = (UniqueConstraint("site_id", "moodle_item_id"), Index(None, "site_id", "moodle_course_id"))
    kind = Kind.GRADE_ITEM
    key_columns = ("moodle_item_id",)

    moodle_item_id: Mapped[int]
    moodle_course_id: Mapped[int]
    item_type: Mapped[str] = mapped_column(String(30))
    """mod, manual, category or course."""
    module: Mapped[str | None] = mapped_column(String(30))
    moodle_instance_id: Mapped[int | None]
    item_number: Mapped[int | None]
    moodle_course_module_id: Mapped[int | None]
    moodle_category_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(1333))
    idnumber: Mapped[str] = mapped_column(String(255))
    """The activity's own id number: what a formula's term looks for."""
    grade_min: Mapped[Decimal] = mapped_column(Exact)
    grade_max: Mapped[Decimal] = mapped_column(Exact)
    is_scale: Mapped[bool]
    locked: Mapped[bool]


class LmsGradebookGrade(Base, Mirror):
    """The published truth: one user's final grade in one item."""

    __tablename__ = "lms_gradebook_grade"
    __table_args__ = (
        UniqueConstraint("site_id", "moodle_item_id", "moodle_user_id"),
        Index(None, "site_id", "moodle_course_id"),
        Index(None, "site_id", "moodle_user_id"),
    )
    kind = Kind.GRADEBOOK_GRADE
    key_columns = ("moodle_item_id", "moodle_user_id")

    moodle_item_id: Mapped[int]
    moodle_course_id: Mapped[int]
    moodle_user_id: Mapped[int]
    grade: Mapped[Decimal | None] = mapped_column(Exact)
    label: Mapped[str] = mapped_column(Text)
    """The mark as the gradebook words it: a scale's word, or the formatted number."""
    hidden: Mapped[bool]
    locked: Mapped[bool]
    overridden: Mapped[bool]
    feedback: Mapped[str] = mapped_column(Text)
    """As Moodle sends it: HTML, untrusted; cleaned where it is shown."""
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    graded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
