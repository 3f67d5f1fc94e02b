"""Answers A of the design: the many-facet Rasch model against Facets' example and against TAM."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from scoring.aggregation.rasch import Method, Steps, fit_rasch, marks_of
from tests.unit.scoring.aggregation.golden_data import guilford, rows_of


@pytest.fixture(scope="module")
def facets():
    judge, examinee, trait, rating = guilford()
    return fit_rasch(marks_of(examinee, judge, trait, rating))


@pytest.fixture(scope="module")
def tam():
    rows = [
        (int(row["idstud"]), int(row["rater"]), item, float(row[item]))
        for row in rows_of("ptam4.csv")
        for item in ("crit2", "crit3", "crit4")
    ]
    marks = marks_of(*(np.array(column) for column in zip(*rows, strict=True)))
    # TAM's own grid: the printed answer depends on it in the second decimal.
    return fit_rasch(marks, method=Method.MML, steps=Steps.PER_CRITERION, nodes=np.linspace(-6, 6, 21))


def test_answer_a_guilford_judges(facets):
    assert facets.method is Method.JMLE
    judges = facets.judges
    assert_allclose(judges.score, [171, 156, 181])
    assert_allclose(judges.measure, [0.0397, 0.2454, -0.0960], atol=1e-3)
    assert_allclose(judges.se, [0.117, 0.118, 0.116], atol=1e-3)
    assert_allclose(judges.infit, [0.849, 1.475, 0.672], atol=1e-3)
    assert_allclose(judges.outfit, [0.880, 1.524, 0.666], atol=1e-3)
    assert_allclose(judges.fair_average, [4.857, 4.384, 5.176], atol=1e-3)


def test_answer_a_guilford_examinees(facets):
    measures = [-0.0715, 0.6638, -0.2554, -0.4815, 0.4407, -0.5841, 0.2880]
    assert_allclose(facets.examinees.measure, measures, atol=1e-3)
    assert_allclose(facets.examinees.infit, [0.242, 0.621, 1.164, 1.346, 1.991, 0.717, 0.882], atol=1e-3)
    assert facets.examinees.measure.sum() == pytest.approx(0, abs=1e-9)


def test_answer_a_guilford_traits_and_thresholds(facets):
    assert_allclose(facets.criteria.measure, [-0.2800, -0.1470, 0.2109, -0.3023, 0.5184], atol=1e-3)
    thresholds = [-0.6905, -2.3520, 0.8093, -1.4837, 1.7186, -0.9789, 2.3926, 0.5846]
    assert_allclose(facets.thresholds[0], thresholds, atol=1e-3)
    assert facets.log_likelihood == pytest.approx(-165.68498, abs=1e-3)


def test_answer_a_guilford_separation_and_agreement(facets):
    assert facets.examinees.separation == pytest.approx(2.253, abs=1e-3)
    assert facets.examinees.reliability == pytest.approx(0.835, abs=1e-3)
    assert facets.judges.separation == pytest.approx(0.663, abs=1e-3)
    assert facets.judges.reliability == pytest.approx(0.306, abs=1e-3)
    assert (facets.agreements, facets.pairs) == (33, 105)
    assert facets.expected_agreements == pytest.approx(27.02, abs=0.01)


def test_answer_a_ptam4_by_mml(tam):
    assert tam.judges.labels == (802, 803, 810, 816, 820, 824, 831, 835, 837, 844)
    raters = [-0.0386, 0.9078, -0.1198, 0.0192, -0.2256, 0.1208, 0.1129, 0.5159, -1.2507, -0.0419]
    assert_allclose(tam.judges.measure, raters, atol=0.01)
    assert_allclose(tam.criteria.measure, [0.1546, -0.3484, -0.1847], atol=0.01)
    assert tam.variance == pytest.approx(2.7362, abs=0.01)
    assert -2 * tam.log_likelihood == pytest.approx(3412.780, abs=0.05)
    assert tam.examinees.reliability == pytest.approx(0.7929, abs=1e-3)
