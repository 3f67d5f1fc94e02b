"""How sure is the order? Intervals for ranks, the chance of being among the first K, who is tied with the cut-off.

The higher a value, the better its rank; rank 1 is the best. Errors of different people are taken as independent:
where they share reviewers the errors of a difference partly cancel, so the intervals err on the wide side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from scoring.errors import InvalidInput

__all__ = [
    "CombinedError",
    "RankIntervals",
    "Standing",
    "combine_errors",
    "competition_rank",
    "rank_intervals",
    "standings",
    "top_probability",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

DRAWS = 10_000


class Standing(StrEnum):
    """Where somebody stands against the first K places."""

    IN = "in"  # among the first K, whatever the errors
    TIED = "tied"  # statistically tied with the cut-off
    OUT = "out"  # not among them


@dataclass(frozen=True, slots=True, eq=False)
class CombinedError:
    """Standard error of a total, as far as it is known.

    Parameters
    ----------
    se
        Shape (n,): root sum of squares of the known errors of the components.
    without
        Components of which nobody's error is known: their part of the total is taken as exact, and the page says so.
    partly
        Components of which some people's errors are missing.
    complete
        Shape (n,): people with a known error in every component.
    """

    se: Floats
    without: tuple[str, ...]
    partly: tuple[str, ...]
    complete: Mask


@dataclass(frozen=True, slots=True, eq=False)
class RankIntervals:
    """Ranks with confidence intervals.

    Parameters
    ----------
    rank
        Shape (n,): competition rank (1, 2, 2, 4).
    marginal_low, marginal_high
        Shape (n,): covers one person's rank at the stated confidence.
    simultaneous_low, simultaneous_high
        Shape (n,): covers all ranks together at that confidence; wider.
    """

    rank: Ints
    marginal_low: Ints
    marginal_high: Ints
    simultaneous_low: Ints
    simultaneous_high: Ints


def combine_errors(components: Mapping[str, Floats]) -> CombinedError:
    """Standard error of a total from those of its components, in points, independent of each other.

    Parameters
    ----------
    components
        By name an array of shape (n,): the component's standard error by person, NaN where none is known.

    Raises
    ------
    InvalidInput
        No components, unequal lengths, a negative or infinite error.
    """
    if not components or len({np.shape(array) for array in components.values()}) > 1:
        raise InvalidInput("there is at least one component, and all have one error a person", field="components")
    table = np.array(list(components.values()), dtype=np.float64)
    if (table < 0).any() or np.isinf(table).any():
        raise InvalidInput("standard errors are finite and not negative", field="components")
    known = ~np.isnan(table)
    names = list(components)
    return CombinedError(
        se=np.sqrt((np.where(known, table, 0.0) ** 2).sum(axis=0)),
        without=tuple(name for name, row in zip(names, known, strict=True) if not row.any()),
        partly=tuple(name for name, row in zip(names, known, strict=True) if row.any() and not row.all()),
        complete=np.asarray(known.all(axis=0)),
    )


def competition_rank(values: Floats) -> Ints:
    """Rank 1 for the highest; equal values share a place and the following ones are skipped."""
    ascending = np.sort(values)
    return (len(values) + 1 - np.searchsorted(ascending, values, side="right")).astype(np.int64)


def rank_intervals(
    values: Floats, se: Floats, *, rng: np.random.Generator, confidence: float = 0.95, draws: int = DRAWS
) -> RankIntervals:
    """Marginal and simultaneous confidence intervals for ranks.

    Parameters
    ----------
    values
        Shape (n,): estimates, finite.
    se
        Shape (n,): their standard errors, finite, 0 where a value is exact.
    rng
        Source of the bootstrap.
    confidence
        Between 0 and 1.
    draws
        Bootstrap draws, at least 100.

    Raises
    ------
    InvalidInput
        Unequal lengths, values that are not finite, negative errors, a confidence or a number of draws out of range.

    Notes
    -----
    Mogstad, Romano, Shaikh and Wilhelm (2024, Review of Economic Studies 91, 476), the two-sided step-down procedure
    of the R package csranks: who is significantly better or worse than whom bounds the rank. Time grows with draws x
    n**2.
    """
    values, se = _checked(values, se, draws)
    if not 0 < confidence < 1:
        raise InvalidInput(f"{confidence} is not between 0 and 1", field="confidence")
    rank, comparison = competition_rank(values), _Comparison.of(values, se, rng.standard_normal((draws, len(values))))
    marginal = np.array([comparison.marginal(one, confidence) for one in range(len(values))], dtype=np.int64)
    marginal = marginal.reshape(len(values), 2)
    low, high = comparison.simultaneous(confidence)
    return RankIntervals(rank, marginal[:, 0], marginal[:, 1], low, high)


def _checked(values: Floats, se: Floats, draws: int) -> tuple[Floats, Floats]:
    values, se = np.asarray(values, dtype=np.float64), np.asarray(se, dtype=np.float64)
    if values.shape != se.shape or values.ndim != 1:
        raise InvalidInput("values and standard errors are vectors of one length", field="values")
    if not (np.isfinite(values).all() and np.isfinite(se).all() and (se >= 0).all()):
        raise InvalidInput("values and standard errors are finite, errors not negative: see combine_errors", field="se")
    if draws < 100:
        raise InvalidInput(f"{draws} draws do not show a 95 % bound", field="draws")
    return values, se


@dataclass(frozen=True, slots=True, eq=False)
class _Comparison:
    """All ordered pairs: how far apart they are in standard errors, and by how much that varies by chance.

    Parameters
    ----------
    statistic
        Shape (n, n): ``(value_j - value_k) / se_jk``; infinite where both are exact and differ.
    noise
        Shape (draws, n): errors of the values.
    scale
        Shape (n, n): ``1 / se_jk``; 0 where both are exact, so that chance never separates them.
    """

    statistic: Floats
    noise: Floats
    scale: Floats

    @classmethod
    def of(cls, values: Floats, se: Floats, normal: Floats) -> _Comparison:
        deviation = np.hypot(se[:, None], se)
        scale = np.divide(1.0, deviation, out=np.zeros(deviation.shape), where=deviation > 0)
        difference = values[:, None] - values
        exact = np.where(difference == 0, 0.0, np.copysign(np.inf, difference))
        return cls(np.where(deviation > 0, difference * scale, exact), normal * se, scale)

    def _maxima(self, one: int, mask: Mask, sign: float) -> Floats:
        """Shape (draws,): the largest chance lead of `one` over the others in the mask, or of them over `one` for
        -1.
        """
        lead = (self.noise[:, [one]] - self.noise[:, mask]) * (sign * self.scale[one, mask])
        return np.asarray(lead.max(axis=1, initial=-np.inf))

    def marginal(self, one: int, confidence: float) -> tuple[int, int]:
        """Interval for the rank of one person."""
        ahead, behind = self.statistic[one], self.statistic[:, one]
        open_ahead = np.arange(len(ahead)) != one
        open_behind = open_ahead.copy()
        while open_ahead.any() or open_behind.any():
            largest = np.maximum(self._maxima(one, open_ahead, 1.0), self._maxima(one, open_behind, -1.0))
            critical = _quantile(largest, confidence)
            new_ahead, new_behind = open_ahead & (ahead > critical), open_behind & (behind > critical)
            open_ahead, open_behind = open_ahead & ~new_ahead, open_behind & ~new_behind
            if not (new_ahead.any() or new_behind.any()):
                break
        return len(ahead) - int(open_behind.sum()), int(open_ahead.sum()) + 1

    def simultaneous(self, confidence: float) -> tuple[Ints, Ints]:
        """Intervals for all ranks together."""
        people = len(self.statistic)
        undecided = ~np.eye(people, dtype=bool)
        while undecided.any():
            largest = np.full(len(self.noise), -np.inf)
            for one in range(people):
                np.maximum(largest, self._maxima(one, undecided[one], 1.0), out=largest)
            new = undecided & (self.statistic > _quantile(largest, confidence))
            undecided &= ~new
            if not new.any():
                break
        better = people - 1 - undecided.sum(axis=0)
        return better + 1, undecided.sum(axis=1) + 1


def _quantile(largest: Floats, confidence: float) -> float:
    """Critical value; 0 where nothing but exact values is left to compare."""
    return max(float(np.quantile(largest, confidence)), 0.0)


def top_probability(values: Floats, se: Floats, *, top: int, rng: np.random.Generator, draws: int = DRAWS) -> Floats:
    """Probability of being among the first `top`, were the marking repeated around what was observed.

    Parameters
    ----------
    values, se
        As in `rank_intervals`.
    top
        Number of places, at least 1.
    rng, draws
        Source and number of draws.

    Returns
    -------
    Floats
        Shape (n,), 0 to 1. A shared place counts for all who share it. A description, not a promise: nothing is
        assumed of how able people are, so those ahead look a little surer than they are.

    Raises
    ------
    InvalidInput
        As in `rank_intervals`, or fewer than one place.
    """
    values, se = _checked(values, se, draws)
    if top < 1:
        raise InvalidInput(f"{top} places are not at least one", field="top")
    if top >= len(values):
        return np.ones(len(values))
    repeated = values + se * rng.standard_normal((draws, len(values)))
    threshold = np.partition(repeated, len(values) - top, axis=1)[:, len(values) - top]
    return np.asarray((repeated >= threshold[:, None]).mean(axis=0))


def standings(low: Ints, high: Ints, *, top: int) -> tuple[Standing, ...]:
    """Who is in, out, or statistically tied with the cut-off at place `top`.

    Parameters
    ----------
    low, high
        Shape (n,): rank intervals. Simultaneous ones make the statement hold for everybody at once.
    top
        Number of places, at least 1.

    Raises
    ------
    InvalidInput
        Unequal lengths, or fewer than one place.
    """
    if np.shape(low) != np.shape(high) or top < 1:
        raise InvalidInput("low and high are of one length, and there is at least one place", field="top")
    return tuple(
        Standing.IN if last <= top else Standing.OUT if first > top else Standing.TIED
        for first, last in zip(np.asarray(low).tolist(), np.asarray(high).tolist(), strict=True)
    )
