"""Gradebook exports that are tables: XLSX, ODS, text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from lms_sync.errors import FileFault, FileRefused
from lms_sync.files.gradebook import words
from lms_sync.files.gradebook.sheet import (
    GradeColumn,
    GradeSheet,
    SheetMark,
    SheetPerson,
    SheetProblem,
    SheetProblemCode,
)
from lms_sync.files.gradebook.words import Form
from lms_sync.files.sheets import Cell, Row, Sheet
from lms_sync.payloads.fields import canonical

__all__ = ["grade_sheet", "number_in"]

_HEADER_ROWS = 20
"""A header stands at the top; somebody may have written a title above it."""
_LATEST_S = 253_402_300_799
_NUMBER = re.compile(r"[+-]?\d{1,12}(?:[.,]\d{1,10})?", re.ASCII)
_NO_MARK = frozenset({"", "-", "–", "—"})
_LARGEST = 10**5
"""Moodle keeps marks below it."""
_YES = frozenset({"yes", "да", "1", "true"})
_EXPECTED = "First name, Last name / Имя, Фамилия"


def grade_sheet(sheets: Sequence[Sheet]) -> GradeSheet:
    """The export in the first sheet that has its header.

    Raises
    ------
    FileRefused
        No sheet has names of people and at least one column of marks.
    """
    for sheet in sheets:
        for index, row in enumerate(sheet.rows[:_HEADER_ROWS]):
            header = _Header.of(row)
            if header is not None:
                return _Reading(sheet, header, index).read()
    facts = {"expected": _EXPECTED}
    raise FileRefused(FileFault.NO_HEADER, "no header of a gradebook export", facts=facts)


def number_in(text: str) -> Decimal | None:
    """A number as people and exports write it: point or comma, perhaps a percent sign; None for anything else.

    Examples
    --------
    >>> number_in("60,30"), number_in("48.00 %"), number_in("готов")
    (Decimal('60.3'), Decimal('48'), None)
    """
    bare = re.sub(r"\s", "", text.removesuffix("%"))
    return canonical(Decimal(bare.replace(",", "."))) if _NUMBER.fullmatch(bare) else None


@dataclass(slots=True)
class _Header:
    """Which column is what; positions count from 0."""

    identity: dict[str, int] = field(default_factory=dict)
    items: dict[str, dict[Form, int]] = field(default_factory=dict)
    twice: list[tuple[int, str]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    time_of_export: int | None = None

    @staticmethod
    def of(row: Row) -> _Header | None:
        header = _Header()
        for position, cell in enumerate(row):
            if isinstance(cell, str):
                header._take(position, words.plain(cell))
        names = {"first_name", "last_name", "idnumber", "username", "email"}
        return header if names & header.identity.keys() and header.items else None

    def _take(self, position: int, name: str) -> None:
        known, item = words.IDENTITY.get(name.casefold()), words.form_of(name)
        if known:
            self.identity.setdefault(known, position)
        elif name.casefold() in words.TIME_OF_EXPORT:
            self.time_of_export = position
        elif item is None:
            self.ignored += [name] if name else []
        elif item[1] in self.items.setdefault(item[0], {}):
            self.twice.append((position, item[0]))
        else:
            self.items[item[0]][item[1]] = position


@dataclass(slots=True)
class _Reading:
    sheet: Sheet
    header: _Header
    top: int
    problems: list[SheetProblem] = field(default_factory=list)

    def read(self) -> GradeSheet:
        """Read people, then marks, column by column."""
        rows = {number: row for number, row in enumerate(self.sheet.rows[self.top + 1 :], self.top + 2) if any(row)}
        people = list(self._people(rows))
        known = {person.row: rows[person.row] for person in people}
        ambiguous = {name for _, name in self.header.twice}
        for position, name in self.header.twice:
            self._tell(self.top + 1, position, SheetProblemCode.COLUMN_TWICE, name)
        columns, marks = [], []
        for name, forms in self.header.items.items():
            if name not in ambiguous:
                column, its_marks = self._column(name, forms, known)
                columns.append(column)
                marks += its_marks
        problems = tuple(sorted(self.problems, key=lambda one: (one.row, one.column or 0)))
        ignored = tuple(self.header.ignored)
        exported_at = self._exported_at(known)
        return GradeSheet(self.sheet.name, tuple(columns), tuple(people), tuple(marks), problems, ignored, exported_at)

    def _exported_at(self, rows: Mapping[int, Row]) -> datetime | None:
        position = self.header.time_of_export
        if position is None:
            return None
        for row in rows.values():
            seconds = number_in(_text(_at(row, position)))
            if seconds is not None and 0 < seconds < _LATEST_S:
                return datetime.fromtimestamp(int(seconds), UTC)
        return None

    def _tell(self, row: int, position: int | None, code: SheetProblemCode, name: str = "") -> None:
        column = None if position is None else position + 1
        self.problems.append(SheetProblem(row, column, code, name))

    def _people(self, rows: Mapping[int, Row]) -> Iterator[SheetPerson]:
        seen: dict[tuple[str, ...], int] = {}
        for number, row in rows.items():
            person = self._person(number, row)
            if not any(person.identity):
                self._tell(number, None, SheetProblemCode.NOBODY)
            elif person.identity in seen:
                self._tell(number, None, SheetProblemCode.TWICE, str(seen[person.identity]))
            else:
                seen[person.identity] = number
                yield person

    def _person(self, number: int, row: Row) -> SheetPerson:
        texts = {name: _text(_at(row, position)) for name, position in self.header.identity.items()}
        suspended = texts.pop("suspended", None)
        is_suspended = None if suspended is None else suspended.casefold() in _YES
        return SheetPerson(row=number, suspended=is_suspended, **texts)

    def _column(
        self, name: str, forms: Mapping[Form, int], rows: Mapping[int, Row]
    ) -> tuple[GradeColumn, list[SheetMark]]:
        number = min(forms.values()) + 1
        real = {row: _at(cells, forms[Form.REAL]) for row, cells in rows.items()} if Form.REAL in forms else {}
        is_scale = _is_scale(real.values())
        marks = [
            mark
            for row, cells in rows.items()
            if (mark := self._mark(row, number, cells, forms, is_scale=is_scale)) is not None
        ]
        column = _grade_column(number, name, is_scale=is_scale)
        return replace(column, has_marks=bool(forms.keys() & {Form.REAL, Form.PERCENTAGE})), marks

    def _mark(
        self, row: int, number: int, cells: Row, forms: Mapping[Form, int], *, is_scale: bool
    ) -> SheetMark | None:
        given = {form: _at(cells, position) for form, position in forms.items()}
        real = given.get(Form.REAL)
        grade = None if is_scale else self._number(real, row, forms.get(Form.REAL))
        label = _text(real) if is_scale and _text(real) not in _NO_MARK else ""
        percentage = self._number(given.get(Form.PERCENTAGE), row, forms.get(Form.PERCENTAGE))
        feedback = _text(given.get(Form.FEEDBACK))
        if grade is None and not label and percentage is None and not feedback:
            return None
        return SheetMark(row, number, grade, label, percentage, feedback)

    def _number(self, cell: Cell, row: int, position: int | None) -> Decimal | None:
        text = _text(cell)
        number = cell if isinstance(cell, Decimal) else number_in(text)
        if number is not None and abs(number) < _LARGEST:
            return canonical(number) + 0
        if text not in _NO_MARK:
            code = SheetProblemCode.A_DATE if isinstance(cell, date) else SheetProblemCode.NOT_A_NUMBER
            self._tell(row, position, code)
        return None


def _at(row: Row, position: int) -> Cell:
    return row[position] if position < len(row) else None


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell).strip()


def _is_scale(cells: Iterable[Cell]) -> bool:
    """Whether a column's marks are words: there are some, and none of them is a number."""
    given = [cell for cell in cells if _text(cell) not in _NO_MARK]
    return bool(given) and not any(_is_number(cell) for cell in given)


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, (Decimal, date)) or number_in(_text(cell)) is not None


def _grade_column(number: int, name: str, *, is_scale: bool) -> GradeColumn:
    if name.casefold() in words.COURSE_TOTALS:
        return GradeColumn(number, "course", None, "", is_scale=is_scale)
    category = words.category_of(name)
    kind, _, rest = name.partition(":")
    module = words.MODULES.get(kind.strip().casefold()) if rest else None
    if module:
        return GradeColumn(number, "mod", module, rest.strip(), is_scale=is_scale)
    if category:
        return GradeColumn(number, "category", None, category, is_scale=is_scale)
    return GradeColumn(number, "manual", None, name, is_scale=is_scale)
