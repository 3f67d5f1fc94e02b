"""From what the caller has to arrays: checked, in canonical order, conflicts removed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from scoring.allocation.records import Conflict, Load, Pair
from scoring.errors import InvalidInput, Problem
from scoring.ids import Id, canonical, check_ids

__all__ = ["Affinity", "Grid", "Instance", "IntRow", "read_instance", "read_pairs"]

Grid: TypeAlias = NDArray[np.bool_]
"""(reviewers, works)."""
Weights: TypeAlias = NDArray[np.float64]
IntRow: TypeAlias = NDArray[np.int64]
Affinity: TypeAlias = Mapping[Any, float]
"""By (reviewer, work)."""


@dataclass(frozen=True, slots=True)
class Instance:
    """Reviewers are rows and works columns of every grid, in canonical order.

    Parameters
    ----------
    reviewers, works
        The ids.
    demand : (works,) int64
        Reviews each work needs.
    low, high : (reviewers,) int64
        Reviews each reviewer writes at least and at most.
    eligible : (reviewers, works) bool
        Whether the pair is free of conflicts.
    affinity : (reviewers, works) float64
        How well the reviewer can judge the work; 0 everywhere where it was not given.
    rated
        Whether it was.
    fixed : (reviewers, works) bool
        Pairs that are there already and stay; they count in demand and loads.
    """

    reviewers: tuple[Id, ...]
    works: tuple[Id, ...]
    demand: IntRow
    low: IntRow
    high: IntRow
    eligible: Grid
    affinity: Weights
    rated: bool
    fixed: Grid

    @property
    def open(self) -> Grid:
        """Pairs that may be added."""
        return self.eligible & ~self.fixed

    @property
    def need(self) -> IntRow:
        """Reviews each work still needs."""
        need: IntRow = np.maximum(self.demand - self.fixed.sum(axis=0), 0)
        return need

    def pairs(self, grid: Grid) -> list[Pair]:
        """Name the pairs of a grid, in order of ids."""
        return [(self.reviewers[row], self.works[column]) for row, column in np.argwhere(grid).tolist()]

    def grid(self, pairs: Iterable[Pair]) -> Grid:
        """Mark the pairs whose reviewer and work are both here."""
        rows, columns = _positions(self.reviewers), _positions(self.works)
        grid = np.zeros(self.eligible.shape, dtype=bool)
        for reviewer, work in pairs:
            if reviewer in rows and work in columns:
                grid[rows[reviewer], columns[work]] = True
        return grid


def read_instance(
    works: Mapping[Any, int],
    reviewers: Mapping[Any, Load],
    *,
    conflicts: Iterable[Conflict],
    affinity: Affinity | None,
    missing_affinity: float | None,
) -> Instance:
    """Check everything and put it into arrays.

    Raises
    ------
    InvalidInput
        With every problem found.
    """
    check_ids("works", works.keys())
    check_ids("reviewers", reviewers.keys())
    problems = _demand_problems(works) + _load_problems(reviewers)
    apart = list(conflicts)
    problems += _conflict_problems(apart, reviewers, works)
    if problems:
        raise InvalidInput(problems=problems)
    rows, columns = canonical(reviewers), canonical(works)
    eligible = np.ones((len(rows), len(columns)), dtype=bool)
    row_of, column_of = _positions(rows), _positions(columns)
    for each in apart:
        eligible[row_of[each.reviewer], column_of[each.work]] = False
    loads = [reviewers[each] for each in rows]
    high = [len(columns) if load.maximum is None else min(load.maximum, len(columns)) for load in loads]
    return Instance(
        tuple(rows),
        tuple(columns),
        np.array([works[each] for each in columns], dtype=np.int64),
        np.array([load.minimum for load in loads], dtype=np.int64),
        np.array(high, dtype=np.int64),
        eligible,
        _read_affinity(affinity, missing_affinity, row_of, column_of, eligible),
        affinity is not None,
        np.zeros_like(eligible),
    )


def _positions(ids: Iterable[Id]) -> dict[Id, int]:
    return {each: number for number, each in enumerate(ids)}


def _is_count(value: object) -> bool:
    return isinstance(value, int | np.integer) and type(value) is not bool and bool(value >= 0)


def _demand_problems(works: Mapping[Id, int]) -> list[Problem]:
    return [
        Problem(f"works[{work}]", f"needs {demand!r} reviews, not a whole number from 0")
        for work, demand in works.items()
        if not _is_count(demand)
    ]


def _load_problems(reviewers: Mapping[Id, Load]) -> list[Problem]:
    problems = []
    for reviewer, load in reviewers.items():
        for name, value in (("minimum", load.minimum), ("maximum", load.maximum)):
            if not _is_count(value) and not (name == "maximum" and value is None):
                problems.append(Problem(f"reviewers[{reviewer}].{name}", f"is {value!r}, not a whole number from 0"))
    if not problems:
        problems = [
            Problem(f"reviewers[{reviewer}]", f"has minimum {load.minimum} above maximum {load.maximum}")
            for reviewer, load in reviewers.items()
            if load.maximum is not None and load.minimum > load.maximum
        ]
    return problems


def _conflict_problems(
    conflicts: Iterable[Conflict], reviewers: Collection[Id], works: Collection[Id]
) -> list[Problem]:
    # A misspelt conflict would be a conflict not enforced, so a name nobody bears is refused.
    problems = []
    for number, each in enumerate(conflicts):
        if each.reviewer not in reviewers:
            problems.append(Problem(f"conflicts[{number}]", f"names an unknown reviewer {each.reviewer!r}"))
        if each.work not in works:
            problems.append(Problem(f"conflicts[{number}]", f"names an unknown work {each.work!r}"))
    return problems


def _read_affinity(
    affinity: Affinity | None,
    missing: float | None,
    row_of: Mapping[Id, int],
    column_of: Mapping[Id, int],
    eligible: Grid,
) -> Weights:
    if affinity is None:
        return np.zeros(eligible.shape)
    problems = []
    if missing is not None and not _is_finite(missing):
        problems.append(Problem("missing_affinity", f"is {missing!r}, not a finite number"))
    read = np.full(eligible.shape, np.nan if missing is None or problems else float(missing))
    for key, value in affinity.items():
        reviewer, work = key if isinstance(key, tuple) and len(key) == 2 else (key, key)
        if reviewer not in row_of or work not in column_of:
            problems.append(Problem(f"affinity[{key!r}]", "is not a pair (reviewer, work) of those taking part"))
        elif not _is_finite(value):
            problems.append(Problem(f"affinity[{key!r}]", f"is {value!r}, not a finite number"))
        else:
            read[row_of[reviewer], column_of[work]] = float(value)
    if not problems and np.isnan(read[eligible]).any():
        row, column = np.argwhere(np.isnan(read) & eligible)[0].tolist()
        pair = list(row_of)[row], list(column_of)[column]
        advice = "give it, or missing_affinity for all that are not known"
        problems.append(Problem(f"affinity[{pair!r}]", "is missing", advice))
    if problems:
        raise InvalidInput(problems=problems)
    return np.where(np.isnan(read), 0.0, read)


def _is_finite(value: object) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and type(value) is not bool and isfinite(value)


def read_pairs(field: str, pairs: Iterable[Pair]) -> set[Pair]:
    """Read a set of pairs; one given twice counts once.

    Raises
    ------
    InvalidInput
        If an entry is not a pair of ids.
    """
    found = list(pairs)
    problems = [
        Problem(f"{field}[{number}]", f"is {each!r}, not (reviewer, work)")
        for number, each in enumerate(found)
        if not isinstance(each, tuple) or len(each) != 2
    ]
    if problems:
        raise InvalidInput(problems=problems)
    return set(found)
