"""The rating against a float's weighted sum, and a season of 65 people against a limit.

The peer does less than the rating: it sums floats, rounds nothing, keeps no term's points, breaks no tie, checks no
mark and gives an order instead of places. It has its data as one matrix of shares with zeros where a mark is missing;
the rating starts from raw marks on their scales with their states.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from benchmarks.harness import Row, at_most, measured, median_s, medians_s
from scoring.rating import (
    STATE_CODES,
    Cell,
    CellState,
    Column,
    ColumnTable,
    Formula,
    Person,
    parse_formula,
    rate,
    rate_columns,
    take_snapshot,
)

PEOPLE = 1_000_000
# Scales as they occur: tasks of 100, a workshop of 80, a quiz of 40, a checkpoint of three words.
SCALES = ((0, 100), (0, 80), (0, 40), (0, 100), (0, 50), (1, 3), (0, 100)) * 3
WEIGHTS = (10, 15, 10, 15, 10, 10, 30, 5, 5, 5, 2, 3, 4, 6, 7, 8, 9, 11, 12, 20)
MOODLE_UNIT = 10**5
MISSING = 0.1

SEASON_TERMS = (
    ("essay", 10, 100), ("expertise", 15, 80), ("test", 10, 40), ("groupproject", 15, 100), ("analysis", 10, 50),
    ("checkpoint", 10, 3), ("project", 30, 100),
)  # fmt: skip


def rows() -> list[Row]:
    """Measure both."""
    return [*country(), *district()]


def country() -> list[Row]:
    """Rate a million people in 20 linear terms, a tenth of the marks missing, with points, ties and places."""
    formula, table, shares = population()
    weights = np.array(WEIGHTS, float)

    def peer() -> object:
        return np.argsort(-(shares @ weights))

    def work() -> object:
        return rate_columns(formula, table)

    check(formula, table, shares, weights)
    ours, floats = medians_s([work, peer], runs=7)
    name = "rating of 1,000,000 people x 20 linear terms, exact, with points, ties and places"
    return [
        at_most(
            name, ours / floats, "times the peer's time", f"float weighted sum + argsort: {floats * 1e3:.0f} ms", 4
        ),
        measured("the same in milliseconds", ours * 1e3, "ms"),
    ]


def population() -> tuple[Formula, ColumnTable, NDArray[np.float64]]:
    """Draw the marks, and the peer's matrix of shares of them."""
    rng = np.random.default_rng(20261124)
    terms = [{"id": f"t{place}", "weight": weight} for place, weight in enumerate(WEIGHTS)]
    formula = parse_formula({"version": 1, "missing": "zero", "ties": ["t6", "t1", "shared"], "terms": terms})
    columns: dict[str, Column] = {}
    shares = np.empty((PEOPLE, len(WEIGHTS)))
    for place, (low, high) in enumerate(SCALES[: len(WEIGHTS)]):
        values = rng.integers(low * MOODLE_UNIT, high * MOODLE_UNIT + 1, PEOPLE)
        missing = rng.random(PEOPLE) < MISSING
        states = np.where(missing, STATE_CODES[CellState.ABSENT], 0).astype(np.uint8)
        columns[f"t{place}"] = Column(values, low, high, states=states)
        share = (values - low * MOODLE_UNIT) / ((high - low) * MOODLE_UNIT)
        shares[:, place] = np.where(missing, 0, share)
    return formula, ColumnTable(np.arange(PEOPLE), columns), shares


def check(formula: Formula, table: ColumnTable, shares: NDArray[np.float64], weights: NDArray[np.float64]) -> None:
    """Make sure that both compute the same thing: totals differ by no more than the roundings of 20 terms."""
    rating = rate_columns(formula, table)
    assert np.abs(rating.totals / 10 - shares @ weights).max() <= 0.05 * len(WEIGHTS)
    assert rating.ranks.min() == 1
    assert (np.diff(rating.totals[np.argsort(rating.ranks, kind="stable")]) <= 0).all()


def district() -> list[Row]:
    """Rate one season of 65 people, and freeze it."""
    formula = parse_formula(
        {
            "version": 1,
            "ties": ["project", "expertise", "shared"],
            "terms": [{"id": name, "weight": weight} for name, weight, _ in SEASON_TERMS],
        }
    )
    rng = np.random.default_rng(65)
    people = [Person(str(number), cells(rng)) for number in range(65)]
    rated = median_s(lambda: rate(formula, people), runs=15)
    frozen = median_s(lambda: take_snapshot(formula, people), runs=15)
    return [
        at_most("rating of a season of 65 people x 7 terms, with hashes", rated * 1e3, "ms", "the season's 20 ms", 20),
        measured("the same with its snapshot", frozen * 1e3, "ms"),
    ]


def cells(rng: np.random.Generator) -> Mapping[str, Cell]:
    """Draw one person's marks, with two decimals; the checkpoint has no zero."""
    return {
        name: Cell.graded(Decimal(int(rng.integers(100, high * 100 + 1))).scaleb(-2), 1 if high == 3 else 0, high)
        for name, _, high in SEASON_TERMS
    }
