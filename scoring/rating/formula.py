"""A season's formula as data: what it may say, its canonical form and its hash.

A formula is built with `scoring.rating.parse_formula`, which checks it; the records here are what the checks leave.
The canonical form spells every default out and writes every number as a shortest decimal string, so that two writings
of the same rules have the same hash. The hash covers everything that was written, the labels too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

from scoring.errors import FormulaError
from scoring.exact import UNIT, half_up, product_text, to_text, to_units

__all__ = [
    "SHARED",
    "Bonus",
    "Formula",
    "MissingPolicy",
    "Normalisation",
    "OutOfScale",
    "Source",
    "Stage",
    "Term",
    "canonical_json",
]

SHARED: Final = "shared"
PENDING_BELOW: Final = "below"


class Normalisation(StrEnum):
    """How a mark becomes a share of the term's weight, from 0 to 1."""

    LINEAR = "linear"
    """(mark - min) / (max - min)."""
    PERCENTILE = "percentile"
    """Percentile rank among all marks of the term: (below + equal / 2) / n."""
    T_SCORE = "t_score"
    """T = 50 + 10 z over all marks of the term (population deviation), half up to 0.01, within 0..100; T / 100."""
    PASS_FAIL = "pass_fail"  # noqa: S105  a test that is passed, not a password
    """1 from the threshold on, else 0; the threshold is a share of the scale."""


class MissingPolicy(StrEnum):
    """What a mark that is not there means."""

    BY_SUBMISSION = "by_submission"
    """Submitted, or not due yet: pending. Nothing and the due date passed, or the workshop closed: zero."""
    ZERO = "zero"
    EXCLUDED = "excluded"
    """The term is left out for this person and credited at the rate of the person's other terms (re-weighting)."""
    PENDING = "pending"


class OutOfScale(StrEnum):
    """What to do with a mark outside its scale."""

    REFUSE = "refuse"
    CLAMP = "clamp"


