"""Panels that say little still have a defined result."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.aggregation import Criterion, Policy, Published, Reviews, Rubric, aggregate
from scoring.aggregation.outcome import Reason
from scoring.aggregation.records import Obstacle

RUBRIC = Rubric("1", (Criterion("c", 10),))


def run(*marks, **policy):
    rows = [(work, reviewer, "c", mark) for work, reviewer, mark in marks]
    return aggregate(Reviews.from_rows(rows), RUBRIC, policy=Policy(publish=Published.ADJUSTED, **policy))


def nan(result, *names):
    return [bool(np.isnan(getattr(result.works, name)).all()) for name in names]


def test_no_reviews_at_all():
    found = run()
    assert len(found.works) == len(found.reviewers) == 0
    assert found.diagnostics.problem is Obstacle.FEW_LEVELS
    assert found.published is Published.MEAN
    assert np.isnan(found.diagnostics.density)
    assert found.diagnostics.components == 0
    assert list(found.works) == []


def test_only_missing_marks():
    found = run(("a", "x", None), ("b", "x", None))
    assert found.diagnostics.set_aside == (("a", "x"), ("b", "x"))
    assert len(found.works) == 0


def test_one_mark():
    found = run(("a", "x", 7))
    row = found.works["a"]
    assert (row.grade, row.mean, row.median, row.trimmed_mean, row.n, row.spread) == (7.0, 7.0, 7.0, 7.0, 1, 0.0)
    assert nan(found, "se", "low", "high", "adjusted", "adjusted_se", "blup", "shift") == [True] * 7
    assert (row.shift_reviewer, row.escalation) == (None, ("few_reviews",))
    assert found.reasons == (Reason.DENSE_PANEL, Reason.FEW_WORKS, Reason.NOT_ESTIMABLE)
    assert np.isnan([found.reviewers["x"].severity, found.reviewers["x"].noise, found.diagnostics.severity_p]).all()
    assert found.diagnostics.variances is None


def test_one_work_with_several_reviewers_has_an_error_from_its_own_spread():
    found = run(("a", "x", 7), ("a", "y", 9), ("a", "z", 5))
    row = found.works["a"]
    assert found.diagnostics.problem is Obstacle.FEW_LEVELS
    assert row.mean == 7.0
    assert row.se == pytest.approx(2 / 3**0.5)
    assert (row.low, row.high) == (pytest.approx(7 - 4.302653 * row.se), 10.0)  # Student's t with 2 df; at most 10
    assert (row.shift, row.shift_reviewer) == (-1.0, "y")


def test_one_reviewer_with_several_works():
    found = run(("a", "x", 7), ("b", "x", 9), ("c", "x", 5))
    assert found.diagnostics.problem is Obstacle.FEW_LEVELS
    assert found.works.grade.tolist() == [7.0, 9.0, 5.0]
    assert np.isnan(found.works.se).all()


def test_one_review_a_work():
    found = run(("a", "x", 7), ("b", "x", 9), ("c", "y", 5), ("d", "y", 6))
    assert found.diagnostics.problem is Obstacle.SATURATED
    assert found.diagnostics.components == 2


def test_equal_marks_everywhere():
    found = run(*((work, reviewer, 6) for work in "abcd" for reviewer in "xyz"))
    assert found.diagnostics.problem is Obstacle.NO_VARIATION
    assert found.works.grade.tolist() == [6.0] * 4
    assert found.works.se.tolist() == [0.0] * 4
    assert found.works.low.tolist() == found.works.high.tolist() == [6.0] * 4


def test_reviewers_who_agree_exactly():
    found = run(
        *((work, reviewer, mark) for work, mark in zip("abcd", (2, 5, 7, 8), strict=True) for reviewer in "xyz")
    )
    assert found.diagnostics.problem is Obstacle.NO_NOISE
    assert found.works.grade.tolist() == [2.0, 5.0, 7.0, 8.0]


def test_weights_enter_the_error_without_a_model():
    rows = [("a", "x", "c", 4, 3.0), ("a", "y", "c", 8, 1.0)]
    row = aggregate(Reviews.from_rows(rows), RUBRIC).works["a"]
    assert row.mean == 5.0
    # Weighted squares 3 x 1 + 1 x 9 = 12 on one degree of freedom, over a summed weight of 4.
    assert row.se == pytest.approx((12 / 4) ** 0.5)
    assert (row.shift, row.shift_reviewer) == (3.0, "x")


def test_a_halo_without_two_marks_a_review():
    found = run(*((work, reviewer, mark) for mark, (work, reviewer) in enumerate(PAIRS)), model="criteria")
    assert found.diagnostics.problem is Obstacle.NO_HALO


PAIRS = [("a", "x"), ("b", "x"), ("a", "y"), ("b", "y"), ("c", "x"), ("c", "y"), ("d", "x"), ("d", "z"), ("c", "z")]


def test_a_work_with_one_review_in_a_good_panel():
    marks = [(work, reviewer, mark) for mark, (work, reviewer) in enumerate(PAIRS)]
    found = run(*marks, ("e", "x", 9))
    row = found.works["e"]
    assert found.diagnostics.problem is None
    assert np.isnan(row.shift)
    assert row.se > found.works["c"].se
    assert np.isfinite(row.adjusted)


def test_a_reviewer_alone_with_their_works_has_no_visible_noise():
    marks = [(work, reviewer, mark) for mark, (work, reviewer) in enumerate(PAIRS)]
    found = run(*marks, ("e", "w", 9))
    assert np.isnan(found.reviewers["w"].noise)
    assert np.isfinite(found.reviewers["x"].noise)
    assert found.reviewers["w"].n == 1


def test_no_panel_however_odd_raises_or_warns():
    rng = np.random.default_rng(1)
    seen = set()
    for _ in range(60):
        works, reviewers, density = rng.integers(1, 20), rng.integers(1, 10), rng.uniform(0.1, 1)
        pairs = [(w, r) for w in range(works) for r in range(reviewers) if rng.random() < density]
        marks = [(w, r, int(rng.integers(0, 3))) for w, r in pairs]
        found = run(*marks, robust=True, rasch=True)
        assert len(found.works) == len({w for w, _ in pairs})
        assert np.isfinite(found.works.mean).all()
        assert (found.diagnostics.problem is None) == (found.diagnostics.variances is not None)
        assert (found.diagnostics.rasch_problem is None) == (found.rasch is not None)
        seen |= {found.diagnostics.problem, found.diagnostics.rasch_problem}
    assert {None, Obstacle.FEW_LEVELS, Obstacle.SATURATED, Obstacle.DISCONNECTED, Obstacle.SEPARATED} <= seen
