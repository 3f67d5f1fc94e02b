"""The factorised covariance and REML against the covariance written out in full."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from scoring.aggregation import reml
from scoring.aggregation.cells import make_cells
from scoring.aggregation.factor import factorise
from scoring.aggregation.incidence import DenseIncidence, SparseIncidence, incidence
from scoring.errors import NotConverged, NotIdentified
from tests.unit.scoring.aggregation.oracle import Dense, indicator, panel

RATIOS = [(0.8, 0.4, 0.3), (0.0, 0.5, 0.2), (0.6, 0.0, 0.0), (0.0, 0.0, 0.0), (1e-9, 1e-9, 1e-9), (50.0, 20.0, 3.0)]


def case(seed=0, criteria=3, weights=None, **size):
    work, reviewer, review, values = panel(seed=seed, criteria=criteria, **size)
    fixed = np.stack([np.ones(len(values)), np.arange(len(values)) % 3 - 1.0], axis=1)
    weight = np.ones(len(values)) if weights is None else weights(len(values))
    first = np.unique(review, return_index=True)[1]
    cells = make_cells(work[first], reviewer[first], review, np.column_stack([fixed, values]), weight)
    parts = [indicator(codes) @ indicator(codes).T for codes in (work, reviewer, review)]
    return cells, Dense(values, fixed, [*parts, np.diag(1 / weight)])


def uneven(size):
    return np.random.default_rng(5).uniform(0.5, 2.0, size)


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("weights", [None, uneven])
def test_the_deviance_is_that_of_the_full_covariance(ratio, weights):
    cells, dense = case(weights=weights)
    here = reml.evaluate(cells, np.array(ratio))
    variances = here.residual_variance * np.append(ratio, 1.0)
    assert here.deviance == pytest.approx(-2 * dense.log_likelihood(variances), abs=1e-8)


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("weights", [None, uneven])
def test_the_residual_variance_and_fixed_effects_are_generalised_least_squares(ratio, weights):
    cells, dense = case(weights=weights)
    here = reml.evaluate(cells, np.array(ratio))
    unit = np.append(ratio, 1.0)
    residual = dense.y @ dense.projection(unit) @ dense.y / (len(dense.y) - 2)
    assert here.residual_variance == pytest.approx(residual, rel=1e-9)
    inverse = np.linalg.inv(dense.covariance(unit))
    covariance = np.linalg.inv(dense.x.T @ inverse @ dense.x)
    assert_allclose(here.fixed, covariance @ dense.x.T @ inverse @ dense.y, rtol=1e-8)
    assert_allclose(here.fixed_covariance, covariance, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("halo", [True, False])
def test_the_gradient_is_the_deviance_s(ratio, halo):
    cells, dense = case(weights=uneven)
    ratio = np.array(ratio)
    here = reml.evaluate(cells, ratio)
    slope = reml.differentiate(here, halo=halo)
    projection = dense.projection(np.append(ratio, 1.0))
    score = projection @ dense.y
    expected = [np.trace(projection @ part) - score @ part @ score / here.residual_variance for part in dense.parts[:3]]
    assert_allclose(slope.gradient[: 2 + halo], expected[: 2 + halo], rtol=1e-7, atol=1e-8)
    assert halo or slope.gradient[2] == 0


@pytest.mark.parametrize("ratio", RATIOS[:3])
def test_the_information_is_the_average_information_with_the_noise_profiled_out(ratio):
    cells, dense = case(weights=uneven)
    here = reml.evaluate(cells, np.array(ratio))
    slope = reml.differentiate(here, halo=True)
    projection = dense.projection(np.append(ratio, 1.0))
    score = projection @ dense.y
    vectors = np.array([part @ score for part in dense.parts[:3]])
    products = vectors @ projection @ vectors.T
    squares = vectors @ score
    assert_allclose(slope.products, products, rtol=1e-8)
    assert_allclose(slope.squares, squares, rtol=1e-8)
    residual = dense.y @ score
    expected = (products - np.outer(squares, squares) / residual) / here.residual_variance
    assert_allclose(slope.information, expected, rtol=1e-7, atol=1e-9)


def test_the_effects_are_the_scores_by_level():
    cells, dense = case()
    ratio = np.array([0.8, 0.4, 0.3])
    slope = reml.differentiate(reml.evaluate(cells, ratio), halo=True)
    score = dense.projection(np.append(ratio, 1.0)) @ dense.y
    work, reviewer, _, _ = panel(criteria=3)
    assert_allclose(slope.large, indicator(work).T @ score, rtol=1e-8)
    assert_allclose(slope.small, indicator(reviewer).T @ score, rtol=1e-8)


@pytest.mark.parametrize("seed", range(3))
def test_the_maximum_is_where_a_general_optimiser_finds_it(seed):
    cells, dense = case(seed=seed, works=9, reviewers=4, each=3, criteria=2)
    found, _, steps = reml.maximise(cells, free=(True, True, True))
    variances, best = dense.best(np.array([1.0, 0.5, 0.3, 0.4]))
    assert -found.deviance / 2 >= best - 1e-7
    assert_allclose(np.append(found.ratio, 1.0) * found.residual_variance, variances, rtol=2e-3, atol=2e-4)
    assert steps < 30


def test_a_variance_without_support_is_estimated_as_zero():
    cells, _ = case(seed=3, works=12, reviewers=5, each=3, reviewer=0.0, review=0.0)
    found, slope, _ = reml.maximise(cells, free=(True, True, True))
    at_bound = found.ratio == 0
    assert at_bound.any()
    assert (slope.gradient[at_bound] >= 0).all()


def test_fixed_ratios_stay_zero():
    cells, _ = case()
    found, _, _ = reml.maximise(cells, free=(True, False, False))
    assert found.ratio[0] > 0
    assert found.ratio[1:].tolist() == [0.0, 0.0]


def test_the_start_does_not_decide_the_answer():
    cells, _ = case(seed=2, works=10, reviewers=5, each=3)
    once, _, _ = reml.maximise(cells, free=(True, True, True))
    for start in ([1e-3, 1e-3, 1e-3], [30.0, 30.0, 30.0], [0.0, 0.0, 0.0]):
        again, _, _ = reml.maximise(cells, free=(True, True, True), start=np.array(start))
        assert_allclose(again.ratio, once.ratio, rtol=1e-4, atol=1e-6)


def test_starting_ratios_are_near_the_maximum_in_a_balanced_design():
    cells, _ = case(works=8, reviewers=4, each=4, criteria=1, review=0.0)
    found, _, _ = reml.maximise(cells, free=(True, True, False))
    assert_allclose(reml.start_ratios(cells)[:2], found.ratio[:2], rtol=0.3)


def test_a_negative_moment_of_the_noise_starts_in_the_middle():
    work, reviewer = np.divmod(np.arange(6), 3)
    values = np.array([1.0, 2, 3, 1, 2, 3])
    cells = make_cells(work, reviewer, np.arange(6), np.column_stack([np.ones(6), values]), np.ones(6))
    assert reml.start_ratios(cells)[2] == reml.START
    assert (reml.start_ratios(cells) <= 1e3).all()


def test_effects_that_reproduce_every_value_leave_no_noise_to_measure():
    work, reviewer = np.divmod(np.arange(12), 3)
    values = np.array([1.0, 5, 2, 7])[work] + np.array([0.0, 1, 3])[reviewer]
    cells = make_cells(work, reviewer, np.arange(12), np.column_stack([np.ones(12), values]), np.ones(12))
    for start in (None, np.array([1.0, 1.0, 0.0])):
        with pytest.raises(NotIdentified) as error:
            reml.maximise(cells, free=(True, True, False), start=start)
        assert error.value.code == "no_noise"


def test_running_out_of_steps_is_an_error_and_not_an_answer(monkeypatch):
    cells, _ = case()
    monkeypatch.setattr(reml, "MAX_STEPS", 1)
    with pytest.raises(NotConverged) as error:
        reml.maximise(cells, free=(True, True, True), start=np.array([9.0, 9.0, 9.0]))
    assert error.value.iterations == 1
    assert error.value.gap > reml.TOLERANCE


def test_a_direction_that_only_loses_is_an_error(monkeypatch):
    cells, _ = case()
    monkeypatch.setattr(reml, "_newton", lambda ratio, slope, _free: (slope.gradient, 1.0))
    with pytest.raises(NotConverged):
        reml.maximise(cells, free=(True, True, True), start=np.array([9.0, 9.0, 9.0]))


def test_dense_and_sparse_tables_agree():
    rng = np.random.default_rng(1)
    large, small, weight = rng.integers(0, 9, 40), rng.integers(0, 5, 40), rng.uniform(0.5, 2, 40)
    pair = [kind(large, small, weight, (9, 5)) for kind in (DenseIncidence, SparseIncidence)]
    assert_allclose(pair[0].dense(), pair[1].dense())
    assert_allclose(pair[0] @ np.ones((5, 2)), pair[1] @ np.ones((5, 2)))
    assert_allclose(pair[0].transposed(np.ones((9, 1))), pair[1].transposed(np.ones((9, 1))))
    scale = rng.uniform(0.5, 2, 9)
    assert_allclose(pair[0].gram(scale), pair[1].gram(scale))
    assert_allclose(pair[0].gram(scale), pair[0].dense().T @ np.diag(scale) @ pair[0].dense())


def test_a_university_is_sparse_and_a_season_dense():
    one = np.array([0]), np.array([0]), np.array([1.0])
    assert isinstance(incidence(*one, (500, 500)), DenseIncidence)
    assert isinstance(incidence(*one, (501, 500)), SparseIncidence)


def test_a_sparse_table_gives_the_same_fit(monkeypatch):
    cells, _ = case(works=10, reviewers=5, each=3)
    once, _, _ = reml.maximise(cells, free=(True, True, True))
    monkeypatch.setattr("scoring.aggregation.incidence.DENSE_CELLS", 0)
    again, _, _ = reml.maximise(cells, free=(True, True, True))
    assert isinstance(factorise(cells, again.ratio).table, SparseIncidence)
    assert_allclose(again.ratio, once.ratio, rtol=1e-9)
