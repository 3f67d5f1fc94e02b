"""The decisions a learning platform cannot make: what a work is worth, who reviews it, who mentors whom, who leads.

Pure functions over arrays and frozen records: no database, clock, environment or global random state. Every part is
imported on first use, so that ``import scoring`` costs next to nothing.

============================  ==========================================================================
`scoring.aggregation`         what a work is worth, given reviewers of unequal severity and noise
`scoring.allocation`          who reviews what, under conflicts, loads and demand
`scoring.groupmark`           a group's mark, shared out by contribution
`scoring.matching`            mentors and participants, by preferences
`scoring.rating`              a season's formula, exact to the last point
`scoring.ranks`               how sure the order is
============================  ==========================================================================
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

__all__ = ["aggregation", "allocation", "errors", "groupmark", "matching", "ranks", "rating"]


def __getattr__(name: str) -> ModuleType:
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return import_module(f"{__name__}.{name}")


def __dir__() -> list[str]:
    return sorted(__all__)
