"""Joint maximum likelihood (Linacre 1989): examinees, judges, criteria and thresholds all parameters, by Newton's
method.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.aggregation.numeric import Floats, Ints, Mask
from scoring.aggregation.rasch.categories import Coding, moments, probabilities
from scoring.aggregation.rasch.derivatives import (
    Layout,
    Part,
    assemble,
    derivatives_of,
    refuse_wandering,
    solve_step,
    used_basis,
)
from scoring.aggregation.rasch.records import Marks
from scoring.errors import NotConverged

__all__ = ["JointFit", "fit_joint"]

MAX_STEPS = 100
TOLERANCE = 1e-8  # logits
SHORTEST_STEP = 2.0**-30
LIKELIHOOD_ROUNDING = 1e-9
SMALLEST_PROBABILITY = 1e-300


@dataclass(frozen=True, slots=True, eq=False)
class JointFit:
    """Parameters at the maximum of the joint likelihood; measures of elements without counting marks are 0."""

    examinee: Floats
    judge: Floats
    criterion: Floats
    cumulative: Floats
    log_likelihood: float
    steps: int


def fit_joint(marks: Marks, coding: Coding, counts: Mask) -> JointFit:
    """Maximise the joint likelihood of the marks that count.

    Parameters
    ----------
    marks, coding
        The marks and their categories.
    counts
        Shape (n,): marks that count; no element may have only extreme ones among them.

    Raises
    ------
    NotIdentified
        Some measure or threshold wanders off, as happens where marks are few.
    NotConverged
        100 steps were not enough.
    """
    problem = _Problem.of(marks, coding, counts)
    free = np.zeros(problem.basis.shape[1])
    likelihood, size = problem.log_likelihood(free), np.inf
    for step in range(MAX_STEPS):
        (examinee, judge, criterion), cumulative = problem.layout.split(problem.basis @ free)
        gradient, information = problem.slope(free)
        direction = solve_step(gradient, information)
        size = float(np.abs(problem.basis @ direction).max(initial=0.0))
        if size < TOLERANCE:
            return JointFit(examinee, judge, criterion, cumulative, likelihood, step)
        free, likelihood = _climb(problem, free, direction, likelihood)
        refuse_wandering(problem.basis @ free)
    raise NotConverged("Rasch measures", iterations=MAX_STEPS, gap=size)


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """The joint likelihood as a function of free coordinates."""

    layout: Layout
    basis: Floats
    category: Ints

    @classmethod
    def of(cls, marks: Marks, coding: Coding, counts: Mask) -> _Problem:
        facets = (
            (len(marks.examinees), marks.examinee[counts], 1.0, True),
            (len(marks.judges), marks.judge[counts], -1.0, False),
            (len(marks.criteria), marks.criterion[counts], -1.0, True),
        )
        parts = tuple(
            Part(level, sign, used_basis(size, level, centred=centred)) for size, level, sign, centred in facets
        )
        layout = Layout(parts, coding.group[counts], coding.exists)
        return cls(layout, layout.basis(), coding.category[counts])

    def _probability(self, free: Floats) -> Floats:
        measures, cumulative = self.layout.split(self.basis @ free)
        return probabilities(self.layout.location(measures), self.layout.group, cumulative)

    def log_likelihood(self, free: Floats) -> float:
        chosen = self._probability(free)[np.arange(len(self.category)), self.category]
        return float(np.log(np.maximum(chosen, SMALLEST_PROBABILITY)).sum())

    def slope(self, free: Floats) -> tuple[Floats, Floats]:
        """Gradient and information."""
        own = derivatives_of(self.category, moments(self._probability(free)))
        return assemble(self.layout, self.basis, own)


def _climb(problem: _Problem, free: Floats, direction: Floats, likelihood: float) -> tuple[Floats, float]:
    """The longest of the halved steps that does not lose likelihood; it is concave, so Newton's direction gains."""
    length = 1.0
    while length > SHORTEST_STEP:
        there = free + length * direction
        reached = problem.log_likelihood(there)
        if reached >= likelihood - LIKELIHOOD_ROUNDING:
            return there, reached
        length /= 2
    raise NotConverged("Rasch measures", iterations=0, gap=float(np.abs(direction).max()))
