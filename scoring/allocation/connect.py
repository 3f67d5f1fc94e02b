"""Connecting the graph of reviews at the least price.

First exchanges that cost nothing: two reviews of different parts swap their reviewers. If that is not enough, an
integer program finds the best of all connected choices: wherever its answer falls apart (or hangs by one review), a row
is added that asks for one more review (two) across that gap, and it is solved again (G. Dantzig, R. Fulkerson and
S. Johnson 1954, for tours).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.allocation.graph import bridges, parts
from scoring.allocation.instance import Grid
from scoring.allocation.mincost import IntGrid, Scaled
from scoring.allocation.program import Answer, Bounded, Program, objective
from scoring.allocation.targets import Targets

__all__ = ["MAX_ROUNDS", "Aims", "Gaps", "Outcome", "connect_exactly", "connect_freely", "gaps"]

MAX_ROUNDS = 100
"""Times the program is solved anew before the search for a connected choice is given up."""

Side = tuple[frozenset[int], frozenset[int]]
"""(reviewers, works) on one side of a gap."""


@dataclass(frozen=True, slots=True)
class Aims:
    """What is asked of the graph.

    Parameters
    ----------
    fixed : (reviewers, works) bool
        Pairs that are there anyway.
    counted : (works,) bool
        Works that are to be compared; those that need no review are not.
    firm : (works,) bool
        Works sure of two reviews, which no single review needs to hold.
    bridgeless
        Whether single reviews between such works are to be avoided.
    """

    fixed: Grid
    counted: Grid
    firm: Grid
    bridgeless: bool


@dataclass(frozen=True, slots=True)
class Gaps:
    """Where a choice falls apart, and where it hangs by one review.

    Parameters
    ----------
    apart
        One side for each part, if there are several.
    hanging
        One side for each bridge between works.
    """

    apart: tuple[Side, ...]
    hanging: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the search for a better connected choice found.

    Parameters
    ----------
    chosen
        The best one; None if no connected choice was found.
    proved
        Whether it is certain that there is no better connected one.
    """

    chosen: Grid | None
    proved: bool


def gaps(graph: Grid, aims: Aims) -> Gaps:
    """Find the gaps of a graph of (reviewers, works)."""
    counted = aims.counted
    sides = [
        (frozenset(reviewers), frozenset(works)) for reviewers, works in parts(graph) if counted[list(works)].any()
    ]
    hanging = tuple((each.reviewers, each.works) for each in bridges(graph, aims.firm) if each.splits_works)
    return Gaps(tuple(sides) if len(sides) > 1 else (), hanging)


def connect_freely(chosen: Grid, options: Grid, steps: IntGrid, aims: Aims) -> Grid:
    """Join parts by exchanges that leave needs, loads and the total as they are.

    Parameters
    ----------
    chosen, options : (reviewers, works) bool
        Pairs chosen, and pairs to choose from.
    steps : (reviewers, works) int64
        Affinity.
    aims
        What is to be connected.

    Returns
    -------
    (reviewers, works) bool
        A choice in as few parts as such exchanges can reach, one by one.
    """
    chosen = chosen.copy()
    while gaps(chosen | aims.fixed, aims).apart:
        exchange = _free_exchange(chosen, options & ~chosen, steps, aims.fixed)
        if exchange is None:
            break
        (one, first), (other, second) = exchange
        chosen[[one, other], [first, second]] = False
        chosen[[one, other], [second, first]] = True
    return chosen


def _free_exchange(
    chosen: Grid, addable: Grid, steps: IntGrid, fixed: Grid
) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Find two reviews of different parts whose exchange joins the parts and costs nothing; small parts first.

    One of the two has to be a review that its own part can do without, or the exchange would only deal the halves anew.
    """
    graph = chosen | fixed
    part_of = np.zeros(graph.shape[1], dtype=np.int64)
    for number, (_, members) in enumerate(parts(graph)):
        part_of[list(members)] = number
    spare = chosen.copy()
    for bridge in bridges(graph, np.ones(graph.shape[1], dtype=bool)):
        spare[bridge.edge] = False
    reviewers, works = np.nonzero(chosen)
    part = part_of[works]
    for number in np.argsort(np.bincount(part), kind="stable").tolist():
        mine, others = np.flatnonzero(part == number), np.flatnonzero(part != number)
        one, other = (reviewers[mine][:, None], works[mine][:, None]), (reviewers[others], works[others])
        good = addable[one[0], other[1]] & addable[other[0], one[1]] & (spare[one] | spare[other])
        good &= steps[one[0], other[1]] + steps[other[0], one[1]] == steps[one] + steps[other]
        if good.any():
            row, column = np.argwhere(good)[0].tolist()
            first, second = mine[row], others[column]
            return (int(reviewers[first]), int(works[first])), (int(reviewers[second]), int(works[second]))
    return None


def connect_exactly(options: Grid, scaled: Scaled, targets: Targets, aims: Aims, *, start: Grid) -> Outcome:
    """Find the choice with the greatest total among the connected ones, without bridges if that is possible.

    Parameters
    ----------
    options : (reviewers, works) bool
        Pairs to choose from.
    scaled
        Affinity. Where it is the same for all pairs, its noise chooses.
    targets
        Bounds of the choice.
    aims
        What is to be connected, and how firmly.
    start : (reviewers, works) bool
        The best choice without a thought for the graph.

    Returns
    -------
    Outcome
        The total is exact to 1e-6 of the affinity's range.
    """
    search = _Search(options, scaled, targets, aims.fixed)
    connected: Grid | None = None
    chosen = start
    for _ in range(MAX_ROUNDS):
        found = gaps(chosen | aims.fixed, aims)
        if found.apart:
            search.ask(found.apart, 1)
        else:
            connected = chosen if connected is None else connected
            if not (aims.bridgeless and found.hanging):
                return Outcome(chosen, proved=True)
            search.ask(found.hanging, 2)
        answer = search.best()
        if answer.values is None:
            return Outcome(connected, answer.final)
        chosen = search.program.grid(answer.values) > 0.5
    return Outcome(connected, proved=False)


class _Search:
    """The integer program, growing by a row for each gap met."""

    def __init__(self, options: Grid, scaled: Scaled, targets: Targets, fixed: Grid) -> None:
        self.program = Program(options)
        self._gain = objective(options, scaled)
        self._bounds = [self.program.sums(targets.limits(), (targets.floor, targets.need), targets.placed)]
        if targets.profile and targets.profile[-1] - targets.profile[0] > 1:
            self._bounds.append(self.program.even(targets.done, targets.profile))
        self._fixed = fixed
        self._gaps: list[NDArray[np.bool_]] = []
        self._least: list[int] = []

    def ask(self, sides: Iterable[Side], least: int) -> None:
        """Ask for at least so many reviews across each gap, those that are there anyway included."""
        for side in sides:
            across = self._across(side)
            self._gaps.append(across[self.program.options])
            self._least.append(least - int((self._fixed & across).sum()))

    def _across(self, side: Side) -> Grid:
        marks = [
            np.isin(np.arange(count), list(members)) for count, members in zip(self._fixed.shape, side, strict=True)
        ]
        across: Grid = marks[0][:, None] != marks[1]
        return across

    def best(self) -> Answer:
        """Find the best choice that crosses all gaps asked for."""
        from scipy.sparse import csr_array

        least = np.array(self._least, dtype=float)
        crossing = Bounded(csr_array(np.array(self._gaps, dtype=float)), least, np.full(len(least), np.inf))
        return self.program.maximise(self._gain, [*self._bounds, crossing])
