"""Arrays as `scoring` takes them: named types, and checks that say which array is wrong and why.

No function of this package writes into an array it was given.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.errors import InvalidInput

__all__ = ["BoolVector", "IntVector", "int_vector", "smallest_int", "state_vector"]

IntVector = NDArray[np.int64]
BoolVector = NDArray[np.bool_]
ByteVector = NDArray[np.uint8]
AnyIntVector = NDArray[np.signedinteger[Any]]


def int_vector(name: str, array: NDArray[Any], *, length: int) -> IntVector:
    """Check a vector of whole numbers.

    Parameters
    ----------
    name
        How messages call it.
    array
        One dimension, a signed or unsigned integer type of at most 64 bits; no floats, which would hide a rounding.
    length
        The number of entries it must have.

    Returns
    -------
    ndarray of int64
        The same memory where the type allows.

    Raises
    ------
    InvalidInput
        Where the type, the dimension or the length differ, or an unsigned entry does not fit.
    """
    _check_shape(name, array, length)
    if array.dtype.kind not in "iu":
        raise InvalidInput(f"its type is {array.dtype}, not a type of whole numbers such as int64", field=name)
    if array.dtype == np.uint64 and array.size and int(array.max()) > np.iinfo(np.int64).max:
        raise InvalidInput("an entry does not fit into int64", field=name)
    return array.astype(np.int64, copy=False)


def state_vector(name: str, array: NDArray[Any], *, length: int, codes: int) -> ByteVector:
    """Check a vector of state codes, uint8 from 0 to ``codes - 1``.

    Raises
    ------
    InvalidInput
        Where the type, the dimension or the length differ, or a code is unknown.
    """
    _check_shape(name, array, length)
    if array.dtype != np.uint8:
        raise InvalidInput(f"its type is {array.dtype}, not uint8", field=name)
    if array.size and int(array.max()) >= codes:
        raise InvalidInput(f"the code {int(array.max())} is unknown, codes go from 0 to {codes - 1}", field=name)
    return array


def bool_vector(name: str, array: NDArray[Any], *, length: int) -> BoolVector:
    """Check a mask; `InvalidInput` where the type, the dimension or the length differ."""
    _check_shape(name, array, length)
    if array.dtype != np.bool_:
        raise InvalidInput(f"its type is {array.dtype}, not bool", field=name)
    return array


def smallest_int(largest: int) -> np.dtype[Any]:
    """Choose the smallest signed type that holds 0 to `largest`: less memory is less time."""
    for kind in (np.int16, np.int32):
        if largest <= np.iinfo(kind).max:
            return np.dtype(kind)
    return np.dtype(np.int64)


def _check_shape(name: str, array: NDArray[Any], length: int) -> None:
    if array.shape != (length,):
        raise InvalidInput(f"its shape is {array.shape}, not ({length},)", field=name)
