"""What was read of a file, as records: rows with what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import cast

__all__ = ["CLEARED", "Finding", "Row", "Upload", "from_json", "to_json"]

CLEARED = ""
"""The value of a cell with a lone dash: what is stored is to be emptied. A cell without anything changes nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a row.

    Attributes
    ----------
    field
        The column; empty where it is about the row.
    message
        A sentence with its remedy, an id of the catalogue of messages.
    facts
        Values for the places in it; ``roles`` is filled in where it is shown.
    """

    field: str
    message: str
    facts: Mapping[str, object] = attribute(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table; ``number`` is what the spreadsheet shows beside it."""

    number: int
    values: Mapping[str, str]
    """Field -> text, of the cells that hold something."""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Upload:
    """A file's table, as it was read."""

    rows: tuple[Row, ...]
    ignored: tuple[str, ...] = ()
    """Headings that mean nothing here: their cells were not read."""


def to_json(upload: Upload) -> dict[str, object]:
    """For keeping until somebody confirms."""
    rows = [
        [row.number, dict(row.values), [[each.field, each.message, dict(each.facts)] for each in row.findings]]
        for row in upload.rows
    ]
    return {"rows": rows, "ignored": list(upload.ignored)}


def from_json(kept: Mapping[str, object]) -> Upload:
    """What ``to_json`` has kept."""
    rows = cast("Sequence[tuple[int, dict[str, str], list[tuple[str, str, dict[str, object]]]]]", kept["rows"])
    return Upload(
        rows=tuple(
            Row(number, values, tuple(Finding(*finding) for finding in findings)) for number, values, findings in rows
        ),
        ignored=tuple(cast("Sequence[str]", kept["ignored"])),
    )
