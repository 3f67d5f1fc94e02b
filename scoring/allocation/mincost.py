"""The best choice of pairs under needs and loads: successive shortest paths, in exact whole numbers.

One review more is placed at a time, along the path that costs least (Ahuja, Magnanti and Orlin, *Network Flows*, 1993,
section 9.7); paths are found by Bellman and Ford's relaxation over the whole grid of reviewers and works at once. Whole
numbers leave no rounding to hide in: the result is optimal for its weights, and among equals the seeded noise in their
last digits decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from scoring.allocation.instance import Grid, IntRow, Weights
from scoring.allocation.targets import Targets

__all__ = ["IntGrid", "Scaled", "best_pairs", "scale"]

IntGrid: TypeAlias = NDArray[np.int64]
_FAR = np.int64(2**62)
_NOISE = 2**10
_MAX_DIGITS = 40
"""Binary digits kept of an affinity: 12 decimal ones."""


@dataclass(frozen=True, slots=True)
class Scaled:
    """Affinity as whole numbers.

    Parameters
    ----------
    steps : (reviewers, works) int64
        Affinity from 0 (the least) to `unit` (the greatest), rounded.
    weights : (reviewers, works) int64
        The same, with seeded noise in the last digits: less, over a whole allocation, than one step.
    unit : int
        Steps in the range of the affinity.
    """

    steps: IntGrid
    weights: IntGrid
    unit: int


def scale(affinity: Weights, count: int, rng: np.random.Generator) -> Scaled:
    """Turn affinity into whole numbers with room for every sum the algorithm forms.

    Parameters
    ----------
    affinity : (reviewers, works)
        Finite.
    count
        Pairs that an allocation has. The total is exact to `count` / (2 `unit`) of the affinity's range.
    rng
        Breaks ties.

    Returns
    -------
    Scaled
        At 60 works of 3 reviews `unit` is 2 ** 37: the total is exact to 1e-9 of the range.
    """
    noise_room = count * _NOISE + 1
    path = 2 * (min(affinity.shape, default=0) + 1)
    digits = min(_MAX_DIGITS, 61 - (path * noise_room).bit_length())
    unit = 2**digits
    largest = np.abs(affinity).max(initial=0.0)
    relative = affinity / largest if largest else affinity
    least = relative.min(initial=np.inf)
    span = relative.max(initial=-np.inf) - least
    steps = (
        np.rint((relative - least) / span * unit).astype(np.int64) if span > 0 else np.zeros(affinity.shape, np.int64)
    )
    noise = rng.integers(0, _NOISE, size=affinity.shape)
    return Scaled(steps, steps * noise_room + noise, unit)


def best_pairs(options: Grid, weights: IntGrid, targets: Targets) -> Grid:
    """Choose pairs of the greatest weight in sum.

    Parameters
    ----------
    options : (reviewers, works) bool
        Pairs to choose from; some choice among them meets the targets.
    weights : (reviewers, works) int64
        From 0.
    targets
        The bounds.

    Returns
    -------
    (reviewers, works) bool
        As many pairs as possible within `need` and `high`; of those choices one that meets `floor` and `low`, with
        loads of the `profile`; of those one of the greatest weight.
    """
    network = _Network(options, weights, targets)
    while network.grow():
        pass
    return network.chosen


class _Network:
    """The choice so far. A path starts at a work that needs a review and ends at a reviewer with room."""

    def __init__(self, options: Grid, weights: IntGrid, targets: Targets) -> None:
        self.chosen = np.zeros(options.shape, dtype=bool)
        self._options = options
        self._weights = weights
        self._targets = targets

    def grow(self) -> bool:
        """Place one more review along the best path; tell whether there was one.

        What counts before any weight: works under their floor, then reviewers under their low, then, where loads have
        to be even, the lowest load. Each is the first or the last step of a path, so the order of paths decides it.
        """
        per_work, per_reviewer = self.chosen.sum(axis=0), self.chosen.sum(axis=1)
        targets = self._targets
        room, hungry = per_reviewer < targets.high, per_reviewer < targets.low
        loads = per_reviewer + targets.done if targets.profile is not None else np.zeros_like(per_reviewer)
        for sources in (per_work < targets.floor, per_work < targets.need):
            if not sources.any():
                continue
            search = _ShortestPaths(self._options, self._weights, self.chosen, sources)
            for sinks in (room & hungry, room):
                if (end := search.nearest(sinks, loads)) is not None:
                    for reviewer, work in search.path(end):
                        self.chosen[reviewer, work] ^= True
                    return True
        return False


class _ShortestPaths:
    """Least costs from the works of `sources` to everyone, along pairs to add (forwards) and to drop (backwards)."""

    def __init__(self, options: Grid, weights: IntGrid, chosen: Grid, sources: Grid) -> None:
        reviewers, works = options.shape
        self._to_reviewer = np.full(reviewers, _FAR)
        self._to_work = np.where(sources, np.int64(0), _FAR)
        self._work_before = np.zeros(reviewers, dtype=np.int64)
        self._reviewer_before = np.full(works, -1)
        self._addable = options & ~chosen
        self._chosen = chosen
        self._weights = weights
        while self._relax_reviewers() and self._relax_works():
            pass

    def _relax_reviewers(self) -> bool:
        usable = self._addable & (self._to_work < _FAR)
        cost = np.where(usable, self._to_work - self._weights, _FAR)
        before = cost.argmin(axis=1)
        best = np.take_along_axis(cost, before[:, None], axis=1)[:, 0]
        better = best < self._to_reviewer
        self._to_reviewer[better] = best[better]
        self._work_before[better] = before[better]
        return bool(better.any())

    def _relax_works(self) -> bool:
        usable = self._chosen & (self._to_reviewer < _FAR)[:, None]
        cost = np.where(usable, self._to_reviewer[:, None] + self._weights, _FAR)
        before = cost.argmin(axis=0)
        best = np.take_along_axis(cost, before[None, :], axis=0)[0]
        better = best < self._to_work
        self._to_work[better] = best[better]
        self._reviewer_before[better] = before[better]
        return bool(better.any())

    def nearest(self, sinks: Grid, loads: IntRow) -> int | None:
        """Find the reviewer of `sinks` with the lowest load, of these the nearest one; None if none is reached."""
        met = np.flatnonzero(sinks & (self._to_reviewer < _FAR))
        if not len(met):
            return None
        return int(met[np.lexsort((self._to_reviewer[met], loads[met]))[0]])

    def path(self, reviewer: int) -> list[tuple[int, int]]:
        """List the pairs on the way back from a reviewer, to be added and dropped in turn."""
        pairs = []
        while True:
            work = int(self._work_before[reviewer])
            pairs.append((reviewer, work))
            before = int(self._reviewer_before[work])
            if before < 0:
                return pairs
            pairs.append((before, work))
            reviewer = before
