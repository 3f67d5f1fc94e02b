"""Degenerate and broken input: a defined answer or a clear error, never a guess."""

import numpy as np
import pytest

from scoring.allocation import (
    AllocationInfeasible,
    Conflict,
    Connect,
    Connection,
    Load,
    allocate,
    allocate_randomly,
    top_up,
)
from scoring.errors import InvalidInput


def rng():
    return np.random.default_rng(0)


def refused(*lists, **options):
    with pytest.raises(InvalidInput) as caught:
        allocate(*lists, **{"rng": rng(), **options})
    return [str(problem) for problem in caught.value.problems]


class TestDefinedAnswers:
    def test_nobody_and_nothing(self):
        result = allocate({}, {}, rng=rng())
        assert (result.pairs, result.parts, result.worst, result.total) == ((), (), None, 0.0)
        assert (result.connection, result.proved) == (Connection.BRIDGELESS, True)

    def test_reviewers_without_works(self):
        assert allocate({}, {"ann": Load()}, rng=rng()).works_of == {"ann": ()}

    def test_works_that_need_nothing(self):
        result = allocate({"a": 0}, {}, rng=rng())
        assert (result.reviewers_of, result.parts, result.missing) == ({"a": ()}, (), {})

    def test_one_work_and_one_reviewer(self):
        result = allocate({1: 1}, {1: Load()}, affinity={(1, 1): -2.5}, rng=rng())
        assert (result.pairs, result.worst, result.total, result.price) == (((1, 1),), -2.5, -2.5, 0.0)
        assert (result.connection, result.bridges) == (Connection.BRIDGELESS, ())

    def test_a_maximum_beyond_the_number_of_works_is_no_trouble(self):
        assert allocate({"a": 1}, {"ann": Load(0, 10**15)}, rng=rng()).pairs == (("ann", "a"),)

    def test_a_conflict_given_twice_counts_once(self):
        apart = [Conflict("ann", "a", "kin"), Conflict("ann", "a", "school")]
        assert allocate({"a": 1}, {"ann": Load(), "bob": Load()}, conflicts=apart, rng=rng()).pairs == (("bob", "a"),)

    def test_numpy_numbers_serve_as_numbers(self):
        result = allocate(
            {np.int64(1): np.int64(1)},
            {"ann": Load(np.int8(1), np.int8(1))},
            affinity={("ann", 1): np.float32(0.5)},
            rng=rng(),
        )
        assert (result.pairs, result.total) == ((("ann", 1),), 0.5)

    def test_groups_stand_in_order_of_ids(self):
        result = allocate({"b": 3, "a": 3}, {"y": Load(), 2: Load(), 10: Load()}, rng=rng())
        assert list(result.reviewers_of) == ["a", "b"]
        assert result.reviewers_of["a"] == (2, 10, "y")
        assert result.pairs == ((2, "a"), (2, "b"), (10, "a"), (10, "b"), ("y", "a"), ("y", "b"))


@pytest.mark.parametrize("demand", [-1, 1.0, float("nan"), float("inf"), "2", None, True])
def test_a_demand_is_a_whole_number_from_zero(demand):
    assert refused({"a": demand}, {}) == [f"works[a]: needs {demand!r} reviews, not a whole number from 0"]


@pytest.mark.parametrize("wrong", [-1, 1.0, float("nan"), "2", True])
def test_loads_are_whole_numbers_from_zero(wrong):
    message = f"is {wrong!r}, not a whole number from 0"
    assert refused({}, {"ann": Load(wrong, 9)}) == [f"reviewers[ann].minimum: {message}"]
    assert refused({}, {"ann": Load(0, wrong)}) == [f"reviewers[ann].maximum: {message}"]


def test_a_minimum_is_not_none():
    assert refused({}, {"ann": Load(None)}) == ["reviewers[ann].minimum: is None, not a whole number from 0"]


def test_a_minimum_stands_below_its_maximum():
    assert refused({}, {"ann": Load(3, 2), "bob": Load(2, 2)}) == ["reviewers[ann]: has minimum 3 above maximum 2"]


@pytest.mark.parametrize("wrong", [None, float("nan"), True, ("a", "b")])
def test_ids_are_whole_numbers_or_texts(wrong):
    assert refused({wrong: 1}, {}) == [f"works[{wrong!r}]: is not a whole number or a text"]
    assert refused({}, {wrong: Load()}) == [f"reviewers[{wrong!r}]: is not a whole number or a text"]


