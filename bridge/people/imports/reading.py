"""From the sheets of a file to rows of a table: which sheet, which row is the header, which column is which.

The order of columns is free, their headings are known by several names, other sheets and other columns are left alone.
Dates of birth are never read: a file with a column of them is refused whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from bridge.core.i18n import DEFAULT_LANGUAGE, N_
from bridge.errors import InvalidInput
from bridge.people.imports.cells import Cell, read_cell, unescaped
from bridge.people.imports.columns import EXAMPLE_WORDS, REMEDY, ROW_NUMBER, Column, Field, Table
from bridge.people.imports.rows import CLEARED, Finding, Row, Upload
from bridge.people.imports.text import clean, fold, fold_heading

__all__ = ["MOST_ROWS", "SheetLike", "read_upload"]

MOST_ROWS = 5_000
"""Of one upload: the largest region has fewer heads of schools."""
HEADER_WITHIN = 20
"""Rows in which the header is looked for: people put titles above it."""

_BIRTH = re.compile(r"\bрожд|\bродил|^д ?р$|\bbirth|^dob$|\bborn\b")
_OUR_OWN = frozenset(fold_heading(name) for name in (*REMEDY, *ROW_NUMBER))


class SheetLike(Protocol):
    """A sheet of a workbook."""

    @property
    def name(self) -> str: ...

    @property
    def rows(self) -> Sequence[Sequence[Cell]]: ...


@dataclass(frozen=True, slots=True)
class _Header:
    """Where a sheet's header is and what it says."""

    sheet: SheetLike
    place: int
    """Of the header among the rows, from 0."""
    fields: tuple[Field | None, ...]
    headings: tuple[str, ...]

    @property
    def known(self) -> frozenset[Field]:
        return frozenset(field for field in self.fields if field is not None)


def read_upload(
    table: Table, sheets: Sequence[SheetLike], *, is_csv: bool = False, language: str = DEFAULT_LANGUAGE
) -> Upload:
    """The rows of the table that a file holds; empty rows and the template's example are left out.

    Parameters
    ----------
    is_csv
        Whether texts carry the apostrophe that keeps a spreadsheet from running them.
    language
        Of the headings that a refusal names.

    Raises
    ------
    InvalidInput
        Where there is no such table in the file, a required column is missing, a column stands twice, dates of birth
        are among the columns, there are too many rows, or none.
    """
    header = _find_header(table, sheets, language)
    _refuse_header(header)
    rows = tuple(_rows(table, header, is_csv=is_csv))
    if not rows:
        raise InvalidInput("There are no rows under the header of the sheet “%(sheet)s”.", sheet=header.sheet.name)
    if len(rows) > MOST_ROWS:
        raise InvalidInput(
            "The file has %(count)d rows; at most %(limit)d are read at once. Divide it.",
            count=len(rows),
            limit=MOST_ROWS,
        )
    return Upload(rows, ignored=_ignored(header))


def _find_header(table: Table, sheets: Sequence[SheetLike], language: str) -> _Header:
    """The header that has every required column, and the most of the others.

    Raises
    ------
    InvalidInput
        Where there is none, or two are equal.
    """
    headers = [header for sheet in sheets if (header := _header_of(table, sheet)) is not None]
    whole = [header for header in headers if not _missing(table, header)]
    most = max((len(header.known) for header in whole), default=0)
    whole = [header for header in whole if len(header.known) == most]
    if len(whole) > 1:
        names = ", ".join(f"«{header.sheet.name}»" for header in whole)
        raise InvalidInput("Several sheets look like this table: %(names)s. Leave one of them.", names=names)
    if whole:
        return whole[0]
    if not headers:
        expected = ", ".join(f"«{column.heading(language)}»" for column in table.required)
        raise InvalidInput(
            "The file has no header of this table. Its first row needs at least: %(names)s.", names=expected
        )
    nearest = max(headers, key=lambda header: len(header.known))
    for header in headers:
        _refuse_births(header)
    missing = ", ".join(f"«{column.heading(language)}»" for column in _missing(table, nearest))
    raise InvalidInput(
        "The sheet “%(sheet)s” lacks these columns: %(names)s.",
        code="missing_columns",
        sheet=nearest.sheet.name,
        names=missing,
    )


