"""Linear and integer programs over pairs: one variable a pair, bounds on the sums of reviewers and works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from scoring.allocation.instance import Grid, IntRow, Weights
from scoring.allocation.mincost import Scaled

if TYPE_CHECKING:
    from scipy.optimize import LinearConstraint

__all__ = ["Answer", "Program", "objective"]

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


@dataclass(slots=True)
class Program:
    """Variables for the pairs of a grid, from 0 to `most`, whole or not."""

    options: Grid
    most: float = 1.0
    whole: bool = True
    rows: IntRow = field(init=False)
    columns: IntRow = field(init=False)

    def __post_init__(self) -> None:
        self.rows, self.columns = np.nonzero(self.options)

    def sums(self, loads: tuple[IntRow, IntRow], needs: tuple[IntRow, IntRow], placed: int | None) -> LinearConstraint:
        """Bound the sums of all reviewers, all works and, unless None, of everything."""
        from scipy.optimize import LinearConstraint
        from scipy.sparse import csr_array

        count = len(self.rows)
        reviewers, works = self.options.shape
        sums = np.concatenate([self.rows, reviewers + self.columns, np.full(count, reviewers + works)])
        shape = (reviewers + works + 1, count)
        matrix = csr_array((np.ones(3 * count), (sums, np.tile(np.arange(count), 3))), shape=shape)
        total = (0, count) if placed is None else (placed, placed)
        lower, upper = np.concatenate([loads[0], needs[0], total[:1]]), np.concatenate([loads[1], needs[1], total[1:]])
        return LinearConstraint(matrix, lb=lower, ub=upper)

    def maximise(self, gain: Weights, constraints: Sequence[LinearConstraint]) -> Answer:
        """Find the values of the greatest gain.

        Parameters
        ----------
        gain : (reviewers, works)
        constraints
            Bounds on sums.
        """
        from scipy.optimize import Bounds, milp

        count = len(self.rows)
        if not count:  # the solver refuses a program without variables
            fits = all((np.less_equal(each.lb, 0) & np.greater_equal(each.ub, 0)).all() for each in constraints)
            return Answer(np.zeros(0) if fits else None, final=True)
        found = milp(
            -gain[self.options],
            integrality=np.full(count, int(self.whole)),
            bounds=Bounds(0, self.most),
            constraints=constraints,
            options={"node_limit": NODE_LIMIT, "mip_rel_gap": 0.0},
        )
        if found.status == _SOLVED:
            return Answer(np.asarray(found.x), final=True)
        return Answer(None, final=found.status == _INFEASIBLE)

    def grid(self, values: Values) -> Weights:
        """Put values of the variables back in their places."""
        grid = np.zeros(self.options.shape)
        grid[self.rows, self.columns] = values
        return grid


def objective(options: Grid, scaled: Scaled) -> Weights:
    """Give the affinity from 0 to 1; where it is the same for all pairs to choose from, its noise instead."""
    if len(np.unique(scaled.steps[options])) > 1:
        return scaled.steps / scaled.unit
    return scaled.weights / max(int(scaled.weights.max(initial=1)), 1)
