"""Numbers for reading: exact decimals, never through a float."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from bridge.core.i18n.languages import DEFAULT_LANGUAGE, Language

__all__ = ["OrdinalCase", "format_number", "format_percent", "format_signed", "ordinal"]

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
NB_HYPHEN = "\N{NON-BREAKING HYPHEN}"
NOTHING = "—"
"""Shown where there is no number: a missing mark is never a zero."""

_SEPARATORS = {Language.RU: (NBSP, ","), Language.EN: (",", ".")}


class OrdinalCase(StrEnum):
    """The Russian ending of a place («место»): nominative 25-е, genitive до 25-го, prepositional на 25-м."""

    NOMINATIVE = "е"
    GENITIVE = "го"
    PREPOSITIONAL = "м"


def format_number(value: Decimal | int | None, places: int | None = None, *, language: str = DEFAULT_LANGUAGE) -> str:
    """A number with the language's separators: 12 000,5 in Russian, 12,000.5 in English.

    Parameters
    ----------
    value
        An exact number; None gives a dash. A float is refused: what it shows is not what was computed.
    places
        Decimal places, rounded half up as the season rounds; None shows the number as it is.

    Raises
    ------
    TypeError
        For a float, or anything else that is no exact number.
    """
    if value is None:
        return NOTHING
    number = _exact(value)
    if not number.is_finite():
        return NOTHING
    if places is not None:
        number = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    thousands, point = _SEPARATORS[Language(language)]
    digits = f"{abs(number):,f}".translate({ord(","): thousands, ord("."): point})
    return f"{MINUS}{digits}" if number < 0 else digits


def format_signed(value: Decimal | int | None, places: int | None = None, *, language: str = DEFAULT_LANGUAGE) -> str:
    """A difference: +1,2, −0,7, and 0,0 without a sign (also where rounding made it nothing)."""
    text = format_number(value, places, language=language)
    is_nothing = not any(digit in "123456789" for digit in text)
    return text if is_nothing or text.startswith(MINUS) else f"+{text}"


def format_percent(fraction: Decimal | int | None, places: int = 0, *, language: str = DEFAULT_LANGUAGE) -> str:
    """A fraction as per cent: 0.644 is 64,4 % in Russian and 64.4% in English."""
    if fraction is None:
        return NOTHING
    text = format_number(_exact(fraction) * 100, places, language=language)
    return f"{text}{NBSP}%" if language == Language.RU else f"{text}%"


def ordinal(number: int, case: OrdinalCase = OrdinalCase.NOMINATIVE, *, language: str = DEFAULT_LANGUAGE) -> str:
    """A place in a ranking: «25-е» (with a hyphen that does not break) or "25th"."""
    if language == Language.RU:
        return f"{number}{NB_HYPHEN}{OrdinalCase(case).value}"
    teens = 11 <= number % 100 <= 13
    ending = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _exact(value: Decimal | int) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        message = f"an exact number is wanted, not {type(value).__name__}"
        raise TypeError(message)
    return Decimal(value)
