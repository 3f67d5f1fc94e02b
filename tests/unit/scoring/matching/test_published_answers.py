"""Answers printed in the literature or enumerated exhaustively (design: answers E), typed in, matched exactly."""

import pytest

from scoring.matching import Method, Project, certify, certify_projects, match, match_projects
from tests.unit.scoring.matching.exhaustive import Game, ProjectGame


def lists(text):
    """Read ``a:ABC b:BCA`` as {"a": ["A", "B", "C"], ...}."""
    return {owner: list(listed) for owner, listed in (each.split(":") for each in text.split())}


def both_sides(participants, mentors, capacities):
    return [
        dict(match(participants, mentors, capacities, method=method).pairs)
        for method in (Method.PARTICIPANTS_PROPOSE, Method.MENTORS_PROPOSE)
    ]


FIRST_MEN, FIRST_WOMEN = lists("a:ABC b:BCA g:CAB"), lists("A:bga B:gab C:abg")
SECOND_MEN, SECOND_WOMEN = lists("a:ABCD b:ADCB g:BACD d:DBCA"), lists("A:dgab B:bdag C:dabg D:gbad")


def test_gale_and_shapley_1962_example_1_each_side_gets_its_first_choices_when_it_proposes():
    by_men, by_women = both_sides(FIRST_MEN, FIRST_WOMEN, 1)
    assert by_men == {"a": "A", "b": "B", "g": "C"}
    assert by_women == {"a": "C", "b": "A", "g": "B"}


def test_gale_and_shapley_1962_example_1_has_three_stable_matchings():
    stable = Game(FIRST_MEN, FIRST_WOMEN, dict.fromkeys("ABC", 1)).stable()
    assert len(stable) == 3
    assert all(certify(FIRST_MEN, FIRST_WOMEN, dict.fromkeys("ABC", 1), pairs).stable for pairs in stable)


def test_gale_and_shapley_1962_example_2_has_one_stable_matching_and_both_sides_find_it():
    only = {"a": "C", "b": "D", "g": "A", "d": "B"}
    assert both_sides(SECOND_MEN, SECOND_WOMEN, 1) == [only, only]
    assert Game(SECOND_MEN, SECOND_WOMEN, dict.fromkeys("ABCD", 1)).stable() == [only]


RESIDENTS = {
    int(owner): [int(each) for each in listed]
    for owner, listed in lists(
        "1:3154 2:13425 3:45312 4:3415 5:142 6:43215 7:2513 8:13254 9:415 10:31524 11:54132"
    ).items()
}
HOSPITALS = {
    1: [3, 7, 9, 11, 5, 4, 10, 8, 6, 1, 2],
    2: [5, 7, 10, 6, 8, 2, 3, 11],
    3: [11, 6, 8, 3, 2, 4, 7, 1, 10],
    4: [10, 1, 2, 11, 4, 9, 5, 3, 6, 8],
    5: [2, 4, 10, 7, 6, 1, 8, 3, 11, 9],
}
PLACES = {1: 3, 2: 1, 3: 4, 4: 2, 5: 1}


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (Method.PARTICIPANTS_PROPOSE, {1: {2, 5, 8}, 2: {7}, 3: {1, 4, 6, 10}, 4: {3, 9}, 5: {11}}),
        (Method.MENTORS_PROPOSE, {1: {7, 9, 11}, 2: {5}, 3: {2, 3, 6, 8}, 4: {1, 10}, 5: {4}}),
    ],
)
def test_hospitals_and_residents_11_x_5_resident_optimal_and_hospital_optimal(method, expected):
    result = match(RESIDENTS, HOSPITALS, PLACES, method=method)
    assert {hospital: set(group) for hospital, group in result.mentees.items()} == expected
    assert result.certificate.stable


def test_hospitals_and_residents_11_x_5_has_nine_stable_matchings_and_the_certificate_accepts_each():
    stable = Game(RESIDENTS, HOSPITALS, PLACES).stable()
    assert len(stable) == 9
    assert all(certify(RESIDENTS, HOSPITALS, PLACES, pairs).stable for pairs in stable)


STUDENTS = {
    name: [f"p{each}" for each in listed]
    for name, listed in {
        "s1": "17", "s2": "123456", "s3": "214", "s4": "2", "s5": "1234", "s6": "23456", "s7": "538",
    }.items()
}  # fmt: skip
LECTURERS = {
    name: [f"s{each}" for each in listed] for name, listed in {"l1": "7413256", "l2": "32675", "l3": "17"}.items()
}
PROJECTS = {
    f"p{number}": Project(lecturer, 2 if number == 1 else 1)
    for number, lecturer in enumerate(["l1", "l1", "l1", "l2", "l2", "l2", "l3", "l3"], 1)
}
LECTURER_PLACES = {"l1": 3, "l2": 2, "l3": 2}
ALLOCATED = {"s1": "p1", "s2": "p5", "s3": "p4", "s4": "p2", "s7": "p3"}


@pytest.mark.parametrize("method", [Method.PARTICIPANTS_PROPOSE, Method.MENTORS_PROPOSE])
def test_student_project_allocation_finds_the_one_stable_matching_from_either_side(method):
    result = match_projects(STUDENTS, LECTURERS, PROJECTS, LECTURER_PLACES, method=method)
    assert result.pairs == ALLOCATED
    assert result.unmatched == ("s5", "s6")


def test_student_project_allocation_has_no_other_stable_matching():
    assert ProjectGame(STUDENTS, LECTURERS, PROJECTS, LECTURER_PLACES).stable() == [ALLOCATED]
    assert certify_projects(STUDENTS, LECTURERS, PROJECTS, LECTURER_PLACES, ALLOCATED).stable
