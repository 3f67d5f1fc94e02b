"""Array types of this package, and arithmetic that a commission can re-add: decimals as integers, halves up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["ExactInts", "Floats", "Ints", "Mask", "decimal_integers", "half_up", "round_half_up", "summed"]

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]
ExactInts: TypeAlias = NDArray[Any]  # int64, or Python ints in an object array where int64 could overflow

MAX_FAST_DECIMALS = 9
MAX_FAST_INTEGER = 2.0**40  # leaves 2**22 for products with weights and for sums


def summed(level: Ints, values: Floats, levels: int) -> Floats:
    """Sums of values by level, shape (levels,)."""
    return np.bincount(level, values, minlength=levels).astype(np.float64, copy=False)


def decimal_integers(values: Floats) -> tuple[ExactInts, int]:
    """Integers `n` and a number of decimals `d` such that ``values == n / 10**d`` exactly as people wrote them.

    A mark of 4.35 is the decimal 4.35, not the binary fraction nearest to it: a quotient of integers below 2**53 is
    rounded correctly, so comparing it with the float tells whether the float is that decimal.

    Parameters
    ----------
    values
        Finite floats of any shape.

    Returns
    -------
    tuple
        int64 integers where up to nine decimals suffice, else Python integers of the shortest decimal form.
    """
    if values.size == 0 or np.abs(values).max() < MAX_FAST_INTEGER:
        for decimals in range(MAX_FAST_DECIMALS + 1):
            scaled = np.round(values * 10.0**decimals)
            if values.size and np.abs(scaled).max() >= MAX_FAST_INTEGER:
                break
            if np.array_equal(scaled / 10.0**decimals, values):
                return scaled.astype(np.int64), decimals
    return _shortest_decimals(values)


def _shortest_decimals(values: Floats) -> tuple[ExactInts, int]:
    written = [Decimal(repr(float(value))) for value in values.flat]
    decimals = max(0, *(-int(number.as_tuple().exponent) for number in written))
    integers = np.empty(values.size, dtype=object)
    integers[:] = [int(number.scaleb(decimals)) for number in written]
    return integers.reshape(values.shape), decimals


def half_up(numerator: ExactInts, denominator: ExactInts, *, decimals: int) -> Floats:
    """Exact quotient rounded to `decimals`; a half goes up, towards plus infinity, as commissions round.

    Parameters
    ----------
    numerator, denominator
        Integers of one shape; denominators are positive. int64 is widened to Python integers where it could overflow.
    decimals
        Decimals kept, 0 or more.

    Examples
    --------
    >>> half_up(np.array([25, -25]), np.array([100, 100]), decimals=1)
    array([ 0.3, -0.2])
    """
    ten = 10**decimals
    top, bottom = numerator.astype(object), denominator.astype(object)
    rounded: ExactInts = (2 * ten * top + bottom) // (2 * bottom)
    return np.asarray(rounded, dtype=np.float64) / float(ten)


def round_half_up(values: Floats, *, decimals: int) -> Floats:
    """Values of a model, rounded half up after their binary noise beyond nine decimals is gone; NaN stays NaN."""
    known = ~np.isnan(values)
    integers, places = decimal_integers(np.round(values[known], 9))
    rounded = np.full(values.shape, np.nan)
    rounded[known] = half_up(integers, np.full(integers.shape, 10**places, dtype=object), decimals=decimals)
    return rounded
