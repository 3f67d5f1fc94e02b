"""Severity-adjusted means against generalised least squares written out, and Huber's weights."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from scoring.aggregation import adjust as module
from scoring.aggregation.adjust import HUBER_K, adjust, huber_adjust
from scoring.errors import NotConverged
from tests.unit.scoring.aggregation.oracle import indicator, panel

RATIO = 0.7


@pytest.fixture
def case():
    work, reviewer, _, values = panel(seed=1, works=8, reviewers=5, each=3)
    weight = np.random.default_rng(2).uniform(0.5, 2.0, len(values))
    return work, reviewer, values, weight


def gls(work, reviewer, values, weight, ratio=RATIO):
    """Estimates, their covariance and the weights that make them."""
    x, z = indicator(work), indicator(reviewer)
    inverse = np.linalg.inv(ratio * z @ z.T + np.diag(1 / weight))
    covariance = np.linalg.inv(x.T @ inverse @ x)
    return covariance @ x.T @ inverse @ values, covariance, covariance @ x.T @ inverse


def test_grades_are_generalised_least_squares(case):
    reviewer, weight = case[1], case[3]
    grade, covariance, maker = gls(*case)
    made = adjust(*case, RATIO)
    assert_allclose(made.grade, grade)
    assert_allclose(made.variance, np.diag(covariance))
    assert_allclose(made.from_reviewers, ((maker @ indicator(reviewer)) ** 2).sum(axis=1))
    assert_allclose(made.variance - RATIO * made.from_reviewers, (maker**2 / weight).sum(axis=1))


def test_leniency_is_predicted_with_its_error(case):
    work, reviewer, values, weight = case
    grade, _, _ = gls(*case)
    z = indicator(reviewer)
    inverse = np.linalg.inv(RATIO * z @ z.T + np.diag(1 / weight))
    made = adjust(*case, RATIO)
    assert_allclose(made.leniency, RATIO * z.T @ inverse @ (values - grade[work]))
    assert_allclose(made.residual, values - grade[work] - made.leniency[reviewer])
    mixed = np.block(
        [
            [indicator(work).T @ (weight[:, None] * indicator(work)), indicator(work).T @ (weight[:, None] * z)],
            [z.T @ (weight[:, None] * indicator(work)), z.T @ (weight[:, None] * z) + np.eye(5) / RATIO],
        ]
    )
    inverse_mixed = np.linalg.inv(mixed)
    assert_allclose(made.leniency_variance, np.diag(inverse_mixed)[8:])
    both = np.hstack([indicator(work), z])
    leverage = weight * np.einsum("ij,jk,ik->i", both, inverse_mixed, both)
    assert_allclose(made.freedom, 1 - leverage)


def test_the_shift_is_what_leaving_the_review_out_does(case):
    work, reviewer, values, weight = case
    made = adjust(*case, RATIO)
    for row in range(len(values)):
        left = np.arange(len(values)) != row
        again = adjust(work[left], reviewer[left], values[left], weight[left], RATIO)
        assert made.shift[row] == pytest.approx(again.grade[work[row]] - made.grade[work[row]], abs=1e-10)


def test_a_work_s_only_review_cannot_be_left_out():
    work, reviewer = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 0, 1, 0])
    made = adjust(work, reviewer, np.array([1.0, 2, 3, 5, 4]), np.ones(5), RATIO)
    assert np.isnan(made.shift).tolist() == [False, False, False, False, True]


def test_without_severity_the_grade_is_the_weighted_mean(case):
    work, _, values, weight = case
    made = adjust(*case, 0.0)
    for number in range(8):
        mine = work == number
        assert made.grade[number] == pytest.approx(np.average(values[mine], weights=weight[mine]))
    assert not made.leniency.any()


def test_in_a_dense_panel_the_grade_is_the_mean_whatever_the_severity():
    work, reviewer = np.divmod(np.arange(24), 4)
    values = np.random.default_rng(0).normal(size=24)
    made = adjust(work, reviewer, values, np.ones(24), 5.0)
    assert_allclose(made.grade, values.reshape(6, 4).mean(axis=1))


def test_huber_gives_a_wild_review_the_weight_its_distance_deserves(case):
    work, reviewer, values, weight = case
    wild = values.copy()
    wild[4] += 20
    made = huber_adjust(work, reviewer, wild, weight, RATIO, noise=0.6)
    standardised = np.abs(made.residual) * np.sqrt(weight) / 0.6
    assert_allclose(made.weight, weight * np.minimum(1, HUBER_K / standardised), rtol=1e-6)
    assert made.weight[4] < 0.1 * weight[4]
    plain, clean = adjust(work, reviewer, wild, weight, RATIO).grade, adjust(*case, RATIO).grade
    assert np.abs(made.grade - clean).max() < np.abs(plain - clean).max() / 3


def test_huber_changes_nothing_where_nothing_is_wild(case):
    assert_allclose(huber_adjust(*case, RATIO, noise=100.0).grade, adjust(*case, RATIO).grade)
    assert_allclose(huber_adjust(*case, RATIO, noise=100.0).weight, case[3])


def test_huber_settles_on_any_scale(case):
    work, reviewer, values, weight = case
    wild = values.copy()
    wild[4] += 20
    once = huber_adjust(work, reviewer, wild, weight, RATIO, noise=0.6)
    again = huber_adjust(work, reviewer, 1e6 * wild, weight, RATIO, noise=0.6e6)
    assert_allclose(again.grade, 1e6 * once.grade)


def test_huber_that_does_not_settle_is_an_error(case, monkeypatch):
    monkeypatch.setattr(module, "HUBER_STEPS", 1)
    with pytest.raises(NotConverged) as error:
        huber_adjust(*case, RATIO, noise=0.1)
    assert error.value.iterations == 1
    assert 0 < error.value.gap < 100
