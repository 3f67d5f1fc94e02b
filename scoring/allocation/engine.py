"""`allocate` and `top_up`: who reviews what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from scoring.allocation.connect import Aims, connect_exactly, connect_freely, gaps
from scoring.allocation.instance import Affinity, Grid, Instance, read_instance, read_pairs
from scoring.allocation.mincost import Scaled, best_pairs, scale
from scoring.allocation.records import Allocation, Conflict, Connect, Load, Pair, TopUp
from scoring.allocation.result import describe
from scoring.allocation.targets import Targets, set_targets
from scoring.errors import InvalidInput, Problem
from scoring.ids import Id, check_rng

__all__ = ["allocate", "highest", "top_up"]


def allocate(
    works: Mapping[Any, int],
    reviewers: Mapping[Any, Load],
    *,
    rng: np.random.Generator,
    conflicts: Iterable[Conflict] = (),
    affinity: Affinity | None = None,
    missing_affinity: float | None = None,
    connect: Connect | str = Connect.BRIDGELESS,
    balanced: bool = True,
    shortfall: bool = False,
) -> Allocation:
    """Give reviewers to works.

    Parameters
    ----------
    works
        How many reviews each work needs, whole numbers from 0.
    reviewers
        How many reviews each reviewer writes, at least and at most.
    rng
        Breaks ties; the same state and input give the same allocation.
    conflicts
        Pairs that must not be.
    affinity
        How well a reviewer can judge a work, by (reviewer, work): finite numbers, more is better. None: all equally.
    missing_affinity
        The affinity of pairs that `affinity` does not name. None: every pair without a conflict must be named, for what
        is not known is not 0.
    connect
        What is asked of the graph of reviews.
    balanced
        Whether loads are made as even as possible before affinity is looked at.
    shortfall
        Whether works may get fewer reviews than they need where that cannot be helped.

    Returns
    -------
    Allocation
        The same whatever the order of rows. First all demands, loads and conflicts are met and loads are even; then, in
        this order: all works are connected, if that is possible; the worst-served work is served as well as possible;
        there is no bridge between works of two or more reviews, if that is possible; the total affinity is greatest. A
        work is served as well as its least suited reviewer suits it: the worst-served work is the one with the least
        affinity among its pairs.

    Raises
    ------
    InvalidInput
        With every problem found: numbers that are not whole or not finite, unknown ids, minima above maxima, an
        unknown `connect`.
    AllocationInfeasible
        If demand or minima cannot be met; names each group of works or reviewers that asks for more than exists.

    Notes
    -----
    With the worst-served work defined by its least suited reviewer both optima are exact: the first by a search over
    thresholds with a maximum flow each, the second by a minimum-cost flow. (By the sum of a work's affinities the first
    is NP-hard: Garg et al. 2010; Stelmakh, Shah and Singh 2019 approximate it.)

    Examples
    --------
    >>> loads = {"ann": Load(), "bob": Load(), "cyd": Load()}
    >>> own = [Conflict("ann", "a", "own work"), Conflict("bob", "b", "own work"), Conflict("cyd", "c", "own work")]
    >>> given = allocate({"a": 2, "b": 2, "c": 2}, loads, conflicts=own, rng=np.random.default_rng(1))
    >>> given.reviewers_of
    {'a': ('bob', 'cyd'), 'b': ('ann', 'cyd'), 'c': ('ann', 'bob')}
    >>> given.connection.value
    'bridgeless'
    """
    goal = _read_goal(connect)
    check_rng(rng)
    instance = read_instance(
        works, reviewers, conflicts=conflicts, affinity=affinity, missing_affinity=missing_affinity
    )
    return _solve(instance, rng, goal=goal, balanced=balanced, shortfall=shortfall)


def _read_goal(connect: Connect | str) -> Connect:
    try:
        return Connect(connect)
    except ValueError:
        raise InvalidInput(f"is {connect!r}; known are {', '.join(Connect)}", field="connect") from None


def _solve(
    instance: Instance, rng: np.random.Generator, *, goal: Connect, balanced: bool, shortfall: bool
) -> Allocation:
    targets, _ = set_targets(instance, shortfall=shortfall)
    if balanced:
        targets = targets.balanced(instance.open)
    scaled = scale(instance.affinity, int(targets.need.sum()), rng)
    levels = np.unique(instance.affinity[instance.open])

    def options(level: int) -> Grid:
        return instance.open & (instance.affinity >= levels[level]) if len(levels) else instance.open

    level = highest(len(levels), lambda each: targets.met_by(options(each)))
    apart = best_pairs(options(level), scaled.weights, targets)
    firm = instance.fixed.sum(axis=0) + targets.floor > 1
    if goal is Connect.NO_MATTER:
        return describe(instance, apart, apart, firm, proved=False)
    aims = Aims(instance.fixed, instance.demand > 0, firm, bridgeless=goal is Connect.BRIDGELESS)
    chosen, proved = _connected(targets, scaled, aims, apart, options=options, level=level)
    return describe(instance, chosen, apart, firm, proved=proved)


def highest(count: int, holds: Callable[[int], bool]) -> int:
    """Find the highest number below `count` for which a condition holds that holds for 0 and ends once."""
    low, high = 0, max(count - 1, 0)
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low


def _connected(
    targets: Targets, scaled: Scaled, aims: Aims, apart: Grid, *, options: Callable[[int], Grid], level: int
) -> tuple[Grid, bool]:
    """Connect the works at the highest level of service that allows it, at the least price; say if that is proved."""
    free = connect_freely(apart, options(level), scaled.steps, aims)
    found = gaps(free | aims.fixed, aims)
    enough = _enough_reviews(targets, aims)
    if not (found.apart and enough) and not (found.hanging and aims.bridgeless and not found.apart):
        return free, True
    proofs: list[bool] = []
    choices: dict[int, Grid | None] = {}

    def attempt(at: int) -> Grid | None:
        outcome = connect_exactly(options(at), scaled, targets, aims, start=free)
        proofs.append(outcome.proved)
        choices[at] = outcome.chosen
        return outcome.chosen

    reached = level
    if attempt(level) is None:
        reached = highest(level, lambda at: attempt(at) is not None)
    chosen = choices[reached] if reached in choices else attempt(reached)
    return (free if chosen is None else chosen), all(proofs)


def _enough_reviews(targets: Targets, aims: Aims) -> bool:
    """Tell whether there are enough reviews to hold all works together: a tree has one edge fewer than nodes."""
    fixed = aims.fixed.sum(axis=1)
    low, high = targets.limits()
    busy = (low > 0) | (fixed > 0)
    # Reviewers without a review are no nodes; of those who need not have one, the largest are asked first.
    rest = targets.placed - int(high[busy].sum())
    spare = np.sort(high[~busy])[::-1]
    more = int(np.searchsorted(np.cumsum(spare), rest)) + 1 if rest > 0 else 0
    return targets.placed + int(fixed.sum()) >= int(aims.counted.sum()) + int(busy.sum()) + more - 1


def top_up(
    before: Iterable[Pair],
    works: Mapping[Any, int],
    reviewers: Mapping[Any, Load],
    *,
    rng: np.random.Generator,
    done: Iterable[Pair] = (),
    conflicts: Iterable[Conflict] = (),
    affinity: Affinity | None = None,
    missing_affinity: float | None = None,
    connect: Connect | str = Connect.BRIDGELESS,
    balanced: bool = True,
    shortfall: bool = False,
) -> TopUp:
    """Repair an allocation after people or works dropped out, changing as little as possible.

    Parameters
    ----------
    before
        The pairs allocated so far. Pairs of people or works no longer taking part, and pairs in conflict, go.
    works, reviewers
        As they are now: whoever dropped out is left out, or, if some of their reviews are done, stays with
        ``Load(0, 0)``.
    rng
        Breaks ties.
    done
        Pairs whose review is written. They stay, count in demand and loads, and may exceed both.
    conflicts, affinity, missing_affinity, connect, balanced, shortfall
        As for `allocate`. Only added pairs are looked at; loads are balanced with what is kept counted in.

    Returns
    -------
    TopUp
        As many pairs of before are kept as any allocation within demand and loads can keep (all that may stay, as a
        rule). With these kept, the added ones are chosen as `allocate` chooses.

    Raises
    ------
    InvalidInput
        As for `allocate`; also if a pair that is done is in conflict or names someone who does not take part.
    AllocationInfeasible
        As for `allocate`.

    Examples
    --------
    >>> loads = {"bob": Load(), "cyd": Load(), "dan": Load()}
    >>> changed = top_up([("ann", "a"), ("bob", "b"), ("cyd", "c")], {"a": 1, "b": 1, "c": 1}, loads,
    ...                  rng=np.random.default_rng(1))
    >>> changed.added, changed.removed
    ((('dan', 'a'),), (('ann', 'a'),))
    """
    goal = _read_goal(connect)
    check_rng(rng)
    instance = read_instance(
        works, reviewers, conflicts=conflicts, affinity=affinity, missing_affinity=missing_affinity
    )
    old, written = read_pairs("before", before), read_pairs("done", done)
    _check_done(instance, written)
    staying = instance.grid(old | written) & instance.eligible
    instance = replace(instance, fixed=instance.grid(written))
    instance = replace(instance, fixed=_keep(instance, staying, rng, shortfall=shortfall))
    allocation = _solve(instance, rng, goal=goal, balanced=balanced, shortfall=shortfall)
    now = set(allocation.pairs)
    return TopUp(
        allocation,
        kept=tuple(each for each in allocation.pairs if each in old),
        added=tuple(each for each in allocation.pairs if each not in old),
        removed=tuple(sorted(old - now, key=_by_id)),
    )


def _by_id(pair: Pair) -> tuple[tuple[bool, Id], ...]:
    return tuple((isinstance(each, str), each) for each in pair)


def _check_done(instance: Instance, done: set[Pair]) -> None:
    problems = []
    allowed = set(instance.pairs(instance.eligible))
    for reviewer, work in sorted(done - allowed, key=str):
        if reviewer in instance.reviewers and work in instance.works:
            problems.append(Problem(f"done[{reviewer}, {work}]", "is a pair in conflict", "take the review out first"))
        else:
            advice = "keep a reviewer who left with Load(0, 0)"
            problems.append(Problem(f"done[{reviewer}, {work}]", "names someone who does not take part", advice))
    if problems:
        raise InvalidInput(problems=problems)


def _keep(instance: Instance, staying: Grid, rng: np.random.Generator, *, shortfall: bool) -> Grid:
    """Choose which of the old pairs stay: all if that leaves a solution, else as many as any solution has.

    Raises
    ------
    AllocationInfeasible
        If there is no solution whatever is kept.
    """
    targets, _ = set_targets(instance, shortfall=shortfall)
    full = replace(instance, fixed=staying)
    extra = staying & ~instance.fixed
    within = (extra.sum(axis=0) <= targets.need).all() and (extra.sum(axis=1) <= targets.high).all()
    rest = replace(
        targets,
        need=targets.need - extra.sum(axis=0),
        floor=np.maximum(targets.floor - extra.sum(axis=0), 0),
        low=np.maximum(targets.low - extra.sum(axis=1), 0),
        high=targets.high - extra.sum(axis=1),
        done=targets.done + extra.sum(axis=1),
    )
    if within and rest.met_by(full.open):
        return staying
    scaled = scale(extra.astype(float), int(targets.need.sum()), rng)
    return instance.fixed | (best_pairs(instance.open, scaled.weights, targets) & extra)
