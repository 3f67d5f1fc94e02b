"""Parameters as PHP wants them in a form: nested names in brackets, booleans as 0 and 1.

Moodle refuses ``true`` as a word, and drops empty arrays because a form has no way of saying them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

__all__ = ["Param", "Params", "flatten"]

Param = str | int | float | Decimal | bool | None | Sequence["Param"] | Mapping[str, "Param"]
Params = Mapping[str, Param]


def flatten(params: Params) -> list[tuple[str, str]]:
    """Flatten nested parameters to form fields, in their own order.

    Examples
    --------
    >>> flatten({"courseids": [2, 3], "options": [{"name": "onlyactive", "value": True}]})
    [('courseids[0]', '2'), ('courseids[1]', '3'), ('options[0][name]', 'onlyactive'), ('options[0][value]', '1')]
    """
    return [pair for name, value in params.items() for pair in _pairs(name, value)]


def _pairs(name: str, value: Param) -> Iterator[tuple[str, str]]:
    match value:
        case None:
            # A form cannot say null; Moodle takes the parameter's default where it is left out.
            return
        case Mapping():
            for key, inner in value.items():
                yield from _pairs(f"{name}[{key}]", inner)
        case str():
            yield name, value
        case Sequence():
            for index, inner in enumerate(value):
                yield from _pairs(f"{name}[{index}]", inner)
        case _:
            yield name, _scalar(value)


def _scalar(value: float | Decimal) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return format(value, "f") if isinstance(value, Decimal) else str(value)
