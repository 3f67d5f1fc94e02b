"""Browser sessions as rows: what a cookie stands for, so that it can be listed, ended here, and ended everywhere.

The cookie holds a random token; the row holds only its hash, so that a copy of the database opens no session.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import JSON, ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bridge.core.db import Base, Key, UtcDateTime

__all__ = [
    "IDLE_LIMIT",
    "LIFETIME",
    "WebSession",
    "end_all",
    "end_expired",
    "end_session",
    "find_session",
    "needs_touch",
    "start_session",
]

LIFETIME = timedelta(days=14)
IDLE_LIMIT = timedelta(days=3)
TOUCH_EVERY = timedelta(minutes=5)
"""A read-only page must not cost a write each time."""


class WebSession(Base, Key):
    __tablename__ = "web_session"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    """None before sign-in: a form on a public page needs its CSRF secret kept somewhere."""
    data: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    user_agent: Mapped[str] = mapped_column(String(200), default="")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def start_session(session: Session, *, person_id: int | None, user_agent: str, now: datetime) -> tuple[WebSession, str]:
    """Make a session; the token is returned once and kept nowhere."""
    token = secrets.token_urlsafe(32)
    row = WebSession(
        token_hash=_hash(token),
        person_id=person_id,
        data={},
        user_agent=user_agent[:200],
        started_at=now,
        seen_at=now,
        expires_at=now + LIFETIME,
    )
    session.add(row)
    return row, token


def find_session(session: Session, token: str, *, now: datetime) -> WebSession | None:
    """The live session of a cookie, if any."""
    row = session.scalar(select(WebSession).where(WebSession.token_hash == _hash(token)))
    if row is None or row.expires_at <= now or row.seen_at + IDLE_LIMIT <= now:
        return None
    return row


def needs_touch(row: WebSession, *, now: datetime) -> bool:
    """Whether it is time to write down that the session is in use."""
    return row.seen_at + TOUCH_EVERY <= now


def end_session(session: Session, token: str) -> None:
    session.execute(delete(WebSession).where(WebSession.token_hash == _hash(token)))


def end_all(session: Session, person_id: int) -> None:
    """Sign a person out everywhere."""
    session.execute(delete(WebSession).where(WebSession.person_id == person_id))


def end_expired(session: Session, *, now: datetime) -> None:
    session.execute(delete(WebSession).where((WebSession.expires_at <= now) | (WebSession.seen_at <= now - IDLE_LIMIT)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
