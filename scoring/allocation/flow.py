"""How many reviews can be placed at all, and what stands in the way: a maximum flow and its minimum cut.

Both directions are asked: can all works get what they need within the reviewers' maxima, and can all reviewers get
their minima within the works' needs? If both hold, one allocation does both (Mendelsohn and Dulmage 1958, for degrees
instead of single edges: an augmenting path never lowers the degree of a node it passes).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.allocation.instance import Grid, IntRow

__all__ = ["Flow", "place", "place_in_stages"]


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
    room : (sinks,) whole numbers
    """
    search = _Search(options)
    search.need(need)
    search.open(room)
    search.fill()
    hungry = [source for source, unmet in enumerate(search.unmet) if unmet]
    cut = search.augment(hungry) if hungry else None
    sources, sinks = cut or ((), ())
    return Flow(tuple(search.unmet), frozenset(sources), frozenset(sinks))


def place_in_stages(options: Grid, needs: Sequence[IntRow], rooms: Sequence[IntRow]) -> tuple[list[IntRow], IntRow]:
    """Place as much as possible, what comes first in the sequences first.

    Parameters
    ----------
    options : (sources, sinks) bool
    needs : sequence of (sources,) whole numbers
        What sources need at each stage, each stage no less than the one before.
    rooms : sequence of (sinks,) whole numbers
        What sinks take at each stage, likewise. All rooms are gone through for each stage of the needs.

    Returns
    -------
    unmet : list of (sources,) int64
        What is left of the need after each of its stages.
    taken : (sinks,) int64
        What each sink got. No other placement of as much fills the earlier stages more: paths to what opened earlier
        cost less, and shortest paths come in order of cost.
    """
    search = _Search(options)
    left = []
    for need in needs:
        search.need(need)
        for room in rooms:
            if any(search.unmet):
                search.open(room)
                search.fill()
        left.append(np.array(search.unmet, dtype=np.int64))
    return left, search.taken()


class _Search:
    """The placement so far."""

    def __init__(self, options: Grid) -> None:
        self.unmet = [0] * options.shape[0]
        self._asked = np.zeros(options.shape[0], dtype=np.int64)
        self._room = [0] * options.shape[1]
        self._sinks = [np.flatnonzero(row).tolist() for row in options]
        self._users: list[set[int]] = [set() for _ in self._room]

    def need(self, need: IntRow) -> None:
        """Let sources need so much in all."""
        more = (need - self._asked).tolist()
        self.unmet = [unmet + each for unmet, each in zip(self.unmet, more, strict=True)]
        self._asked = need

    def open(self, room: IntRow) -> None:
        """Let sinks take so much in all."""
        self._room = (room - self.taken()).tolist()

    def taken(self) -> IntRow:
        """Count what each sink got."""
        return np.array([len(users) for users in self._users], dtype=np.int64)

    def fill(self) -> None:
        """Place as much as needs and rooms let in."""
        dead: set[int] = set()  # from a sink that led nowhere once, no way leads anywhere until rooms grow
        for source in range(len(self.unmet)):
            reached = None
            while self.unmet[source] and reached is None:
                reached = self.augment([source], dead)
            dead |= reached[1] if reached else set()

    def augment(self, roots: list[int], dead: Collection[int] = ()) -> tuple[set[int], set[int]] | None:
        """Place one more unit of one of the roots; if that cannot be, return every source and sink reached."""
        seen, queue = set(roots), list(roots)
        taken_from: dict[int, int] = {}
        came_from: dict[int, int] = {}
        for source in queue:
            for sink in self._sinks[source]:
                if sink in came_from or sink in dead or source in self._users[sink]:
                    continue
                came_from[sink] = source
                if self._room[sink] > 0:
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
