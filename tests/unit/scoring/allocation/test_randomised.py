"""Allocations drawn under a cap: nobody can arrange to review a certain work."""

import numpy as np
import pytest
from hypothesis import strategies as st
from scipy.optimize import linprog

from scoring.allocation import AllocationInfeasible, Conflict, Load, allocate, allocate_randomly, program, randomised
from scoring.allocation.rounding import draw_pairs
from scoring.errors import InvalidInput, NotConverged
from tests.unit.scoring.allocation.cases import check, everyday_and_soak, everyday_and_soak_costly, problems


def rng(seed=0):
    return np.random.default_rng(seed)


def season(size, seed=0):
    works, reviewers = dict.fromkeys(range(size), 3), dict.fromkeys(range(size), Load())
    apart = [Conflict(number, number, "own work") for number in range(size)]
    values = rng(seed).random((size, size))
    affinity = {(r, w): values[r, w] for r in reviewers for w in works}
    return works, reviewers, apart, affinity, values


@pytest.mark.parametrize("cap", [0.2, 0.5, 1.0])
def test_no_pair_is_likelier_than_the_cap_and_the_expected_total_is_that_of_a_linear_program(cap):
    size = 20
    works, reviewers, apart, affinity, values = season(size)
    drawn = allocate_randomly(works, reviewers, cap=cap, conflicts=apart, affinity=affinity, rng=rng())
    assert max(drawn.probabilities.values()) <= cap
    assert sum(drawn.probabilities.values()) == pytest.approx(3 * size)
    assert drawn.cap == cap
    least = min(affinity[pair] for pair in drawn.probabilities)
    expected = expected_optimum(values, cap, least)
    assert drawn.expected == pytest.approx(expected, abs=1e-6)
    better = np.sort(values[values > least])[0]
    assert expected_optimum(values, cap, better) is None


def expected_optimum(values, cap, least):
    size = len(values)
    sums = np.vstack([np.kron(np.eye(size), np.ones(size)), np.kron(np.ones(size), np.eye(size))])
    allowed = (values >= least) & ~np.eye(size, dtype=bool)
    bounds = np.stack([np.zeros(size * size), cap * allowed.ravel()], axis=1)
    found = linprog(-values.ravel(), A_eq=sums, b_eq=np.full(2 * size, 3), bounds=bounds)
    return -found.fun if found.status == 0 else None


def test_at_a_cap_of_one_it_is_the_best_allocation():
    works, reviewers, apart, affinity, _ = season(15)
    options = {"conflicts": apart, "affinity": affinity}
    drawn = allocate_randomly(works, reviewers, cap=1, rng=rng(), **options)
    best = allocate(works, reviewers, connect="no_matter", rng=rng(), **options)
    assert drawn.allocation.reviewers_of == best.reviewers_of
    assert drawn.expected == pytest.approx(best.total)


def test_pairs_occur_as_often_as_they_say():
    works, reviewers, apart, affinity, _ = season(8)
    times = 400
    options = {"cap": 0.6, "conflicts": apart, "affinity": affinity}
    first = allocate_randomly(works, reviewers, rng=rng(), **options)
    counts = dict.fromkeys(first.probabilities, 0)
    for seed in range(times):
        drawn = allocate_randomly(works, reviewers, rng=rng(seed), **options)
        assert drawn.probabilities == pytest.approx(first.probabilities)
        for pair in drawn.allocation.pairs:
            counts[pair] += 1
    for pair, probability in first.probabilities.items():
        assert abs(counts[pair] / times - probability) < 4 * np.sqrt(0.25 / times)


def fractions():
    """Probabilities of pairs whose works' sums are whole."""
    shape = st.tuples(st.integers(1, 6), st.integers(1, 5), st.integers(1, 3), st.integers(0, 2**16))

    def build(drawn):
        reviewers, works, demand, seed = drawn
        random = rng(seed)
        mixed = np.zeros((reviewers, works))
        for weight in random.dirichlet(np.ones(4)):
            for work in range(works):
                mixed[random.choice(reviewers, min(demand, reviewers), replace=False), work] += weight
        return np.clip(mixed, 0, 1), seed

    return shape.map(build)


@everyday_and_soak
def test_a_draw_rounds_every_sum_down_or_up(examples):
    def holds(case):
        probabilities, seed = case
        before = probabilities.copy()
        chosen = draw_pairs(probabilities, rng(seed))
        assert (probabilities == before).all()
        assert not chosen[probabilities == 0].any()
        assert chosen[probabilities == 1].all()
        assert (chosen.sum(axis=0) == np.rint(probabilities.sum(axis=0))).all()
        loads = probabilities.sum(axis=1)
        assert (chosen.sum(axis=1) >= np.floor(loads + 1e-9)).all()
        assert (chosen.sum(axis=1) <= np.ceil(loads - 1e-9)).all()

    check(examples, fractions(), holds)


