"""What other parts and other systems may learn: rows that commit together with the change they tell of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from bridge.core.db import Base, Public, UtcDateTime

__all__ = ["OutboxEvent", "emit"]


class OutboxEvent(Base, Public):
    __tablename__ = "outbox_event"
    __table_args__ = (Index(None, "type", "id"),)

    type: Mapped[str] = mapped_column(String(60))
    """A dotted name, such as ``season.created``."""
    subject: Mapped[str] = mapped_column(String(60))
    """What it is about, as ``kind:uid``."""
    payload: Mapped[dict[str, object]] = mapped_column(JSON)
    """Opaque ids and figures; never a name, a token or a text somebody wrote."""
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)


def emit(
    session: Session, event_type: str, *, subject: str, now: datetime, payload: Mapping[str, object] | None = None
) -> OutboxEvent:
    """Tell of a change in the caller's transaction; nothing is sent here."""
    event = OutboxEvent(type=event_type, subject=subject, payload=dict(payload or {}), occurred_at=now)
    session.add(event)
    return event
