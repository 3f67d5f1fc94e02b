"""Files that wait for somebody's word."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bridge.core.db import Base, Public, UtcDateTime

__all__ = ["LmsFileDraft"]


class LmsFileDraft(Base, Public):
    """A backup or a gradebook export that was uploaded and not yet confirmed: what was read of it, never the file.

    It holds personal data that nobody has taken into the store yet, hence it lives for an hour and no longer.
    """

    __tablename__ = "lms_file_draft"

    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id", ondelete="CASCADE"), index=True)
    filename: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    """Records or rows as they were read, packed."""
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
