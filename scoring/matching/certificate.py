"""An independent check of a matching, straight from the lists people handed in.

Nothing here is shared with the algorithms, neither their reading of the lists nor their data: a mistake there must not
be able to hide itself. The definition checked is that of Roth and Sotomayor (1990): a matching is stable if everyone
is acceptable to whom they are matched with, nobody holds more than their places, and there is no *blocking pair*: two
who both prefer each other to what they have. With a lottery the lists count as the numbers ordered them (strict
stability); without one, equals do not block (weak stability).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import compress
from typing import Any

from scoring.ids import Id
from scoring.matching.records import Conflict, Lottery, Preferences, Rankings

__all__ = ["Certificate", "Fault", "FaultKind", "certify"]


class FaultKind(StrEnum):
    """What is wrong with a matching."""

    UNKNOWN_PARTICIPANT = "unknown_participant"
    UNKNOWN_MENTOR = "unknown_mentor"
    NOT_WISHED = "not_wished"
    """The participant did not name this mentor."""
    NOT_RANKED = "not_ranked"
    """The mentor did not list this participant."""
    CONFLICT = "conflict"
    OVER_CAPACITY = "over_capacity"
    LECTURER_OVER_CAPACITY = "lecturer_over_capacity"
    """Over all projects of one lecturer together."""
    BLOCKING = "blocking"
    """The two prefer each other to what they have."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a matching; `participant` is None where a mentor holds too many."""

    kind: FaultKind
    participant: Id | None
    mentor: Id


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the check found.

    Parameters
    ----------
    pairs
        Number of pairs checked.
    examined
        Number of (participant, mentor) wishes better than what the participant got; each was shown not to block.
    strict
        Whether the lottery's order was checked too, not only the lists with their ties.
    faults
        Everything found wrong, in a stated order: pairs first, then mentors. Empty for a stable matching.
    """

    pairs: int
    examined: int
    strict: bool
    faults: tuple[Fault, ...]

    @property
    def stable(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def certify(
    participants: Preferences,
    mentors: Rankings,
    capacities: Mapping[Any, int],
    pairs: Mapping[Any, Any],
    *,
    conflicts: Iterable[Conflict] = (),
    lottery: Lottery | None = None,
) -> Certificate:
    """Check that a matching is stable.

    Parameters
    ----------
    participants, mentors
        Lists by owner, best first, ties as nested tuples; a mentor's None means everyone equally.
    capacities
        Places by mentor.
    pairs
        Mentor by matched participant.
    conflicts
        Pairs that must not be matched.
    lottery
        Check the order it gave to ties as well; None checks the lists with their ties.

    Returns
    -------
    Certificate
        `stable` is true if and only if the matching is. The time is linear in the length of the lists.

    Examples
    --------
    >>> certify({"ann": ["x"], "bob": ["x"]}, {"x": ["bob", "ann"]}, {"x": 1}, {"ann": "x"}).faults
    (Fault(kind=<FaultKind.BLOCKING: 'blocking'>, participant='bob', mentor='x'),)
    """
    apart = [(each.participant, each.mentor) for each in conflicts]
    held: dict[Id, set[Id]] = {mentor: set() for mentor in mentors}
    faults = _hold(participants, pairs, held)
    faults += [
        Fault(FaultKind.CONFLICT, *pair) for pair in sorted(set(apart), key=str) if pairs.get(pair[0]) == pair[1]
    ]
    missed: dict[Id, set[Id]] = {mentor: set() for mentor in mentors}
    examined = _miss(participants, pairs, lottery.mentors if lottery else None, missed)
    for participant, mentor in apart:
        missed[mentor].discard(participant)
    numbers = lottery.participants if lottery else None
    for mentor, ranking in mentors.items():
        group, rivals = held[mentor], missed[mentor]
        if not _stands_first(ranking, group, rivals, capacities[mentor]):
            place = _places(ranking, group | rivals, numbers)
            faults += _mentor_faults(mentor, capacities[mentor], group, rivals, place)
    return Certificate(len(pairs), examined, lottery is not None, tuple(faults))


def _hold(participants: Preferences, pairs: Mapping[Id, Id], held: dict[Id, set[Id]]) -> list[Fault]:
    """Gather the pairs by mentor into `held`; report those that one of the two did not ask for."""
    faults = []
    for participant, mentor in pairs.items():
        if participant not in participants:
            faults.append(Fault(FaultKind.UNKNOWN_PARTICIPANT, participant, mentor))
        elif mentor not in held:
            faults.append(Fault(FaultKind.UNKNOWN_MENTOR, participant, mentor))
        else:
            held[mentor].add(participant)
            wishes = participants[participant]
            if mentor not in wishes and not _tied_in(mentor, wishes):
                faults.append(Fault(FaultKind.NOT_WISHED, participant, mentor))
    return faults


def _tied_in(who: Id | None, entries: Sequence[Any]) -> bool:
    return any(isinstance(entry, tuple) and who in entry for entry in entries)


def _miss(
    participants: Preferences, pairs: Mapping[Id, Id], numbers: Mapping[Id, int] | None, missed: dict[Id, set[Id]]
) -> int:
    """Gather into `missed`, by mentor, who would rather be with them; count these wishes."""
    examined = 0
    for participant, wishes in participants.items():
        own = pairs.get(participant)
        if wishes and wishes[0] == own:
            continue
        for mentor in _better(wishes, own, numbers):
            examined += 1
            if mentor in missed:
                missed[mentor].add(participant)
    return examined


def _better(wishes: Sequence[Any], own: Id | None, numbers: Mapping[Id, int] | None) -> Iterable[Id]:
    """Give the wishes strictly better than one's own mentor; all of them for those without one."""
    better: list[Id] = []
    for entry in wishes:
        if entry == own:
            break
        if not isinstance(entry, tuple):
            better.append(entry)
        elif own not in entry:
            better += entry
        else:
            if numbers is not None and own is not None:
                better += [each for each in entry if numbers[each] < numbers[own]]
            break
    return better


