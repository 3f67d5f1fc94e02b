"""Rows of marks gathered by review."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from scoring.aggregation import Criterion, Reviews, Rubric
from scoring.aggregation.records import Incomplete
from scoring.aggregation.table import gather
from scoring.errors import InvalidInput

RUBRIC = Rubric("1", (Criterion("idea", 3, weight=5), Criterion("logic", 10, minimum=2, weight=0.5)))


def table(*rows, incomplete=Incomplete.EXCLUDE):
    return gather(Reviews.from_rows(rows), RUBRIC, incomplete=incomplete)


def problems(*rows):
    with pytest.raises(InvalidInput) as error:
        table(*rows)
    return [str(problem) for problem in error.value.problems]


def test_a_review_is_the_weighted_sum_of_its_marks():
    found = table(("w", "r", "logic", 7.5), ("w", "r", "idea", 2))
    assert found.total.tolist() == [13.75]
    assert (found.exact.tolist(), found.decimals) == ([1375], 2)
    assert found.marks.tolist() == [[2.0, 7.5]]
    assert len(found) == 1


def test_reviews_come_in_the_order_of_labels_whatever_the_rows_were():
    rows = [("b", 2, "idea", 1), ("a", 9, "idea", 2), ("b", 2, "logic", 4), ("a", 9, "logic", 6), ("a", 1, "idea", 3)]
    found = table(*rows, ("a", 1, "logic", 2))
    assert found.works.tolist() == ["a", "b"]
    assert found.reviewers.tolist() == [1, 2, 9]
    assert found.work.tolist() == [0, 0, 1]
    assert found.reviewer.tolist() == [0, 2, 1]
    assert found.total.tolist() == [16.0, 13.0, 7.0]
    assert table(*reversed([*rows, ("a", 1, "logic", 2)])).total.tolist() == [16.0, 13.0, 7.0]


def test_a_review_with_an_empty_criterion_is_set_aside_and_named():
    found = table(("a", 1, "idea", 3), ("a", 1, "logic", None), ("b", 2, "idea", 1), ("b", 2, "logic", 2))
    assert found.works.tolist() == ["b"]
    assert found.reviewers.tolist() == [2]
    assert found.set_aside == (("a", 1),)
    assert (found.work.tolist(), found.reviewer.tolist()) == ([0], [0])


def test_a_criterion_without_a_row_is_an_empty_one():
    assert table(("a", 1, "idea", 3)).set_aside == (("a", 1),)


def test_pro_rata_gives_the_share_of_what_the_marked_criteria_could_give():
    rows = [
        ("a", 1, "idea", 1),
        ("b", 1, "idea", 3),
        ("b", 1, "logic", 10),
        ("c", 1, "logic", None),
        ("c", 1, "idea", None),
    ]
    found = table(*rows, incomplete=Incomplete.PRORATE)
    # 5 of 15 possible points of 19 above the minimum of 1.
    assert_allclose(found.total, [1 + 19 / 3, 20])
    assert found.set_aside == (("c", 1),)


def test_an_unknown_way_with_gaps_is_refused():
    with pytest.raises(InvalidInput, match="incomplete: 'guess' is none of exclude, prorate"):
        table(("a", 1, "idea", 1), incomplete="guess")
    assert len(table(("a", 1, "idea", 1), incomplete="prorate")) == 1


def test_complete_reviews_stay_exact_beside_pro_rated_ones():
    found = table(("a", 1, "idea", 1), ("b", 1, "idea", 2), ("b", 1, "logic", 4.7), incomplete=Incomplete.PRORATE)
    assert found.total[1] == 12.35
    assert found.exact[1] / 10**found.decimals == 12.35


def test_the_weight_belongs_to_the_review():
    found = table(("a", 1, "idea", 1, 2.5), ("a", 1, "logic", 4, 2.5), ("a", 2, "idea", 1, 1), ("a", 2, "logic", 4, 1))
    assert found.weight.tolist() == [2.5, 1.0]
    assert table(("a", 1, "idea", 1), ("a", 1, "logic", 4)).weight.tolist() == [1.0]


def test_totals_beyond_int64_are_exact():
    rubric = Rubric("1", (Criterion("a", 1e9, weight=123_456_789_012.0), Criterion("b", 1e9)))
    found = gather(Reviews.from_rows([(1, 1, "a", 999_999_999.5), (1, 1, "b", 0.5)]), rubric)
    exact = 9_999_999_995 * 123_456_789_012 + 5
    assert found.exact.tolist() == [exact]
    assert found.decimals == 1


def test_no_rows_are_an_empty_table():
    found = table()
    assert len(found) == 0
    assert found.set_aside == ()
    assert found.total.shape == (0,)


def test_malformed_marks_are_named_by_work_reviewer_and_criterion():
    found = problems(
        ("a", 1, "idea", 3.5),
        ("a", 1, "logic", 1),
        ("b", 1, "style", 1),
        ("b", 1, "idea", np.inf),
        ("c", 1, "idea", -1),
    )
    assert found == [
        "reviews[b, 1, style]: no criterion style in the rubric",
        "reviews[a, 1, idea]: 3.5 is not within 0..3",
        "reviews[a, 1, logic]: 1 is not within 2..10",
        "reviews[b, 1, idea]: inf is not within 0..3",
        "reviews[c, 1, idea]: -1 is not within 0..3",
    ]


def test_the_bounds_themselves_are_allowed():
    assert table(("a", 1, "idea", 0), ("a", 1, "logic", 10)).total.tolist() == [5.0]
    assert table(("a", 1, "idea", 3), ("a", 1, "logic", 2)).total.tolist() == [16.0]


def test_a_mark_given_twice_is_refused():
    found = problems(("a", 1, "idea", 3), ("a", 1, "idea", 2), ("a", 2, "idea", 2))
    assert found == ["reviews[a, 1, idea]: is given more than once"]


@pytest.mark.parametrize("weight", [0.0, -1.0, np.nan, np.inf])
def test_a_weight_is_a_positive_number(weight):
    assert "weight is not a positive number" in problems(("a", 1, "idea", 3, weight))[0]


def test_a_weight_that_varies_within_a_review_is_refused():
    found = problems(("a", 1, "idea", 3, 1), ("a", 1, "logic", 4, 2))
    assert "weight varies" in found[0]


def test_at_most_twenty_problems_are_listed():
    assert len(problems(*((number, 1, "idea", 9) for number in range(40)))) == 20
    assert len(problems(*((number, 1, name, 3) for number in range(30) for name in ("idea", "idea")))) == 20
    weights = [(number, 1, name, 3, 1 + (name == "logic")) for number in range(30) for name in ("idea", "logic")]
    assert len(problems(*weights)) == 20


@pytest.mark.parametrize("column", ["work", "reviewer", "criterion", "weight"])
def test_columns_of_unequal_length_are_refused(column):
    columns = {
        "work": np.array([1, 2]),
        "reviewer": np.array([1, 2]),
        "criterion": np.array(["idea", "idea"]),
        "score": np.array([1.0, 2.0]),
        "weight": np.array([1.0, 1.0]),
    }
    columns[column] = columns[column][:1]
    with pytest.raises(InvalidInput) as error:
        gather(Reviews(**columns), RUBRIC)
    assert error.value.field == column


@pytest.mark.parametrize("labels", [np.array([1.5]), np.array([None], dtype=object), np.array([True])])
def test_labels_are_integers_or_strings(labels):
    with pytest.raises(InvalidInput, match="all integers or all strings") as error:
        gather(Reviews(labels, labels, np.array(["idea"]), np.array([1.0])), RUBRIC)
    assert [problem.field for problem in error.value.problems] == ["work", "reviewer"]


def test_the_columns_are_not_written_to():
    score = np.array([1.0, 4.0])
    score.flags.writeable = False
    gather(Reviews(np.array([1, 1]), np.array([1, 1]), np.array(["idea", "logic"]), score), RUBRIC)
