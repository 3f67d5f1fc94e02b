"""Student-project allocation: students rank projects, each project belongs to a lecturer who ranks students.

Source: D. J. Abraham, R. W. Irving and D. F. Manlove, "Two algorithms for the Student-Project Allocation problem",
Journal of Discrete Algorithms 5 (2007) 73-90: SPA-student and SPA-lecturer. In this programme the lecturers are mentors
who offer projects; the paper's words are kept in the code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from scoring.errors import InvalidInput, Problem
from scoring.ids import Id, canonical, check_ids
from scoring.matching.certificate import Certificate
from scoring.matching.engine import read_method, refuse_faulty
from scoring.matching.market import read_capacities, read_conflicts, read_lottery
from scoring.matching.preferences import flatten, has_ties, list_problems, open_ties, read_lists
from scoring.matching.project_certificate import certify_projects
from scoring.matching.records import Conflict, Lottery, Method, Preferences, Project, Rankings

__all__ = ["ProjectMarket", "ProjectMatching", "match_projects"]


@dataclass(frozen=True, slots=True)
class ProjectMarket:
    """Students, projects and lecturers, checked and without ties; the fields follow those of `Market`.

    Parameters
    ----------
    students, lecturers
        The lists as given, with their ties; a lecturer's None stays None.
    projects
        Lecturer and places of each project.
    capacities
        Places of each lecturer over all their projects.
    conflicts
        Reasons by pair (student, lecturer).
    lottery
        The numbers that broke the ties; on the mentors' side those of the projects.
    wishes
        Each student's strict list of projects, without those in conflict or of lecturers who did not list the student.
    orders, places
        Each lecturer's strict list of students, and the same looked up: index from 0 by student.
    """

    students: Mapping[Id, tuple[Any, ...]]
    lecturers: Mapping[Id, tuple[Any, ...] | None]
    projects: Mapping[Id, Project]
    capacities: Mapping[Id, int]
    conflicts: Mapping[tuple[Id, Id], tuple[str, ...]]
    lottery: Lottery | None
    wishes: Mapping[Id, tuple[Id, ...]]
    orders: Mapping[Id, tuple[Id, ...]]
    places: Mapping[Id, Mapping[Id, int]]


@dataclass(frozen=True, slots=True)
class ProjectMatching:
    """A stable allocation of students to projects.

    Parameters
    ----------
    method
        `Method.PARTICIPANTS_PROPOSE` (best for every student) or `Method.MENTORS_PROPOSE` (best for every lecturer).
    pairs
        Project of each student who got one.
    unmatched
        Students without a project, in order of their ids.
    groups
        For every project, its students in the lecturer's order.
    certificate
        What the independent check found.
    market
        What was read.
    """

    method: Method
    pairs: Mapping[Id, Id]
    unmatched: tuple[Id, ...]
    groups: Mapping[Id, tuple[Id, ...]]
    certificate: Certificate
    market: ProjectMarket


def match_projects(
    students: Preferences,
    lecturers: Rankings,
    projects: Mapping[Any, Project],
    capacities: Mapping[Any, int] | int,
    *,
    method: Method | str = Method.PARTICIPANTS_PROPOSE,
    conflicts: Iterable[Conflict] = (),
    rng: np.random.Generator | None = None,
    lottery: Lottery | None = None,
) -> ProjectMatching:
    """Allocate students to projects, stably.

    Parameters
    ----------
    students
        Projects that each student would do, best first; those in a nested tuple are equally good.
    lecturers
        Students that each lecturer would take, likewise. None: whoever named one of their projects, equally.
    projects
        Lecturer and places of each project.
    capacities
        Places of each lecturer over all projects together, or one number for all.
    method
        From which side: participants (students) or mentors (lecturers).
    conflicts
        Pairs of student and lecturer that must not meet.
    rng, lottery
        As for `scoring.matching.match`.

    Returns
    -------
    ProjectMatching
        The same whatever the order of the rows.

    Raises
    ------
    InvalidInput
        For the reasons of `match`; also for a project whose lecturer is unknown, and for a method that does not exist
        for projects.

    Examples
    --------
    >>> projects = {"reading": Project("kim", 1), "maths": Project("kim", 2)}
    >>> students = {"ann": ["reading"], "bob": ["reading", "maths"]}
    >>> match_projects(students, {"kim": ["ann", "bob"]}, projects, 2).pairs
    {'ann': 'reading', 'bob': 'maths'}
    """
    chosen = read_method(method)
    if chosen not in _METHODS:
        raise InvalidInput(f"{chosen.value!r} is not offered for projects", field="method")
    market = _read(students, lecturers, projects, capacities, conflicts=conflicts, rng=rng, lottery=lottery)
    pairs = _METHODS[chosen](market)
    certificate = certify_projects(
        market.students,
        market.lecturers,
        market.projects,
        market.capacities,
        pairs,
        conflicts=[Conflict(*pair, reasons[0]) for pair, reasons in market.conflicts.items()],
        lottery=market.lottery,
    )
    refuse_faulty(certificate)
    unmatched = tuple(canonical(market.wishes.keys() - pairs.keys()))
    return ProjectMatching(chosen, pairs, unmatched, _groups(market, pairs), certificate, market)


def _read(
    students: Preferences,
    lecturers: Rankings,
    projects: Mapping[Any, Project],
    capacities: Mapping[Any, int] | int,
    *,
    conflicts: Iterable[Conflict],
    rng: np.random.Generator | None,
    lottery: Lottery | None,
) -> ProjectMarket:
    offered = _read_projects(projects, lecturers)
    wish_lists, projects_named = read_lists("students", students)
    rankings, students_named = read_lists("lecturers", _indifferent_filled(lecturers, wish_lists, offered))
    seats = read_capacities("capacities", capacities, rankings)
    apart = read_conflicts(conflicts, wish_lists, rankings)
    tied = [side for side, named in (("students", projects_named), ("lecturers", students_named)) if has_ties(named)]
    drawn = read_lottery(wish_lists, offered, tied=tied, rng=rng, lottery=lottery)
    wishes, orders = wish_lists, rankings
    if drawn and tied:
        wishes, projects_named = open_ties(wish_lists, drawn.mentors)
        orders, students_named = open_ties(rankings, drawn.participants)
    places = {lecturer: dict(zip(order, range(len(order)), strict=True)) for lecturer, order in orders.items()}
    problems = list_problems("students", wishes, projects_named, offered.keys(), map(set, wishes.values()))
    problems += list_problems("lecturers", orders, students_named, wishes.keys(), places.values())
    if problems:
        raise InvalidInput(problems=problems)
    given = {lecturer: None if lecturers[lecturer] is None else ranking for lecturer, ranking in rankings.items()}
    open_wishes = {
        student: tuple(each for each in listed if _is_open(student, offered[each].lecturer, places, apart))
        for student, listed in wishes.items()
    }
    return ProjectMarket(wish_lists, given, offered, seats, apart, drawn, open_wishes, orders, places)


def _read_projects(projects: Mapping[Any, Project], lecturers: Rankings) -> dict[Id, Project]:
    check_ids("projects", projects.keys())
    problems = [
        Problem(f"projects[{name}].lecturer", f"is {project.lecturer!r}, whom the lecturers do not know")
        for name, project in projects.items()
        if project.lecturer not in lecturers
    ]
    if problems:
        raise InvalidInput(problems=problems)
    seats = read_capacities("projects", {name: project.capacity for name, project in projects.items()}, projects)
    return {name: Project(project.lecturer, seats[name]) for name, project in projects.items()}


def _indifferent_filled(
    lecturers: Rankings, students: Mapping[Id, tuple[Any, ...]], projects: Mapping[Id, Project]
) -> Mapping[Any, Any]:
    named_by: dict[Id, dict[Id, None]] = {each: {} for each, ranking in lecturers.items() if ranking is None}
    for student in canonical(students):
        for name in flatten(students[student]):
            if name in projects and projects[name].lecturer in named_by:
                named_by[projects[name].lecturer][student] = None
    return {each: (tuple(named_by[each]),) if ranking is None else ranking for each, ranking in lecturers.items()}


def _is_open(
    student: Id,
    lecturer: Id,
    places: Mapping[Id, Mapping[Id, int]],
    apart: Mapping[tuple[Id, Id], tuple[str, ...]],
) -> bool:
    return student in places[lecturer] and (student, lecturer) not in apart


def _groups(market: ProjectMarket, pairs: Mapping[Id, Id]) -> dict[Id, tuple[Id, ...]]:
    groups: dict[Id, list[Id]] = {name: [] for name in market.projects}
    for student, name in pairs.items():
        groups[name].append(student)
    return {
        name: tuple(sorted(group, key=market.places[market.projects[name].lecturer].__getitem__))
        for name, group in groups.items()
    }


class _State:
    """Who is provisionally where."""

    def __init__(self, market: ProjectMarket) -> None:
        self.market = market
        self.project_of: dict[Id, Id] = {}
        self.in_project: dict[Id, set[Id]] = {name: set() for name in market.projects}
        self.with_lecturer: dict[Id, set[Id]] = {lecturer: set() for lecturer in market.orders}

    def put(self, student: Id, name: Id) -> None:
        self.project_of[student] = name
        self.in_project[name].add(student)
        self.with_lecturer[self.market.projects[name].lecturer].add(student)

    def take_out(self, student: Id) -> None:
        name = self.project_of.pop(student)
        self.in_project[name].remove(student)
        self.with_lecturer[self.market.projects[name].lecturer].remove(student)

    def has_room(self, name: Id) -> bool:
        return len(self.in_project[name]) < self.market.projects[name].capacity

    def lecturer_has_room(self, lecturer: Id) -> bool:
        return len(self.with_lecturer[lecturer]) < self.market.capacities[lecturer]


def _students_propose(market: ProjectMarket) -> dict[Id, Id]:
    """SPA-student. Deletions from lists are left out: who is worse than all held is refused when they ask."""
    state = _State(market)
    remaining = {student: iter(wishes) for student, wishes in market.wishes.items()}
    for each in market.wishes:
        student: Id | None = each
        while student is not None:
            student = _ask(state, student, remaining[student])
    return state.project_of


def _ask(state: _State, student: Id, wishes: Iterator[Id]) -> Id | None:
    """Let a student ask for the next project; return who is without a project after it, if anyone is."""
    name = next(wishes, None)
    if name is None:
        return None
    lecturer = state.market.projects[name].lecturer
    crowd: set[Id] = set()
    if not state.has_room(name):
        crowd = state.in_project[name]
    elif not state.lecturer_has_room(lecturer):
        crowd = state.with_lecturer[lecturer]
    else:
        state.put(student, name)
        return None
    last = max([student, *crowd], key=state.market.places[lecturer].__getitem__)
    if last != student:
        state.take_out(last)
        state.put(student, name)
    return last


def _lecturers_propose(market: ProjectMarket) -> dict[Id, Id]:
    """SPA-lecturer. A student who is offered a project strikes all projects behind it."""
    state = _State(market)
    left = {student: list(wishes) for student, wishes in market.wishes.items()}
    waiting = list(market.orders)
    while waiting:
        lecturer = waiting.pop()
        while state.lecturer_has_room(lecturer) and (offer := _next_offer(state, lecturer, left)):
            student, name = offer
            if student in state.project_of:
                waiting.append(market.projects[state.project_of[student]].lecturer)
                state.take_out(student)
            state.put(student, name)
            del left[student][left[student].index(name) + 1 :]
    return state.project_of


def _next_offer(state: _State, lecturer: Id, left: Mapping[Id, list[Id]]) -> tuple[Id, Id] | None:
    for student in state.market.orders[lecturer]:
        for name in left[student]:
            theirs = state.market.projects[name].lecturer == lecturer
            if theirs and state.has_room(name) and state.project_of.get(student) != name:
                return student, name
    return None


_METHODS = {Method.PARTICIPANTS_PROPOSE: _students_propose, Method.MENTORS_PROPOSE: _lecturers_propose}
