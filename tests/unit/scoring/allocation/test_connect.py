"""The graph of reviews: connected, without a bridge, at the least price; and what is said where that cannot be."""

import numpy as np
import pytest
from hypothesis import strategies as st

from scoring.allocation import Conflict, Connect, Connection, Load, allocate, connect
from scoring.allocation.graph import bridges, parts
from tests.unit.scoring.allocation.cases import check, everyday_and_soak
from tests.unit.scoring.allocation.exhaustive import bridges_of, groups_of


def run(works, reviewers, seed=0, **options):
    return allocate(works, reviewers, rng=np.random.default_rng(seed), **options)


def two_schools(size, *, demand=2):
    """Two groups of works whose reviewers know only their own."""
    works = {f"{school}{number}": demand for school in "ab" for number in range(size)}
    reviewers = {f"{school}r{number}": Load() for school in "ab" for number in range(size)}
    affinity = {(r, w): 1.0 if r[0] == w[0] else 0.0 for r in reviewers for w in works}
    return works, reviewers, affinity


def test_without_a_thought_for_the_graph_each_school_keeps_to_itself():
    works, reviewers, affinity = two_schools(4)
    result = run(works, reviewers, affinity=affinity, connect="no_matter")
    assert result.connection is Connection.APART
    assert {part[0][0] for part in result.parts} == {"a", "b"}
    assert (result.worst, result.total, result.price, result.proved) == (1.0, 16.0, 0.0, False)


@pytest.mark.parametrize(("aim", "price"), [(Connect.CONNECTED, 2.0), (Connect.BRIDGELESS, 2.0)])
def test_joining_them_costs_as_little_as_it_can(aim, price):
    works, reviewers, affinity = two_schools(4)
    result = run(works, reviewers, affinity=affinity, connect=aim)
    assert len(result.parts) == 1
    assert (result.price, result.total, result.total_apart) == (price, 14.0, 16.0)
    assert (result.worst, result.worst_apart, result.proved) == (0.0, 1.0, True)


def test_a_bridge_is_avoided_where_that_is_possible():
    # One more review of b by a reviewer of a would join the schools; without a bridge it takes two.
    works, reviewers, affinity = two_schools(3)
    works["b0"] = 3
    loose = run(works, reviewers, affinity=affinity, connect=Connect.CONNECTED, balanced=False)
    firm = run(works, reviewers, affinity=affinity, balanced=False)
    assert (len(loose.parts), len(firm.parts)) == (1, 1)
    assert firm.bridges == ()
    assert loose.total >= firm.total
    for result in (loose, firm):
        assert list(result.bridges) == sorted(bridges_of(works, list(result.pairs), set(works)))


def test_a_bridge_that_cannot_be_avoided_is_named():
    apart = [Conflict(r, w, "school") for r in ("ar", "as") for w in ("b", "c")]
    apart += [Conflict(r, w, "school") for r in ("br", "bs") for w in ("a", "d")]
    works, reviewers = (
        {"a": 3, "b": 2, "c": 2, "d": 2},
        {"ar": Load(), "as": Load(), "br": Load(), "bs": Load(), "x": Load(0, 2)},
    )
    result = run({**works, "b": 3}, reviewers, conflicts=apart, balanced=False)
    assert result.connection is Connection.CONNECTED
    assert result.bridges == (("x", "a"), ("x", "b"))
    assert result.proved


def test_works_of_one_review_hang_on_it_and_are_no_bridges():
    result = run({"a": 1, "b": 1, "c": 1}, {"kim": Load()})
    assert (result.parts, result.bridges, result.connection) == ((("a", "b", "c"),), (), Connection.BRIDGELESS)


def test_too_few_reviews_to_hold_all_together_are_told_apart_with_certainty():
    result = run({"a": 1, "b": 1, "c": 1, "d": 1}, {"kim": Load(0, 2), "lee": Load(0, 2)})
    assert (len(result.parts), result.connection, result.proved) == (2, Connection.APART, True)
    assert [len(part) for part in result.parts] == [2, 2]


def test_conflicts_that_keep_works_apart_are_found_and_proved():
    apart = [Conflict(r, w, "x") for r, w in [("kim", "c"), ("kim", "d"), ("lee", "c"), ("lee", "d")]]
    apart += [Conflict(r, w, "x") for r, w in [("moe", "a"), ("moe", "b"), ("ned", "a"), ("ned", "b")]]
    works, reviewers = dict.fromkeys("abcd", 2), dict.fromkeys(["kim", "lee", "moe", "ned"], Load())
    result = run(works, reviewers, conflicts=apart)
    assert (result.parts, result.proved) == ((("a", "b"), ("c", "d")), True)


