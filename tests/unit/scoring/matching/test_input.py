"""Degenerate and broken input: a defined answer or a clear error, never a guess."""

import numpy as np
import pytest

from scoring.errors import CertificateRefused, InvalidInput
from scoring.matching import Conflict, Lottery, Method, draw_lottery, engine, match, match_arrays
from scoring.matching.certificate import Certificate, Fault, FaultKind

RNG = np.random.default_rng(0)


def refused(*lists, **options):
    with pytest.raises(InvalidInput) as caught:
        match(*lists, **options)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("method", list(Method))
class TestDefinedAnswers:
    def test_nobody_on_either_side(self, method):
        result = match({}, {}, {}, method=method)
        assert (result.pairs, result.unmatched, result.mentees) == ({}, (), {})
        assert result.certificate == Certificate(0, 0, strict=False, faults=())

    def test_one_person_and_one_mentor(self, method):
        assert match({1: [1]}, {1: [1]}, 1, method=method).pairs == {1: 1}

    def test_mentors_without_participants(self, method):
        assert match({}, {"x": []}, 2, method=method).mentees == {"x": ()}

    def test_nobody_acceptable_to_anybody(self, method):
        result = match({"ann": ["x"], "bob": []}, {"x": ["bob"]}, 1, method=method)
        assert (result.pairs, result.unmatched) == ({}, ("ann", "bob"))

    def test_no_places(self, method):
        result = match({"ann": ["x"]}, {"x": ["ann"]}, 0, method=method)
        assert (result.unmatched, result.mentees) == (("ann",), {"x": ()})

    def test_an_empty_tie_is_nobody(self, method):
        assert match({"ann": [(), "x"]}, {"x": ["ann", ()]}, 1, method=method, rng=RNG).pairs == {"ann": "x"}


def test_tuples_serve_as_lists_and_one_in_a_tie_is_no_tie():
    result = match({"ann": ("x", ("y",))}, {"x": (), "y": ("ann",)}, 1, rng=RNG)
    assert result.pairs == {"ann": "y"}


def test_the_result_does_not_change_with_the_callers_lists():
    wishes, rankings = {"ann": ["x"]}, {"x": ["ann"]}
    result = match(wishes, rankings, {"x": 1})
    wishes["ann"].clear()
    rankings["x"].clear()
    assert result.market.wishes == {"ann": ("x",)}
    assert result.market.mentors == {"x": ("ann",)}


def test_capacities_may_be_numpy_numbers_and_come_out_as_plain_ones():
    result = match({"ann": ["x"]}, {"x": ["ann"]}, {"x": np.int16(1)})
    assert type(result.market.capacities["x"]) is int


def test_every_unknown_and_repeated_entry_is_named():
    problems = refused({"bob": ["x", "x"], "ann": ["z", "x"]}, {"x": ["ann", "eve", "ann"]}, 1)
    assert problems == [
        "participants[ann]: names 'z', whom the other side does not know",
        "participants[bob]: names 'x' twice",
        "mentors[x]: names 'eve', whom the other side does not know",
        "mentors[x]: names 'ann' twice",
    ]


def test_repetitions_and_unknowns_inside_ties_are_found():
    problems = refused({"ann": [("x", "q"), "x"]}, {"x": [("ann", "ann")]}, 1, rng=RNG)
    assert problems == [
        "participants[ann]: names 'q', whom the other side does not know",
        "participants[ann]: names 'x' twice",
        "mentors[x]: names 'ann' twice",
    ]


@pytest.mark.parametrize("places", [-1, 1.0, 1.5, float("nan"), float("inf"), "1", None, True])
def test_places_are_whole_numbers_from_zero(places):
    assert refused({}, {"x": []}, {"x": places}) == [f"capacities[x]: is {places!r}, not a whole number from 0"]


def test_places_belong_to_every_mentor_and_to_nobody_else():
    assert refused({}, {"x": [], "y": []}, {"y": 1, "z": 1}) == [
        "capacities[x]: is missing",
        "capacities[z]: belongs to nobody on that side",
    ]


