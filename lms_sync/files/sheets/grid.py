"""What a sheet is, how large it may be, and how it is put together from cells that come one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from lms_sync.errors import FileFault, FileRefused
from lms_sync.files.archives import Limits

__all__ = ["ARCHIVE", "MAX_FILE_BYTES", "MAX_ROWS", "Cell", "Grid", "Row", "Sheet", "Workload"]

Cell = str | Decimal | bool | datetime | date | None
"""A value as the spreadsheet keeps it; None where a cell is empty. Times are naive: a spreadsheet has no zone."""

Row = tuple[Cell, ...]

MAX_FILE_BYTES = 20 << 20
ARCHIVE = Limits(packed_bytes=MAX_FILE_BYTES, members=2_000, inflated_bytes=64 << 20)
MAX_SHEETS = 50
MAX_ROWS = 50_000
MAX_COLUMNS = 2_000
MAX_CELLS = 300_000
"""A gradebook of 2,000 people with 50 items in three forms has as many."""
MAX_TEXT = 32_767
"""Characters of one cell, as in Excel."""
MAX_TEXT_IN_ALL = 16 << 20
"""Characters of all cells together; a letter takes up to two bytes here."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's rows, each without the empty cells at its end, and without the empty rows at the sheet's end."""

    name: str
    rows: tuple[Row, ...]


class Workload:
    """Counts over all sheets of a workbook."""

    def __init__(self) -> None:
        self._sheets = 0
        self._cells = 0
        self._characters = 0

    def sheet(self) -> None:
        """Take one more sheet."""
        self._sheets += 1
        if self._sheets > MAX_SHEETS:
            raise FileRefused(FileFault.TOO_MANY_SHEETS, "too many sheets", facts={"limit": MAX_SHEETS})

    def cells(self, count: int, *, sheet: str, row: int) -> None:
        """Take more cells."""
        self._cells += count
        if self._cells > MAX_CELLS:
            facts = {"limit": MAX_CELLS}
            raise FileRefused(FileFault.TOO_MANY_CELLS, "too many cells", member=sheet, row=row, facts=facts)

    def text(self, characters: int, *, sheet: str) -> None:
        """Take the characters of one more text."""
        self._characters += characters
        if characters > MAX_TEXT or self._characters > MAX_TEXT_IN_ALL:
            facts = {"limit": MAX_TEXT if characters > MAX_TEXT else MAX_TEXT_IN_ALL}
            raise FileRefused(FileFault.TEXT_TOO_LONG, "too much text", member=sheet, facts=facts)


class Grid:
    """Takes a sheet's cells in any order; empty ones cost nothing. Rows and columns count from 0."""

    def __init__(self, name: str, load: Workload) -> None:
        load.sheet()
        self.name = name
        self._load = load
        self._rows: dict[int, dict[int, Cell]] = {}

    def put(self, row: int, column: int, value: Cell) -> None:
        """Set one cell."""
        if value is None or value == "":
            return
        self._check(row, column)
        self._load.cells(1, sheet=self.name, row=row + 1)
        self._rows.setdefault(row, {})[column] = value

    def _check(self, row: int, column: int) -> None:
        if row >= MAX_ROWS:
            facts = {"limit": MAX_ROWS}
            raise FileRefused(FileFault.TOO_MANY_ROWS, "too many rows", member=self.name, row=row + 1, facts=facts)
        if column >= MAX_COLUMNS:
            raise FileRefused(
                FileFault.TOO_MANY_COLUMNS,
                "too many columns",
                member=self.name,
                row=row + 1,
                column=column + 1,
                facts={"limit": MAX_COLUMNS},
            )

    def bad_value(self, row: int, column: int, message: str) -> FileRefused:
        """What to raise for a cell whose value is not of its kind."""
        return FileRefused(FileFault.BAD_VALUE, message, member=self.name, row=row + 1, column=column + 1)

    def sheet(self) -> Sheet:
        """What was put together; the places between filled cells count as cells too."""
        places = sum(max(row) + 1 for row in self._rows.values()) + max(self._rows, default=-1) + 1
        if places > 4 * MAX_CELLS:
            facts = {"limit": MAX_CELLS}
            raise FileRefused(FileFault.TOO_MANY_CELLS, "too many cells", member=self.name, facts=facts)
        last = max(self._rows, default=-1)
        return Sheet(self.name, tuple(_filled(self._rows.get(index)) for index in range(last + 1)))


def _filled(row: dict[int, Cell] | None) -> Row:
    if not row:
        return ()
    return tuple(row.get(column) for column in range(max(row) + 1))