def test_a_draw_keeps_the_probabilities():
    probabilities = np.array([[0.5, 0.2, 0.3], [0.1, 0.8, 0.1], [0.4, 0.5, 0.6], [1.0, 0.5, 0.0]])
    times = 4000
    random = rng(3)
    mean = sum(draw_pairs(probabilities, random).astype(float) for _ in range(times)) / times
    assert np.abs(mean - probabilities).max() < 4 * np.sqrt(0.25 / times)


def test_probabilities_within_rounding_of_certainty_are_certain():
    probabilities = np.array([[1 - 1e-12, 1e-12], [1e-12, 1 - 1e-12]])
    for seed in range(20):
        assert draw_pairs(probabilities, rng(seed)).tolist() == [[True, False], [False, True]]


@everyday_and_soak_costly
def test_demand_loads_and_conflicts_hold_in_every_draw(examples):
    def holds(case_and_cap):
        case, cap = case_and_cap
        apart = {(each.reviewer, each.work) for each in case.conflicts}
        try:
            drawn = allocate_randomly(case.works, case.reviewers, cap=cap, **case.options)
        except AllocationInfeasible as infeasible:
            told = infeasible.shortages
        else:
            told = ()
        if told:
            assert all(each.available < each.needed for each in told)
            assert all(each.cap == cap for each in told)
            return
        assert {work: len(given) for work, given in drawn.allocation.reviewers_of.items()} == case.works
        for reviewer, given in drawn.allocation.works_of.items():
            load = case.reviewers[reviewer]
            assert load.minimum <= len(given) <= (len(case.works) if load.maximum is None else load.maximum)
        assert not apart & drawn.probabilities.keys()
        assert set(drawn.allocation.pairs) <= drawn.probabilities.keys()

    check(examples, st.tuples(problems(works=5, reviewers=6), st.sampled_from([0.3, 0.5, 0.75, 1.0])), holds)


def test_the_same_seed_replays_the_draw_whatever_the_order_of_rows():
    works, reviewers, apart, affinity, _ = season(10)
    options = {"cap": 0.5, "conflicts": apart, "affinity": affinity}
    turned = dict(reversed(works.items())), dict(reversed(reviewers.items()))
    assert allocate_randomly(*turned, rng=rng(4), **options) == allocate_randomly(
        works, reviewers, rng=rng(4), **options
    )


def test_loads_are_evened_if_asked_for():
    works, reviewers = dict.fromkeys(range(6), 2), dict.fromkeys(range(5), Load())
    affinity = {(r, w): 1.0 if r < 3 else 0.0 for r in reviewers for w in works}
    even = allocate_randomly(works, reviewers, cap=0.8, affinity=affinity, rng=rng()).allocation
    free = allocate_randomly(works, reviewers, cap=0.8, affinity=affinity, balanced=False, rng=rng()).allocation
    assert sorted(map(len, even.works_of.values())) == [2, 2, 2, 3, 3]
    assert free.total > even.total


def test_loads_that_cannot_be_even_are_as_even_as_they_can():
    limited = {"kim": Load(0, 1), "lee": Load(), "moe": Load(3)}
    apart = [Conflict("lee", each, "own") for each in "ab"]
    drawn = allocate_randomly(dict.fromkeys("abcd", 1), limited, cap=1, conflicts=apart, rng=rng()).allocation
    assert sorted(map(len, drawn.works_of.values())) == [0, 1, 3]
    assert len(drawn.works_of["moe"]) == 3


def test_without_affinity_the_seed_chooses_the_probabilities():
    works, reviewers = dict.fromkeys(range(4), 1), dict.fromkeys(range(4), Load())
    odds = [allocate_randomly(works, reviewers, cap=0.5, rng=rng(seed)).probabilities for seed in range(2)]
    assert odds[0].keys() != odds[1].keys()


@pytest.mark.parametrize("cap", [0, 0.0, -0.5, 1.0001, float("nan"), float("inf"), "1", None, True])
def test_a_cap_is_a_probability_above_zero(cap):
    with pytest.raises(InvalidInput, match="not above 0 and at most 1") as caught:
        allocate_randomly({"a": 1}, {"ann": Load()}, cap=cap, rng=rng())
    assert caught.value.field == "cap"


def test_nobody_and_nothing():
    drawn = allocate_randomly({}, {}, cap=1, rng=rng())
    assert (drawn.allocation.pairs, drawn.probabilities, drawn.expected) == ((), {}, 0.0)
    with pytest.raises(AllocationInfeasible, match="has no eligible reviewer"):
        allocate_randomly({"a": 1}, {}, cap=1, rng=rng())


def test_a_graph_that_was_not_sought_is_told_as_it_is():
    drawn = allocate_randomly({"a": 1, "b": 1}, {"ann": Load(), "bob": Load()}, cap=0.5, rng=rng())
    assert (len(drawn.allocation.parts), drawn.allocation.proved) == (2, False)


def test_a_solver_that_gives_up_raises(monkeypatch):
    monkeypatch.setattr(program.Program, "maximise", lambda *args: program.Answer(None, final=False))
    with pytest.raises(NotConverged, match="probabilities of the pairs") as caught:
        allocate_randomly({"a": 1}, {"ann": Load()}, cap=1, rng=rng())
    assert caught.value.gap == randomised.TOLERANCE
