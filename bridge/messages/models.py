"""Tables of messages: what a municipality and a person have chosen, the queue, and every attempt to deliver.

Texts are personal data: they are erased some time after a message has ended, those with a password at once. What stays
for the log is who, which template, which way, when, and how it ended.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bridge.core.db import Base, Key, Public, UtcDateTime
from bridge.people.models import Person

__all__ = [
    "DigestDay",
    "Message",
    "MessageAttempt",
    "MessageSettings",
    "MessageState",
    "MessageTemplate",
    "MessageWish",
    "Rhythm",
]


class MessageState(StrEnum):
    WAITING = "waiting"
    CLAIMED = "claimed"
    """A worker is at it; after a while without word it is taken back."""
    SENT = "sent"
    TO_COPY = "to_copy"
    """Waits for a person to copy it and hand it over."""
    HANDED = "handed"
    FAILED = "failed"
    """No way was left, and nobody copies what it says."""
    UNCLEAR = "unclear"
    """It may have arrived: a person decides."""
    CANCELLED = "cancelled"


class Rhythm(StrEnum):
    """How often a digest comes."""

    NEVER = "never"
    WEEKLY = "weekly"
    DAILY = "daily"


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"


class MessageTemplate(Base, Key):
    """A municipality's own text in the place of a shipped one."""

    __tablename__ = "message_template"
    __table_args__ = (UniqueConstraint("municipality_id", "template", "language"),)

    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id", ondelete="CASCADE"))
    template: Mapped[str] = mapped_column(String(60))
    """The template's key."""
    language: Mapped[str] = mapped_column(String(5))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column()
    """Of the last save; a stale one is refused."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy reads it from the class


class MessageSettings(Base):
    """A municipality's order of channels and its digest; no row: as shipped."""

    __tablename__ = "message_settings"
    __table_args__ = (
        CheckConstraint(_one_of("digest", Rhythm), name="known_rhythm"),
        CheckConstraint("digest_hour BETWEEN 0 AND 23", name="hour_of_a_day"),
    )

    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id", ondelete="CASCADE"), primary_key=True)
    channels: Mapped[list[str]] = mapped_column(JSON)
    """The ways a message may go, the preferred one first."""
    digest: Mapped[str] = mapped_column(String(10))
    digest_hour: Mapped[int]
    """By the municipality's clock."""


class DigestDay(Base):
    """The last day on which a municipality's digests were written, by its own clock."""

    __tablename__ = "digest_day"

    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date]


class MessageWish(Base):
    """What a person has chosen for themselves; no row: as the municipality does it."""

    __tablename__ = "message_wish"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(10), default="")
    """Empty: the municipality's order."""
    email: Mapped[str] = mapped_column(String(254), default="")
    """Empty: the login where it is an address, else the one that Moodle knows."""
    digest_off: Mapped[bool] = mapped_column(default=False)


class Message(Base, Public):
    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint(_one_of("state", MessageState), name="known_state"),
        Index(None, "state", "due_at"),
        Index(None, "municipality_id", "id"),
    )

    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    template: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(5))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    """As it goes out; encrypted where ``is_secret``; empty once ``erased_at`` is set."""
    is_secret: Mapped[bool]
    dedupe_key: Mapped[str | None] = mapped_column(String(160), unique=True)
    """What this message is about: the same thing is told once."""
    state: Mapped[str] = mapped_column(String(10))
    channel: Mapped[str] = mapped_column(String(10))
    """The way it goes, or went; empty where there is none."""
    passed_over: Mapped[list[list[str]]] = mapped_column(JSON)
    """Pairs of a channel and why it was not that one."""
    tried: Mapped[list[str]] = mapped_column(JSON)
    """Channels that have refused this message for good."""
    sending: Mapped[int] = mapped_column(default=1)
    """Raised when a person sends it again: a mail program hides a second mail of the same Message-ID."""
    claim: Mapped[str] = mapped_column(String(16), default="")
    """Of the worker that is at it; who holds another one may not finish."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship()
    attempts: Mapped[list[MessageAttempt]] = relationship(back_populates="message", order_by="MessageAttempt.id")


class MessageAttempt(Base, Key):
    """One attempt to deliver: what was tried, how far it came, how it ended."""

    __tablename__ = "message_attempt"

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    sending: Mapped[int]
    """Which sending of the message this belongs to."""
    channel: Mapped[str] = mapped_column(String(10))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    at_end: Mapped[bool] = mapped_column(default=False)
    """Committed just before the last bytes go out: a process killed before that has surely delivered nothing."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended: Mapped[str] = mapped_column(String(10), default="")
    code: Mapped[str] = mapped_column(String(40), default="")
    facts: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    """Values for the sentence of ``code``: numbers and names of functions, never a text from the other side."""

    message: Mapped[Message] = relationship(back_populates="attempts")
