from fractions import Fraction

import pytest

from scoring.rating.normalise import _root_half_down, _root_half_up


@pytest.mark.parametrize(
    ("square", "down", "up"),
    [
        (Fraction(1, 10**12), 0, 0),
        (Fraction(1, 4), 0, 1),
        (Fraction(1, 4) + Fraction(1, 10**30), 1, 1),
        (Fraction(1, 4) - Fraction(1, 10**30), 0, 0),
        (Fraction(1), 1, 1),
        (Fraction(2), 1, 1),
        (Fraction(9, 4), 1, 2),
        (Fraction(3), 2, 2),
        (Fraction(4), 2, 2),
        (Fraction(25, 4), 2, 3),
        (Fraction(10**40), 10**20, 10**20),
        (Fraction((2 * 10**20 + 1) ** 2, 4), 10**20, 10**20 + 1),
    ],
)
def test_roots_are_rounded_exactly_and_halves_go_the_way_that_is_asked_for(square, down, up):
    assert _root_half_down(square) == down
    assert _root_half_up(square) == up
