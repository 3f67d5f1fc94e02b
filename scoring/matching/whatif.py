"""What would change if a mentor took more people: the question a department asks before it writes to a mentor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from scoring.errors import InvalidInput
from scoring.ids import Id, canonical
from scoring.matching.engine import solve
from scoring.matching.preferences import standing
from scoring.matching.records import Matching

__all__ = ["Move", "WhatIf", "what_if"]


@dataclass(frozen=True, slots=True)
class Move:
    """One participant who would be elsewhere.

    Parameters
    ----------
    participant
        Who moves.
    before, after
        Mentor now and then; None for nobody.
    wish_before, wish_after
        Place of that mentor on the participant's list, from 1; None for nobody.
    """

    participant: Id
    before: Id | None
    after: Id | None
    wish_before: int | None
    wish_after: int | None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The matching with more places, held against the present one.

    Parameters
    ----------
    mentor, places
        Who would take how many more.
    moves
        Everyone who would be elsewhere, in order of their ids.
    matching
        The whole matching as it would be, certified.
    """

    mentor: Id
    places: int
    moves: tuple[Move, ...]
    matching: Matching

    @property
    def newly_matched(self) -> tuple[Id, ...]:
        """Participants without a mentor now who would get one."""
        return tuple(move.participant for move in self.moves if move.before is None)


def what_if(matching: Matching, mentor: Id, *, places: int = 1) -> WhatIf:
    """Give one mentor more places, with the same lists, conflicts, lottery and method.

    Parameters
    ----------
    matching
        The present result of `match`.
    mentor
        Who would take more.
    places
        How many more: a whole number other than 0; below 0 for a mentor who takes fewer.

    Returns
    -------
    WhatIf
        With deferred acceptance a place more makes no participant worse off (Gale and Sotomayor 1985).

    Raises
    ------
    InvalidInput
        If there is no such mentor, or it would leave them fewer than 0 places.

    Examples
    --------
    >>> from scoring.matching import match
    >>> result = match({"ann": ["x"], "bob": ["x"]}, {"x": ["bob", "ann"]}, 1)
    >>> what_if(result, "x").newly_matched
    ('ann',)
    """
    market = matching.market
    if mentor not in market.capacities:
        raise InvalidInput(f"{mentor!r} is not among the mentors", field="mentor")
    if isinstance(places, bool) or not isinstance(places, int) or market.capacities[mentor] + places < 0:
        raise InvalidInput(f"is {places!r}; {mentor!r} has {market.capacities[mentor]} places now", field="places")
    capacities = {**market.capacities, mentor: market.capacities[mentor] + places}
    changed = solve(replace(market, capacities=capacities), matching.method)
    return WhatIf(mentor, places, _moves(matching, changed), changed)


def _moves(now: Matching, then: Matching) -> tuple[Move, ...]:
    moved = [each for each in canonical(now.market.wishes) if now.pairs.get(each) != then.pairs.get(each)]
    return tuple(_move(each, now.pairs, then.pairs, standing(now.market.participants[each])) for each in moved)


def _move(participant: Id, now: Mapping[Id, Id], then: Mapping[Id, Id], wishes: Mapping[Id, int]) -> Move:
    before, after = now.get(participant), then.get(participant)
    return Move(
        participant,
        before,
        after,
        None if before is None else wishes[before],
        None if after is None else wishes[after],
    )
