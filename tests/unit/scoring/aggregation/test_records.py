"""Rubrics, policies and columns are checked before anything is computed."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.aggregation import Criterion, Policy, Reviews, Rubric
from scoring.errors import InvalidInput


def test_the_presets_have_the_maxima_of_the_product():
    essay = Rubric("1", tuple(Criterion(f"c{number}", 3, minimum=1) for number in range(5)))
    levels = Rubric("1", tuple(Criterion(f"c{weight}{n}", 3, weight=weight) for n, weight in enumerate((3, 5, 5, 4))))
    assert (essay.minimum, essay.maximum) == (5, 15)
    assert (levels.minimum, levels.maximum) == (0, 51)
    assert levels.criteria[1].points == 15
    assert essay.criteria[0].points == 2


def test_every_problem_of_a_rubric_is_named():
    with pytest.raises(InvalidInput) as error:
        Rubric("1", (Criterion("a", 1, 1), Criterion("b", 2, weight=0), Criterion("b", np.inf), Criterion("c", 3, 4)))
    fields = [problem.field for problem in error.value.problems]
    assert fields == ["criteria[a].maximum", "criteria[b].weight", "criteria[b]", "criteria[c].maximum", "criteria"]
    assert "'b' occurs twice" in str(error.value)
    assert "1 is not above 1" in str(error.value)
    assert "0 is not positive" in str(error.value)


@pytest.mark.parametrize("criterion", [Criterion("a", 1, minimum=-np.inf), Criterion("a", 1, weight=np.nan)])
def test_bounds_and_weights_are_finite(criterion):
    with pytest.raises(InvalidInput, match="finite"):
        Rubric("1", (criterion,))


def test_a_rubric_without_criteria_is_refused():
    with pytest.raises(InvalidInput) as error:
        Rubric("1", ())
    assert str(error.value) == "criteria: a rubric needs at least one criterion"


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("decimals", -1),
        ("decimals", 7),
        ("confidence", 0.0),
        ("confidence", 1.0),
        ("divergence_limit", 0.0),
        ("divergence_limit", 1.01),
        ("interval_limit", 0.0),
        ("fewest_reviews", 0),
        ("enough_reviews", 1),
        ("fewest_works", 0),
        ("significance", 0.0),
        ("significance", 1.0),
        ("trim", -0.1),
        ("trim", 0.5),
    ],
)
def test_a_policy_out_of_range_is_refused(field, bad):
    with pytest.raises(InvalidInput) as error:
        Policy(**{field: bad})
    assert str(error.value) == f"{field}: {bad} is out of range"


@pytest.mark.parametrize(
    ("field", "words"),
    [("publish", "mean, adjusted"), ("model", "reviews, criteria"), ("incomplete", "exclude, prorate")],
)
def test_an_option_is_one_of_its_words(field, words):
    for word in words.split(", "):
        assert getattr(Policy(**{field: word}), field).value == word
    with pytest.raises(InvalidInput) as error:
        Policy(**{field: "best"})
    assert str(error.value) == f"{field}: 'best' is none of {words}"


def test_the_limits_themselves_are_allowed():
    Policy(decimals=0, divergence_limit=1.0, fewest_reviews=1, enough_reviews=1, fewest_works=1, trim=0.0)
    Policy(decimals=6, trim=0.49, interval_limit=0.01, confidence=0.5)


def test_the_default_policy_is_the_plain_mean_to_a_tenth():
    policy = Policy()
    assert (policy.publish, policy.decimals, policy.fewest_works) == ("mean", 1, 15)
    assert (policy.divergence_limit, policy.interval_limit, policy.confidence) == (0.2, None, 0.95)


def test_rows_become_columns_and_none_becomes_missing():
    reviews = Reviews.from_rows([(1, 7, "a", 3), (1, 7, "b", None), (2, 7, "a", 2.5)])
    assert reviews.work.tolist() == [1, 1, 2]
    assert reviews.criterion.tolist() == ["a", "b", "a"]
    assert np.isnan(reviews.score).tolist() == [False, True, False]
    assert reviews.weight is None


def test_a_fifth_value_is_the_weight():
    reviews = Reviews.from_rows([("w", "r", "a", 3, 2), ("v", "r", "a", 1, 1)])
    assert reviews.weight.tolist() == [2.0, 1.0]


def test_no_rows_are_an_empty_table():
    reviews = Reviews.from_rows([])
    assert len(reviews.score) == 0
    assert reviews.weight is None


@pytest.mark.parametrize("rows", [[(1, 2, "a")], [(1, 2, "a", 3), (1, 3, "a", 3, 1)], [(1, 2, "a", 3, 1, 0)]])
def test_rows_of_other_lengths_are_refused(rows):
    with pytest.raises(InvalidInput) as error:
        Reviews.from_rows(rows)
    assert str(error.value) == "rows: every row has 4 values, or every row has 5 with the review's weight"
