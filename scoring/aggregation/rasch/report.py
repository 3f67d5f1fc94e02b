"""From estimated measures to what people read: fit, fair averages, separation, agreement."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scoring.aggregation.numeric import Floats, Ints, Mask, summed
from scoring.aggregation.rasch.categories import Coding, moments, probabilities
from scoring.aggregation.rasch.extremes import measure_at_score
from scoring.aggregation.rasch.records import Facet, Marks, Method, RaschFit

__all__ = ["Solution", "report"]

SIGNS = (1.0, -1.0, -1.0)
Triple = tuple[Floats, Floats, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Estimates of either method.

    Parameters
    ----------
    measures, errors
        Of examinees, judges, criteria; whatever stands for extreme elements is replaced.
    cumulative
        Sums of thresholds by group.
    ability, posterior
        Shape (examinees, nodes): where each examinee may be, and how probably. JMLE has one node.
    """

    method: Method
    measures: Triple
    errors: Triple
    cumulative: Floats
    ability: Floats
    posterior: Floats
    log_likelihood: float
    variance: float
    steps: int


def report(
    marks: Marks, coding: Coding, counts: Mask, extreme: tuple[Mask, Mask, Mask], solution: Solution
) -> RaschFit:
    """Describe every element of every facet.

    Parameters
    ----------
    marks, coding
        The marks and their categories.
    counts
        Shape (n,): marks that the estimation saw.
    extreme
        Extreme examinees, judges and criteria.
    solution
        What was estimated.
    """
    levels = (marks.examinee, marks.judge, marks.criterion)
    measures, errors = _with_extremes(levels, coding, extreme, solution)
    fitted = replace(solution, measures=measures, errors=errors)
    squares = _residuals(marks, coding, counts, solution)
    facets = [
        _facet(which, marks, coding, counts, extreme=extreme, fitted=fitted, squares=squares) for which in range(3)
    ]
    agreements, expected, pairs = _agreement(marks, coding, counts, solution)
    return RaschFit(
        method=solution.method,
        examinees=facets[0],
        judges=facets[1],
        criteria=facets[2],
        thresholds=_thresholds(solution.cumulative),
        categories=coding.values,
        log_likelihood=solution.log_likelihood,
        variance=solution.variance,
        agreements=agreements,
        expected_agreements=expected,
        pairs=pairs,
        steps=solution.steps,
    )


def _facet(
    which: int,
    marks: Marks,
    coding: Coding,
    counts: Mask,
    *,
    extreme: tuple[Mask, Mask, Mask],
    fitted: Solution,
    squares: Triple,
) -> Facet:
    """One facet, with extreme elements measured; fit comes from the marks that count."""
    level = (marks.examinee, marks.judge, marks.criterion)[which]
    labels = (marks.examinees, marks.judges, marks.criteria)[which]
    residual, variance, standardised = squares
    mine, size = level[counts], len(labels)
    shrunken = which == 0 and fitted.method is Method.MML
    measure, error = fitted.measures[which], fitted.errors[which]
    separation, reliability = _separation(measure, error, extreme[which], shrunken=shrunken)
    return Facet(
        labels=tuple(labels.tolist()),
        score=summed(level, marks.value, size),
        n=np.bincount(level, minlength=size),
        measure=measure,
        se=error,
        infit=_ratio(summed(mine, residual, size), summed(mine, variance, size)),
        outfit=_ratio(summed(mine, standardised, size), summed(mine, np.ones(len(mine)), size)),
        fair_average=_fair_average(which, fitted.measures, coding, fitted.cumulative, extreme),
        extreme=tuple(extreme[which].tolist()),
        separation=separation,
        reliability=reliability,
    )


def _thresholds(cumulative: Floats) -> tuple[Floats, ...]:
    return tuple(np.diff(row[np.isfinite(row)]) for row in cumulative)


def _with_extremes(
    levels: tuple[Ints, Ints, Ints], coding: Coding, extreme: tuple[Mask, Mask, Mask], solution: Solution
) -> tuple[Triple, Triple]:
    """Measures of extreme elements from their marks together with elements that are not extreme."""
    measures = [values.copy() for values in solution.measures]
    errors = [values.copy() for values in solution.errors]
    plain = [~mask[level] for mask, level in zip(extreme, levels, strict=True)]
    # An extreme element had no part in the estimation and stands at 0, so this is what the others say of its marks.
    location = np.sum([sign * own[level] for sign, own, level in zip(SIGNS, measures, levels, strict=True)], axis=0)
    for which, (level, sign) in enumerate(zip(levels, SIGNS, strict=True)):
        others = np.logical_and.reduce([plain[other] for other in range(3) if other != which])
        for element in np.flatnonzero(extreme[which]):
            own = others & (level == element)
            measure, error = measure_at_score(
                location[own], coding.group[own], coding.category[own], solution.cumulative
            )
            measures[which][element], errors[which][element] = sign * measure, error
    return (measures[0], measures[1], measures[2]), (errors[0], errors[1], errors[2])


