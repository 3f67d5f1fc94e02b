"""Answers B of the design: REML against lme4 1.1-31."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from scoring.aggregation.crossed import RESIDUAL, REVIEW, REVIEWER, WORK, fit_crossed
from tests.unit.scoring.aggregation.golden_data import codes, penicillin, rows_of


def ptam4long():
    rows = rows_of("ptam4long.csv")
    student, rater, item = (np.array([row[name] for row in rows]) for name in ("idstud", "rater", "item"))
    value = np.array([float(row["value"]) for row in rows])
    fixed = np.stack([np.ones(len(rows)), item == "crit3", item == "crit4"], axis=1).astype(float)
    return codes(student), codes(rater), value, fixed


def test_answer_b_penicillin():
    plate, sample, diameter = penicillin()
    fit = fit_crossed(plate, sample, diameter)
    assert fit.variances[WORK] == pytest.approx(0.7169051, rel=1e-4)
    assert fit.variances[REVIEWER] == pytest.approx(3.7311318, rel=1e-4)
    assert fit.variances[RESIDUAL] == pytest.approx(0.3024150, rel=1e-4)
    assert fit.fixed[0] == pytest.approx(22.972222, rel=1e-6)
    assert -2 * fit.log_likelihood == pytest.approx(330.860589, abs=1e-3)


def test_answer_b_penicillin_predictions():
    plate, sample, diameter = penicillin()
    expected = [2.18706, -1.01048, 1.93790, -0.09690, -0.01384, -3.00374]
    assert_allclose(fit_crossed(plate, sample, diameter).reviewer_effects, expected, atol=1e-5)


def test_answer_b_ptam4long():
    student, rater, value, fixed = ptam4long()
    fit = fit_crossed(student, rater, value, fixed=fixed)
    assert fit.variances[WORK] == pytest.approx(0.332202, rel=1e-4)
    assert fit.variances[REVIEWER] == pytest.approx(0.032438, rel=1e-4)
    assert fit.variances[RESIDUAL] == pytest.approx(0.348512, rel=1e-4)
    assert fit.fixed[0] == pytest.approx(1.445927, abs=1e-6)
    assert fit.log_likelihood == pytest.approx(-1789.27051, abs=1e-3)


def test_answer_b_insteval():
    rows = rows_of("insteval.csv.gz")
    student, lecturer = (codes([int(row[name]) for row in rows]) for name in ("student", "lecturer"))
    fit = fit_crossed(student, lecturer, np.array([float(row["rating"]) for row in rows]))
    assert fit.variances[WORK] == pytest.approx(0.1062145, rel=1e-4)
    assert fit.variances[REVIEWER] == pytest.approx(0.2737349, rel=1e-4)
    assert fit.variances[RESIDUAL] == pytest.approx(1.3871797, rel=1e-4)
    assert fit.fixed[0] == pytest.approx(3.2541583, abs=1e-6)
    assert fit.log_likelihood == pytest.approx(-118891.940, abs=1e-3)


def test_ptam4_rejects_criteria_without_a_halo():
    student, rater, value, fixed = ptam4long()
    review = codes(student * 1000 + rater)
    without = fit_crossed(student, rater, value, fixed=fixed)
    halo = fit_crossed(student, rater, value, fixed=fixed, review=review)
    assert 2 * (halo.log_likelihood - without.log_likelihood) == pytest.approx(45, abs=0.5)
    assert halo.variances[REVIEW] > 0.06
