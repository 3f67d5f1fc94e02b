"""The one function the rest of the programme calls: reviews in, grades with their uncertainty and their reasons out."""

from __future__ import annotations

import numpy as np

from scoring.aggregation.crossed import RESIDUAL, REVIEW, REVIEWER, WORK
from scoring.aggregation.judged import Judged, judge
from scoring.aggregation.outcome import Aggregation, Diagnostics, Reason, VarianceComponents
from scoring.aggregation.rasch.fit import fit_rasch
from scoring.aggregation.rasch.records import RaschFit, Steps, marks_of
from scoring.aggregation.records import Obstacle, Policy, Published, Reviews, Rubric
from scoring.aggregation.results import Panel, reviewer_results, work_results
from scoring.aggregation.table import ReviewTable, gather
from scoring.errors import NotConverged, NotIdentified

__all__ = ["VERSION", "aggregate"]

VERSION = "aggregation-1"  # changes with any change of a number
DEFAULT = Policy()


def aggregate(reviews: Reviews, rubric: Rubric, *, policy: Policy = DEFAULT) -> Aggregation:
    """Grades of works by reviewers of unequal severity and noise.

    Parameters
    ----------
    reviews
        Marks of one kind of work under one version of its rubric. An empty table gives empty results.
    rubric
        Criteria, bounds and weights.
    policy
        What the season decided before its first mark.

    Returns
    -------
    Aggregation
        By work: the published grade, plain and adjusted means with standard errors and intervals, the shrunken grade,
        what to escalate. By reviewer: severity and noise. Of the panel: variances, what is published and why. All in
        points.

    Raises
    ------
    InvalidInput
        Reviews that the rubric does not allow; see `gather`.

    Notes
    -----
    Degenerate panels are results, not errors: where the crossed model says nothing (one work, one reviewer, equal
    marks, one review a work), the plain mean is published, `Reason.NOT_ESTIMABLE` is among the reasons and
    `diagnostics.problem` says why. Standard errors then come from the differences within works, and are NaN where no
    work has two reviews.
    """
    table = gather(reviews, rubric, incomplete=policy.incomplete)
    panel = Panel.of(table)
    judged, problem = _judged(table, rubric, policy)
    rasch, rasch_problem = _rasch(table, rubric) if policy.rasch else (None, None)
    reasons = _reasons(table, panel, judged, policy)
    published = Published.MEAN if reasons else Published.ADJUSTED
    works = work_results(table, rubric, policy=policy, panel=panel, judged=judged, published=published)
    return Aggregation(
        works=works,
        reviewers=reviewer_results(table, rubric, panel=panel, judged=judged, rasch=rasch),
        published=published,
        offered=(Published.MEAN,) if set(reasons) - {Reason.CHOSEN} else (Published.MEAN, Published.ADJUSTED),
        reasons=reasons,
        diagnostics=_diagnostics(table, rubric, panel, judged, problems=(problem, rasch_problem)),
        rasch=rasch,
        rubric_version=rubric.version,
        version=VERSION,
    )


def _judged(table: ReviewTable, rubric: Rubric, policy: Policy) -> tuple[Judged | None, Obstacle | None]:
    """The crossed model, or why there is none."""
    if not len(table):
        return None, Obstacle.FEW_LEVELS
    try:
        return judge(table, rubric, model=policy.model, robust=policy.robust), None
    except NotIdentified as error:
        return None, Obstacle(error.code)
    except NotConverged:
        return None, Obstacle.NOT_CONVERGED


def _rasch(table: ReviewTable, rubric: Rubric) -> tuple[RaschFit | None, Obstacle | None]:
    """The many-facet Rasch model, or why there is none. Criteria share thresholds where they share a scale."""
    if not len(table):
        return None, Obstacle.FEW_LEVELS
    review, criterion = np.nonzero(~np.isnan(table.marks))
    names = np.array([item.name for item in rubric.criteria])
    marks = marks_of(
        table.works[table.work[review]],
        table.reviewers[table.reviewer[review]],
        names[criterion],
        table.marks[review, criterion],
    )
    scales = {(item.minimum, item.maximum) for item in rubric.criteria}
    try:
        return fit_rasch(marks, steps=Steps.COMMON if len(scales) == 1 else Steps.PER_CRITERION), None
    except NotIdentified as error:
        return None, Obstacle(error.code)
    except NotConverged:
        return None, Obstacle.NOT_CONVERGED


def _reasons(table: ReviewTable, panel: Panel, judged: Judged | None, policy: Policy) -> tuple[Reason, ...]:
    """Why the plain mean is published; empty where the adjusted mean may be and was chosen."""
    rules = {
        Reason.DENSE_PANEL: panel.dense,
        Reason.FEW_WORKS: len(table.works) < policy.fewest_works,
        Reason.NOT_ESTIMABLE: judged is None,
        Reason.NO_SEVERITY: judged is not None and judged.fit.severity_p >= policy.significance,
    }
    reasons = tuple(reason for reason, holds in rules.items() if holds)
    return reasons or ((Reason.CHOSEN,) if policy.publish is Published.MEAN else ())


def _diagnostics(
    table: ReviewTable,
    rubric: Rubric,
    panel: Panel,
    judged: Judged | None,
    *,
    problems: tuple[Obstacle | None, Obstacle | None],
) -> Diagnostics:
    possible = len(table.works) * len(table.reviewers)
    return Diagnostics(
        n_works=len(table.works),
        n_reviewers=len(table.reviewers),
        n_reviews=len(table),
        set_aside=table.set_aside,
        components=panel.number,
        density=len(table) / possible if possible else float("nan"),
        variances=None if judged is None else _variances(judged, rubric),
        severity_p=float("nan") if judged is None else judged.fit.severity_p,
        reliability=float("nan") if judged is None else _reliability(judged),
        log_likelihood=float("nan") if judged is None else judged.fit.log_likelihood,
        problem=problems[0],
        rasch_problem=problems[1],
    )


def _variances(judged: Judged, rubric: Rubric) -> VarianceComponents:
    square = (rubric.maximum - rubric.minimum) ** 2
    work, severity, halo, noise = (float(judged.fit.variances[k]) * square for k in (WORK, REVIEWER, REVIEW, RESIDUAL))
    return VarianceComponents(work=work, severity=severity, halo=halo, noise=noise)


def _reliability(judged: Judged) -> float:
    work = float(judged.fit.variances[WORK])
    return work / (work + float((judged.of_mean.se**2).mean()))
