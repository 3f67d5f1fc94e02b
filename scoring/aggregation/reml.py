"""Restricted maximum likelihood for two crossed factors, by Newton steps on the ratios of variances.

The larger factor's block of the mixed-model equations is diagonal and is eliminated; what remains is a Schur
complement of the smaller factor's size. Gradient and average information (Gilmour, Thompson and Cullis 1995,
Biometrics 51, 1440) come from the same factorisation, so a step costs about two of them and few steps are needed. The
criterion is lme4's (Bates et al. 2015, J. Stat. Softw. 67/1, eq. 42), so log-likelihoods compare with its.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log, pi

import numpy as np

from scoring.aggregation.cells import Cells
from scoring.aggregation.factor import HALO, LARGE, SMALL, Columns, Factor, factorise
from scoring.aggregation.numeric import Floats, Mask, summed
from scoring.aggregation.records import Obstacle
from scoring.errors import NotConverged, NotIdentified

__all__ = ["Estimate", "Slope", "maximise", "start_ratios"]

MAX_STEPS = 100
TOLERANCE = 1e-9  # Newton decrement in units of deviance: a 3e-5th of a standard error
LARGEST_RATIO = 1e8  # a variance this far above the noise means that there is no noise to compare with
SUFFICIENT_DECREASE = 1e-4
SHORTEST_STEP = 2.0**-40
LONGEST_STEP = 1e4  # in units of the largest ratio plus 1
START = 0.3  # where the moments say nothing: a severity of half the noise


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """The model at one set of ratios.

    Parameters
    ----------
    factor
        V, factorised.
    columns
        X and y, prepared.
    fixed
        Shape (p,): estimates of the fixed effects.
    fixed_covariance
        Shape (p, p), over the residual variance.
    residual_variance
        REML estimate given the ratios.
    deviance
        Minus twice the restricted log-likelihood, profiled over the residual variance.
    """

    factor: Factor
    columns: Columns
    fixed: Floats
    fixed_covariance: Floats
    residual_variance: float
    deviance: float

    @property
    def ratio(self) -> Floats:
        """Variances of large, small and halo over the residual one."""
        return self.factor.ratio


@dataclass(frozen=True, slots=True, eq=False)
class Slope:
    """How the deviance changes with the ratios.

    Parameters
    ----------
    gradient
        Shape (3,).
    information
        Shape (3, 3): average information about the ratios, twice, with the residual variance profiled out.
    products
        Shape (3, 3): ``u' P u`` for ``u = Z Z' P y``, from which the covariance of the variances follows.
    squares
        Shape (3,): ``|Z' P y|**2``.
    large, small
        ``Z' P y`` by level: the random effects over their ratios.
    """

    gradient: Floats
    information: Floats
    products: Floats
    squares: Floats
    large: Floats
    small: Floats


def maximise(
    cells: Cells, *, free: tuple[bool, bool, bool], start: Floats | None = None
) -> tuple[Estimate, Slope, int]:
    """Ratios of variances that maximise the restricted likelihood.

    Parameters
    ----------
    cells
        The data.
    free
        Which of large, small and halo are estimated; the others stay 0.
    start
        Shape (3,): where to begin; left out, method of moments.

    Returns
    -------
    tuple
        The estimate, its slope, the number of Newton steps.

    Raises
    ------
    NotIdentified
        There is no noise: the effects reproduce every observation.
    NotConverged
        100 steps were not enough.
    """
    mask = np.array(free)
    here = evaluate(cells, np.where(mask, start_ratios(cells) if start is None else start, 0.0))
    decrement = inf
    for step in range(MAX_STEPS):
        slope = differentiate(here, halo=free[HALO])
        direction, decrement = _newton(here.ratio, slope, mask)
        if decrement < TOLERANCE:
            return here, slope, step
        here = _descend(cells, here, slope, direction)
        if here.ratio.max() == LARGEST_RATIO:
            raise NotIdentified("there is no noise to measure the effects by", code=Obstacle.NO_NOISE)
    raise NotConverged("variance components", iterations=MAX_STEPS, gap=float(decrement))


def evaluate(cells: Cells, ratio: Floats) -> Estimate:
    """The model at given ratios: generalised least squares and the deviance."""
    factor = factorise(cells, ratio)
    shrunken_sums = cells.sums * factor.shrink[:, None]
    columns = factor.columns(shrunken_sums)
    within = cells.gram - ratio[HALO] * (cells.sums.T @ shrunken_sums)
    moment = within - factor.correction(columns, columns)
    p = cells.n_fixed
    covariance = np.linalg.inv(moment[:p, :p])
    fixed = covariance @ moment[:p, p]
    residual = moment[p, p] - moment[p, :p] @ fixed
    df = cells.degrees_of_freedom
    deviance = factor.log_determinant - np.linalg.slogdet(covariance)[1] + df * (1 + log(2 * pi * residual / df))
    return Estimate(factor, columns, fixed, covariance, float(residual / df), float(deviance))


def differentiate(here: Estimate, *, halo: bool) -> Slope:
    """Gradient and average information of the deviance."""
    factor, p = here.factor, len(here.fixed)
    large, small = factor.by_level(here.columns)
    contrast = np.append(-here.fixed, 1.0)
    scores = [large, small]
    if halo:
        scores.append(factor.by_cell(here.columns, large, small))
    residual = here.residual_variance * factor.cells.degrees_of_freedom
    effects = [score @ contrast for score in scores]
    squares = _padded(np.array([effect @ effect for effect in effects]))
    lost = [np.vdot(score[:, :p] @ here.fixed_covariance, score[:, :p]) for score in scores]
    gradient = factor.traces(halo=halo) - _padded(np.array(lost)) - squares / here.residual_variance
    products = _padded(_products(here, effects))
    information = (products - np.outer(squares, squares) / residual) / here.residual_variance
    return Slope(gradient, information, products, squares, effects[LARGE], effects[SMALL])


def _products(here: Estimate, effects: list[Floats]) -> Floats:
    """``u' P u`` for the vectors ``u = Z Z' P y``, which are constant within cells."""
    factor = here.factor
    cells = factor.cells
    by_cell = [effects[LARGE][cells.large], effects[SMALL][cells.small], *effects[HALO:]]
    weighted = np.stack(by_cell, axis=1) * factor.weight[:, None]
    columns = factor.columns(weighted)
    moment = np.stack(by_cell, axis=1).T @ weighted - factor.correction(columns, columns)
    design = here.columns.cell[:, :-1]
    cross = np.stack(by_cell, axis=1).T @ design - factor.correction(columns, _first(here.columns, design.shape[1]))
    return moment - cross @ here.fixed_covariance @ cross.T


def _first(columns: Columns, count: int) -> Columns:
    return Columns(columns.cell[:, :count], columns.large[:, :count], columns.root[:, :count])


def _padded(values: Floats) -> Floats:
    """Zeros in place of a halo that was not estimated."""
    return np.pad(values, (0, 3 - values.shape[0]))


def _newton(ratio: Floats, slope: Slope, free: Mask) -> tuple[Floats, float]:
    """Newton direction within the bounds, and the decrement it promises."""
    active = free & ((ratio > 0) | (slope.gradient < 0))
    direction = np.zeros(3)
    gradient = slope.gradient[active]
    if gradient.any():
        curvature, axes = np.linalg.eigh(slope.information[np.ix_(active, active)])
        # Average information is positive semidefinite, but where nothing is left to learn only its rounding shows.
        least = np.abs(gradient).max() / (LONGEST_STEP * (1.0 + ratio.max()))
        direction[active] = -axes @ ((axes.T @ gradient) / np.maximum(curvature, least))
    return direction, float(-slope.gradient @ direction)


def _descend(cells: Cells, here: Estimate, slope: Slope, direction: Floats) -> Estimate:
    """The longest of the halved steps that lowers the deviance enough; ratios stop at their bounds."""
    length = 1.0
    while length > SHORTEST_STEP:
        ratio = np.clip(here.ratio + length * direction, 0.0, LARGEST_RATIO)
        there = evaluate(cells, ratio)
        if there.deviance <= here.deviance + SUFFICIENT_DECREASE * float(slope.gradient @ (ratio - here.ratio)):
            return there
        length /= 2
    raise NotConverged("variance components", iterations=0, gap=float(-slope.gradient @ direction))


def start_ratios(cells: Cells) -> Floats:
    """Ratios by the method of moments (Henderson's method 1 on residuals), within 1e-3..1e3; the halo begins at
    START.
    """
    p = cells.n_fixed
    fixed = np.linalg.solve(cells.gram[:p, :p], cells.gram[:p, p])
    contrast = np.append(-fixed, 1.0)
    sums, weight, total = cells.sums @ contrast, cells.weight, cells.weight.sum()
    of_large = summed(cells.large, weight, cells.n_large)
    of_small = summed(cells.small, weight, cells.n_small)
    large_square = (summed(cells.large, sums, cells.n_large) ** 2 / of_large).sum()
    small_square = (summed(cells.small, sums, cells.n_small) ** 2 / of_small).sum()
    equations = np.array(
        [
            [total, (weight**2 / of_large[cells.large]).sum(), cells.n_large],
            [(weight**2 / of_small[cells.small]).sum(), total, cells.n_small],
            [total, total, cells.n_observations],
        ]
    )
    correction = np.array([of_large @ of_large / total, of_small @ of_small / total, 1.0])
    moments = np.array([large_square, small_square, contrast @ cells.gram @ contrast])
    large, small, noise = np.linalg.lstsq(equations - correction, moments)[0]
    if noise <= 0:
        return np.full(3, START)
    return np.append(np.clip(np.array([large, small]) / noise, 1e-3, 1e3), START)
