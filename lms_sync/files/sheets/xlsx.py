"""Workbooks of Excel (Office Open XML), read part by part as a stream.

Format: ECMA-376, part 1, chapter 18 (SpreadsheetML).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from lms_sync.errors import FileFault, FileRefused
from lms_sync.files.archives import ZipArchive
from lms_sync.files.markup import Quiet, feed, local_name
from lms_sync.files.sheets.grid import MAX_TEXT, Cell, Grid, Sheet, Workload
from lms_sync.files.sheets.numbers import number_of

__all__ = ["is_xlsx", "read_xlsx"]

_ROOT_RELATIONS = "_rels/.rels"
_WORKBOOK = "xl/workbook.xml"
"""Where the workbook usually is; some programs number it, and the root's relations then say where."""
_MOST_SHARED = 200_000
_MOST_ELEMENTS = 600_000
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"

_DATE_FORMATS = frozenset({14, 15, 16, 17, 27, 28, 29, 30, 31, 34, 35, 36, 50, 51, 52, 53, 54, 57, 58})
_TIME_FORMATS = frozenset({18, 19, 20, 21, 22, 32, 33, 45, 46, 47, 55, 56})
"""Built-in formats that show a date, or a time (18.8.30)."""
_NOT_A_DATE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]")
_EPOCH_1900, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_LEAP_BUG = 60
"""Excel counts a 29 February 1900 that never was; earlier days are off by one."""
_LAST_SERIAL = 2_900_000
"""In the year 9839; the calendar of dates ends soon after."""


def is_xlsx(archive: ZipArchive) -> bool:
    """Whether the archive is a workbook of this kind."""
    return _workbook_of(archive) in archive.names


def read_xlsx(archive: ZipArchive) -> tuple[Sheet, ...]:
    """Read all sheets.

    Raises
    ------
    FileRefused
        Damaged, or over a limit.
    """
    load = Workload()
    workbook = _workbook_of(archive)
    book: _Book = _part(archive, _Workbook(workbook))
    relations = _relations_of(archive, workbook)
    for one in relations.values():
        if one.kind == "sharedStrings":
            book.texts = _part(archive, _SharedTexts(one.path, load))
        elif one.kind == "styles":
            book.formats = _part(archive, _Styles(one.path))
    # Charts and macros stand among the sheets, with no part of ours.
    sheets = ((name, relations.get(relation)) for name, relation in book.sheets)
    return tuple(
        _part(archive, _Cells(one.path, Grid(name, load), book, load))
        for name, one in sheets
        if one is not None and one.kind == "worksheet"
    )


def _workbook_of(archive: ZipArchive) -> str:
    if _WORKBOOK in archive.names or _ROOT_RELATIONS not in archive.names:
        return _WORKBOOK
    relations: dict[str, _Relation] = _part(archive, _Relations(_ROOT_RELATIONS, folder="/"))
    found = (one.path for one in relations.values() if one.kind == "officeDocument" and one.path.startswith("xl/"))
    return next(found, _WORKBOOK)


def _relations_of(archive: ZipArchive, workbook: str) -> dict[str, _Relation]:
    folder, name = posixpath.split(workbook)
    relations: dict[str, _Relation] = _part(archive, _Relations(f"{folder}/_rels/{name}.rels", folder=f"/{folder}"))
    return relations


def _part(archive: ZipArchive, target: Any) -> Any:  # noqa: ANN401  each target builds its own
    return feed(target, archive.open(target.member).chunks(), member=target.member)


@dataclass(slots=True)
class _Book:
    sheets: list[tuple[str, str]] = field(default_factory=list)
    epoch: date = _EPOCH_1900
    texts: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)


class _Workbook(Quiet):
    def __init__(self, member: str) -> None:
        super().__init__(member)
        self._book = _Book()

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        match local_name(tag):
            case "sheet":
                relation = attrib.get(_RELATION) or attrib.get(_STRICT_RELATION) or ""
                self._book.sheets.append((attrib.get("name", ""), relation))
            case "workbookPr" if attrib.get("date1904") in {"1", "true"}:
                self._book.epoch = _EPOCH_1904

    def close(self) -> _Book:
        return self._book


