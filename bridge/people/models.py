"""Tables of people: whoever takes part belongs to one municipality."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bridge.core.clock import DEFAULT_ZONE
from bridge.core.db import Base, Key, Public, UtcDateTime
from bridge.core.permissions import Role

__all__ = ["LocalAccount", "Municipality", "Person", "RoleGrant", "School", "SchoolSpelling"]

ROLES_SQL = ", ".join(f"'{role.value}'" for role in Role)


class Municipality(Base, Public):
    __tablename__ = "municipality"

    name: Mapped[str] = mapped_column(String(200))
    """As people say it: «Кетченеровский район»."""
    department: Mapped[str] = mapped_column(String(300))
    """Who runs the programme, as on a letterhead."""
    zone: Mapped[str] = mapped_column(String(60), default=DEFAULT_ZONE)
    """IANA time zone in which deadlines are 23:59."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class School(Base, Public):
    __tablename__ = "school"
    __table_args__ = (UniqueConstraint("municipality_id", "name"),)

    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), index=True)
    name: Mapped[str] = mapped_column(String(300))
    """The full name, «МБОУ «Сарпинская СОШ»»."""
    short_name: Mapped[str] = mapped_column(String(120))
    """For tables: «Сарпинская СОШ»."""


class SchoolSpelling(Base, Key):
    """How an LMS profile spells a school, and which school the organiser says it is."""

    __tablename__ = "school_spelling"
    __table_args__ = (UniqueConstraint("municipality_id", "spelling"),)

    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    spelling: Mapped[str] = mapped_column(String(300))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)


class Person(Base, Public):
    __tablename__ = "person"

    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), index=True)
    last_name: Mapped[str] = mapped_column(String(100))
    first_name: Mapped[str] = mapped_column(String(100))
    middle_name: Mapped[str] = mapped_column(String(100), default="")
    """Patronymic; an LMS rarely has it."""
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"), index=True)
    locale: Mapped[str] = mapped_column(String(5), default="")
    """The person's own choice of language; empty: as the browser asks."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    municipality: Mapped[Municipality] = relationship()
    school: Mapped[School | None] = relationship()
    account: Mapped[LocalAccount | None] = relationship(back_populates="person")
    grants: Mapped[list[RoleGrant]] = relationship(back_populates="person")


class LocalAccount(Base, Key):
    """A login of our own, for those who do not come from the LMS."""

    __tablename__ = "local_account"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    login: Mapped[str] = mapped_column(String(100), unique=True)
    """Lower case; an e-mail address or a word."""
    password_hash: Mapped[str] = mapped_column(String(200))
    disabled: Mapped[bool] = mapped_column(default=False)
    failures: Mapped[int] = mapped_column(default=0)
    """Wrong passwords in a row."""
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(back_populates="account")


class RoleGrant(Base, Key):
    """A role given in the companion; roles that the LMS gives are derived from enrolments, not stored here."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint(f"role IN ({ROLES_SQL})", name="known_role"),
        UniqueConstraint("person_id", "role", "scope"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"))
    """None: in every municipality of this installation."""
    season_id: Mapped[int | None] = mapped_column(ForeignKey("season.id", ondelete="CASCADE"))
    """None: in every season of the municipality."""
    scope: Mapped[str] = mapped_column(String(40))
    """Municipality and season as one word: a unique constraint takes every NULL for another value."""
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(back_populates="grants")
