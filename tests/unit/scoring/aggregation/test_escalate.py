"""When one more review is needed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.aggregation import Policy
from scoring.aggregation.escalate import (
    Settlement,
    differ_too_much,
    escalations,
    largest_shift,
    spreads,
    third_marker,
)
from scoring.errors import InvalidInput


def ask(*marks, **options):
    return third_marker(np.array(marks, dtype=float), **{"maximum": 15.0, **options})


def test_two_marks_within_the_limit_are_averaged_half_up():
    found = ask(10, 12.5)
    assert (found.needed, found.difference, found.grade) == (False, 2.5, 11.3)


def test_exactly_a_fifth_of_the_maximum_is_not_too_much():
    assert not ask(10, 13).needed
    assert ask(10, 13.1).needed
    assert ask(13.1, 10).needed
    assert not ask(0.9, 0.7, maximum=1.0).needed  # 0.9 - 0.7 > 0.2 in binary


def test_until_the_third_has_marked_there_is_no_grade():
    found = ask(5, 14)
    assert (found.needed, found.difference, found.grade) == (True, 9.0, None)


def test_the_closest_pair_may_be_the_lower_one():
    found = ask(4.2, 4.9, 4.5, maximum=1.0, settlement=Settlement.CLOSEST, decimals=2)
    assert found.grade == 4.35


@pytest.mark.parametrize(
    ("settlement", "grade"), [(Settlement.ALL, 10.3), (Settlement.CLOSEST, 13.0), (Settlement.THIRD, 12.0)]
)
def test_the_season_decides_what_counts_of_three(settlement, grade):
    found = ask(5, 14, 12, settlement=settlement)
    assert (found.needed, found.difference, found.grade) == (False, 9.0, grade)


def test_of_two_equally_close_pairs_the_higher_one_counts():
    for marks in ((4, 12, 8), (12, 4, 8), (4.1, 4.5, 4.3)):
        found = ask(*marks, maximum=1.0, settlement=Settlement.CLOSEST, decimals=2)
        assert found.grade == pytest.approx((max(marks) + sorted(marks)[1]) / 2)


def test_a_third_mark_where_two_agree_changes_nothing():
    assert ask(10, 12, 1, settlement=Settlement.THIRD).grade == 11.0


def test_the_limit_and_the_decimals_are_the_season_s():
    assert ask(10, 12, limit=0.1).needed
    assert ask(10, 11.25, decimals=2).grade == 10.63


@pytest.mark.parametrize(
    ("marks", "maximum", "message"),
    [
        ((5,), 15, "marks: the rule takes two or three finite marks"),
        ((1, 2, 3, 4), 15, "marks: the rule takes two or three finite marks"),
        ((1, np.nan), 15, "marks: the rule takes two or three finite marks"),
        ((1, 2), 0, "maximum: the maximum is positive"),
    ],
)
def test_malformed_marks_are_refused(marks, maximum, message):
    with pytest.raises(InvalidInput) as error:
        ask(*marks, maximum=maximum)
    assert str(error.value) == message


def test_an_unknown_settlement_is_refused():
    with pytest.raises(InvalidInput) as error:
        ask(5, 14, 12, settlement="highest")
    assert str(error.value) == "settlement: 'highest' is none of all, closest, third"
    assert ask(5, 14, 12, settlement="third").grade == 12.0


@settings(deadline=None)
@given(st.integers(0, 100), st.integers(0, 100))
def test_whole_marks_are_compared_exactly(first, second):
    tenths = np.array([abs(first / 10 - second / 10)])
    assert differ_too_much(tenths, 10.0, 0.2)[0] == (abs(first - second) > 20)


def test_the_spread_is_between_the_highest_and_the_lowest():
    assert spreads(np.array([1, 0, 1, 1]), np.array([3.0, 5, 9, 4]), 2).tolist() == [0.0, 6.0]


def test_the_largest_shift_keeps_its_sign_and_its_review():
    work = np.array([0, 1, 0, 1, 2])
    shift, row = largest_shift(work, np.array([0.5, 0.1, -0.7, 0.2, np.nan]), 3)
    assert shift[:2].tolist() == [-0.7, 0.2]
    assert np.isnan(shift[2])
    assert row.tolist() == [2, 3, -1]


def test_of_equal_shifts_the_first_review_is_named():
    shift, row = largest_shift(np.zeros(3, dtype=int), np.array([0.1, -0.3, 0.1 + 0.2]), 1)
    assert (shift[0], row[0]) == (-0.3, 1)


def test_a_shift_of_zero_is_a_shift():
    shift, row = largest_shift(np.zeros(2, dtype=int), np.zeros(2), 1)
    assert (shift[0], row[0]) == (0.0, 0)


def reasons(spread=0.0, width=0.0, number=3, maximum=10.0, **policy):
    policy = Policy(**policy)
    return escalations(np.array([spread]), np.array([width]), np.array([number]), maximum, policy)[0]


def test_reasons_are_divergence_width_and_number():
    assert reasons() == ()
    assert reasons(spread=2.1) == ("divergence",)
    assert reasons(spread=2.0) == ()
    assert reasons(spread=2.1, divergence_limit=0.3) == ()
    assert reasons(width=9.9) == ()
    assert reasons(width=3.1, interval_limit=0.3) == ("wide_interval",)
    assert reasons(width=3.0, interval_limit=0.3) == ()
    assert reasons(number=1) == ("few_reviews",)
    assert reasons(number=2) == ()
    assert reasons(number=4, fewest_reviews=5) == ("few_reviews",)
    assert reasons(9, 9, 1, interval_limit=0.1) == ("divergence", "wide_interval", "few_reviews")


def test_an_unknown_width_escalates_nothing():
    assert reasons(width=np.nan, interval_limit=0.1) == ()


def test_with_enough_reviews_nothing_is_asked_for():
    assert reasons(spread=9, number=3, enough_reviews=4) == ("divergence",)
    assert reasons(spread=9, number=4, enough_reviews=4) == ()
