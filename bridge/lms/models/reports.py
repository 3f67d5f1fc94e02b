"""What was found when a site was examined, and when a course was compared: the last report of each, for the pages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bridge.core.db import Base, Key, UtcDateTime

__all__ = ["LmsComparison", "LmsExamination"]


class LmsExamination(Base, Key):
    """The last examination of a site by the doctor; pages show it without asking the site."""

    __tablename__ = "lms_examination"
    __table_args__ = (UniqueConstraint("site_id"),)

    site_id: Mapped[int] = mapped_column(ForeignKey("lms_site.id", ondelete="CASCADE"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When somebody last asked for one; later than ``examined_at`` while it is awaited."""
    examined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    health: Mapped[str] = mapped_column(String(12), default="")
    report: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    """Findings and rights as codes and plain facts: never a token, a person's name or an address of one."""


class LmsComparison(Base, Key):
    """The last comparison of a course with the store. It holds marks: it is shown to administrators only, and forgotten
    when the course is read again.
    """

    __tablename__ = "lms_comparison"
    __table_args__ = (UniqueConstraint("site_id", "moodle_course_id"),)

    site_id: Mapped[int] = mapped_column(ForeignKey("lms_site.id", ondelete="CASCADE"))
    moodle_course_id: Mapped[int]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    compared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failure: Mapped[str] = mapped_column(String(40), default="")
    """The code of what kept the last comparison from being made."""
    report: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    """Counts and a few examples by kind, people by Moodle's ids."""
