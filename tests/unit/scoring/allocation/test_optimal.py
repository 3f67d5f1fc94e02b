"""Optimal: against every allocation of tiny problems, against a linear program on problems up to 60 x 60."""

import numpy as np
import pytest
from scipy.optimize import linprog

from scoring.allocation import AllocationInfeasible, Conflict, Connect, Load, allocate
from tests.unit.scoring.allocation.cases import Case, check, everyday_and_soak, everyday_and_soak_costly, problems
from tests.unit.scoring.allocation.exhaustive import Everything, bridges_of, groups_of


class Judge:
    """Rates allocations by the stated order: connected, worst-served, no bridge, total."""

    def __init__(self, case, everything, given, goal):
        self.case, self.goal = case, goal
        self.counted = [work for work, need in case.works.items() if need]
        self.given = [everything.pairs(each) for each in given]
        self.level = max(self._level(pairs) for pairs in self.given)
        self.best = max(self.rate(pairs) for pairs in self.given)

    def weigh(self, pairs):
        values = [self.case.affinity[pair] if self.case.affinity else 0 for pair in pairs]
        return min(values, default=99), sum(values)

    def _level(self, pairs):
        joined = len(groups_of(self.counted, pairs)) <= 1
        return (joined or self.goal is Connect.NO_MATTER), self.weigh(pairs)[0]

    def rate(self, pairs):
        level, total = self._level(pairs), self.weigh(pairs)[1]
        firm = True
        if self.goal is Connect.BRIDGELESS and level == self.level and level[0]:
            firm = not bridges_of(self.counted, pairs, {work for work, need in self.case.works.items() if need > 1})
        return (*level, firm, total)


@everyday_and_soak_costly
@pytest.mark.parametrize("goal", list(Connect))
@pytest.mark.parametrize("balanced", [True, False])
def test_no_allocation_is_better_by_the_stated_order(examples, goal, balanced):
    def holds(case):
        everything = Everything(case.works, case.reviewers, case.conflicts)
        if not everything.found:
            with pytest.raises(AllocationInfeasible):
                allocate(case.works, case.reviewers, connect=goal, balanced=balanced, **case.options)
            return
        result = allocate(case.works, case.reviewers, connect=goal, balanced=balanced, **case.options)
        given = everything.most_even() if balanced else everything.found
        assert tuple(frozenset(result.reviewers_of[work]) for work in case.works) in given
        judge = Judge(case, everything, given, goal)
        assert judge.rate(list(result.pairs)) == judge.best
        freely = Judge(case, everything, given, Connect.NO_MATTER).best
        assert (result.total, result.total_apart) == (judge.best[3], freely[3])
        if case.affinity and result.pairs:
            assert (result.worst, result.worst_apart) == (judge.best[1], freely[1])
        else:
            assert result.worst is result.worst_apart is None

    check(examples, problems(), holds)


@everyday_and_soak_costly
def test_a_shortfall_serves_the_fewest_reviewed_best_and_then_places_the_most(examples):
    def holds(case):
        everything = Everything(case.works, case.reviewers, case.conflicts, shortfall=True)
        options = {"shortfall": True, "connect": Connect.NO_MATTER, **case.options}
        if not everything.found:
            with pytest.raises(AllocationInfeasible) as caught:
                allocate(case.works, case.reviewers, **options)
            assert {each.kind for each in caught.value.shortages} == {"reviewers"}
            return
        result = allocate(case.works, case.reviewers, **options)
        given = everything.most_even()
        assert tuple(frozenset(result.reviewers_of[work]) for work in case.works) in given
        judge = Judge(case, everything, given, Connect.NO_MATTER)
        assert judge.rate(list(result.pairs)) == judge.best
        assert result.missing == {
            work: need - len(result.reviewers_of[work])
            for work, need in case.works.items()
            if need > len(result.reviewers_of[work])
        }

    check(examples, problems(works=3, demand=3), holds)


@everyday_and_soak
def test_the_order_of_rows_does_not_matter_and_the_seed_replays(examples):
    def holds(case):
        turned = Case(
            reverse(case.works),
            reverse(case.reviewers),
            case.conflicts[::-1],
            reverse(case.affinity) if case.affinity else None,
            case.seed,
        )
        assert outcome(turned) == outcome(case)

    def outcome(case):
        try:
            return allocate(case.works, case.reviewers, shortfall=True, **case.options)
        except AllocationInfeasible as infeasible:
            return infeasible.shortages

    check(examples, problems(works=6, reviewers=6, demand=3), holds)


def reverse(mapping):
    return dict(reversed(mapping.items()))


