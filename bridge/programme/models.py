"""Tables of the programme: a season, its four stages, and its map of the LMS."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bridge.core.db import Base, Key, Public, UtcDateTime
from bridge.people.models import Municipality

__all__ = [
    "NOT_USED",
    "ROLES_SQL",
    "STAGE_COUNT",
    "MappedRole",
    "Season",
    "SeasonActivity",
    "SeasonCourse",
    "SeasonRole",
    "Stage",
]

STAGE_COUNT = 4
NOT_USED = 0
"""Stage number of a course that the season does not use."""


class MappedRole(StrEnum):
    """What a role of the LMS means in a season."""

    PARTICIPANT = "participant"
    TEACHER = "teacher"
    MENTOR = "mentor"
    HEAD = "head"
    NONE = "none"


ROLES_SQL = ", ".join(f"'{role.value}'" for role in MappedRole)


class Season(Base, Public):
    """One two-year run of the programme («набор»)."""

    __tablename__ = "season"
    __table_args__ = (
        UniqueConstraint("municipality_id", "name"),
        CheckConstraint("starts_on < ends_on", name="starts_before_it_ends"),
        CheckConstraint("places > 0", name="has_places"),
        CheckConstraint(f"stage_number BETWEEN 1 AND {STAGE_COUNT}", name="known_stage"),
    )

    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    stage_number: Mapped[int] = mapped_column(default=1)
    """The stage that the season is in; moved on by a person, not by the calendar."""
    places: Mapped[int]
    """K of the gate to the defence."""
    is_practice: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("lms_site.id"))
    """The connection its courses are in; NULL while Moodle is for later."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own spelling

    municipality: Mapped[Municipality] = relationship()
    stages: Mapped[list[Stage]] = relationship(
        back_populates="season", order_by="Stage.number", cascade="all, delete-orphan"
    )
    courses: Mapped[list[SeasonCourse]] = relationship(cascade="all, delete-orphan")
    roles: Mapped[list[SeasonRole]] = relationship(cascade="all, delete-orphan")
    activities: Mapped[list[SeasonActivity]] = relationship(cascade="all, delete-orphan")


class Stage(Base, Key):
    __tablename__ = "stage"
    __table_args__ = (
        UniqueConstraint("season_id", "number"),
        CheckConstraint(f"number BETWEEN 1 AND {STAGE_COUNT}", name="known_number"),
    )

    season_id: Mapped[int] = mapped_column(ForeignKey("season.id", ondelete="CASCADE"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    opens_on: Mapped[date | None]
    closes_on: Mapped[date | None]
    """The last day, until 23:59 in the municipality's zone."""

    season: Mapped[Season] = relationship(back_populates="stages")


class SeasonCourse(Base, Key):
    """A course of the LMS and the stage it serves."""

    __tablename__ = "season_course"
    __table_args__ = (UniqueConstraint("season_id", "moodle_course_id"),)

    season_id: Mapped[int] = mapped_column(ForeignKey("season.id", ondelete="CASCADE"))
    moodle_course_id: Mapped[int]
    stage_number: Mapped[int]


class SeasonRole(Base, Key):
    """A role of the LMS (its short name) and what it means here."""

    __tablename__ = "season_role"
    __table_args__ = (
        UniqueConstraint("season_id", "moodle_role"),
        CheckConstraint(f"role IN ({ROLES_SQL})", name="known_role"),
    )

    season_id: Mapped[int] = mapped_column(ForeignKey("season.id", ondelete="CASCADE"))
    moodle_role: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(20))


class SeasonActivity(Base, Key):
    """A term of the formula and the gradebook item it takes its marks from, where it was picked by hand."""

    __tablename__ = "season_activity"
    __table_args__ = (UniqueConstraint("season_id", "term_id"),)

    season_id: Mapped[int] = mapped_column(ForeignKey("season.id", ondelete="CASCADE"))
    term_id: Mapped[str] = mapped_column(String(60))
    moodle_item_id: Mapped[int]
