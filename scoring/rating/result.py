"""What a rating says of everybody: total, place, and every term's part in the total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from scoring.exact import to_text, to_units
from scoring.rating.formula import Formula, Source, canonical_json
from scoring.rating.inputs import CellState
from scoring.rating.placing import TieStep

__all__ = ["Contribution", "ContributionKind", "PersonRating", "Rating", "Standing", "Tie", "Treatment"]


class ContributionKind(StrEnum):
    """Whether points come from a term or on top."""

    TERM = "term"
    BONUS = "bonus"


class Treatment(StrEnum):
    """What the formula made of a cell."""

    COUNTED = "counted"
    ZERO = "zero"
    PENDING = "pending"
    """Nothing yet; the person is not ranked until the mark is there."""
    EXCLUDED = "excluded"
    """Left out for this person: credited at the rate of the person's counted terms."""


class Standing(StrEnum):
    """Where a person is listed."""

    RANKED = "ranked"
    PENDING = "pending"
    """Below the ranked, with the points so far."""
    UNRATED = "unrated"
    """Every term with a weight is excluded for this person, so there is nothing to rank by."""
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Contribution:
    """One term's or bonus's part of a total; the parts sum to the total exactly.

    Parameters
    ----------
    points
        The part, a multiple of the formula's rounding step.
    weight
        Points for a full mark (weight times the stage's multiplier); for a bonus, points for one count.
    raw, minimum, maximum
        The mark as it came, with its scale; for a bonus `raw` is the count. None where there is no mark.
    share
        What part of the weight the mark earned, from 0 to 1, exactly; None where there is no mark and for a bonus.
    clamped
        The mark lay outside its scale and the nearest end was taken.
    """

    id: str
    kind: ContributionKind
    state: CellState
    treatment: Treatment
    points: Decimal
    weight: Decimal
    raw: Decimal | None
    minimum: Decimal | None
    maximum: Decimal | None
    share: Fraction | None
    clamped: bool
    source: Source

    def to_mapping(self) -> dict[str, Any]:
        """Write the contribution with exact numbers as strings."""
        numbers = {"raw": self.raw, "min": self.minimum, "max": self.maximum, "share": self.share}
        return {
            "id": self.id,
            "kind": self.kind.value,
            "state": self.state.value,
            "treatment": self.treatment.value,
            "points": str(self.points),
            "weight": str(self.weight),
            **{key: None if value is None else str(value) for key, value in numbers.items()},
            "clamped": self.clamped,
        }


@dataclass(frozen=True, slots=True)
class Tie:
    """How equal totals were told apart.

    Parameters
    ----------
    tied
        People with the same total, this one included; at least 2.
    steps
        The tie rules applied, in order, up to the one that set this person apart.
    sharing
        People on this very place, this one included: 1 where the rules decided, more where the place is shared.
    """

    tied: int
    steps: tuple[TieStep, ...]
    sharing: int

    @property
    def decided_by(self) -> str | None:
        """Id of the term that set this person apart; None where the place is shared."""
        return self.steps[-1].id if self.sharing == 1 else None


@dataclass(frozen=True, slots=True)
class PersonRating:
    """One person's line.

    Parameters
    ----------
    total
        Sum of the contributions' points; for a pending person the points so far.
    rank
        Competition rank from 1; None unless `standing` is ranked.
    pending
        Ids of the terms whose marks are awaited, in the formula's order.
    tie
        None where nobody ranked has the same total.
    """

    id: str
    standing: Standing
    total: Decimal
    rank: int | None
    pending: tuple[str, ...]
    contributions: tuple[Contribution, ...]
    tie: Tie | None

    def to_mapping(self) -> dict[str, Any]:
        """Write the line with exact numbers as strings."""
        return {
            "id": self.id,
            "standing": self.standing.value,
            "total": str(self.total),
            "rank": self.rank,
            "pending": list(self.pending),
            "contributions": [part.to_mapping() for part in self.contributions],
            "tie": None if self.tie is None else _tie_mapping(self.tie),
        }


@dataclass(frozen=True, slots=True)
class Rating:
    """A season's rating.

    Parameters
    ----------
    formula
        The formula it was made by.
    inputs_hash
        SHA-256 of the canonical inputs; the order of the rows has no part in it.
    people
        The ranked by rank, then the pending by their points so far, then the unrated and the withdrawn; equals by id.
    """

    formula: Formula
    inputs_hash: str
    people: tuple[PersonRating, ...]

    @property
    def formula_hash(self) -> str:
        """SHA-256 of the formula's canonical form."""
        return self.formula.hash

    def person(self, person_id: str) -> PersonRating:
        """Find a person's line; `KeyError` where there is none."""
        for person in self.people:
            if person.id == person_id:
                return person
        raise KeyError(person_id)

    def json_chunks(self) -> Iterator[bytes]:
        """Write the rating as canonical JSON, one person a chunk, so that a country's fits into memory."""
        hashes = canonical_json({"formula_hash": self.formula_hash, "inputs_hash": self.inputs_hash})
        yield hashes[:-1] + b',"people":['
        for place, person in enumerate(self.people):
            yield (b"," if place else b"") + canonical_json(person.to_mapping())
        yield b"]}"

    def to_json(self) -> bytes:
        """Write the rating as canonical JSON: the same rating always gives the same bytes."""
        return b"".join(self.json_chunks())


def _tie_mapping(tie: Tie) -> Mapping[str, Any]:
    steps = [{"id": step.id, "still_tied": step.still_tied} for step in tie.steps]
    return {"tied": tie.tied, "steps": steps, "sharing": tie.sharing, "decided_by": tie.decided_by}


class StepWriter:
    """Turns whole rounding steps into points, always with the step's own decimals: 930 steps of 0.1 are "93.0"."""

    def __init__(self, step: Decimal) -> None:
        self._step = Decimal(to_text(to_units(step)))
        self._known: dict[int, Decimal] = {}

    def __call__(self, steps: int) -> Decimal:
        """Give the points of that many steps; equal numbers of steps share one object."""
        points = self._known.get(steps)
        if points is None:
            points = self._known[steps] = steps * self._step
        return points