@pytest.mark.parametrize("wrong", [None, float("nan"), True, ("a", "b"), 1.5])
@pytest.mark.parametrize("side", ["participants", "mentors"])
def test_ids_are_whole_numbers_or_texts(wrong, side):
    lists = ({wrong: []}, {}) if side == "participants" else ({}, {wrong: []})
    assert refused(*lists, 1) == [f"{side}[{wrong!r}]: is not a whole number or a text"]


def test_numpy_ids_are_whole_numbers_too():
    assert match({np.int64(3): ["x"]}, {"x": [3]}, 1).pairs == {3: "x"}


@pytest.mark.parametrize(
    ("wrong", "kind"), [("xyz", "str"), (b"xyz", "bytes"), ({"x"}, "set"), (7, "int"), (None, "NoneType")]
)
def test_a_list_that_is_not_a_list_is_refused(wrong, kind):
    assert refused({"ann": wrong, "bob": []}, {"x": []}, 1) == [
        f"participants[ann]: is {kind}, not a list (write the ids in order, best first)"
    ]


def test_other_sequences_serve_as_lists():
    assert match({1: range(1)}, {0: range(1, 2)}, 1).pairs == {1: 0}


def test_a_list_in_a_list_is_not_a_tie():
    assert refused({"ann": ["x"], "bob": [["x", "y"]]}, {"x": [], "y": []}, 1) == [
        "participants[bob]: holds a list or another changeable value (a tie is a tuple inside the list)"
    ]


def test_an_unknown_method_is_refused_by_name():
    assert refused({}, {}, {}, method="best") == [
        "method: is 'best'; known are participants_propose, mentors_propose, max_size, max_size_exact"
    ]


class TestConflicts:
    lists = ({"ann": ["x", "y"], "bob": ["x"]}, {"x": ["ann", "bob"], "y": ["ann"]}, 1)

    def test_a_pair_in_conflict_is_removed_first(self):
        result = match(*self.lists, conflicts=[Conflict("ann", "x", "kin")])
        assert result.pairs == {"ann": "y", "bob": "x"}
        assert result.market.participants["ann"] == ("x", "y")

    def test_reasons_of_one_pair_are_gathered_without_repetition(self):
        given = [Conflict("ann", "x", each) for each in ("school", "kin", "school")]
        assert match(*self.lists, conflicts=given).market.conflicts == {("ann", "x"): ("kin", "school")}

    def test_a_misspelt_conflict_is_an_error(self):
        assert refused(*self.lists, conflicts=[Conflict("anne", "x", "kin"), Conflict("ann", "z", "kin")]) == [
            "conflicts[0]: names an unknown participant 'anne'",
            "conflicts[1]: names an unknown mentor 'z'",
        ]


class TestLottery:
    def test_ties_need_one(self):
        expected = "hold ties, and a tie needs a lottery: pass rng, or a recorded lottery"
        assert refused({"ann": [("x", "y")]}, {"x": [], "y": []}, 1) == [f"participants: {expected}"]
        assert refused({"ann": ["x"]}, {"x": [("ann",)]}, 1) == [f"mentors: {expected}"]
        assert refused({"ann": ["x"]}, {"x": None}, 1) == [f"mentors: {expected}"]

    def test_without_ties_none_is_drawn_unless_asked_for(self):
        lists = ({"ann": ["x"]}, {"x": ["ann"]}, 1)
        assert match(*lists).lottery is None
        assert match(*lists, rng=RNG).lottery == Lottery({"ann": 1}, {"x": 1})

    def test_the_lower_number_goes_first_on_both_sides(self):
        lists = ({"ann": [("x", "y")], "bob": [("x", "y")]}, {"x": [("ann", "bob")], "y": [("ann", "bob")]}, 1)
        lottery = Lottery({"ann": 2, "bob": 1}, {"x": 2, "y": 1})
        assert match(*lists, lottery=lottery).pairs == {"bob": "y", "ann": "x"}

    def test_numbers_do_not_depend_on_the_order_of_rows(self):
        one = draw_lottery(["b", "a", 2, 1], ["x", "y"], np.random.default_rng(5))
        other = draw_lottery([1, 2, "a", "b"], ["y", "x"], np.random.default_rng(5))
        assert one == other
        assert sorted(one.participants.values()) == [1, 2, 3, 4]
        assert list(one.participants) == [1, 2, "a", "b"]

    def test_a_recorded_lottery_must_cover_everyone_once(self):
        lists = ({"ann": ["x"], "bob": ["x"]}, {"x": None}, 1)
        assert refused(*lists, lottery=Lottery({"ann": 1}, {"x": 1})) == ["lottery.participants[bob]: has no number"]
        assert refused(*lists, lottery=Lottery({"ann": 1, "bob": 1}, {})) == [
            "lottery.participants: gives one number to two people",
            "lottery.mentors[x]: has no number",
        ]

    def test_drawing_and_replaying_at_once_contradict_each_other(self):
        assert refused({}, {}, 1, rng=RNG, lottery=Lottery({}, {})) == [
            "rng: draws anew although a recorded lottery is given"
        ]

    @pytest.mark.parametrize("wrong", [7, np.random.RandomState(7)])
    def test_randomness_comes_as_a_generator(self, wrong):
        assert refused({}, {}, 1, rng=wrong) == [
            "rng: is not a numpy random Generator; a bare seed would leave the method of drawing open"
        ]

    def test_an_indifferent_mentor_draws_among_those_who_named_them(self):
        lists = ({"ann": ["x"], "bob": [("x", "y")], "cyd": ["y"]}, {"x": None, "y": ["cyd"]}, 1)
        lottery = Lottery({"cyd": 1, "bob": 2, "ann": 3}, {"x": 1, "y": 2})
        result = match(*lists, lottery=lottery)
        assert result.pairs == {"bob": "x", "cyd": "y"}
        assert result.market.orders["x"] == ("bob", "ann")
        assert result.market.mentors["x"] is None


