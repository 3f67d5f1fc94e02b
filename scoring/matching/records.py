"""What goes into a matching and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from scoring.ids import Id

if TYPE_CHECKING:
    from scoring.matching.certificate import Certificate
    from scoring.matching.market import Market

__all__ = ["Conflict", "Lottery", "Matching", "Method", "Preference", "Preferences", "Project", "Rankings"]

Preference: TypeAlias = "Sequence[Id | tuple[Id, ...]]"
"""One person's list, best first; those in a nested tuple stand equal: ``["petrov", ("orlova", "kim")]``."""

# A Mapping is invariant in its key, so `Mapping[Id, ...]` would refuse a plain dict[str, ...].
Preferences: TypeAlias = Mapping[Any, Preference]
Rankings: TypeAlias = Mapping[Any, "Preference | None"]


class Method(StrEnum):
    """How a stable matching is chosen where there are several."""

    PARTICIPANTS_PROPOSE = "participants_propose"
    """Deferred acceptance, best for every participant at once; truthful lists are safe for participants."""
    MENTORS_PROPOSE = "mentors_propose"
    """Deferred acceptance from the other side: best for the mentors, and worst for every participant."""
    MAX_SIZE = "max_size"
    """Kiraly's algorithm: uses ties to seat at least two thirds of what is possible. Truthful lists are not safe."""
    MAX_SIZE_EXACT = "max_size_exact"
    """The most people that any stable matching seats, proved by integer programming; up to 200 people."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A pair that must not be matched, whatever the two wish.

    Parameters
    ----------
    participant, mentor
        The pair; for projects, the student and the lecturer.
    reason
        Why, as a code or a phrase (``"kin"``, ``"same school"``); shown to the participant.
    """

    participant: Id
    mentor: Id
    reason: str


@dataclass(frozen=True, slots=True)
class Lottery:
    """The numbers that broke ties; the lower one goes first. Stored with a result, they replay it.

    Parameters
    ----------
    participants, mentors
        Each side's numbers: a permutation of 1, 2, ..., one number a person for all lists they stand in. One number
        for all lists seats participants better than a new draw for each list does (Abdulkadiroglu, Pathak and Roth
        2009), and is easier to check.
    """

    participants: Mapping[Id, int]
    mentors: Mapping[Id, int]


@dataclass(frozen=True, slots=True)
class Project:
    """A project that a lecturer (in this programme: a mentor) offers, and how many students it takes."""

    lecturer: Id
    capacity: int = 1


@dataclass(frozen=True, slots=True)
class Matching:
    """A stable matching with what is needed to check, explain and replay it.

    Parameters
    ----------
    method
        How it was chosen.
    pairs
        Mentor of each matched participant.
    unmatched
        Participants without a mentor, in order of their ids.
    mentees
        For every mentor, those accepted, in the mentor's own order.
    certificate
        What the independent checker found; `scoring.matching.certify` repeats it from the lists.
    market
        The lists as they were read, with the lottery and the conflicts that were removed.
    """

    method: Method
    pairs: Mapping[Id, Id]
    unmatched: tuple[Id, ...]
    mentees: Mapping[Id, tuple[Id, ...]]
    certificate: Certificate
    market: Market

    @property
    def lottery(self) -> Lottery | None:
        """The numbers that broke ties; None where no lottery was asked for."""
        return self.market.lottery