def test_parts_stand_by_size_and_then_by_their_first_work():
    apart = [
        Conflict(r, w, "x")
        for r, w in [("kim", "b"), ("lee", "a"), ("lee", "c"), ("kim", "d"), ("lee", "d"), ("moe", "a")]
    ]
    apart += [Conflict("moe", each, "x") for each in "bc"]
    result = run(dict.fromkeys("abcd", 1), dict.fromkeys(["kim", "lee", "moe"], Load()), conflicts=apart)
    assert result.parts == (("a", "c"), ("b",), ("d",))


@pytest.mark.parametrize(("size", "demand"), [(12, 2), (30, 2), (60, 2), (60, 3)])
def test_a_season_without_affinity_is_bridgeless_whatever_the_seed(size, demand):
    works, reviewers = dict.fromkeys(range(size), demand), dict.fromkeys(range(size), Load())
    apart = [Conflict(number, number, "own work") for number in range(size)]
    for seed in range(3):
        result = run(works, reviewers, seed, conflicts=apart)
        assert result.connection is Connection.BRIDGELESS
        assert {len(each) for each in result.works_of.values()} == {demand}


def test_loads_that_cannot_be_even_stay_as_even_as_they_can_while_the_graph_is_joined():
    # One of the first school may write a single review, so another writes three; the program must keep exactly that.
    works, reviewers, affinity = two_schools(4)
    reviewers = {**reviewers, "ar0": Load(0, 1)}
    plain = run(works, reviewers, affinity=affinity, connect="no_matter")
    joined = run(works, reviewers, affinity=affinity)
    assert plain.connection is Connection.APART
    assert joined.connection is Connection.CONNECTED  # the work of the single review has only one other
    loads = [sorted(map(len, each.works_of.values())) for each in (plain, joined)]
    assert loads[0] == loads[1] == [1, 2, 2, 2, 2, 2, 2, 3]


def test_a_search_that_runs_into_its_limit_says_so(monkeypatch):
    works, reviewers, affinity = two_schools(4)
    monkeypatch.setattr(connect, "MAX_ROUNDS", 0)
    result = run(works, reviewers, affinity=affinity)
    assert (result.connection, result.proved, result.price) == (Connection.APART, False, 0.0)


def test_a_solver_that_runs_into_its_limit_is_no_proof(monkeypatch):
    class Unfinished:
        status, x = 1, None

    works, reviewers, affinity = two_schools(4)
    monkeypatch.setattr("scipy.optimize.milp", lambda *args, **options: Unfinished())
    result = run(works, reviewers, affinity=affinity)
    assert (result.connection, result.proved) == (Connection.APART, False)


def grids():
    shape = st.tuples(st.integers(1, 5), st.integers(1, 6), st.integers(0, 2**16), st.floats(0, 0.8))

    def build(drawn):
        reviewers, works, seed, density = drawn
        return np.random.default_rng(seed).random((reviewers, works)) < density

    return shape.map(build)


@everyday_and_soak
def test_parts_and_bridges_are_those_of_their_definitions(examples):
    def holds(grid):
        edges = [(int(r), int(w)) for r, w in np.argwhere(grid)]
        works = range(grid.shape[1])
        assert {frozenset(part) for _, part in parts(grid)} == {frozenset(each) for each in groups_of(works, edges)}
        firm = grid.sum(axis=0) > 1
        found = [bridge for bridge in bridges(grid, firm) if bridge.splits_works]
        assert sorted(bridge.edge for bridge in found) == sorted(
            bridges_of(works, edges, set(np.flatnonzero(firm).tolist()))
        )
        for bridge in bridges(grid, firm):
            rest = grid.copy()
            rest[bridge.edge] = False
            inside = rest[np.ix_(sorted(bridge.reviewers), sorted(set(works) - bridge.works))]
            outside = rest[np.ix_(sorted(set(range(grid.shape[0])) - bridge.reviewers), sorted(bridge.works))]
            assert not inside.any()
            assert not outside.any()

    check(examples, grids(), holds)


def test_a_chain_of_thousands_of_works_does_not_hit_a_limit():
    count = 3000
    grid = np.zeros((count, count + 1), dtype=bool)
    grid[np.arange(count), np.arange(count)] = grid[np.arange(count), np.arange(count) + 1] = True
    assert len(parts(grid)) == 1
    assert len(bridges(grid, np.ones(count + 1, dtype=bool))) == 2 * count
