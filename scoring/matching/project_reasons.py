"""Why a student got this project: the same facts as for mentors, with the project or its lecturer being full."""

from __future__ import annotations

from scoring.errors import InvalidInput
from scoring.ids import Id
from scoring.matching.preferences import standing
from scoring.matching.projects import ProjectMatching
from scoring.matching.reasons import ParticipantReason, Refusal, Step

__all__ = ["explain_project"]


def explain_project(matching: ProjectMatching, student: Id) -> ParticipantReason:
    """Say why a student got this project, or none.

    Parameters
    ----------
    matching
        A result of `match_projects`.
    student
        Anyone who took part.

    Returns
    -------
    ParticipantReason
        For `scoring.matching.render`; every step names the project and its lecturer.

    Raises
    ------
    InvalidInput
        If nobody of that id took part.

    Examples
    --------
    >>> from scoring.matching import Project, match_projects
    >>> students = {"ann": ["maths"], "bob": ["maths"]}
    >>> result = match_projects(students, {"kim": ["bob", "ann"]}, {"maths": Project("kim", 1)}, 2)
    >>> step, = explain_project(result, "ann").steps
    >>> step.refusal.value, step.lecturer_full, step.last_place, step.own_place
    ('outranked', False, 1, 2)
    """
    market = matching.market
    if student not in market.students:
        raise InvalidInput(f"{student!r} did not take part", field="student")
    wishes = standing(market.students[student])
    name = matching.pairs.get(student)
    own = wishes[name] if name is not None else None
    steps = tuple(_step(matching, student, each, wish) for each, wish in wishes.items() if own is None or wish < own)
    lecturer = market.projects[name].lecturer if name is not None else None
    return ParticipantReason(student, lecturer, own, len(wishes), steps, project=name)


def _step(matching: ProjectMatching, student: Id, name: Id, wish: int) -> Step:
    market = matching.market
    lecturer, capacity = market.projects[name].lecturer, market.projects[name].capacity
    group = matching.groups[name]
    if causes := market.conflicts.get((student, lecturer)):
        return Step(lecturer, wish, Refusal.CONFLICT, capacity, len(group), causes=causes, project=name)
    if student not in market.places[lecturer]:
        return Step(lecturer, wish, Refusal.NOT_RANKED, capacity, len(group), project=name)
    lecturer_full = len(group) < capacity
    if lecturer_full:
        group, capacity = _all_of(matching, lecturer), market.capacities[lecturer]
    ranking = market.lecturers[lecturer]
    places = dict.fromkeys(market.orders[lecturer], 1) if ranking is None else standing(ranking)
    if not capacity:
        return Step(lecturer, wish, Refusal.NO_PLACES, 0, 0, places[student], project=name, lecturer_full=lecturer_full)
    last = group[-1]
    by_lottery = places[last] == places[student] and market.lottery is not None
    numbers = market.lottery.participants if by_lottery and market.lottery else {}
    return Step(
        lecturer,
        wish,
        Refusal.LOTTERY if by_lottery else Refusal.OUTRANKED,
        capacity,
        len(group),
        places[student],
        places[last],
        numbers.get(student),
        numbers.get(last),
        project=name,
        lecturer_full=lecturer_full,
    )


def _all_of(matching: ProjectMatching, lecturer: Id) -> tuple[Id, ...]:
    """Everyone with a lecturer, in the lecturer's order."""
    market = matching.market
    students = [each for each, name in matching.pairs.items() if market.projects[name].lecturer == lecturer]
    return tuple(sorted(students, key=market.places[lecturer].__getitem__))
