"""How many reviews can be placed at all, and what stands in the way: a maximum flow and its minimum cut.

Both directions are asked: can all works get what they need within the reviewers' maxima, and can all reviewers get
their minima within the works' needs? If both hold, one allocation does both (Mendelsohn and Dulmage 1958, for degrees
instead of single edges: an augmenting path never lowers the degree of a node it passes).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.allocation.instance import Grid, IntRow

__all__ = ["Flow", "place"]


@dataclass(frozen=True, slots=True)
class Flow:
    """A largest placement from sources (each needing so many) to sinks (each taking so many), one unit a pair.

    Parameters
    ----------
    unmet
        What each source still needs.
    cut_sources, cut_sinks
        The contradiction where something is unmet: the smallest set of sources that together need more than they can
        get, with the sinks that they fill up. Empty where nothing is unmet.
    """

    unmet: tuple[int, ...]
    cut_sources: frozenset[int]
    cut_sinks: frozenset[int]

    @property
    def complete(self) -> bool:
        """Whether every source got what it needs."""
        return not any(self.unmet)


def place(options: Grid, need: IntRow, room: IntRow) -> Flow:
    """Place as much as possible by augmenting paths.

    Parameters
    ----------
    options : (sources, sinks) bool
        Which source may use which sink, once.
    need : (sources,) whole numbers
        Below 0 counts as 0.
    room : (sinks,) whole numbers
        Below 0 counts as 0.
    """
    search = _Search(options, need, room)
    for source in range(len(search.unmet)):
        while search.unmet[source] and search.augment([source]) is None:
            pass
    hungry = [source for source, unmet in enumerate(search.unmet) if unmet]
    cut = search.augment(hungry) if hungry else None
    sources, sinks = cut or ((), ())
    return Flow(tuple(search.unmet), frozenset(sources), frozenset(sinks))


class _Search:
    """The placement so far."""

    def __init__(self, options: Grid, need: IntRow, room: IntRow) -> None:
        self.unmet: list[int] = np.maximum(need, 0).tolist()
        self._room: list[int] = np.maximum(room, 0).tolist()
        self._sinks = [np.flatnonzero(row).tolist() for row in options]
        self._users: list[set[int]] = [set() for _ in self._room]

    def augment(self, roots: list[int]) -> tuple[set[int], set[int]] | None:
        """Place one more unit of one of the roots; if that cannot be, return every source and sink reached."""
        seen, queue = set(roots), list(roots)
        taken_from: dict[int, int] = {}
        came_from: dict[int, int] = {}
        for source in queue:
            for sink in self._sinks[source]:
                if sink in came_from or source in self._users[sink]:
                    continue
                came_from[sink] = source
                if self._room[sink]:
                    self._apply(sink, came_from, taken_from)
                    return None
                for user in self._users[sink] - seen:
                    taken_from[user] = sink
                    queue.append(user)
                seen |= self._users[sink]
        return seen, set(came_from)

    def _apply(self, last: int, came_from: dict[int, int], taken_from: dict[int, int]) -> None:
        self._room[last] -= 1
        sink: int | None = last
        while sink is not None:
            source = came_from[sink]
            self._users[sink].add(source)
            sink = taken_from.get(source)
            if sink is None:
                self.unmet[source] -= 1
            else:
                self._users[sink].remove(source)