@dataclass(frozen=True, slots=True)
class Source:
    """Where the caller finds the marks; opaque here.

    Parameters
    ----------
    activity
        The activity's idnumber, or whatever the caller matches by.
    item
        Which of the activity's grade items ("submission" of a workshop).
    """

    activity: str | None = None
    item: str | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the season and what its terms' weights are multiplied by."""

    id: str
    multiplier: Decimal = Decimal(1)
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Term:
    """One term of the formula: ``share(mark) * weight * stage multiplier``, rounded, at most `cap`.

    Parameters
    ----------
    id
        Unique among terms and bonuses; letters, digits, ``_`` and ``-``.
    weight
        Points for a full mark, before the stage's multiplier; not negative.
    multiplier
        The stage's, 1 without a stage.
    pass_at
        Threshold of `Normalisation.PASS_FAIL`, as a share of the scale from 0 to 1; otherwise None.
    minimum, maximum
        The scale, where the formula fixes it; a mark that arrives on another scale is then refused.
    cap
        Most points the term can give; a multiple of the rounding step.
    missing, out_of_scale
        The formula's unless the term overrides them.
    """

    id: str
    weight: Decimal
    label: str
    source: Source
    stage: str | None
    multiplier: Decimal
    normalisation: Normalisation
    pass_at: Decimal | None
    minimum: Decimal | None
    maximum: Decimal | None
    cap: Decimal | None
    missing: MissingPolicy
    out_of_scale: OutOfScale

    @cached_property
    def full_points(self) -> Decimal:
        """Points for a full mark, before rounding and cap: weight times multiplier."""
        return Decimal(product_text(Fraction(self.weight) * Fraction(self.multiplier)))

    def to_mapping(self) -> dict[str, Any]:
        """Write the term in canonical form."""
        pass_at = {} if self.pass_at is None else {"at": _text(self.pass_at)}
        optional = {
            "label": self.label or None,
            "activity": self.source.activity,
            "item": self.source.item,
            "stage": self.stage,
            "min": _text(self.minimum),
            "max": _text(self.maximum),
            "cap": _text(self.cap),
        }
        return {
            "id": self.id,
            "weight": _text(self.weight),
            "normalisation": {"kind": self.normalisation.value, **pass_at},
            "missing": self.missing.value,
            "out_of_scale": self.out_of_scale.value,
            **_without_none(optional),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Bonus:
    """Points on top: ``count * points``, rounded, at most `cap`; a person without an entry has a count of 0."""

    id: str
    points: Decimal
    label: str
    source: Source
    cap: Decimal | None

    def to_mapping(self) -> dict[str, Any]:
        """Write the bonus in canonical form."""
        optional = {
            "label": self.label or None,
            "activity": self.source.activity,
            "item": self.source.item,
            "cap": _text(self.cap),
        }
        return {"id": self.id, "points": _text(self.points), **_without_none(optional)}


@dataclass(frozen=True, kw_only=True)
class Formula:
    """A checked formula.

    Parameters
    ----------
    version
        The season's own count of its formula's versions.
    step
        Every term's points are rounded half up to a multiple of this; totals are sums of rounded terms.
    missing, out_of_scale
        The policy of the terms that do not say otherwise.
    ties
        Terms and bonuses whose points decide between equal totals, in this order; then the place is shared.
    """

    version: int
    step: Decimal
    missing: MissingPolicy
    out_of_scale: OutOfScale
    ties: tuple[str, ...]
    stages: tuple[Stage, ...]
    terms: tuple[Term, ...]
    bonuses: tuple[Bonus, ...] = field(default=())

    @cached_property
    def step_units(self) -> int:
        """The rounding step in units of 10**-10."""
        return to_units(self.step)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Ids of all contributions, terms first, in the formula's order."""
        return (*(term.id for term in self.terms), *(bonus.id for bonus in self.bonuses))

    def term(self, term_id: str) -> Term:
        """Find a term by its id; `KeyError` where the formula has none of that name."""
        for term in self.terms:
            if term.id == term_id:
                return term
        raise KeyError(term_id)

    def only(self, ids: Collection[str]) -> Formula:
        """Keep the terms and bonuses named, e.g. those of one stage for its gate; ties and stages shrink with them.

        Raises
        ------
        FormulaError
            Where an id is unknown, or nothing with a weight is left.
        """
        unknown = sorted(set(ids) - set(self.ids))
        terms = tuple(term for term in self.terms if term.id in ids)
        if unknown or not any(term.weight for term in terms):
            message = f"unknown ids: {', '.join(unknown)}" if unknown else "none of the terms kept has a weight"
            raise FormulaError(message, field="terms")
        return replace(
            self,
            terms=terms,
            bonuses=tuple(bonus for bonus in self.bonuses if bonus.id in ids),
            ties=tuple(part for part in self.ties if part in ids),
            stages=tuple(stage for stage in self.stages if stage.id in {term.stage for term in terms}),
        )

    def to_mapping(self) -> dict[str, Any]:
        """Write the formula in canonical form; `parse_formula` reads it back to an equal formula."""
        return {
            "version": self.version,
            "rounding": {"each_term": _text(self.step), "half": "up"},
            "missing": self.missing.value,
            "pending": PENDING_BELOW,
            "out_of_scale": self.out_of_scale.value,
            "ties": [*self.ties, SHARED],
            "stages": [_stage_mapping(stage) for stage in self.stages],
            "terms": [term.to_mapping() for term in self.terms],
            "bonuses": [bonus.to_mapping() for bonus in self.bonuses],
        }

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON, in hex."""
        return hashlib.sha256(canonical_json(self.to_mapping())).hexdigest()


LARGEST_COUNT: Final = 10**6
"""Most a bonus can be counted."""


@dataclass(frozen=True, slots=True)
class Scaling:
    """A contribution in whole rounding steps: ``half_up(share * numerator / denominator)``, at most `most`."""

    numerator: int
    denominator: int
    most: int

    def steps(self, numerator: int, denominator: int) -> int:
        """Turn a share (or a bonus's count), given as a ratio, into rounding steps."""
        return min(half_up(numerator * self.numerator, denominator * self.denominator), self.most)


def term_scaling(term: Term, step_units: int) -> Scaling:
    """Prepare a term's rounding; its most steps are those of a full mark, or its cap."""
    return _scaling(Fraction(term.weight) * Fraction(term.multiplier), 1, term.cap, step_units)


def bonus_scaling(bonus: Bonus, step_units: int) -> Scaling:
    """Prepare a bonus's rounding; its most steps are its cap, or those of the largest count."""
    return _scaling(Fraction(bonus.points), LARGEST_COUNT, bonus.cap, step_units)


def _scaling(points: Fraction, largest: int, cap: Decimal | None, step_units: int) -> Scaling:
    full = points * UNIT / step_units
    most = half_up(full.numerator * largest, full.denominator)
    capped = most if cap is None else min(most, to_units(cap) // step_units)
    return Scaling(full.numerator, full.denominator, capped)


_CANONICAL: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical_json(value: object) -> bytes:
    """Encode to the one spelling that is hashed: sorted keys, no spaces, UTF-8, no floats."""
    return _CANONICAL.encode(value).encode()


def _text(value: Decimal | None) -> str | None:
    return None if value is None else to_text(to_units(value))


def _without_none(mapping: dict[str, str | None]) -> dict[str, str]:
    return {key: value for key, value in mapping.items() if value is not None}


def _stage_mapping(stage: Stage) -> dict[str, str]:
    label = {"label": stage.label} if stage.label else {}
    return {"id": stage.id, "multiplier": to_text(to_units(stage.multiplier)), **label}
