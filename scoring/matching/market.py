"""From what the caller has to a market that an algorithm can run on: checked, without ties, conflicts removed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scoring.errors import InvalidInput, Problem
from scoring.ids import Id, canonical, check_ids
from scoring.matching.lottery import draw_lottery, lottery_problems
from scoring.matching.preferences import flatten, has_ties, list_problems, open_ties, read_lists
from scoring.matching.records import Conflict, Lottery, Preferences, Rankings

__all__ = ["Market", "read_capacities", "read_conflicts", "read_lottery", "read_market"]


@dataclass(frozen=True, slots=True)
class Market:
    """Two sides, ready to be matched.

    Parameters
    ----------
    participants, mentors
        The lists as given, with their ties; a mentor's None stays None.
    capacities
        Places of each mentor, 0 or more.
    conflicts
        Reasons by pair (participant, mentor).
    lottery
        The numbers that broke the ties; None where no lottery was asked for.
    wishes
        Each participant's strict list, without mentors in conflict.
    orders
        Each mentor's strict list.
    places
        The same, looked up: index in the mentor's strict list, from 0, by participant.
    """

    participants: Mapping[Id, tuple[Any, ...]]
    mentors: Mapping[Id, tuple[Any, ...] | None]
    capacities: Mapping[Id, int]
    conflicts: Mapping[tuple[Id, Id], tuple[str, ...]]
    lottery: Lottery | None
    wishes: Mapping[Id, tuple[Id, ...]]
    orders: Mapping[Id, tuple[Id, ...]]
    places: Mapping[Id, Mapping[Id, int]]


def read_market(
    participants: Preferences,
    mentors: Rankings,
    capacities: Mapping[Any, int] | int,
    *,
    conflicts: Iterable[Conflict] = (),
    rng: np.random.Generator | None = None,
    lottery: Lottery | None = None,
) -> Market:
    """Check both sides and break their ties.

    Parameters
    ----------
    participants, mentors
        Lists by owner, best first, a tie as a nested tuple; a mentor's None means "everyone who named me, equally".
    capacities
        Places by mentor, or one number for all.
    conflicts
        Pairs to remove first. One pair may come with several reasons.
    rng, lottery
        A new draw, or a recorded one to replay; one of them is needed where anything is tied.

    Raises
    ------
    InvalidInput
        With every problem found: unknown or repeated ids, capacities that are not whole numbers from 0, ties without a
        lottery.
    """
    wish_lists, mentors_named = read_lists("participants", participants)
    rankings, participants_named = read_lists("mentors", _indifferent_filled(mentors, wish_lists))
    seats = read_capacities("capacities", capacities, rankings)
    apart = read_conflicts(conflicts, wish_lists, rankings)
    tied = [
        side for side, named in (("participants", mentors_named), ("mentors", participants_named)) if has_ties(named)
    ]
    drawn = read_lottery(wish_lists, rankings, tied=tied, rng=rng, lottery=lottery)
    wishes, orders = wish_lists, rankings
    if drawn and tied:
        wishes, mentors_named = open_ties(wish_lists, drawn.mentors)
        orders, participants_named = open_ties(rankings, drawn.participants)
    places = {mentor: dict(zip(order, range(len(order)), strict=True)) for mentor, order in orders.items()}
    problems = list_problems("participants", wishes, mentors_named, orders.keys(), map(set, wishes.values()))
    problems += list_problems("mentors", orders, participants_named, wishes.keys(), places.values())
    if problems:
        raise InvalidInput(problems=problems)
    given = {mentor: None if mentors[mentor] is None else ranking for mentor, ranking in rankings.items()}
    return Market(wish_lists, given, seats, apart, drawn, _without(wishes, apart), orders, places)


def _indifferent_filled(mentors: Rankings, wishes: Mapping[Id, Sequence[Any]]) -> Mapping[Any, Any]:
    open_to_all = {mentor for mentor, ranking in mentors.items() if ranking is None}
    if not open_to_all:
        return mentors
    named_by: dict[Id, list[Id]] = {mentor: [] for mentor in open_to_all}
    for participant in canonical(wishes):
        for mentor in open_to_all.intersection(flatten(wishes[participant])):
            named_by[mentor].append(participant)
    return {mentor: (tuple(named_by[mentor]),) if ranking is None else ranking for mentor, ranking in mentors.items()}


def read_capacities(field: str, capacities: Mapping[Any, int] | int, owners: Collection[Id]) -> dict[Id, int]:
    """Read the number of places of each owner: whole, from 0, one for all or one for each and nobody else."""
    given = capacities if isinstance(capacities, Mapping) else dict.fromkeys(owners, capacities)
    check_ids(field, given.keys())
    problems = [Problem(f"{field}[{owner}]", "is missing") for owner in owners if owner not in given]
    for owner, places in given.items():
        if owner not in owners:
            problems.append(Problem(f"{field}[{owner}]", "belongs to nobody on that side"))
        elif isinstance(places, bool) or not isinstance(places, int | np.integer) or places < 0:
            problems.append(Problem(f"{field}[{owner}]", f"is {places!r}, not a whole number from 0"))
    if problems:
        raise InvalidInput(problems=problems)
    return {owner: int(given[owner]) for owner in owners}


def read_conflicts(
    conflicts: Iterable[Conflict], participants: Collection[Id], mentors: Collection[Id]
) -> dict[tuple[Id, Id], tuple[str, ...]]:
    """Gather the reasons by pair. A name nobody bears is refused: a misspelt conflict would not be enforced."""
    gathered: dict[tuple[Id, Id], dict[str, None]] = {}
    problems = []
    for number, each in enumerate(conflicts):
        if each.participant not in participants:
            problems.append(Problem(f"conflicts[{number}]", f"names an unknown participant {each.participant!r}"))
        if each.mentor not in mentors:
            problems.append(Problem(f"conflicts[{number}]", f"names an unknown mentor {each.mentor!r}"))
        gathered.setdefault((each.participant, each.mentor), {})[each.reason] = None
    if problems:
        raise InvalidInput(problems=problems)
    return {pair: tuple(sorted(reasons)) for pair, reasons in gathered.items()}


def read_lottery(
    participants: Iterable[Id],
    mentors: Iterable[Id],
    *,
    tied: Sequence[str],
    rng: np.random.Generator | None,
    lottery: Lottery | None,
) -> Lottery | None:
    """Draw, or take the recorded draw, or do without where nothing is tied."""
    if rng is not None and lottery is not None:
        raise InvalidInput("draws anew although a recorded lottery is given", field="rng")
    if rng is not None:
        return draw_lottery(participants, mentors, rng)
    if lottery is not None:
        if problems := lottery_problems(lottery, participants, mentors):
            raise InvalidInput(problems=problems)
        return lottery
    if tied:
        raise InvalidInput("hold ties, and a tie needs a lottery: pass rng, or a recorded lottery", field=tied[0])
    return None


def _without(
    wishes: Mapping[Id, tuple[Id, ...]], conflicts: Mapping[tuple[Id, Id], tuple[str, ...]]
) -> Mapping[Id, tuple[Id, ...]]:
    if not conflicts:
        return wishes
    concerned = {participant for participant, _ in conflicts}
    return {
        participant: tuple(mentor for mentor in listed if (participant, mentor) not in conflicts)
        if participant in concerned
        else listed
        for participant, listed in wishes.items()
    }
