"""Rows of marks gathered into one row a review, with exact totals. Rows may come in any order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.aggregation.numeric import ExactInts, Floats, Ints, Mask, decimal_integers
from scoring.aggregation.records import Incomplete, Labels, Reviews, Rubric, option
from scoring.errors import InvalidInput, Problem

__all__ = ["ReviewTable", "gather"]

SHOWN_PROBLEMS = 20


@dataclass(frozen=True, slots=True, eq=False)
class ReviewTable:
    """One row a review that counts, sorted by (work, reviewer).

    Parameters
    ----------
    works, reviewers
        Labels in ascending order; `work` and `reviewer` hold positions in them.
    work, reviewer
        Shape (m,).
    marks
        Shape (m, criteria), NaN where left out.
    total
        Shape (m,), points. A pro-rated review's total is rounded to nine decimals.
    exact
        The same totals as integers over ``10**decimals``.
    weight
        Shape (m,), positive.
    set_aside
        (work, reviewer) of reviews without a total, and of works with no review that counts nothing is said here.
    """

    works: Labels
    reviewers: Labels
    work: Ints
    reviewer: Ints
    marks: Floats
    total: Floats
    exact: ExactInts
    decimals: int
    weight: Floats
    set_aside: tuple[tuple[int | str, int | str], ...]

    def __len__(self) -> int:
        return len(self.work)


def gather(reviews: Reviews, rubric: Rubric, *, incomplete: Incomplete = Incomplete.EXCLUDE) -> ReviewTable:
    """Check every row against the rubric and sum it up by review.

    Parameters
    ----------
    reviews
        Marks, one a (work, reviewer, criterion).
    rubric
        Criteria with bounds and weights.
    incomplete
        `EXCLUDE` leaves a review with an empty criterion out (it has no total); `PRORATE` gives it the share of the
        points that its marked criteria could give. A review without any mark never counts.

    Raises
    ------
    InvalidInput
        Columns of unequal length, labels of mixed or other types, an unknown criterion, a mark out of bounds or
        infinite, a mark given twice, a weight that is not positive or varies within a review. Lists up to 20 problems.
    """
    _check_shapes(reviews)
    codes = {criterion.name: code for code, criterion in enumerate(rubric.criteria)}
    names = np.asarray(reviews.criterion).tolist()
    criterion = np.array([codes.get(name, -1) for name in names], dtype=np.int64)
    _check_marks(reviews, rubric, criterion)
    works, work = np.unique(reviews.work, return_inverse=True)
    reviewers, reviewer = np.unique(reviews.reviewer, return_inverse=True)
    key, row = np.unique(work * max(len(reviewers), 1) + reviewer, return_inverse=True)
    marks = _spread(reviews, row, criterion, len(key), len(rubric.criteria))
    weight = _review_weights(reviews, row, len(key))
    kept = _with_total(marks, option(Incomplete, incomplete, field="incomplete"))
    work, reviewer = np.divmod(key, max(len(reviewers), 1))
    aside = tuple((works[work[lost]].item(), reviewers[reviewer[lost]].item()) for lost in np.flatnonzero(~kept))
    exact, decimals = _exact_totals(marks[kept], rubric)
    table = ReviewTable(
        works,
        reviewers,
        work[kept],
        reviewer[kept],
        marks[kept],
        exact.astype(np.float64) / 10.0**decimals,
        exact,
        decimals,
        weight[kept],
        aside,
    )
    return _relabelled(table)


def _relabelled(table: ReviewTable) -> ReviewTable:
    """Drop labels that no counting review uses."""
    used_works, work = np.unique(table.work, return_inverse=True)
    used_reviewers, reviewer = np.unique(table.reviewer, return_inverse=True)
    return ReviewTable(
        table.works[used_works],
        table.reviewers[used_reviewers],
        work,
        reviewer,
        table.marks,
        table.total,
        table.exact,
        table.decimals,
        table.weight,
        table.set_aside,
    )


def _check_shapes(reviews: Reviews) -> None:
    rows = len(reviews.score)
    problems = []
    for name in ("work", "reviewer", "criterion", "score", "weight"):
        column = getattr(reviews, name)
        if column is not None and np.shape(column) != (rows,):
            problems.append(Problem(name, f"has shape {np.shape(column)}, the scores have {(rows,)}"))
    problems += [
        Problem(name, "labels are all integers or all strings")
        for name in ("work", "reviewer")
        if rows and np.asarray(getattr(reviews, name)).dtype.kind not in "iuU"
    ]
    if problems:
        raise InvalidInput(problems=problems)


def _check_marks(reviews: Reviews, rubric: Rubric, criterion: Ints) -> None:
    low = np.array([item.minimum for item in rubric.criteria])[criterion]
    high = np.array([item.maximum for item in rubric.criteria])[criterion]
    score = reviews.score
    unknown = criterion < 0
    outside = ~unknown & ~np.isnan(score) & ~((score >= low) & (score <= high))
    bad_weight = np.zeros(len(score), dtype=bool)
    if reviews.weight is not None:
        bad_weight = ~(np.isfinite(reviews.weight) & (reviews.weight > 0))
    problems = [
        Problem(_at(reviews, k), f"no criterion {reviews.criterion[k]!s} in the rubric") for k in _first(unknown)
    ]
    problems += [
        Problem(_at(reviews, k), f"{score[k]:g} is not within {low[k]:g}..{high[k]:g}") for k in _first(outside)
    ]
    problems += [Problem(_at(reviews, k), "the review's weight is not a positive number") for k in _first(bad_weight)]
    if problems:
        raise InvalidInput(problems=problems[:SHOWN_PROBLEMS])


def _first(mask: Mask) -> Ints:
    return np.flatnonzero(mask)[:SHOWN_PROBLEMS]


def _at(reviews: Reviews, row: int) -> str:
    return f"reviews[{reviews.work[row]}, {reviews.reviewer[row]}, {reviews.criterion[row]}]"


def _spread(reviews: Reviews, row: Ints, criterion: Ints, n_reviews: int, n_criteria: int) -> Floats:
    cell = row * n_criteria + criterion
    _, first, count = np.unique(cell, return_index=True, return_counts=True)
    twice = first[count > 1][:SHOWN_PROBLEMS]
    if twice.size:
        raise InvalidInput(problems=[Problem(_at(reviews, k), "is given more than once") for k in twice])
    marks = np.full((n_reviews, n_criteria), np.nan)
    marks[row, criterion] = reviews.score
    return marks


def _review_weights(reviews: Reviews, row: Ints, n_reviews: int) -> Floats:
    weight = np.ones(n_reviews)
    if reviews.weight is None:
        return weight
    weight[row] = reviews.weight
    varied = np.flatnonzero(weight[row] != reviews.weight)[:SHOWN_PROBLEMS]
    if varied.size:
        raise InvalidInput(problems=[Problem(_at(reviews, k), "the review's weight varies within it") for k in varied])
    return weight


def _with_total(marks: Floats, incomplete: Incomplete) -> Mask:
    given = ~np.isnan(marks)
    return np.asarray(given.any(axis=1) if incomplete is Incomplete.PRORATE else given.all(axis=1))


def _exact_totals(marks: Floats, rubric: Rubric) -> tuple[ExactInts, int]:
    weights, weight_decimals = decimal_integers(np.array([item.weight for item in rubric.criteria]))
    complete = ~np.isnan(marks).any(axis=1)
    if complete.all():
        scores, score_decimals = decimal_integers(marks)
        return _row_sums(scores, weights), score_decimals + weight_decimals
    prorated = np.round(_prorated(marks, rubric), 9)
    whole = marks @ np.array([item.weight for item in rubric.criteria])
    return decimal_integers(np.where(complete, np.round(whole, 9), prorated))


def _row_sums(scores: ExactInts, weights: ExactInts) -> ExactInts:
    size = int(np.abs(scores).max(initial=0)) * int(np.abs(weights).sum())
    kind = np.int64 if size < 2**62 else object
    return np.asarray((scores.astype(kind) * weights.astype(kind)).sum(axis=1))


def _prorated(marks: Floats, rubric: Rubric) -> Floats:
    given = ~np.isnan(marks)
    worst = np.array([item.minimum for item in rubric.criteria])
    weight = np.array([item.weight for item in rubric.criteria])
    points = np.array([item.points for item in rubric.criteria])
    above = np.where(given, (marks - worst) * weight, 0.0).sum(axis=1)
    possible = np.where(given, points, 0.0).sum(axis=1)
    return np.asarray(rubric.minimum + above / possible * points.sum())
