"""The crossed model of reviews: fixed part + work + reviewer (+ halo of the review) + noise, fitted by REML.

Works and reviewers are both random here. The reviewers' part is their severity: a reviewer above 0 marks generously.
Criteria of one review are not independent (halo): a model with criteria either has the review as a random effect or
is wrong about every standard error.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import erfc, sqrt

import numpy as np

from scoring.aggregation.cells import Cells, make_cells
from scoring.aggregation.factor import HALO, LARGE, SMALL
from scoring.aggregation.graph import components
from scoring.aggregation.numeric import Floats, Ints
from scoring.aggregation.records import Obstacle
from scoring.aggregation.reml import Estimate, Slope, maximise
from scoring.errors import InvalidInput, NotIdentified

__all__ = ["RESIDUAL", "REVIEW", "REVIEWER", "WORK", "CrossedFit", "fit_crossed"]

WORK, REVIEWER, REVIEW, RESIDUAL = 0, 1, 2, 3
EQUAL = 1e-12  # of the largest value: smaller differences are rounding


@dataclass(frozen=True, slots=True, eq=False)
class CrossedFit:
    """A fitted crossed model.

    Parameters
    ----------
    variances
        Shape (4,): variance of works, reviewers, halo of a review, noise of one observation of weight 1, in squared
        units of the values. The halo is 0 where it was not asked for.
    covariance
        Shape (4, 4): asymptotic covariance of the variances (inverse average information); zeros where a variance is
        at its bound 0.
    fixed, fixed_se
        Shape (p,): fixed effects and their standard errors.
    log_likelihood
        Restricted, at the maximum.
    work_effects, reviewer_effects
        Best linear unbiased predictions, shape (works,) and (reviewers,).
    severity_statistic
        Twice the drop of the log-likelihood without the reviewers' variance.
    severity_p
        Its p-value, from the even mixture of 0 and chi-squared with 1 df (Self and Liang 1987).
    steps
        Newton steps taken.
    """

    variances: Floats
    covariance: Floats
    fixed: Floats
    fixed_se: Floats
    log_likelihood: float
    work_effects: Floats
    reviewer_effects: Floats
    severity_statistic: float
    severity_p: float
    steps: int


def fit_crossed(
    work: Ints,
    reviewer: Ints,
    values: Floats,
    *,
    fixed: Floats | None = None,
    weights: Floats | None = None,
    review: Ints | None = None,
) -> CrossedFit:
    """Fit ``values ~ fixed + (1 | work) + (1 | reviewer) [+ (1 | review)] + noise / weights`` by REML.

    Parameters
    ----------
    work, reviewer
        Shape (n,): codes 0..levels-1 of each observation, every level present.
    values
        Shape (n,): finite.
    fixed
        Shape (n, p): columns of the fixed part; left out, one mean.
    weights
        Shape (n,): positive; the noise variance of an observation is the residual variance over its weight.
    review
        Shape (n,): codes 0..reviews-1; the review an observation belongs to, for a halo. Left out, there is no halo.

    Returns
    -------
    CrossedFit
        Variances, effects and the test for severity.

    Raises
    ------
    InvalidInput
        Unequal lengths or values that are not finite.
    NotIdentified
        Fewer than two works or reviewers, no observation beyond what works and reviewers explain, no variation, no
        noise.
    NotConverged
        The optimiser ran out of steps.

    Notes
    -----
    Time grows with the cube of the smaller of works and reviewers, memory with its square; with a halo memory grows
    with works x reviewers.
    """
    n = len(values)
    fixed = np.ones((n, 1)) if fixed is None else np.asarray(fixed, dtype=np.float64)
    weights = np.ones(n) if weights is None else np.asarray(weights, dtype=np.float64)
    _check_columns(work, reviewer, values, fixed, weights)
    cell = np.arange(n) if review is None else review
    _check_identified(work, reviewer, cell, halo=review is not None)
    base, centred = _centred(values, fixed)
    swapped = int(reviewer.max()) > int(work.max())
    large, small = (reviewer, work) if swapped else (work, reviewer)
    first = np.unique(cell, return_index=True)[1]
    cells = make_cells(large[first], small[first], cell, np.column_stack([fixed, centred]), weights)
    estimate, slope, steps = maximise(cells, free=(True, True, review is not None))
    statistic = _severity_statistic(cells, estimate, swapped=swapped, halo=review is not None)
    return _described(estimate, slope, steps, statistic, base=base, swapped=swapped)


def _check_columns(work: Ints, reviewer: Ints, values: Floats, fixed: Floats, weights: Floats) -> None:
    if not len(work) == len(reviewer) == len(fixed) == len(weights) == len(values):
        raise InvalidInput("work, reviewer, fixed and weights have one row a value", field="values")
    if not all(np.isfinite(column).all() for column in (values, fixed, weights)) or (weights <= 0).any():
        raise InvalidInput("values and fixed are finite, weights positive", field="values")


def _centred(values: Floats, fixed: Floats) -> tuple[Floats, Floats]:
    """Values without their fixed part by least squares: the likelihood is the same, and small differences keep their
    digits.
    """
    solution, _, rank, _ = np.linalg.lstsq(fixed, values)
    base: Floats = solution.astype(np.float64)
    if rank < fixed.shape[1]:
        raise InvalidInput("the columns of the fixed part are not independent", field="fixed")
    centred = values - fixed @ base
    if np.abs(centred).max() <= EQUAL * np.abs(values).max():
        raise NotIdentified("all marks are equal: nothing tells works or reviewers apart", code=Obstacle.NO_VARIATION)
    return base, centred


def _check_identified(work: Ints, reviewer: Ints, cell: Ints, *, halo: bool) -> None:
    if not len(work) or min(work.max(), reviewer.max()) < 1:
        raise NotIdentified("severity needs at least two works and two reviewers", code=Obstacle.FEW_LEVELS)
    works, reviewers = int(work.max()) + 1, int(reviewer.max()) + 1
    parts = int(components(work, reviewer, works, reviewers)[0].max()) + 1
    reviews = len(np.unique(work * reviewers + reviewer))
    if reviews <= works + reviewers - parts:
        raise NotIdentified(
            "there are no more reviews than works and reviewers explain by themselves", code=Obstacle.SATURATED
        )
    if halo and len(np.unique(cell)) == len(cell):
        raise NotIdentified("a halo needs reviews with at least two marked criteria", code=Obstacle.NO_HALO)


def _severity_statistic(cells: Cells, full: Estimate, *, swapped: bool, halo: bool) -> float:
    """Twice the log-likelihood that equal severity loses. Works alone need no Schur complement: the other factor has
    one level.
    """
    works, reviewers = (SMALL, LARGE) if swapped else (LARGE, SMALL)
    if full.ratio[reviewers] == 0:
        return 0.0
    level, levels = (cells.small, cells.n_small) if swapped else (cells.large, cells.n_large)
    alone = replace(cells, large=level, n_large=levels, small=np.zeros_like(level), n_small=1)
    start = np.array([full.ratio[works], 0.0, full.ratio[HALO]])
    without, _, _ = maximise(alone, free=(True, False, halo), start=start)
    return max(0.0, without.deviance - full.deviance)


def _described(
    estimate: Estimate, slope: Slope, steps: int, statistic: float, *, base: Floats, swapped: bool
) -> CrossedFit:
    order = [SMALL, LARGE, HALO, RESIDUAL] if swapped else [LARGE, SMALL, HALO, RESIDUAL]
    effects = [slope.large * estimate.ratio[LARGE], slope.small * estimate.ratio[SMALL]]
    variances = np.append(estimate.ratio, 1.0) * estimate.residual_variance
    return CrossedFit(
        variances=variances[order],
        covariance=_covariance(estimate, slope)[np.ix_(order, order)],
        fixed=base + estimate.fixed,
        fixed_se=np.sqrt(np.diag(estimate.fixed_covariance) * estimate.residual_variance),
        log_likelihood=-estimate.deviance / 2,
        work_effects=effects[order[0]],
        reviewer_effects=effects[order[1]],
        severity_statistic=statistic,
        severity_p=erfc(sqrt(statistic / 2)) / 2 if statistic > 0 else 1.0,
        steps=steps,
    )


def _covariance(estimate: Estimate, slope: Slope) -> Floats:
    """Inverse average information about the variances themselves, with the noise from ``sum of ratio u + noise = P
    y``.
    """
    ratio, noise = estimate.ratio, estimate.residual_variance
    products, squares = slope.products, slope.squares
    cross = squares - products @ ratio
    residual = noise * estimate.factor.cells.degrees_of_freedom
    own = residual - 2 * ratio @ squares + ratio @ products @ ratio
    information = np.block([[products, cross[:, None]], [cross[None, :], np.array([[own]])]]) / (2 * noise**3)
    estimated = np.append(ratio > 0, True)
    covariance = np.zeros((4, 4))
    covariance[np.ix_(estimated, estimated)] = np.linalg.inv(information[np.ix_(estimated, estimated)])
    return covariance
