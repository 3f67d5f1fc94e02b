"""Geometry of the drawings: numbers for SVG attributes. Colours are the style sheet's.

Attributes take a point as decimal mark in every language, hence strings come out of here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

__all__ = ["BAR_WIDTH", "RankScale", "bar_width", "coordinate"]

BAR_WIDTH = 300
"""Width of the longest bar of a table, in units of its viewBox."""

LABELS = 8
"""How many labels an axis of places has room for."""


def coordinate(value: float) -> str:
    """A coordinate to a tenth of a unit, without a needless zero."""
    return f"{value:.1f}".removesuffix(".0")


def bar_width(part: Decimal | int | None, longest: Decimal | int) -> str:
    """The width of a bar when ``longest`` fills the drawing. Nothing, or less than nothing, has no width."""
    if part is None or longest <= 0:
        return "0"
    share = min(max(Decimal(part) / Decimal(longest), Decimal(0)), Decimal(1))
    return coordinate(float(share * BAR_WIDTH))


@dataclass(frozen=True, slots=True)
class RankScale:
    """The horizontal axis of an interval plot: places 1 to ``last`` from left to right.

    Parameters
    ----------
    last
        The last place, at least 1.
    cut
        The last place that passes; the cut-off is drawn half a place behind it. None: no cut-off.
    width
        Of the drawing, in its own units.
    margin
        Kept free at both ends for the dot.
    """

    last: int
    cut: int | None = None
    width: int = 150
    margin: int = 4

    def x(self, place: float) -> float:
        """Where a place lies; places outside the ranking are held at the ends."""
        if self.last <= 1:
            return self.width / 2
        inside = min(max(place, 1), self.last)
        return self.margin + (inside - 1) / (self.last - 1) * (self.width - 2 * self.margin)

    def at(self, place: float) -> str:
        """`x` for an attribute."""
        return coordinate(self.x(place))

    @property
    def cut_at(self) -> str | None:
        """Where the dashed line stands, or None where everybody passes or there is no cut-off."""
        if self.cut is None or not 0 < self.cut < self.last:
            return None
        return coordinate(self.x(self.cut + 0.5))

    def ticks(self) -> tuple[int, ...]:
        """Places worth a label: the ends, the cut-off, and round ones that do not run into these or each other."""
        places = {1, self.last}
        if self.cut is not None and self.cut_at:
            places.add(self.cut)
        step = 10 ** max(len(str(self.last)) - 1, 1)
        for place in range(step, self.last, step):
            if all(abs(self.x(place) - self.x(other)) >= self.width / LABELS for other in places):
                places.add(place)
        return tuple(sorted(places))
