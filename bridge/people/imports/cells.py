"""One cell as the text that its column holds, or what is wrong with it. A text stays a text: nothing is computed."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from bridge.core.i18n import N_
from bridge.people.imports.columns import Column, Field
from bridge.people.imports.rows import CLEARED, Finding
from bridge.people.imports.text import clean

__all__ = ["Cell", "escaped", "read_cell", "unescaped"]

Cell = str | Decimal | bool | date | None
"""What a spreadsheet's cell holds (a moment is a date, too)."""

_EMAIL = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+")
"""One address and nothing else; Moodle has also such without a dot."""
_DIGIT = re.compile(r"\d")
_DASHES = frozenset({"-", "–", "—", "−"})
FEWEST_DIGITS = 5
"""The shortest telephone numbers of a village."""

STARTERS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a text of a CSV file for a formula (OWASP, CSV injection)."""
APOSTROPHE = "'"


def escaped(text: str) -> str:
    """A text for a CSV file that no spreadsheet takes for a formula."""
    return APOSTROPHE + text if text.startswith((*STARTERS, APOSTROPHE)) else text


def unescaped(text: str) -> str:
    """What ``escaped`` was given."""
    return text[1:] if text.startswith(APOSTROPHE) and text[1:].startswith((*STARTERS, APOSTROPHE)) else text


def read_cell(column: Column, cell: Cell) -> tuple[str | None, Finding | None]:
    """The text of a cell (None where it holds nothing), and what is wrong with it."""
    if isinstance(cell, bool | date):
        return None, Finding(column.field, _not_a_text(cell))
    text = clean(cell if isinstance(cell, str) else _digits(cell) if cell is not None else "")
    if not text:
        return None, None
    if text in _DASHES:
        return CLEARED, None
    return text, _wrong_text(column, text)


def _not_a_text(cell: bool | date) -> str:  # noqa: FBT001  a cell, not a flag
    if isinstance(cell, bool):
        return N_("A yes-or-no value stands here. Enter a text.")
    return N_("The spreadsheet has made a date of this. Format the cell as text and type it again.")


def _digits(number: Decimal) -> str:
    """A number as people write it: 79001234567, never 7.9E10."""
    return f"{number:f}" if number != number.to_integral_value() else f"{number.quantize(Decimal(1)):f}"


def _wrong_text(column: Column, text: str) -> Finding | None:
    if len(text) > column.longest:
        facts = {"limit": column.longest, "length": len(text)}
        return Finding(column.field, N_("%(length)d characters are too many here: at most %(limit)d."), facts)
    if column.field is Field.EMAIL and not _EMAIL.fullmatch(text):
        return Finding(column.field, N_("This is no e-mail address. Write one like name@example.ru, and only one."))
    if column.field is Field.PHONE and len(_DIGIT.findall(text)) < FEWEST_DIGITS:
        return Finding(column.field, N_("This is no telephone number: it has too few digits."))
    return None