def _stands_first(ranking: Sequence[Any] | None, group: set[Id], rivals: set[Id], capacity: int) -> bool:
    """Tell at a glance whether all is well: everyone concerned stands alone on the list, the group before its rivals.

    False says nothing: it is the long check that finds faults, and the place of those who are tied.
    """
    everyone = group | rivals
    if ranking is None or len(group) > capacity or (rivals and len(group) < capacity):
        return False
    order = list(filter(everyone.__contains__, ranking))
    return len(order) == len(everyone) and group.issuperset(order[: len(group)])


def _mentor_faults(mentor: Id, capacity: int, held: set[Id], missed: set[Id], place: Mapping[Id, Any]) -> list[Fault]:
    faults = [Fault(FaultKind.NOT_RANKED, each, mentor) for each in _sorted(held.difference(place))]
    if len(held) > capacity:
        faults.append(Fault(FaultKind.OVER_CAPACITY, None, mentor))
    blocking = missed.intersection(place)
    if blocking and len(held) >= capacity:
        seated = [place[each] for each in held.intersection(place)]
        last = max(seated) if seated else None
        blocking = {each for each in blocking if last is not None and place[each] < last}
    return faults + [Fault(FaultKind.BLOCKING, each, mentor) for each in _sorted(blocking)]


def _sorted(people: Iterable[Id]) -> list[Id]:
    return sorted(people, key=lambda each: (str(type(each)), each))


def _places(ranking: Sequence[Any] | None, wanted: set[Id], numbers: Mapping[Id, int] | None) -> dict[Id, Any]:
    """Give the place of each of `wanted` on a mentor's list: whole numbers, or pairs (tier, lottery number) if tied."""
    if ranking is None:
        ranking = (tuple(wanted),)
    alone = dict(compress(zip(ranking, range(len(ranking)), strict=True), map(wanted.__contains__, ranking)))
    if len(alone) == len(wanted):
        return alone
    places: dict[Id, Any] = {each: (tier, 0) for each, tier in alone.items()}
    for tier, entry in enumerate(ranking):
        if isinstance(entry, tuple):
            places.update((each, (tier, numbers[each] if numbers else 0)) for each in entry if each in wanted)
    return places
