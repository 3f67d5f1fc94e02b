from decimal import Decimal
from fractions import Fraction

import pytest

from scoring.errors import InvalidInput
from scoring.exact import UNIT, half_up, product_text, to_decimal, to_text, to_units


@pytest.mark.parametrize(
    ("value", "units"),
    [
        (0, 0),
        (7, 7 * UNIT),
        (-7, -7 * UNIT),
        ("77.44", 774_400_000_000),
        ("+1", UNIT),
        ("-0", 0),
        ("-0.00", 0),
        ("007.50", 75_000_000_000),
        (Decimal("-0"), 0),
        (Decimal("0E+5"), 0),
        (Decimal("1E+2"), 100 * UNIT),
        (Decimal("19.02508"), 190_250_800_000),
        ("0.0000000001", 1),
        (Decimal("-0.0000000001"), -1),
        (10**12 - 1, (10**12 - 1) * UNIT),
        (-(10**12) + 1, (1 - 10**12) * UNIT),
        ("999999999999.9999999999", 10**22 - 1),
        ("1.00000000000000000000", UNIT),
    ],
)
def test_numbers_are_read_exactly(value, units):
    assert to_units(value) == units


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("4,5", "'4,5' is written with a comma: write a point before the decimals"),
        ("1e309", "'1e309' is not a number: write a plain decimal such as 77.44"),
        ("4,5,6", "'4,5,6' is not a number: write a plain decimal such as 77.44"),
        ("", "'' is not a number: write a plain decimal such as 77.44"),
        (" 5", "' 5' is not a number: write a plain decimal such as 77.44"),
        ("5\n", "'5\\n' is not a number: write a plain decimal such as 77.44"),
        ("٣", "'٣' is not a number: write a plain decimal such as 77.44"),
        ("NaN", "'NaN' is not a number: write a plain decimal such as 77.44"),
        ("9" * 100, f"'{'9' * 39}... is not a number: write a plain decimal such as 77.44"),
        (Decimal("NaN"), "NaN is not a finite number"),
        (Decimal("-Infinity"), "-Infinity is not a finite number"),
        (Decimal("1e309"), "1E+309 is out of range: a mark lies under 10**12"),
        (Decimal("1e999999"), "1E+999999 is out of range: a mark lies under 10**12"),
        (Decimal(10**12), "1000000000000 is out of range: a mark lies under 10**12"),
        ("1000000000000", "1000000000000 is out of range: a mark lies under 10**12"),
        (10**12, "the number is out of range: a mark lies under 10**12"),
        pytest.param(-(10**5000), "the number is out of range: a mark lies under 10**12", id="five thousand digits"),
        (Decimal("1e-11"), "1E-11 has more than 10 decimals: round it first"),
        (Decimal("1e-999999"), "1E-999999 has more than 10 decimals: round it first"),
        ("1.00000000001", "1.00000000001 has more than 10 decimals: round it first"),
        (0.1, "0.1 is a binary float, which is not exact: pass a Decimal, an int or a string"),
        (float("nan"), "nan is a binary float, which is not exact: pass a Decimal, an int or a string"),
        (True, "True is not a number: pass a Decimal, an int or a string"),
        (None, "None is not a number: pass a Decimal, an int or a string"),
    ],
)
def test_what_is_not_exact_is_refused_with_the_value_and_the_way_out(value, message):
    with pytest.raises(InvalidInput) as caught:
        to_units(value)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [
        (1, 2, 1),
        (3, 2, 2),
        (49, 100, 0),
        (50, 100, 1),
        (-1, 2, 0),
        (-3, 2, -1),
        (1, 3, 0),
        (2, 3, 1),
        (7, 1, 7),
        (4, 3, 1),
    ],
)
def test_halves_are_rounded_up(numerator, denominator, rounded):
    assert half_up(numerator, denominator) == rounded


@pytest.mark.parametrize(
    ("units", "text"),
    [(0, "0"), (UNIT, "1"), (-UNIT, "-1"), (774_400_000_000, "77.44"), (-1, "-0.0000000001"), (100 * UNIT, "100")],
)
def test_units_are_written_as_the_shortest_plain_decimal(units, text):
    assert to_text(units) == text
    assert str(to_decimal(units)) in {text, "-1E-10"}
    assert to_units(text) == units


def test_products_keep_all_their_decimals():
    tiny = Fraction(1, UNIT)
    assert product_text(tiny * tiny) == "0.00000000000000000001"
    assert product_text(Fraction("17.25")) == "17.25"
    assert product_text(Fraction(30)) == "30"
