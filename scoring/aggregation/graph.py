"""The reviewer-work graph: which works can be compared at all, and whether a panel is dense."""

from __future__ import annotations

import numpy as np

from scoring.aggregation.numeric import Ints

__all__ = ["components", "is_dense"]


def components(work: Ints, reviewer: Ints, n_works: int, n_reviewers: int) -> tuple[Ints, Ints]:
    """Connected components of the graph whose edges are reviews.

    Marks of two components share no reviewer and no work, so nothing but an assumption makes them comparable.

    Parameters
    ----------
    work, reviewer
        Shape (m,), codes 0..n-1.
    n_works, n_reviewers
        Number of codes; a work or reviewer without reviews is a component of its own.

    Returns
    -------
    tuple
        Component of each work and of each reviewer, numbered from 0 in the order of their first work.
    """
    parent = np.arange(n_works + n_reviewers)
    left, right = work, reviewer + n_works
    while True:
        # Every edge pulls both ends to the smaller root, then paths are halved: a handful of rounds whatever the order.
        smaller = np.minimum(parent[left], parent[right])
        previous = parent.copy()
        np.minimum.at(parent, parent[left], smaller)
        np.minimum.at(parent, parent[right], smaller)
        parent = parent[parent]
        if np.array_equal(parent, previous):
            break
    number = np.unique(parent, return_inverse=True)[1]
    return number[:n_works], number[n_works:]


def is_dense(work: Ints, reviewer: Ints, work_component: Ints, reviewer_component: Ints) -> bool:
    """Whether every reviewer marked every work of the component they belong to.

    There the reviewers' severities cancel out of every comparison, and no correction can beat the plain mean.
    """
    possible = np.bincount(work_component) * np.bincount(
        reviewer_component, minlength=work_component.max(initial=-1) + 1
    )
    return len(np.unique(np.stack([work, reviewer]), axis=1).T) == int(possible.sum())
