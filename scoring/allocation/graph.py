"""The graph whose edges are the reviews: its connected parts, and its bridges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from scoring.allocation.instance import Grid, IntRow

__all__ = ["Bridge", "Edge", "bridges", "parts"]

Edge = tuple[int, int]
"""(reviewer, work), as row and column."""


def parts(chosen: Grid) -> list[tuple[set[int], set[int]]]:
    """Split reviewers and works into connected parts.

    Parameters
    ----------
    chosen : (reviewers, works) bool

    Returns
    -------
    list of (reviewers, works)
        Every work is in one part, alone if it has no review. Reviewers without a work are in none.
    """
    neighbours = _neighbours(chosen)
    count = chosen.shape[0]
    found, seen = [], set[int]()
    for start in range(count, sum(chosen.shape)):
        if start in seen:
            continue
        part, queue = {start}, [start]
        for node in queue:
            fresh = [each for each in neighbours[node] if each not in part]
            part.update(fresh)
            queue += fresh
        seen |= part
        found.append(({each for each in part if each < count}, {each - count for each in part if each >= count}))
    return found


def _neighbours(chosen: Grid) -> list[list[int]]:
    """List neighbours; works are numbered after the reviewers."""
    count = chosen.shape[0]
    of_reviewers = [(np.flatnonzero(row) + count).tolist() for row in chosen]
    return of_reviewers + [np.flatnonzero(column).tolist() for column in chosen.T]


@dataclass(frozen=True, slots=True)
class Bridge:
    """A review without which its part would fall into two.

    Parameters
    ----------
    edge
        The review.
    reviewers, works
        One of the two sides.
    splits_works
        Whether there are works on both sides that could hang together by more. If not, a reviewer of a single work
        hangs there, or a work of a single review, which no allocation can change.
    """

    edge: Edge
    reviewers: frozenset[int]
    works: frozenset[int]
    splits_works: bool


def bridges(chosen: Grid, firm: Grid) -> list[Bridge]:
    """Find all bridges.

    Parameters
    ----------
    chosen : (reviewers, works) bool
    firm : (works,) bool
        Works of two or more reviews.

    Notes
    -----
    R. E. Tarjan, "A note on finding the bridges of a graph" (1974), without recursion: a long chain of works must not
    hit the interpreter's limit.
    """
    neighbours, count = _neighbours(chosen), chosen.shape[0]
    order = np.full(len(neighbours), -1)
    found = []
    for reviewers, works in parts(chosen):
        for parent, child, below in _tree_bridges(neighbours, min(works) + count, order):
            edge = min(parent, child), max(parent, child) - count
            works_below = frozenset(each - count for each in below if each >= count)
            reviewers_below = frozenset(below & reviewers)
            inside, outside = list(works_below), list(works - works_below)
            splits = bool(firm[inside].any() and firm[outside].any())
            found.append(Bridge(edge, reviewers_below, works_below, splits))
    return found


def _tree_bridges(neighbours: list[list[int]], root: int, order: IntRow) -> Iterator[tuple[int, int, set[int]]]:
    """Search depth first from a root; give every bridge as (parent, child, everything below it)."""
    visited: list[int] = []
    lowest: dict[int, int] = {}
    stack: list[tuple[int, int, Iterator[int]]] = []

    def enter(node: int, parent: int) -> None:
        order[node] = lowest[node] = len(visited)
        visited.append(node)
        stack.append((node, parent, iter(neighbours[node])))

    enter(root, -1)
    while stack:
        node, parent, rest = stack[-1]
        for other in rest:
            if order[other] < 0:
                enter(other, node)
                break
            if other != parent:
                lowest[node] = min(lowest[node], int(order[other]))
        else:
            stack.pop()
            if parent >= 0:
                lowest[parent] = min(lowest[parent], lowest[node])
                if lowest[node] == order[node]:
                    yield parent, node, set(visited[int(order[node]) :])
