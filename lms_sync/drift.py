"""Says, without touching anything, by what a reading differs from the store: the plan, told to people."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from lms_sync.plan import Change, Coverage, Known, Part, plan
from lms_sync.records import Key, Kind, Record

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["Difference", "FieldChange", "KindDrift", "drift", "merged"]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one record: what the store has, and what the LMS says."""

    name: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Difference:
    """A record that the store has otherwise. Without fields only its presence differs: it had been gone and is back."""

    key: Key
    fields: tuple[FieldChange, ...]
    record: Record


@dataclass(frozen=True, slots=True)
class KindDrift:
    """By how much one kind of record differs in one scope.

    Attributes
    ----------
    coverage
        How much the reading could see: of a part that is not visible nothing is known.
    same
        Records that are equal.
    missing, gone, out_of_sight
        Counts of records that only the LMS has, that only the store has, and that the LMS no longer shows to us.
    different
        Count of records of both that differ.
    fields
        Field -> in how many records it differs.
    examples, missing_examples, gone_examples
        The first few of ``different``, ``missing`` and ``gone``.
    """

    kind: Kind
    coverage: Coverage
    same: int = 0
    missing: int = 0
    different: int = 0
    gone: int = 0
    out_of_sight: int = 0
    fields: Mapping[str, int] = field(default_factory=dict)
    examples: tuple[Difference, ...] = ()
    missing_examples: tuple[Record, ...] = ()
    gone_examples: tuple[Record, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the store is as the LMS says."""
        return not (self.missing or self.different or self.gone or self.out_of_sight)


def drift(part: Part, local: Mapping[Key, Known], *, most_examples: int = 5) -> KindDrift:
    """Compare a part with the store's rows of the same kind and scope.

    Parameters
    ----------
    part, local
        As for :func:`lms_sync.plan.plan`, which decides; so that reading the part again would write exactly this.
    most_examples
        How many records are shown of each sort; the counts are of all.
    """
    decided = plan(part, local)
    differences = [_difference(change) for change in decided.change]
    names = Counter(change.name for difference in differences for change in difference.fields)
    return KindDrift(
        kind=part.kind,
        coverage=part.coverage,
        same=decided.unchanged,
        missing=len(decided.insert),
        different=len(decided.change),
        gone=len(decided.retire),
        out_of_sight=len(decided.not_visible),
        fields=dict(names.most_common()),
        examples=tuple(differences[:most_examples]),
        missing_examples=decided.insert[:most_examples],
        gone_examples=tuple(local[key].record for key in decided.retire[:most_examples]),
    )


def _difference(change: Change) -> Difference:
    before, after = change.before, change.after
    names = [each.name for each in dataclasses.fields(cast("DataclassInstance", after))]
    changed = (FieldChange(name, getattr(before, name), getattr(after, name)) for name in names)
    return Difference(after.key, tuple(one for one in changed if one.before != one.after), after)


def merged(first: KindDrift, second: KindDrift, *, most_examples: int = 5) -> KindDrift:
    """Two comparisons of one kind as one: a kind may come in several parts."""
    names = Counter(first.fields) + Counter(second.fields)
    return KindDrift(
        kind=first.kind,
        coverage=first.coverage if first.coverage is not Coverage.WHOLE else second.coverage,
        same=first.same + second.same,
        missing=first.missing + second.missing,
        different=first.different + second.different,
        gone=first.gone + second.gone,
        out_of_sight=first.out_of_sight + second.out_of_sight,
        fields=dict(names.most_common()),
        examples=(*first.examples, *second.examples)[:most_examples],
        missing_examples=(*first.missing_examples, *second.missing_examples)[:most_examples],
        gone_examples=(*first.gone_examples, *second.gone_examples)[:most_examples],
    )