def test_every_problem_is_named_at_once():
    assert refused({"a": -1}, {"ann": Load(-1)}, conflicts=[Conflict("eve", "z", "kin")]) == [
        "works[a]: needs -1 reviews, not a whole number from 0",
        "reviewers[ann].minimum: is -1, not a whole number from 0",
        "conflicts[0]: names an unknown reviewer 'eve'",
        "conflicts[0]: names an unknown work 'z'",
    ]


class TestAffinity:
    lists = ({"a": 1, "b": 1}, {"ann": Load()})

    @pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -float("inf"), "1", None, True])
    def test_it_is_finite(self, wrong):
        given = {("ann", "a"): wrong, ("ann", "b"): 1}
        assert refused(*self.lists, affinity=given) == [f"affinity[('ann', 'a')]: is {wrong!r}, not a finite number"]

    @pytest.mark.parametrize("key", [("ann", "z"), ("eve", "a"), "ann", ("ann",), ("ann", "a", 1), ("a", "ann")])
    def test_it_belongs_to_a_pair(self, key):
        given = {("ann", "a"): 1, ("ann", "b"): 1, key: 1}
        assert refused(*self.lists, affinity=given) == [
            f"affinity[{key!r}]: is not a pair (reviewer, work) of those taking part"
        ]

    def test_what_is_not_known_is_not_zero(self):
        assert refused(*self.lists, affinity={("ann", "a"): 1}) == [
            "affinity[('ann', 'b')]: is missing (give it, or missing_affinity for all that are not known)"
        ]

    def test_what_is_not_known_may_be_given_for_all(self):
        given = allocate(*self.lists, affinity={("ann", "a"): 3}, missing_affinity=2, rng=rng())
        assert (given.total, given.worst) == (5.0, 2.0)

    def test_pairs_in_conflict_need_none(self):
        apart = [Conflict("ann", "b", "kin")]
        lists = ({"a": 1, "b": 1}, {"ann": Load(), "bob": Load()})
        given = {("ann", "a"): 1, ("bob", "a"): 2, ("bob", "b"): 3}
        assert allocate(*lists, affinity=given, conflicts=apart, rng=rng()).total == 4.0

    @pytest.mark.parametrize("wrong", [float("nan"), float("inf"), "1", True])
    def test_the_one_for_all_is_finite_too(self, wrong):
        assert refused(*self.lists, affinity={}, missing_affinity=wrong) == [
            f"missing_affinity: is {wrong!r}, not a finite number"
        ]


def test_randomness_comes_as_a_generator():
    message = "rng: is not a numpy random Generator; a bare seed would leave the method of drawing open"
    assert refused({}, {}, rng=7) == [message]
    for run in (lambda: top_up([], {}, {}, rng=7), lambda: allocate_randomly({}, {}, cap=1, rng=None)):
        with pytest.raises(InvalidInput) as caught:
            run()
        assert str(caught.value) == message


def test_an_unknown_aim_is_refused_by_name():
    message = "connect: is 'tight'; known are bridgeless, connected, no_matter"
    assert refused({}, {}, connect="tight") == [message]
    with pytest.raises(InvalidInput) as caught:
        top_up([], {}, {}, connect="tight", rng=rng())
    assert str(caught.value) == message


def test_aims_may_be_given_by_name():
    lists = ({"a": 1, "b": 1}, {"ann": Load(), "bob": Load()})
    assert allocate(*lists, connect="no_matter", rng=rng()) == allocate(*lists, connect=Connect.NO_MATTER, rng=rng())


def test_nobody_to_review_is_a_shortage_not_a_crash():
    with pytest.raises(AllocationInfeasible, match=r"This work \(a\) needs 2 reviews, but has no eligible reviewer."):
        allocate({"a": 2}, {}, rng=rng())
    with pytest.raises(AllocationInfeasible, match="no work is open"):
        allocate({}, {"ann": Load(1)}, rng=rng())
    result = allocate({"a": 2}, {}, shortfall=True, rng=rng())
    assert (result.missing, result.parts, result.connection) == ({"a": 2}, (("a",),), Connection.BRIDGELESS)
