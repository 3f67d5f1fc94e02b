"""Values of marks as ordered categories, and the probabilities of the rating-scale and partial-credit models."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.aggregation.numeric import Floats, Ints, Mask
from scoring.aggregation.rasch.records import Marks, Steps
from scoring.aggregation.records import Obstacle
from scoring.errors import NotIdentified

__all__ = ["Coding", "Moments", "code", "moments", "probabilities"]


@dataclass(frozen=True, slots=True, eq=False)
class Coding:
    """Categories of the marks that the estimation sees.

    Parameters
    ----------
    group
        Shape (n,): the group of criteria that shares thresholds with this mark.
    category
        Shape (n,): from 0.
    values
        For each group the values of its categories, ascending.
    """

    group: Ints
    category: Ints
    values: tuple[Floats, ...]

    @property
    def most(self) -> int:
        """Number of categories of the group with most of them."""
        return max(len(values) for values in self.values)

    @property
    def exists(self) -> Mask:
        """Shape (groups, most): which categories a group has."""
        sizes = np.array([len(values) for values in self.values])
        return np.asarray(np.arange(self.most) < sizes[:, None])


def code(marks: Marks, steps: Steps, seen: Mask) -> Coding:
    """Categories from the values of the marks that count; others get the nearest of them.

    Parameters
    ----------
    marks
        All marks.
    steps
        Whether criteria share categories.
    seen
        Shape (n,): marks that count.

    Raises
    ------
    NotIdentified
        A group has fewer than two categories.
    """
    group = np.zeros(len(marks.value), dtype=np.int64) if steps is Steps.COMMON else marks.criterion
    values = tuple(np.unique(marks.value[seen & (group == number)]) for number in range(int(group.max()) + 1))
    if any(len(levels) < 2 for levels in values):
        raise NotIdentified("a scale on which all marks are equal measures nothing", code=Obstacle.NO_VARIATION)
    category = np.empty(len(group), dtype=np.int64)
    for number, levels in enumerate(values):
        mine = group == number
        middles = (levels[1:] + levels[:-1]) / 2
        category[mine] = np.searchsorted(middles, marks.value[mine])
    return Coding(group, category, values)


def probabilities(location: Floats, group: Ints, cumulative: Floats) -> Floats:
    """Probability of every category.

    Parameters
    ----------
    location
        Shape (n,): examinee minus judge minus criterion, in logits.
    group
        Shape (n,): row of `cumulative`.
    cumulative
        Shape (groups, most): sums of the thresholds up to a category; infinity where there is no such category.

    Returns
    -------
    Floats
        Shape (n, most).
    """
    logit = location[:, None] * np.arange(cumulative.shape[1]) - cumulative[group]
    logit -= logit.max(axis=1, keepdims=True)
    odds = np.exp(logit)
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """What the likelihood's derivatives need of each mark.

    Parameters
    ----------
    expected, variance
        Shape (n,): of the category.
    reached
        Shape (n, most - 1): probability of category h + 1 or higher.
    joint
        Shape (n, most - 1): covariance of the category with having reached h + 1.
    """

    expected: Floats
    variance: Floats
    reached: Floats
    joint: Floats


def moments(probability: Floats) -> Moments:
    """Moments of the category under given probabilities, shape (n, most)."""
    number = np.arange(probability.shape[1])
    expected = probability @ number
    variance = probability @ number**2 - expected**2
    above = np.cumsum(probability[:, ::-1], axis=1)[:, -2::-1]
    sums = np.cumsum((probability * number)[:, ::-1], axis=1)[:, -2::-1]
    return Moments(expected, variance, above, sums - expected[:, None] * above)
