"""Why an allocation cannot be: the minimum cut, as facts (`scoring.allocation.words` has the sentences).

A cut is the smallest group that asks for more than exists: works that need more reviews than the reviewers open to them
may write, or reviewers whose minima are more than the works open to them take.
"""

from __future__ import annotations

import numpy as np

from scoring.allocation.flow import Flow
from scoring.allocation.instance import Grid, Instance, IntRow
from scoring.allocation.records import Shortage, ShortageKind
from scoring.allocation.words import render_shortage
from scoring.errors import Infeasible
from scoring.ids import Id
from scoring.language import Language

__all__ = ["AllocationInfeasible", "reviewer_shortages", "work_shortages"]


class AllocationInfeasible(Infeasible):
    """Works or reviewers ask for more than exists.

    Parameters
    ----------
    shortages
        Every group that does, as facts; the message says the same in English, `render_shortage` in Russian too.
    """

    def __init__(self, shortages: tuple[Shortage, ...]) -> None:
        self.shortages = shortages
        cut = [str(each) for one in shortages for each in one.asking]
        super().__init__("\n".join(render_shortage(each, Language.EN) for each in shortages), cut=cut)


def work_shortages(
    instance: Instance, flow: Flow, need: IntRow, high: IntRow, *, cap: float | None = None
) -> tuple[Shortage, ...]:
    """Explain what works are short of, one shortage for each separate group."""
    return tuple(
        Shortage(
            ShortageKind.WORKS,
            works=tuple(instance.works[each] for each in group),
            reviewers=_named(instance.reviewers, instance.open[:, group].sum(axis=1)),
            needed=int(need[group].sum()),
            available=_available(instance.open.T, group, flow.cut_sinks, high, cap),
            conflicts=int((~instance.eligible[:, group]).sum()),
            cap=cap,
        )
        for group in _groups(instance.open.T, flow)
    )


def reviewer_shortages(
    instance: Instance, flow: Flow, low: IntRow, need: IntRow, *, cap: float | None = None
) -> tuple[Shortage, ...]:
    """Explain which minima cannot be reached, one shortage for each separate group."""
    return tuple(
        Shortage(
            ShortageKind.REVIEWERS,
            works=_named(instance.works, instance.open[group].sum(axis=0)),
            reviewers=tuple(instance.reviewers[each] for each in group),
            needed=int(low[group].sum()),
            available=_available(instance.open, group, flow.cut_sinks, need, cap),
            conflicts=int((~instance.eligible[group]).sum()),
            cap=cap,
        )
        for group in _groups(instance.open, flow)
    )


def _named(ids: tuple[Id, ...], pairs: IntRow) -> tuple[Id, ...]:
    return tuple(ids[number] for number in np.flatnonzero(pairs).tolist())


def _groups(options: Grid, flow: Flow) -> list[list[int]]:
    """Split the sources of a cut into groups that share neither a filled sink nor the same options."""
    groups: list[list[int]] = []
    left, sinks = sorted(flow.cut_sources), sorted(flow.cut_sinks)
    while left:
        group: list[int] = []
        grown = left[:1]
        while len(grown) > len(group):
            group = grown
            reached = options[np.ix_(group, sinks)].any(axis=0)
            grown = [each for each in left if each in group or (options[each, sinks] & reached).any()]
        groups.append(group)
        left = [each for each in left if each not in group]
    return _merged(options, groups)


def _merged(options: Grid, groups: list[list[int]]) -> list[list[int]]:
    """Join groups with the same options: "these 4 works have only 2 eligible reviewers", not four times one work."""
    alike: dict[bytes, list[int]] = {}
    for group in groups:
        alike.setdefault(options[group].any(axis=0).tobytes(), []).extend(group)
    return [sorted(group) for group in alike.values()]


def _available(options: Grid, group: list[int], full: frozenset[int], room: IntRow, cap: float | None) -> float:
    """Add up what filled sinks take and the pairs with all others, each as much as its probability may be."""
    edges = options[group].sum(axis=0)
    filled = sum(int(room[sink]) for sink in np.flatnonzero(edges).tolist() if sink in full)
    others = int(edges.sum()) - sum(int(edges[sink]) for sink in full)
    return filled + (others if cap is None else cap * others)
