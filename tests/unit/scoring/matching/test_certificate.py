"""Every kind of fault is seen, named and placed."""

import inspect

import pytest

from scoring.matching import Conflict, Fault, FaultKind, Lottery, Project, certificate, certify, certify_projects
from scoring.matching import project_certificate as for_projects

WISHES = {"ann": ["x", "y"], "bob": ["x"], "cyd": ["y", "x"]}
RANKINGS = {"x": ["bob", "ann"], "y": ["ann", "cyd", "bob"]}
PLACES = {"x": 1, "y": 1}


def faults(pairs, wishes=WISHES, rankings=RANKINGS, places=PLACES, **options):
    return [
        (each.kind.value, each.participant, each.mentor)
        for each in certify(wishes, rankings, places, pairs, **options).faults
    ]


@pytest.mark.parametrize("module", [certificate, for_projects])
def test_the_check_shares_no_code_with_the_algorithms(module):
    shared = {
        line.split()[1]
        for line in inspect.getsource(module).splitlines()
        if line.startswith(("from scoring", "import scoring"))
    }
    assert shared <= {"scoring.ids", "scoring.matching.records", "scoring.matching.certificate"}


def test_a_stable_matching_has_none():
    found = certify(WISHES, RANKINGS, PLACES, {"ann": "y", "bob": "x"})
    assert (found.pairs, found.examined, found.strict, found.faults, found.stable) == (2, 3, False, (), True)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ({"eve": "x"}, ("unknown_participant", "eve", "x")),
        ({"ann": "z"}, ("unknown_mentor", "ann", "z")),
        ({"bob": "y"}, ("not_wished", "bob", "y")),
        ({"cyd": "x"}, ("not_ranked", "cyd", "x")),
        ({"ann": "x", "bob": "x"}, ("over_capacity", None, "x")),
        ({"ann": "y"}, ("blocking", "bob", "x")),
        ({"cyd": "y", "bob": "x"}, ("blocking", "ann", "y")),
    ],
)
def test_each_kind_is_named(pairs, expected):
    assert expected in faults(pairs)


def test_a_pair_in_conflict_is_a_fault_and_does_not_block():
    apart = [Conflict("bob", "x", "kin"), Conflict("cyd", "x", "kin")]
    assert faults({"ann": "y", "bob": "x"}, conflicts=apart) == [("conflict", "bob", "x")]
    assert faults({"ann": "x", "cyd": "y"}, conflicts=apart) == []


def test_conflicts_are_told_in_a_stated_order():
    apart = [Conflict(each, "x", "kin") for each in ("bob", "ann", "bob")]
    found = faults({"bob": "x", "ann": "x"}, places={"x": 2, "y": 0}, conflicts=apart)
    assert found == [("conflict", "ann", "x"), ("conflict", "bob", "x")]


def test_the_unlisted_do_not_block_and_those_seated_without_leave_count_as_seated():
    assert faults({"cyd": "x"}, {"cyd": ["x"], "ann": ["x"]}, {"x": ["ann"]}, {"x": 1}) == [("not_ranked", "cyd", "x")]
    assert faults({"bob": "x"}, {"bob": ["x"], "cyd": ["x"]}, {"x": ["bob"]}, {"x": 2}) == []


def test_blocking_people_are_sorted_numbers_before_texts():
    wishes = {"b": ["x"], "a": ["x"], 10: ["x"], 9: ["x"]}
    assert [each for _, each, _ in faults({}, wishes, {"x": list(wishes)}, {"x": 1})] == [9, 10, "a", "b"]


TIED = ({"ann": [("x", "y")], "bob": [("x", "y")]}, {"x": [("ann", "bob")], "y": [("ann", "bob")]}, {"x": 1, "y": 0})
DRAW = Lottery({"ann": 1, "bob": 2}, {"x": 2, "y": 1})


def test_equals_block_only_where_the_lottery_counts():
    wishes, rankings, places = TIED
    assert faults({"bob": "x"}, *TIED) == []
    assert faults({"bob": "x"}, *TIED, lottery=DRAW) == [("blocking", "ann", "x")]
    assert certify(wishes, rankings, places, {"ann": "x"}, lottery=DRAW).stable
    assert certify(wishes, rankings, places, {"ann": "x"}, lottery=DRAW).strict


def test_the_lottery_orders_the_participants_ties_too():
    wishes, rankings, _ = TIED
    both = {"x": 1, "y": 1}
    assert faults({"ann": "x", "bob": "y"}, wishes, rankings, both, lottery=DRAW) == [("blocking", "ann", "y")]
    assert faults({"ann": "y", "bob": "x"}, wishes, rankings, both, lottery=DRAW) == []
    assert certify(wishes, rankings, both, {"ann": "y", "bob": "x"}, lottery=DRAW).examined == 1


def test_an_indifferent_mentor_finds_everyone_equal_but_for_the_lottery():
    lists = ({"ann": ["x"], "bob": ["x"]}, {"x": None}, {"x": 1})
    assert faults({"bob": "x"}, *lists) == []
    assert faults({"bob": "x"}, *lists, lottery=DRAW) == [("blocking", "ann", "x")]
    assert faults({}, *lists) == [("blocking", "ann", "x"), ("blocking", "bob", "x")]


def test_a_wish_that_nobody_bears_blocks_nothing():
    found = certify({"ann": ["ghost", "x"]}, {"x": ["ann"]}, {"x": 1}, {"ann": "x"})
    assert (found.examined, found.stable) == (1, True)


