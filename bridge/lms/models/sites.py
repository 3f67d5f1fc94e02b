"""Our own tables about an LMS: the connection, the runs of the sync, what each part of it covers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bridge.core.db import Base, Key, Public, UtcDateTime
from bridge.people.models import Municipality

__all__ = ["LmsCoverage", "LmsCursor", "LmsIdentity", "LmsProblem", "LmsSite", "RunMode", "RunState", "SyncRun"]


class RunMode(StrEnum):
    FULL = "full"
    INCREMENTAL = "incremental"
    COURSE = "course"
    """One course, whole: it says nothing of how fresh the others are."""
    FILE = "file"
    """A backup or an export that somebody brought."""


class RunState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    PARTLY = "partly"
    """Something could not be read; its problems say what."""
    FAILED = "failed"


RUN_STATES_SQL = ", ".join(f"'{state.value}'" for state in RunState)


class LmsSite(Base, Public):
    """A municipality's connection to a Moodle; municipalities that share a site have a connection each."""

    __tablename__ = "lms_site"
    __table_args__ = (UniqueConstraint("municipality_id", "url"),)

    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    url: Mapped[str] = mapped_column(String(500))
    """The site's root, without a slash at the end."""
    name: Mapped[str] = mapped_column(String(300))
    release: Mapped[str] = mapped_column(String(60))
    token_closed: Mapped[str] = mapped_column(String(500))
    """The web-service token, encrypted; empty where nobody has one and files are brought instead."""
    username: Mapped[str] = mapped_column(String(100))
    """The account the token belongs to."""
    functions: Mapped[list[str]] = mapped_column(JSON)
    """What the token's service offers."""
    moodle_category_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    """Course categories that belong to this municipality; nothing is read before one is chosen."""
    connected_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_run_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the clock reads it again; NULL: at the next opportunity."""
    next_full_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """From when on that reading is a full one; NULL: at once."""
    quiet_runs: Mapped[int] = mapped_column(default=0)
    """How many readings in a row brought nothing new: the pauses grow with them."""

    municipality: Mapped[Municipality] = relationship()

    @property
    def has_token(self) -> bool:
        """Whether the site can be asked; one without a token is known by files alone."""
        return bool(self.token_closed)


class SyncRun(Base, Public):
    __tablename__ = "sync_run"
    __table_args__ = (
        CheckConstraint(f"state IN ({RUN_STATES_SQL})", name="known_state"),
        Index(None, "site_id", "started_at"),
        Index(
            "uq_sync_run_one_running",
            "site_id",
            unique=True,
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
    )

    site_id: Mapped[int] = mapped_column(ForeignKey("lms_site.id", ondelete="CASCADE"))
    mode: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12))
    process: Mapped[str] = mapped_column(String(120), default="")
    """Whose run it is: where that process has ended, the next one takes over at once."""
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    heartbeat_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """A run whose heart stopped was killed: the next one may take over."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    calls: Mapped[int] = mapped_column(default=0)
    inserted: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    retired: Mapped[int] = mapped_column(default=0)
    not_visible: Mapped[int] = mapped_column(default=0)

    problems: Mapped[list[LmsProblem]] = relationship(back_populates="run", order_by="LmsProblem.id")


class LmsProblem(Base, Key):
    """One thing a run could not read, in words a person can act on."""

    __tablename__ = "lms_problem"

    run_id: Mapped[int] = mapped_column(ForeignKey("sync_run.id", ondelete="CASCADE"), index=True)
    moodle_course_id: Mapped[int | None]
    code: Mapped[str] = mapped_column(String(40))
    facts: Mapped[dict[str, object]] = mapped_column(JSON)
    """Values for the sentence of ``code``; never a token, a name or a text from the site."""

    run: Mapped[SyncRun] = relationship(back_populates="problems")


class LmsCoverage(Base, Key):
    """How completely and how freshly one kind of record is known in one scope."""

    __tablename__ = "lms_coverage"
    __table_args__ = (UniqueConstraint("site_id", "kind", "moodle_course_id"),)

    site_id: Mapped[int] = mapped_column(ForeignKey("lms_site.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(30))
    moodle_course_id: Mapped[int]
    """0 for kinds that belong to the whole site."""
    coverage: Mapped[str] = mapped_column(String(12))
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the LMS was last asked and answered."""


class LmsCursor(Base, Key):
    """From where a course's changes are asked for: written when all of the course was read that can be."""

    __tablename__ = "lms_cursor"
    __table_args__ = (UniqueConstraint("site_id", "moodle_course_id"),)

    site_id: Mapped[int] = mapped_column(ForeignKey("lms_site.id", ondelete="CASCADE"))
    moodle_course_id: Mapped[int]
    since_s: Mapped[int] = mapped_column(BigInteger)
    """Epoch seconds of the site's clock."""
    people: Mapped[str] = mapped_column(String(64))
    """A digest of who is in the course; empty where that is not known."""
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was last read, in whole or for changes."""
    whole_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was last read whole."""
    complete: Mapped[bool] = mapped_column(default=True)
    """Whether nothing was kept from our token then."""
    stale: Mapped[bool] = mapped_column(default=False)
    """A run has begun to change the course and not ended it: it must be read whole."""


class LmsIdentity(Base, Key):
    """Which person of ours a user of the site is. Made by the sync by the site's own id, never by e-mail."""

    __tablename__ = "lms_identity"
    __table_args__ = (UniqueConstraint("site_id", "moodle_user_id"), UniqueConstraint("site_id", "person_id"))

    site_id: Mapped[int] = mapped_column(ForeignKey("lms_site.id", ondelete="CASCADE"))
    moodle_user_id: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
