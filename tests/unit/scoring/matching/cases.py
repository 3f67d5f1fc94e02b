"""Random markets for hypothesis, and a way to run a property every day or ten thousand times."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.matching import Conflict, Project

everyday_and_soak = pytest.mark.parametrize(
    "examples",
    [
        pytest.param(150, id="everyday"),
        pytest.param(10_000, id="soak", marks=[pytest.mark.soak, pytest.mark.timeout(3600)]),
    ],
)
everyday_and_soak_costly = pytest.mark.parametrize(
    "examples",
    [
        pytest.param(60, id="everyday"),
        pytest.param(10_000, id="soak", marks=[pytest.mark.soak, pytest.mark.timeout(3600)]),
    ],
)


def check(examples, strategy, holds):
    """Run a property on that many examples."""
    sized = settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    sized(given(strategy)(holds))()


@dataclass(frozen=True)
class Case:
    """The arguments of `match`."""

    participants: dict
    mentors: dict
    capacities: dict
    conflicts: list = field(default_factory=list)
    seed: int = 0

    @property
    def lists(self):
        return self.participants, self.mentors, self.capacities

    @property
    def rng(self):
        return np.random.default_rng(self.seed)


@st.composite
def preference(draw, others, *, ties):
    """Some of the others in any order, some of them tied."""
    listed = draw(st.permutations(others))[: draw(st.integers(0, len(others)))]
    if not ties:
        return listed
    grouped, start = [], 0
    while start < len(listed):
        size = draw(st.integers(1, 3))
        tier = tuple(listed[start : start + size])
        grouped.append(tier if len(tier) > 1 or draw(st.booleans()) else tier[0])
        start += size
    return grouped


@st.composite
def markets(draw, *, ties=True, people=5, mentors=4, conflicts=True, indifferent=True):
    participants = [f"p{number}" for number in range(draw(st.integers(0, people)))]
    seats = [f"m{number}" for number in range(draw(st.integers(0, mentors)))]
    wishes = {each: draw(preference(seats, ties=ties)) for each in participants}
    rankings = {
        each: None
        if ties and indifferent and draw(st.integers(0, 5)) == 0
        else draw(preference(participants, ties=ties))
        for each in seats
    }
    capacities = {each: draw(st.integers(0, 3)) for each in seats}
    apart = []
    if conflicts and participants and seats:
        pair = st.tuples(st.sampled_from(participants), st.sampled_from(seats), st.sampled_from(["kin", "school"]))
        apart = [Conflict(*each) for each in draw(st.lists(pair, max_size=3))]
    return Case(wishes, rankings, capacities, apart, draw(st.integers(0, 2**16)))


@dataclass(frozen=True)
class ProjectCase:
    """The arguments of `match_projects`."""

    students: dict
    lecturers: dict
    projects: dict
    capacities: dict
    conflicts: list
    seed: int

    @property
    def lists(self):
        return self.students, self.lecturers, self.projects, self.capacities

    @property
    def rng(self):
        return np.random.default_rng(self.seed)


@st.composite
def project_markets(draw, *, ties=True, people=5):
    students = [f"s{number}" for number in range(draw(st.integers(0, people)))]
    lecturers = [f"l{number}" for number in range(draw(st.integers(1, 3)))]
    projects = {
        f"q{number}": Project(draw(st.sampled_from(lecturers)), draw(st.integers(0, 2)))
        for number in range(draw(st.integers(0, 4)))
    }
    wishes = {each: draw(preference(list(projects), ties=ties)) for each in students}
    rankings = {
        each: None if ties and draw(st.integers(0, 5)) == 0 else draw(preference(students, ties=ties))
        for each in lecturers
    }
    capacities = {each: draw(st.integers(0, 3)) for each in lecturers}
    apart = []
    if students:
        pair = st.tuples(st.sampled_from(students), st.sampled_from(lecturers), st.just("kin"))
        apart = [Conflict(*each) for each in draw(st.lists(pair, max_size=2))]
    return ProjectCase(wishes, rankings, projects, capacities, apart, draw(st.integers(0, 2**16)))


def strict(preference, numbers):
    """Write a tied list as the lottery ordered it."""
    ordered = []
    for entry in preference:
        ordered += sorted(entry, key=numbers.__getitem__) if isinstance(entry, tuple) else [entry]
    return ordered


def strict_lists(result, case):
    """Write both sides as the lottery of a result ordered them; indifferent mentors rank everyone."""
    lottery = result.lottery
    wishes = {each: strict(listed, lottery.mentors) for each, listed in case.participants.items()}
    everyone = tuple(case.participants)
    rankings = {
        each: strict([everyone] if listed is None else listed, lottery.participants)
        for each, listed in case.mentors.items()
    }
    return wishes, rankings