def test_a_tie_stands_behind_those_before_it_whatever_the_lottery():
    lists = ({"ann": ["x"], "bob": ["x"]}, {"x": ["bob", ("ann",)]}, {"x": 1})
    assert faults({"ann": "x"}, *lists, lottery=DRAW) == [("blocking", "bob", "x")]
    assert faults({"bob": "x"}, *lists, lottery=DRAW) == []


def test_wishes_in_a_tie_with_ones_own_are_no_better():
    lists = ({"ann": ["z", ("x", "y"), "w"]}, {m: ["ann"] for m in "wxyz"}, {"w": 1, "x": 1, "y": 1, "z": 0})
    assert certify(*lists, {"ann": "x"}).examined == 1
    assert faults({"ann": "w"}, *lists) == [("blocking", "ann", "x"), ("blocking", "ann", "y")]
    assert faults({"ann": "q"}, *lists)[0] == ("unknown_mentor", "ann", "q")


class TestProjects:
    def found(self, pairs, *, students=None, lecturers=None, projects=None, capacities=None, **options):
        lists = (
            students or {"ann": ["p", "q"], "bob": ["q", "p"], "cyd": ["r"]},
            lecturers or {"kim": ["ann", "bob"], "lee": ["cyd", "ann"]},
            projects or {"p": Project("kim", 1), "q": Project("kim", 1), "r": Project("lee", 1)},
            capacities or {"kim": 2, "lee": 1},
        )
        return [
            (each.kind.value, each.participant, each.mentor)
            for each in certify_projects(*lists, pairs, **options).faults
        ]

    def test_a_stable_allocation_has_none(self):
        assert self.found({"ann": "p", "bob": "q", "cyd": "r"}) == []

    @pytest.mark.parametrize(
        ("pairs", "expected"),
        [
            ({"eve": "p"}, ("unknown_participant", "eve", "p")),
            ({"ann": "z"}, ("unknown_mentor", "ann", "z")),
            ({"ann": "r"}, ("not_wished", "ann", "r")),
            ({"bob": "r"}, ("not_ranked", "bob", "r")),
            ({"ann": "p", "bob": "p"}, ("over_capacity", None, "p")),
        ],
    )
    def test_each_kind_is_named(self, pairs, expected):
        assert expected in self.found(pairs)

    def test_a_lecturer_has_a_limit_over_all_projects(self):
        pairs = {"ann": "p", "bob": "q", "cyd": "r"}
        assert self.found(pairs, capacities={"kim": 1, "lee": 1}) == [("lecturer_over_capacity", None, "kim")]

    def test_a_conflict_with_the_lecturer_is_a_fault_and_does_not_block(self):
        apart = [Conflict("cyd", "lee", "kin")]
        assert self.found({"ann": "p", "bob": "q", "cyd": "r"}, conflicts=apart) == [("conflict", "cyd", "r")]
        assert self.found({"ann": "p", "bob": "q"}, conflicts=apart) == []

    def test_both_have_room(self):
        assert self.found({"ann": "p", "bob": "q"}) == [("blocking", "cyd", "r")]

    def test_the_project_has_room_and_the_full_lecturer_has_the_student_already(self):
        pairs, one = {"ann": "q"}, {"kim": 1, "lee": 0}
        assert self.found(pairs, capacities=one) == [("blocking", "ann", "p")]

    def test_the_project_has_room_and_the_full_lecturer_prefers_the_student(self):
        assert self.found({"bob": "q"}, capacities={"kim": 1, "lee": 0}) == [
            ("blocking", "ann", "p"),
            ("blocking", "ann", "q"),
        ]
        assert self.found({"ann": "p"}, capacities={"kim": 1, "lee": 0}) == []

    def test_the_project_is_full_of_people_behind_the_student(self):
        students = {"ann": ["p"], "bob": ["p"]}
        assert self.found({"bob": "p"}, students=students) == [("blocking", "ann", "p")]
        assert self.found({"ann": "p"}, students=students) == []

    def test_equals_block_only_where_the_lottery_counts(self):
        lists = {"students": {"ann": ["p"], "bob": ["p"]}, "lecturers": {"kim": [("ann", "bob")], "lee": None}}
        drawn = Lottery({"ann": 1, "bob": 2}, {"p": 1, "q": 2, "r": 3})
        assert self.found({"bob": "p"}, **lists) == []
        assert self.found({"bob": "p"}, **lists, lottery=drawn) == [("blocking", "ann", "p")]
        assert self.found({"ann": "p"}, **lists, lottery=drawn) == []

    def test_the_count_of_what_was_examined(self):
        lists = (
            {"ann": ["p", "q"], "bob": ["p"]},
            {"kim": ["bob", "ann"]},
            {"p": Project("kim", 1), "q": Project("kim", 1)},
            {"kim": 2},
        )
        found = certify_projects(*lists, {"ann": "q", "bob": "p"})
        assert (found.pairs, found.examined, found.strict, found.stable) == (2, 1, False, True)
        drawn = Lottery({"ann": 1, "bob": 2}, {"p": 1, "q": 2})
        assert certify_projects(*lists, {"ann": "q", "bob": "p"}, lottery=drawn).strict

    def test_those_whom_a_full_lecturer_never_listed_do_not_count_as_last(self):
        assert self.found({"cyd": "q"}, students={"ann": ["p"], "cyd": ["q"]}, capacities={"kim": 1, "lee": 0}) == [
            ("not_ranked", "cyd", "q")
        ]


def test_a_fault_says_what_and_who():
    assert Fault(FaultKind.BLOCKING, "ann", "x") == Fault(kind=FaultKind.BLOCKING, participant="ann", mentor="x")