@dataclass(frozen=True, slots=True)
class _Relation:
    """Another part of the workbook: what it is, in the last word of its type, and where in the archive."""

    kind: str
    path: str


class _Relations(Quiet):
    """Which part each relation leads to; what lies outside the archive is no part."""

    def __init__(self, member: str, *, folder: str) -> None:
        super().__init__(member)
        self._folder = folder
        self._found: dict[str, _Relation] = {}

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        if local_name(tag) == "Relationship" and attrib.get("TargetMode") != "External":
            path = posixpath.normpath(posixpath.join(self._folder, attrib.get("Target", "")))
            kind = attrib.get("Type", "").rpartition("/")[2]
            self._found[attrib.get("Id", "")] = _Relation(kind, path.removeprefix("/"))

    def close(self) -> dict[str, _Relation]:
        return self._found


class _Texts(Quiet):
    """Puts the text of an entry together: runs of rich text, without the hints for reading them aloud."""

    def __init__(self, member: str, load: Workload) -> None:
        super().__init__(member)
        self._load = load
        self._pieces: list[str] = []
        self._length = 0
        self._is_text = False
        self._in_hint = False

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        match local_name(tag):
            case "t":
                self._is_text = not self._in_hint
            case "rPh":
                self._in_hint = True

    def data(self, data: str) -> None:
        if self._is_text:
            self._length += len(data)
            if self._length > MAX_TEXT:
                raise FileRefused(FileFault.TEXT_TOO_LONG, "a text too long", facts={"limit": MAX_TEXT})
            self._pieces.append(data)

    def end(self, tag: str) -> None:
        match local_name(tag):
            case "t":
                self._is_text = False
            case "rPh":
                self._in_hint = False

    def take(self, *, sheet: str = "") -> str:
        """What was read since the last time."""
        if not self._pieces:
            return ""
        text = _ESCAPED.sub(_unescaped, "".join(self._pieces))
        self._pieces.clear()
        self._length = 0
        self._load.text(len(text), sheet=sheet)
        return text


def _unescaped(found: re.Match[str]) -> str:
    # Excel writes characters that XML cannot hold as _x000D_; halves of a pair are left as they are.
    letter = chr(int(found[1], 16))
    return letter if letter.isprintable() or letter in "\t\n\r" else found[0]


class _SharedTexts(_Texts):
    def __init__(self, member: str, load: Workload) -> None:
        super().__init__(member, load)
        self._found: list[str] = []

    def end(self, tag: str) -> None:
        super().end(tag)
        if local_name(tag) == "si":
            self._found.append(self.take())
            if len(self._found) > _MOST_SHARED:
                raise FileRefused(FileFault.TOO_MANY_CELLS, "too many shared texts", facts={"limit": _MOST_SHARED})

    def close(self) -> list[str]:
        return self._found


class _Styles(Quiet):
    """For each style of cells: "date", "time" (with or without a date), "elapsed" (hours and more) or "" (a number)."""

    def __init__(self, member: str) -> None:
        super().__init__(member)
        self._own: dict[int, str] = {}
        self._found: list[str] = []
        self._in_cells = False

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        match local_name(tag):
            case "numFmt":
                self._own[_index(attrib.get("numFmtId"))] = _shows(attrib.get("formatCode", ""))
            case "cellXfs":
                self._in_cells = True
            case "xf" if self._in_cells:
                number = _index(attrib.get("numFmtId"))
                self._found.append(self._own.get(number, _built_in(number)))

    def end(self, tag: str) -> None:
        if local_name(tag) == "cellXfs":
            self._in_cells = False

    def close(self) -> list[str]:
        return self._found


def _built_in(number: int) -> str:
    if number in _DATE_FORMATS:
        return "date"
    return "time" if number in _TIME_FORMATS else ""


