"""Nothing depends on the order of rows, the names of people or the unit of points."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from scoring.aggregation import Criterion, Policy, Published, Reviews, Rubric, aggregate
from scoring.aggregation.records import Model

RUBRIC = Rubric("1", (Criterion("a", 10), Criterion("b", 5, weight=2)))
POLICY = Policy(publish=Published.ADJUSTED)
NUMBERS = (
    "grade", "se", "low", "high", "mean", "mean_se", "median", "trimmed_mean", "adjusted", "adjusted_se", "blup",
    "spread", "shift",
)  # fmt: skip


@st.composite
def panels(draw):
    """Rows of a panel: any works, any reviewers, whole marks."""
    pairs = draw(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5)), min_size=1, max_size=40, unique=True))
    return [
        (f"w{work}", f"r{reviewer}", criterion.name, draw(st.integers(0, int(criterion.maximum))))
        for work, reviewer in pairs
        for criterion in RUBRIC.criteria
    ]


def run(rows, policy=POLICY, rubric=RUBRIC):
    return aggregate(Reviews.from_rows(rows), rubric, policy=policy)


def close(left, right, *, scale=1.0):
    assert left.reasons == right.reasons
    assert left.published == right.published
    assert left.diagnostics.problem == right.diagnostics.problem
    for name in NUMBERS:
        once, again = getattr(left.works, name), getattr(right.works, name)
        assert_allclose(again, scale * once, rtol=1e-3, atol=2e-4 * scale, err_msg=name)
    assert_allclose(right.reviewers.severity, scale * left.reviewers.severity, rtol=1e-3, atol=2e-4 * scale)


@settings(max_examples=60, deadline=None)
@given(panels(), st.randoms())
def test_the_order_of_rows_does_not_matter(rows, shuffler):
    once = run(rows)
    shuffled = list(rows)
    shuffler.shuffle(shuffled)
    again = run(shuffled)
    for name in NUMBERS:
        assert getattr(again.works, name).tolist() == pytest.approx(
            getattr(once.works, name).tolist(), nan_ok=True, abs=0
        )
    assert again.works.shift_reviewer == once.works.shift_reviewer
    assert again.works.escalation == once.works.escalation


@settings(max_examples=40, deadline=None)
@given(panels())
def test_results_keep_their_promises(rows):
    works = run(rows).works
    for low, value, high in (
        (works.low, works.mean, works.high),
        (works.adjusted_low, works.adjusted, works.adjusted_high),
    ):
        known = ~np.isnan(low)
        assert (low[known] >= RUBRIC.minimum).all()
        assert (high[known] <= RUBRIC.maximum).all()
        assert (low[known] <= value[known] + 0.051).all()
        assert (value[known] <= high[known] + 0.051).all()
    assert ((works.mean >= RUBRIC.minimum) & (works.mean <= RUBRIC.maximum)).all()
    assert works.n.sum() == len(rows) / 2


@pytest.fixture(scope="module")
def season():
    rng = np.random.default_rng(4)
    quality, severe = rng.normal(0, 2, 18), rng.normal(0, 1.5, 7)
    rows = []
    for work in range(18):
        for reviewer in rng.choice(7, 4, replace=False):
            level = quality[work] - severe[reviewer] + rng.normal(0, 1)
            for criterion in RUBRIC.criteria:
                mark = criterion.maximum * (0.5 + level / 12) + rng.normal(0, 0.5)
                rows.append((work, int(reviewer), criterion.name, float(np.clip(np.round(mark), 0, criterion.maximum))))
    return rows


@pytest.mark.parametrize("policy", [POLICY, replace(POLICY, model=Model.CRITERIA), replace(POLICY, robust=True)])
def test_names_do_not_matter(season, policy):
    names = np.random.default_rng(0).permutation(100).tolist()
    renamed = [(names[row[0]], 200 - row[1], *row[2:]) for row in season]
    once, again = run(season, policy), run(renamed, policy)
    for work in range(18):
        left, right = once.works[work], again.works[names[work]]
        for name in NUMBERS:
            assert getattr(right, name) == pytest.approx(getattr(left, name), rel=1e-4, abs=1e-5)
    for reviewer in range(7):
        left, right = once.reviewers[reviewer], again.reviewers[200 - reviewer]
        assert right.severity == pytest.approx(left.severity, rel=1e-4, abs=1e-5)
        assert right.noise == pytest.approx(left.noise, rel=1e-4)


@pytest.mark.parametrize("policy", [POLICY, replace(POLICY, model=Model.CRITERIA), replace(POLICY, robust=True)])
@pytest.mark.parametrize("weight", [10.0, 0.01])
def test_the_unit_of_points_does_not_matter(season, policy, weight):
    rubric = Rubric("1", tuple(replace(criterion, weight=criterion.weight * weight) for criterion in RUBRIC.criteria))
    once, again = run(season, replace(policy, decimals=3)), run(season, replace(policy, decimals=5), rubric)
    close(once, again, scale=weight)


def test_a_shift_of_all_marks_shifts_all_grades(season):
    rubric = Rubric("1", tuple(replace(one, minimum=3.0, maximum=one.maximum + 3) for one in RUBRIC.criteria))
    moved = [(*row[:3], row[3] + 3) for row in season]
    once, again = run(season, replace(POLICY, decimals=3)), run(moved, replace(POLICY, decimals=3), rubric)
    for name in ("grade", "mean", "median", "adjusted", "blup", "low", "high"):
        assert_allclose(getattr(again.works, name), getattr(once.works, name) + 9, rtol=1e-6)
    for name in ("se", "shift", "spread"):
        assert_allclose(getattr(again.works, name), getattr(once.works, name), rtol=1e-6)


def test_inputs_are_not_written_to(season):
    reviews = Reviews.from_rows(season)
    for column in (reviews.work, reviews.reviewer, reviews.criterion, reviews.score):
        column.flags.writeable = False
    aggregate(reviews, RUBRIC, policy=replace(POLICY, rasch=True, robust=True))
