"""The crossed model of reviews as people use it."""

from __future__ import annotations

from math import erfc, sqrt

import numpy as np
import pytest
from numpy.testing import assert_allclose

from scoring.aggregation.crossed import RESIDUAL, REVIEW, REVIEWER, WORK, fit_crossed
from scoring.errors import InvalidInput, NotIdentified
from tests.unit.scoring.aggregation.oracle import Dense, indicator, panel


def parts_of(work, reviewer, review):
    return [indicator(codes) @ indicator(codes).T for codes in (work, reviewer, review)] + [np.eye(len(work))]


def test_effects_variances_and_their_covariance_agree_with_the_full_covariance():
    work, reviewer, review, values = panel(seed=1, works=12, reviewers=5, each=3, criteria=2)
    fit = fit_crossed(work, reviewer, values, review=review)
    dense = Dense(values, np.ones((len(values), 1)), parts_of(work, reviewer, review))
    assert fit.log_likelihood == pytest.approx(dense.log_likelihood(fit.variances), abs=1e-8)
    score = dense.projection(fit.variances) @ values
    assert_allclose(fit.work_effects, fit.variances[WORK] * indicator(work).T @ score, rtol=1e-7)
    assert_allclose(fit.reviewer_effects, fit.variances[REVIEWER] * indicator(reviewer).T @ score, rtol=1e-7)
    assert (fit.variances > 0).all()
    assert_allclose(fit.covariance, np.linalg.inv(dense.average_information(fit.variances)), rtol=1e-6, atol=1e-9)
    inverse = np.linalg.inv(dense.covariance(fit.variances))
    assert fit.fixed_se[0] == pytest.approx(inverse.sum() ** -0.5)


