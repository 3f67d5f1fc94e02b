"""What is rated: people with one cell a term. A cell says what the platform knows, the formula says what that means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from scoring.exact import Number

__all__ = ["Cell", "CellState", "Person", "PersonStatus"]


class CellState(StrEnum):
    """What is known of a person's mark in a term."""

    GRADED = "graded"
    SUBMITTED = "submitted"
    """Handed in, not marked or not published yet."""
    NOT_DUE = "not_due"
    """Nothing handed in, and there is still time."""
    ABSENT = "absent"
    """Nothing handed in, and the due date has passed or the workshop is closed."""
    EXEMPT = "exempt"
    """Released from the term by a decision; the term is excluded whatever the formula's policy."""


class PersonStatus(StrEnum):
    """Whether a person takes part in the ranking."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"
    """Keeps all marks, is listed, is not ranked."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One person's mark in one term.

    Parameters
    ----------
    state
        `CellState.GRADED` exactly where there is a value.
    value
        The mark on its own scale: a `Decimal`, an `int` or a plain decimal string, never a float.
    minimum, maximum
        Ends of the scale; both, or neither where the formula fixes the scale.

    Examples
    --------
    >>> Cell.graded("77.6", 0, 80)
    Cell(state=<CellState.GRADED: 'graded'>, value='77.6', minimum=0, maximum=80)
    """

    state: CellState
    value: Number | None = None
    minimum: Number | None = None
    maximum: Number | None = None

    @classmethod
    def graded(cls, value: Number, minimum: Number | None = None, maximum: Number | None = None) -> Cell:
        """Make the cell of a published mark."""
        return cls(CellState.GRADED, value, minimum, maximum)


@dataclass(frozen=True, slots=True)
class Person:
    """One row of the rating.

    Parameters
    ----------
    id
        Opaque, unique, not empty.
    cells
        Exactly one for each term of the formula: a mark that is not there is a cell with the reason, never a gap.
    bonuses
        Counts by bonus id, not negative; those left out are 0.
    """

    id: str
    cells: Mapping[str, Cell]
    status: PersonStatus = PersonStatus.ACTIVE
    bonuses: Mapping[str, Number] = field(default_factory=dict)


class Mark(NamedTuple):
    """A checked cell: units of 10**-10, `value` within the scale (clamped where the formula says so)."""

    state: CellState
    raw: int = 0
    value: int = 0
    minimum: int = 0
    maximum: int = 1

    @property
    def position(self) -> Fraction | None:
        """Where the mark stands on its scale, from 0 to 1; None where there is no mark."""
        if self.state is not CellState.GRADED:
            return None
        return Fraction(self.value - self.minimum, self.maximum - self.minimum)


class Row(NamedTuple):
    """A checked person: marks and bonus counts in the formula's order."""

    id: str
    status: PersonStatus
    marks: tuple[Mark, ...]
    counts: tuple[int, ...]
