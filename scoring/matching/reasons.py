"""Why everyone got what they got: facts first, words on demand (`scoring.matching.words`).

A stable matching explains itself one person at a time. For every mentor whom a participant would have preferred there
is a fact that closed the door: a conflict, a list without the participant, no places, or places taken by others who
stand higher. These facts are read off the lists and the result, whatever method found it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from scoring.errors import InvalidInput
from scoring.ids import Id
from scoring.matching.preferences import flatten, standing
from scoring.matching.records import Matching, Method

__all__ = ["MentorReason", "ParticipantReason", "Passed", "PassedBy", "Refusal", "Step", "explain", "explain_mentor"]


class Refusal(StrEnum):
    """What closed a door that a participant would have preferred."""

    CONFLICT = "conflict"
    NOT_RANKED = "not_ranked"
    """The mentor (or the project's lecturer) did not list the participant."""
    NO_PLACES = "no_places"
    """The mentor takes nobody this season."""
    OUTRANKED = "outranked"
    """All places are taken by people who stand higher on the mentor's list."""
    LOTTERY = "lottery"
    """The last one accepted stands in the same place on the mentor's list, and drew the better number."""
    SEATS_MORE = "seats_more"
    """The last one accepted stands in the same place, and the largest matching, asked for, needed that one here."""


@dataclass(frozen=True, slots=True)
class Step:
    """One door that was closed.

    Parameters
    ----------
    mentor
        Whose door; for projects, the lecturer's.
    wish
        Place on the participant's own list, from 1, equals sharing one.
    refusal
        What closed it.
    capacity, taken
        Places there are, and places taken; for projects those of the project, or of the lecturer where the lecturer
        was full.
    own_place, last_place
        Where the participant and the last one accepted stand on the mentor's list, from 1; None where they do not.
    own_number, last_number
        Their lottery numbers, where the lottery decided.
    causes
        Reasons of a conflict.
    project
        The project, in a matching to projects.
    lecturer_full
        Whether it was not the project that was full but its lecturer.
    """

    mentor: Id
    wish: int
    refusal: Refusal
    capacity: int
    taken: int
    own_place: int | None = None
    last_place: int | None = None
    own_number: int | None = None
    last_number: int | None = None
    causes: tuple[str, ...] = ()
    project: Id | None = None
    lecturer_full: bool = False


@dataclass(frozen=True, slots=True)
class ParticipantReason:
    """Why a participant got this mentor, or none.

    Parameters
    ----------
    participant
        Whose reason it is.
    mentor
        Whom they got; None for nobody. For projects, the lecturer.
    wish
        Which of the own wishes that was, from 1, equals sharing one; None for nobody.
    wishes
        How many mentors the participant named.
    steps
        Every named mentor who would have been better (all of them for those who got nobody), best first.
    project
        The project, in a matching to projects.
    """

    participant: Id
    mentor: Id | None
    wish: int | None
    wishes: int
    steps: tuple[Step, ...]
    project: Id | None = None


class PassedBy(StrEnum):
    """Why someone whom a mentor would have preferred is elsewhere."""

    CONFLICT = "conflict"
    DID_NOT_NAME = "did_not_name"
    """The participant did not name this mentor."""
    PREFERS_OTHER = "prefers_other"
    """The participant is with a mentor they like as much or better."""


@dataclass(frozen=True, slots=True)
class Passed:
    """Someone above the last one accepted who did not come."""

    participant: Id
    place: int
    why: PassedBy


@dataclass(frozen=True, slots=True)
class MentorReason:
    """Why a mentor got this group.

    Parameters
    ----------
    mentor
        Whose reason it is.
    capacity
        Places there are.
    accepted
        (participant, place on the mentor's list from 1), in the mentor's order.
    passed
        Everyone who stands above the last one accepted (everyone listed, if places are free) and did not come.
    """

    mentor: Id
    capacity: int
    accepted: tuple[tuple[Id, int], ...]
    passed: tuple[Passed, ...]


def explain(matching: Matching, participant: Id) -> ParticipantReason:
    """Say why a participant got this mentor, or none.

    Parameters
    ----------
    matching
        A result of `match`.
    participant
        Anyone who took part.

    Raises
    ------
    InvalidInput
        If nobody of that id took part.

    Examples
    --------
    >>> from scoring.matching import match
    >>> result = match({"ann": ["x"], "bob": ["x"]}, {"x": ["bob", "ann"]}, 1)
    >>> step, = explain(result, "ann").steps
    >>> step.refusal.value, step.taken, step.capacity, step.last_place, step.own_place
    ('outranked', 1, 1, 1, 2)
    """
    market = matching.market
    if participant not in market.participants:
        raise InvalidInput(f"{participant!r} did not take part", field="participant")
    wishes = standing(market.participants[participant])
    mentor = matching.pairs.get(participant)
    own = wishes[mentor] if mentor is not None else None
    steps = tuple(
        _step(matching, participant, each, wish) for each, wish in wishes.items() if own is None or wish < own
    )
    return ParticipantReason(participant, mentor, own, len(wishes), steps)


def _step(matching: Matching, participant: Id, mentor: Id, wish: int) -> Step:
    market, group = matching.market, matching.mentees[mentor]
    capacity, taken = market.capacities[mentor], len(group)
    if causes := market.conflicts.get((participant, mentor)):
        return Step(mentor, wish, Refusal.CONFLICT, capacity, taken, causes=causes)
    places = _places(matching, mentor)
    if participant not in places:
        return Step(mentor, wish, Refusal.NOT_RANKED, capacity, taken)
    if not capacity:
        return Step(mentor, wish, Refusal.NO_PLACES, capacity, taken, own_place=places[participant])
    last, own_place = group[-1], places[participant]
    if places[last] < own_place:
        return Step(mentor, wish, Refusal.OUTRANKED, capacity, taken, own_place, places[last])
    if matching.method in {Method.MAX_SIZE, Method.MAX_SIZE_EXACT} or market.lottery is None:
        return Step(mentor, wish, Refusal.SEATS_MORE, capacity, taken, own_place, places[last])
    numbers = market.lottery.participants
    return Step(
        mentor, wish, Refusal.LOTTERY, capacity, taken, own_place, places[last], numbers[participant], numbers[last]
    )


def _places(matching: Matching, mentor: Id) -> Mapping[Id, int]:
    ranking = matching.market.mentors[mentor]
    return dict.fromkeys(matching.market.orders[mentor], 1) if ranking is None else standing(ranking)


def explain_mentor(matching: Matching, mentor: Id) -> MentorReason:
    """Say why a mentor got this group.

    Parameters
    ----------
    matching
        A result of `match`.
    mentor
        Anyone on that side.

    Raises
    ------
    InvalidInput
        If there is no such mentor.

    Examples
    --------
    >>> from scoring.matching import match
    >>> result = match({"ann": ["x", "y"], "bob": ["x"]}, {"x": ["ann", "bob"], "y": ["ann"]}, 1)
    >>> explain_mentor(result, "y").passed
    (Passed(participant='ann', place=1, why=<PassedBy.PREFERS_OTHER: 'prefers_other'>),)
    """
    market = matching.market
    if mentor not in market.orders:
        raise InvalidInput(f"{mentor!r} is not among the mentors", field="mentor")
    group, places = matching.mentees[mentor], _places(matching, mentor)
    capacity = market.capacities[mentor]
    last = places[group[-1]] if group and len(group) == capacity else len(places) + 1
    above = [each for each in market.orders[mentor] if each not in group and places[each] < last] if capacity else []
    return MentorReason(
        mentor,
        capacity,
        tuple((each, places[each]) for each in group),
        tuple(Passed(each, places[each], _passed_by(matching, each, mentor)) for each in above),
    )


def _passed_by(matching: Matching, participant: Id, mentor: Id) -> PassedBy:
    if (participant, mentor) in matching.market.conflicts:
        return PassedBy.CONFLICT
    if mentor not in flatten(matching.market.participants[participant]):
        return PassedBy.DID_NOT_NAME
    return PassedBy.PREFERS_OTHER
