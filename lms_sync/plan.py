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

__all__ = ["Change", "Coverage", "Known", "Part", "Plan", "Presence", "known", "person_of", "plan"]


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
class Part:
    """The records of one kind in one scope; ``course_id`` is None for kinds that belong to the whole site.

    ``departed`` are users of the scope that are known to be no longer enrolled: Moodle leaves their submissions, grades
    and reviews out of its answers although it keeps them, so their absence is not a deletion.
    """

    kind: Kind
    course_id: int | None
    coverage: Coverage
    records: tuple[Record, ...] = ()
    departed: frozenset[int] = frozenset()


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
    absent = [key for key in sorted(local.keys() - remote.keys()) if _may_vanish(part.coverage, local[key])]
    hidden = {key for key in absent if _is_hidden_by_departure(part, local[key].record)}
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


def _may_vanish(coverage: Coverage, known: Known) -> bool:
    return coverage is not Coverage.PARTIAL and known.presence is not Presence.GONE


def _is_hidden_by_departure(part: Part, record: Record) -> bool:
    return part.coverage is Coverage.NOT_VISIBLE or person_of(record) in part.departed


def known(records: Iterable[Record], presence: Presence = Presence.PRESENT) -> dict[Key, Known]:
    """The store's side of a comparison, from records that all have one presence."""
    return {record.key: Known(record, presence) for record in records}
