"""What the crossed model needs to know of the data: one cell a review, its weight and its weighted sums.

The model of one observation is ``y = X beta + large + small + halo + e``: two crossed random factors, a halo that the
observations of one cell share, and noise of variance ``residual / weight``. Within a cell the covariance is a
diagonal plus a constant, so its inverse needs only the cell's sums (Woodbury): a model with criteria costs no more
than one with totals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.aggregation.numeric import Floats, Ints, summed

__all__ = ["Cells", "make_cells"]


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Sufficient statistics of a crossed design.

    Parameters
    ----------
    large, small
        Shape (m,): level of either factor, coded from 0; `large` is the factor with more levels.
    n_large, n_small
        Numbers of levels.
    weight
        Shape (m,): summed weight of the cell's observations.
    sums
        Shape (m, p + 1): weighted sums of the columns of X and of y.
    gram
        Shape (p + 1, p + 1): weighted cross products of the columns of X and y over all observations.
    n_observations
        Number of observations.
    log_weight
        Sum of the logarithms of the observations' weights.
    """

    large: Ints
    small: Ints
    n_large: int
    n_small: int
    weight: Floats
    sums: Floats
    gram: Floats
    n_observations: int
    log_weight: float

    @property
    def n_fixed(self) -> int:
        """Number of columns of X."""
        return len(self.gram) - 1

    @property
    def degrees_of_freedom(self) -> int:
        """Observations beyond the fixed effects."""
        return self.n_observations - self.n_fixed


def make_cells(large: Ints, small: Ints, cell: Ints, columns: Floats, weight: Floats) -> Cells:
    """Cells from observations.

    Parameters
    ----------
    large, small
        Shape (m,): levels of each cell.
    cell
        Shape (n,): the cell of each observation.
    columns
        Shape (n, p + 1): X, then y.
    weight
        Shape (n,): positive weights.
    """
    m = len(large)
    weighted = weight[:, None] * columns
    sums = np.stack([summed(cell, column, m) for column in weighted.T], axis=1)
    return Cells(
        large,
        small,
        int(large.max()) + 1,
        int(small.max()) + 1,
        summed(cell, weight, m),
        sums,
        columns.T @ weighted,
        len(cell),
        float(np.log(weight).sum()),
    )
