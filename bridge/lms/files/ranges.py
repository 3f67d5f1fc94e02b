"""What an export does not say of an item and its marks tell: its range, and the positions of a scale's words.

A mark of 19.2 shown as 48.00 % is of 40. Percentages are rounded to two places, so each mark bounds the range a little;
together they leave one simple number. All is exact, with decimals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from lms_sync.files.gradebook import SheetMark

__all__ = ["Range", "inferred_range", "scale_positions", "total_range"]

_HALF_STEP = Decimal("0.005")
_HUNDRED = Decimal(100)
_STEPS = (Decimal(1), Decimal("0.1"), Decimal("0.01"))
_LONGEST_SCALE = 50
_TELLING = Decimal(1)
"""Below one percent a rounded percentage bounds next to nothing."""


@dataclass(frozen=True, slots=True)
class Range:
    """An item's range; ``is_assumed`` where nothing in the export tells it. ``positions`` are a scale's, by word."""

    lowest: Decimal
    highest: Decimal
    is_assumed: bool = False
    positions: Mapping[str, Decimal] = field(default_factory=dict)


def inferred_range(marks: Iterable[SheetMark]) -> Range:
    """The range of a column of numbers, from 0.

    Where no percentage tells it, 100 is assumed, or the largest mark where that is larger.
    """
    given = [mark for mark in marks if mark.grade is not None]
    bounds = [_bounds(mark.grade, mark.percentage) for mark in given if mark.grade is not None and mark.percentage]
    low = max((low for low, _ in bounds), default=None)
    high = min((high for _, high in bounds), default=None)
    found = _simplest(low, high) if low is not None and high is not None else None
    largest = max((mark.grade for mark in given if mark.grade is not None), default=Decimal(0))
    if found is None or found < largest:
        return Range(Decimal(0), max(_HUNDRED, largest), is_assumed=True)
    return Range(Decimal(0), found)


def total_range(marks: Iterable[SheetMark]) -> Range:
    """The range of a total, from 0: each person's is of what they were marked in so far, and the widest is its own."""
    highest = Decimal(0)
    for mark in marks:
        if mark.grade is not None:
            told = _simplest(*_bounds(mark.grade, mark.percentage)) if mark.percentage else None
            highest = max(highest, mark.grade, told or mark.grade)
    return Range(Decimal(0), highest)


def _bounds(grade: Decimal, percentage: Decimal) -> tuple[Decimal, Decimal]:
    if percentage < _TELLING or grade <= 0:
        return Decimal(0), Decimal(10**9)
    return grade * _HUNDRED / (percentage + _HALF_STEP), grade * _HUNDRED / (percentage - _HALF_STEP)


def _simplest(low: Decimal, high: Decimal) -> Decimal | None:
    """The number with the fewest decimals between two bounds; None where there is none, or nothing bounds it."""
    if low > high or low <= 0:
        return None
    for step in _STEPS:
        lowest = (low / step).to_integral_value(ROUND_CEILING) * step
        if lowest <= (high / step).to_integral_value(ROUND_FLOOR) * step:
            return lowest.normalize() + 0 if lowest != lowest.to_integral_value() else lowest.to_integral_value()
    return None


def scale_positions(marks: Iterable[SheetMark]) -> Range | None:
    """The positions of a scale's words, counted from 1, by the percentages beside them.

    None where the percentages are missing, or contradict each other.
    """
    by_word: dict[str, Decimal] = {}
    for mark in marks:
        if mark.label and (
            mark.percentage is None or by_word.setdefault(mark.label, mark.percentage) != mark.percentage
        ):
            return None
    for length in range(max(2, len(by_word)), _LONGEST_SCALE):
        places = {word: percentage * (length - 1) / _HUNDRED for word, percentage in by_word.items()}
        rounded = {word: place.to_integral_value() for word, place in places.items()}
        near = all(abs(places[word] - rounded[word]) <= _HALF_STEP * (length - 1) / _HUNDRED for word in places)
        if by_word and near and len(set(rounded.values())) == len(rounded):
            positions = {word: place + 1 for word, place in rounded.items()}
            return Range(Decimal(1), Decimal(length), positions=positions)
    return None
