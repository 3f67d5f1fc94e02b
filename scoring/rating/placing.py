"""Places: competition ranking (1, 2, 2, 4) by total, then by the points of the tie terms, then a shared place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["Place", "TieStep", "places"]


@dataclass(frozen=True, slots=True)
class TieStep:
    """One tie rule at work on one person.

    Parameters
    ----------
    id
        The term or bonus whose points were compared.
    still_tied
        How many people, this one included, are equal after it; 1 where it set the person apart.
    """

    id: str
    still_tied: int


class Place(NamedTuple):
    """A person's place and how it came about.

    ``tied`` counts the people with the same total, this one included; ``steps`` are the tie rules that were applied to
    them, up to the one that set this person apart; ``sharing`` counts those who stand on this very place.
    """

    rank: int
    tied: int
    steps: tuple[TieStep, ...]
    sharing: int


def places(keys: Sequence[tuple[int, ...]], ties: Sequence[str]) -> list[Place]:
    """Rank keys, larger is better.

    Parameters
    ----------
    keys
        For each person the total, then the points in each tie term, in rounding steps.
    ties
        Ids of the tie terms, one less than a key has entries.

    Returns
    -------
    list of Place
        In the order of `keys`.

    Examples
    --------
    >>> [place.rank for place in places([(9, 1), (8, 2), (8, 2), (7, 0)], ["project"])]
    [1, 2, 2, 4]
    """
    alike = [Counter(key[: depth + 1] for key in keys) for depth in range(len(ties) + 1)]
    ranks: dict[Hashable, int] = {}
    above = 0
    for key in sorted(alike[-1], reverse=True):
        ranks[key] = above + 1
        above += alike[-1][key]
    return [_place(key, ranks[key], alike, ties) for key in keys]


def _place(key: tuple[int, ...], rank: int, alike: Sequence[Counter[tuple[int, ...]]], ties: Sequence[str]) -> Place:
    tied = alike[0][key[:1]]
    steps: list[TieStep] = []
    still_tied = tied
    for depth, tie in enumerate(ties, start=1):
        if still_tied == 1:
            break
        still_tied = alike[depth][key[: depth + 1]]
        steps.append(TieStep(tie, still_tied))
    return Place(rank, tied, tuple(steps), alike[-1][key])