def _shows(code: str) -> str:
    # What is quoted or in brackets is not a part of a date, and only the first section is of numbers above zero.
    first = code.split(";", 1)[0].lower()
    if _ELAPSED.search(first):
        return "elapsed"
    letters = _NOT_A_DATE.sub("", first)
    if "general" in letters:
        return ""
    if "h" in letters or "s" in letters:
        return "time"
    return "date" if "d" in letters or "y" in letters or "m" in letters else ""


def _index(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 10 else -1


class _Cells(_Texts):
    """The cells of one sheet."""

    def __init__(self, member: str, grid: Grid, book: _Book, load: Workload) -> None:
        super().__init__(member, load)
        self._grid = grid
        self._book = book
        self._row = self._column = -1
        self._kind = self._style = ""
        self._value: list[str] = []
        self._is_value = False
        self._elements = 0

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        match local_name(tag):
            case "c":
                self._begin(attrib)
            case "row":
                number = _index(attrib.get("r"))
                self._row, self._column = number - 1 if number > 0 else self._row + 1, -1
            case "v":
                self._is_value = True
            case _:
                super().start(tag, attrib)

    def _begin(self, attrib: Mapping[str, str]) -> None:
        self._elements += 1
        if self._elements > _MOST_ELEMENTS:
            facts = {"limit": _MOST_ELEMENTS}
            raise FileRefused(FileFault.TOO_MANY_CELLS, "too many cells", member=self._grid.name, facts=facts)
        self._kind, self._style = attrib.get("t", "n"), attrib.get("s", "")
        place = _REFERENCE.fullmatch(attrib.get("r", ""))
        if place is None:
            self._column += 1
        else:
            self._row, self._column = int(place[2]) - 1, _column(place[1])

    def data(self, data: str) -> None:
        if self._is_value:
            self._value.append(data)
        else:
            super().data(data)

    def end(self, tag: str) -> None:
        match local_name(tag):
            case "v":
                self._is_value = False
            case "c":
                self._finish()
            case _:
                super().end(tag)

    def _finish(self) -> None:
        inline = self.take(sheet=self._grid.name)
        if self._kind == "inlineStr":
            self._grid.put(self._row, self._column, inline)
        elif self._value:
            text = "".join(self._value)
            self._value.clear()
            self._grid.put(self._row, self._column, self._cell(text))

    def _cell(self, text: str) -> Cell:
        match self._kind:
            case "s":
                return self._shared(text)
            case "b":
                return text.strip() == "1"
            case "n":
                return self._number(text)
            case _:
                # A formula's text, an error such as #N/A, or a date of the strict form: all are texts here.
                self._load.text(len(text), sheet=self._grid.name)
                return text

    def _shared(self, text: str) -> str:
        number = _index(text.strip())
        if not 0 <= number < len(self._book.texts):
            raise self._bad("no such shared text")
        return self._book.texts[number]

    def _number(self, text: str) -> Cell:
        number = number_of(text)
        if number is None:
            raise self._bad("not a number")
        style = _index(self._style)
        shows = self._book.formats[style] if 0 <= style < len(self._book.formats) else ""
        return _moment(number, shows, self._book.epoch) if shows and 0 <= number <= _LAST_SERIAL else number

    def _bad(self, message: str) -> FileRefused:
        return self._grid.bad_value(self._row, self._column, message)

    def close(self) -> Sheet:
        return self._grid.sheet()


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _moment(serial: Decimal, shows: str, epoch: date) -> Cell:
    days = int(serial)
    seconds = round((serial - days) * 86_400)
    if shows == "elapsed" or (shows == "time" and not days):
        hours, rest = divmod(days * 86_400 + seconds, 3_600)
        return f"{hours}:{rest // 60:02}:{rest % 60:02}"
    if epoch == _EPOCH_1900 and days < _LEAP_BUG:
        days += 1
    day = epoch + timedelta(days=days)
    if shows == "date":
        return day
    return datetime(day.year, day.month, day.day) + timedelta(seconds=seconds)  # noqa: DTZ001  a spreadsheet has no zone
