"""Spreadsheets as plain rows of values: XLSX, ODS and CSV, told apart by their content.

Formulas are not evaluated: a cell has the value that was stored with it. Texts stay as they are, also those that look
like numbers. Numbers are exact decimals of what the spreadsheet shows: it keeps binary fractions of 15 digits, so
92.299999999999997 is 92.3. In CSV every cell is a text. Dates have no time zone, because a spreadsheet has none.

Why a reader of our own: a sheet of two cells in opposite corners makes ``python-calamine`` ask for a full grid, and the
process ends; ``openpyxl`` is as fast as this, reads no ODS, and takes shared texts of any size into memory.
"""

from __future__ import annotations

import io
from typing import BinaryIO

from lms_sync.errors import FileFault, FileRefused
from lms_sync.files.archives import ZipArchive, is_zip
from lms_sync.files.sheets.delimited import read_delimited
from lms_sync.files.sheets.grid import ARCHIVE, MAX_FILE_BYTES, Cell, Row, Sheet
from lms_sync.files.sheets.ods import is_ods, read_ods
from lms_sync.files.sheets.xlsx import is_xlsx, read_xlsx

__all__ = ["Cell", "Row", "Sheet", "read_sheets"]

_COMPOUND_FILE = b"\xd0\xcf\x11\xe0"


def read_sheets(data: bytes | BinaryIO, *, filename: str = "") -> tuple[Sheet, ...]:
    """Read all sheets of a workbook; a CSV file is one sheet.

    Parameters
    ----------
    data
        The file, or an open and seekable one.
    filename
        Names the sheet of a CSV file; says nothing about the kind.

    Returns
    -------
    tuple of Sheet
        In the workbook's order, hidden ones included. Row ``i`` of a sheet is shown by a spreadsheet as row ``i + 1``.

    Raises
    ------
    FileRefused
        Of another kind, damaged, encrypted or over a limit; with the sheet, row and column where there is one.
    """
    source = io.BytesIO(data) if isinstance(data, (bytes, bytearray)) else data
    _check_size(source)
    head = source.read(4)
    source.seek(0)
    if head.startswith(_COMPOUND_FILE):
        raise FileRefused(FileFault.OLD_OR_LOCKED, "an old workbook, or one under a password")
    if not is_zip(head):
        return (read_delimited(source, name=filename),)
    archive = ZipArchive(source, limits=ARCHIVE)
    if is_xlsx(archive):
        return read_xlsx(archive)
    if is_ods(archive):
        return read_ods(archive)
    raise FileRefused(FileFault.UNKNOWN_FORMAT, "a zip archive that is no workbook")


def _check_size(source: BinaryIO) -> None:
    size = source.seek(0, io.SEEK_END)
    source.seek(0)
    if not size:
        raise FileRefused(FileFault.EMPTY, "an empty file")
    if size > MAX_FILE_BYTES:
        raise FileRefused(FileFault.TOO_LARGE, "file too large", facts={"limit": MAX_FILE_BYTES})
