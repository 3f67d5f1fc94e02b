"""Numbers without rounding: every mark that is read becomes a whole number of ten-billionths.

A mark, a scale's end, a weight or a rounding step has at most 10 decimals (Moodle stores 5) and lies under 10**12, so
that ``units = value * 10**10`` is an exact Python integer and every later step is integer arithmetic.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from scoring.errors import InvalidInput

__all__ = ["DECIMALS", "UNIT", "Number", "half_up", "to_decimal", "to_text", "to_units"]

Number = Decimal | int | str

DECIMALS: Final = 10
UNIT: Final = 10**DECIMALS
LIMIT: Final = 10**12
_LARGEST_EXPONENT: Final = 11  # of 9.99e11, the largest magnitude under LIMIT
_PLAIN: Final = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?", re.ASCII)
_LONGEST_SHOWN: Final = 40


def to_units(value: object) -> int:
    """Read a number exactly, in units of 10**-10.

    Parameters
    ----------
    value
        A `Decimal`, an `int` or a plain decimal string ("77.44"). ``-0`` becomes 0.

    Raises
    ------
    InvalidInput
        For anything else: floats (0.1 has no exact float), booleans, NaN, infinity, "4,5", "1e309", more than 10
        decimals, 10**12 and more. The message says what to pass instead.

    Examples
    --------
    >>> to_units("77.44")
    774400000000
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value * UNIT if abs(value) < LIMIT else _refuse(value, "is out of range: a mark lies under 10**12")
    if isinstance(value, Decimal):
        return _decimal_to_units(value)
    if isinstance(value, str):
        return _text_to_units(value)
    if isinstance(value, float):
        return _refuse(value, "is a binary float, which is not exact: pass a Decimal, an int or a string")
    return _refuse(value, "is not a number: pass a Decimal, an int or a string")


def _text_to_units(text: str) -> int:
    if _PLAIN.fullmatch(text):
        return _decimal_to_units(Decimal(text))
    if _PLAIN.fullmatch(text.replace(",", ".", 1)):
        return _refuse(text, "is written with a comma: write a point before the decimals")
    return _refuse(text, "is not a number: write a plain decimal such as 77.44")


def _decimal_to_units(number: Decimal) -> int:
    if not number.is_finite():
        return _refuse(number, "is not a finite number")
    if not number:
        return 0
    # The exponent is looked at first: the ratio of integers behind 1E+999999 would fill the memory.
    if number.adjusted() > _LARGEST_EXPONENT:
        return _refuse(number, "is out of range: a mark lies under 10**12")
    if number.adjusted() >= -DECIMALS:
        numerator, denominator = number.as_integer_ratio()
        if UNIT % denominator == 0:
            return numerator * (UNIT // denominator)
    return _refuse(number, f"has more than {DECIMALS} decimals: round it first")


def _refuse(value: object, reason: str) -> int:
    text = "the number" if isinstance(value, int) and abs(value) >= LIMIT else _shown(value)
    message = f"{text} {reason}"
    raise InvalidInput(message)


def _shown(value: object) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def half_up(numerator: int, denominator: int) -> int:
    """Round a ratio to the nearest integer, halves upwards; `denominator` is positive."""
    return (numerator + denominator // 2) // denominator


@lru_cache(maxsize=4096)  # scales and round marks come again and again
def to_text(units: int) -> str:
    """Write units of 10**-10 as the shortest plain decimal: ``774400000000`` is "77.44"."""
    whole, rest = divmod(abs(units), UNIT)
    sign = "-" if units < 0 else ""
    return f"{sign}{whole}.{rest:0{DECIMALS}d}".rstrip("0") if rest else f"{sign}{whole}"


@lru_cache(maxsize=4096)
def to_decimal(units: int) -> Decimal:
    """Give units of 10**-10 as the shortest exact `Decimal`."""
    return Decimal(to_text(units))


def product_text(value: Fraction) -> str:
    """Write a product of two exact numbers (20 decimals at most) as the shortest plain decimal."""
    whole, rest = divmod(value.numerator * (UNIT**2 // value.denominator), UNIT**2)
    return f"{whole}.{rest:0{2 * DECIMALS}d}".rstrip("0") if rest else str(whole)
