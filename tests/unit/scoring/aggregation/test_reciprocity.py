"""A flag for pairs who mark each other up."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from benchmarks.simulations import FAVOUR, FAVOURS, flag_rate, peers
from scoring.aggregation.adjust import adjust
from scoring.aggregation.crossed import RESIDUAL, REVIEWER, fit_crossed
from scoring.aggregation.reciprocity import reciprocity
from scoring.errors import InvalidInput, NotIdentified


def season(seed=1, favour=0.0, people=20, each=6):
    rng = np.random.default_rng(seed)
    work, reviewer = peers(people, each, rng)
    values = rng.normal(55, 10, people)[work] - rng.normal(0, 6, people)[reviewer] + rng.normal(0, 8, len(work))
    return reviewer, work, values + favour * ((work < 2) & (reviewer == 1 - work))


def look(reviewer, author, values, **options):
    return reciprocity(reviewer, author, values, rng=np.random.default_rng(3), permutations=199, **options)


def test_every_mutual_pair_is_listed_once_in_order():
    reviewer, author, values = season()
    edges = set(zip(reviewer.tolist(), author.tolist(), strict=True))
    expected = sorted((a, b) for a, b in edges if a < b and (b, a) in edges)
    assert [(pair.first, pair.second) for pair in look(reviewer, author, values).pairs] == expected
    assert (0, 1) in expected


def test_residuals_are_standardised_and_belong_to_their_giver():
    reviewer, author, values = season()
    fit = fit_crossed(author, reviewer, values)
    made = adjust(
        author, reviewer, values, np.ones(len(values)), float(fit.variances[REVIEWER] / fit.variances[RESIDUAL])
    )
    standardised = made.residual / np.sqrt(made.freedom * fit.variances[RESIDUAL])
    pair = look(reviewer, author, values).pairs[0]
    assert (pair.first, pair.second) == (0, 1)
    first = standardised[(reviewer == 0) & (author == 1)][0]
    second = standardised[(reviewer == 1) & (author == 0)][0]
    assert_allclose([pair.from_first, pair.from_second], [first, second])


def test_a_returned_favour_is_flagged_and_an_unreturned_one_is_not():
    reviewer, author, values = season(favour=45)
    found = look(reviewer, author, values)
    assert [(pair.first, pair.second) for pair in found.flagged] == [(0, 1)]
    assert found.flagged[0].strength == pytest.approx(
        np.sqrt(found.flagged[0].from_first * found.flagged[0].from_second)
    )
    one_sided = values - 45 * ((reviewer == 1) & (author == 0))
    pair = look(reviewer, author, one_sided).pairs[0]
    assert pair.from_first > 3
    assert not pair.flagged


def test_mutual_grudges_are_not_favours():
    pair = look(*season(favour=-45)).pairs[0]
    assert (pair.strength, pair.p, pair.flagged) == (0.0, 1.0, False)


def test_the_p_value_counts_deals_with_as_striking_a_pair():
    found = look(*season(favour=45))
    assert found.pairs[0].p == 1 / 200
    assert all(0 < pair.p <= 1 for pair in found.pairs)
    order = sorted(found.pairs, key=lambda pair: pair.strength)
    assert [pair.p for pair in order] == sorted((pair.p for pair in found.pairs), reverse=True)


def test_the_significance_is_the_callers():
    reviewer, author, values = season(favour=45)
    assert look(reviewer, author, values, significance=0.005).flagged
    assert not look(reviewer, author, values, significance=0.004).flagged


def test_overall_reciprocity_is_the_mean_product():
    found = look(*season())
    products = [pair.from_first * pair.from_second for pair in found.pairs]
    assert found.overall == pytest.approx(np.mean(products))
    assert 0.05 < found.overall_p <= 1
    assert round(200 * found.overall_p) == pytest.approx(200 * found.overall_p)
    everybody = np.random.default_rng(0)
    reviewer, author, values = season()
    bond = everybody.normal(0, 25, (20, 20))
    values = values + (bond + bond.T)[reviewer, author]
    assert look(reviewer, author, values).overall_p <= 0.02


def test_labels_rows_and_scale_do_not_matter():
    reviewer, author, values = season(favour=45)
    order = np.random.default_rng(5).permutation(len(values))
    names = np.array([f"p{number:02d}" for number in range(20)])
    found = look(names[reviewer[order]], names[author[order]], values[order] * 3 + 1)
    once = look(reviewer, author, values)
    assert [(pair.first, pair.second) for pair in found.flagged] == [("p00", "p01")]
    assert_allclose(
        [pair.strength for pair in found.pairs], [pair.strength for pair in once.pairs], rtol=1e-4, atol=1e-5
    )


def test_a_review_of_ones_own_work_is_left_out():
    reviewer, author, values = season()
    own = look(np.append(reviewer, 0), np.append(author, 0), np.append(values, 100.0))
    assert own.pairs == look(reviewer, author, values).pairs


def test_without_mutual_reviews_there_is_nothing_to_see():
    author, reviewer = np.divmod(np.arange(24), 4)
    found = look(reviewer + 100, author, np.random.default_rng(0).normal(size=24))
    assert found.pairs == found.flagged == ()
    assert np.isnan([found.overall, found.overall_p]).all()


def test_a_works_only_review_says_nothing_of_its_giver():
    reviewer, author, values = season()
    found = look(np.append(reviewer, [0, 99]), np.append(author, [99, 0]), np.append(values, [500.0, 60.0]))
    pair = found.pairs[[(one.first, one.second) for one in found.pairs].index((0, 99))]
    assert pair.from_first == 0.0
    assert pair.strength == 0.0


def test_malformed_reviews_are_refused():
    reviewer, author, values = season()
    with pytest.raises(InvalidInput, match=r"^reviewer: a review is given more than once$"):
        look(np.append(reviewer, reviewer[:1]), np.append(author, author[:1]), np.append(values, 1.0))
    with pytest.raises(InvalidInput, match=r"^values: reviewer, author and values are columns of one length$"):
        look(reviewer[:-1], author, values)
    with pytest.raises(InvalidInput, match=r"^permutations: 18 permutations cannot show a p-value of 0\.05$"):
        reciprocity(reviewer, author, values, rng=np.random.default_rng(0), permutations=18)
    reciprocity(reviewer, author, values, rng=np.random.default_rng(0), permutations=19)


def test_reviews_that_say_nothing_are_refused():
    with pytest.raises(NotIdentified):
        look(np.array([0, 1]), np.array([1, 0]), np.array([5.0, 6.0]))


def test_a_small_sample_of_the_stated_design_keeps_its_rates():
    # The benchmark runs it in full: 1,000 seasons without favours, 200 with one.
    assert flag_rate(FAVOURS, favour=0.0, repeats=60) <= 0.1
    assert flag_rate(FAVOURS, favour=FAVOUR, repeats=30) >= 0.7
