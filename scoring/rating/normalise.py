"""From marks to shares: what part of a term's weight a mark earns, as an exact ratio from 0 to 1.

Percentiles and T-scores look at everyone who has a mark in the term, withdrawn or not, so that a withdrawal never
changes anybody else's total. In all four normalisations a better mark never gives a smaller share to its owner.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import isqrt
from typing import Final

from scoring.rating.formula import Normalisation, Term

__all__ = ["share_table"]

_T_DECIMALS: Final = 100  # a T-score is rounded half up to 0.01 before it is used
_T_MEAN: Final = 50
_T_DEVIATION: Final = 10


def share_table(term: Term, counts: Mapping[Fraction, int]) -> dict[Fraction, Fraction]:
    """Give every distinct position on the scale its share.

    Parameters
    ----------
    term
        Says which normalisation; a linear term needs no table, its share is the position.
    counts
        How many people stand at each position, (mark - min) / (max - min), from 0 to 1.

    Returns
    -------
    dict
        The share of each position, from 0 to 1.
    """
    if term.pass_at is not None:
        threshold = Fraction(term.pass_at)
        return {position: Fraction(position >= threshold) for position in counts}
    return _percentiles(counts) if term.normalisation is Normalisation.PERCENTILE else _t_shares(counts)


def _percentiles(counts: Mapping[Fraction, int]) -> dict[Fraction, Fraction]:
    """Percentile ranks with the mid-point convention: half of those at the same position count as below."""
    total = sum(counts.values())
    shares: dict[Fraction, Fraction] = {}
    below = 0
    for position in sorted(counts):
        shares[position] = Fraction(2 * below + counts[position], 2 * total)
        below += counts[position]
    return shares


def _t_shares(counts: Mapping[Fraction, int]) -> dict[Fraction, Fraction]:
    """T-scores as shares of 100; where all marks are equal everyone stands at the mean."""
    total = max(sum(counts.values()), 1)
    mean = sum((position * count for position, count in counts.items()), Fraction(0)) / total
    variance = sum(((position - mean) ** 2 * count for position, count in counts.items()), Fraction(0)) / total
    return {position: _t_share(position - mean, variance) for position in counts}


def _t_share(deviation: Fraction, variance: Fraction) -> Fraction:
    middle = _T_MEAN * _T_DECIMALS
    if deviation == 0:
        return Fraction(middle, 100 * _T_DECIMALS)
    squared = (_T_DEVIATION * _T_DECIMALS * deviation) ** 2 / variance
    rounded = middle + (_root_half_up(squared) if deviation > 0 else -_root_half_down(squared))
    return Fraction(min(max(rounded, 0), 100 * _T_DECIMALS), 100 * _T_DECIMALS)


def _root_half_up(square: Fraction) -> int:
    """Round a square root to the nearest integer, halves up, without ever computing it: floor((floor(2 r) + 1) / 2)."""
    return (isqrt(4 * square.numerator // square.denominator) + 1) // 2


def _root_half_down(square: Fraction) -> int:
    """Round a square root to the nearest integer, halves down: ceil((ceil(2 r) - 1) / 2)."""
    twice_squared = -(-4 * square.numerator // square.denominator)
    twice = isqrt(twice_squared - 1) + 1
    return twice // 2
