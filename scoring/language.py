"""The two languages in which `scoring` gives its reasons, and the few rules of grammar they need.

Results stay data (frozen records of numbers and ids); a ``render`` function turns them into sentences on demand, so
that a stored result can be shown in either language later.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Language", "english_count", "english_ordinal", "russian_count"]


class Language(StrEnum):
    """Russian comes first: participants read Russian."""

    RU = "ru"
    EN = "en"


def russian_count(number: int, one: str, few: str, many: str) -> str:
    """Join a whole number with the form of the noun that it takes: 1 работа, 2 работы, 5 работ.

    Parameters
    ----------
    number
        Zero or more.
    one, few, many
        The noun after 1, after 2 and after 5.

    Examples
    --------
    >>> [russian_count(n, "работа", "работы", "работ") for n in (1, 3, 11, 21, 25)]
    ['1 работа', '3 работы', '11 работ', '21 работа', '25 работ']
    """
    tens, units = number % 100, number % 10
    if units == 1 and tens != 11:
        return f"{number} {one}"
    if units in {2, 3, 4} and tens not in {12, 13, 14}:
        return f"{number} {few}"
    return f"{number} {many}"


def english_count(number: int, one: str, many: str) -> str:
    """Join a whole number with its noun.

    Examples
    --------
    >>> [english_count(n, "work", "works") for n in (0, 1, 2)]
    ['0 works', '1 work', '2 works']
    """
    return f"{number} {one if number == 1 else many}"


def english_ordinal(number: int) -> str:
    """Write a place as English does.

    Examples
    --------
    >>> [english_ordinal(n) for n in (1, 2, 3, 4, 11, 22, 113)]
    ['1st', '2nd', '3rd', '4th', '11th', '22nd', '113th']
    """
    if number % 100 in {11, 12, 13}:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
