"""Which works can be compared at all."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.aggregation.graph import components, is_dense


def find(work, reviewer, works, reviewers):
    return components(np.array(work, dtype=int), np.array(reviewer, dtype=int), works, reviewers)


def test_works_that_share_a_reviewer_belong_together():
    of_work, of_reviewer = find([0, 1, 1, 2], [0, 0, 1, 1], 3, 2)
    assert of_work.tolist() == [0, 0, 0]
    assert of_reviewer.tolist() == [0, 0]


def test_components_are_numbered_by_their_first_work():
    of_work, of_reviewer = find([0, 1, 2, 3], [2, 1, 2, 0], 4, 3)
    assert of_work.tolist() == [0, 1, 0, 2]
    assert of_reviewer.tolist() == [2, 1, 0]


def test_a_work_without_reviews_is_alone():
    of_work, of_reviewer = find([0], [0], 2, 2)
    assert of_work.tolist() == [0, 1]
    assert of_reviewer.tolist() == [0, 2]


def test_a_long_chain_is_one_component():
    chain = np.arange(500)
    work, reviewer = np.concatenate([chain, chain[1:]]), np.concatenate([chain, chain[:-1]])
    order = np.random.default_rng(0).permutation(len(work))
    assert set(components(work[order], reviewer[order], 500, 500)[0].tolist()) == {0}


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 5)), max_size=14))
def test_components_agree_with_a_walk_over_the_graph(edges):
    of_work, of_reviewer = find([edge[0] for edge in edges], [edge[1] for edge in edges], 8, 6)
    for start in range(8):
        seen, reach = {("w", start)}, [("w", start)]
        while reach:
            kind, node = reach.pop()
            for w, r in edges:
                following = ("r", r) if kind == "w" and w == node else ("w", w) if kind == "r" and r == node else None
                if following and following not in seen:
                    seen.add(following)
                    reach.append(following)
        for work in range(8):
            assert (of_work[work] == of_work[start]) == (("w", work) in seen)
        for reviewer in range(6):
            assert (of_reviewer[reviewer] == of_work[start]) == (("r", reviewer) in seen)


def dense(edges, works, reviewers):
    work, reviewer = np.array(edges).T
    return is_dense(work, reviewer, *components(work, reviewer, works, reviewers))


def test_a_panel_is_dense_where_every_reviewer_marked_every_work():
    assert dense([(0, 0), (0, 1), (1, 0), (1, 1)], 2, 2)
    assert not dense([(0, 0), (0, 1), (1, 0)], 2, 2)


def test_a_repeated_review_does_not_make_a_panel_dense():
    assert not dense([(0, 0), (0, 1), (1, 0), (1, 0)], 2, 2)


def test_two_full_panels_are_dense_each_within_itself():
    assert dense([(0, 0), (1, 0), (2, 1), (2, 2)], 3, 3)
