"""What is a work worth, given reviewers of unequal severity and noise? See `aggregate`.

The names here are what a caller of `aggregate` needs; models, rules and diagnostics of their own are in the modules.
"""

from __future__ import annotations

from scoring.aggregation.outcome import (
    Aggregation,
    Diagnostics,
    Escalation,
    Reason,
    ReviewerResult,
    Reviewers,
    VarianceComponents,
    WorkResult,
    Works,
)
from scoring.aggregation.pipeline import VERSION, aggregate
from scoring.aggregation.records import (
    Criterion,
    Incomplete,
    Label,
    Model,
    Obstacle,
    Policy,
    Published,
    Reviews,
    Rubric,
)

__all__ = [
    "VERSION",
    "Aggregation",
    "Criterion",
    "Diagnostics",
    "Escalation",
    "Incomplete",
    "Label",
    "Model",
    "Obstacle",
    "Policy",
    "Published",
    "Reason",
    "ReviewerResult",
    "Reviewers",
    "Reviews",
    "Rubric",
    "VarianceComponents",
    "WorkResult",
    "Works",
    "aggregate",
]
