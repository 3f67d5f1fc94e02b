"""Summaries that need no model."""

from __future__ import annotations

from fractions import Fraction
from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from scoring.aggregation.baselines import (
    grouped_mean,
    grouped_median,
    grouped_trimmed_mean,
    mean_half_up,
    plain_mean,
    published_mean,
)
from scoring.errors import InvalidInput

tenths = st.integers(0, 1000).map(lambda number: number / 10)


@pytest.mark.parametrize(
    ("values", "mean"),
    [
        ([4.3, 4.4], 4.4),  # 4.35 exactly; in binary both sum and half fall short of it
        ([0.1, 0.2], 0.2),
        ([1, 2, 2], 1.7),
        ([12], 12.0),
        ([2.25, 2.25], 2.3),
        ([-0.5, 0.4], 0.0),  # -0.05, up
    ],
)
def test_the_mean_is_what_a_calculator_gives_rounded_half_up(values, mean):
    assert mean_half_up(np.array(values, dtype=float)) == mean


def test_weights_and_decimals_enter_the_mean_exactly():
    assert mean_half_up(np.array([10.0, 13.0]), np.array([2.0, 1.0]), decimals=0) == 11
    assert mean_half_up(np.array([10.0, 13.0]), np.array([0.3, 0.1]), decimals=2) == 10.75


@settings(deadline=None)
@given(st.lists(st.tuples(tenths, st.integers(1, 50).map(lambda number: number / 10)), min_size=1, max_size=8))
def test_the_mean_equals_exact_rational_arithmetic(pairs):
    values, weights = (np.array(column) for column in zip(*pairs, strict=True))
    top = sum(Fraction(str(value)) * Fraction(str(weight)) for value, weight in pairs)
    exact = top / sum(Fraction(str(weight)) for _, weight in pairs)
    rounded = (exact * 10 + Fraction(1, 2)).__floor__() / 10
    assert mean_half_up(values, weights) == rounded


def test_totals_too_large_for_int64_are_added_exactly():
    huge = np.array([2**61, 2**61, 2**61 + 1], dtype=object)
    found = published_mean(huge, 0, np.ones(3), np.zeros(3, dtype=np.int64), 1, decimals=0)
    assert found[0] == float(2**61)


def test_sums_that_a_float_cannot_hold_decide_halves():
    # Half of 2**53 + 1 goes up to 2**52 + 1; a float would have lost the 1 before halving.
    pair = np.array([2**52, 2**52 + 1])
    assert published_mean(pair, 0, np.ones(2), np.zeros(2, dtype=int), 1, decimals=0)[0] == 2**52 + 1


def test_each_group_has_its_own_mean():
    group = np.array([1, 0, 1])
    found = published_mean(np.array([35, 20, 36]), 1, np.array([1.0, 1.0, 3.0]), group, 2, decimals=1)
    assert found.tolist() == [2.0, 3.6]
    assert plain_mean(np.array([3.5, 2.0, 3.6]), np.array([1.0, 1.0, 3.0]), group, 3)[:2] == pytest.approx([2.0, 3.575])


@pytest.mark.parametrize(
    ("values", "weights"),
    [
        ([], None),
        ([1.0, np.nan], None),
        ([1.0, np.inf], None),
        ([1.0, 2.0], [1.0]),
        ([1.0, 2.0], [1.0, 0.0]),
        ([1.0, 2.0], [1.0, -1.0]),
        ([1.0, 2.0], [1.0, np.nan]),
    ],
)
def test_a_mean_of_nothing_or_of_nonsense_is_refused(values, weights):
    with pytest.raises(InvalidInput) as error:
        mean_half_up(np.array(values), None if weights is None else np.array(weights))
    assert str(error.value) in {
        "values: a mean needs at least one value, and one weight a value",
        "values: values are finite numbers and weights positive ones",
    }


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), tenths), min_size=1, max_size=30))
def test_the_median_by_group_is_the_median_of_each_group(rows):
    group, values = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    found = grouped_median(values, group, 5)
    for number in range(5):
        mine = values[group == number].tolist()
        if mine:
            assert found[number] == pytest.approx(median(mine), abs=1e-12)
        else:
            assert np.isnan(found[number])


def test_the_trimmed_mean_drops_whole_reviews_at_both_ends():
    values = np.array([0.0, 4.0, 5.0, 6.0, 100.0])
    group = np.zeros(5, dtype=int)
    assert grouped_trimmed_mean(values, group, 1, trim=0.2)[0] == 5
    assert grouped_trimmed_mean(values, group, 1, trim=0.19)[0] == 23
    assert grouped_trimmed_mean(values[:4], group[:4], 1, trim=0.2)[0] == 3.75
    assert grouped_trimmed_mean(values, group, 1, trim=0.4)[0] == 5


def test_a_share_that_is_whole_on_paper_drops_that_many():
    values = np.arange(100.0) ** 2
    expected = (np.arange(29, 71) ** 2.0).mean()  # 0.29 x 100 is 28.999... in binary
    assert grouped_trimmed_mean(values, np.zeros(100, dtype=int), 1, trim=0.29)[0] == pytest.approx(expected)


def test_the_order_of_rows_does_not_matter():
    rng = np.random.default_rng(3)
    group, values = rng.integers(0, 4, 40), rng.random(40)
    order = rng.permutation(40)
    for trim in (0.0, 0.2, 0.5):
        once = grouped_trimmed_mean(values, group, 4, trim=trim)
        assert_allclose(grouped_trimmed_mean(values[order], group[order], 4, trim=trim), once)


def test_the_mean_by_group_is_unweighted():
    assert grouped_mean(np.array([1.0, 3.0, 8.0]), np.array([0, 0, 1]), 2).tolist() == [2.0, 8.0]
