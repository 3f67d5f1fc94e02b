"""An everyday sample of the simulations; ``make bench`` runs the table in full."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.simulations import DESIGNS, Twist, allocation, marks, peers, simulate, table

BY_NAME = {design.name: design for design in DESIGNS}


@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_allocations_are_what_the_design_says(design):
    work, reviewer = allocation(design, np.random.default_rng(0))
    assert len(set(zip(work.tolist(), reviewer.tolist(), strict=True))) == len(work) == design.works * design.each
    assert set(np.bincount(work)) == {design.each}
    loads = np.bincount(reviewer, minlength=design.reviewers)
    assert loads.max() - loads.min() <= 1


def test_peers_never_review_themselves_and_the_pair_is_mutual():
    work, reviewer = peers(12, 4, np.random.default_rng(1))
    edges = set(zip(reviewer.tolist(), work.tolist(), strict=True))
    assert len(edges) == 48
    assert not any(a == b for a, b in edges)
    assert {(0, 1), (1, 0)} <= edges
    assert set(np.bincount(work)) == set(np.bincount(reviewer)) == {4}


def test_marks_are_within_the_rubric_and_follow_the_seed():
    design = BY_NAME["ceiling (mean 88), 30 works, 3 of 12"]
    truth, reviews = marks(design, np.random.default_rng(5))
    again = marks(design, np.random.default_rng(5))
    assert reviews.score.max() == 100
    assert reviews.score.min() >= 0
    assert (truth == again[0]).all()
    assert (reviews.score == again[1].score).all()


def test_coverage_is_near_95_percent_and_the_adjusted_mean_is_better_when_severity_differs():
    found = simulate(BY_NAME["unequal severity (12), 30 works, 3 of 12"], repeats=25)
    assert 0.91 <= found.coverage <= 0.98
    assert found.adjusted < 0.85
    assert found.published < 0.85
    assert found.share_adjusted == 1


def test_with_equal_severity_nothing_is_lost():
    found = simulate(BY_NAME["equal severity, 15 works, 3 of 10"], repeats=25)
    assert found.adjusted <= 1.03
    assert found.published <= 1.03
    assert found.share_adjusted <= 0.3


def test_criteria_taken_as_independent_are_too_sure_of_themselves():
    found = simulate(BY_NAME["halo ignored, 30 works, 3 of 12"], repeats=10)
    assert found.coverage < 0.88
    assert simulate(replace(found.design, twist=Twist.NONE), repeats=10).coverage > 0.9


def test_two_panels_are_found():
    assert simulate(BY_NAME["two panels of 15 works, 3 of 6"], repeats=3).panels_found == 2


def test_huber_helps_against_a_rogue_reviewer():
    found = simulate(BY_NAME["one rogue reviewer, 30 works, 5 of 12"], repeats=20)
    assert found.robust < found.adjusted < 1


def test_the_table_has_a_line_a_design():
    found = simulate(BY_NAME["dense: 30 works, all 5 reviewers"], repeats=2)
    lines = table([found, found]).splitlines()
    assert len(lines) == 4
    assert lines[2].startswith("| dense: 30 works, all 5 reviewers | ")
    assert len({line.count("|") for line in lines}) == 1
