"""From chosen pairs to what the caller reads."""

from __future__ import annotations

from math import fsum

import numpy as np

from scoring.allocation.graph import bridges, parts
from scoring.allocation.instance import Grid, Instance
from scoring.allocation.records import Allocation
from scoring.ids import Id

__all__ = ["describe"]


def describe(instance: Instance, chosen: Grid, apart: Grid, firm: Grid, *, proved: bool) -> Allocation:
    """Name the pairs and say what they are worth.

    Parameters
    ----------
    instance
        The problem.
    chosen, apart : (reviewers, works) bool
        The new pairs, and the best ones without a thought for the graph.
    firm : (works,) bool
        Works sure of two reviews; bridges are told between these.
    proved
        Whether the graph cannot be better connected; a bridgeless one cannot in any case.
    """
    graph = chosen | instance.fixed
    by_work: dict[Id, list[Id]] = {work: [] for work in instance.works}
    by_reviewer: dict[Id, list[Id]] = {reviewer: [] for reviewer in instance.reviewers}
    for reviewer, work in instance.pairs(graph):
        by_work[work].append(reviewer)
        by_reviewer[reviewer].append(work)
    short = np.maximum(instance.demand - graph.sum(axis=0), 0).tolist()
    worst, total = _service(instance, chosen)
    worst_apart, total_apart = _service(instance, apart)
    groups, hanging = _parts(instance, graph), _hanging(graph, firm)
    return Allocation(
        reviewers_of={work: tuple(each) for work, each in by_work.items()},
        works_of={reviewer: tuple(each) for reviewer, each in by_reviewer.items()},
        missing={work: missing for work, missing in zip(instance.works, short, strict=True) if missing},
        worst=worst,
        total=total,
        total_apart=total_apart,
        worst_apart=worst_apart,
        parts=groups,
        bridges=tuple(instance.pairs(hanging)),
        proved=proved or (len(groups) <= 1 and not hanging.any()),
    )


def _service(instance: Instance, chosen: Grid) -> tuple[float | None, float]:
    values = instance.affinity[chosen].tolist()
    return (min(values, default=None) if instance.rated else None), fsum(values)


def _parts(instance: Instance, graph: Grid) -> tuple[tuple[Id, ...], ...]:
    """Name the connected parts of the works that need reviews, the largest first, then by their first work."""
    groups = [sorted(work for work in works if instance.demand[work]) for _, works in parts(graph)]
    groups = sorted((group for group in groups if group), key=lambda group: (-len(group), group[0]))
    return tuple(tuple(instance.works[each] for each in group) for group in groups)


def _hanging(graph: Grid, firm: Grid) -> Grid:
    """Mark the bridges between firm works."""
    hanging = np.zeros_like(graph)
    for bridge in bridges(graph, firm):
        hanging[bridge.edge] = bridge.splits_works
    return hanging
