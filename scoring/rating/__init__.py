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

from scoring.rating.exact import Number
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

__all__ = [
    "Bonus",
    "Cell",
    "CellState",
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
    "replay",
    "take_snapshot",
]
