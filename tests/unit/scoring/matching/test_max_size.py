"""Seating as many people as ties allow: Kiraly against the exact maximum, the exact maximum against enumeration."""

import numpy as np
import pytest
from hypothesis import strategies as st

from scoring.errors import InvalidInput, NotConverged
from scoring.matching import Method, exact, match
from tests.unit.scoring.matching.cases import check, everyday_and_soak, everyday_and_soak_costly, markets
from tests.unit.scoring.matching.exhaustive import Game


def size(case, method):
    return len(match(*case.lists, method=method, conflicts=case.conflicts, rng=case.rng).pairs)


@everyday_and_soak_costly
def test_the_exact_method_seats_the_most_that_any_stable_matching_seats(examples):
    def holds(case):
        most = max(len(pairs) for pairs in Game(*case.lists, case.conflicts).stable())
        assert size(case, Method.MAX_SIZE_EXACT) == most

    check(examples, markets(), holds)


@everyday_and_soak
def test_kiraly_seats_at_least_two_thirds_of_the_exact_maximum(examples):
    def holds(case):
        assert 3 * size(case, Method.MAX_SIZE) >= 2 * size(case, Method.MAX_SIZE_EXACT)

    check(examples, markets(people=12, mentors=9, conflicts=False, indifferent=False), holds)


@everyday_and_soak
def test_without_ties_kiraly_gives_the_matching_that_is_best_for_participants(examples):
    def holds(case):
        plain = match(*case.lists, conflicts=case.conflicts)
        assert match(*case.lists, method=Method.MAX_SIZE, conflicts=case.conflicts).pairs == plain.pairs

    check(examples, markets(ties=False, people=9, mentors=6), holds)


def tied_market(seed, *, people=60, mentors=30, wishes=3, groups=3):
    rng = np.random.default_rng(seed)
    popularity = rng.random(mentors) ** 2 + 0.01
    popularity /= popularity.sum()
    chosen = {p: rng.choice(mentors, wishes, replace=False, p=popularity).tolist() for p in range(people)}
    ranked = {
        m: [tuple(each.tolist()) for each in np.array_split(rng.permutation(people), groups)] for m in range(mentors)
    }
    return chosen, ranked


def test_a_season_of_sixty_with_ties_seats_more_people_than_a_lottery_does():
    gained = []
    for seed in range(10):
        chosen, ranked = tied_market(seed)
        sizes = [len(match(chosen, ranked, 2, method=each, rng=np.random.default_rng(1)).pairs) for each in Method]
        drawn, _, kiraly, exactly = sizes
        assert drawn <= exactly
        assert 2 * exactly <= 3 * kiraly <= 3 * exactly
        gained.append(kiraly - drawn)
    assert sum(gained) > 0


@pytest.mark.parametrize("method", [Method.MAX_SIZE, Method.MAX_SIZE_EXACT])
def test_an_uncertain_participant_makes_room(method):
    # bob can only go to x; ann likes x and y equally. A lottery that sends ann to x would leave bob without.
    for seed in range(20):
        result = match(
            {"ann": [("x", "y")], "bob": ["x"]},
            {"x": [("ann", "bob")], "y": ["ann"]},
            1,
            method=method,
            rng=np.random.default_rng(seed),
        )
        assert result.pairs == {"ann": "y", "bob": "x"}


@pytest.mark.parametrize("method", [Method.MAX_SIZE, Method.MAX_SIZE_EXACT])
def test_a_bachelor_wins_a_tie_against_someone_with_another_choice(method):
    # x holds ann and bob equal; ann would go on to y, bob has nobody else.
    for seed in range(20):
        result = match(
            {"ann": ["x", "y"], "bob": ["x"]},
            {"x": [("ann", "bob")], "y": ["ann"]},
            1,
            method=method,
            rng=np.random.default_rng(seed),
        )
        assert result.pairs == {"ann": "y", "bob": "x"}


def test_between_equals_the_lottery_decides_and_gives_each_a_fair_chance():
    winners = [
        match({"ann": ["x"], "bob": ["x"]}, {"x": None}, 1, method=method, rng=np.random.default_rng(seed)).mentees[
            "x"
        ][0]
        for method in (Method.PARTICIPANTS_PROPOSE, Method.MAX_SIZE)
        for seed in range(100)
    ]
    assert 70 <= winners.count("ann") <= 130


def test_a_lottery_decides_between_lads_too():
    # All three are equal to x and y and have no other choice: two of three are seated, by number.
    lists = ({each: ["x", "y"] for each in ("ann", "bob", "cyd")}, {"x": None, "y": None}, 1)
    for seed in range(20):
        result = match(*lists, method=Method.MAX_SIZE, rng=np.random.default_rng(seed))
        last = max(result.lottery.participants, key=result.lottery.participants.get)
        assert result.unmatched == (last,)


@pytest.mark.parametrize("count", [200, 201])
def test_the_exact_method_is_offered_up_to_two_hundred_participants(count):
    wishes = {number: ["x"] for number in range(count)}
    if count <= 200:
        assert match(wishes, {"x": list(wishes)}, 3, method=Method.MAX_SIZE_EXACT).mentees == {"x": (0, 1, 2)}
    else:
        with pytest.raises(InvalidInput, match="are 201; the exact maximum is offered up to 200"):
            match(wishes, {"x": list(wishes)}, 3, method=Method.MAX_SIZE_EXACT)


def test_places_beyond_the_number_of_people_are_no_trouble():
    lists = ({"ann": ["x"], "bob": ["x"]}, {"x": [("ann", "bob")]}, 10**12)
    assert len(match(*lists, method=Method.MAX_SIZE_EXACT, rng=np.random.default_rng(0)).pairs) == 2


def hardest(people=12):
    """Markets where Kiraly falls short of the bound, so that the solver is needed."""
    return st.integers(0, 2**16).map(lambda seed: tied_market(seed, people=people, mentors=8, wishes=3, groups=2))


def test_an_unfinished_proof_raises(monkeypatch):
    class Unfinished:
        status, mip_gap = 1, 0.25

    monkeypatch.setattr("scipy.optimize.milp", lambda *args, **options: Unfinished())
    monkeypatch.setattr(exact, "_bound", lambda market, pairs: len(pairs) + 1)
    with pytest.raises(NotConverged, match="largest stable matching") as caught:
        match({"ann": ["x"]}, {"x": ["ann"]}, 1, method=Method.MAX_SIZE_EXACT)
    assert (caught.value.iterations, caught.value.gap) == (exact.NODE_LIMIT, 0.25)


@everyday_and_soak_costly
def test_kiraly_and_the_solver_on_markets_where_the_lottery_costs_seats(examples):
    def holds(lists):
        capacities = dict.fromkeys(lists[1], 1)
        sizes = [len(match(*lists, capacities, method=each, rng=np.random.default_rng(3)).pairs) for each in Method]
        assert 2 * sizes[3] <= 3 * sizes[2] <= 3 * sizes[3]
        assert sizes[0] <= sizes[3]

    check(examples, hardest(), holds)
