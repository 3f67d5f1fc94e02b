"""Who reviews what: demand, loads, conflicts, expertise, and a graph that lets all works be compared.

::

    allocate(works, reviewers, rng=...) -> Allocation          top_up(before, ...) -> TopUp       after drop-outs
    allocate_randomly(works, reviewers, cap=...) -> ...        render_shortage(...)               why it cannot be

Files: ``instance`` reads and checks, ``flow`` and ``targets`` say what can be met, ``mincost`` finds the best choice,
``graph`` and ``connect`` hold the works together, ``randomised`` caps every pair's probability, ``words`` explains.
"""

from __future__ import annotations

from scoring.allocation.engine import allocate, top_up
from scoring.allocation.randomised import RandomAllocation, allocate_randomly
from scoring.allocation.records import (
    Allocation,
    Conflict,
    Connect,
    Connection,
    Load,
    Pair,
    Shortage,
    ShortageKind,
    TopUp,
)
from scoring.allocation.shortage import AllocationInfeasible
from scoring.allocation.words import render_shortage
from scoring.language import Language

__all__ = [
    "Allocation",
    "AllocationInfeasible",
    "Conflict",
    "Connect",
    "Connection",
    "Language",
    "Load",
    "Pair",
    "RandomAllocation",
    "Shortage",
    "ShortageKind",
    "TopUp",
    "allocate",
    "allocate_randomly",
    "render_shortage",
    "top_up",
]
