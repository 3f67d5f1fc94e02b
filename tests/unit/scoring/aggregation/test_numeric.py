"""Decimals as people wrote them, and halves that go up."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.aggregation.numeric import decimal_integers, half_up, round_half_up, summed


@pytest.mark.parametrize(
    ("values", "integers", "decimals"),
    [
        ([4.0, 5.0], [4, 5], 0),
        ([4.35, 0.1], [435, 10], 2),
        ([66.66667], [6666667], 5),
        ([-0.5, 2.0], [-5, 20], 1),
        ([], [], 0),
    ],
)
def test_a_float_is_the_decimal_people_wrote(values, integers, decimals):
    found, places = decimal_integers(np.array(values, dtype=float))
    assert found.tolist() == integers
    assert places == decimals
    assert found.dtype == np.int64


@pytest.mark.parametrize("values", [[1 / 3, 2.5], [1e18 + 2048, 0.5], [1e-12, 1.0], [2.0**41, 0.25], [5e-324, 1.0]])
def test_values_beyond_nine_decimals_or_int64_stay_exact(values):
    found, places = decimal_integers(np.array(values))
    for integer, value in zip(found, values, strict=True):
        assert Decimal(int(integer)).scaleb(-places) == Decimal(repr(value))


def test_a_number_that_grows_too_large_by_its_decimals_is_held_in_python_integers():
    found, places = decimal_integers(np.array([[2.0**39, 0.123456789]]))
    assert found.shape == (1, 2)
    assert found.dtype == object
    assert places == 9
    assert found.tolist() == [[2**39 * 10**9, 123456789]]


@settings(deadline=None)
@given(st.integers(-(10**6), 10**6), st.integers(1, 10**6), st.integers(0, 6))
def test_half_up_is_the_floor_of_the_quotient_and_a_half(top, bottom, decimals):
    found = half_up(np.array([top]), np.array([bottom]), decimals=decimals)[0]
    exact = Decimal(2 * top * 10**decimals + bottom) / Decimal(2 * bottom)
    assert found == float(exact.to_integral_value(ROUND_FLOOR).scaleb(-decimals))


@pytest.mark.parametrize(("value", "rounded"), [(0.25, 0.3), (-0.25, -0.2), (4.35, 4.4), (4.349, 4.3), (12.0, 12.0)])
def test_a_half_goes_up(value, rounded):
    assert round_half_up(np.array([value]), decimals=1)[0] == rounded


def test_binary_noise_of_a_model_does_not_decide_a_half():
    assert round_half_up(np.array([0.35 - 1e-13]), decimals=1)[0] == 0.4
    assert round_half_up(np.array([0.35 - 1e-8]), decimals=1)[0] == 0.3


def test_rounding_keeps_what_is_missing():
    assert np.isnan(round_half_up(np.array([np.nan, 1.26]), decimals=1)).tolist() == [True, False]
    assert round_half_up(np.array([np.nan]), decimals=1).shape == (1,)


def test_sums_by_level_keep_empty_levels():
    assert summed(np.array([2, 0, 2]), np.array([1.0, 2.0, 4.0]), 4).tolist() == [2.0, 0.0, 5.0, 0.0]
    assert summed(np.array([], dtype=int), np.array([]), 2).dtype == np.float64
