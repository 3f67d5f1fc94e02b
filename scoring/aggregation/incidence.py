"""The weighted table of two crossed factors, dense for a season and sparse for a university."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from scoring.aggregation.numeric import Floats, Ints, summed

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["DenseIncidence", "Incidence", "SparseIncidence", "incidence"]

DENSE_CELLS = 250_000  # below this the product of dense tables is faster than building sparse ones


class Incidence(Protocol):
    """Table N of shape (large, small) whose cell is the summed weight of a pair's reviews."""

    def __matmul__(self, small: Floats) -> Floats:
        """N @ small."""
        ...

    def transposed(self, large: Floats) -> Floats:
        """N' @ large."""
        ...

    def gram(self, weight: Floats) -> Floats:
        """N' diag(weight) N, shape (small, small)."""
        ...

    def dense(self) -> Floats:
        """The table itself."""
        ...


class DenseIncidence:
    """Small tables: plain matrix products."""

    def __init__(self, large: Ints, small: Ints, weight: Floats, shape: tuple[int, int]) -> None:
        self._table = summed(large * shape[1] + small, weight, shape[0] * shape[1]).reshape(shape)

    def __matmul__(self, small: Floats) -> Floats:
        return self._table @ small

    def transposed(self, large: Floats) -> Floats:
        return self._table.T @ large

    def gram(self, weight: Floats) -> Floats:
        return self._table.T @ (weight[:, None] * self._table)

    def dense(self) -> Floats:
        return self._table


class SparseIncidence:
    """Large tables: most pairs never met, so products run over the reviews."""

    def __init__(self, large: Ints, small: Ints, weight: Floats, shape: tuple[int, int]) -> None:
        from scipy.sparse import csr_array

        self._table: csr_array = csr_array((weight, (large, small)), shape=shape)
        self._transposed: csr_array = self._table.T.tocsr()

    def __matmul__(self, small: Floats) -> Floats:
        return np.asarray(self._table @ small)

    def transposed(self, large: Floats) -> Floats:
        return np.asarray(self._transposed @ large)

    def gram(self, weight: Floats) -> Floats:
        from scipy.sparse import diags_array

        product = self._transposed @ (diags_array(weight) @ self._table)
        return np.asarray(product.toarray())

    def dense(self) -> Floats:
        return np.asarray(self._table.toarray())


def incidence(large: Ints, small: Ints, weight: Floats, shape: tuple[int, int]) -> Incidence:
    """Table of two crossed factors, in the form that is faster at its size."""
    kind = DenseIncidence if shape[0] * shape[1] <= DENSE_CELLS else SparseIncidence
    return kind(large, small, weight, shape)
