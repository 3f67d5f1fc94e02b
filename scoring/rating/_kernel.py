"""The vectorised arithmetic: marks to points in whole rounding steps, in blocks that stay in the processor's cache.

A linear term gives ``half_up(u * a / d)`` steps, where `u` is the mark's distance from the scale's lower end in the
column's units and ``a / d`` a fraction in lowest terms. That is ``(u * a + d // 2) // d`` in whole numbers (for an odd
`d` the missing half can never complete a step): in 32 bits where the largest numerator fits, else in 64. What does not
fit, and every other normalisation, is computed once for each distinct mark, in Python's integers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.arrays import BoolVector, ByteVector, IntVector, smallest_int
from scoring.errors import Problem
from scoring.exact import UNIT, half_up
from scoring.rating._checks import outside
from scoring.rating.columns import STATE_CODES, Counts, Marks
from scoring.rating.formula import OutOfScale, Scaling
from scoring.rating.inputs import CellState
from scoring.rating.normalise import share_table

__all__ = [
    "Affine",
    "AnyInts",
    "Shares",
    "affine_of_counts",
    "affine_of_marks",
    "affine_steps",
    "outside_problems",
    "share_steps",
]

AnyInts = NDArray[np.signedinteger[Any]]
Shares = Mapping[Fraction, Fraction]

_BLOCK: Final = 32_768  # rows: 256 KiB of marks, so that a block and its buffers stay in a second-level cache
_MOST_PROBLEMS: Final = 100


class Affine(NamedTuple):
    """A column whose points are ``min(half_up((value - low) * factor), most)``, 0 where there is no mark.

    ``unit`` is one of the column's units in 10**-10, for messages only. Values outside low..high are clamped, or
    reported by the kernel.
    """

    id: str
    values: IntVector
    states: ByteVector | None
    low: int
    high: int
    factor: Fraction
    most: int
    clamp: bool
    unit: int


def affine_of_marks(marks: Marks, scaling: Scaling) -> Affine:
    """Prepare a linear term."""
    factor = Fraction(scaling.numerator, scaling.denominator * (marks.high - marks.low))
    clamp = marks.term.out_of_scale is OutOfScale.CLAMP
    return Affine(
        marks.term.id, marks.values, marks.states, marks.low, marks.high, factor, scaling.most, clamp, marks.unit
    )


def affine_of_counts(counts: Counts, column: IntVector, scaling: Scaling) -> Affine:
    """Prepare a bonus that somebody has."""
    high = int(column.max(initial=0))
    factor = Fraction(scaling.numerator * counts.unit, scaling.denominator * UNIT)
    most = min(half_up(high * factor.numerator, factor.denominator), scaling.most)
    return Affine(counts.bonus.id, column, None, 0, high, factor, most, clamp=False, unit=counts.unit)


def affine_steps(
    parts: Sequence[Affine], totals: NDArray[Any], ids: Sequence[str] | NDArray[Any], problems: list[Problem]
) -> list[AnyInts]:
    """Compute affine columns block by block, add them to the totals, and note marks outside their scales.

    Parameters
    ----------
    parts
        The columns, each of n values.
    totals
        Shape (n,), wide enough for the sum of the parts' most; added to in place.
    ids
        For the messages.
    problems
        Receives one problem for each mark outside its scale, up to a hundred.

    Returns
    -------
    list of ndarray
        Steps of each part, shape (n,), in the smallest type that holds them.
    """
    steps = [np.empty(len(totals), smallest_int(part.most)) for part in parts]
    workers = [_worker(part) for part in parts]
    for start in range(0, len(totals), _BLOCK):
        block = slice(start, start + _BLOCK)
        for part, worker, column in zip(parts, workers, steps, strict=True):
            if not worker.run(block, column[block]) and len(problems) < _MOST_PROBLEMS:
                problems += outside_problems(part, block, ids)
            totals[block] += column[block]
    return steps


class _Worker:
    """Computes one affine column in unsigned integers of one width, with buffers of its own."""

    def __init__(self, part: Affine, width: type[np.unsignedinteger[Any]]) -> None:
        self._part = part
        self._range = part.high - part.low
        self._distances = np.empty(_BLOCK, np.int64)
        self._work = np.empty(_BLOCK, width)
        self._graded = np.empty(_BLOCK, np.bool_)
        self._factor = width(part.factor.numerator)
        self._divisor = width(part.factor.denominator)
        self._half = width(part.factor.denominator // 2)
        self._most = width(part.most)
        self._capped = half_up(self._range * part.factor.numerator, part.factor.denominator) > part.most

    def run(self, block: slice, out: AnyInts) -> bool:
        """Write a block's steps; False where a value is outside the scale (it may be one that does not count)."""
        distances = self._from_low(self._part.values[block])
        work = self._work[: len(out)]
        # Below the scale is far above it when read as unsigned: one comparison finds both.
        on_scale = bool(distances.view(np.uint64).max() <= self._range)
        np.copyto(work, distances, casting="unsafe")
        work *= self._factor
        work += self._half
        np.floor_divide(work, self._divisor, out=work)
        if self._capped:
            np.minimum(work, self._most, out=work)
        np.copyto(out, work, casting="unsafe")
        if self._part.states is not None:
            graded = np.equal(self._part.states[block], 0, out=self._graded[: len(out)])
            np.multiply(out, graded, out=out)
        return on_scale

    def _from_low(self, values: IntVector) -> IntVector:
        part, out = self._part, self._distances[: len(values)]
        if part.clamp:
            values = np.clip(values, part.low, part.high, out=out)
        return np.subtract(values, part.low, out=out) if part.low else values


