"""Writes what a reading means: loads the store's side of a part, asks the pure plan, and applies it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Update, insert, select, update
from sqlalchemy.orm import Session

from bridge.lms.models import MIRRORS, LmsCoverage, LmsSite
from bridge.lms.records import column_values, each_concerned, load_by_key
from lms_sync.plan import Coverage, Known, Part, Plan, Presence, plan
from lms_sync.records import Key, Kind, Record

__all__ = ["Counts", "apply_part"]

BATCH = 500
"""Rows in one statement; SQLite allows 32,766 bound values in all."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows of a kind were written, by what happened to them."""

    inserted: int = 0
    changed: int = 0
    retired: int = 0
    not_visible: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.inserted + other.inserted,
            self.changed + other.changed,
            self.retired + other.retired,
            self.not_visible + other.not_visible,
        )


def apply_part(session: Session, site: LmsSite, part: Part, *, now: datetime) -> Counts:
    """Bring the store in line with one part, in the caller's transaction.

    A part that says nothing new writes nothing but the time at which it was read.
    """
    part, local = _without_the_unchanged(session, site, part)
    decided = plan(part, local)
    _insert(session, site, decided, now)
    _change(session, site, decided, now)
    for keys, presence in ((decided.retire, Presence.GONE), (decided.not_visible, Presence.NOT_VISIBLE)):
        for key in keys:
            marked = _where_key(site, part.kind, key).values(presence=presence.value, presence_at=now)
            session.execute(marked)
    _note_coverage(session, site, part, now)
    return Counts(len(decided.insert), len(decided.change), len(decided.retire), len(decided.not_visible))


def _without_the_unchanged(session: Session, site: LmsSite, part: Part) -> tuple[Part, dict[Key, Known]]:
    """The part and the store's side of it, less what both have alike: most of a large course, most of the time."""
    remote = {record.key: record for record in part.records}
    local: dict[Key, Known] = {}
    for known in each_concerned(session, part, site_id=site.id):
        key = known.record.key
        if known.presence is Presence.PRESENT and remote.get(key) == known.record:
            del remote[key]
        else:
            local[key] = known
    if part.course_id is not None:
        # An activity or a group that another course had: its row is changed, not entered twice.
        fresh = [record for key, record in remote.items() if key not in local]
        local |= load_by_key(session, part.kind, fresh, site_id=site.id)
    return replace(part, records=tuple(remote.values())), local


def _insert(session: Session, site: LmsSite, decided: Plan, now: datetime) -> None:
    model = MIRRORS[decided.kind]
    for batch in _batches(decided.insert):
        session.execute(insert(model), [_new_row(site, decided.kind, record, now) for record in batch])


def _new_row(site: LmsSite, kind: Kind, record: Record, now: datetime) -> dict[str, object]:
    seen = {"presence": Presence.PRESENT.value, "presence_at": now, "first_seen_at": now, "changed_at": now}
    return {"site_id": site.id, **column_values(kind, record), **seen}


def _change(session: Session, site: LmsSite, decided: Plan, now: datetime) -> None:
    for change in decided.change:
        values = column_values(decided.kind, change.after)
        back = {"presence": Presence.PRESENT.value, "presence_at": now, "changed_at": now}
        session.execute(_where_key(site, decided.kind, change.after.key).values(**values, **back))


def _where_key(site: LmsSite, kind: Kind, key: Key) -> Update:
    model = MIRRORS[kind]
    columns = zip(model.key_columns, key, strict=True)
    return update(model).where(model.site_id == site.id, *(getattr(model, name) == part for name, part in columns))


def _note_coverage(session: Session, site: LmsSite, part: Part, now: datetime) -> None:
    course_id = part.course_id or 0
    row = session.scalar(
        select(LmsCoverage).where(
            LmsCoverage.site_id == site.id,
            LmsCoverage.kind == part.kind.value,
            LmsCoverage.moodle_course_id == course_id,
        )
    )
    if row is None:
        row = LmsCoverage(site_id=site.id, kind=part.kind.value, moodle_course_id=course_id, coverage=part.coverage)
        session.add(row)
    if part.coverage is not Coverage.PARTIAL:
        # A partial answer adds to what was known whole; it does not make it less.
        row.coverage = part.coverage.value
    row.read_at = now


def _batches(rows: Sequence[Record]) -> Iterator[Sequence[Record]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]