def _missing(table: Table, header: _Header) -> list[Column]:
    parts_of_full = {Field.LAST_NAME, Field.FIRST_NAME} if Field.FULL_NAME in header.known else set()
    found = header.known | parts_of_full
    return [column for column in table.required if column.field not in found]


def _header_of(table: Table, sheet: SheetLike) -> _Header | None:
    """The row near the top with the most headings of the table; None where there is not one."""
    known = table.headings
    best: _Header | None = None
    for place, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        headings = tuple(clean(cell) if isinstance(cell, str) else "" for cell in row)
        fields = tuple(known.get(fold_heading(name)) for name in headings)
        header = _Header(sheet, place, fields, headings)
        if header.known and (best is None or len(header.known) > len(best.known)):
            best = header
    return best


def _refuse_header(header: _Header) -> None:
    _refuse_births(header)
    counts = Counter(field for field in header.fields if field is not None)
    twice = [field for field, count in counts.items() if count > 1]
    if twice:
        names = [name for name, field in zip(header.headings, header.fields, strict=True) if field in twice]
        told = ", ".join(f"«{name}»" for name in names)
        raise InvalidInput("Columns that mean the same stand in the file twice: %(names)s. Delete one.", names=told)


def _refuse_births(header: _Header) -> None:
    for name in header.headings:
        if _BIRTH.search(fold_heading(name)):
            raise InvalidInput(
                "The column «%(column)s» looks like dates of birth. They are not kept here: delete the column and "
                "upload the file again. Nothing was read.",
                code="birth_dates",
                column=name,
            )


def _ignored(header: _Header) -> tuple[str, ...]:
    pairs = zip(header.headings, header.fields, strict=True)
    return tuple(name for name, field in pairs if name and field is None and fold_heading(name) not in _OUR_OWN)


def _rows(table: Table, header: _Header, *, is_csv: bool) -> Iterator[Row]:
    for place, cells in enumerate(header.sheet.rows[header.place + 1 :], start=header.place + 2):
        row = _row(
            table, header, place, [unescaped(cell) if is_csv and isinstance(cell, str) else cell for cell in cells]
        )
        is_example = fold(row.values.get(Field.UID, "")) in EXAMPLE_WORDS
        if (row.values or row.findings) and not is_example:
            yield row


def _row(table: Table, header: _Header, number: int, cells: Sequence[Cell]) -> Row:
    values: dict[str, str] = {}
    findings: list[Finding] = []
    for field, cell in zip(header.fields, cells, strict=False):
        if field is None:
            continue
        text, finding = read_cell(table.column(field), cell)
        if text is not None:
            values[field] = text
        if finding is not None:
            findings.append(finding)
    _divide_name(table, values, findings)
    return Row(number, values, tuple(sorted(findings, key=lambda each: each.field)))


def _divide_name(table: Table, values: dict[str, str], findings: list[Finding]) -> None:
    """«Очирова Татьяна Сергеевна» as three names, where they do not stand in columns of their own."""
    words = values.pop(Field.FULL_NAME, CLEARED).split(" ", 2)
    if not words[0]:
        return
    if len(words) == 1 and Field.FIRST_NAME not in values:
        findings.append(Finding(Field.FULL_NAME, N_("One word is not a whole name. Write the first name after it.")))
    for field, word in zip((Field.LAST_NAME, Field.FIRST_NAME, Field.MIDDLE_NAME), words, strict=False):
        if values.setdefault(field, word) and len(word) > table.column(field).longest:
            findings.append(Finding(Field.FULL_NAME, N_("A part of this name is too long.")))
