"""After drop-outs: what exists stays, and as little as possible changes."""

import numpy as np
import pytest

from scoring.allocation import AllocationInfeasible, Conflict, Connection, Load, allocate, top_up
from scoring.errors import InvalidInput
from tests.unit.scoring.allocation.cases import check, everyday_and_soak_costly, problems
from tests.unit.scoring.allocation.exhaustive import Everything


def rng(seed=0):
    return np.random.default_rng(seed)


def test_a_reviewer_who_leaves_is_replaced_and_nothing_else_changes():
    works, reviewers = dict.fromkeys(range(30), 3), dict.fromkeys(range(30), Load())
    apart = [Conflict(number, number, "own work") for number in range(30)]
    before = allocate(works, reviewers, conflicts=apart, rng=rng())
    left = {each: load for each, load in reviewers.items() if each != 7}
    changed = top_up(before.pairs, works, left, conflicts=apart[:7] + apart[8:], rng=rng(1))
    assert changed.removed == tuple((7, work) for work in before.works_of[7])
    assert [work for _, work in sorted(changed.added, key=lambda pair: pair[1])] == list(before.works_of[7])
    assert set(changed.kept) == set(before.pairs) - set(changed.removed)
    assert set(changed.allocation.pairs) == set(changed.kept) | set(changed.added)
    assert len({reviewer for reviewer, _ in changed.added}) == 3
    assert changed.allocation.connection is Connection.BRIDGELESS


def test_without_a_change_nothing_changes():
    works, reviewers = dict.fromkeys("abcd", 2), dict.fromkeys("uvwxyz", Load())
    before = allocate(works, reviewers, rng=rng())
    changed = top_up(before.pairs, works, reviewers, rng=rng(5))
    assert (changed.kept, changed.added, changed.removed) == (before.pairs, (), ())
    assert changed.allocation.reviewers_of == before.reviewers_of
    assert (changed.allocation.worst, changed.allocation.total) == (None, 0.0)


def test_a_work_that_leaves_takes_its_pairs_along():
    changed = top_up([("ann", "a"), ("ann", "b")], {"b": 1}, {"ann": Load(), "bob": Load()}, rng=rng())
    assert (changed.kept, changed.added, changed.removed) == ((("ann", "b"),), (), (("ann", "a"),))


def test_a_new_conflict_removes_its_pair():
    apart = [Conflict("ann", "a", "kin")]
    changed = top_up([("ann", "a")], {"a": 1}, {"ann": Load(), "bob": Load()}, conflicts=apart, rng=rng())
    assert (changed.added, changed.removed) == ((("bob", "a"),), (("ann", "a"),))


def test_written_reviews_of_those_who_left_stay_and_count():
    reviewers = {"ann": Load(0, 0), "bob": Load(), "cyd": Load()}
    before = [("ann", "a"), ("ann", "b"), ("bob", "a"), ("cyd", "b")]
    changed = top_up(before, {"a": 2, "b": 2}, reviewers, done=[("ann", "a")], rng=rng())
    assert changed.kept == (("ann", "a"), ("bob", "a"), ("cyd", "b"))
    assert (changed.added, changed.removed) == ((("bob", "b"),), (("ann", "b"),))


def test_written_reviews_beyond_the_demand_stay():
    written = [("ann", "a"), ("bob", "a")]
    changed = top_up([], {"a": 1, "b": 1}, {"ann": Load(), "bob": Load()}, done=written, rng=rng())
    assert changed.allocation.reviewers_of["a"] == ("ann", "bob")
    assert (len(changed.added), changed.kept, changed.removed) == (3, (), ())


def test_a_demand_that_falls_releases_a_pair_and_one_that_grows_adds_one():
    reviewers = dict.fromkeys(["ann", "bob", "cyd"], Load())
    before = [("ann", "a"), ("bob", "a"), ("bob", "b"), ("cyd", "b")]
    changed = top_up(before, {"a": 1, "b": 3}, reviewers, rng=rng())
    assert (len(changed.kept), len(changed.removed), changed.added) == (3, 1, (("ann", "b"),))


def test_a_pair_moves_only_where_nothing_else_helps():
    # bob may only take b, so ann has to give b up and take a alone.
    apart = [Conflict("bob", "a", "kin")]
    reviewers = {"ann": Load(0, 1), "bob": Load(0, 1)}
    changed = top_up([("ann", "b")], {"a": 1, "b": 1}, reviewers, conflicts=apart, rng=rng())
    assert (changed.added, changed.removed) == ((("ann", "a"), ("bob", "b")), (("ann", "b"),))


