"""Workbooks of LibreOffice (OpenDocument), read as a stream.

Format: OpenDocument 1.3, part 3, chapter 9 (tables) and 19.385 (office:value-type).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from lms_sync.errors import FileFault, FileRefused
from lms_sync.files.archives import ZipArchive
from lms_sync.files.markup import Quiet, feed, local_name
from lms_sync.files.sheets.grid import MAX_COLUMNS, MAX_ROWS, MAX_TEXT, Cell, Grid, Sheet, Workload
from lms_sync.files.sheets.numbers import number_of

__all__ = ["is_ods", "read_ods"]

_CONTENT = "content.xml"
_MANIFEST = "META-INF/manifest.xml"
_MOST_ELEMENTS = 1_000_000
_LONGEST_GAP = 1_000
_MOST_TIMES = 1 << 30
_DIGITS = 12
"""Of a number of which only matters that it is too large."""
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_NUMBERS = frozenset({"float", "percentage", "currency"})


def is_ods(archive: ZipArchive) -> bool:
    """Whether the archive is a workbook of this kind."""
    return _CONTENT in archive.names


def read_ods(archive: ZipArchive) -> tuple[Sheet, ...]:
    """Read all sheets.

    Raises
    ------
    FileRefused
        Damaged, encrypted, over a limit, or an OpenDocument without tables.
    """
    if _MANIFEST in archive.names:
        feed(_Manifest(_MANIFEST), archive.open(_MANIFEST).chunks(), member=_MANIFEST)
    sheets: tuple[Sheet, ...] = feed(_Content(_CONTENT), archive.open(_CONTENT).chunks(), member=_CONTENT)
    if not sheets:
        raise FileRefused(FileFault.UNKNOWN_FORMAT, "a document without tables")
    return sheets


class _Manifest(Quiet):
    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        if local_name(tag) == "encryption-data":
            raise FileRefused(FileFault.ENCRYPTED, "a workbook under a password")


class _Content(Quiet):
    """The tables of the content, cell by cell."""

    def __init__(self, member: str) -> None:
        super().__init__(member)
        self._load = Workload()
        self._sheets: list[Sheet] = []
        self._grid: Grid | None = None
        self._row = self._column = 0
        self._row_times = 1
        self._cell: _OpenCell | None = None
        self._elements = 0

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        self._elements += 1
        if self._elements > 4 * _MOST_ELEMENTS:
            raise FileRefused(FileFault.TOO_MANY_CELLS, "too many cells", facts={"limit": _MOST_ELEMENTS})
        if self._cell is not None:
            self._cell.start(tag, attrib)
        elif tag == f"{_TABLE}table":
            self._begin_table(attrib)
        elif self._grid is not None and tag == f"{_TABLE}table-row":
            self._column, self._row_times = 0, _times(attrib, "number-rows-repeated")
        elif self._grid is not None and tag in {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}:
            self._cell = _OpenCell(tag, attrib)

    def _begin_table(self, attrib: Mapping[str, str]) -> None:
        self._grid = Grid(attrib.get(f"{_TABLE}name", ""), self._load)
        self._row = 0

    def data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.data(data)

    def end(self, tag: str) -> None:
        if self._cell is not None:
            if self._cell.end(tag):
                self._finish(self._cell)
                self._cell = None
        elif self._grid is not None and tag == f"{_TABLE}table-row":
            self._row += self._row_times
        elif self._grid is not None and tag == f"{_TABLE}table":
            self._sheets.append(self._grid.sheet())
            self._grid = None

    def _finish(self, cell: _OpenCell) -> None:
        grid = self._grid
        assert grid is not None  # noqa: S101  cells are only opened within a table
        value = self._value(cell, grid)
        column, self._column = self._column, self._column + cell.times
        if value is None:
            return
        # What is repeated beyond any table's size is refused by the grid, at the first cell beyond it.
        for row in range(self._row, min(self._row + self._row_times, MAX_ROWS + 1)):
            for place in range(column, min(column + cell.times, MAX_COLUMNS + 1)):
                grid.put(row, place, value)

    def _value(self, cell: _OpenCell, grid: Grid) -> Cell:
        text = cell.text
        self._load.text(len(text), sheet=grid.name)
        try:
            return cell.value()
        except ValueError as err:
            raise grid.bad_value(self._row, self._column, "a value of another kind") from err

    def close(self) -> tuple[Sheet, ...]:
        return tuple(self._sheets)


def _times(attrib: Mapping[str, str], name: str) -> int:
    text = attrib.get(f"{_TABLE}{name}", "1")
    return min(int(text[:_DIGITS]), _MOST_TIMES) if text.isdecimal() else 1


class _OpenCell:
    """A cell whose content is being read: its paragraphs, without the notes attached to it."""

    def __init__(self, tag: str, attrib: Mapping[str, str]) -> None:
        self._tag = tag
        self._kind = attrib.get(f"{_OFFICE}value-type", "")
        self._stored = _stored(self._kind, attrib)
        self.times = _times(attrib, "number-columns-repeated")
        self._pieces: list[str] = []
        self._length = 0
        self._paragraphs = 0
        self._notes = 0
        self._depth = 0
        self._in_paragraph = 0

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        self._depth += 1
        if tag == f"{_OFFICE}annotation":
            self._notes += 1
        elif self._notes:
            return
        elif tag == f"{_TEXT}p":
            self._add("\n" if self._paragraphs else "")
            self._paragraphs += 1
            self._in_paragraph += 1
        else:
            self._add(_white(tag, attrib))

    def data(self, data: str) -> None:
        if self._in_paragraph and not self._notes:
            self._add(data)

    def _add(self, text: str) -> None:
        self._length += len(text)
        if self._length > MAX_TEXT:
            raise FileRefused(FileFault.TEXT_TOO_LONG, "a text too long", facts={"limit": MAX_TEXT})
        self._pieces.append(text)

    def end(self, tag: str) -> bool:
        """Whether this was the cell's own end."""
        if tag == self._tag and not self._depth:
            return True
        self._depth -= 1
        if tag == f"{_OFFICE}annotation":
            self._notes -= 1
        elif tag == f"{_TEXT}p" and not self._notes:
            self._in_paragraph -= 1
        return False

    @property
    def text(self) -> str:
        """The paragraphs, one a line."""
        return "".join(self._pieces) if self._stored is None or self._kind != "string" else self._stored

    def value(self) -> Cell:
        """The cell's value.

        Raises
        ------
        ValueError
            When what is stored is not of the kind that the cell says it is.
        """
        stored = self._stored or ""
        match self._kind:
            case kind if kind in _NUMBERS:
                number = number_of(stored)
                if number is None:
                    raise ValueError(kind)
                return number
            case "boolean":
                return stored == "true"
            case "date":
                return _date(stored)
            case _:
                return self.text or None


def _stored(kind: str, attrib: Mapping[str, str]) -> str | None:
    if kind in _NUMBERS:
        return attrib.get(f"{_OFFICE}value")
    return attrib.get(f"{_OFFICE}{kind}-value") if kind else None


def _date(text: str) -> date | datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None) if "T" in text else date.fromisoformat(text)


def _white(tag: str, attrib: Mapping[str, str]) -> str:
    match tag:
        case _ if tag == f"{_TEXT}s":
            count = attrib.get(f"{_TEXT}c", "1")
            return " " * min(int(count), _LONGEST_GAP) if count.isdecimal() and len(count) < 6 else " "
        case _ if tag == f"{_TEXT}tab":
            return "\t"
        case _ if tag == f"{_TEXT}line-break":
            return "\n"
        case _:
            return ""
