"""Text tables: CSV with commas or semicolons, and tab-separated text, as spreadsheets and Moodle write them.

UTF-8 (with or without its mark) or Windows-1251, which Russian Excel writes; UTF-16 with its mark, Excel's "Unicode
text". Which separator it is shows in the header: the one that parts the first rows alike, into the most columns.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, TextIO

from lms_sync.errors import FileFault, FileRefused
from lms_sync.files.sheets.grid import MAX_COLUMNS, MAX_ROWS, MAX_TEXT, Grid, Sheet, Workload

__all__ = ["read_delimited"]

_SEPARATORS = ",;\t"
_SAMPLE_ROWS = 20
_LONGEST_RECORD = 1 << 20
"""Characters of one row, line ends within quotes included."""
_MOST_LINES = 5_000
"""Lines of one row: a cell of several lines has few."""
_HEAD = 512
_OTHER_KINDS = (b"<", b"\xef\xbb\xbf<", b"{", b"%PDF")
_MOST_RECORDS = 20 * MAX_ROWS
"""Rows, empty ones included."""
_CONTROL_BYTE = re.compile(b"[\0-\x08\x0b\x0c\x0e-\x1f]")
_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f]")
_SEPARATOR_ROW = re.compile(r"sep=([,;\t|])\r?\n?\Z")
"""How Excel is told; it shows no such row."""
_PIECE = 1 << 20


def read_delimited(source: BinaryIO, *, name: str) -> Sheet:
    """Read a text table.

    Raises
    ------
    FileRefused
        No text, a text of other characters, or over a limit.
    """
    encoding = _encoding(source)
    separator = _separator(source, encoding)
    grid = Grid(name, load := Workload())
    for index, row in enumerate(_rows(source, encoding, separator)):
        if index >= _MOST_RECORDS:
            facts = {"limit": MAX_ROWS}
            raise FileRefused(FileFault.TOO_MANY_ROWS, "too many rows", member=name, row=index + 1, facts=facts)
        if len(row) > MAX_COLUMNS:
            facts = {"limit": MAX_COLUMNS}
            raise FileRefused(FileFault.TOO_MANY_COLUMNS, "too many columns", row=index + 1, facts=facts)
        for column, text in enumerate(row):
            load.text(len(text), sheet=name)
            grid.put(index, column, text)
    return grid.sheet()


@contextmanager
def _text(source: BinaryIO, encoding: str) -> Iterator[TextIO]:
    source.seek(0)
    text = io.TextIOWrapper(source, encoding=encoding, newline="")
    try:
        yield text
    finally:
        # A wrapper closes its file when it goes, unless it lets go of it.
        text.detach()


def _encoding(source: BinaryIO) -> str:
    head = source.read(_HEAD)
    marked = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if head.startswith(_OTHER_KINDS) or (not marked and _CONTROL_BYTE.search(head)):
        raise FileRefused(FileFault.UNKNOWN_FORMAT, "not a table")
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1251"):
        if _decodes(source, encoding):
            return encoding
    raise FileRefused(FileFault.ENCODING, "neither UTF-8 nor Windows-1251")


def _decodes(source: BinaryIO, encoding: str) -> bool:
    with _text(source, encoding) as text:
        try:
            while piece := text.read(_PIECE):
                if _CONTROL.search(piece):
                    raise FileRefused(FileFault.UNKNOWN_FORMAT, "not a text")
        except UnicodeDecodeError:
            return False
    return True


class _Lines:
    """The lines of a text, with a bound on those that make up one row."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._characters = 0
        self._lines = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._text.readline(_LONGEST_RECORD + 1):
            self._characters += len(line)
            self._lines += 1
            if self._characters > _LONGEST_RECORD or self._lines > _MOST_LINES:
                facts = {"limit": _LONGEST_RECORD}
                raise FileRefused(FileFault.TEXT_TOO_LONG, "a row without an end", facts=facts)
            yield line

    def next_row(self) -> None:
        """Begin to count anew."""
        self._characters = self._lines = 0


def _rows(source: BinaryIO, encoding: str, separator: str) -> Iterator[list[str]]:
    with _text(source, encoding) as text:
        lines = _Lines(text)
        rows = csv.reader(iter(lines), delimiter=separator)
        try:
            for row in rows:
                lines.next_row()
                if not _SEPARATOR_ROW.match(separator.join(row)):
                    yield row
        except csv.Error as err:
            raise FileRefused(FileFault.TEXT_TOO_LONG, "a cell too long", facts={"limit": MAX_TEXT}) from err


def _separator(source: BinaryIO, encoding: str) -> str:
    with _text(source, encoding) as text:
        named = _SEPARATOR_ROW.match(text.readline(16))
    if named:
        return named[1]
    return max(_SEPARATORS, key=lambda separator: _likeness(source, encoding, separator))


def _likeness(source: BinaryIO, encoding: str, separator: str) -> tuple[int, int]:
    try:
        rows = list(itertools.islice(_rows(source, encoding, separator), _SAMPLE_ROWS))
    except FileRefused:
        # Taken for one cell, a long row is too long.
        return 0, 0
    columns = len(rows[0]) if rows else 0
    return (sum(len(row) == columns for row in rows), columns) if columns > 1 else (0, 0)