def season(seed, size, *, demand=3, levels=None):
    rng = np.random.default_rng(seed)
    works = {f"w{number}": demand for number in range(size)}
    reviewers = {f"r{number}": Load() for number in range(size)}
    apart = [Conflict(f"r{r}", f"w{w}", "kin") for r, w in rng.integers(0, size, size=(size, 2))]
    values = rng.random((size, size)) if levels is None else rng.integers(0, levels, (size, size))
    affinity = {(r, w): float(values[i, j]) for i, r in enumerate(reviewers) for j, w in enumerate(works)}
    return works, reviewers, apart, affinity, values


def linear_optimum(values, apart, *, demand, low, high, least):
    """The greatest total as a linear program says it, None if nothing meets the bounds."""
    size = len(values)
    reviewer_sums = np.kron(np.eye(size), np.ones(size))
    work_sums = np.kron(np.ones(size), np.eye(size))
    allowed = values >= least
    for each in apart:
        allowed[int(each.reviewer[1:]), int(each.work[1:])] = False
    found = linprog(
        -values.ravel(),
        A_ub=np.vstack([reviewer_sums, -reviewer_sums]),
        b_ub=np.concatenate([np.full(size, high), np.full(size, -low)]),
        A_eq=work_sums,
        b_eq=np.full(size, demand),
        bounds=np.stack([np.zeros(size * size), allowed.ravel().astype(float)], axis=1),
    )
    return -found.fun if found.status == 0 else None


@pytest.mark.parametrize("size", [5, 12, 25, 40, 60])
@pytest.mark.parametrize("levels", [None, 4])
@pytest.mark.parametrize("demand", [1, 3])
def test_the_worst_served_and_the_total_are_those_of_a_linear_program(size, levels, demand):
    works, reviewers, apart, affinity, values = season(size, size, demand=demand, levels=levels)
    rng = np.random.default_rng(1)
    result = allocate(works, reviewers, conflicts=apart, affinity=affinity, connect="no_matter", rng=rng)
    assert {len(each) for each in result.works_of.values()} == {demand}
    bounds = {"demand": demand, "low": demand, "high": demand}
    assert result.total == pytest.approx(linear_optimum(values, apart, least=result.worst, **bounds), abs=1e-6)
    better = [each for each in np.unique(values).tolist() if each > result.worst]
    assert not better or linear_optimum(values, apart, least=better[0], **bounds) is None


@pytest.mark.parametrize("seed", range(5))
def test_loads_apart_from_even_are_optimal_too(seed):
    works, reviewers, apart, affinity, values = season(seed, 30)
    limited = dict.fromkeys(reviewers, Load(1, 5))
    options = {"conflicts": apart, "affinity": affinity, "rng": np.random.default_rng(1), "connect": "no_matter"}
    result = allocate(works, limited, balanced=False, **options)
    expected = linear_optimum(values, apart, demand=3, low=1, high=5, least=result.worst)
    assert result.total == pytest.approx(expected, abs=1e-6)
    assert result.total > allocate(works, limited, **options).total - 1e-9


@pytest.mark.parametrize("scale", [1e-300, 1e-9, 1e9, 1e300])
def test_the_unit_of_affinity_does_not_matter(scale):
    works, reviewers, apart, affinity, _ = season(3, 12)
    given = [
        allocate(works, reviewers, conflicts=apart, affinity=each, rng=np.random.default_rng(2)).reviewers_of
        for each in (affinity, {pair: scale * (value - 0.5) for pair, value in affinity.items()})
    ]
    assert given[0] == given[1]


def test_other_seeds_break_ties_in_other_ways_and_nobody_is_favoured():
    works, reviewers = dict.fromkeys("abcdef", 1), dict.fromkeys("uvwxyz", Load())
    given = [
        allocate(works, reviewers, connect="no_matter", rng=np.random.default_rng(seed)).reviewers_of["a"][0]
        for seed in range(300)
    ]
    assert all(30 <= given.count(each) <= 75 for each in reviewers)


def test_affinity_that_is_the_same_for_all_is_as_good_as_none():
    works, reviewers, apart, affinity, _ = season(3, 12)
    even = dict.fromkeys(affinity, 0.7)
    rated = allocate(works, reviewers, conflicts=apart, affinity=even, rng=np.random.default_rng(2))
    plain = allocate(works, reviewers, conflicts=apart, rng=np.random.default_rng(2))
    assert rated.reviewers_of == plain.reviewers_of
    assert (rated.worst, rated.total) == (0.7, pytest.approx(36 * 0.7))
    assert (plain.worst, plain.total) == (None, 0.0)
