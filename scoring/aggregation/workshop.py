"""Moodle Workshop's "comparison with the best assessment", so that a page can show its grade for assessing beside ours.

Written after the description in Moodle's documentation and checked against its behaviour: grades of each dimension
become percentages; the assessment nearest to the average one is the best; every other is marked down by its distance
from the nearest best one, relative to how much the assessments of the submission vary.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.aggregation.numeric import Floats, Mask
from scoring.errors import InvalidInput

__all__ = ["BestComparison", "compare_with_best"]

# Below this variance (percent squared) a dimension is left out: Moodle finds it too sensitive to small changes.
SMALLEST_VARIANCE = 0.01
DECIMALS = 5  # of every number that Moodle stores


@dataclass(frozen=True, slots=True, eq=False)
class BestComparison:
    """Grades for assessing one submission.

    Parameters
    ----------
    variance
        Shape (dimensions,): of the percentages, population formula; NaN where fewer than two assessments have weight.
    best
        Shape (assessments,): the reference assessments.
    grading_grade
        Shape (assessments,): 0 to 100; NaN where no assessment has weight.
    """

    variance: Floats
    best: Mask
    grading_grade: Floats


def compare_with_best(
    grades: Floats,
    *,
    minimum: Floats,
    maximum: Floats,
    dimension_weight: Floats | None = None,
    assessment_weight: Floats | None = None,
    comparison: float = 5.0,
) -> BestComparison:
    """Grade the assessments of one submission by comparison with the best of them.

    Parameters
    ----------
    grades
        Shape (assessments, dimensions): finite, within the bounds.
    minimum, maximum
        Shape (dimensions,): bounds of the grades.
    dimension_weight, assessment_weight
        Shape (dimensions,) and (assessments,): not negative; left out, all are 1. A weight of 0 keeps an assessment
        out of the average.
    comparison
        Moodle's setting: 9 very lax, 7 lax, 5 fair, 3 strict, 1 very strict.

    Raises
    ------
    InvalidInput
        Shapes that do not fit, numbers that are not finite, negative weights, a comparison that is not positive.

    Examples
    --------
    >>> two = np.array([0.0, 0.0]), np.array([10.0, 10.0])
    >>> compare_with_best(np.array([[8.0, 7], [6, 7]]), minimum=two[0], maximum=two[1]).grading_grade
    array([100., 100.])
    """
    weight = np.ones(grades.shape[-1]) if dimension_weight is None else dimension_weight
    importance = np.ones(len(grades)) if assessment_weight is None else assessment_weight
    _check_shapes(grades, minimum, maximum, weight, importance)
    if not (comparison > 0 and ((grades >= minimum) & (grades <= maximum)).all()):
        raise InvalidInput("comparison is positive and grades lie within their bounds", field="grades")
    span = maximum - minimum
    percent = _stored(np.where(span > 0, (grades - minimum) / np.where(span > 0, span, 1.0) * 100, maximum))
    if not importance.sum() > 0:
        nothing = np.full(len(grades), np.nan)
        return BestComparison(np.full(grades.shape[1], np.nan), np.zeros(len(grades), dtype=bool), nothing)
    share = importance / importance.sum()
    variance = share @ (percent - share @ percent) ** 2
    if (importance > 0).sum() < 2:
        variance = np.full(grades.shape[1], np.nan)
    scale = np.where(variance > SMALLEST_VARIANCE, comparison * variance, np.inf)
    from_average = _distance(percent, _stored(share @ percent), scale, weight)
    best = from_average == from_average.min()
    nearest = np.min([_distance(percent, one, scale, weight) for one in percent[best]], axis=0)
    return BestComparison(variance, best, _stored(np.clip(100 - nearest, 0.0, 100.0)))


def _check_shapes(grades: Floats, minimum: Floats, maximum: Floats, weight: Floats, importance: Floats) -> None:
    if grades.ndim != 2 or not grades.size:
        raise InvalidInput("grades are a table of assessments by dimensions", field="grades")
    if not minimum.shape == maximum.shape == weight.shape == grades.shape[1:] or importance.shape != grades.shape[:1]:
        raise InvalidInput("bounds and weights do not fit the grades", field="grades")
    numbers = (grades, minimum, maximum, weight, importance)
    if not all(np.isfinite(array).all() for array in numbers) or min(weight.min(), importance.min()) < 0:
        raise InvalidInput("grades, bounds and weights are finite, weights not negative", field="grades")


def _distance(percent: Floats, reference: Floats, scale: Floats, weight: Floats) -> Floats:
    """Weighted mean over the dimensions that differ of ``|d| d**2 / scale``; an infinite scale leaves a dimension
    out.
    """
    apart = np.abs(percent - reference)
    number = ((apart > 0) & np.isfinite(scale)) @ weight
    mean = np.zeros(len(percent))
    np.divide((apart**3 / scale) @ weight, number, out=mean, where=number > 0)
    return _stored(mean)


def _stored(values: Floats) -> Floats:
    """Rounded to what Moodle's database keeps, halves away from 0."""
    return np.asarray(np.floor(values * 10**DECIMALS + 0.5) / 10**DECIMALS)
