"""What an allocation must meet before it may be good: needs, and loads as even as they can be."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scoring.allocation.flow import place
from scoring.allocation.instance import Grid, Instance, IntRow
from scoring.allocation.records import Shortage
from scoring.allocation.shortage import AllocationInfeasible, reviewer_shortages, work_shortages

__all__ = ["Targets", "balance", "set_targets"]


@dataclass(frozen=True, slots=True)
class Targets:
    """Bounds on the pairs still to be added.

    Parameters
    ----------
    need, floor : (works,) int64
        Reviews each work gets at most, and at least. They differ only where a shortfall was allowed.
    low, high : (reviewers,) int64
        Reviews each reviewer gets at least and at most.
    missing : int
        Reviews that cannot be placed at all; 0 unless a shortfall was allowed.
    """

    need: IntRow
    floor: IntRow
    low: IntRow
    high: IntRow
    missing: int

    def met_by(self, options: Grid) -> bool:
        """Tell whether some choice among these pairs meets the bounds and leaves no more missing than must be.

        Each bound is asked by itself; one choice then meets all (see `scoring.allocation.flow`).
        """
        if sum(place(options.T, self.need, self.high).unmet) > self.missing:
            return False
        if not place(options, self.low, self.need).complete:
            return False
        return not self.missing or place(options.T, self.floor, self.high).complete


def set_targets(instance: Instance, *, shortfall: bool) -> tuple[Targets, tuple[Shortage, ...]]:
    """Find bounds that can be met.

    Parameters
    ----------
    instance
        The problem.
    shortfall
        Whether works may go short. Then the one with the fewest reviews gets as many as possible (of its demand), and
        after that as many reviews as possible are placed in all.

    Returns
    -------
    targets : Targets
        With the loads as given, not yet balanced.
    shortages : tuple of Shortage
        What keeps works from their demand; empty without a shortfall.

    Raises
    ------
    AllocationInfeasible
        If reviewers cannot reach their minima, or works their demand and no shortfall is allowed.
    """
    options, need, done = instance.open, instance.need, instance.fixed.sum(axis=1)
    low, high = np.maximum(instance.low - done, 0), np.maximum(instance.high - done, 0)
    reviewer_flow = place(options, low, need)
    work_flow = place(options.T, need, high)
    shortages = work_shortages(instance, work_flow, need, high)
    found = reviewer_shortages(instance, reviewer_flow, low, need) + (() if shortfall else shortages)
    if found:
        raise AllocationInfeasible(found)
    targets = Targets(need, need, low, high, sum(work_flow.unmet))
    return (replace(targets, floor=_floor(instance, targets)), shortages) if shortages else (targets, ())


def _floor(instance: Instance, targets: Targets) -> IntRow:
    """Give the works with the fewest reviews as many as all can have at once."""
    have = instance.fixed.sum(axis=0)
    for level in range(int(instance.demand.max()), 0, -1):
        floor: IntRow = np.maximum(np.minimum(instance.demand, level) - have, 0)
        if place(instance.open.T, floor, targets.high).complete:
            return floor
    return np.zeros_like(targets.need)


def balance(instance: Instance, targets: Targets) -> Targets:
    """Narrow the loads until they are as even as minima, maxima, conflicts and demand allow.

    Loads that can be within one of each other are. Where some cannot (a reviewer with a low maximum, a group of works
    open to few), the least loads are raised as far as possible, then the next, and so on: the loads of a most even
    allocation, which also has the lowest highest load (A. Frank and K. Murota, "Decreasing minimization on M-convex
    sets", 2022).

    Parameters
    ----------
    instance, targets
        The problem, and bounds that can be met.

    Returns
    -------
    Targets
        With `low` and `high` within one of each other within each group of reviewers who share a bottleneck.
    """
    options, done = instance.open, instance.fixed.sum(axis=1)
    least = targets.low + done
    most = done + np.minimum(targets.high, options.sum(axis=1))
    low, high, free = least.copy(), most.copy(), most > least
    level = 1
    while free.any():
        trial = np.where(free, _between(least, level, most), low)
        flow = place(options, trial - done, targets.need)
        if flow.complete:
            low, free, level = trial, free & (most > level), level + 1
            continue
        # These reviewers together have reached the most they can have: among them nobody can be raised any more.
        stuck = free & np.isin(np.arange(len(free)), list(flow.cut_sources))
        low = np.where(stuck, _between(least, level - 1, most), low)
        high = np.where(stuck, _between(least, level, most), high)
        free &= ~stuck
    return replace(targets, low=low - done, high=high - done)


def _between(least: IntRow, level: int, most: IntRow) -> IntRow:
    return np.minimum(np.maximum(least, level), most)
