"""An allocation by lottery in which no pair is too likely: who reviews whom cannot be arranged beforehand.

Source: S. Jecmen, H. Zhang, R. Liu, N. Shah, V. Conitzer and F. Fang, "Mitigating manipulation in peer review via
randomized reviewer assignments", NeurIPS 2020: the best probabilities under a cap by a linear program, then a draw.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil, fsum
from typing import Any

import numpy as np

from scoring.allocation.engine import highest
from scoring.allocation.flow import Flow
from scoring.allocation.instance import Affinity, Grid, Instance, IntRow, Weights, read_instance
from scoring.allocation.mincost import scale
from scoring.allocation.program import Program, objective
from scoring.allocation.records import Allocation, Conflict, Load, Pair
from scoring.allocation.result import describe
from scoring.allocation.rounding import draw_pairs
from scoring.allocation.shortage import AllocationInfeasible, reviewer_shortages, work_shortages
from scoring.errors import InvalidInput, NotConverged
from scoring.ids import check_rng

__all__ = ["RandomAllocation", "allocate_randomly"]

TOLERANCE = 1e-7
"""Of the linear program's sums."""


@dataclass(frozen=True, slots=True)
class RandomAllocation:
    """A drawn allocation, and the odds it was drawn by.

    Parameters
    ----------
    allocation
        What was drawn. The graph is told, not sought: sought connections would change the odds.
    probabilities
        Of every pair that could occur; together with the draw they can be published.
    cap
        What none of them exceeds.
    expected
        The total affinity of a draw, on average.
    """

    allocation: Allocation
    probabilities: Mapping[Pair, float]
    cap: float
    expected: float


def allocate_randomly(
    works: Mapping[Any, int],
    reviewers: Mapping[Any, Load],
    *,
    cap: float,
    rng: np.random.Generator,
    conflicts: Iterable[Conflict] = (),
    affinity: Affinity | None = None,
    missing_affinity: float | None = None,
    balanced: bool = True,
) -> RandomAllocation:
    """Draw reviewers for works so that no pair occurs with more than a given probability.

    Parameters
    ----------
    works, reviewers, conflicts, affinity, missing_affinity
        As for `scoring.allocation.allocate`.
    cap
        The limit on each pair's probability, above 0 and at most 1. At .5 a reviewer who arranged everything to get one
        work still gets it at most every other time.
    rng
        Draws the allocation, and decides between equally good probabilities.
    balanced
        Whether the highest load is made as low as possible and then the lowest as high, in that order.

    Returns
    -------
    RandomAllocation
        Demand, loads and conflicts hold in every draw. The probabilities are chosen so that the worst pair that can
        occur is as good as possible, and then the expected total is the greatest, to 1e-6 of the affinity's range.

    Raises
    ------
    InvalidInput
        As for `allocate`; also for a cap outside (0, 1].
    AllocationInfeasible
        As for `allocate`, with the cap as part of the contradiction.
    NotConverged
        If the solver of linear programs gives up.

    Examples
    --------
    >>> loads = {name: Load() for name in "abcd"}
    >>> drawn = allocate_randomly({"w": 2}, loads, cap=0.5, rng=np.random.default_rng(1))
    >>> len(drawn.allocation.reviewers_of["w"]), sorted(drawn.probabilities.values())
    (2, [0.5, 0.5, 0.5, 0.5])
    """
    if not isinstance(cap, int | float | np.floating) or isinstance(cap, bool) or not 0 < cap <= 1:
        raise InvalidInput(f"is {cap!r}, not above 0 and at most 1", field="cap")
    check_rng(rng)
    instance = read_instance(
        works, reviewers, conflicts=conflicts, affinity=affinity, missing_affinity=missing_affinity
    )
    capped = _Capped(instance, float(cap))
    capped.refuse_impossible()
    if balanced:
        capped.balance()
    levels = np.unique(instance.affinity[instance.open])
    if len(levels):
        capped.keep(levels[highest(len(levels), lambda each: capped.fits(affinity=levels[each]))])
    probabilities = capped.best(rng)
    chosen = draw_pairs(probabilities, rng)
    possible = instance.pairs(probabilities > 0)
    return RandomAllocation(
        describe(instance, chosen, chosen, instance.demand > 1, proved=False),
        dict(zip(possible, probabilities[probabilities > 0].tolist(), strict=True)),
        float(cap),
        fsum((probabilities * instance.affinity).ravel().tolist()),
    )