def test_a_result_that_its_own_check_refuses_is_not_handed_out(monkeypatch):
    fault = Fault(FaultKind.BLOCKING, "ann", "x")
    monkeypatch.setattr(engine, "certify", lambda *lists, **options: Certificate(1, 1, strict=True, faults=(fault,)))
    with pytest.raises(CertificateRefused, match=r"fails its independent check: .*'ann'.*'x'"):
        match({"ann": ["x"]}, {"x": ["ann"]}, 1)


class TestArrays:
    wishes = np.array([[0, 1], [0, -1], [-1, -1]])
    rankings = (np.array([1, 0]), np.array([0]))

    def test_rows_are_people(self):
        mentor_of, certificate = match_arrays(self.wishes, self.rankings, np.array([1, 1]))
        assert mentor_of.dtype == np.int64
        assert mentor_of.tolist() == [1, 0, -1]
        assert certificate == Certificate(2, 1, strict=False, faults=())

    def test_the_method_can_be_chosen(self):
        square = np.array([[0, 1], [1, 0]])
        by_mentors, _ = match_arrays(square, square[::-1], np.array([1, 1]), method=Method.MENTORS_PROPOSE)
        assert by_mentors.tolist() == [1, 0]
        assert match_arrays(square, square[::-1], np.array([1, 1]))[0].tolist() == [0, 1]

    def test_nobody(self):
        mentor_of, _ = match_arrays(np.empty((0, 3), dtype=int), np.empty((0, 0), dtype=int), np.array([], dtype=int))
        assert mentor_of.shape == (0,)

    @pytest.mark.parametrize(
        ("wishes", "capacities", "message"),
        [
            (np.array([[0.0, 1.0]]), np.array([1, 1]), r"participants\[0\]: is not a row of whole numbers but float64"),
            (np.array([[[0]]]), np.array([1, 1]), r"participants\[0\]: .* of shape \(1, 1\)"),
            (np.array([[-1, 1]]), np.array([1, 1]), r"participants\[0\]: goes on after -1"),
            (np.array([[-2]]), np.array([1, 1]), r"participants\[0\]: names -2"),
            (np.array([[0]]), np.array([1]), r"capacities: has shape \(1,\), not \(2,\)"),
            (np.array([[0]]), np.array([1.0, 2.0]), r"capacities\[0\]: is 1.0"),
        ],
    )
    def test_other_shapes_and_numbers_are_refused(self, wishes, capacities, message):
        with pytest.raises(InvalidInput, match=message):
            match_arrays(wishes, (np.array([0]), np.array([0])), capacities)
