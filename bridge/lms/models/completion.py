"""Mirrored tables: what people have done with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bridge.core.db import Base, Key, UtcDateTime
from bridge.lms.models.mirror import Mirror
from lms_sync.records import Kind

__all__ = ["LmsActivityCompletion", "LmsCompletionRead", "LmsCourseCompletion"]


class LmsActivityCompletion(Base, Mirror):
    __tablename__ = "lms_activity_completion"
    __table_args__ = (
        UniqueConstraint("site_id", "moodle_course_module_id", "moodle_user_id"),
        Index(None, "site_id", "moodle_course_id", "moodle_user_id"),
    )
    kind = Kind.ACTIVITY_COMPLETION
    key_columns = ("moodle_course_module_id", "moodle_user_id")

    moodle_course_id: Mapped[int]
    moodle_course_module_id: Mapped[int]
    moodle_user_id: Mapped[int]
    state: Mapped[int]
    """Moodle's: 0 not done, 1 done, 2 passed, 3 failed."""
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    overridden: Mapped[bool]
    """Somebody set it by hand."""


class LmsCourseCompletion(Base, Mirror):
    __tablename__ = "lms_course_completion"
    __table_args__ = (UniqueConstraint("site_id", "moodle_course_id", "moodle_user_id"),)
    kind = Kind.COURSE_COMPLETION
    key_columns = ("moodle_course_id", "moodle_user_id")

    moodle_course_id: Mapped[int]
    moodle_user_id: Mapped[int]
    completed: Mapped[bool]


class LmsCompletionRead(Base, Key):
    """When a person's completion in a course was last asked about: it is read in turn, the oldest first."""

    __tablename__ = "lms_completion_read"
    __table_args__ = (UniqueConstraint("site_id", "moodle_course_id", "moodle_user_id"),)

    site_id: Mapped[int] = mapped_column(ForeignKey("lms_site.id", ondelete="CASCADE"))
    moodle_course_id: Mapped[int]
    moodle_user_id: Mapped[int]
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)
