"""Tables of the rating: the versions of a season's formula."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bridge.core.db import Base, Key, UtcDateTime

__all__ = ["FormulaVersion"]


class FormulaVersion(Base, Key):
    """A formula as data; never changed, only followed by the next version."""

    __tablename__ = "formula_version"
    __table_args__ = (UniqueConstraint("season_id", "number"),)

    season_id: Mapped[int] = mapped_column(ForeignKey("season.id", ondelete="CASCADE"))
    number: Mapped[int]
    body: Mapped[dict[str, object]] = mapped_column(JSON)
    """The canonical form of ``scoring.rating``."""
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the canonical form."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(16))
    """A person's uid; empty where it came with a preset or from the command line."""
