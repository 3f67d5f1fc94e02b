"""What is a work worth, given reviewers of unequal severity and noise? See `aggregate`."""

from __future__ import annotations

from scoring.aggregation.pipeline import VERSION, aggregate
from scoring.aggregation.records import Criterion, Policy, Published, Reviews, Rubric

__all__ = ["VERSION", "Criterion", "Policy", "Published", "Reviews", "Rubric", "aggregate"]
