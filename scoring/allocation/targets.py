"""What an allocation must meet before it may be good: needs, and loads as even as they can be."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scoring.allocation.flow import place, place_in_stages
from scoring.allocation.instance import Grid, Instance, IntRow
from scoring.allocation.records import Shortage
from scoring.allocation.shortage import AllocationInfeasible, reviewer_shortages, work_shortages

__all__ = ["Targets", "set_targets"]


@dataclass(frozen=True, slots=True)
class Targets:
    """What the pairs still to be added must meet.

    Parameters
    ----------
    need, floor : (works,) int64
        Reviews each work gets at most, and at least. They differ only where a shortfall was allowed.
    low, high : (reviewers,) int64
        Reviews each reviewer gets at least and at most.
    done : (reviewers,) int64
        Reviews each reviewer has already.
    missing : int
        Reviews that cannot be placed at all; 0 unless a shortfall was allowed.
    profile : tuple of int
        All loads, sorted, as they have to be in the end; None if they do not matter.
    """

    need: IntRow
    floor: IntRow
    low: IntRow
    high: IntRow
    done: IntRow
    missing: int
    profile: tuple[int, ...] | None = None

    @property
    def placed(self) -> int:
        """Pairs to be added."""
        return int(self.need.sum()) - self.missing

    def limits(self) -> tuple[IntRow, IntRow]:
        """Give the least and the most that each reviewer can get if loads are to be as even as asked for."""
        if not self.profile:
            return self.low, self.high
        low = np.maximum(self.low, self.profile[0] - self.done)
        return low, np.minimum(self.high, np.maximum(self.profile[-1] - self.done, low))

    def met_by(self, options: Grid) -> bool:
        """Tell whether some choice among these pairs meets all."""
        short, left, loads = self._place(options, even=self.profile is not None)
        if short.any() or left.sum() > self.missing or (loads < self.low).any():
            return False
        return self.profile is None or self.profile == self._sorted(loads)

    def balanced(self, options: Grid) -> Targets:
        """Ask for loads as even as these pairs allow.

        Loads that can be within one of each other are. Where some cannot (a reviewer with a low maximum, a group of
        works open to few), the lowest loads are as high as possible, then the next lowest, and so on; the highest load
        is then as low as possible too (A. Frank and K. Murota, "Decreasing minimization on M-convex sets", 2022).
        """
        _, _, loads = self._place(options, even=True)
        return replace(self, profile=self._sorted(loads))

    def _sorted(self, loads: IntRow) -> tuple[int, ...]:
        return tuple(np.sort(loads + self.done).tolist())

    def _place(self, options: Grid, *, even: bool) -> tuple[IntRow, IntRow, IntRow]:
        """Place all needs: floors first, lows first and, if loads are to be even, lower ones first."""
        levels = [int(self.high.max(initial=0) + self.done.max(initial=0))]
        if even:
            levels = list(range(1, levels[0] + 1))
        lifted = [np.clip(level - self.done, 0, self.high) for level in levels]
        rooms = [np.minimum(each, self.low) for each in lifted] + [np.maximum(each, self.low) for each in lifted]
        (short, left), loads = place_in_stages(options.T, (self.floor, self.need), rooms)
        return short, left, loads


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
    targets = Targets(need, need, low, high, done, sum(work_flow.unmet))
    return (replace(targets, floor=_floor(instance, targets)), shortages) if shortages else (targets, ())


def _floor(instance: Instance, targets: Targets) -> IntRow:
    """Give the works with the fewest reviews as many as all can have at once."""
    have = instance.fixed.sum(axis=0)
    for level in range(int(instance.demand.max()), 0, -1):
        floor: IntRow = np.maximum(np.minimum(instance.demand, level) - have, 0)
        if place(instance.open.T, floor, targets.high).complete:
            return floor
    return np.zeros_like(targets.need)
