"""Linear and integer programs over pairs: one variable a pair, bounds on the sums of reviewers and works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from scoring.allocation.instance import Grid, IntRow, Weights
from scoring.allocation.mincost import Scaled

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Answer", "Bounded", "Program", "objective"]

Values: TypeAlias = NDArray[np.float64]
NODE_LIMIT = 50_000
"""Branch-and-bound nodes, not seconds: the same input must not fail on a slower machine."""
_SOLVED, _INFEASIBLE = 0, 2


@dataclass(frozen=True, slots=True)
class Answer:
    """What the solver says.

    Parameters
    ----------
    values : (pairs,)
        The best values of the variables; None without.
    final
        Whether that is certain: false where the solver ran into its limit.
    """

    values: Values | None
    final: bool


@dataclass(frozen=True, slots=True)
class Bounded:
    """Sums of variables with their bounds."""

    matrix: csr_array[Any, tuple[int, int]]
    lower: Values
    upper: Values


class Program:
    """Variables for the pairs of a grid, from 0 to `most`, whole or not; `even` adds some that count loads.

    Parameters
    ----------
    options : (reviewers, works) bool
        The pairs.
    most
        The limit of each variable.
    whole
        Whether the variables of pairs are whole numbers.
    """

    def __init__(self, options: Grid, *, most: float = 1.0, whole: bool = True) -> None:
        self.options = options
        self._most = most
        self._whole = whole
        self._rows, self._columns = np.nonzero(options)
        self._steps = 0

    def sums(self, loads: tuple[IntRow, IntRow], needs: tuple[IntRow, IntRow], placed: int | None) -> Bounded:
        """Bound the sums of all reviewers, all works and, unless None, of everything."""
        from scipy.sparse import csr_array

        count = len(self._rows)
        reviewers, works = self.options.shape
        sums = np.concatenate([self._rows, reviewers + self._columns, np.full(count, reviewers + works)])
        shape = (reviewers + works + 1, count)
        matrix = csr_array((np.ones(3 * count), (sums, np.tile(np.arange(count), 3))), shape=shape)
        total = (0, count) if placed is None else (placed, placed)
        lower, upper = np.concatenate([loads[0], needs[0], total[:1]]), np.concatenate([loads[1], needs[1], total[1:]])
        return Bounded(matrix, lower, upper)

    def even(self, done: IntRow, profile: tuple[int, ...]) -> Bounded:
        """Ask for loads whose squares sum to no more than those of a most even profile: such loads have that profile.

        Each reviewer's load is filled by steps of one; the step to load l adds 2 l - 1 to the square.
        """
        from scipy.sparse import csr_array

        count, reviewers = len(self._rows), len(done)
        owners = np.repeat(np.arange(reviewers), np.maximum(profile[-1] - done, 0))
        levels = np.concatenate([np.arange(each, profile[-1]) + 1 for each in done.tolist()])
        self._steps = len(owners)
        variables = count + np.arange(self._steps)
        values = np.concatenate([np.ones(count), -np.ones(self._steps), 2.0 * levels - 1.0])
        rows = np.concatenate([self._rows, owners, np.full(self._steps, reviewers)])
        columns = np.concatenate([np.arange(count), variables, variables])
        matrix = csr_array((values, (rows, columns)), shape=(reviewers + 1, count + self._steps))
        most = sum(load * load for load in profile) - int((done * done).sum())
        zero = np.zeros(reviewers)
        return Bounded(matrix, np.append(zero, -np.inf), np.append(zero, most))

    def maximise(self, gain: Weights, constraints: Sequence[Bounded]) -> Answer:
        """Find the values of the greatest gain.

        Parameters
        ----------
        gain : (reviewers, works)
        constraints
            Bounds on sums.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_array

        count = len(self._rows)
        if not count:  # the solver refuses a program without variables
            fits = all(((each.lower <= 0) & (each.upper >= 0)).all() for each in constraints)
            return Answer(np.zeros(0) if fits else None, final=True)
        width = count + self._steps
        parts = [(each.matrix, each.lower, each.upper) for each in constraints]
        wide = [(csr_array((a.data, a.indices, a.indptr), shape=(a.shape[0], width)), low, up) for a, low, up in parts]
        found = milp(
            np.append(-gain[self.options], np.zeros(self._steps)),
            integrality=np.append(np.full(count, int(self._whole)), np.zeros(self._steps, dtype=np.int64)),
            bounds=Bounds(0, np.append(np.full(count, self._most), np.ones(self._steps))),
            constraints=[LinearConstraint(*each) for each in wide],
            options={"node_limit": NODE_LIMIT, "mip_rel_gap": 0.0},
        )
        if found.status == _SOLVED:
            return Answer(np.asarray(found.x)[:count], final=True)
        return Answer(None, final=found.status == _INFEASIBLE)

    def grid(self, values: Values) -> Weights:
        """Put values of the variables back in their places."""
        grid = np.zeros(self.options.shape)
        grid[self._rows, self._columns] = values
        return grid


def objective(options: Grid, scaled: Scaled) -> Weights:
    """Give the affinity from 0 to 1; where it is the same for all pairs to choose from, its noise instead."""
    if len(np.unique(scaled.steps[options])) > 1:
        return scaled.steps / scaled.unit
    return scaled.weights / max(int(scaled.weights.max(initial=1)), 1)
