"""What aggregation gives: columns for works and reviewers, the panel's diagnosis, and reasons in a fixed vocabulary.

Grades, means, standard errors, severities and shifts are in points of the rubric's total. Missing is NaN.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

import numpy as np

from scoring.aggregation.numeric import Floats, Ints
from scoring.aggregation.rasch.records import RaschFit
from scoring.aggregation.records import Label, Obstacle, Published

__all__ = [
    "Aggregation",
    "Diagnostics",
    "Escalation",
    "Reason",
    "ReviewerResult",
    "Reviewers",
    "VarianceComponents",
    "WorkResult",
    "Works",
]


class Reason(StrEnum):
    """Why the published grade is the plain mean."""

    CHOSEN = "chosen"  # the season's policy; the adjusted mean would have been possible
    DENSE_PANEL = "dense_panel"  # every reviewer marked every work of their component: severity cancels out
    FEW_WORKS = "few_works"  # too few works to tell severity from chance
    NO_SEVERITY = "no_severity"  # the reviewers' severities are not distinguishable from equal ones
    NOT_ESTIMABLE = "not_estimable"  # the crossed model could not be fitted; `Diagnostics.problem` says why


class Escalation(StrEnum):
    """Why a work needs one more review."""

    DIVERGENCE = "divergence"
    WIDE_INTERVAL = "wide_interval"
    FEW_REVIEWS = "few_reviews"


@dataclass(frozen=True, slots=True)
class VarianceComponents:
    """Variances in squared points: of works, of reviewers' severity, of a review's halo, of the noise.

    `noise` is that of a whole review in the model of reviews, and of one criterion of average weight, on the scale of
    the total, in the model of criteria; `halo` is 0 in the model of reviews.
    """

    work: float
    severity: float
    halo: float
    noise: float


@dataclass(frozen=True, slots=True)
class WorkResult:
    """One work; see `Works`."""

    work: Label
    grade: float
    se: float
    low: float
    high: float
    mean: float
    mean_se: float
    mean_low: float
    mean_high: float
    median: float
    trimmed_mean: float
    adjusted: float
    adjusted_se: float
    adjusted_low: float
    adjusted_high: float
    blup: float
    n: int
    component: int
    spread: float
    shift: float
    shift_reviewer: Label | None
    escalation: tuple[Escalation, ...]

    @property
    def escalated(self) -> bool:
        """Whether one more review is asked for."""
        return bool(self.escalation)


@dataclass(frozen=True, slots=True, eq=False)
class Works:
    """Results by work, in the order of labels; iterating gives `WorkResult`.

    Parameters
    ----------
    work
        Labels.
    grade
        What the season publishes, rounded half up.
    se, low, high
        Standard error and interval of the published grade; the interval stays within the rubric's bounds.
    mean
        Weighted mean, exact, rounded half up.
    mean_se, mean_low, mean_high
        Its standard error, severity included, and interval around the mean before rounding.
    median, trimmed_mean
        Of the reviews' totals, unweighted.
    adjusted, adjusted_se, adjusted_low, adjusted_high
        Severity-adjusted mean, unshrunk and not rounded, within the rubric's bounds.
    blup
        Shrunken grade: the best guess for one who bears the risk of a wrong choice, not a grade.
    n
        Number of reviews that count.
    component
        Connected component of the reviewer-work graph, numbered from 0. Works of two components are never ranked
        together.
    spread
        Difference between the highest and the lowest review.
    shift, shift_reviewer
        By how much the published grade would move without the review that moves it most, and whose review that is.
    escalation
        Reasons why one more review is needed; empty where it is not.
    """

    work: tuple[Label, ...]
    grade: Floats
    se: Floats
    low: Floats
    high: Floats
    mean: Floats
    mean_se: Floats
    mean_low: Floats
    mean_high: Floats
    median: Floats
    trimmed_mean: Floats
    adjusted: Floats
    adjusted_se: Floats
    adjusted_low: Floats
    adjusted_high: Floats
    blup: Floats
    n: Ints
    component: Ints
    spread: Floats
    shift: Floats
    shift_reviewer: tuple[Label | None, ...]
    escalation: tuple[tuple[Escalation, ...], ...]

    def __len__(self) -> int:
        return len(self.work)

    def __iter__(self) -> Iterator[WorkResult]:
        return (WorkResult(*row) for row in zip(*_columns(self), strict=True))

    def __getitem__(self, work: Label) -> WorkResult:
        return WorkResult(*_row(self, self.work, work))


@dataclass(frozen=True, slots=True)
class ReviewerResult:
    """One reviewer; see `Reviewers`."""

    reviewer: Label
    severity: float
    severity_se: float
    noise: float
    n: int
    component: int
    infit: float
    outfit: float


@dataclass(frozen=True, slots=True, eq=False)
class Reviewers:
    """Results by reviewer, in the order of labels; iterating gives `ReviewerResult`.

    Parameters
    ----------
    reviewer
        Labels.
    severity
        By how many points this reviewer marks lower than the average one, shrunken; negative where generous.
    severity_se
        Of the prediction; NaN where the severities' variance was estimated as 0.
    noise
        Standard deviation of one review of this reviewer around grade and severity, corrected for leverage.
    n
        Number of reviews that count.
    component
        As in `Works`.
    infit, outfit
        Mean-square fit in the many-facet Rasch model (1 expected, above 1.5 erratic); NaN where it did not run.
    """

    reviewer: tuple[Label, ...]
    severity: Floats
    severity_se: Floats
    noise: Floats
    n: Ints
    component: Ints
    infit: Floats
    outfit: Floats

    def __len__(self) -> int:
        return len(self.reviewer)

    def __iter__(self) -> Iterator[ReviewerResult]:
        return (ReviewerResult(*row) for row in zip(*_columns(self), strict=True))

    def __getitem__(self, reviewer: Label) -> ReviewerResult:
        return ReviewerResult(*_row(self, self.reviewer, reviewer))


def _row(table: Works | Reviewers, labels: tuple[Label, ...], label: Label) -> list[Any]:
    if label not in labels:
        raise KeyError(label)
    return [column[labels.index(label)] for column in _columns(table)]


def _columns(table: Works | Reviewers) -> list[list[Any]]:
    """Columns as lists of Python values, for rows that can be stored."""
    columns = (getattr(table, column.name) for column in fields(table))
    return [column.tolist() if isinstance(column, np.ndarray) else list(column) for column in columns]


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """The panel as a whole.

    Parameters
    ----------
    n_works, n_reviewers, n_reviews
        Numbers that count.
    set_aside
        (work, reviewer) of reviews without a total.
    components
        Number of connected components; more than 1 means works that must not share a ranking.
    density
        Reviews over the number there would be if every reviewer marked every work.
    variances
        None where the crossed model could not be fitted; `problem` then says why.
    severity_p
        p-value of the test that reviewers are equally severe; NaN without a model.
    reliability
        Share of the variance of the plain means that is due to the works, 0 to 1; NaN without a model.
    log_likelihood
        Restricted, of values that are fractions of the rubric's range; NaN without a model.
    problem, rasch_problem
        Why there is no crossed model, and why no Rasch model although the policy asked for it; None where there is.
    """

    n_works: int
    n_reviewers: int
    n_reviews: int
    set_aside: tuple[tuple[Label, Label], ...]
    components: int
    density: float
    variances: VarianceComponents | None
    severity_p: float
    reliability: float
    log_likelihood: float
    problem: Obstacle | None
    rasch_problem: Obstacle | None


@dataclass(frozen=True, slots=True, eq=False)
class Aggregation:
    """All that was made of one matrix of reviews.

    Parameters
    ----------
    works, reviewers
        Results.
    published
        What `works.grade` is.
    offered
        What the season may publish of these data.
    reasons
        Why the plain mean is published; empty where the adjusted mean is.
    diagnostics
        The panel.
    rasch
        The many-facet Rasch model, where the policy asked for it and it could be fitted.
    rubric_version
        The rubric's.
    version
        Of the method: the same input under the same version gives the same numbers.
    """

    works: Works
    reviewers: Reviewers
    published: Published
    offered: tuple[Published, ...]
    reasons: tuple[Reason, ...]
    diagnostics: Diagnostics
    rasch: RaschFit | None
    rubric_version: str
    version: str
