"""Gradebook exports in XML: ID numbers of people and items, and nothing else to know them by.

Moodle writes feedback into it as it is, entities of HTML included, which XML does not know; those are replaced first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

from lms_sync.errors import FileFault, FileRefused
from lms_sync.files.gradebook.sheet import (
    GradeColumn,
    GradeSheet,
    SheetMark,
    SheetPerson,
    SheetProblem,
    SheetProblemCode,
)
from lms_sync.files.gradebook.table import number_in
from lms_sync.files.markup import Quiet, feed
from lms_sync.files.sheets.grid import MAX_CELLS, MAX_TEXT

__all__ = ["read_results"]

_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_PIECE = 65_536
_XML_ENTITIES = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})
_FIELDS = frozenset({"assignment", "student", "score", "feedback"})
_NO_MARK = frozenset({"", "-"})


def read_results(data: bytes) -> GradeSheet:
    """Read ``<results>``; a problem's row is the number of the ``<result>``.

    Raises
    ------
    FileRefused
        Not such a document, or over a limit.
    """
    known = _ENTITY.sub(_character, data)
    pieces = (known[start : start + _PIECE] for start in range(0, len(known), _PIECE))
    return _sheet(feed(_Results("results.xml"), pieces, member=""))


def _character(found: re.Match[bytes]) -> bytes:
    if found[1] in _XML_ENTITIES:
        return found[0]
    character = unescape(found[0].decode("ascii"))
    return b"&amp;" + found[0][1:] if character.startswith("&") else character.encode("utf-8")


class _Results(Quiet):
    def __init__(self, member: str) -> None:
        super().__init__(member)
        self._found: list[dict[str, str]] = []
        self._depth = 0
        self._pieces: list[str] = []
        self._length = 0

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        if not self._depth and tag != "results":
            raise FileRefused(FileFault.UNKNOWN_FORMAT, "not a gradebook export")
        self._depth += 1
        self._pieces.clear()
        self._length = 0
        if tag == "result":
            self._found.append({})
            if len(self._found) > MAX_CELLS:
                raise FileRefused(FileFault.TOO_MANY_CELLS, "too many results", facts={"limit": MAX_CELLS})

    def data(self, data: str) -> None:
        self._length += len(data)
        if self._length > MAX_TEXT:
            raise FileRefused(FileFault.TEXT_TOO_LONG, "a text too long", facts={"limit": MAX_TEXT})
        self._pieces.append(data)

    def end(self, tag: str) -> None:
        self._depth -= 1
        # Where two forms of a mark were exported there are two scores: the first is the one that was asked for first.
        if tag in _FIELDS and self._found:
            self._found[-1].setdefault(tag, "".join(self._pieces).strip())

    def close(self) -> list[dict[str, str]]:
        return self._found


def _sheet(found: list[dict[str, str]]) -> GradeSheet:
    people: dict[str, SheetPerson] = {}
    items: dict[str, int] = {}
    problems, cells = [], []
    for row, result in enumerate(found, 1):
        student, item = result.get("student", ""), result.get("assignment", "")
        if not student or not item:
            problems.append(SheetProblem(row, None, SheetProblemCode.NOBODY))
            continue
        person = people.setdefault(student, SheetPerson(row=row, idnumber=student))
        cells.append((row, person.row, items.setdefault(item, len(items) + 1), result))
    scales = _scales(cells)
    marks = []
    for row, person_row, number, result in cells:
        mark, problem = _mark(row, person_row, number, result, is_scale=number in scales)
        marks += [mark] if mark else []
        problems += [problem] if problem else []
    columns = tuple(
        GradeColumn(number, "mod", None, "", idnumber, number in scales) for idnumber, number in items.items()
    )
    return GradeSheet("results", columns, tuple(people.values()), tuple(marks), tuple(problems))


_Cell = tuple[int, int, int, dict[str, str]]


def _scales(cells: list[_Cell]) -> set[int]:
    """The columns whose marks are all words."""
    worded: set[int] = set()
    numbered: set[int] = set()
    for _, _, number, result in cells:
        score = result.get("score", "")
        if score not in _NO_MARK:
            (worded if number_in(score) is None else numbered).add(number)
    return worded - numbered


def _mark(
    row: int, person_row: int, number: int, result: dict[str, str], *, is_scale: bool
) -> tuple[SheetMark | None, SheetProblem | None]:
    score, feedback = result.get("score", ""), result.get("feedback", "")
    if score in _NO_MARK:
        return (SheetMark(person_row, number, feedback=feedback), None) if feedback else (None, None)
    if is_scale:
        return SheetMark(person_row, number, label=score, feedback=feedback), None
    grade = number_in(score)
    if grade is None:
        return None, SheetProblem(row, None, SheetProblemCode.NOT_A_NUMBER)
    if score.endswith("%"):
        return SheetMark(person_row, number, percentage=grade, feedback=feedback), None
    return SheetMark(person_row, number, grade=grade, feedback=feedback), None