class _ValueWorker:
    """Computes one affine column in Python's integers, once for each distinct mark: whatever the numbers' size."""

    def __init__(self, part: Affine) -> None:
        self._part = part
        numerator, denominator = part.factor.as_integer_ratio()

        def steps(value: int) -> int:
            distance = min(max(value, part.low), part.high) - part.low
            return min(half_up(distance * numerator, denominator), part.most)

        values = part.values[_graded(part.states, len(part.values))]
        distinct = np.unique(values)
        self._distinct = distinct
        self._steps = np.array([steps(value) for value in distinct.tolist()], smallest_int(part.most))

    def run(self, block: slice, out: AnyInts) -> bool:
        """Write a block's steps; False where a graded value is outside the scale."""
        part = self._part
        graded = _graded(None if part.states is None else part.states[block], len(out))
        values = part.values[block][graded]
        out[:] = 0
        out[graded] = self._steps[np.searchsorted(self._distinct, values)]
        return part.clamp or bool(((values >= part.low) & (values <= part.high)).all())


def _worker(part: Affine) -> _Worker | _ValueWorker:
    largest = (part.high - part.low) * part.factor.numerator + part.factor.denominator
    if largest <= np.iinfo(np.uint32).max:
        return _Worker(part, np.uint32)
    if largest <= np.iinfo(np.uint64).max:
        return _Worker(part, np.uint64)
    return _ValueWorker(part)


def share_steps(marks: Marks, scaling: Scaling) -> tuple[AnyInts, Shares]:
    """Compute a term that is not linear, once for each distinct mark.

    Returns
    -------
    steps : ndarray
        Shape (n,), 0 where there is no mark.
    shares : dict
        The share of each position on the scale.
    """
    graded = _graded(marks.states, len(marks.values))
    within = np.clip(marks.values[graded], marks.low, marks.high)
    distinct, places, counts = np.unique(within, return_inverse=True, return_counts=True)
    positions = [Fraction(value - marks.low, marks.high - marks.low) for value in distinct.tolist()]
    shares = share_table(marks.term, dict(zip(positions, counts.tolist(), strict=True)))
    by_position = [scaling.steps(*shares[position].as_integer_ratio()) for position in positions]
    steps = np.zeros(len(graded), smallest_int(scaling.most))
    steps[graded] = np.array(by_position, steps.dtype)[places]
    return steps, shares


def outside_problems(part: Affine, block: slice, ids: Sequence[str] | NDArray[Any]) -> list[Problem]:
    """Name the marks of a block that lie outside their scale and count, the first hundred of them."""
    values = part.values[block]
    graded = _graded(None if part.states is None else part.states[block], len(values))
    off = np.flatnonzero(graded & ((values < part.low) | (values > part.high)))[:_MOST_PROBLEMS]
    unit = part.unit
    return [
        _outside(part.id, str(ids[block.start + row]), int(values[row]) * unit, part.low * unit, part.high * unit)
        for row in off.tolist()
    ]


def _outside(term_id: str, person_id: str, raw: int, low: int, high: int) -> Problem:
    told = outside(raw, low, high).problems[0]
    return Problem(f"people[{person_id}].{term_id}", told.message, told.advice, term_id, person_id)


def _graded(states: ByteVector | None, n: int) -> BoolVector:
    return np.ones(n, np.bool_) if states is None else states == STATE_CODES[CellState.GRADED]
