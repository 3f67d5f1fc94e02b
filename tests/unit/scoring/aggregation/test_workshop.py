"""Answer G of the design: Moodle Workshop's comparison with the best assessment."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from scoring.aggregation.workshop import compare_with_best
from scoring.errors import InvalidInput

REVIEWS = np.array([[8.0, 7], [6, 7], [9, 3], [8, 8]])
LOW, HIGH = np.zeros(2), np.full(2, 10.0)


def compare(grades, **settings):
    return compare_with_best(np.array(grades, dtype=float), **{"minimum": LOW, "maximum": HIGH, **settings})


def test_answer_g_comparison_with_the_best():
    found = compare(REVIEWS)
    assert_allclose(found.variance, [118.75, 368.75])
    assert found.best.tolist() == [True, False, False, False]
    assert_allclose(found.grading_grade, [100, 86.52632, 81.80196, 99.45763], atol=5e-6)


def test_a_laxer_comparison_marks_down_less():
    lax, fair = compare(REVIEWS, comparison=9.0).grading_grade, compare(REVIEWS).grading_grade
    assert_allclose(100 - lax, (100 - fair) * 5 / 9, atol=1e-5)


def test_bounds_and_scale_do_not_matter_only_percentages_do():
    once = compare(REVIEWS)
    again = compare(REVIEWS * 2 + 5, minimum=np.full(2, 5.0), maximum=np.full(2, 25.0))
    assert_allclose(again.grading_grade, once.grading_grade)


def test_a_dimension_weighs_as_the_workshop_says():
    # Review 3 lost 1.68421 on the first dimension and 34.71186 on the second, see answer G.
    weighted = compare(REVIEWS, dimension_weight=np.array([3.0, 1.0])).grading_grade
    assert weighted[2] == pytest.approx(100 - (3 * 1.68421 + 34.71186) / 4, abs=2e-5)
    assert weighted[1] == pytest.approx(86.52632, abs=1e-5)  # only the first dimension differs, so its weight cancels


def test_the_weight_of_an_assessment_moves_average_and_variance():
    heavy = compare(REVIEWS, assessment_weight=np.array([1.0, 5, 1, 1]))
    assert_allclose(heavy.variance[0], np.average((np.array([80, 60, 90, 80]) - 68.75) ** 2, weights=[1, 5, 1, 1]))
    assert heavy.best.tolist() == [False, True, False, False]


def test_an_assessment_without_weight_is_graded_but_not_averaged():
    found = compare([*REVIEWS.tolist(), [0, 0]], assessment_weight=np.array([1.0, 1, 1, 1, 0]))
    assert_allclose(found.grading_grade[:4], compare(REVIEWS).grading_grade)
    assert found.grading_grade[4] == 0


def test_nobody_with_weight_gives_no_grade():
    found = compare(REVIEWS, assessment_weight=np.zeros(4))
    assert np.isnan(found.grading_grade).all()
    assert np.isnan(found.variance).all()
    assert not found.best.any()


def test_a_single_assessment_is_the_best():
    found = compare([[3, 9]])
    assert found.grading_grade.tolist() == [100.0]
    assert np.isnan(found.variance).all()


def test_equal_assessments_all_get_full_marks():
    assert compare([[5, 5]] * 3).grading_grade.tolist() == [100.0] * 3


def test_two_equally_good_ones_are_both_references():
    found = compare([[4, 4], [6, 6], [6, 6], [4, 4]])
    assert found.best.all()
    assert found.grading_grade.tolist() == [100.0] * 4


def test_a_dimension_that_hardly_varies_is_left_out():
    grades = np.array([[50.0, 50.0], [50.015, 50.0], [50.0, 70.0], [50.0, 30.0]])
    found = compare(grades, minimum=LOW, maximum=np.full(2, 100.0))
    assert found.variance[0] < 0.01
    assert found.grading_grade[1] == 100.0
    assert found.grading_grade[2] == pytest.approx(100 - 20**3 / (5 * 200))


def test_a_dimension_without_a_range_is_left_out():
    found = compare([[8, 5], [6, 5]], minimum=np.array([0.0, 5.0]), maximum=np.array([10.0, 5.0]))
    assert found.variance[1] == 0
    assert found.grading_grade.tolist() == [100.0, 100.0]


def test_grades_for_assessing_stay_between_0_and_100():
    rng = np.random.default_rng(1)
    for _ in range(50):
        found = compare(rng.integers(0, 11, (rng.integers(1, 7), 2)), comparison=1.0).grading_grade
        assert ((found >= 0) & (found <= 100)).all()
        assert found.max() == 100


def test_a_single_weight_makes_no_variance():
    found = compare(REVIEWS, assessment_weight=np.array([0.0, 1, 0, 0]))
    assert np.isnan(found.variance).all()
    assert found.grading_grade.tolist() == [100.0] * 4


def test_a_scale_of_one_point_is_a_scale():
    small = compare(REVIEWS / 10, maximum=np.ones(2))
    assert_allclose(small.grading_grade, compare(REVIEWS).grading_grade)
    assert_allclose(small.variance, [118.75, 368.75])


def test_a_difference_below_one_percent_is_a_difference():
    found = compare([[50.0, 0], [50.5, 0], [50.0, 0], [50.0, 0]], maximum=np.full(2, 100.0))
    assert found.grading_grade[1] == pytest.approx(100 - 0.5**3 / (5 * 0.046875), abs=1e-5)


TABLE = "grades are a table of assessments by dimensions"
FIT = "bounds and weights do not fit the grades"
FINITE = "grades, bounds and weights are finite, weights not negative"
WITHIN = "comparison is positive and grades lie within their bounds"


@pytest.mark.parametrize(
    ("grades", "settings", "message"),
    [
        (np.zeros((0, 2)), {}, TABLE),
        (np.zeros(2), {}, TABLE),
        (REVIEWS, {"minimum": np.zeros(3)}, FIT),
        (REVIEWS, {"maximum": np.zeros(3)}, FIT),
        (REVIEWS, {"dimension_weight": np.ones(3)}, FIT),
        (REVIEWS, {"assessment_weight": np.ones(3)}, FIT),
        (REVIEWS, {"dimension_weight": np.array([1.0, -1.0])}, FINITE),
        (REVIEWS, {"assessment_weight": np.array([1.0, 1, 1, -1])}, FINITE),
        (REVIEWS * np.nan, {}, FINITE),
        (REVIEWS, {"comparison": 0.0}, WITHIN),
        (REVIEWS + 3, {}, WITHIN),
        (REVIEWS - 4, {}, WITHIN),
    ],
)
def test_malformed_input_is_refused(grades, settings, message):
    with pytest.raises(InvalidInput) as error:
        compare_with_best(grades, **{"minimum": LOW, "maximum": HIGH, **settings})
    assert str(error.value) == f"grades: {message}"
