"""The rating of a season: a formula as data, exact points, places with their reasons, and a snapshot that replays.

Contract: marks are exact numbers on their own scales, higher is better; a mark that is not there is a cell with a
state, never a number; points are multiples of the formula's rounding step and sum to the total exactly; results do not
depend on the order of the people; a better mark never lowers its owner's total.

>>> formula = parse_formula({"version": 1, "terms": [{"id": "essay", "weight": 10}, {"id": "test", "weight": 20}]})
>>> people = [Person("9", {"essay": Cell.graded("77.6", 0, 80), "test": Cell(CellState.ABSENT)})]
>>> [(part.id, str(part.points)) for part in rate(formula, people).people[0].contributions]
[('essay', '9.7'), ('test', '0.0')]
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from scoring.exact import Number
from scoring.rating.formula import (
    Bonus,
    Formula,
    MissingPolicy,
    Normalisation,
    OutOfScale,
    Source,
    Stage,
    Term,
)
from scoring.rating.inputs import Cell, CellState, Person, PersonStatus
from scoring.rating.parsing import parse_formula
from scoring.rating.placing import TieStep
from scoring.rating.plain import rate
from scoring.rating.result import (
    Contribution,
    ContributionKind,
    PersonRating,
    Rating,
    Standing,
    Tie,
    Treatment,
)
from scoring.rating.snapshot import Snapshot, replay, take_snapshot

if TYPE_CHECKING:
    from scoring.rating.columns import STATE_CODES, BonusColumn, Column, ColumnTable
    from scoring.rating.vectorised import STANDING_CODES, ColumnRating, rate_columns

__all__ = [
    "STANDING_CODES",
    "STATE_CODES",
    "Bonus",
    "BonusColumn",
    "Cell",
    "CellState",
    "Column",
    "ColumnRating",
    "ColumnTable",
    "Contribution",
    "ContributionKind",
    "Formula",
    "MissingPolicy",
    "Normalisation",
    "Number",
    "OutOfScale",
    "Person",
    "PersonRating",
    "PersonStatus",
    "Rating",
    "Snapshot",
    "Source",
    "Stage",
    "Standing",
    "Term",
    "Tie",
    "TieStep",
    "Treatment",
    "parse_formula",
    "rate",
    "rate_columns",
    "replay",
    "take_snapshot",
]

# The arrays need numpy; a season of one district is rated without loading it.
_LAZY = {
    "STATE_CODES": "columns",
    "BonusColumn": "columns",
    "Column": "columns",
    "ColumnTable": "columns",
    "STANDING_CODES": "vectorised",
    "ColumnRating": "vectorised",
    "rate_columns": "vectorised",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401  a module's attributes are of any type
    if name not in _LAZY:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
