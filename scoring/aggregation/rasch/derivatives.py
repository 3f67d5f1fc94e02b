"""Score and information of the model's parameters, assembled mark by mark, in coordinates that respect the
constraints.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.aggregation.numeric import Floats, Ints, Mask, summed
from scoring.aggregation.rasch.categories import Moments
from scoring.aggregation.records import Obstacle
from scoring.errors import NotIdentified

__all__ = [
    "Derivatives",
    "Layout",
    "Part",
    "assemble",
    "derivatives_of",
    "refuse_wandering",
    "solve_step",
    "used_basis",
]

FARTHEST = 20.0  # logits: a chance of one in half a thousand million


def sum_to_zero(size: int) -> Floats:
    """Basis of the vectors that sum to 0, shape (size, size - 1)."""
    basis = np.eye(size)[:, :-1]
    basis[-1] = -1.0
    return basis


def used_basis(size: int, level: Ints, *, centred: bool) -> Floats:
    """Basis of a facet's measures: elements without marks stay 0, the others sum to 0 where `centred`."""
    used = np.unique(level)
    inner = sum_to_zero(len(used)) if centred else np.eye(len(used))
    basis = np.zeros((size, inner.shape[1]))
    basis[used] = inner
    return basis


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One facet among the parameters.

    Parameters
    ----------
    level
        Shape (n,): the element each mark belongs to.
    sign
        +1 where a larger measure means better marks, -1 where worse.
    basis
        Shape (elements, coordinates): how the constrained measures follow from free coordinates.
    """

    level: Ints
    sign: float
    basis: Floats

    @property
    def size(self) -> int:
        """Number of elements."""
        return len(self.basis)


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Order of the parameters: the facets, then the thresholds of each group.

    Parameters
    ----------
    parts
        Facets that are parameters.
    group
        Shape (n,): the thresholds each mark belongs to.
    exists
        Shape (groups, most categories).
    """

    parts: tuple[Part, ...]
    group: Ints
    exists: Mask

    def basis(self) -> Floats:
        """Shape (parameters, coordinates); thresholds sum to 0 in each group, missing ones stay 0."""
        most = self.exists.shape[1] - 1
        blocks = [part.basis for part in self.parts]
        for row in self.exists:
            count = int(row.sum()) - 1
            blocks.append(np.vstack([sum_to_zero(count), np.zeros((most - count, count - 1))]))
        rows = np.cumsum([0, *(len(block) for block in blocks)])
        columns = np.cumsum([0, *(block.shape[1] for block in blocks)])
        whole = np.zeros((rows[-1], columns[-1]))
        for number, block in enumerate(blocks):
            whole[rows[number] : rows[number + 1], columns[number] : columns[number + 1]] = block
        return whole

    def split(self, parameters: Floats) -> tuple[list[Floats], Floats]:
        """Measures by facet, and the thresholds summed up: shape (groups, most), infinite where there is no
        category.
        """
        ends = np.cumsum([part.size for part in self.parts])
        measures = np.split(parameters[: ends[-1]], ends[:-1])
        groups, most = self.exists.shape
        cumulative = np.zeros((groups, most))
        cumulative[:, 1:] = np.cumsum(parameters[ends[-1] :].reshape(groups, most - 1), axis=1)
        return measures, np.where(self.exists, cumulative, np.inf)

    def location(self, measures: list[Floats]) -> Floats:
        """Shape (n,): signed sum of the measures of each mark."""
        signed = [part.sign * own[part.level] for part, own in zip(self.parts, measures, strict=True)]
        return np.asarray(np.sum(signed, axis=0))


@dataclass(frozen=True, slots=True, eq=False)
class Derivatives:
    """First and second derivatives of each mark's log-likelihood; see `derivatives_of` for the shapes."""

    residual: Floats
    step_residual: Floats
    variance: Floats
    joint: Floats
    step_covariance: Floats


def derivatives_of(category: Ints, moment: Moments) -> Derivatives:
    """Derivatives with respect to location (n,) and thresholds (n, most - 1); the latter's covariance is (n, most -
    1, most - 1).
    """
    steps = np.arange(moment.reached.shape[1])
    later = np.maximum(steps[:, None], steps)
    return Derivatives(
        residual=category - moment.expected,
        step_residual=(category[:, None] > steps) - moment.reached,
        variance=moment.variance,
        joint=moment.joint,
        step_covariance=moment.reached[:, later] - moment.reached[:, :, None] * moment.reached[:, None, :],
    )


def assemble(layout: Layout, basis: Floats, own: Derivatives) -> tuple[Floats, Floats]:
    """Gradient and information in free coordinates.

    Parameters
    ----------
    layout, basis
        The parameters and `Layout.basis`.
    own
        Derivatives by mark.
    """
    groups = len(layout.exists)
    columns = own.step_residual.shape[1]
    step_gradient = [-summed(layout.group, column, groups) for column in own.step_residual.T]
    gradient = [part.sign * summed(part.level, own.residual, part.size) for part in layout.parts]
    gradient.append(np.stack(step_gradient, axis=1).ravel())
    blocks = [[_between(left, right, own.variance) for right in layout.parts] for left in layout.parts]
    with_steps = [
        -part.sign * _by_step(part.level, part.size, layout.group, groups, own.joint) for part in layout.parts
    ]
    for row, block in zip(blocks, with_steps, strict=True):
        row.append(block)
    steps = np.zeros((groups, columns, groups, columns))
    for group in range(groups):
        steps[group, :, group, :] = own.step_covariance[layout.group == group].sum(axis=0)
    blocks.append([*(block.T for block in with_steps), steps.reshape(groups * columns, groups * columns)])
    return basis.T @ np.concatenate(gradient), basis.T @ np.block(blocks) @ basis


def _between(left: Part, right: Part, values: Floats) -> Floats:
    pair = summed(left.level * right.size + right.level, values, left.size * right.size)
    return left.sign * right.sign * pair.reshape(left.size, right.size)


def _by_step(level: Ints, size: int, group: Ints, groups: int, joint: Floats) -> Floats:
    pair = level * groups + group
    by_step = np.stack([summed(pair, column, size * groups) for column in joint.T], axis=1)
    return by_step.reshape(size, groups * joint.shape[1])


def solve_step(gradient: Floats, information: Floats) -> Floats:
    """Newton step; the smallest one where the information is singular, as it is along what nobody asked."""
    step: Floats = np.linalg.lstsq(information, gradient)[0].astype(np.float64)
    return step


def refuse_wandering(parameters: Floats) -> None:
    """Stop where a measure or threshold runs away: the marks say "beyond all others", which no number expresses.

    Raises
    ------
    NotIdentified
        Some parameter is beyond 20 logits.
    """
    if np.abs(parameters).max(initial=0.0) > FARTHEST:
        raise NotIdentified("some measure or threshold has no finite estimate", code=Obstacle.SEPARATED)
