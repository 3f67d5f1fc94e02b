"""A rating that can be checked years later: formula, inputs and result in one canonical document.

The document is JSON with sorted keys and no floats: ``{"formula", "formula_hash", "inputs", "inputs_hash", "result",
"rules"}``. Replaying it reads the formula and the inputs, computes everything again and compares all bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from scoring.errors import InvalidInput, ReplayMismatch
from scoring.rating._checks import check_people, inputs_json
from scoring.rating.formula import Formula, canonical_json
from scoring.rating.inputs import Cell, CellState, Person, PersonStatus
from scoring.rating.parsing import parse_formula
from scoring.rating.plain import rate_rows
from scoring.rating.result import Rating

__all__ = ["RULES", "Snapshot", "replay", "take_snapshot"]

RULES: Final = 1
"""Version of the rules of this module; it changes when the same formula and marks would give other points."""

_PARTS: Final = frozenset({"formula", "formula_hash", "inputs", "inputs_hash", "result", "rules"})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A rating with its evidence.

    Parameters
    ----------
    rating
        What was computed.
    data
        The canonical document; the same formula and inputs always give the same bytes.
    """

    rating: Rating
    data: bytes


def take_snapshot(formula: Formula, people: Iterable[Person]) -> Snapshot:
    """Rate people and pack the result with its formula and inputs.

    Raises
    ------
    InvalidInput
        As `rate` does.
    """
    rows = check_people(formula, people)
    rating = rate_rows(formula, rows)
    parts = {
        "formula": canonical_json(formula.to_mapping()),
        "formula_hash": canonical_json(rating.formula_hash),
        "inputs": b"".join(inputs_json(formula, rows)),
        "inputs_hash": canonical_json(rating.inputs_hash),
        "result": rating.to_json(),
        "rules": canonical_json(RULES),
    }
    return Snapshot(rating, b"{" + b",".join(b'"%b":%b' % (name.encode(), part) for name, part in parts.items()) + b"}")


def replay(data: bytes) -> Rating:
    """Compute a snapshot again and hold it against its bytes.

    Parameters
    ----------
    data
        `Snapshot.data`, as it was stored.

    Returns
    -------
    Rating
        The one in the snapshot.

    Raises
    ------
    InvalidInput
        Where the bytes are no snapshot, or its formula or inputs are wrong in themselves.
    ReplayMismatch
        Where the document was altered, or made by other rules; says which parts differ.
    """
    document = _document(data)
    if document["rules"] != RULES:
        raise ReplayMismatch(f"the snapshot was made by rules {document['rules']!r}, this is version {RULES}")
    again = take_snapshot(parse_formula(document["formula"]), _people(document["inputs"]))
    if again.data != data:
        raise ReplayMismatch(f"the snapshot does not reproduce itself: {_difference(document, json.loads(again.data))}")
    return again.rating


def _document(data: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as err:
        raise InvalidInput("the bytes are no snapshot: not JSON") from err
    if not isinstance(document, dict) or set(document) != _PARTS:
        raise InvalidInput(f"the bytes are no snapshot: the parts must be {', '.join(sorted(_PARTS))}")
    return document


def _people(inputs: Mapping[str, Any]) -> list[Person]:
    try:
        return [_person(entry) for entry in inputs["people"]]
    except (AttributeError, KeyError, TypeError, ValueError) as err:
        raise InvalidInput(f"the snapshot's inputs are malformed: {err!r}", field="inputs") from err


def _person(entry: Mapping[str, Any]) -> Person:
    cells = {
        term_id: Cell(CellState(cell["state"]), cell.get("value"), cell.get("min"), cell.get("max"))
        for term_id, cell in entry["cells"].items()
    }
    return Person(entry["id"], cells, PersonStatus(entry["status"]), dict(entry["bonuses"]))


def _difference(stored: Mapping[str, Any], computed: Mapping[str, Any]) -> str:
    parts = sorted(part for part in _PARTS if stored[part] != computed[part])
    return f"other {', '.join(parts)}" if parts else "the same content in another spelling"
