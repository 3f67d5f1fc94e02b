"""What goes into an allocation and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from scoring.ids import Id

__all__ = ["Allocation", "Conflict", "Connect", "Connection", "Load", "Pair", "Shortage", "ShortageKind", "TopUp"]

Pair: TypeAlias = tuple[Id, Id]
"""(reviewer, work)."""


@dataclass(frozen=True, slots=True)
class Load:
    """How many reviews one reviewer writes.

    Parameters
    ----------
    minimum
        At least so many; a whole number from 0.
    maximum
        At most so many; None for no limit but the number of works.
    """

    minimum: int = 0
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A reviewer who must not review a work.

    Parameters
    ----------
    reviewer, work
        The pair.
    reason
        Why, as a code or a phrase (``"own work"``, ``"same school"``).
    """

    reviewer: Id
    work: Id
    reason: str


class Connect(StrEnum):
    """What is asked of the graph whose edges are the reviews.

    Works in different connected parts cannot be compared once reviewers differ in severity. A bridge is a single review
    on which the comparison of two groups of works hangs.
    """

    BRIDGELESS = "bridgeless"
    """Connected, and without a bridge if that is possible."""
    CONNECTED = "connected"
    NO_MATTER = "no_matter"


class Connection(StrEnum):
    """What became of the graph."""

    BRIDGELESS = "bridgeless"
    CONNECTED = "connected"
    """Connected, with bridges."""
    APART = "apart"
    """In several parts."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """Who reviews what.

    Parameters
    ----------
    reviewers_of, works_of
        The pairs, by work and by reviewer; each group in order of ids.
    missing
        Reviews short of the demand, by work; empty unless a shortfall was allowed and there is one.
    worst
        The least affinity of any new pair: how the worst-served work is served. None without new pairs or affinity.
    total
        Sum of the affinity of all new pairs; 0 without.
    total_apart
        The most that `total` could be with the same loads if the graph did not matter.
    worst_apart
        Likewise for `worst`.
    parts
        Works by connected part of the graph, the largest first.
    bridges
        Pairs whose review alone holds two groups of works together, in order of ids. Works that get a single review
        hang on it whatever is done, and are not counted.
    proved
        Whether it is certain that the graph cannot be better connected. False where the search for a better one ran
        into its limit of steps, or none was asked for and the graph is not bridgeless by luck.
    """

    reviewers_of: Mapping[Id, tuple[Id, ...]]
    works_of: Mapping[Id, tuple[Id, ...]]
    missing: Mapping[Id, int]
    worst: float | None
    total: float
    total_apart: float
    worst_apart: float | None
    parts: tuple[tuple[Id, ...], ...]
    bridges: tuple[Pair, ...]
    proved: bool

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """All pairs, by reviewer and work in order of ids."""
        return tuple((reviewer, work) for reviewer, works in self.works_of.items() for work in works)

    @property
    def connection(self) -> Connection:
        """Whether all works hang together, and how firmly."""
        if len(self.parts) > 1:
            return Connection.APART
        return Connection.CONNECTED if self.bridges else Connection.BRIDGELESS

    @property
    def price(self) -> float:
        """How much of the total the connection cost; below 0 where it allowed weaker pairs, and the total gained."""
        return self.total_apart - self.total


@dataclass(frozen=True, slots=True)
class TopUp:
    """An allocation after people or works dropped out, held against the one before.

    Parameters
    ----------
    allocation
        Who reviews what now. Its `worst` and totals are about the added pairs.
    kept, added, removed
        The pairs of before that stay, the new ones, and those of before that go; in order of ids.
    """

    allocation: Allocation
    kept: tuple[Pair, ...]
    added: tuple[Pair, ...]
    removed: tuple[Pair, ...]


class ShortageKind(StrEnum):
    """Which side asks for too much."""

    WORKS = "works"
    """These works need more reviews than there are for them."""
    REVIEWERS = "reviewers"
    """These reviewers must write more reviews than there are works for them."""


@dataclass(frozen=True, slots=True)
class Shortage:
    """One group that asks for more than exists.

    Parameters
    ----------
    kind
        Which side asks.
    works, reviewers
        The group that asks, and everyone on the other side who is open to at least one of it; in order of ids.
    needed
        Reviews the group asks for together.
    available
        The most it can get.
    conflicts
        Pairs between the group and the other side that conflicts of interest exclude.
    cap
        The limit on each pair's probability that was part of the contradiction; None without one.
    """

    kind: ShortageKind
    works: tuple[Id, ...]
    reviewers: tuple[Id, ...]
    needed: int
    available: float
    conflicts: int
    cap: float | None = None

    @property
    def asking(self) -> tuple[Id, ...]:
        """The group that asks for too much."""
        return self.works if self.kind is ShortageKind.WORKS else self.reviewers
