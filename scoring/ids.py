"""Ids of people, works and projects: what may serve as one, and the one order that does not depend on how rows came."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, TypeAlias

import numpy as np

from scoring.errors import InvalidInput, Problem

__all__ = ["Id", "canonical", "check_ids", "check_rng"]

Id: TypeAlias = "int | str"
"""A whole number or a text. Sides are separate: a participant and a mentor may both have number 1."""


def canonical(ids: Iterable[Id]) -> list[Id]:
    """Sort ids in the one order that does not depend on how the rows came: numbers first, then text.

    Examples
    --------
    >>> canonical(["b", 10, "a", 9])
    [9, 10, 'a', 'b']
    """
    return sorted(ids, key=lambda each: (isinstance(each, str), each))


def check_ids(field: str, ids: Collection[Any]) -> None:
    """Refuse ids that cannot be told apart or sorted (None, NaN, True for 1).

    Raises
    ------
    InvalidInput
        Naming each of them.
    """
    wrong = {kind for kind in set(map(type, ids)) if kind is bool or not issubclass(kind, int | str | np.integer)}
    if wrong:
        found = [
            Problem(f"{field}[{each!r}]", "is not a whole number or a text") for each in ids if type(each) in wrong
        ]
        raise InvalidInput(problems=found)


def check_rng(rng: object) -> None:
    """Refuse anything but a numpy Generator as the source of randomness.

    Raises
    ------
    InvalidInput
        A bare seed would leave the method of drawing open, and a replay with it.
    """
    if not isinstance(rng, np.random.Generator):
        message = "is not a numpy random Generator; a bare seed would leave the method of drawing open"
        raise InvalidInput(message, field="rng")
