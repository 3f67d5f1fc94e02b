"""What a place means for the gate: who is within the places, who shares the last one, who waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from bridge.rating.service import Line
from scoring.rating import Standing

__all__ = ["Outcome", "outcomes"]


class Outcome(StrEnum):
    RECOMMENDED = "recommended"
    TIED = "tied"
    """On the last place together with more people than there are places: the commission decides."""
    WAITING = "waiting"
    PENDING = "pending"
    WITHDRAWN = "withdrawn"


_UNRANKED = {
    Standing.PENDING: Outcome.PENDING,
    Standing.UNRATED: Outcome.PENDING,
    Standing.WITHDRAWN: Outcome.WITHDRAWN,
}


def outcomes(lines: Sequence[Line], places: int) -> Mapping[str, Outcome]:
    """The outcome of every person by uid, where ``places`` pass.

    A place that is shared across the border recommends nobody on it: those people are told apart by the commission.
    """
    ranks = [line.rating.rank for line in lines if line.rating.rank is not None]
    return {line.member.uid: _outcome(line, ranks, places) for line in lines}


def _outcome(line: Line, ranks: Sequence[int], places: int) -> Outcome:
    rank = line.rating.rank
    if rank is None:
        return _UNRANKED[line.rating.standing]
    if rank > places:
        return Outcome.WAITING
    last_of_them = rank + ranks.count(rank) - 1
    return Outcome.RECOMMENDED if last_of_them <= places else Outcome.TIED
