"""From a table of reviews to grades freed of severity, with standard errors: the model's part of aggregation.

Values are fractions of the rubric's range, so that nothing depends on the scale in which points are counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.aggregation.adjust import Adjustment, adjust, huber_adjust
from scoring.aggregation.crossed import RESIDUAL, REVIEW, REVIEWER, WORK, CrossedFit, fit_crossed
from scoring.aggregation.numeric import Floats, summed
from scoring.aggregation.records import Model, Rubric
from scoring.aggregation.table import ReviewTable

__all__ = ["Judged", "Uncertainty", "judge", "pooled_uncertainty"]


@dataclass(frozen=True, slots=True, eq=False)
class Uncertainty:
    """Standard errors and the degrees of freedom of Student's t that go with them, each of shape (works,)."""

    se: Floats
    df: Floats

    def half_width(self, confidence: float) -> Floats:
        """Half of a two-sided interval."""
        from scipy.special import stdtrit

        return np.asarray(self.se * stdtrit(self.df, 0.5 + confidence / 2))


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A fitted panel, in fractions of the rubric's range.

    Parameters
    ----------
    fit
        The crossed model.
    adjustment
        Grades, leniencies, residuals.
    blup
        Shape (works,): shrunken grades.
    of_adjusted, of_mean
        How sure the adjusted grades and the weighted means are.
    noise
        Standard deviation of a review of weight 1.
    residual
        Variance that the adjustment's weights and variances refer to.
    """

    fit: CrossedFit
    adjustment: Adjustment
    blup: Floats
    of_adjusted: Uncertainty
    of_mean: Uncertainty
    noise: float
    residual: float


@dataclass(frozen=True, slots=True, eq=False)
class _Responses:
    """One value a review, its precision over the model's residual variance, and the level that effects add to."""

    fit: CrossedFit
    values: Floats
    precision: Floats
    level: float
    observation_weight: float  # mean summed weight of a review's observations


def judge(table: ReviewTable, rubric: Rubric, *, model: Model, robust: bool) -> Judged:
    """Fit the crossed model and free the grades of severity.

    Parameters
    ----------
    table
        Reviews that count.
    rubric
        For the range of points and, with criteria, their weights.
    model
        One row a review, or criteria with a halo. With equal sets of criteria both give the same grades.
    robust
        Huber weights for the adjusted grades.

    Raises
    ------
    NotIdentified
        The panel cannot tell severity from the works.
    NotConverged
        An iteration ran out of steps.
    """
    responses = _of_reviews(table, rubric) if model is Model.REVIEWS else _of_criteria(table, rubric)
    fit, precision = responses.fit, responses.precision
    residual = float(fit.variances[RESIDUAL])
    ratio = float(fit.variances[REVIEWER]) / residual
    arguments = (table.work, table.reviewer, responses.values, precision, ratio)
    adjustment = huber_adjust(*arguments, noise=residual**0.5) if robust else adjust(*arguments)
    works = len(table.works)
    share = table.weight / summed(table.work, table.weight, works)[table.work]
    return Judged(
        fit=fit,
        adjustment=adjustment,
        blup=responses.level + fit.work_effects,
        of_adjusted=_uncertainty(
            responses, adjustment.from_reviewers, adjustment.variance - ratio * adjustment.from_reviewers
        ),
        of_mean=_uncertainty(
            responses, summed(table.work, share**2, works), summed(table.work, share**2 / precision, works)
        ),
        noise=float(fit.variances[REVIEW] + residual / responses.observation_weight) ** 0.5,
        residual=residual,
    )


def _of_reviews(table: ReviewTable, rubric: Rubric) -> _Responses:
    values = (table.total - rubric.minimum) / (rubric.maximum - rubric.minimum)
    fit = fit_crossed(table.work, table.reviewer, values, weights=table.weight)
    return _Responses(fit, values, table.weight, float(fit.fixed[0]), 1.0)


def _of_criteria(table: ReviewTable, rubric: Rubric) -> _Responses:
    """Criteria as fractions of their own range, weighing as many points as they give, so that their weighted mean is
    the total's.
    """
    given = ~np.isnan(table.marks)
    used = given.any(axis=0)
    worst = np.array([criterion.minimum for criterion in rubric.criteria])
    best = np.array([criterion.maximum for criterion in rubric.criteria])
    points = np.array([criterion.points for criterion in rubric.criteria])
    importance = points / points[used].mean()
    review, criterion = np.nonzero(given)
    fraction = ((table.marks - worst) / (best - worst))[review, criterion]
    weight = importance[criterion] * table.weight[review]
    columns = (criterion[:, None] == np.flatnonzero(used)).astype(np.float64)
    fit = fit_crossed(
        table.work[review], table.reviewer[review], fraction, fixed=columns, weights=weight, review=review
    )
    level = float(fit.fixed @ importance[used] / importance[used].sum())
    size = summed(review, weight, len(table))
    above = fraction - columns @ fit.fixed + level
    precision = size / (1.0 + size * fit.variances[REVIEW] / fit.variances[RESIDUAL])
    return _Responses(fit, summed(review, weight * above, len(table)) / size, precision, level, float(size.mean()))


def _uncertainty(responses: _Responses, from_reviewers: Floats, from_reviews: Floats) -> Uncertainty:
    """Standard errors of linear combinations of reviews, with Satterthwaite's degrees of freedom.

    The variance is linear in the variances, ``severity x from_reviewers + noise x from_reviews``, so its own variance
    follows from their covariance (Satterthwaite 1946, Biometrics Bulletin 2, 110). A review's noise is its halo and
    its criteria's noise over their number; where reviews have unequal numbers of criteria their mean stands for all.
    """
    fit, size = responses.fit, responses.observation_weight
    severity, halo, residual = (float(fit.variances[k]) for k in (REVIEWER, REVIEW, RESIDUAL))
    variance = severity * from_reviewers + residual * from_reviews
    reviews = residual * from_reviews / (halo + residual / size)
    slope = np.stack([from_reviewers, reviews, reviews / size], axis=1)
    doubt = np.einsum("ij,jk,ik->i", slope, fit.covariance[WORK + 1 :, WORK + 1 :], slope)
    return Uncertainty(np.sqrt(variance), np.maximum(2 * variance**2 / doubt, 1.0))


def pooled_uncertainty(table: ReviewTable, rubric: Rubric) -> Uncertainty:
    """Of weighted means without a model: reviews of one work differ by severity and noise together, alike for all
    works.

    In fractions of the rubric's range; NaN where no work has two reviews.
    """
    works = len(table.works)
    values = table.total / (rubric.maximum - rubric.minimum)
    total = summed(table.work, table.weight, works)
    mean = summed(table.work, table.weight * values, works) / total
    df = float(len(table) - works)
    if not df:
        return Uncertainty(np.full(works, np.nan), np.full(works, np.nan))
    variance = float((table.weight * (values - mean[table.work]) ** 2).sum()) / df
    return Uncertainty(np.sqrt(variance / total), np.full(works, df))
