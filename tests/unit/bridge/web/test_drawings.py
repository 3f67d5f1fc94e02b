import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.web.drawings import RankScale, bar_width, coordinate

SCALES = st.builds(
    RankScale, last=st.integers(1, 400), cut=st.none() | st.integers(-2, 500), width=st.integers(60, 600)
)


@pytest.mark.parametrize(("value", "text"), [(12, "12"), (12.04, "12"), (65.75, "65.8"), (-8, "-8")])
def test_a_coordinate_has_a_point_in_every_language(value, text):
    assert coordinate(value) == text


@pytest.mark.parametrize(
    ("part", "longest", "width"),
    [
        (Decimal("6.4"), 30, "64"),
        (30, 30, "300"),
        (45, 30, "300"),
        (-1, 30, "0"),
        (None, 30, "0"),
        (5, 0, "0"),
    ],
)
def test_bars_fill_their_share_and_no_more(part, longest, width):
    assert bar_width(part, longest) == width


def test_places_run_from_end_to_end():
    scale = RankScale(last=55, cut=24)
    assert (scale.at(1), scale.at(55)) == ("4", "146")
    assert scale.at(0) == scale.at(1)
    assert scale.at(99) == scale.at(55)


def test_the_cut_off_stands_behind_the_last_place_that_passes():
    scale = RankScale(last=55, cut=24)
    assert scale.x(24) < float(scale.cut_at) < scale.x(25)


@pytest.mark.parametrize("cut", [None, 0, 55, 60])
def test_where_everybody_passes_there_is_no_cut_off(cut):
    assert RankScale(last=55, cut=cut).cut_at is None


def test_labels_are_those_of_the_mock():
    assert RankScale(last=55, cut=24, width=290, margin=12).ticks() == (1, 10, 24, 40, 55)


def test_a_ranking_of_one_is_drawn_in_the_middle():
    assert RankScale(last=1).at(1) == "75"
    assert RankScale(last=1).ticks() == (1,)


@given(SCALES)
def test_drawings_stay_inside_and_in_order(scale):
    xs = [scale.x(place) for place in range(1, scale.last + 1)]
    assert xs == sorted(xs)
    assert all(0 <= x <= scale.width for x in xs)


@given(SCALES)
def test_round_labels_do_not_run_into_others(scale):
    ticks = scale.ticks()
    ends = {1, scale.last, scale.cut}
    for left, right in itertools.pairwise(ticks):
        if not {left, right} <= ends:
            assert scale.x(right) - scale.x(left) >= scale.width / 8
