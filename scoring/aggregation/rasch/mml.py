"""Marginal maximum likelihood (Bock and Aitkin 1981): examinees are normal, so a judge needs few marks.

A mark's location depends on its judge and criterion only, so everything that an EM cycle needs is a table of (judge,
criterion) situations by nodes; the single marks enter by counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.aggregation.numeric import Floats, Ints, Mask
from scoring.aggregation.rasch.categories import Coding, Moments, moments, probabilities
from scoring.aggregation.rasch.derivatives import (
    Derivatives,
    Layout,
    Part,
    assemble,
    refuse_wandering,
    solve_step,
    used_basis,
)
from scoring.aggregation.rasch.records import Marks
from scoring.errors import NotConverged

__all__ = ["DEFAULT_NODES", "MarginalFit", "fit_marginal"]

DEFAULT_NODES = np.linspace(-12.0, 12.0, 81)  # logits; wide enough for a standard deviation of 3
MAX_STEPS = 2000
TOLERANCE = 1e-6  # logits
SMALLEST_PROBABILITY = 1e-300


@dataclass(frozen=True, slots=True, eq=False)
class MarginalFit:
    """Parameters at the maximum of the marginal likelihood.

    Parameters
    ----------
    examinee, examinee_se
        Posterior means and standard deviations.
    judge, criterion
        Measures; judges sum to 0.
    judge_se, criterion_se
        From the observed information (Louis 1982), with the examinees' variance held.
    cumulative
        Sums of the thresholds.
    variance
        Of the examinees.
    log_likelihood
        Marginal.
    posterior
        Shape (examinees, nodes).
    steps
        EM cycles.
    """

    examinee: Floats
    examinee_se: Floats
    judge: Floats
    judge_se: Floats
    criterion: Floats
    criterion_se: Floats
    cumulative: Floats
    variance: float
    log_likelihood: float
    posterior: Floats
    steps: int


@dataclass(frozen=True, slots=True, eq=False)
class _Data:
    """Marks in the order of examinees, and the situations they were given in.

    Parameters
    ----------
    examinees
        Number of examinees, with marks or without.
    examinee, start
        Those with marks, and where the marks of each begin.
    situation, category
        Shape (n,), of each mark.
    count
        Shape (situations, most): marks by category.
    layout, basis
        The parameters; `layout` has one row a situation.
    nodes
        Where the examinees may be.
    """

    examinees: int
    examinee: Ints
    start: Ints
    situation: Ints
    category: Ints
    count: Floats
    layout: Layout
    basis: Floats
    nodes: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Expectation:
    """One E-step: posteriors, the likelihood, probabilities by (situation, node) and weights of the nodes by
    situation.
    """

    posterior: Floats
    log_likelihood: float
    probability: Floats
    weight: Floats


def fit_marginal(marks: Marks, coding: Coding, counts: Mask, *, nodes: Floats = DEFAULT_NODES) -> MarginalFit:
    """Maximise the marginal likelihood of the marks that count by EM, with one Newton step a cycle.

    Parameters
    ----------
    marks, coding
        The marks and their categories.
    counts
        Shape (n,): marks that count; no judge and no criterion may have only extreme ones among them.
    nodes
        Where the examinees' distribution is evaluated, evenly spaced, in logits. TAM's default is 21 nodes from -6 to
        6, which cuts the tails of a wide distribution.

    Raises
    ------
    NotIdentified
        Some measure or threshold wanders off, as happens where marks are few.
    NotConverged
        2000 cycles were not enough.
    """
    data = _data(marks, coding, counts, nodes)
    # Between nodes nothing is seen: a distribution narrower than their spacing would be summed up wrongly.
    narrowest = float(nodes[1] - nodes[0]) ** 2
    free, variance = np.zeros(data.basis.shape[1]), 1.0
    size = np.inf
    for step in range(MAX_STEPS):
        expectation = _expect(data, data.basis @ free, variance)
        gradient, information = assemble(data.layout, data.basis, _averaged(data, expectation))
        direction = solve_step(gradient, information)
        following = max(float((expectation.posterior @ nodes**2).mean()), narrowest)
        size = max(float(np.abs(data.basis @ direction).max(initial=0.0)), abs(following - variance))
        if size < TOLERANCE:
            return _described(data, free, expectation, information, variance=variance, steps=step)
        free, variance = free + direction, following
        refuse_wandering(data.basis @ free)
    raise NotConverged("Rasch measures", iterations=MAX_STEPS, gap=size)


def _data(marks: Marks, coding: Coding, counts: Mask, nodes: Floats) -> _Data:
    order = np.flatnonzero(counts)[np.argsort(marks.examinee[counts], kind="stable")]
    key = marks.judge[order] * len(marks.criteria) + marks.criterion[order]
    situations, first, situation = np.unique(key, return_index=True, return_inverse=True)
    judge, criterion = np.divmod(situations, len(marks.criteria))
    layout = Layout(
        (
            Part(judge, -1.0, used_basis(len(marks.judges), judge, centred=True)),
            Part(criterion, -1.0, used_basis(len(marks.criteria), criterion, centred=False)),
        ),
        coding.group[order][first],
        coding.exists,
    )
    category = coding.category[order]
    count = np.zeros((len(situations), coding.most))
    np.add.at(count, (situation, category), 1.0)
    examinee, start = np.unique(marks.examinee[order], return_index=True)
    return _Data(len(marks.examinees), examinee, start, situation, category, count, layout, layout.basis(), nodes)


def _expect(data: _Data, parameters: Floats, variance: float) -> _Expectation:
    nodes = data.nodes
    measures, cumulative = data.layout.split(parameters)
    location = data.layout.location(measures)[:, None] + nodes
    probability = probabilities(location.ravel(), np.repeat(data.layout.group, len(nodes)), cumulative)
    probability = probability.reshape(*location.shape, -1)
    logarithm = np.log(np.maximum(probability, SMALLEST_PROBABILITY))
    # The plain density, not made to sum to 1 on the grid: then the mean square is the exact M-step for the variance.
    prior = np.log(nodes[1] - nodes[0]) - (np.log(2 * np.pi * variance) + nodes**2 / variance) / 2
    joint = np.tile(prior, (data.examinees, 1))
    joint[data.examinee] += np.add.reduceat(logarithm[data.situation, :, data.category], data.start, axis=0)
    highest = joint.max(axis=1, keepdims=True)
    posterior = np.exp(joint - highest)
    total = posterior.sum(axis=1, keepdims=True)
    posterior /= total
    weight = np.zeros(location.shape)
    np.add.at(weight, data.situation, _by_mark(data, posterior))
    return _Expectation(posterior, float((highest + np.log(total)).sum()), probability, weight)


def _by_mark(data: _Data, by_examinee: Floats) -> Floats:
    """Rows of a table by examinee, repeated for each of their marks."""
    sizes = np.diff(np.append(data.start, len(data.situation)))
    return np.repeat(by_examinee[data.examinee], sizes, axis=0)


def _by_node(probability: Floats) -> Moments:
    """Moments with the shape (situations, nodes, ...)."""
    shape = probability.shape[:-1]
    flat = moments(probability.reshape(-1, probability.shape[-1]))
    return Moments(
        flat.expected.reshape(shape),
        flat.variance.reshape(shape),
        flat.reached.reshape(*shape, -1),
        flat.joint.reshape(*shape, -1),
    )


def _averaged(data: _Data, expectation: _Expectation) -> Derivatives:
    """Derivatives summed over the marks of a situation, averaged over the posterior of their examinees."""
    moment, weight = _by_node(expectation.probability), expectation.weight
    steps = np.arange(moment.reached.shape[2])
    reached = np.einsum("sq,sqh->sh", weight, moment.reached)
    both = np.einsum("sq,sqh,sqk->shk", weight, moment.reached, moment.reached)
    above = np.cumsum(data.count[:, ::-1], axis=1)[:, -2::-1]
    return Derivatives(
        residual=data.count @ np.arange(data.count.shape[1]) - (weight * moment.expected).sum(axis=1),
        step_residual=above - reached,
        variance=(weight * moment.variance).sum(axis=1),
        joint=np.einsum("sq,sqh->sh", weight, moment.joint),
        step_covariance=reached[:, np.maximum(steps[:, None], steps)] - both,
    )


def _lost_information(data: _Data, expectation: _Expectation) -> Floats:
    """What not seeing the examinees' measures costs: the posterior covariance of the scores, summed over examinees."""
    moment = _by_node(expectation.probability)
    residual = data.category[:, None] - moment.expected[data.situation]
    steps = np.arange(moment.reached.shape[2])
    step_residual = (data.category[:, None] > steps)[:, None, :] - moment.reached[data.situation]
    rows = np.repeat(np.arange(len(data.start)), np.diff(np.append(data.start, len(data.situation))))
    score = np.zeros((len(data.start), len(data.basis), residual.shape[1]))
    first = 0
    for part in data.layout.parts:
        np.add.at(score, (rows, first + part.level[data.situation]), part.sign * residual)
        first += part.size
    for step in steps:
        column = first + data.layout.group[data.situation] * len(steps) + step
        np.add.at(score, (rows, column), -step_residual[:, :, step])
    free = np.einsum("epq,pf->eqf", score, data.basis)
    posterior = expectation.posterior[data.examinee]
    free -= np.einsum("eq,eqf->ef", posterior, free)[:, None, :]
    return np.asarray(np.einsum("eq,eqf,eqg->fg", posterior, free, free, optimize=True))


def _described(
    data: _Data, free: Floats, expectation: _Expectation, information: Floats, *, variance: float, steps: int
) -> MarginalFit:
    (judge, criterion), cumulative = data.layout.split(data.basis @ free)
    observed = information - _lost_information(data, expectation)
    spread = np.einsum("pf,fg,pg->p", data.basis, np.linalg.pinv(observed, hermitian=True), data.basis)
    (judge_se, criterion_se), _ = data.layout.split(np.sqrt(np.maximum(spread, 0.0)))
    mean = expectation.posterior @ data.nodes
    return MarginalFit(
        examinee=mean,
        examinee_se=np.sqrt(expectation.posterior @ data.nodes**2 - mean**2),
        judge=judge,
        judge_se=judge_se,
        criterion=criterion,
        criterion_se=criterion_se,
        cumulative=cumulative,
        variance=variance,
        log_likelihood=expectation.log_likelihood,
        posterior=expectation.posterior,
        steps=steps,
    )
