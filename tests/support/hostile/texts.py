"""Texts that are no tables, or tables without end."""

from __future__ import annotations

from lms_sync.errors import FileFault
from tests.support.hostile.registry import MB, RANDOM, hostile


@hostile("sheets", FileFault.UNKNOWN_FORMAT)
def a_text_with_zero_bytes() -> bytes:
    return b"a,b\n1,2\0\n"


@hostile("sheets", FileFault.UNKNOWN_FORMAT)
def a_program() -> bytes:
    return b"\x7fELF" + bytes(10_000)


@hostile("sheets", FileFault.UNKNOWN_FORMAT)
def a_picture() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + RANDOM.randbytes(10_000)


@hostile("sheets", FileFault.ENCODING)
def a_text_of_no_encoding() -> bytes:
    return b"a;\x98\n" * 1_000


@hostile("sheets", FileFault.TOO_LARGE)
def a_line_of_50_mb() -> bytes:
    return b"x" * (50 * MB)


@hostile("sheets", FileFault.TEXT_TOO_LONG)
def a_line_of_19_mb() -> bytes:
    return b"x" * (19 * MB)


@hostile("sheets", FileFault.TEXT_TOO_LONG)
def a_line_of_19_million_separators() -> bytes:
    return b"," * (19 * MB)


@hostile("sheets", FileFault.TOO_MANY_COLUMNS)
def a_line_of_a_million_separators() -> bytes:
    return b"," * 1_000_000 + b"1"


@hostile("sheets", FileFault.TEXT_TOO_LONG)
def a_quotation_without_end() -> bytes:
    return b'a,b\n"' + b"x,y\n" * (4 * MB)


@hostile("sheets", FileFault.TEXT_TOO_LONG)
def a_row_of_quoted_line_ends() -> bytes:
    return b'"\n",' * (4 * MB)


@hostile("sheets", FileFault.TOO_MANY_ROWS)
def a_text_of_a_million_rows() -> bytes:
    return b"1\n" * 1_000_000


@hostile("sheets", FileFault.TOO_MANY_CELLS)
def a_text_of_a_million_cells() -> bytes:
    return (b"1," * 99 + b"1\n") * 10_000


@hostile("sheets", FileFault.TOO_MANY_ROWS)
def a_text_of_ten_million_empty_lines() -> bytes:
    return b"a,b\n" + b"\n" * (9 * MB)


@hostile("gradebook", None)
def formulas_in_names() -> bytes:
    return b"Username,Essay (Real)\n=1+1,5\n@SUM(A1),6\n+7,7\n-8,8\n"


@hostile("gradebook", FileFault.NO_HEADER)
def a_table_of_something_else() -> bytes:
    return b"a,b,c\n1,2,3\n"