def test_loads_are_balanced_with_what_is_kept_counted_in():
    before = [("ann", "a"), ("ann", "b"), ("bob", "c")]
    works = dict.fromkeys("abcdef", 1)
    changed = top_up(before, works, dict.fromkeys(["ann", "bob", "cyd"], Load()), rng=rng())
    assert {each: len(held) for each, held in changed.allocation.works_of.items()} == {"ann": 2, "bob": 2, "cyd": 2}


def test_added_pairs_are_the_best_suited():
    affinity = {("ann", "a"): 1, ("bob", "a"): 2, ("cyd", "a"): 3}
    reviewers = dict.fromkeys(["ann", "bob", "cyd"], Load())
    changed = top_up([("ann", "a")], {"a": 2}, reviewers, affinity=affinity, rng=rng())
    assert (changed.added, changed.allocation.total, changed.allocation.worst) == ((("cyd", "a"),), 3.0, 3.0)


def test_removed_pairs_stand_in_order_of_ids_numbers_before_texts():
    before = [("b", 1), ("a", "w"), (10, "w"), (9, 2), (9, 1)]
    changed = top_up(before, {}, {}, rng=rng())
    assert changed.removed == ((9, 1), (9, 2), (10, "w"), ("a", "w"), ("b", 1))


def test_a_shortfall_can_be_allowed_and_even_loads_waived():
    changed = top_up(
        [("ann", "a")], {"a": 3}, {"ann": Load(), "bob": Load()}, shortfall=True, balanced=False, rng=rng()
    )
    assert (changed.kept, changed.added, changed.allocation.missing) == ((("ann", "a"),), (("bob", "a"),), {"a": 1})
    with pytest.raises(AllocationInfeasible, match=r"needs 3 reviews, but has only 2 eligible reviewers \(ann, bob\)"):
        top_up([("ann", "a")], {"a": 3}, {"ann": Load(), "bob": Load()}, rng=rng())


def test_the_graph_is_joined_by_what_is_added():
    before = [("ann", "a"), ("bob", "b")]
    changed = top_up(before, {"a": 2, "b": 2}, dict.fromkeys(["ann", "bob", "cyd"], Load()), rng=rng())
    assert len(changed.allocation.parts) == 1
    alone = top_up(before, {"a": 1, "b": 1}, dict.fromkeys(["ann", "bob", "cyd"], Load()), rng=rng())
    assert (alone.allocation.connection, alone.allocation.proved) == (Connection.APART, True)


@pytest.mark.parametrize(
    ("done", "message"),
    [
        (("ann", "a"), r"done\[ann, a\]: is a pair in conflict \(take the review out first\)"),
        (
            ("eve", "a"),
            r"done\[eve, a\]: names someone who does not take part \(keep a reviewer who left with Load\(0, 0\)\)",
        ),
        (("ann", "z"), r"done\[ann, z\]: names someone who does not take part"),
    ],
)
def test_a_written_review_is_of_someone_who_takes_part_without_conflict(done, message):
    with pytest.raises(InvalidInput, match=message):
        top_up([], {"a": 1}, {"ann": Load()}, done=[done], conflicts=[Conflict("ann", "a", "kin")], rng=rng())


@pytest.mark.parametrize("field", ["before", "done"])
def test_pairs_are_pairs(field):
    given = {"before": [], "done": [], field: [("ann", "a"), "ann", ("ann", "a", 1)]}
    with pytest.raises(InvalidInput) as caught:
        top_up(given["before"], {"a": 1}, {"ann": Load()}, done=given["done"], rng=rng())
    assert [str(problem) for problem in caught.value.problems] == [
        f"{field}[1]: is 'ann', not (reviewer, work)",
        f"{field}[2]: is ('ann', 'a', 1), not (reviewer, work)",
    ]


@everyday_and_soak_costly
def test_no_allocation_keeps_more(examples):
    def holds(case):
        everything = Everything(case.works, case.reviewers, case.conflicts)
        random = np.random.default_rng(case.seed)
        before = {(r, w) for r in case.reviewers for w in case.works if random.random() < 0.5}
        if not everything.found:
            with pytest.raises(AllocationInfeasible):
                top_up(before, case.works, case.reviewers, **case.options)
            return
        changed = top_up(before, case.works, case.reviewers, **case.options)
        now = changed.allocation
        assert tuple(frozenset(now.reviewers_of[work]) for work in case.works) in everything.found
        assert len(changed.kept) == max(len(before & set(everything.pairs(given))) for given in everything.found)
        assert set(changed.kept) | set(changed.removed) == before
        assert set(changed.kept) | set(changed.added) == set(now.pairs)
        assert not set(changed.added) & before

    check(examples, problems(), holds)
