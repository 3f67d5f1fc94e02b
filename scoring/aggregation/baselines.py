"""Summaries that need no model: weighted mean (exact, halves up), median, trimmed mean. Groups are coded 0..n-1."""

from __future__ import annotations

import numpy as np

from scoring.aggregation.numeric import ExactInts, Floats, Ints, decimal_integers, half_up, summed
from scoring.errors import InvalidInput

__all__ = ["grouped_mean", "grouped_median", "grouped_trimmed_mean", "mean_half_up", "plain_mean", "published_mean"]


def mean_half_up(values: Floats, weights: Floats | None = None, *, decimals: int = 1) -> float:
    """Weighted mean of one work's totals, exact, rounded half up: what a commission gets on a calculator.

    Parameters
    ----------
    values
        Shape (n,), finite, in points; n at least 1.
    weights
        Shape (n,), positive; left out, all weigh 1.
    decimals
        Decimals kept.

    Raises
    ------
    InvalidInput
        No values, a value that is not finite, a weight that is not positive, unequal lengths.

    Examples
    --------
    >>> mean_half_up(np.array([4.3, 4.4]))
    4.4
    """
    values = np.asarray(values, dtype=np.float64)
    weights = np.ones(len(values)) if weights is None else np.asarray(weights, dtype=np.float64)
    if not len(values) or values.shape != weights.shape:
        raise InvalidInput("a mean needs at least one value, and one weight a value", field="values")
    if not (np.isfinite(values).all() and np.isfinite(weights).all() and (weights > 0).all()):
        raise InvalidInput("values are finite numbers and weights positive ones", field="values")
    integers, places = decimal_integers(values)
    group = np.zeros(len(values), dtype=np.int64)
    return float(published_mean(integers, places, weights, group, 1, decimals=decimals)[0])


def published_mean(
    integers: ExactInts, places: int, weights: Floats, group: Ints, n_groups: int, *, decimals: int
) -> Floats:
    """Exact weighted mean by group, halves up.

    Parameters
    ----------
    integers, places
        Shape (n,); the values are ``integers / 10**places``.
    weights
        Shape (n,), positive.
    group
        Shape (n,), codes 0..n_groups-1, each present.
    n_groups, decimals
        Number of groups; decimals kept.

    Returns
    -------
    Floats
        Shape (n_groups,).
    """
    whole, _ = decimal_integers(weights)
    reach = int(np.abs(integers).max(initial=0)) * int(np.abs(whole).max(initial=0)) * len(group)
    kind = np.int64 if reach < 2**62 else object
    top, bottom = np.zeros(n_groups, dtype=kind), np.zeros(n_groups, dtype=kind)
    np.add.at(top, group, integers.astype(kind) * whole.astype(kind))
    np.add.at(bottom, group, whole.astype(kind))
    return half_up(top, bottom.astype(object) * 10**places, decimals=decimals)


def plain_mean(values: Floats, weights: Floats, group: Ints, n_groups: int) -> Floats:
    """Weighted mean by group in floating point, for use inside models; empty groups give NaN."""
    bottom = summed(group, weights, n_groups)
    mean = np.full(n_groups, np.nan)
    np.divide(summed(group, weights * values, n_groups), bottom, out=mean, where=bottom > 0)
    return mean


def grouped_mean(values: Floats, group: Ints, n_groups: int) -> Floats:
    """Unweighted mean by group; empty groups give NaN."""
    return plain_mean(values, np.ones(len(values)), group, n_groups)


def grouped_median(values: Floats, group: Ints, n_groups: int) -> Floats:
    """Median by group, of two middle values their mean; empty groups give NaN."""
    return grouped_trimmed_mean(values, group, n_groups, trim=0.5)


def grouped_trimmed_mean(values: Floats, group: Ints, n_groups: int, *, trim: float) -> Floats:
    """Mean by group without the lowest and the highest ``floor(trim x n)`` values.

    Parameters
    ----------
    values, group, n_groups
        Shape (n,) each; codes 0..n_groups-1.
    trim
        Fraction dropped at each end; 0.5 leaves the middle value, or the two of them: the median.

    Returns
    -------
    Floats
        Shape (n_groups,); NaN for a group without values.
    """
    order = np.lexsort((values, group))
    count = np.bincount(group, minlength=n_groups)
    start = np.cumsum(count) - count
    place = np.arange(len(values)) - start[group[order]]
    size = count[group[order]]
    # 0.29 x 100 is 28.999...: the nudge keeps a product that is whole on paper from losing one
    dropped = np.minimum(np.floor(trim * size + 1e-9).astype(np.int64), (size - 1) // 2)
    kept = order[(place >= dropped) & (place < size - dropped)]
    return grouped_mean(values[kept], group[kept], n_groups)
