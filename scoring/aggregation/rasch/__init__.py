"""Many-facet Rasch model; see `scoring.aggregation.rasch.fit`."""

from __future__ import annotations

from scoring.aggregation.rasch.fit import FEWEST_MARKS, choose_method, fit_rasch
from scoring.aggregation.rasch.mml import DEFAULT_NODES
from scoring.aggregation.rasch.records import Facet, Marks, Method, RaschFit, Steps, marks_of

__all__ = [
    "DEFAULT_NODES",
    "FEWEST_MARKS",
    "Facet",
    "Marks",
    "Method",
    "RaschFit",
    "Steps",
    "choose_method",
    "fit_rasch",
    "marks_of",
]
