from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.i18n import OrdinalCase, format_number, format_percent, format_signed, ordinal

DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4)


@pytest.mark.parametrize(
    ("value", "places", "russian", "english"),
    [
        (Decimal("64.8"), 1, "64,8", "64.8"),
        (Decimal(12000), None, "12\u00a0000", "12,000"),
        (Decimal("1234567.895"), 2, "1\u00a0234\u00a0567,90", "1,234,567.90"),
        (Decimal("-0.75"), 1, "−0,8", "−0.8"),
        (Decimal("-0.04"), 1, "0,0", "0.0"),
        (7, 1, "7,0", "7.0"),
        (Decimal("1E+3"), None, "1\u00a0000", "1,000"),
        (Decimal("10.50"), None, "10,50", "10.50"),
        (None, 1, "—", "—"),
        (Decimal("NaN"), 1, "—", "—"),
        (Decimal("Infinity"), 1, "—", "—"),
    ],
)
def test_a_number_has_its_languages_separators(value, places, russian, english):
    assert format_number(value, places, language="ru") == russian
    assert format_number(value, places, language="en") == english


@pytest.mark.parametrize(
    ("value", "shown"), [("0.05", "0,1"), ("2.25", "2,3"), ("64.849999999999999999", "64,8"), ("0.35", "0,4")]
)
def test_halves_go_up_as_the_season_rounds(value, shown):
    assert format_number(Decimal(value), 1) == shown


def test_what_a_float_cannot_hold_is_shown_whole():
    assert format_number(Decimal("12345678901234567890.1")) == "12 345 678 901 234 567 890,1".replace(" ", "\u00a0")


@pytest.mark.parametrize("value", [0.1, "1", True])
def test_only_exact_numbers_are_shown(value):
    with pytest.raises(TypeError, match="exact number"):
        format_number(value)


@given(DECIMALS)
def test_a_shown_number_reads_back_exactly(value):
    shown = format_number(value, language="ru")
    assert Decimal(shown.replace("\u00a0", "").replace(",", ".").replace("−", "-")) == value


@pytest.mark.parametrize(
    ("value", "shown"), [("1.24", "+1,2"), ("-0.7", "−0,7"), ("0", "0,0"), ("0.04", "0,0"), ("-0.04", "0,0")]
)
def test_a_difference_carries_its_sign(value, shown):
    assert format_signed(Decimal(value), 1) == shown


def test_no_difference_is_a_dash():
    assert format_signed(None, 1) == "—"


def test_a_fraction_is_per_cent():
    assert format_percent(Decimal("0.644"), 1) == "64,4\u00a0%"
    assert format_percent(Decimal("0.644"), language="en") == "64%"
    assert format_percent(None) == "—"


@pytest.mark.parametrize(
    ("number", "english"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (21, "21st"),
        (111, "111th"),
    ],
)
def test_english_places(number, english):
    assert ordinal(number, language="en") == english


def test_russian_places_keep_their_ending_on_the_line():
    assert ordinal(25) == "25\u2011е"
    assert ordinal(28, OrdinalCase.GENITIVE) == "28\u2011го"
    assert ordinal(3, OrdinalCase.PREPOSITIONAL) == "3\u2011м"
