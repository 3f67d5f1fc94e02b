"""What every table that mirrors an LMS record has in common: whose it is, whether it is still there, when we saw it.

A mirrored table has one column per field of its record; ids of the LMS get the prefix ``moodle_``. ``records.py`` of
the slice turns rows into records and back by that rule, so a field added to a record needs a column and nothing else.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bridge.core.db import Key, UtcDateTime
from lms_sync.plan import Presence
from lms_sync.records import Kind

__all__ = ["Mirror"]


class Mirror(Key):
    kind: ClassVar[Kind]
    key_columns: ClassVar[tuple[str, ...]]
    """The columns that make the record's key, in its order; unique within a site."""

    site_id: Mapped[int] = mapped_column(ForeignKey("lms_site.id", ondelete="CASCADE"))
    presence: Mapped[str] = mapped_column(String(12), default=Presence.PRESENT.value)
    """Present, gone or not visible to our token; what vanishes is marked, never deleted."""
    presence_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Since when ``presence`` is so."""
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When a sync last brought other content."""