def _residuals(marks: Marks, coding: Coding, counts: Mask, solution: Solution) -> tuple[Floats, Floats, Floats]:
    """Squared residual, variance and their ratio of each counting mark, averaged over where its examinee may be."""
    examinee = marks.examinee[counts]
    rest = solution.measures[1][marks.judge[counts]] + solution.measures[2][marks.criterion[counts]]
    location, weight = solution.ability[examinee] - rest[:, None], solution.posterior[examinee]
    group = np.repeat(coding.group[counts], location.shape[1])
    moment = moments(probabilities(location.ravel(), group, solution.cumulative))
    expected, variance = moment.expected.reshape(location.shape), moment.variance.reshape(location.shape)
    squared = (coding.category[counts][:, None] - expected) ** 2
    return (
        (weight * squared).sum(axis=1),
        (weight * variance).sum(axis=1),
        (weight * squared / variance).sum(axis=1),
    )


def _ratio(top: Floats, bottom: Floats) -> Floats:
    ratio = np.full(len(top), np.nan)
    np.divide(top, bottom, out=ratio, where=bottom > 0)
    return ratio


def _separation(measure: Floats, error: Floats, extreme: Mask, *, shrunken: bool) -> tuple[float, float]:
    """Separation and reliability; posterior means have lost the error's variance already, other measures still hold
    it.
    """
    known = ~extreme & np.isfinite(error)
    if known.sum() < 2:
        return np.nan, np.nan
    noise = float((error[known] ** 2).mean())
    spread = float(measure[known].var())
    true = spread if shrunken else max(spread - noise, 0.0)
    return (true / noise) ** 0.5, true / (true + noise) if shrunken else true / max(spread, np.finfo(float).tiny)


def _fair_average(
    which: int, measures: Triple, coding: Coding, cumulative: Floats, extreme: tuple[Mask, Mask, Mask]
) -> Floats:
    """Expected value of a mark where the other facets are average; over all criteria where they have thresholds of
    their own.
    """
    means = [float(own[~mask].mean()) for own, mask in zip(measures, extreme, strict=True)]
    location = SIGNS[which] * measures[which] + sum(SIGNS[other] * means[other] for other in range(3) if other != which)
    if len(coding.values) == 1:
        return _expected_value(location, np.zeros(len(location), dtype=np.int64), coding, cumulative)
    criteria = np.arange(len(coding.values))
    if which == 2:
        return _expected_value(location, criteria, coding, cumulative)
    shifted = [
        _expected_value(location + means[2] - measures[2][one], np.full(len(location), one), coding, cumulative)
        for one in criteria
    ]
    return np.asarray(np.mean(shifted, axis=0))


def _expected_value(location: Floats, group: Ints, coding: Coding, cumulative: Floats) -> Floats:
    values = np.zeros(cumulative.shape)
    for number, levels in enumerate(coding.values):
        values[number, : len(levels)] = levels
    return np.asarray((probabilities(location, group, cumulative) * values[group]).sum(axis=1))


def _agreement(marks: Marks, coding: Coding, counts: Mask, solution: Solution) -> tuple[int, float, int]:
    """Pairs of judges with the same mark for the same thing: observed, expected, possible."""
    location = sum(
        sign * own[level][counts]
        for sign, own, level in zip(
            SIGNS, solution.measures, (marks.examinee, marks.judge, marks.criterion), strict=True
        )
    )
    probability = probabilities(np.asarray(location), coding.group[counts], solution.cumulative)
    thing = np.unique(marks.examinee[counts] * len(marks.criteria) + marks.criterion[counts], return_inverse=True)[1]
    chosen = np.eye(probability.shape[1])[coding.category[counts]]
    each = np.bincount(thing)
    return (
        round(_same(thing, chosen)),
        _same(thing, probability),
        int((each * (each - 1) // 2).sum()),
    )


def _same(thing: Ints, probability: Floats) -> float:
    """Expected number of equal pairs: half of the square of the sum minus the sum of squares."""
    things = int(thing.max()) + 1
    together = np.stack([summed(thing, column, things) for column in probability.T], axis=1)
    return float(((together**2).sum() - (probability**2).sum()) / 2)
