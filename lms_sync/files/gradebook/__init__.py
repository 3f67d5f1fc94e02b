"""Gradebook exports (XLSX, ODS, text, XML), as Moodle writes them in English or Russian, as one neutral sheet.

An export names people and items by what is shown: it has no ids. Whose rows they are is the store's to find. What an
export lacks is in docs/files.md.

Format: grade/export in Moodle's source, its base class and the four plugins.
"""

from __future__ import annotations

import io
from typing import BinaryIO

from lms_sync.errors import FileFault, FileRefused
from lms_sync.files.gradebook.results import read_results
from lms_sync.files.gradebook.sheet import (
    GradeColumn,
    GradeSheet,
    SheetMark,
    SheetPerson,
    SheetProblem,
    SheetProblemCode,
)
from lms_sync.files.gradebook.table import grade_sheet
from lms_sync.files.sheets import read_sheets
from lms_sync.files.sheets.grid import MAX_FILE_BYTES

__all__ = [
    "GradeColumn",
    "GradeSheet",
    "SheetMark",
    "SheetPerson",
    "SheetProblem",
    "SheetProblemCode",
    "read_gradebook",
]


def read_gradebook(data: bytes | BinaryIO, *, filename: str = "") -> GradeSheet:
    """Read a gradebook export of any of the four formats.

    Parameters
    ----------
    data
        The file, or an open and seekable one.
    filename
        Names the sheet of a text table; says nothing about the kind.

    Raises
    ------
    FileRefused
        Of another kind, damaged, over a limit, or without the header of an export. What is wrong with single rows and
        cells is told in the sheet's ``problems`` instead.
    """
    source = io.BytesIO(data) if isinstance(data, (bytes, bytearray)) else data
    source.seek(0)
    if not source.read(8).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        source.seek(0)
        return grade_sheet(read_sheets(source, filename=filename))
    source.seek(0)
    content = source.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise FileRefused(FileFault.TOO_LARGE, "file too large", facts={"limit": MAX_FILE_BYTES})
    return read_results(content)
