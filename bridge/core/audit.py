"""The audit log: who did what, when and from which source, hash-chained per season.

Entries hold opaque ids and words only, never a name or a mark, so that erasing a person need not touch them. Each
entry's hash covers its predecessor's: a changed, dropped or inserted entry breaks the chain, and ``verify`` says where.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, String, UniqueConstraint, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from bridge.core.db import Base, Key, UtcDateTime

__all__ = ["AuditChain", "AuditEntry", "Broken", "Source", "record", "verify", "verify_all"]

GENESIS = "0" * 64
SYSTEM_CHAIN = "system"


class Source(StrEnum):
    """Where an act came from; the last three were entered for somebody else."""

    WEB = "web"
    COMMAND_LINE = "command_line"
    SYNC = "sync"
    SYSTEM = "system"
    PAPER = "paper"
    PHONE = "phone"
    LETTER = "letter"


class AuditChain(Base):
    """The head of one chain; its row is the lock that orders writers on PostgreSQL."""

    __tablename__ = "audit_chain"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    length: Mapped[int] = mapped_column(default=0)
    head: Mapped[str] = mapped_column(String(64), default=GENESIS)


class AuditEntry(Base, Key):
    __tablename__ = "audit_entry"
    __table_args__ = (
        UniqueConstraint("chain", "number"),
        CheckConstraint("number > 0", name="numbered_from_one"),
    )

    chain: Mapped[str] = mapped_column(String(40))
    """A season's uid, or "system"."""
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(16))
    """A person's uid; empty where the system acted."""
    source: Mapped[str] = mapped_column(String(16))
    act: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(60))
    """What was acted on, as ``kind:uid``."""
    facts: Mapped[dict[str, object]] = mapped_column(JSON)
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True, slots=True)
class Broken:
    """Where a chain stops being what was written, and how."""

    chain: str
    number: int
    reason: str


def record(
    session: Session,
    act: str,
    *,
    now: datetime,
    actor: str = "",
    source: Source = Source.SYSTEM,
    season: str = SYSTEM_CHAIN,
    subject: str = "",
    facts: Mapping[str, object] | None = None,
) -> AuditEntry:
    """Add one entry to a season's chain, in the caller's transaction."""
    chain = _locked_chain(session, season)
    entry = AuditEntry(
        chain=season,
        number=chain.length + 1,
        at=now,
        actor=actor,
        source=source.value,
        act=act,
        subject=subject,
        facts=dict(facts or {}),
        previous=chain.head,
    )
    entry.digest = _digest(entry)
    chain.length, chain.head = entry.number, entry.digest
    session.add(entry)
    return entry


def verify(session: Session, season: str = SYSTEM_CHAIN) -> Broken | None:
    """Walk one chain from its beginning; None when every link holds and the head is where it should be."""
    previous, number = GENESIS, 0
    entries = session.scalars(select(AuditEntry).where(AuditEntry.chain == season).order_by(AuditEntry.number))
    for number, entry in enumerate(entries, start=1):
        if entry.number != number:
            return Broken(season, number, "an entry is missing")
        if entry.previous != previous or entry.digest != _digest(entry):
            return Broken(season, number, "an entry was changed")
        previous = entry.digest
    chain = session.get(AuditChain, season)
    # A chain without a head was never written, unless its head was removed.
    written = (chain.length, chain.head) if chain is not None else (0, GENESIS)
    if written != (number, previous):
        return Broken(season, number + 1, "the end was cut off")
    return None


def verify_all(session: Session) -> Iterator[Broken]:
    """Every broken chain of this installation."""
    for name in session.scalars(select(AuditEntry.chain).union(select(AuditChain.name))):
        broken = verify(session, name)
        if broken is not None:
            yield broken


def _locked_chain(session: Session, name: str) -> AuditChain:
    chain = session.get(AuditChain, name, with_for_update=True)
    if chain is None:
        # Two transactions may begin a chain at once: the second waits here for the first, then reads what it wrote.
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        begun = insert(AuditChain).values(name=name, length=0, head=GENESIS)
        session.execute(begun.on_conflict_do_nothing())
        chain = session.get_one(AuditChain, name, with_for_update=True)
    return chain


def _digest(entry: AuditEntry) -> str:
    covered = [
        entry.chain,
        entry.number,
        # As it will come back from the database, whatever zone it came in.
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor,
        entry.source,
        entry.act,
        entry.subject,
        entry.facts,
        entry.previous,
    ]
    canonical = json.dumps(covered, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
