"""From the table of reviews and its model to the columns that are stored: points, intervals, shifts, reasons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.aggregation.baselines import grouped_median, grouped_trimmed_mean, plain_mean, published_mean
from scoring.aggregation.escalate import escalations, largest_shift, spreads
from scoring.aggregation.graph import components, is_dense
from scoring.aggregation.judged import Judged, Uncertainty, pooled_uncertainty
from scoring.aggregation.numeric import Floats, Ints, round_half_up, summed
from scoring.aggregation.outcome import Reviewers, Works
from scoring.aggregation.rasch.records import RaschFit
from scoring.aggregation.records import Policy, Published, Rubric
from scoring.aggregation.table import ReviewTable

__all__ = ["Panel", "reviewer_results", "work_results"]

NO_FREEDOM = 1e-6  # below it no work of the reviewer has another one, so their noise cannot be seen


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """The reviewer-work graph.

    Parameters
    ----------
    work_component, reviewer_component
        Connected component of each work and each reviewer.
    number
        Of components.
    dense
        Whether every reviewer marked every work of their component.
    """

    work_component: Ints
    reviewer_component: Ints
    number: int
    dense: bool

    @classmethod
    def of(cls, table: ReviewTable) -> Panel:
        """The graph of the reviews that count."""
        of_work, of_reviewer = components(table.work, table.reviewer, len(table.works), len(table.reviewers))
        dense = is_dense(table.work, table.reviewer, of_work, of_reviewer)
        return cls(of_work, of_reviewer, int(of_work.max(initial=-1)) + 1, dense)


@dataclass(frozen=True, slots=True, eq=False)
class _Estimate:
    """Grades of one kind in points, not rounded."""

    value: Floats
    se: Floats
    low: Floats
    high: Floats
    shift: Floats  # by review

    @classmethod
    def of(cls, value: Floats, doubt: Uncertainty, shift: Floats, *, rubric: Rubric, confidence: float) -> _Estimate:
        """With an interval that stays within the rubric's bounds."""
        span = rubric.maximum - rubric.minimum
        half = span * doubt.half_width(confidence)
        low, high = (np.clip(value + side * half, rubric.minimum, rubric.maximum) for side in (-1.0, 1.0))
        return cls(np.clip(value, rubric.minimum, rubric.maximum), span * doubt.se, low, high, shift)


def work_results(
    table: ReviewTable, rubric: Rubric, *, policy: Policy, panel: Panel, judged: Judged | None, published: Published
) -> Works:
    """Columns of `Works`."""
    n_works = len(table.works)
    plain = _plain(table, rubric, judged, policy)
    adjusted = _adjusted(table, rubric, judged, policy)
    chosen = plain if published is Published.MEAN else adjusted
    mean = published_mean(table.exact, table.decimals, table.weight, table.work, n_works, decimals=policy.decimals)
    shift, row = largest_shift(table.work, chosen.shift, n_works)
    number, spread = np.bincount(table.work, minlength=n_works), spreads(table.work, table.total, n_works)
    labels = table.reviewers.tolist()
    blup = np.full(n_works, np.nan) if judged is None else judged.blup
    return Works(
        work=tuple(table.works.tolist()),
        grade=mean if published is Published.MEAN else round_half_up(adjusted.value, decimals=policy.decimals),
        se=chosen.se,
        low=chosen.low,
        high=chosen.high,
        mean=mean,
        mean_se=plain.se,
        mean_low=plain.low,
        mean_high=plain.high,
        median=grouped_median(table.total, table.work, n_works),
        trimmed_mean=grouped_trimmed_mean(table.total, table.work, n_works, trim=policy.trim),
        adjusted=adjusted.value,
        adjusted_se=adjusted.se,
        adjusted_low=adjusted.low,
        adjusted_high=adjusted.high,
        blup=rubric.minimum + (rubric.maximum - rubric.minimum) * blup,
        n=number,
        component=panel.work_component,
        spread=spread,
        shift=shift,
        shift_reviewer=tuple(None if k < 0 else labels[table.reviewer[k]] for k in row.tolist()),
        escalation=escalations(spread, chosen.high - chosen.low, number, rubric.maximum, policy),
    )


def _plain(table: ReviewTable, rubric: Rubric, judged: Judged | None, policy: Policy) -> _Estimate:
    """Weighted means; leaving a review out moves one by its distance times its share of the rest."""
    n_works = len(table.works)
    value = plain_mean(table.total, table.weight, table.work, n_works)
    doubt = pooled_uncertainty(table, rubric) if judged is None else judged.of_mean
    rest = summed(table.work, table.weight, n_works)[table.work] - table.weight
    alone = np.bincount(table.work, minlength=n_works)[table.work] == 1
    moved = table.weight * (value[table.work] - table.total)
    shift = np.divide(moved, rest, out=np.full(len(table), np.nan), where=~alone)
    return _Estimate.of(value, doubt, shift, rubric=rubric, confidence=policy.confidence)


def _adjusted(table: ReviewTable, rubric: Rubric, judged: Judged | None, policy: Policy) -> _Estimate:
    if judged is None:
        works = np.full(len(table.works), np.nan)
        return _Estimate(works, works, works, works, np.full(len(table), np.nan))
    span = rubric.maximum - rubric.minimum
    value, shift = rubric.minimum + span * judged.adjustment.grade, span * judged.adjustment.shift
    return _Estimate.of(value, judged.of_adjusted, shift, rubric=rubric, confidence=policy.confidence)


def reviewer_results(
    table: ReviewTable, rubric: Rubric, *, panel: Panel, judged: Judged | None, rasch: RaschFit | None
) -> Reviewers:
    """Columns of `Reviewers`."""
    unknown = np.full(len(table.reviewers), np.nan)
    severity, severity_se, noise = (unknown, unknown, unknown) if judged is None else _severity(table, rubric, judged)
    return Reviewers(
        reviewer=tuple(table.reviewers.tolist()),
        severity=severity,
        severity_se=severity_se,
        noise=noise,
        n=np.bincount(table.reviewer, minlength=len(table.reviewers)),
        component=panel.reviewer_component,
        infit=unknown if rasch is None else rasch.judges.infit,
        outfit=unknown if rasch is None else rasch.judges.outfit,
    )


def _severity(table: ReviewTable, rubric: Rubric, judged: Judged) -> tuple[Floats, Floats, Floats]:
    """Severity, its standard error and the noise of each reviewer, in points."""
    made, n_reviewers = judged.adjustment, len(table.reviewers)
    span = rubric.maximum - rubric.minimum
    squares = summed(table.reviewer, made.weight * made.residual**2, n_reviewers)
    freedom = summed(table.reviewer, made.freedom, n_reviewers)
    relative = np.divide(squares, freedom, out=np.full(n_reviewers, np.nan), where=freedom > NO_FREEDOM)
    error = np.sqrt(made.leniency_variance * judged.residual)
    return (
        -span * made.leniency,
        np.where(error > 0, span * error, np.nan),
        span * judged.noise * np.sqrt(relative / judged.residual),
    )