def test_more_reviewers_than_works_give_the_transposed_fit():
    work, reviewer, review, values = panel(seed=4, works=12, reviewers=5, each=3, criteria=2)
    once = fit_crossed(work, reviewer, values, review=review)
    turned = fit_crossed(reviewer, work, values, review=review)
    assert_allclose(turned.variances[[REVIEWER, WORK, REVIEW, RESIDUAL]], once.variances, rtol=1e-7)
    assert_allclose(turned.work_effects, once.reviewer_effects, rtol=1e-6)
    order = [REVIEWER, WORK, REVIEW, RESIDUAL]
    assert_allclose(turned.covariance[np.ix_(order, order)], once.covariance, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("swap", [False, True])
def test_severity_is_tested_against_the_model_without_it(swap):
    work, reviewer, review, values = panel(seed=2, works=12, reviewers=5, each=3, criteria=2)
    if swap:
        work, reviewer = reviewer, work
    fit = fit_crossed(work, reviewer, values, review=review)
    parts = parts_of(work, reviewer, review)
    without = Dense(values, np.ones((len(values), 1)), [parts[0], parts[2], parts[3]])
    _, best = without.best(np.array([1.0, 0.5, 0.3]))
    assert fit.severity_statistic == pytest.approx(2 * (fit.log_likelihood - best), abs=1e-5)
    assert fit.severity_p == pytest.approx(erfc(sqrt(fit.severity_statistic / 2)) / 2)
    assert fit.severity_statistic > 0.1


def test_equal_severity_has_no_variance_and_a_p_value_of_one():
    work, reviewer, _, values = panel(seed=1, works=12, reviewers=6, each=3, reviewer=0.0, review=0.0)
    fit = fit_crossed(work, reviewer, values)
    assert fit.variances[REVIEWER] == 0
    assert (fit.severity_statistic, fit.severity_p) == (0.0, 1.0)
    assert not fit.covariance[REVIEWER].any()
    assert not fit.covariance[REVIEW].any()
    assert fit.covariance[RESIDUAL, RESIDUAL] > 0


def test_without_a_halo_the_halo_is_zero():
    work, reviewer, _, values = panel(seed=1, works=12, reviewers=5, each=3)
    assert fit_crossed(work, reviewer, values).variances[REVIEW] == 0


def test_an_observation_of_weight_two_is_as_good_as_two_equal_ones_in_the_fixed_part():
    work, reviewer, _, values = panel(seed=5, works=12, reviewers=5, each=3)
    scale = fit_crossed(work, reviewer, values, weights=np.full(len(values), 4.0))
    once = fit_crossed(work, reviewer, values)
    assert scale.variances[RESIDUAL] == pytest.approx(4 * once.variances[RESIDUAL], rel=1e-6)
    assert_allclose(scale.variances[:2], once.variances[:2], rtol=1e-6)


def test_a_change_of_scale_scales_everything():
    work, reviewer, review, values = panel(seed=3, works=12, reviewers=5, each=3, criteria=2)
    once = fit_crossed(work, reviewer, values, review=review)
    again = fit_crossed(work, reviewer, 1000 * values - 5, review=review)
    assert_allclose(again.variances, 1e6 * once.variances, rtol=1e-6)
    assert_allclose(again.reviewer_effects, 1000 * once.reviewer_effects, rtol=1e-5)
    assert again.severity_p == pytest.approx(once.severity_p, rel=1e-4)


def fails(work, reviewer, values, **options):
    with pytest.raises(NotIdentified) as error:
        fit_crossed(np.array(work, dtype=int), np.array(reviewer, dtype=int), np.array(values, dtype=float), **options)
    return error.value.code


def test_what_the_data_cannot_tell_is_said():
    assert fails([], [], []) == "few_levels"
    assert fails([0, 0, 0], [0, 1, 2], [1, 2, 3]) == "few_levels"
    assert fails([0, 1, 2], [0, 0, 0], [1, 2, 3]) == "few_levels"
    # One review a work; one review a reviewer; a tree; the same pair twice is not new information.
    assert fails([0, 1, 2], [0, 0, 1], [1, 2, 3]) == "saturated"
    assert fails([0, 0, 1], [0, 1, 2], [1, 2, 3]) == "saturated"
    assert fails([0, 0, 1], [0, 1, 1], [1, 2, 3]) == "saturated"
    assert fails([0, 0, 1, 1], [0, 1, 1, 1], [1, 2, 3, 5]) == "saturated"


def test_equal_values_say_nothing():
    work, reviewer = np.divmod(np.arange(12), 3)
    assert fails(work, reviewer, np.full(12, 7.3)) == "no_variation"
    assert fails(work, reviewer, np.zeros(12)) == "no_variation"


def test_effects_that_reproduce_every_value_leave_no_noise():
    work, reviewer = np.divmod(np.arange(12), 3)
    assert fails(work, reviewer, np.array([1.0, 5, 2, 7])[work]) == "no_noise"


def test_a_high_level_costs_no_digits():
    work, reviewer, _, values = panel(seed=3, works=12, reviewers=5, each=3)
    once, again = fit_crossed(work, reviewer, values), fit_crossed(work, reviewer, values + 2.0**20)
    assert_allclose(again.variances, once.variances, rtol=1e-6)
    assert again.fixed[0] - 2.0**20 == pytest.approx(once.fixed[0], abs=1e-8)


def test_dependent_columns_are_refused():
    work, reviewer, _, values = panel(works=6, reviewers=4, each=3)
    with pytest.raises(InvalidInput) as error:
        fit_crossed(work, reviewer, values, fixed=np.ones((len(values), 2)))
    assert error.value.field == "fixed"


def test_two_panels_are_each_as_informative_as_they_are():
    # Two squares of 2 x 2: four reviews each, three explained.
    work, reviewer = [0, 0, 1, 1, 2, 2, 3, 3], [0, 1, 0, 1, 2, 3, 2, 3]
    fit = fit_crossed(np.array(work), np.array(reviewer), np.array([1.0, 2, 3, 3, 7, 5, 6, 6]))
    assert fit.variances[RESIDUAL] > 0


def test_a_halo_needs_reviews_with_two_marks():
    work, reviewer, _, values = panel(works=6, reviewers=4, each=3)
    assert fails(work, reviewer, values, review=np.arange(len(values))) == "no_halo"


@pytest.mark.parametrize(
    "broken",
    [
        {"values": np.array([1.0, np.nan])},
        {"values": np.array([1.0])},
        {"weights": np.array([1.0, 0.0])},
        {"weights": np.array([1.0, np.inf])},
        {"weights": np.array([1.0])},
        {"fixed": np.ones((3, 1))},
        {"fixed": np.full((2, 1), np.nan)},
    ],
)
def test_malformed_columns_are_refused(broken):
    columns = {"work": np.array([0, 1]), "reviewer": np.array([0, 1]), "values": np.array([1.0, 2.0]), **broken}
    with pytest.raises(InvalidInput) as error:
        fit_crossed(**columns)
    assert str(error.value) in {
        "values: work, reviewer, fixed and weights have one row a value",
        "values: values and fixed are finite, weights positive",
    }
