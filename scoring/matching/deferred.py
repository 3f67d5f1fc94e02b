"""Deferred acceptance (Gale and Shapley 1962; Roth and Sotomayor 1990), from either side.

The order of proposals does not change the result, so neither does the order of rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import compress

from scoring.ids import Id
from scoring.matching.market import Market

__all__ = ["grouped", "mentors_propose", "participants_propose"]


class _Desk:
    """A mentor receiving proposals: who is held, and from which place on everyone is refused.

    The held are marks in a bytearray over the mentor's list, not a heap: the next one to be refused is the last mark
    before the cut, and looking for it backwards costs one pass over the list in all.
    """

    __slots__ = ("cut", "free", "held", "order", "place_of")

    def __init__(self, order: tuple[Id, ...], place_of: Mapping[Id, int], capacity: int) -> None:
        self.order = order
        self.place_of = place_of
        self.held = bytearray(len(order))
        self.free = capacity
        self.cut = len(order) if capacity else 0


def participants_propose(market: Market) -> dict[Id, tuple[Id, ...]]:
    """Match so that every participant gets the best mentor of any stable matching.

    Parameters
    ----------
    market
        Strict lists. The time is linear in their length.

    Returns
    -------
    dict
        Accepted participants by mentor, in the mentor's order.
    """
    desks = {
        mentor: _Desk(order, market.places[mentor], market.capacities[mentor])
        for mentor, order in market.orders.items()
    }
    remaining = {participant: iter(wishes) for participant, wishes in market.wishes.items()}
    for participant in market.wishes:
        proposer: Id | None = participant
        while proposer is not None:
            proposer = _propose(proposer, remaining[proposer], desks)
    return {mentor: tuple(compress(desk.order, desk.held)) for mentor, desk in desks.items()}


def _propose(proposer: Id, wishes: Iterator[Id], desks: dict[Id, _Desk]) -> Id | None:
    """Let one participant propose until held; return who was pushed out by it, if anyone was."""
    for mentor in wishes:
        desk = desks[mentor]
        place = desk.place_of.get(proposer, desk.cut)  # whom the mentor did not list stands behind every cut
        if place < desk.cut:
            desk.held[place] = 1
            if desk.free:
                desk.free -= 1
                return None
            desk.cut = last = desk.held.rfind(1, 0, desk.cut)
            desk.held[last] = 0
            if last != place:
                return desk.order[last]
    return None


def mentors_propose(market: Market) -> dict[Id, tuple[Id, ...]]:
    """Match so that every mentor gets the best group of any stable matching, and every participant the worst mentor.

    Parameters and result are those of `participants_propose`.
    """
    offers = _Offers(market)
    waiting = list(market.orders)
    while waiting:
        waiting += offers.make(waiting.pop())
    return grouped(market, offers.mentor_of)


class _Offers:
    """The state of the mentors' offers: the best offer each participant holds, and how far each mentor has come."""

    def __init__(self, market: Market) -> None:
        self.mentor_of: dict[Id, Id] = {}
        self._wish = {
            each: dict(zip(wishes, range(len(wishes)), strict=True)) for each, wishes in market.wishes.items()
        }
        self._remaining = {mentor: iter(order) for mentor, order in market.orders.items()}
        self._free = dict(market.capacities)

    def make(self, mentor: Id) -> list[Id]:
        """Offer down the list until the places are taken; return the mentors who lost a mentee by it."""
        losers = []
        while self._free[mentor]:
            participant = next(self._remaining[mentor], None)
            if participant is None:
                break
            wish, current = self._wish[participant].get(mentor), self.mentor_of.get(participant)
            if wish is None or (current is not None and self._wish[participant][current] < wish):
                continue
            self.mentor_of[participant] = mentor
            self._free[mentor] -= 1
            if current is not None:
                self._free[current] += 1
                losers.append(current)
        return losers


def grouped(market: Market, mentor_of: dict[Id, Id]) -> dict[Id, tuple[Id, ...]]:
    """Turn pairs around: mentees by mentor, each group in the mentor's order."""
    groups: dict[Id, list[Id]] = {mentor: [] for mentor in market.orders}
    for participant, mentor in mentor_of.items():
        groups[mentor].append(participant)
    return {mentor: tuple(sorted(group, key=market.places[mentor].__getitem__)) for mentor, group in groups.items()}
