"""What a formula makes of a mark that is not there, and of a person whose terms are excluded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import Final

from scoring.exact import half_up
from scoring.rating.formula import Formula, MissingPolicy
from scoring.rating.inputs import CellState, PersonStatus
from scoring.rating.result import Standing, Treatment

__all__ = ["TREATMENTS", "credited_steps", "integer_weights", "standing"]


def _alike(treatment: Treatment) -> Mapping[CellState, Treatment]:
    """Treat every mark that is not there the same, but for those released from the term."""
    missing = dict.fromkeys(CellState, treatment)
    return {**missing, CellState.GRADED: Treatment.COUNTED, CellState.EXEMPT: Treatment.EXCLUDED}


TREATMENTS: Final[Mapping[MissingPolicy, Mapping[CellState, Treatment]]] = {
    MissingPolicy.BY_SUBMISSION: {**_alike(Treatment.PENDING), CellState.ABSENT: Treatment.ZERO},
    MissingPolicy.ZERO: _alike(Treatment.ZERO),
    MissingPolicy.EXCLUDED: _alike(Treatment.EXCLUDED),
    MissingPolicy.PENDING: _alike(Treatment.PENDING),
}

_COUNTED: Final = frozenset({Treatment.COUNTED, Treatment.ZERO})


def integer_weights(formula: Formula) -> tuple[int, ...]:
    """Give the terms' full points as whole numbers in the same proportion, as small as they come."""
    full = [Fraction(term.full_points) for term in formula.terms]
    scale = lcm(*(weight.denominator for weight in full))
    whole = [int(weight * scale) for weight in full]
    divisor = gcd(*whole)
    return tuple(weight // divisor for weight in whole)


def credited_steps(
    steps: Sequence[int], treatments: Sequence[Treatment], weights: Sequence[int], most: Sequence[int]
) -> list[int]:
    """Credit excluded terms at the rate of the counted ones: points of those terms * weight / their weights, half up.

    The sum is then the counted points re-weighted to the whole formula, each term still has a line of its own, and
    nobody gets more out of a term than it has. While a term is pending the rate is not known, so nothing is credited.

    Parameters
    ----------
    steps
        Points of each term in rounding steps, 0 where it is not counted.
    treatments, weights, most
        Of each term: what was made of the cell, the full points in proportion, and the most steps it can give.

    Returns
    -------
    list of int
        Steps of each term, the credited ones filled in.
    """
    counted = sum(weights[i] for i, treatment in enumerate(treatments) if treatment in _COUNTED)
    if counted == 0 or Treatment.PENDING in treatments:
        return list(steps)
    earned = sum(steps)
    return [
        min(half_up(earned * weights[i], counted), most[i]) if treatment is Treatment.EXCLUDED else steps[i]
        for i, treatment in enumerate(treatments)
    ]


def standing(status: PersonStatus, treatments: Sequence[Treatment], weights: Sequence[int]) -> Standing:
    """Say where a person is listed."""
    if status is PersonStatus.WITHDRAWN:
        return Standing.WITHDRAWN
    if Treatment.PENDING in treatments:
        return Standing.PENDING
    if any(weight and treatment in _COUNTED for weight, treatment in zip(weights, treatments, strict=True)):
        return Standing.RANKED
    return Standing.UNRATED
