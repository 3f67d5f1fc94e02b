"""Tables of people: whoever takes part belongs to one municipality."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bridge.core.clock import DEFAULT_ZONE
from bridge.core.db import Base, Key, Public, UtcDateTime
from bridge.core.permissions import Role

__all__ = ["ImportDraft", "LocalAccount", "Municipality", "Person", "RoleGrant", "School", "SchoolSpelling"]

ROLES_SQL = ", ".join(f"'{role.value}'" for role in Role)


def _unique_where_said(table: str, column: str) -> Index:
    """Two rows of a municipality never share the value, while any number of them may have none."""
    said = text(f"{column} <> ''")
    name = f"uq_{table}_municipality_id_{column}"
    return Index(name, "municipality_id", column, unique=True, sqlite_where=said, postgresql_where=said)


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
    __table_args__ = (UniqueConstraint("municipality_id", "name"), _unique_where_said("school", "code"))

    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), index=True)
    code: Mapped[str] = mapped_column(String(40), default="")
    """The department's own short code of the school; most departments have none."""
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
    __table_args__ = (_unique_where_said("person", "id_number"),)

    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), index=True)
    last_name: Mapped[str] = mapped_column(String(100))
    first_name: Mapped[str] = mapped_column(String(100))
    middle_name: Mapped[str] = mapped_column(String(100), default="")
    """Patronymic; an LMS rarely has it."""
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"), index=True)
    organisation: Mapped[str] = mapped_column(String(300), default="")
    """Where somebody works who is of no school here: an expert's university."""
    position: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    """For messages; empty: as the LMS has it. An address can change hands, so it never joins a person to a user."""
    phone: Mapped[str] = mapped_column(String(60), default="")
    id_number: Mapped[str] = mapped_column(String(255), default="")
    """The number that the department knows the person by; empty: as the LMS has it."""
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


class ImportDraft(Base, Public):
    """What somebody has uploaded and not yet confirmed: the rows as they were read, never the file.

    It holds personal data that nobody has taken into the store, hence it lives for an hour and no longer.
    """

    __tablename__ = "import_draft"

    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    """Who uploaded it."""
    table: Mapped[str] = mapped_column(String(20))
    """Schools, people, mentors or experts."""
    filename: Mapped[str] = mapped_column(String(200))
    content: Mapped[dict[str, object]] = mapped_column(JSON)
    """Rows with their numbers and findings, and the headings that were not read."""
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
