"""As many people as a fast stable matching can seat where lists hold ties: Kiraly's 3/2-approximation.

Source: Z. Kiraly, "Linear Time Local Approximation Algorithm for Maximum Stable Marriage", Algorithms 6 (2013) 471-484,
the algorithm for ties on both sides. His words are kept. A participant proposes first as a *lad*; who runs out of
mentors starts the list again as a *bachelor* and then wins ties against lads; who runs out again stays without. Among
equal mentors one with a free place is asked first. A held participant who knows another, equally good mentor with a
free place is *uncertain*, and makes room for anybody. Places of one mentor are that many equal "women" of the paper;
its proof carries over pair by pair.
"""

from __future__ import annotations

from scoring.ids import Id, canonical
from scoring.matching.deferred import grouped
from scoring.matching.market import Market
from scoring.matching.preferences import standing

__all__ = ["acceptable_tiers", "kiraly_max_size", "mentor_standing"]


def kiraly_max_size(market: Market) -> dict[Id, tuple[Id, ...]]:
    """Match weakly stably, seating at least two thirds of the most that any weakly stable matching seats.

    Parameters
    ----------
    market
        The lists with their ties are used; the lottery only decides between those whom the algorithm holds equal.

    Returns
    -------
    dict
        Accepted participants by mentor, in the mentor's order.
    """
    proposals = _Proposals(market)
    for participant in by_lottery(market):
        proposals.seat(participant)
    return grouped(market, proposals.mentor_of)


def by_lottery(market: Market) -> list[Id]:
    """Order the participants by their numbers, or by id where no lottery was drawn."""
    if market.lottery is None:
        return canonical(market.wishes)
    return sorted(market.wishes, key=market.lottery.participants.__getitem__)


def mentor_standing(market: Market) -> dict[Id, dict[Id, int]]:
    """Give the places on each mentor's list, equals sharing one."""
    return {
        mentor: dict.fromkeys(market.orders[mentor], 1) if ranking is None else standing(ranking)
        for mentor, ranking in market.mentors.items()
    }


def acceptable_tiers(market: Market) -> dict[Id, list[list[Id]]]:
    """Give each participant's groups of equally good mentors, best first, leaving out whoever can never be had.

    Left out are mentors in conflict, those who did not list the participant and those without places.
    """
    tiers: dict[Id, list[list[Id]]] = {}
    for participant, wishes in market.wishes.items():
        wish_places = standing(market.participants[participant])
        groups: dict[int, list[Id]] = {}
        for mentor in wishes:
            if market.capacities[mentor] and participant in market.places[mentor]:
                groups.setdefault(wish_places[mentor], []).append(mentor)
        tiers[participant] = list(groups.values())
    return tiers


class _Proposals:
    """The state of the proposals: who holds whom, who is left on whose list."""

    def __init__(self, market: Market) -> None:
        self.mentor_of: dict[Id, Id] = {}
        self._places = mentor_standing(market)
        self._strict = market.places
        self._lists = acceptable_tiers(market)
        self._left = {participant: _copied(tiers) for participant, tiers in self._lists.items()}
        self._bachelors: set[Id] = set()
        self._free = dict(market.capacities)
        self._held: dict[Id, list[Id]] = {mentor: [] for mentor in market.orders}
        # Everyone seated while places were free; they can be uncertain. Free places only get fewer, so who is found
        # certain stays so and leaves this list for good: looking for the uncertain costs linear time in all.
        self._maybe_uncertain: dict[Id, list[Id]] = {mentor: [] for mentor in market.orders}

    def seat(self, participant: Id) -> None:
        """Let one participant propose, then whoever had to make room, until nobody has to."""
        proposer: Id | None = participant
        while proposer is not None:
            if self._left[proposer]:
                proposer = self._propose(proposer)
            elif self._lists[proposer] and proposer not in self._bachelors:
                self._bachelors.add(proposer)
                self._left[proposer] = _copied(self._lists[proposer])
            else:
                return

    def _propose(self, proposer: Id) -> Id | None:
        """Ask the best mentor left; return who proposes next, if anybody must."""
        equals = self._left[proposer][0]
        mentor = next((each for each in equals if self._free[each]), equals[0])
        if self._free[mentor]:
            self._free[mentor] -= 1
            self._hold(mentor, proposer)
            self._maybe_uncertain[mentor].append(proposer)
            return None
        uncertain = self._uncertain(mentor)
        if uncertain is not None:
            self._replace(mentor, uncertain, proposer)
            return uncertain  # and keeps this mentor on the list: it was not a refusal
        last = max(self._held[mentor], key=lambda each: self._key(mentor, each))
        if self._key(mentor, proposer) < self._key(mentor, last):
            self._replace(mentor, last, proposer)
        else:
            last = proposer
        self._strike(last, mentor)
        return last

    def _key(self, mentor: Id, participant: Id) -> tuple[int, bool, int]:
        """Order those who ask the same mentor: by place, then bachelors before lads, then by lottery."""
        place = self._places[mentor][participant]
        return place, participant not in self._bachelors, self._strict[mentor][participant]

    def _hold(self, mentor: Id, participant: Id) -> None:
        self._held[mentor].append(participant)
        self.mentor_of[participant] = mentor

    def _replace(self, mentor: Id, old: Id, new: Id) -> None:
        self._held[mentor].remove(old)
        del self.mentor_of[old]
        self._hold(mentor, new)

    def _uncertain(self, mentor: Id) -> Id | None:
        candidates = self._maybe_uncertain[mentor]
        while candidates:
            each = candidates.pop()
            if self.mentor_of.get(each) == mentor and any(self._free[other] for other in self._left[each][0]):
                return each
        return None

    def _strike(self, participant: Id, mentor: Id) -> None:
        tiers = self._left[participant]
        tiers[0].remove(mentor)
        if not tiers[0]:
            del tiers[0]


def _copied(tiers: list[list[Id]]) -> list[list[Id]]:
    return [list(tier) for tier in tiers]
