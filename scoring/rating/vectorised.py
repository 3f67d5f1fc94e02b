"""The rating of a million people at once: the same points, places and bytes as `scoring.rating.rate`, from arrays.

Contract: whole numbers throughout, never a float; no input is written to; the order of the rows has no meaning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from scoring.arrays import BoolVector, ByteVector, IntVector, smallest_int
from scoring.errors import InvalidInput, Problem
from scoring.rating._checks import inputs_hash
from scoring.rating._kernel import (
    AnyInts,
    Shares,
    affine_of_counts,
    affine_of_marks,
    affine_steps,
    outside_problems,
    share_steps,
)
from scoring.rating.assembly import Scored, assemble, tie_key
from scoring.rating.columns import STATE_CODES, CheckedTable, ColumnTable, Marks, check_table
from scoring.rating.formula import Formula, Normalisation, Scaling, bonus_scaling, term_scaling
from scoring.rating.inputs import Row
from scoring.rating.placing import Place, places
from scoring.rating.policy import TREATMENTS, integer_weights
from scoring.rating.result import Rating, Standing, Treatment

__all__ = ["STANDING_CODES", "ColumnRating", "rate_columns"]

STANDING_CODES: Final[Mapping[Standing, int]] = {standing: code for code, standing in enumerate(Standing)}
"""Codes in `ColumnRating.standings`: ranked 0, pending 1, unrated 2, withdrawn 3."""

_SAFE: Final = 2**62  # whole numbers up to here are added and compared in int64 without a thought


@dataclass(frozen=True, eq=False)
class ColumnRating:
    """A rating as arrays; row `i` is the table's row `i`, points are in whole rounding steps.

    Parameters
    ----------
    formula
        The formula it was made by; ``points * formula.step`` are the points of the plain path.
    table
        The inputs, checked.
    points
        By term and bonus id, in the formula's order: shape (n,), steps, at least 0.
    totals
        Shape (n,), steps: the sum of the points.
    standings
        Shape (n,), uint8, codes of `STANDING_CODES`.
    ranks
        Shape (n,), int32, competition ranks from 1; 0 where the person is not ranked.
    shares
        By id of the terms that are not linear: the share of each position on the scale.
    """

    formula: Formula
    table: CheckedTable
    points: Mapping[str, AnyInts]
    totals: AnyInts
    standings: ByteVector
    ranks: NDArray[np.int32]
    shares: Mapping[str, Shares]

    @cached_property
    def inputs_hash(self) -> str:
        """SHA-256 of the canonical inputs, as the plain path computes it; reads every mark once."""
        return inputs_hash(self.formula, (self.table.row(row) for row in self._by_id))

    def to_rating(self) -> Rating:
        """Write everything out as records; they equal those of the plain path, byte for byte."""
        scored = list(self._scored())
        return assemble(self.formula, self.inputs_hash, scored, self._placed(scored))

    @cached_property
    def _by_id(self) -> list[int]:
        texts = [str(one) for one in self.table.ids]
        return sorted(range(len(texts)), key=texts.__getitem__)

    def _scored(self) -> Iterator[Scored]:
        standings = tuple(Standing)
        treatments = [TREATMENTS[term.missing] for term in self.formula.terms]
        for index in self._by_id:
            row = self.table.row(index)
            yield Scored(
                row,
                standings[self.standings[index]],
                [by_state[mark.state] for by_state, mark in zip(treatments, row.marks, strict=True)],
                self._shares_of(row),
                [int(column[index]) for column in self.points.values()],
            )

    def _shares_of(self, row: Row) -> list[Fraction | None]:
        shares: list[Fraction | None] = []
        for term, position in zip(self.formula.terms, (mark.position for mark in row.marks), strict=True):
            known = self.shares.get(term.id)
            shares.append(position if known is None or position is None else known[position])
        return shares

    def _placed(self, scored: Sequence[Scored]) -> Iterator[Place | None]:
        ranks = [int(self.ranks[index]) for index in self._by_id]
        keys = [tie_key(self.formula, one.steps) for one, rank in zip(scored, ranks, strict=True) if rank]
        found = iter(places(keys, self.formula.ties))
        return (next(found)._replace(rank=rank) if rank else None for rank in ranks)


def rate_columns(formula: Formula, table: ColumnTable) -> ColumnRating:
    """Rate a large population, exactly; the rules are those of `scoring.rating.rate`.

    Parameters
    ----------
    formula
        From `parse_formula`. Linear terms are fastest; the others cost a sort of their marks.
    table
        One column a term; marks in whole units, which the column names.

    Returns
    -------
    ColumnRating
        In the table's order of rows.

    Raises
    ------
    InvalidInput
        With one `Problem` for each mistake; for marks outside their scales the first hundred or so.

    Examples
    --------
    >>> import numpy as np
    >>> from scoring.rating import Column, ColumnTable, parse_formula
    >>> formula = parse_formula({"version": 1, "terms": [{"id": "essay", "weight": 10}]})
    >>> marks = Column(np.array([7_760_000, 8_000_000]), 0, 80)
    >>> rating = rate_columns(formula, ColumnTable(np.array([9, 31]), {"essay": marks}))
    >>> rating.totals.tolist(), rating.ranks.tolist()
    ([97, 100], [2, 1])
    """
    checked = check_table(formula, table)
    terms = [term_scaling(term, formula.step_units) for term in formula.terms]
    bonuses = [bonus_scaling(bonus, formula.step_units) for bonus in formula.bonuses]
    totals = np.zeros(len(checked), smallest_int(sum(scaling.most for scaling in (*terms, *bonuses))))
    steps, shares = _term_steps(checked, terms, totals)
    pending = _flagged(checked, Treatment.PENDING)
    unrated = _credit(formula, checked, steps, totals, pending)
    steps += _bonus_steps(checked, bonuses, totals)
    points = dict(zip(formula.ids, steps, strict=True))
    standings = _standings(checked, pending, unrated)
    ranks = _ranks(totals, [points[tie] for tie in formula.ties], standings)
    return ColumnRating(formula, checked, points, totals, standings, ranks, shares)


def _term_steps(
    table: CheckedTable, scalings: Sequence[Scaling], totals: AnyInts
) -> tuple[list[AnyInts], dict[str, Shares]]:
    """Compute all terms and add them to the totals; refuse marks outside their scales."""
    problems: list[Problem] = []
    affine = [affine_of_marks(marks, scaling) for marks, scaling in zip(table.marks, scalings, strict=True)]
    linear = [part for part, marks in zip(affine, table.marks, strict=True) if _is_linear(marks)]
    steps = dict(zip((part.id for part in linear), affine_steps(linear, totals, table.ids, problems), strict=True))
    shares: dict[str, Shares] = {}
    for marks, scaling, part in zip(table.marks, scalings, affine, strict=True):
        if not _is_linear(marks):
            problems += [] if part.clamp else outside_problems(part, slice(0, len(table)), table.ids)
            steps[part.id], shares[part.id] = share_steps(marks, scaling)
            totals += steps[part.id]
    if problems:
        raise InvalidInput(problems=problems)
    return [steps[part.id] for part in affine], shares


def _is_linear(marks: Marks) -> bool:
    return marks.term.normalisation is Normalisation.LINEAR


def _bonus_steps(table: CheckedTable, scalings: Sequence[Scaling], totals: AnyInts) -> list[AnyInts]:
    nothing = np.broadcast_to(np.int16(0), totals.shape)
    steps: list[AnyInts] = []
    for counts, scaling in zip(table.counts, scalings, strict=True):
        if counts.counts is None:
            steps.append(nothing)
        else:
            steps += affine_steps([affine_of_counts(counts, counts.counts, scaling)], totals, table.ids, [])
    return steps


def _flagged(table: CheckedTable, treatment: Treatment) -> BoolVector:
    """Find the people for whom any term is treated this way."""
    flagged = np.zeros(len(table), np.bool_)
    for marks in table.marks:
        flagged |= _treated(marks, treatment, slice(None))
    return flagged


def _treated(marks: Marks, treatment: Treatment, rows: slice | IntVector) -> BoolVector:
    """Say of some people whether a term is treated this way; never true where everybody is graded."""
    treated = np.zeros(len(marks.values[rows]), np.bool_)
    if marks.states is not None:
        states = marks.states[rows]
        for state, made_of_it in TREATMENTS[marks.term.missing].items():
            if made_of_it is treatment:
                treated |= states == STATE_CODES[state]
    return treated


def _credit(
    formula: Formula,
    table: CheckedTable,
    steps: Sequence[AnyInts],
    totals: AnyInts,
    pending: BoolVector,
) -> IntVector:
    """Credit excluded terms at the rate of the counted ones, as `policy.credited_steps` does for one person.

    Returns
    -------
    ndarray of int64
        Rows of the people who have nothing to be rated by.
    """
    rows = np.flatnonzero(_flagged(table, Treatment.EXCLUDED) & ~pending)
    weights = integer_weights(formula)
    excluded = [_treated(marks, Treatment.EXCLUDED, rows) for marks in table.marks]
    # Weights with many decimals make numerators past 64 bits: Python's integers take over, for these rows only.
    largest = int(totals.max(initial=0)) * max(weights) + sum(weights)
    earned: NDArray[Any] = totals[rows].astype(np.int64 if largest < _SAFE else object)
    counted = earned * 0
    for weight, out in zip(weights, excluded, strict=True):
        counted += (~out).astype(earned.dtype) * weight
    safe = np.maximum(counted, 1)  # where nothing counts nothing was earned either
    for weight, out, column, term in zip(weights, excluded, steps, formula.terms, strict=True):
        most = term_scaling(term, formula.step_units).most
        credit = np.minimum((earned[out] * weight + safe[out] // 2) // safe[out], most)
        column[rows[out]] = credit
        totals[rows[out]] += credit.astype(totals.dtype)
    unrated: IntVector = rows[counted == 0]
    return unrated


def _standings(table: CheckedTable, pending: BoolVector, unrated: IntVector) -> ByteVector:
    standings = np.full(len(table), STANDING_CODES[Standing.RANKED], np.uint8)
    standings[unrated] = STANDING_CODES[Standing.UNRATED]
    standings[pending] = STANDING_CODES[Standing.PENDING]
    if table.withdrawn is not None:
        standings[table.withdrawn] = STANDING_CODES[Standing.WITHDRAWN]
    return standings


def _ranks(totals: AnyInts, ties: Sequence[AnyInts], standings: ByteVector) -> NDArray[np.int32]:
    """Place the ranked by one whole number each, which orders as total and tie terms do one after the other."""
    ranked = standings == STANDING_CODES[Standing.RANKED]
    if ranked.all():
        return competition_ranks(_joint_key([totals, *ties]))
    ranks = np.zeros(len(totals), np.int32)
    ranks[ranked] = competition_ranks(_joint_key([column[ranked] for column in (totals, *ties)]))
    return ranks


def _joint_key(columns: Sequence[AnyInts]) -> IntVector:
    key = columns[0].astype(np.int64)
    for column in columns[1:]:
        digit, span = column, int(column.max(initial=0)) + 1
        if (int(key.max(initial=0)) + 1) * span >= _SAFE:
            # Only the order matters: numbering the distinct values keeps it and makes them small.
            key = np.unique(key, return_inverse=True)[1]
            digit = np.unique(column, return_inverse=True)[1]
            span = int(digit.max(initial=0)) + 1
        key *= span
        key += digit
    return key


def competition_ranks(keys: IntVector) -> NDArray[np.int32]:
    """Rank numbers, larger is better: 1, 2, 2, 4.

    Parameters
    ----------
    keys
        Shape (n,), at least 0.

    Returns
    -------
    ndarray of int32
        Shape (n,), from 1.
    """
    n, top = len(keys), int(keys.max(initial=0))
    shift = n.bit_length()
    if (top + 1) << shift >= _SAFE:
        keys = np.unique(keys, return_inverse=True)[1]
        top = int(keys.max(initial=0))
    # One word holds the key, best first, and the row: sorting values is several times faster than sorting indices.
    packed = (top - keys) << shift
    packed |= np.arange(n)
    packed.sort()
    rows = packed & ((1 << shift) - 1)
    packed >>= shift
    place = np.arange(1, n + 1, dtype=np.int32)
    place[1:] *= packed[1:] != packed[:-1]
    ranks = np.empty(n, np.int32)
    ranks[rows] = np.maximum.accumulate(place, out=place)
    return ranks
