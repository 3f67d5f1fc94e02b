"""The covariance of the crossed model at given ratios of variances, factorised once and used for everything.

Notation: V is the covariance over the residual variance, W the inverse of its part by noise and halo, N the weighted
table of the two factors, D the diagonal block of the larger one, S the Schur complement of the smaller one. No
formula divides by a ratio, so a ratio may be 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.aggregation.cells import Cells
from scoring.aggregation.incidence import Incidence, incidence
from scoring.aggregation.numeric import Floats, Ints, summed

__all__ = ["HALO", "LARGE", "SMALL", "Columns", "Factor", "factorise"]

LARGE, SMALL, HALO = 0, 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Some vectors of the observations, as the factor sees them.

    Parameters
    ----------
    cell
        Shape (m, r): their sums by cell under W.
    large
        Shape (n_large, r): the same by level of the larger factor.
    root
        Shape (n_small, r): what is left for the smaller factor, times the inverse Cholesky factor of S.
    """

    cell: Floats
    large: Floats
    root: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """V at one set of ratios.

    Parameters
    ----------
    cells
        The data.
    ratio
        Variances of large, small and halo over the residual one, each 0 or more.
    shrink
        Shape (m,): ``1 / (1 + halo x weight)``.
    weight
        Shape (m,): precision of a cell as a whole, ``weight x shrink``.
    table
        N.
    large_weight
        Shape (n_large,): row sums of N.
    pivot
        Shape (n_large,): the diagonal of D.
    reduced
        Shape (n_small, n_small): ``(S - I) / ratio[SMALL]``.
    lower
        Cholesky factor of S.
    log_determinant
        Of V.
    """

    cells: Cells
    ratio: Floats
    shrink: Floats
    weight: Floats
    table: Incidence
    large_weight: Floats
    pivot: Floats
    reduced: Floats
    lower: Floats
    log_determinant: float

    def columns(self, cell: Floats) -> Columns:
        """Prepare vectors from their sums by cell under W, shape (m, r)."""
        from scipy.linalg.lapack import dtrtrs

        large = _by_level(cell, self.cells.large, self.cells.n_large)
        small = _by_level(cell, self.cells.small, self.cells.n_small)
        small -= self.ratio[LARGE] * self.table.transposed(large / self.pivot[:, None])
        root, _ = dtrtrs(self.lower, small, lower=1)
        return Columns(cell, large, root)

    def correction(self, left: Columns, right: Columns) -> Floats:
        """``left' (W - inv(V)) right``, shape (r_left, r_right)."""
        along_large = left.large.T @ (right.large / self.pivot[:, None])
        return np.asarray(self.ratio[LARGE] * along_large + self.ratio[SMALL] * (left.root.T @ right.root))

    def by_level(self, columns: Columns) -> tuple[Floats, Floats]:
        """Sums of ``inv(V) columns`` by level of large and of small."""
        from scipy.linalg.lapack import dtrtrs

        small, _ = dtrtrs(self.lower, columns.root, lower=1, trans=1)
        large = (columns.large - self.ratio[SMALL] * (self.table @ small)) / self.pivot[:, None]
        return large, small

    def by_cell(self, columns: Columns, large: Floats, small: Floats) -> Floats:
        """Sums of ``inv(V) columns`` by cell, from the sums by level."""
        fitted = self.ratio[LARGE] * large[self.cells.large] + self.ratio[SMALL] * small[self.cells.small]
        return np.asarray(columns.cell - self.weight[:, None] * fitted)

    def traces(self, *, halo: bool) -> Floats:
        """Traces of ``inv(V) Z Z'`` for large, small and halo; the halo's needs N in full, and is 0 if not asked
        for.
        """
        inverse = self.small_inverse()
        squared = self.table.gram(self.pivot**-2.0)
        of_large = (self.large_weight / self.pivot).sum() - self.ratio[SMALL] * np.vdot(inverse, squared)
        of_halo = self._halo_trace(inverse) if halo else 0.0
        return np.array([of_large, np.vdot(inverse, self.reduced), of_halo])

    def small_inverse(self) -> Floats:
        """Inverse of S, full."""
        from scipy.linalg.lapack import dpotri

        inverse, _ = dpotri(self.lower, lower=1)
        return _mirrored(inverse)

    def _halo_trace(self, inverse: Floats) -> float:
        large, small = self.cells.large, self.cells.small
        table = self.table.dense()
        joint = (table @ inverse) / self.pivot[:, None]
        a, b = self.ratio[LARGE], self.ratio[SMALL]
        own = a / self.pivot + a * a * b * (joint * table).sum(axis=1) / self.pivot
        explained = own[large] - 2 * a * b * joint[large, small] + b * np.diag(inverse)[small]
        return float((self.weight - self.weight**2 * explained).sum())


def factorise(cells: Cells, ratio: Floats) -> Factor:
    """V of these data at these ratios.

    Parameters
    ----------
    cells
        The data.
    ratio
        Shape (3,): variances of large, small and halo over the residual one, each 0 or more.
    """
    from scipy.linalg.lapack import dpotrf

    shrink = 1.0 / (1.0 + ratio[HALO] * cells.weight)
    weight = cells.weight * shrink
    table = incidence(cells.large, cells.small, weight, (cells.n_large, cells.n_small))
    large_weight = summed(cells.large, weight, cells.n_large)
    pivot = 1.0 + ratio[LARGE] * large_weight
    reduced = -ratio[LARGE] * table.gram(1.0 / pivot)
    reduced[np.diag_indices_from(reduced)] += summed(cells.small, weight, cells.n_small)
    complement = ratio[SMALL] * reduced
    complement[np.diag_indices_from(complement)] += 1.0
    # S is the identity plus a positive semidefinite matrix, so the factorisation cannot fail.
    lower, _ = dpotrf(complement.T, lower=1, overwrite_a=1)
    log_determinant = np.log(pivot).sum() + 2 * np.log(np.diag(lower)).sum() - np.log(shrink).sum() - cells.log_weight
    return Factor(cells, ratio, shrink, weight, table, large_weight, pivot, reduced, lower, float(log_determinant))


def _by_level(values: Floats, level: Ints, levels: int) -> Floats:
    return np.stack([summed(level, column, levels) for column in values.T], axis=1)


def _mirrored(lower: Floats) -> Floats:
    """Symmetric matrix from its lower half."""
    full = np.tril(lower)
    return full + np.tril(full, -1).T
