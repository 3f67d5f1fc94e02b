"""A rating's inputs as arrays, for a region or the country: one vector a term instead of one record a cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from scoring.arrays import BoolVector, ByteVector, IntVector, bool_vector, int_vector, state_vector
from scoring.errors import InvalidInput, Problem
from scoring.exact import DECIMALS, UNIT, Number, to_text
from scoring.rating._checks import checked_scale, wrong
from scoring.rating.formula import LARGEST_COUNT, Bonus, Formula, Term
from scoring.rating.inputs import CellState, Mark, PersonStatus, Row

__all__ = ["STATE_CODES", "BonusColumn", "Column", "ColumnTable"]

STATE_CODES: Final[Mapping[CellState, int]] = {state: code for code, state in enumerate(CellState)}
"""Codes of the states in `Column.states`: graded 0, submitted 1, not_due 2, absent 3, exempt 4."""

_STATES: Final = tuple(CellState)


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """Everybody's marks in one term, on one scale.

    Parameters
    ----------
    values
        Shape (n,), whole numbers in units of ``10**-decimals``; read only where the state is graded.
    minimum, maximum
        Ends of the scale, as in `Cell`.
    decimals
        0 to 10; 5 is what Moodle stores.
    states
        Shape (n,), uint8, codes of `STATE_CODES`; None where everybody is graded.
    """

    values: NDArray[Any]
    minimum: Number | None = None
    maximum: Number | None = None
    decimals: int = 5
    states: NDArray[np.uint8] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class BonusColumn:
    """Everybody's counts of one bonus: shape (n,), whole numbers in units of ``10**-decimals``, not negative."""

    counts: NDArray[Any]
    decimals: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class ColumnTable:
    """All inputs of a rating.

    Parameters
    ----------
    ids
        Opaque and unique: n texts, or a vector of n whole numbers (an increasing one is checked fastest). A number is
        the same person as its decimal text.
    columns
        One for each term of the formula.
    bonuses
        Those left out are 0 for everybody.
    withdrawn
        Shape (n,), bool; None where nobody is.
    """

    ids: Sequence[str] | NDArray[Any]
    columns: Mapping[str, Column]
    bonuses: Mapping[str, BonusColumn] = field(default_factory=dict)
    withdrawn: NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """A checked column. `low` and `high` are the scale in the column's own units; `unit` is one of them in 10**-10."""

    term: Term
    values: IntVector
    states: ByteVector | None
    low: int
    high: int
    unit: int

    def mark(self, row: int) -> Mark:
        """Give one person's mark as the plain path reads it."""
        code = 0 if self.states is None else int(self.states[row])
        if code:
            return Mark(_STATES[code])
        raw = int(self.values[row])
        within = min(max(raw, self.low), self.high)
        return Mark(CellState.GRADED, raw * self.unit, within * self.unit, self.low * self.unit, self.high * self.unit)


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """A checked bonus column; `unit` is one of its units in 10**-10. None counts nothing for anybody."""

    bonus: Bonus
    counts: IntVector | None
    unit: int

    def count(self, row: int) -> int:
        """Give one person's count in units of 10**-10."""
        return 0 if self.counts is None else int(self.counts[row]) * self.unit


@dataclass(frozen=True, slots=True, eq=False)
class CheckedTable:
    """All inputs of a rating, held against its formula: marks and counts in the formula's order."""

    ids: Sequence[str] | NDArray[Any]
    marks: tuple[Marks, ...]
    counts: tuple[Counts, ...]
    withdrawn: BoolVector | None

    def __len__(self) -> int:
        return len(self.ids)

    def row(self, row: int) -> Row:
        """Give one person as the plain path reads them."""
        gone = self.withdrawn is not None and bool(self.withdrawn[row])
        status = PersonStatus.WITHDRAWN if gone else PersonStatus.ACTIVE
        marks = tuple(column.mark(row) for column in self.marks)
        return Row(str(self.ids[row]), status, marks, tuple(column.count(row) for column in self.counts))


