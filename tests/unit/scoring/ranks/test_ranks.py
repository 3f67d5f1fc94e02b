"""How sure the order is: intervals for ranks, chances, ties with the cut-off."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from scoring.errors import InvalidInput
from scoring.ranks import (
    RankIntervals,
    Standing,
    combine_errors,
    competition_rank,
    rank_intervals,
    standings,
    top_probability,
)

# PISA 2018, mean score in mathematics and its standard error, OECD countries: OECD (2019), PISA 2018 Results, Volume
# I, table I.B1.5; in R as csranks::pisa2018.
PISA = {
    "Australia": (491.360025247324, 1.93983303054844),
    "Austria": (498.942313770185, 2.97099869438753),
    "Belgium": (508.070306302623, 2.26266201069488),
    "Canada": (512.016942926845, 2.35747574948677),
    "Chile": (417.406556308579, 2.41588757014362),
    "Colombia": (390.932273204875, 2.98955927360051),
    "Costa Rica": (402.330558536023, 3.28879935285979),
    "Czech Republic": (499.467650822959, 2.46066153133753),
    "Denmark": (509.398374584275, 1.73500233666916),
    "Estonia": (523.414580186709, 1.74360222360239),
    "Finland": (507.301361844418, 1.96792041132459),
    "France": (495.407579391347, 2.32021448743737),
    "Germany": (500.043780511653, 2.64708309608199),
    "Greece": (451.370343807911, 3.09122819676638),
    "Hungary": (481.082636358975, 2.31959674106808),
    "Iceland": (495.18737622182, 1.9530826031084),
    "Ireland": (499.632893967787, 2.19862112816692),
    "Israel": (463.034548798405, 3.49856322771396),
    "Italy": (486.589857259292, 2.78004586694628),
    "Japan": (526.97325016916, 2.47147531798407),
    "Korea": (525.933002039616, 3.1213943150455),
    "Latvia": (496.126330622544, 1.96276678902041),
    "Lithuania": (481.191188395501, 1.95328203881691),
    "Luxembourg": (483.421485007866, 1.09763240879476),
    "Mexico": (408.801473375315, 2.49322554413996),
    "Netherlands": (519.230982393017, 2.63227788534219),
    "New Zealand": (494.48967597553, 1.70594285645041),
    "Norway": (500.963788462762, 2.2190448783333),
    "Poland": (515.647874653798, 2.60208517571739),
    "Portugal": (492.487406151968, 2.68457008117133),
    "Slovak Republic": (486.164854221208, 2.55559570662059),
    "Slovenia": (508.8975440691, 1.36387759638452),
    "Spain": (481.392612584418, 1.46241776318192),
    "Sweden": (502.387702154542, 2.65425093473024),
    "Switzerland": (515.314713109516, 2.9080038976471),
    "Türkiye": (453.507777434992, 2.26040678896131),
    "United Kingdom": (501.769899185046, 2.56442811097548),
    "United States": (478.244717372643, 3.23544409909485),
}


def intervals(values, se, **options) -> RankIntervals:
    options = {"rng": np.random.default_rng(1), "draws": 1000, **options}
    return rank_intervals(np.array(values, dtype=float), np.array(se, dtype=float), **options)


@pytest.fixture(scope="module")
def pisa():
    score, se = np.array(list(PISA.values())).T
    return rank_intervals(score, se, rng=np.random.default_rng(20_260_101))


@pytest.mark.parametrize(
    ("country", "marginal", "simultaneous"),
    [
        ("Japan", (1, 4), (1, 6)),
        ("Korea", (1, 6), (1, 7)),
        ("Estonia", (1, 6), (1, 6)),
        ("Netherlands", (1, 7), (1, 11)),
        ("Poland", (2, 11), (1, 12)),
        ("Canada", (4, 12), (3, 17)),
        ("Sweden", (7, 23), (5, 24)),
    ],
)
def test_answer_f_pisa_2018(pisa, country, marginal, simultaneous):
    row = list(PISA).index(country)
    found = (pisa.marginal_low, pisa.marginal_high, pisa.simultaneous_low, pisa.simultaneous_high)
    assert_allclose([column[row] for column in found], [*marginal, *simultaneous], atol=1)


def test_most_bounds_of_answer_f_are_met_to_the_rank(pisa):
    countries = ["Japan", "Korea", "Estonia", "Netherlands", "Poland", "Canada", "Sweden"]
    rows = [list(PISA).index(country) for country in countries]
    assert pisa.simultaneous_low[rows].tolist() == [1, 1, 1, 1, 1, 3, 5]
    assert pisa.simultaneous_high[rows].tolist() == [6, 7, 6, 11, 12, 17, 24]
    assert pisa.marginal_low[rows].tolist() == [1, 1, 1, 1, 2, 4, 7]


def test_equal_values_share_a_place_and_the_next_is_skipped():
    assert competition_rank(np.array([5.0, 9, 5, 1])).tolist() == [2, 1, 2, 4]
    assert competition_rank(np.array([])).tolist() == []


def test_exact_values_have_exact_ranks():
    found = intervals([3, 1, 2], [0, 0, 0])
    for column in (found.marginal_low, found.marginal_high, found.simultaneous_low, found.simultaneous_high):
        assert column.tolist() == [1, 3, 2]


def test_exactly_equal_values_cover_each_others_places():
    found = intervals([3, 2, 2, 1], [0, 0, 0, 0])
    assert found.rank.tolist() == [1, 2, 2, 4]
    assert found.marginal_low.tolist() == found.simultaneous_low.tolist() == [1, 2, 2, 4]
    assert found.marginal_high.tolist() == found.simultaneous_high.tolist() == [1, 3, 3, 4]


def test_an_exact_value_among_uncertain_ones_is_compared_with_their_errors():
    found = intervals([10, 9.9, 0], [0, 1, 0])
    assert found.marginal_low.tolist() == [1, 1, 3]
    assert found.marginal_high.tolist() == [2, 2, 3]


def test_values_far_apart_are_decided_and_close_ones_are_not():
    found = intervals([100, 50, 49.9, 0], [1, 1, 1, 1])
    assert found.simultaneous_low.tolist() == [1, 2, 2, 4]
    assert found.simultaneous_high.tolist() == [1, 3, 3, 4]


def test_nobody_and_one_person_have_intervals_too():
    assert intervals([], []).rank.tolist() == []
    assert intervals([], []).marginal_low.shape == (0,)
    alone = intervals([5], [2])
    assert (alone.marginal_low[0], alone.marginal_high[0], alone.simultaneous_high[0]) == (1, 1, 1)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from([0.0, 1.0, 3.0])), min_size=1, max_size=8), st.randoms())
def test_intervals_hold_the_rank_nest_and_follow_the_people(rows, shuffler):
    values, se = np.array(rows, dtype=float).T
    found = intervals(values, se, draws=200)
    assert (found.simultaneous_low <= found.marginal_low).all()
    assert (found.marginal_low <= found.rank).all()
    assert (found.rank <= found.marginal_high).all()
    assert (found.marginal_high <= found.simultaneous_high).all()
    assert found.simultaneous_high.max() <= len(rows)
    order = list(range(len(rows)))
    shuffler.shuffle(order)
    assert intervals(values[order], se[order], draws=200).rank.tolist() == found.rank[order].tolist()


def test_scale_and_level_do_not_matter():
    values, se = np.array([5.0, 3.0, 4.2, 1.0]), np.array([0.6, 0.3, 0.5, 0.4])
    once, again = intervals(values, se), intervals(100 * values + 7, 100 * se)
    assert once.marginal_low.tolist() == again.marginal_low.tolist()
    assert once.simultaneous_high.tolist() == again.simultaneous_high.tolist()


def test_the_same_seed_gives_the_same_intervals():
    values, se = np.arange(8.0), np.full(8, 0.7)
    assert intervals(values, se).marginal_high.tolist() == intervals(values, se).marginal_high.tolist()


def test_more_confidence_never_narrows_an_interval():
    values, se = np.arange(8.0), np.full(8, 0.7)
    loose, strict = intervals(values, se, confidence=0.5), intervals(values, se, confidence=0.99)
    assert (strict.marginal_high >= loose.marginal_high).all()
    assert (strict.marginal_high > loose.marginal_high).any()
    assert (strict.simultaneous_low <= loose.simultaneous_low).all()


def test_step_down_decides_more_than_one_step_would():
    # All 132 ordered pairs together need a lead of 4.63 (3.27 standard errors); once the clear ones are out, 4.36 is
    # enough.
    values = np.array([0.0, 4.5, *np.linspace(100, 1000, 10)])
    found = intervals(values, np.ones(12), draws=20_000)
    assert found.simultaneous_low.tolist()[:2] == [12, 11]


def test_a_single_rank_is_stepped_down_to_as_well():
    # Against eleven others 3.88 is needed; once ten of them are clearly worse, 3.59 is enough for the last.
    values = np.array([0.0, *(-100.0 * np.arange(1, 11)), -3.73])
    found = intervals(values, np.ones(12), draws=20_000)
    assert (found.marginal_low[0], found.marginal_high[0]) == (1, 1)
    assert found.marginal_low[11] == 2


def test_little_confidence_decides_small_differences():
    # The median of a standardised difference's size is 0.67.
    assert intervals([0.8, 0], [1, 0], confidence=0.5).marginal_high.tolist() == [1, 2]
    assert intervals([0.6, 0], [1, 0], confidence=0.5).marginal_high.tolist() == [2, 2]


def test_intervals_cover_the_true_ranks_as_often_as_they_say():
    rng = np.random.default_rng(7)
    truth = np.array([0.0, 0.5, 1.0, 1.5, 4.0])
    true_rank = competition_rank(truth)
    covered, together = np.zeros(5), 0
    for _ in range(200):
        found = rank_intervals(truth + rng.normal(0, 0.8, 5), np.full(5, 0.8), rng=rng, confidence=0.9, draws=300)
        covered += (found.marginal_low <= true_rank) & (true_rank <= found.marginal_high)
        together += ((found.simultaneous_low <= true_rank) & (true_rank <= found.simultaneous_high)).all()
    assert covered.min() / 200 >= 0.86
    assert together / 200 >= 0.86


@pytest.mark.parametrize(
    ("values", "se", "options", "field"),
    [
        ([1.0, 2.0], [1.0], {}, "values"),
        ([[1.0]], [[1.0]], {}, "values"),
        ([1.0, np.nan], [1.0, 1.0], {}, "se"),
        ([1.0, 2.0], [1.0, np.nan], {}, "se"),
        ([1.0, 2.0], [1.0, -0.1], {}, "se"),
        ([1.0, 2.0], [1.0, np.inf], {}, "se"),
        ([1.0], [1.0], {"draws": 99}, "draws"),
        ([1.0], [1.0], {"confidence": 0.0}, "confidence"),
        ([1.0], [1.0], {"confidence": 1.0}, "confidence"),
    ],
)
def test_malformed_input_is_refused(values, se, options, field):
    with pytest.raises(InvalidInput) as error:
        intervals(values, se, **options)
    assert (
        str(error.value)
        == {
            "values": "values: values and standard errors are vectors of one length",
            "se": "se: values and standard errors are finite, errors not negative: see combine_errors",
            "draws": "draws: 99 draws do not show a 95 % bound",
            "confidence": f"confidence: {options.get('confidence')} is not between 0 and 1",
        }[field]
    )


def chance(values, se, top, **options):
    rng = np.random.default_rng(2)
    return top_probability(np.array(values, dtype=float), np.array(se, dtype=float), top=top, rng=rng, **options)


def test_equal_people_share_the_places_evenly():
    assert_allclose(chance([5, 5, 5, 5], [1, 1, 1, 1], 1), 0.25, atol=0.02)
    assert_allclose(chance([5, 5, 5, 5], [1, 1, 1, 1], 3), 0.75, atol=0.02)


def test_the_chance_of_two_is_the_normal_distribution_of_their_difference():
    # Difference 1 with standard deviation 5: Phi(0.2) = 0.5793.
    assert_allclose(chance([1, 0], [3, 4], 1), [0.5793, 0.4207], atol=0.015)


def test_exact_values_are_certain_and_a_shared_place_counts_for_all():
    assert chance([3, 2, 2, 1], [0, 0, 0, 0], 2).tolist() == [1.0, 1.0, 1.0, 0.0]


def test_with_as_many_places_as_people_everybody_is_in():
    assert chance([3, 2], [1, 1], 2).tolist() == [1.0, 1.0]
    assert chance([3, 2], [1, 1], 5).tolist() == [1.0, 1.0]


def test_no_places_are_refused():
    with pytest.raises(InvalidInput) as error:
        chance([1.0], [1.0], 0)
    assert str(error.value) == "top: 0 places are not at least one"


def test_the_band_around_the_cut_off_is_tied():
    low, high = np.array([1, 1, 2, 4, 3]), np.array([2, 3, 4, 5, 5])
    expected = (Standing.IN, Standing.TIED, Standing.TIED, Standing.OUT, Standing.OUT)
    assert standings(low, high, top=2) == expected
    assert standings(low, high, top=5) == (Standing.IN,) * 5
    assert standings(np.array([1, 2]), np.array([1, 2]), top=1) == (Standing.IN, Standing.OUT)


def test_a_tie_at_the_cut_off_is_left_to_the_commission():
    found = intervals([3, 2, 2, 1], [0, 0, 0, 0])
    assert standings(found.simultaneous_low, found.simultaneous_high, top=2) == ("in", "tied", "tied", "out")


@pytest.mark.parametrize(("low", "high", "top"), [([1], [1, 2], 1), ([1], [1], 0)])
def test_a_malformed_band_is_refused(low, high, top):
    with pytest.raises(InvalidInput) as error:
        standings(np.array(low), np.array(high), top=top)
    assert str(error.value) == "top: low and high are of one length, and there is at least one place"


def test_errors_of_components_add_as_squares_and_missing_ones_are_named():
    found = combine_errors(
        {
            "essay": np.array([3.0, 3.0, np.nan]),
            "project": np.array([4.0, 0.0, 1.0]),
            "test": np.array([np.nan, np.nan, np.nan]),
        }
    )
    assert found.se.tolist() == [5.0, 3.0, 1.0]
    assert found.without == ("test",)
    assert found.partly == ("essay",)
    assert found.complete.tolist() == [False, False, False]


def test_a_total_with_all_errors_known_is_complete():
    found = combine_errors({"essay": np.array([3.0, np.nan]), "project": np.array([4.0, 1.0])})
    assert found.complete.tolist() == [True, False]


@pytest.mark.parametrize(
    ("components", "message"),
    [
        ({}, "there is at least one component, and all have one error a person"),
        ({"a": np.ones(1), "b": np.ones(2)}, "there is at least one component, and all have one error a person"),
        ({"a": np.array([-1.0])}, "standard errors are finite and not negative"),
        ({"a": np.array([np.inf])}, "standard errors are finite and not negative"),
    ],
)
def test_malformed_errors_are_refused(components, message):
    with pytest.raises(InvalidInput) as error:
        combine_errors(components)
    assert str(error.value) == f"components: {message}"
