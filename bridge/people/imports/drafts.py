"""Uploads that wait for somebody's word: kept as rows for an hour, then forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bridge.people.imports.columns import Table
from bridge.people.imports.rows import Upload, from_json, to_json
from bridge.people.models import ImportDraft

__all__ = ["LIFETIME", "find_draft", "forget_expired", "keep_draft", "upload_of"]

LIFETIME = timedelta(hours=1)
"""They hold personal data that nobody has taken into the store yet."""


def keep_draft(
    session: Session,
    municipality_id: int,
    table: Table,
    upload: Upload,
    *,
    filename: str,
    person_id: int | None,
    now: datetime,
) -> ImportDraft:
    """Keep an upload until it is confirmed."""
    draft = ImportDraft(
        municipality_id=municipality_id,
        person_id=person_id,
        table=table.key.value,
        filename=filename[:200],
        content=to_json(upload),
        expires_at=now + LIFETIME,
    )
    session.add(draft)
    session.flush()  # its uid is its address
    return draft


def find_draft(session: Session, uid: str, *, now: datetime) -> ImportDraft | None:
    """A draft that has not expired."""
    draft = session.scalar(select(ImportDraft).where(ImportDraft.uid == uid))
    return draft if draft is not None and draft.expires_at > now else None


def upload_of(draft: ImportDraft) -> Upload:
    """The rows that wait."""
    return from_json(draft.content)


def forget_expired(session: Session, *, now: datetime) -> int:
    """Delete the drafts whose hour is over. Returns how many."""
    gone = session.scalars(select(ImportDraft.id).where(ImportDraft.expires_at <= now)).all()
    session.execute(delete(ImportDraft).where(ImportDraft.id.in_(gone)))
    return len(gone)
