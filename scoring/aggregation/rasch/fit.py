"""The many-facet Rasch model: which judge is severe, which is erratic, and how well the panel separates the works.

Linacre (1989): the log odds of a category over the one below are examinee - judge - criterion - threshold. A diagnostic
beside the grade, not a grade: it needs marks by criterion and says most about judges.
"""

from __future__ import annotations

import numpy as np

from scoring.aggregation.graph import components
from scoring.aggregation.numeric import Floats, Mask, summed
from scoring.aggregation.rasch.categories import Coding, code, moments, probabilities
from scoring.aggregation.rasch.extremes import informative
from scoring.aggregation.rasch.jmle import fit_joint
from scoring.aggregation.rasch.mml import DEFAULT_NODES, fit_marginal
from scoring.aggregation.rasch.records import Marks, Method, RaschFit, Steps
from scoring.aggregation.rasch.report import Solution, report
from scoring.aggregation.records import Obstacle, option
from scoring.errors import NotIdentified

__all__ = ["FEWEST_MARKS", "choose_method", "fit_rasch"]

FEWEST_MARKS = 5  # with fewer marks a judge, joint estimates are not to be trusted


def fit_rasch(
    marks: Marks, *, method: Method | None = None, steps: Steps = Steps.COMMON, nodes: Floats = DEFAULT_NODES
) -> RaschFit:
    """Fit the many-facet Rasch model and describe every element.

    Parameters
    ----------
    marks
        From `marks_of`.
    method
        Left out, `choose_method` decides.
    steps
        Whether all criteria share their thresholds.
    nodes
        For MML, see `fit_marginal`.

    Returns
    -------
    RaschFit
        Measures, fit, separation.

    Raises
    ------
    InvalidInput
        An unknown method or kind of steps.
    NotIdentified
        Judges and examinees fall into unconnected parts, whose measures cannot be compared; nothing but extreme marks
        is there; or some measure or threshold has no finite estimate, as happens where marks are few.
    NotConverged
        The iteration ran out of steps.
    """
    method = choose_method(marks) if method is None else option(Method, method, field="method")
    steps = option(Steps, steps, field="steps")
    counts, extreme = _set_aside(marks, method, steps)
    if not counts.any():
        raise NotIdentified("every mark is the lowest or the highest of its judge or work", code=Obstacle.EXTREME)
    _check_connected(marks, counts)
    coding = code(marks, steps, counts)
    solve = _solve_joint if method is Method.JMLE else _solve_marginal
    return report(marks, coding, counts, extreme, solve(marks, coding, counts, nodes))


def choose_method(marks: Marks) -> Method:
    """MML where a judge gave fewer than 5 marks or only extreme ones, else JMLE."""
    few = np.bincount(marks.judge).min() < FEWEST_MARKS
    everything = np.zeros(len(marks.value), dtype=np.int64)
    _, (judges,) = informative((marks.judge,), (len(marks.judges),), marks.value, everything)
    return Method.MML if few or judges.any() else Method.JMLE


def _set_aside(marks: Marks, method: Method, steps: Steps) -> tuple[Mask, tuple[Mask, Mask, Mask]]:
    """Marks that count and extreme examinees, judges, criteria. MML needs no examinee set aside."""
    group = np.zeros(len(marks.value), dtype=np.int64) if steps is Steps.COMMON else marks.criterion
    levels, sizes = [marks.judge, marks.criterion], [len(marks.judges), len(marks.criteria)]
    if method is Method.JMLE:
        levels, sizes = [*levels, marks.examinee], [*sizes, len(marks.examinees)]
    counts, masks = informative(tuple(levels), tuple(sizes), marks.value, group)
    examinees = masks[2] if method is Method.JMLE else np.zeros(len(marks.examinees), dtype=bool)
    return counts, (examinees, masks[0], masks[1])


def _check_connected(marks: Marks, counts: Mask) -> None:
    examinee = np.unique(marks.examinee[counts], return_inverse=True)[1]
    judge = np.unique(marks.judge[counts], return_inverse=True)[1]
    parts = int(components(examinee, judge, int(examinee.max()) + 1, int(judge.max()) + 1)[0].max()) + 1
    if parts > 1:
        raise NotIdentified(f"judges and examinees fall into {parts} parts", code=Obstacle.DISCONNECTED)


def _solve_joint(marks: Marks, coding: Coding, counts: Mask, _nodes: Floats) -> Solution:
    fit = fit_joint(marks, coding, counts)
    location = fit.examinee[marks.examinee] - fit.judge[marks.judge] - fit.criterion[marks.criterion]
    variance = moments(probabilities(location[counts], coding.group[counts], fit.cumulative)).variance
    errors = [
        _inverse_root(summed(level[counts], variance, size))
        for level, size in (
            (marks.examinee, len(marks.examinees)),
            (marks.judge, len(marks.judges)),
            (marks.criterion, len(marks.criteria)),
        )
    ]
    return Solution(
        method=Method.JMLE,
        measures=(fit.examinee, fit.judge, fit.criterion),
        errors=(errors[0], errors[1], errors[2]),
        cumulative=fit.cumulative,
        ability=fit.examinee[:, None],
        posterior=np.ones((len(fit.examinee), 1)),
        log_likelihood=fit.log_likelihood,
        variance=np.nan,
        steps=fit.steps,
    )


def _solve_marginal(marks: Marks, coding: Coding, counts: Mask, nodes: Floats) -> Solution:
    fit = fit_marginal(marks, coding, counts, nodes=nodes)
    return Solution(
        method=Method.MML,
        measures=(fit.examinee, fit.judge, fit.criterion),
        errors=(fit.examinee_se, fit.judge_se, fit.criterion_se),
        cumulative=fit.cumulative,
        ability=np.tile(nodes, (len(fit.examinee), 1)),
        posterior=fit.posterior,
        log_likelihood=fit.log_likelihood,
        variance=fit.variance,
        steps=fit.steps,
    )


def _inverse_root(information: Floats) -> Floats:
    """Standard errors; NaN for an element without counting marks."""
    errors = np.full(len(information), np.nan)
    np.divide(1.0, np.sqrt(information), out=errors, where=information > 0)
    return errors
