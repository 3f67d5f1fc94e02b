"""The many-facet Rasch model's data and results. Measures are in logits; a high judge or criterion is severe, a high
examinee able.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from scoring.aggregation.numeric import Floats, Ints
from scoring.aggregation.records import Label, Labels
from scoring.errors import InvalidInput

__all__ = ["Facet", "Marks", "Method", "RaschFit", "Steps", "marks_of"]


class Method(StrEnum):
    """How the measures are estimated."""

    JMLE = "jmle"  # joint maximum likelihood, examinees as parameters: the method of Facets
    MML = "mml"  # marginal maximum likelihood, examinees normal: needs fewer marks a judge


class Steps(StrEnum):
    """Which criteria share their thresholds."""

    COMMON = "common"  # rating-scale model
    PER_CRITERION = "per_criterion"  # partial-credit model


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Marks as columns of one length, coded; see `marks_of`.

    Parameters
    ----------
    examinees, judges, criteria
        Labels in ascending order.
    examinee, judge, criterion
        Shape (n,): positions in them.
    value
        Shape (n,): the marks themselves.
    """

    examinees: Labels
    judges: Labels
    criteria: Labels
    examinee: Ints
    judge: Ints
    criterion: Ints
    value: Floats


def marks_of(examinee: Labels, judge: Labels, criterion: Labels, value: Floats) -> Marks:
    """Marks from columns of labels and values.

    Only the order of the values counts: they become categories 0, 1, 2, ... and a value that nobody gave is no
    category.

    Raises
    ------
    InvalidInput
        Unequal lengths, no marks, or values that are not finite.
    """
    value = np.asarray(value, dtype=np.float64)
    if not len(examinee) == len(judge) == len(criterion) == len(value) or not len(value):
        raise InvalidInput("examinee, judge, criterion and value are columns of one length, not empty", field="value")
    if not np.isfinite(value).all():
        raise InvalidInput("values are finite: leave out marks that were not given", field="value")
    examinees, examinee_code = np.unique(examinee, return_inverse=True)
    judges, judge_code = np.unique(judge, return_inverse=True)
    criteria, criterion_code = np.unique(criterion, return_inverse=True)
    return Marks(examinees, judges, criteria, examinee_code, judge_code, criterion_code, value)


@dataclass(frozen=True, slots=True, eq=False)
class Facet:
    """Measures of one facet, in the order of labels.

    Parameters
    ----------
    labels
        The elements.
    score
        Sum of the marks' values.
    n
        Number of marks.
    measure, se
        In logits. An element with only the lowest or only the highest marks has no finite estimate: it is measured at
        a score 0.3 categories inside, with the others held.
    infit, outfit
        Mean-square fit, 1 expected; NaN for an extreme element, which fits by construction.
    fair_average
        Value of a mark to expect where everything else is average.
    extreme
        Whether only the lowest or only the highest category was given.
    separation
        True standard deviation over the root mean square error (population formula).
    reliability
        Share of the measures' variance that is true. For judges, near 0 is what one hopes for.
    """

    labels: tuple[Label, ...]
    score: Floats
    n: Ints
    measure: Floats
    se: Floats
    infit: Floats
    outfit: Floats
    fair_average: Floats
    extreme: tuple[bool, ...]
    separation: float
    reliability: float


@dataclass(frozen=True, slots=True, eq=False)
class RaschFit:
    """A fitted many-facet Rasch model.

    Parameters
    ----------
    method
        JMLE: examinees, criteria and thresholds sum to 0, judges are uncentred. MML: examinees have mean 0, judges and
        thresholds sum to 0, criteria are uncentred; an examinee's measure is the posterior mean.
    examinees, judges, criteria
        Measures by facet.
    thresholds
        For each group of criteria that shares them, shape (categories - 1,), summing to 0.
    categories
        For each group, the values of its categories.
    log_likelihood
        Joint for JMLE, marginal for MML.
    variance
        Of the examinees' distribution in MML; NaN in JMLE.
    agreements, expected_agreements, pairs
        Pairs of judges with the same mark on the same criterion of the same examinee: observed, expected, possible.
    steps
        Iterations taken.
    """

    method: Method
    examinees: Facet
    judges: Facet
    criteria: Facet
    thresholds: tuple[Floats, ...]
    categories: tuple[Floats, ...]
    log_likelihood: float
    variance: float
    agreements: int
    expected_agreements: float
    pairs: int
    steps: int
