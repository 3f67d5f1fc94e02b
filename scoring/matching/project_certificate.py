"""An independent check of an allocation to projects, straight from the lists; it shares nothing with the algorithms.

The definition is that of Abraham, Irving and Manlove (2007): a student and a project block if the student would rather
have it and the lecturer would gain or not lose: (1) both have room; (2) the project has room, the lecturer is full, and
the student is with the lecturer already or stands above their last student; (3) the project is full and the student
stands above its last one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scoring.ids import Id
from scoring.matching.certificate import Certificate, Fault, FaultKind
from scoring.matching.records import Conflict, Lottery, Preferences, Project, Rankings

__all__ = ["certify_projects"]

_Place = tuple[int, int]


def certify_projects(
    students: Preferences,
    lecturers: Rankings,
    projects: Mapping[Any, Project],
    capacities: Mapping[Any, int],
    pairs: Mapping[Any, Any],
    *,
    conflicts: Iterable[Conflict] = (),
    lottery: Lottery | None = None,
) -> Certificate:
    """Check that an allocation of students to projects is stable.

    Parameters
    ----------
    students, lecturers
        Lists by owner, best first, ties as nested tuples; a lecturer's None means everyone equally.
    projects
        Lecturer and places of each project.
    capacities
        Places of each lecturer.
    pairs
        Project by student.
    conflicts
        Pairs of student and lecturer that must not meet.
    lottery
        The order it gave to ties; without one, equals do not block.

    Returns
    -------
    Certificate
        In its faults, `mentor` is the project (the lecturer, where the lecturer has too many students).

    Examples
    --------
    >>> certificate = certify_projects({"ann": ["p"]}, {"kim": ["ann"]}, {"p": Project("kim", 1)}, {"kim": 1}, {})
    >>> certificate.faults
    (Fault(kind=<FaultKind.BLOCKING: 'blocking'>, participant='ann', mentor='p'),)
    """
    check = _Check(students, lecturers, projects, {(each.participant, each.mentor) for each in conflicts}, lottery)
    in_project, with_lecturer = check.groups(pairs)
    faults = [fault for student, name in pairs.items() for fault in check.misplaced(student, name)]
    for name, group in in_project.items():
        if len(group) > projects[name].capacity:
            faults.append(Fault(FaultKind.OVER_CAPACITY, None, name))
    for lecturer, group in with_lecturer.items():
        if len(group) > capacities[lecturer]:
            faults.append(Fault(FaultKind.LECTURER_OVER_CAPACITY, None, lecturer))
    examined = 0
    for student, name in check.better(pairs):
        examined += 1
        lecturer = projects[name].lecturer
        theirs, all_theirs = in_project[name], with_lecturer[lecturer]
        if len(theirs) >= projects[name].capacity:
            blocks = check.stands_above(student, theirs, lecturer)
        else:
            gained = len(all_theirs) < capacities[lecturer] or student in all_theirs
            blocks = gained or check.stands_above(student, all_theirs, lecturer)
        if blocks:
            faults.append(Fault(FaultKind.BLOCKING, student, name))
    return Certificate(len(pairs), examined, lottery is not None, tuple(faults))


class _Check:
    """The lists, looked up: place of each project with each student and of each student with each lecturer."""

    def __init__(
        self,
        students: Preferences,
        lecturers: Rankings,
        projects: Mapping[Id, Project],
        apart: set[tuple[Id, Id]],
        lottery: Lottery | None,
    ) -> None:
        self.projects = projects
        self.apart = apart
        by_project = lottery.mentors if lottery else {}
        by_student = lottery.participants if lottery else {}
        everyone = (tuple(students),)
        self.wishes = {student: _ranks(wishes, by_project) for student, wishes in students.items()}
        self.ranks = {
            lecturer: _ranks(everyone if ranking is None else ranking, by_student)
            for lecturer, ranking in lecturers.items()
        }

    def better(self, pairs: Mapping[Id, Id]) -> Iterable[tuple[Id, Id]]:
        """Go through all (student, project) that the student would rather have and the lecturer finds acceptable."""
        for student, wishes in self.wishes.items():
            own = wishes.get(pairs.get(student), (len(wishes), 0))
            for name, place in wishes.items():
                lecturer = self.projects[name].lecturer
                if place < own and student in self.ranks[lecturer] and (student, lecturer) not in self.apart:
                    yield student, name

    def stands_above(self, student: Id, group: set[Id], lecturer: Id) -> bool:
        """Whether the student stands above the last of a group on the lecturer's list."""
        ranks = self.ranks[lecturer]
        return any(ranks[student] < ranks[each] for each in group if each in ranks)

    def misplaced(self, student: Id, name: Id) -> Iterable[Fault]:
        """Report what is wrong with one pair by itself."""
        if student not in self.wishes:
            yield Fault(FaultKind.UNKNOWN_PARTICIPANT, student, name)
        elif name not in self.projects:
            yield Fault(FaultKind.UNKNOWN_MENTOR, student, name)
        else:
            lecturer = self.projects[name].lecturer
            if (student, lecturer) in self.apart:
                yield Fault(FaultKind.CONFLICT, student, name)
            if name not in self.wishes[student]:
                yield Fault(FaultKind.NOT_WISHED, student, name)
            if student not in self.ranks[lecturer]:
                yield Fault(FaultKind.NOT_RANKED, student, name)

    def groups(self, pairs: Mapping[Id, Id]) -> tuple[dict[Id, set[Id]], dict[Id, set[Id]]]:
        """Gather students by project and by lecturer."""
        in_project: dict[Id, set[Id]] = {name: set() for name in self.projects}
        with_lecturer: dict[Id, set[Id]] = {lecturer: set() for lecturer in self.ranks}
        for student, name in pairs.items():
            if name in in_project:
                in_project[name].add(student)
                with_lecturer[self.projects[name].lecturer].add(student)
        return in_project, with_lecturer


def _ranks(entries: Iterable[Any], numbers: Mapping[Id, int]) -> dict[Any, _Place]:
    """Give everyone's (tier, lottery number or 0)."""
    ranks: dict[Any, _Place] = {}
    for tier, entry in enumerate(entries):
        for each in entry if isinstance(entry, tuple) else (entry,):
            ranks[each] = (tier, numbers.get(each, 0) if isinstance(entry, tuple) else 0)
    return ranks