class _Capped:
    """The linear program: a probability for each open pair, bounds on the sums of works and reviewers."""

    def __init__(self, instance: Instance, cap: float) -> None:
        self._instance = instance
        self._cap = cap
        self._options = instance.open
        self._low, self._high = instance.low, instance.high

    def refuse_impossible(self) -> None:
        """Raise `AllocationInfeasible` if demand or minima cannot be met; each is asked by itself, as in `flow`."""
        instance, cap, demand = self._instance, self._cap, self._instance.demand
        works = _flow(self._largest(demand, self._high).T, self._options.T, demand, self._high, cap)
        minima = _flow(self._largest(demand, self._low), self._options, self._low, demand, cap)
        shortages = reviewer_shortages(instance, minima, self._low, demand, cap=cap)
        shortages += work_shortages(instance, works, demand, self._high, cap=cap)
        if shortages:
            raise AllocationInfeasible(shortages)

    def balance(self) -> None:
        """Lower the highest load as far as possible, then raise the lowest."""
        total, least, most = int(self._instance.demand.sum()), self._low, self._high
        top = bottom = total // max(len(least), 1)
        while not self.fits(high=(high := np.minimum(most, np.maximum(top, least)))):
            top += 1
        self._high = high
        while not self.fits(low=(low := np.maximum(least, np.minimum(bottom, high)))):
            bottom -= 1
        self._low = low

    def fits(self, *, low: IntRow | None = None, high: IntRow | None = None, affinity: float = -np.inf) -> bool:
        """Tell whether demand can be met within other loads, or by pairs of at least some affinity."""
        loads = self._low if low is None else low, self._high if high is None else high
        needs = self._instance.demand, self._instance.demand
        program = Program(self._options & (self._instance.affinity >= affinity), most=self._cap, whole=False)
        nothing = np.zeros(self._options.shape)
        return program.maximise(nothing, [program.sums(loads, needs, placed=None)]).values is not None

    def keep(self, affinity: float) -> None:
        """Leave out pairs of less affinity."""
        self._options = self._options & (self._instance.affinity >= affinity)

    def best(self, rng: np.random.Generator) -> Weights:
        """Give the probabilities of the greatest expected total."""
        instance = self._instance
        gain = objective(self._options, scale(instance.affinity, int(instance.demand.sum()), rng))
        bounds = (self._low, self._high), (instance.demand, instance.demand)
        return np.clip(self._solved(gain, bounds), 0.0, self._cap)

    def _largest(self, need: IntRow, high: IntRow) -> Weights:
        """Place as much probability as needs and loads let in."""
        gain = np.ones(self._options.shape)
        return self._solved(gain, ((np.zeros_like(high), high), (np.zeros_like(need), need)))

    def _solved(self, gain: Weights, bounds: tuple[tuple[IntRow, IntRow], tuple[IntRow, IntRow]]) -> Weights:
        program = Program(self._options, most=self._cap, whole=False)
        values = program.maximise(gain, [program.sums(*bounds, placed=None)]).values
        if values is None:  # the bounds were found to fit, so only the solver's tolerance can fail
            raise NotConverged("the probabilities of the pairs", iterations=1, gap=TOLERANCE)
        return program.grid(values)


def _flow(placed: Weights, options: Grid, need: IntRow, room: IntRow, cap: float) -> Flow:
    """Read off what is unmet, and everyone reached from there by pairs that could take more, or less."""
    unmet = need - placed.sum(axis=1)
    sources = unmet > TOLERANCE
    sinks = np.zeros(len(room), dtype=bool)
    while True:
        reached = (sources[:, None] & options & (placed < cap - TOLERANCE)).any(axis=0)
        back = (reached & (placed > TOLERANCE)).any(axis=1)
        if (reached <= sinks).all() and (back <= sources).all():
            break
        sources, sinks = sources | back, sinks | reached
    return Flow(
        tuple(ceil(each) for each in np.maximum(unmet - TOLERANCE, 0.0).tolist()),
        frozenset(np.flatnonzero(sources).tolist()),
        frozenset(np.flatnonzero(sinks).tolist()),
    )
