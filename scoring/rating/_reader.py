"""Reads loosely typed values under a path, and collects what is wrong with them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeVar

from scoring.errors import InvalidInput, Problem
from scoring.exact import to_decimal, to_units

__all__ = ["Reader"]

_E = TypeVar("_E", bound=StrEnum)

_MOST_ENTRIES: Final = 200


class Reader:
    """Reads values under a path, notes what is wrong and goes on with a stand-in, so that all mistakes are found."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.term: str | None = None

    def fail(self, path: str, message: str, advice: str = "") -> None:
        self.problems.append(Problem(path, message, advice, term=self.term))

    def has_failed(self, *paths: str) -> bool:
        """Say whether a value was refused already, so that its stand-in is not judged."""
        return any(problem.field in paths for problem in self.problems)

    def mapping(self, path: str, value: object, keys: Sequence[str]) -> Mapping[str, object]:
        if not isinstance(value, Mapping):
            self.fail(path, f"{value!r} is not a mapping", f"write the keys {', '.join(keys)}")
            return {}
        for key in value:
            if key not in keys:
                near = difflib.get_close_matches(str(key), keys, n=1)
                advice = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(keys)}"
                self.fail(f"{path}.{key}" if path else str(key), "unknown key", advice)
        return value

    def items(self, path: str, value: object) -> Sequence[object]:
        if value is None:
            return ()
        if isinstance(value, str) or not isinstance(value, Sequence):
            self.fail(path, f"{value!r} is not a list", "write one entry a line, each after a dash")
            return ()
        if len(value) > _MOST_ENTRIES:
            self.fail(path, f"{len(value)} entries", f"at most {_MOST_ENTRIES}")
        return value[:_MOST_ENTRIES]

    def number(self, path: str, value: object, *, bounds: tuple[Decimal, Decimal], advice: str) -> Decimal:
        low, high = bounds
        try:
            number = to_decimal(to_units(Decimal(repr(value)) if isinstance(value, float) else value))
        except InvalidInput as err:
            self.fail(path, str(err), advice)
            return high
        if not low <= number <= high:
            self.fail(path, f"{number} is not between {low} and {high}", advice)
            return high
        return number

    def choice(self, path: str, value: object, kinds: type[_E], default: _E) -> _E:
        if value is None:
            return default
        try:
            return kinds(str(value))
        except ValueError:
            self.fail(path, f"{value!r} is unknown", f"write one of: {', '.join(kinds)}")
            return default

    def text(self, path: str, value: object) -> str | None:
        if value is None or isinstance(value, str):
            return value
        self.fail(path, f"{value!r} is not text", "put it in quotes")
        return None
