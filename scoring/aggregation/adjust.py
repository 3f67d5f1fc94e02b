"""The severity-adjusted mean: works as they are (not shrunk), reviewers random with the severity variance that REML
found.

Treating works as fixed keeps the grade unbiased for every single work; treating reviewers as random trusts a
reviewer's apparent severity only as far as the number of their marks allows, so that with no severity the adjusted
mean is the plain mean. Both are the generalised least squares solution of one system, solved on the reviewers' side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.aggregation.numeric import Floats, Ints, summed
from scoring.errors import NotConverged

__all__ = ["HUBER_K", "Adjustment", "adjust", "huber_adjust"]

HUBER_K = 1.345  # 95 % efficient where the noise is normal (Huber 1981)
HUBER_STEPS = 500
HUBER_TOLERANCE = 1e-9  # of the noise's standard deviation
NO_LEVERAGE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Adjustment:
    """Grades freed of severity, and what every review contributed. Variances are over the variance of a review of
    weight 1.

    Parameters
    ----------
    grade
        Shape (works,): generalised least squares estimate of each work.
    variance
        Shape (works,): of the grade.
    from_reviewers
        Shape (works,): the grade's sum of squared weights on reviewers; times the ratio it is the part of the
        variance that severity leaves.
    leniency
        Shape (reviewers,): predicted effect of each reviewer, positive where generous.
    leniency_variance
        Shape (reviewers,): of the prediction error.
    residual
        Shape (m,): review minus grade minus leniency.
    freedom
        Shape (m,): 1 minus the review's leverage, between 0 and 1.
    shift
        Shape (m,): change of the work's grade if this review were left out; NaN where nothing would be left.
    weight
        Shape (m,): the reviews' weights, after Huber's where used.
    """

    grade: Floats
    variance: Floats
    from_reviewers: Floats
    leniency: Floats
    leniency_variance: Floats
    residual: Floats
    freedom: Floats
    shift: Floats
    weight: Floats


def adjust(work: Ints, reviewer: Ints, values: Floats, weight: Floats, ratio: float) -> Adjustment:
    """Severity-adjusted means at a given ratio of variances.

    Parameters
    ----------
    work, reviewer
        Shape (m,): codes 0..levels-1 of each review, every level present.
    values
        Shape (m,): finite.
    weight
        Shape (m,): positive; the variance of a review is 1 over its weight.
    ratio
        Variance of reviewers over the variance of a review of weight 1; 0 or more. At 0 the grade is the weighted mean.

    Notes
    -----
    Time and memory grow with works x reviewers. Deletion formulas as in Cook and Weisberg (1982), for a known
    covariance.
    """
    n_works, n_reviewers = int(work.max()) + 1, int(reviewer.max()) + 1
    table = summed(work * n_reviewers + reviewer, weight, n_works * n_reviewers).reshape(n_works, n_reviewers)
    of_work = table.sum(axis=1)
    share = table / of_work[:, None]
    complement = ratio * (np.diag(table.sum(axis=0)) - table.T @ share)
    complement[np.diag_indices(n_reviewers)] += 1.0
    inverse = np.linalg.inv(complement)
    mean = summed(work, weight * values, n_works) / of_work
    leniency = ratio * (inverse @ summed(reviewer, weight * (values - mean[work]), n_reviewers))
    on_reviewers = share @ inverse
    variance = 1.0 / of_work + ratio * (on_reviewers * share).sum(axis=1)
    grade = mean - share @ leniency
    residual = values - grade[work] - leniency[reviewer]
    own = variance[work] - ratio * on_reviewers[work, reviewer]  # how a review moves its own work, over its weight
    freedom = 1.0 - weight * (own - ratio * on_reviewers[work, reviewer] + ratio * np.diag(inverse)[reviewer])
    deleted = np.divide(residual, freedom, out=np.full(len(values), np.nan), where=freedom > NO_LEVERAGE)
    return Adjustment(
        grade=grade,
        variance=variance,
        from_reviewers=(on_reviewers**2).sum(axis=1),
        leniency=leniency,
        leniency_variance=ratio * np.diag(inverse),
        residual=residual,
        freedom=freedom,
        shift=-weight * own * deleted,
        weight=weight,
    )


def huber_adjust(
    work: Ints, reviewer: Ints, values: Floats, weight: Floats, ratio: float, *, noise: float
) -> Adjustment:
    """Severity-adjusted means that a single wild review cannot pull far: Huber's weights at fixed variances.

    Parameters
    ----------
    work, reviewer, values, weight, ratio
        As in `adjust`.
    noise
        Standard deviation of a review of weight 1, positive, in units of the values. It stays as it is: only effects
        are re-estimated.

    Raises
    ------
    NotConverged
        The weights did not settle.
    """
    current = adjust(work, reviewer, values, weight, ratio)
    change = np.inf
    for _ in range(HUBER_STEPS):
        standardised = np.abs(current.residual) * np.sqrt(weight) / noise
        trust = np.minimum(1.0, HUBER_K / np.maximum(standardised, HUBER_K))
        following = adjust(work, reviewer, values, weight * trust, ratio)
        change = np.abs(following.grade - current.grade).max() / noise
        current = following
        if change < HUBER_TOLERANCE:
            return current
    raise NotConverged("Huber weights", iterations=HUBER_STEPS, gap=float(change))
