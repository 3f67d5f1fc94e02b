"""Mirrored tables: categories, courses, who is in them, groups and activities."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bridge.core.db import Base, UtcDateTime
from bridge.lms.models.mirror import Mirror
from lms_sync.records import Kind

__all__ = [
    "LmsActivity",
    "LmsCategory",
    "LmsCohort",
    "LmsCohortMember",
    "LmsCourse",
    "LmsEnrolment",
    "LmsGroup",
    "LmsGroupMember",
    "LmsGrouping",
    "LmsUser",
]


class LmsCategory(Base, Mirror):
    __tablename__ = "lms_category"
    __table_args__ = (UniqueConstraint("site_id", "moodle_category_id"),)
    kind = Kind.CATEGORY
    key_columns = ("moodle_category_id",)

    moodle_category_id: Mapped[int]
    moodle_parent_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(255))
    idnumber: Mapped[str] = mapped_column(String(100))


class LmsCourse(Base, Mirror):
    __tablename__ = "lms_course"
    __table_args__ = (UniqueConstraint("site_id", "moodle_course_id"),)
    kind = Kind.COURSE
    key_columns = ("moodle_course_id",)

    moodle_course_id: Mapped[int]
    moodle_category_id: Mapped[int]
    short_name: Mapped[str] = mapped_column(String(255))
    full_name: Mapped[str] = mapped_column(String(254))
    idnumber: Mapped[str] = mapped_column(String(100))
    visible: Mapped[bool]
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    modified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LmsUser(Base, Mirror):
    """A user as the site shows them to our token. There is no column for a birth date, and there must be none."""

    __tablename__ = "lms_user"
    __table_args__ = (UniqueConstraint("site_id", "moodle_user_id"),)
    kind = Kind.USER
    key_columns = ("moodle_user_id",)

    moodle_user_id: Mapped[int]
    username: Mapped[str] = mapped_column(String(100))
    first_name: Mapped[str] = mapped_column(String(100))
    last_name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(100))
    idnumber: Mapped[str] = mapped_column(String(255))
    institution: Mapped[str] = mapped_column(String(255))
    """The employer in the profile's own spelling; it proposes the school."""
    department: Mapped[str] = mapped_column(String(255))


class LmsEnrolment(Base, Mirror):
    __tablename__ = "lms_enrolment"
    __table_args__ = (
        UniqueConstraint("site_id", "moodle_course_id", "moodle_user_id"),
        Index(None, "site_id", "moodle_user_id"),
    )
    kind = Kind.ENROLMENT
    key_columns = ("moodle_course_id", "moodle_user_id")

    moodle_course_id: Mapped[int]
    moodle_user_id: Mapped[int]
    roles: Mapped[list[str]] = mapped_column(JSON)
    """Moodle's short names, sorted."""
    suspended: Mapped[bool]


class LmsGroup(Base, Mirror):
    __tablename__ = "lms_group"
    __table_args__ = (UniqueConstraint("site_id", "moodle_group_id"), Index(None, "site_id", "moodle_course_id"))
    kind = Kind.GROUP
    key_columns = ("moodle_group_id",)

    moodle_group_id: Mapped[int]
    moodle_course_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(254))
    idnumber: Mapped[str] = mapped_column(String(100))


class LmsGrouping(Base, Mirror):
    __tablename__ = "lms_grouping"
    __table_args__ = (UniqueConstraint("site_id", "moodle_grouping_id"), Index(None, "site_id", "moodle_course_id"))
    kind = Kind.GROUPING
    key_columns = ("moodle_grouping_id",)

    moodle_grouping_id: Mapped[int]
    moodle_course_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(255))
    idnumber: Mapped[str] = mapped_column(String(100))
    moodle_group_ids: Mapped[list[int]] = mapped_column(JSON)


class LmsGroupMember(Base, Mirror):
    __tablename__ = "lms_group_member"
    __table_args__ = (
        UniqueConstraint("site_id", "moodle_group_id", "moodle_user_id"),
        Index(None, "site_id", "moodle_course_id"),
    )
    kind = Kind.GROUP_MEMBER
    key_columns = ("moodle_group_id", "moodle_user_id")

    moodle_course_id: Mapped[int]
    moodle_group_id: Mapped[int]
    moodle_user_id: Mapped[int]


class LmsCohort(Base, Mirror):
    __tablename__ = "lms_cohort"
    __table_args__ = (UniqueConstraint("site_id", "moodle_cohort_id"),)
    kind = Kind.COHORT
    key_columns = ("moodle_cohort_id",)

    moodle_cohort_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(254))
    idnumber: Mapped[str] = mapped_column(String(100))
    visible: Mapped[bool]


class LmsCohortMember(Base, Mirror):
    __tablename__ = "lms_cohort_member"
    __table_args__ = (UniqueConstraint("site_id", "moodle_cohort_id", "moodle_user_id"),)
    kind = Kind.COHORT_MEMBER
    key_columns = ("moodle_cohort_id", "moodle_user_id")

    moodle_cohort_id: Mapped[int]
    moodle_user_id: Mapped[int]


class LmsActivity(Base, Mirror):
    __tablename__ = "lms_activity"
    __table_args__ = (
        UniqueConstraint("site_id", "moodle_course_module_id"),
        Index(None, "site_id", "moodle_course_id"),
    )
    kind = Kind.ACTIVITY
    key_columns = ("moodle_course_module_id",)

    moodle_course_module_id: Mapped[int]
    moodle_course_id: Mapped[int]
    module: Mapped[str] = mapped_column(String(30))
    """Moodle's plugin name: assign, quiz, workshop, ..."""
    moodle_instance_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(1333))
    visible: Mapped[bool]
    url: Mapped[str] = mapped_column(String(1333))