def check_table(formula: Formula, table: ColumnTable) -> CheckedTable:
    """Check everything but whether marks lie on their scales, which the kernel sees as it reads them.

    Raises
    ------
    InvalidInput
        With one `Problem` for each mistake, naming the term.
    """
    problems = _unknown(formula, table)
    n = len(table.ids)
    marks: list[Marks] = []
    counts: list[Counts] = []
    withdrawn = None
    with _noting(problems):
        _check_ids(table.ids)
        withdrawn = None if table.withdrawn is None else bool_vector("withdrawn", table.withdrawn, length=n)
    for term in formula.terms:
        with _noting(problems, term.id):
            marks.append(_marks(term, table.columns.get(term.id), n))
    for bonus in formula.bonuses:
        with _noting(problems, bonus.id):
            counts.append(_counts(bonus, table.bonuses.get(bonus.id), n))
    if problems:
        raise InvalidInput(problems=problems)
    return CheckedTable(table.ids, tuple(marks), tuple(counts), withdrawn)


@contextmanager
def _noting(problems: list[Problem], term_id: str | None = None) -> Iterator[None]:
    """Note what is wrong and go on, so that all mistakes are found."""
    try:
        yield
    except InvalidInput as err:
        prefix = "table" if term_id is None else f"columns[{term_id}]"
        problems += [
            Problem(f"{prefix}.{one.field}".rstrip("."), one.message, one.advice, term_id, one.person)
            for one in err.problems
        ]


def _unknown(formula: Formula, table: ColumnTable) -> list[Problem]:
    unknown = table.columns.keys() - {term.id for term in formula.terms}
    unknown |= table.bonuses.keys() - {bonus.id for bonus in formula.bonuses}
    return [Problem(f"columns[{key}]", "the formula has no such term", "leave it out", key) for key in sorted(unknown)]


def _check_ids(ids: Sequence[str] | NDArray[Any]) -> None:
    if isinstance(ids, np.ndarray):
        numbers = int_vector("ids", ids, length=len(ids))
        unique = bool((numbers[1:] > numbers[:-1]).all()) or len(np.unique(numbers)) == len(numbers)
    else:
        if not all(isinstance(one, str) and one for one in ids):
            raise InvalidInput("an id is empty or no text", field="ids")
        unique = len(set(ids)) == len(ids)
    if not unique:
        raise InvalidInput("an id is there twice", field="ids")


def _marks(term: Term, column: Column | None, n: int) -> Marks:
    if column is None:
        raise wrong("there is no column", "pass one; where nobody has a mark its states say why")
    unit = _unit(column.decimals)
    values = int_vector("values", column.values, length=n)
    states = None
    if column.states is not None:
        states = state_vector("states", column.states, length=n, codes=len(STATE_CODES))
    low, high = checked_scale(term, column.minimum, column.maximum)
    return Marks(term, values, states, _in_unit(low, unit), _in_unit(high, unit), unit)


def _unit(decimals: int) -> int:
    if not 0 <= decimals <= DECIMALS:
        raise InvalidInput(f"{decimals} decimals, there may be 0 to {DECIMALS}", field="decimals")
    return int(10 ** (DECIMALS - decimals))


def _in_unit(end: int, unit: int) -> int:
    whole, rest = divmod(end, unit)
    if rest or abs(whole) > np.iinfo(np.int64).max:
        raise wrong(f"the scale's end {to_text(end)} is no whole number of the column's unit", "change its decimals")
    return whole


def _counts(bonus: Bonus, column: BonusColumn | None, n: int) -> Counts:
    if column is None:
        return Counts(bonus, None, 1)
    unit = _unit(column.decimals)
    counts = int_vector("counts", column.counts, length=n)
    if n and (int(counts.min()) < 0 or int(counts.max()) * unit > LARGEST_COUNT * UNIT):
        raise InvalidInput(f"a count is not between 0 and {LARGEST_COUNT}", field="counts")
    return Counts(bonus, counts, unit)
