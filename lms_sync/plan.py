"""Decides, without touching anything, what a reading of the LMS means for the store.

A reading comes in *parts*: the records of one kind within one scope (a course, or the whole site), with its coverage.
Only a WHOLE part can say that something is gone; a PARTIAL one (an incremental answer) is silent about what it does
not list, and a NOT_VISIBLE one says that this token may not look. What vanishes is marked, never deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lms_sync.records import Key, Kind, Record

__all__ = ["Change", "Coverage", "Known", "Part", "Plan", "Presence", "Reach", "known", "person_of", "plan"]


class Coverage(StrEnum):
    """How much of a scope a part covers."""

    WHOLE = "whole"
    PARTIAL = "partial"
    NOT_VISIBLE = "not_visible"


class Presence(StrEnum):
    """What the store believes about a record it once saw."""

    PRESENT = "present"
    GONE = "gone"
    NOT_VISIBLE = "not_visible"


@dataclass(frozen=True, slots=True)
class Reach:
    """The ids that an answer could speak of, in one field: ``Reach("user_id", the people it lists)``."""

    field: str
    ids: frozenset[int]

    def holds(self, record: Record) -> bool:
        """Whether the record's field is among the ids."""
        return getattr(record, self.field) in self.ids


@dataclass(frozen=True, slots=True)
class Part:
    """The records of one kind in one scope; ``course_id`` is None for kinds that belong to the whole site.

    ``about`` narrows the scope further: the part says nothing of rows outside any of these.

    Absence from a whole part is a deletion only where the answer would have shown the row. Three things say where not:

    ``sight``
        Whom the answer speaks of. A row outside any of these is out of sight, not deleted: Moodle leaves out the
        submissions, grades and reviews of people who left or are suspended, although it keeps them.
    ``hidden``
        What the answer leaves out. A row inside any of these is out of sight: it belongs to an activity that this
        token may not enter, or that hides its rows in its present phase.
    ``unread``
        What could not be read this time (a call that failed). The part is silent about rows inside any of these.

    ``departed`` are users known to be no longer enrolled; it is another way of giving ``sight`` for callers who only
    know who left.
    """

    kind: Kind
    course_id: int | None
    coverage: Coverage
    records: tuple[Record, ...] = ()
    about: tuple[Reach, ...] = ()
    departed: frozenset[int] = frozenset()
    sight: tuple[Reach, ...] = ()
    hidden: tuple[Reach, ...] = ()
    unread: tuple[Reach, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """A record as the store holds it."""

    record: Record
    presence: Presence


@dataclass(frozen=True, slots=True)
class Change:
    """``before`` and ``after`` differ in content, or the record had been marked gone or not visible and is back."""

    before: Record
    after: Record


@dataclass(frozen=True, slots=True)
class Plan:
    """What to write for one part. The four lists are disjoint and sorted by key; unchanged records are in none."""

    kind: Kind
    insert: tuple[Record, ...] = ()
    change: tuple[Change, ...] = ()
    retire: tuple[Key, ...] = ()
    not_visible: tuple[Key, ...] = ()
    unchanged: int = field(default=0, compare=False)

    @property
    def is_empty(self) -> bool:
        """Whether applying this plan would write nothing."""
        return not (self.insert or self.change or self.retire or self.not_visible)


def plan(part: Part, local: Mapping[Key, Known]) -> Plan:
    """Compare a part with the store's rows of the same kind and scope.

    Parameters
    ----------
    part
        What the LMS answered. Of two records with one key the later wins (a page may repeat a row).
    local
        Every row the store has of this kind within the part's scope.

    Returns
    -------
    Plan
        Independent of the order of ``part.records``, duplicates aside.
    """
    remote = {record.key: record for record in part.records}
    changes = tuple(
        Change(before=local[key].record, after=remote[key])
        for key in sorted(remote.keys() & local.keys())
        if local[key].record != remote[key] or local[key].presence is not Presence.PRESENT
    )
    absent = [key for key in sorted(local.keys() - remote.keys()) if _may_vanish(part, local[key])]
    hidden = {key for key in absent if _is_out_of_sight(part, local[key].record)}
    return Plan(
        kind=part.kind,
        insert=tuple(remote[key] for key in sorted(remote.keys() - local.keys())),
        change=changes,
        retire=tuple(key for key in absent if key not in hidden),
        not_visible=tuple(key for key in absent if key in hidden and local[key].presence is Presence.PRESENT),
        unchanged=len(remote.keys() & local.keys()) - len(changes),
    )


def person_of(record: Record) -> int | None:
    """The user a record is about, if any: whose departure explains its absence."""
    for name in ("user_id", "author_id", "reviewer_id"):
        value = getattr(record, name, None)
        if isinstance(value, int):
            return value
    return None


def _may_vanish(part: Part, known: Known) -> bool:
    if part.coverage is Coverage.PARTIAL or known.presence is Presence.GONE:
        return False
    if not all(reach.holds(known.record) for reach in part.about):
        return False
    return not any(reach.holds(known.record) for reach in part.unread)


def _is_out_of_sight(part: Part, record: Record) -> bool:
    if part.coverage is Coverage.NOT_VISIBLE or person_of(record) in part.departed:
        return True
    if any(reach.holds(record) for reach in part.hidden):
        return True
    return not all(reach.holds(record) for reach in part.sight)


def known(records: Iterable[Record], presence: Presence = Presence.PRESENT) -> dict[Key, Known]:
    """The store's side of a comparison, from records that all have one presence."""
    return {record.key: Known(record, presence) for record in records}
