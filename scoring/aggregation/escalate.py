"""When one more review is needed, and which single review a grade hangs on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np

from scoring.aggregation.baselines import mean_half_up
from scoring.aggregation.numeric import Floats, Ints, Mask
from scoring.aggregation.outcome import Escalation
from scoring.aggregation.records import Policy, option
from scoring.errors import InvalidInput

__all__ = ["Settlement", "ThirdMarker", "differ_too_much", "escalations", "largest_shift", "spreads", "third_marker"]

# 0.9 - 0.7 is 0.2000000000000001 in binary: a difference of exactly the limit must not exceed it.
ROUNDING = 1e-9


class Settlement(StrEnum):
    """What counts once a third marker has marked."""

    ALL = "all"  # the mean of all marks
    CLOSEST = "closest"  # the mean of the two closest; of two equally close pairs the higher one
    THIRD = "third"  # the third mark alone


@dataclass(frozen=True, slots=True)
class ThirdMarker:
    """Outcome of the third-marker rule.

    Parameters
    ----------
    needed
        Whether a third marker must be asked.
    difference
        Between the first two marks, in points.
    grade
        The mean of what counts, rounded half up; None while a third marker is needed.
    """

    needed: bool
    difference: float
    grade: float | None


def differ_too_much(difference: Floats, maximum: float, limit: float) -> Mask:
    """Whether differences in points exceed a fraction of the maximum; exactly the limit does not."""
    return np.asarray(difference > (limit + ROUNDING) * maximum)


def third_marker(
    marks: Floats, *, maximum: float, limit: float = 0.2, settlement: Settlement = Settlement.ALL, decimals: int = 1
) -> ThirdMarker:
    """Two marks that differ by more than the limit need a third; then the season's settlement gives the grade.

    Parameters
    ----------
    marks
        Two or three finite marks in points, in the order they were given.
    maximum
        Points of a perfect work, positive.
    limit
        Fraction of the maximum by which the first two may differ.
    settlement
        What counts of three marks where the first two differ too much. Where they agree, a third mark changes nothing.
    decimals
        Decimals of the grade.

    Raises
    ------
    InvalidInput
        Another number of marks, marks that are not finite, a maximum that is not positive, an unknown settlement.

    Examples
    --------
    >>> third_marker(np.array([10.0, 14.0]), maximum=15.0).needed
    True
    """
    settlement = option(Settlement, settlement, field="settlement")
    marks = np.asarray(marks, dtype=np.float64)
    if marks.shape not in {(2,), (3,)} or not np.isfinite(marks).all():
        raise InvalidInput("the rule takes two or three finite marks", field="marks")
    if not maximum > 0:
        raise InvalidInput("the maximum is positive", field="maximum")
    difference = float(abs(marks[0] - marks[1]))
    if not differ_too_much(np.array(difference), maximum, limit):
        return ThirdMarker(needed=False, difference=difference, grade=mean_half_up(marks[:2], decimals=decimals))
    if len(marks) == 2:
        return ThirdMarker(needed=True, difference=difference, grade=None)
    return ThirdMarker(
        needed=False, difference=difference, grade=mean_half_up(_counting(marks, settlement), decimals=decimals)
    )


def _counting(marks: Floats, settlement: Settlement) -> Floats:
    if settlement is Settlement.ALL:
        return marks
    if settlement is Settlement.THIRD:
        return marks[2:]
    pairs = combinations(sorted(marks.tolist(), reverse=True), 2)
    return np.array(min(pairs, key=lambda pair: round(pair[0] - pair[1], 9)))


def spreads(work: Ints, values: Floats, works: int) -> Floats:
    """Difference between the highest and the lowest value of each work."""
    low, high = np.full(works, np.inf), np.full(works, -np.inf)
    np.minimum.at(low, work, values)
    np.maximum.at(high, work, values)
    return np.asarray(high - low)


def largest_shift(work: Ints, shift: Floats, works: int) -> tuple[Floats, Ints]:
    """Of each work the shift of the review that moves it most, and that review's row; of equal ones the first row.

    Returns
    -------
    tuple
        Shift, NaN where a work has one review; row, -1 there.
    """
    size = np.where(np.isnan(shift), -1.0, np.abs(shift))
    order = np.lexsort((np.arange(len(work)), -np.round(size, 12), work))
    first = order[np.unique(work[order], return_index=True)[1]]
    known = size[first] >= 0
    largest, row = np.full(works, np.nan), np.full(works, -1)
    largest[work[first]] = shift[first]
    row[work[first]] = np.where(known, first, -1)
    return largest, row


def escalations(
    spread: Floats, width: Floats, number: Ints, maximum: float, policy: Policy
) -> tuple[tuple[Escalation, ...], ...]:
    """Reasons for one more review of each work.

    Parameters
    ----------
    spread, width
        Shape (works,): between the highest and lowest review, and of the interval, in points; NaN never escalates.
    number
        Shape (works,): reviews that count.
    maximum
        Points of a perfect work.
    policy
        The season's limits.
    """
    wide = np.zeros(len(spread), dtype=bool)
    if policy.interval_limit is not None:
        wide = differ_too_much(width, maximum, policy.interval_limit)
    reasons = {
        Escalation.DIVERGENCE: differ_too_much(spread, maximum, policy.divergence_limit),
        Escalation.WIDE_INTERVAL: wide,
        Escalation.FEW_REVIEWS: number < policy.fewest_reviews,
    }
    open_ = number < (policy.enough_reviews or np.inf)
    rows = zip(*(mask & open_ for mask in reasons.values()), strict=True)
    return tuple(tuple(reason for reason, holds in zip(reasons, row, strict=True) if holds) for row in rows)
