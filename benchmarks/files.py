"""Files from outside: hostile ones against the bar of 2 s and 200 MB each, and large sound ones.

``openpyxl`` is the peer for a large workbook, where it is installed. ``python-calamine`` is no peer: it is faster, and
a sheet of two cells in opposite corners makes it ask for a full grid, at which the process ends.
"""

from __future__ import annotations

import importlib.util
import io
import json
import subprocess
import sys
import tempfile

import xlsxwriter

from benchmarks.harness import Row, at_most, measured, medians_s, skipped
from lms_sync.files.backup import read_backup
from lms_sync.files.gradebook import read_gradebook
from lms_sync.files.sheets import read_sheets
from tests.support.backups import made

PEOPLE, ITEMS = 2_000, 40


def rows() -> list[Row]:
    """Measure all three."""
    return [*hostile(), *workbook(), backup()]


def hostile() -> list[Row]:
    """Read each hostile file in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.support.hostile", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    slowest = max(found, key=lambda one: one["seconds"])
    largest = max(found, key=lambda one: one["megabytes"])
    count = f"{len(found)} hostile files"
    return [
        at_most(f"{count}, the slowest ({slowest['name']})", slowest["seconds"], "s", "a limit", 2),
        at_most(f"{count}, the largest ({largest['name']})", largest["megabytes"], "MB", "a limit", 200),
    ]


def gradebook() -> bytes:
    """A gradebook of 2,000 people and 40 items as Moodle exports it: marks as numbers, names as texts."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Grades")
        sheet.write_row(0, 0, ["First name", "Last name", "ID number"])
        sheet.write_row(0, 3, [f"Assignment: Task {item} (Real)" for item in range(ITEMS)])
        for person in range(PEOPLE):
            sheet.write_row(person + 1, 0, [f"Имя {person}", f"Фамилия {person}", f"A{person}"])
            sheet.write_row(person + 1, 3, [(person * 7 + item * 13) % 1_001 / 10 for item in range(ITEMS)])
    return out.getvalue()


def workbook() -> list[Row]:
    """Read the gradebook as cells, against a reader that only does that, and as people and marks."""
    data = gradebook()
    name = f"gradebook export of {PEOPLE} x {ITEMS}, XLSX"
    if importlib.util.find_spec("openpyxl") is None:
        return [skipped(name, "openpyxl is not installed")]
    import openpyxl

    def peer() -> object:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]

    cells, whole, theirs = medians_s([lambda: read_sheets(data), lambda: read_gradebook(data), peer], runs=3)
    return [
        at_most(f"{name}, cells alone", cells / theirs, "times the peer's time", "openpyxl", 1.5),
        measured(f"{name}, people and marks told apart", whole, "s"),
    ]


def backup() -> Row:
    """Read a backup with one graded item a thousand people wide, many times over."""
    cells = "".join(
        f'<grade_grade id="{n}"><userid>{n}</userid><finalgrade>{n % 100}.50000</finalgrade></grade_grade>'
        for n in range(1, PEOPLE + 1)
    )
    items = "".join(
        f'<grade_item id="{n}"><itemtype>manual</itemtype><grade_grades>{cells}</grade_grades></grade_item>'
        for n in range(1, ITEMS + 1)
    )
    data = made({"gradebook.xml": f"<gradebook><grade_items>{items}</grade_items></gradebook>"})
    (taken,) = medians_s([lambda: read_backup(data)], runs=3)
    return measured(f"course backup with {PEOPLE * ITEMS} marks", taken, "s")
