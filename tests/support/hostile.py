"""Files such as only a mischief-maker would give us: more than a hundred, each made here by code.

``HOSTILE`` names each with its reader and the fault that it is refused with; None where it is read harmlessly, because
the trick touches nothing that is ever looked at. ``python -m tests.support.hostile FOLDER`` writes each into the
folder, reads it in a process of its own, and prints as JSON what came of it, the seconds and the megabytes it took.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import resource
import struct
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from lms_sync.errors import FileFault, FileRefused
from lms_sync.files.backup import read_backup
from lms_sync.files.gradebook import read_gradebook
from lms_sync.files.sheets import read_sheets
from tests.support.backups import FILES, changed, made, members_of
from tests.support.workbooks import SHEET, gz_tar, ods, tar_entry, xlsx, zipped

__all__ = ["HOSTILE", "Hostile", "Outcome", "outcomes"]

MB = 1 << 20


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file, what reads it, and how it must end."""

    name: str
    reader: str
    make: Callable[[], bytes]
    fault: FileFault | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a file: the fault, "read", or the name of an exception that must not be.

    ``seconds`` are the processor's: on a busy machine the clock's say little. ``megabytes`` are what the process grew
    by at its largest.
    """

    name: str
    ended: str
    seconds: float
    megabytes: float
    packed_bytes: int


READERS: dict[str, Callable[[io.BufferedReader], object]] = {
    "sheets": read_sheets,
    "gradebook": read_gradebook,
    "backup": read_backup,
}

HOSTILE: dict[str, Hostile] = {}


def hostile(reader: str, fault: FileFault | None) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    """Enter a maker of a file into the list."""

    def enter(make: Callable[[], bytes]) -> Callable[[], bytes]:
        name = make.__name__
        HOSTILE[name] = Hostile(name, reader, make, fault)
        return make

    return enter


def _enter(name: str, reader: str, make: Callable[[], bytes], fault: FileFault | None) -> None:
    HOSTILE[name] = Hostile(name, reader, make, fault)


# ------------------------------------------------------------ XML, wherever it stands


_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCTYPES = {
    "xxe_file": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    "xxe_network": '<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/secret">]>',
    "external_document_type": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    "parameter_entity": '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
    "billion_laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{_LAUGHS}]>',
    "quadratic_blowup": f'<!DOCTYPE x [<!ENTITY e "{"A" * 100_000}">]>',
    "empty_document_type": "<!DOCTYPE x>",
}


def _in_sheet(doctype: str) -> bytes:
    return xlsx("<row><c><v>1</v></c></row>", doctype=doctype)


def _in_shared_texts(doctype: str) -> bytes:
    return xlsx("", others={"xl/sharedStrings.xml": f"{doctype}<sst><si><t>&e;</t></si></sst>"})


def _in_ods(doctype: str) -> bytes:
    return ods("<table:table/>", doctype=doctype)


def _in_results(doctype: str) -> bytes:
    return f"{doctype}<results><result><score>&l9;&e;</score></result></results>".encode()


def _in_users(doctype: str) -> bytes:
    return made({"users.xml": f'{doctype}<users><user id="1"><username>&e;</username></user></users>'}).getvalue()


def _in_cover(doctype: str) -> bytes:
    return zipped({"moodle_backup.xml": f"{doctype}<moodle_backup/>"})


for _name, _doctype in DOCTYPES.items():
    for _place, _reader, _make in (
        ("sheet", "sheets", _in_sheet),
        ("shared_texts", "sheets", _in_shared_texts),
        ("ods", "sheets", _in_ods),
        ("results", "gradebook", _in_results),
        ("users", "backup", _in_users),
        ("cover", "backup", _in_cover),
    ):
        _enter(
            f"{_name}_in_{_place}",
            _reader,
            lambda make=_make, doctype=_doctype: make(doctype),  # type: ignore[misc]
            FileFault.DOCUMENT_TYPE,
        )


def _users(text: str) -> bytes:
    return made({"users.xml": text}).getvalue()


@hostile("backup", FileFault.DAMAGED)
def deep_nesting_in_users() -> bytes:
    return _users("<users>" + "<a>" * 100_000)


@hostile("sheets", FileFault.DAMAGED)
def deep_nesting_in_a_sheet() -> bytes:
    return xlsx("<row>" * 100_000)


@hostile("sheets", FileFault.DAMAGED)
def deep_nesting_in_ods() -> bytes:
    return ods("<table:table>" + "<text:p>" * 100_000)


@hostile("gradebook", FileFault.DAMAGED)
def deep_nesting_in_results() -> bytes:
    return b"<results>" * 1_000_000


@hostile("backup", FileFault.BAD_RECORD)
def an_attribute_of_11_mb() -> bytes:
    return _users('<users><user id="' + _noise(11 * MB) + '"/></users>')


@hostile("gradebook", FileFault.DAMAGED)
def an_attribute_of_11_mb_in_results() -> bytes:
    return f'<results batch="{_noise(11 * MB)}"/>'.encode()


@hostile("gradebook", FileFault.TEXT_TOO_LONG)
def a_feedback_of_9_mb() -> bytes:
    return f"<results><result><feedback>{_noise(9 * MB)}</feedback></result></results>".encode()


@hostile("backup", FileFault.TEXT_TOO_LONG)
def a_name_of_9_mb() -> bytes:
    return _users(f'<users><user id="3"><username>{_noise(9 * MB)}</username></user></users>')


@hostile("backup", FileFault.TEXT_TOO_LONG)
def a_name_of_one_letter_repeated() -> bytes:
    return _users(f'<users><user id="3"><username>{"a" * (9 * MB)}</username></user></users>')


@hostile("gradebook", FileFault.TOO_MANY_CELLS)
def a_million_results() -> bytes:
    return b"<results>" + b"<result/>" * 1_500_000 + b"</results>"


@hostile("backup", FileFault.TOO_MANY_RECORDS)
def half_a_million_users() -> bytes:
    return _users("<users>" + "".join(f'<user id="{n}"/>' for n in _shuffled(500_000)) + "</users>")


@hostile("backup", FileFault.TOO_MANY_RECORDS)
def half_a_million_grades() -> bytes:
    cells = "".join(f'<grade_grade id="{n}"><userid>{n}</userid></grade_grade>' for n in _shuffled(500_000))
    item = f'<grade_item id="1"><itemtype>manual</itemtype><grade_grades>{cells}</grade_grades></grade_item>'
    return made({"gradebook.xml": f"<gradebook><grade_items>{item}</grade_items></gradebook>"}).getvalue()


@hostile("backup", FileFault.BAD_RECORD)
def an_id_of_a_million_digits() -> bytes:
    return _users(f'<users><user id="{"9" * 1_000_000}"/></users>')


@hostile("backup", FileFault.BAD_RECORD)
def a_grade_of_infinity() -> bytes:
    return made({"gradebook.xml": _grade("1e999999999")}).getvalue()


@hostile("backup", FileFault.BAD_RECORD)
def a_grade_that_is_no_number() -> bytes:
    return made({"gradebook.xml": _grade("NaN")}).getvalue()


@hostile("backup", FileFault.BAD_RECORD)
def a_time_after_the_last() -> bytes:
    return changed("course-5.mbz", moodle_backup=lambda cover: cover.replace(b"<backup_date>", b"<backup_date>9999999"))


def _grade(text: str) -> str:
    cell = f'<grade_grade id="1"><userid>3</userid><finalgrade>{text}</finalgrade></grade_grade>'
    item = f'<grade_item id="1"><itemtype>manual</itemtype><grade_grades>{cell}</grade_grades></grade_item>'
    return f"<gradebook><grade_items>{item}</grade_items></gradebook>"


@hostile("backup", FileFault.DAMAGED)
def users_in_utf_16() -> bytes:
    return zipped({**members_of("course-5.mbz"), "users.xml": "<users/>".encode("utf-16")})


@hostile("backup", FileFault.DAMAGED)
def users_that_claim_another_encoding() -> bytes:
    return zipped({**members_of("course-5.mbz"), "users.xml": '<?xml version="1.0" encoding="utf-7"?>+ADw-users/+AD4-'})


@hostile("backup", FileFault.DAMAGED)
def an_undeclared_entity() -> bytes:
    return _users("<users>&secret;</users>")


@hostile("sheets", None)
def an_instruction_to_fetch_a_style() -> bytes:
    return xlsx("", doctype='<?xml-stylesheet type="text/xsl" href="http://127.0.0.1:9/x.xsl"?>')


@hostile("sheets", None)
def an_inclusion() -> bytes:
    return xlsx('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>')


# ------------------------------------------------------------ archives


_RANDOM = random.Random(7)  # noqa: S311  files that are the same in each run


def _noise(size: int) -> str:
    return _RANDOM.randbytes(size // 2).hex()


def _shuffled(count: int) -> list[int]:
    numbers = list(range(1, count + 1))
    _RANDOM.shuffle(numbers)
    return numbers


@hostile("sheets", FileFault.TOO_MUCH_INSIDE)
def a_zip_bomb_in_a_sheet() -> bytes:
    return zipped({**_parts(), SHEET: b"<worksheet>" + b" " * (60 * MB)})


@hostile("sheets", FileFault.TOO_MUCH_INSIDE)
def a_zip_bomb_in_shared_texts() -> bytes:
    return zipped({**_parts(), "xl/sharedStrings.xml": b"<sst>" + b" " * (60 * MB)})


@hostile("sheets", FileFault.TOO_MUCH_INSIDE)
def a_zip_bomb_in_ods() -> bytes:
    return zipped({"content.xml": b"<a>" + b" " * (60 * MB)})


@hostile("backup", FileFault.TOO_MUCH_INSIDE)
def a_zip_bomb_in_the_cover() -> bytes:
    return zipped({"moodle_backup.xml": b"<a>" + b" " * (60 * MB)})


@hostile("backup", FileFault.TOO_MUCH_INSIDE)
def a_gzip_bomb_of_a_gigabyte() -> bytes:
    return _gzip_bomb(1_024)


@hostile("backup", FileFault.TOO_MUCH_INSIDE)
def a_gzip_bomb_inside_a_tar() -> bytes:
    return gz_tar([("files/ab/cd", bytes(60 * MB)), ("moodle_backup.xml", b"<moodle_backup/>")])


def _gzip_bomb(megabytes: int) -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9) as packed:
        header = tarfile.TarInfo("files/a")
        header.size = megabytes * MB
        packed.write(header.tobuf(tarfile.GNU_FORMAT))
        for _ in range(megabytes):
            packed.write(bytes(MB))
    return out.getvalue()


@hostile("backup", FileFault.UNKNOWN_FORMAT)
def a_bomb_packed_in_a_bomb() -> bytes:
    return gz_tar([("moodle_backup.mbz", _gzip_bomb(64))])


@hostile("sheets", FileFault.UNKNOWN_FORMAT)
def a_zip_in_a_zip() -> bytes:
    return zipped({"inner.zip": zipped({"inner.zip": zipped({"a": bytes(10 * MB)})})})


@hostile("sheets", None)
def a_bomb_among_members_nobody_reads() -> bytes:
    return zipped({**_parts(), "xl/media/image1.png": bytes(60 * MB)})


def _parts() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(xlsx("<row><c><v>1</v></c></row>", texts=""))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


PATHS = {
    "a_path_upwards": "../../../../var/evil.xml",
    "a_path_upwards_inside": "activities/../../users.xml",
    "an_absolute_path": "/etc/cron.d/evil",
    "a_windows_path": "..\\..\\evil.xml",
    "a_drive": "C:/Windows/evil.xml",
    "a_share": "//server/share/evil.xml",
    "a_name_with_a_line_feed": "users.xml\nx",
    "a_name_with_a_turned_direction": "users\u202elmx.xml",
    "a_name_of_many_letters": "d/" * 600 + "x.xml",
    "an_empty_step": "a//users.xml",
}
for _name, _path in PATHS.items():
    _enter(
        f"{_name}_in_a_zip",
        "backup",
        lambda path=_path: zipped({**members_of("course-5.mbz"), path: b"x"}),  # type: ignore[misc]
        FileFault.BAD_PATH,
    )
    _enter(
        f"{_name}_in_a_tar",
        "backup",
        lambda path=_path: gz_tar(  # type: ignore[misc]
            [(path, b"x"), *members_of("course-5.mbz").items()], form=tarfile.PAX_FORMAT
        ),
        FileFault.BAD_PATH,
    )

LINKS = {
    "a_symbolic_link": tarfile.SYMTYPE,
    "a_hard_link": tarfile.LNKTYPE,
    "a_character_device": tarfile.CHRTYPE,
    "a_block_device": tarfile.BLKTYPE,
    "a_pipe": tarfile.FIFOTYPE,
    "a_sparse_file": tarfile.GNUTYPE_SPARSE,
}
for _name, _kind in LINKS.items():
    _enter(
        _name,
        "backup",
        lambda kind=_kind: gz_tar(  # type: ignore[misc]
            [(tar_entry("users.xml", kind=kind, link="/etc/passwd"), b""), *members_of("course-5.mbz").items()]
        ),
        FileFault.NOT_A_FILE,
    )


@hostile("backup", FileFault.NOT_A_FILE)
def a_symbolic_link_in_a_zip() -> bytes:
    return _zip_with(lambda info: setattr(info, "external_attr", 0o120777 << 16))


@hostile("backup", FileFault.NOT_A_FILE)
def a_device_in_a_zip() -> bytes:
    return _zip_with(lambda info: setattr(info, "external_attr", 0o020666 << 16))


def _zip_with(change: Callable[[zipfile.ZipInfo], None]) -> bytes:
    out = io.BytesIO()
    info = zipfile.ZipInfo("users.xml")
    change(info)
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    return out.getvalue()


def _twice(names: Iterable[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number, (name, content) in enumerate(names):
            archive.writestr(f"{number:0{len(name)}d}", content)
    data = out.getvalue()
    for number, (name, _) in enumerate(names):
        data = data.replace(f"{number:0{len(name)}d}".encode(), name.encode())
    return data


@hostile("backup", FileFault.DUPLICATE_MEMBER)
def two_covers_in_a_zip() -> bytes:
    return _twice([("moodle_backup.xml", b"<a/>"), ("moodle_backup.xml", b"<b/>")])


@hostile("backup", FileFault.DUPLICATE_MEMBER)
def two_lists_of_users_in_a_tar() -> bytes:
    return gz_tar([*members_of("course-5.mbz").items(), ("users.xml", b"<users/>")])


@hostile("backup", FileFault.ENCRYPTED)
def an_encrypted_zip() -> bytes:
    data = bytearray(zipped({"moodle_backup.xml": b"<a/>"}))
    for place in (6, data.rfind(b"PK\x01\x02") + 8):
        data[place] |= 1
    return bytes(data)


@hostile("sheets", FileFault.OLD_OR_LOCKED)
def an_encrypted_workbook() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_048)


@hostile("sheets", FileFault.ENCRYPTED)
def an_encrypted_opendocument() -> bytes:
    manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
    return ods("", others={"META-INF/manifest.xml": manifest})


@hostile("backup", FileFault.DAMAGED)
def a_tar_cut_in_half() -> bytes:
    whole = (FILES / "course-2.mbz").read_bytes()
    return whole[: len(whole) // 2]


@hostile("backup", FileFault.DAMAGED)
def a_zip_cut_in_half() -> bytes:
    whole = (FILES / "course-3.mbz").read_bytes()
    return whole[: len(whole) // 2]


@hostile("backup", FileFault.DAMAGED)
def a_tar_with_a_flipped_bit() -> bytes:
    data = bytearray((FILES / "course-2.mbz").read_bytes())
    data[len(data) // 2] ^= 0x10
    return bytes(data)


@hostile("backup", FileFault.DAMAGED)
def a_zip_with_a_flipped_bit() -> bytes:
    whole = members_of("course-3.mbz")
    data = bytearray(zipped({**whole, "users.xml": _noise(400_000)}))
    data[len(data) - 60_000] ^= 0x10
    return bytes(data)


@hostile("backup", FileFault.DAMAGED)
def a_size_that_lies_in_a_zip() -> bytes:
    data = bytearray(zipped({"moodle_backup.xml": _noise(MB)}))
    struct.pack_into("<L", data, data.rfind(b"PK\x01\x02") + 24, 10)
    return bytes(data)


@hostile("backup", FileFault.DAMAGED)
def a_size_that_lies_in_a_tar() -> bytes:
    header = tarfile.TarInfo("moodle_backup.xml")
    header.size = 8 << 30
    return gzip.compress(header.tobuf(tarfile.GNU_FORMAT) + _RANDOM.randbytes(MB))


@hostile("backup", FileFault.TEXT_TOO_LONG)
def a_long_name_of_a_gigabyte() -> bytes:
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 1 << 30
    return gzip.compress(header.tobuf(tarfile.GNU_FORMAT) + bytes(MB))


@hostile("backup", FileFault.TEXT_TOO_LONG)
def an_extended_header_of_a_gigabyte() -> bytes:
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 1 << 30
    return gzip.compress(header.tobuf(tarfile.USTAR_FORMAT) + bytes(MB))


@hostile("backup", FileFault.DAMAGED)
def an_extended_header_of_nothing() -> bytes:
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 512
    return gzip.compress(header.tobuf(tarfile.USTAR_FORMAT) + b"0 path=a\n" + bytes(503))


@hostile("backup", FileFault.TOO_MANY_MEMBERS)
def a_tar_of_150_000_files() -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=1) as packed:
        for number in range(150_000):
            packed.write(tarfile.TarInfo(f"f{number:07d}").tobuf(tarfile.USTAR_FORMAT))
    return out.getvalue()


@hostile("sheets", FileFault.TOO_MANY_MEMBERS)
def a_zip_of_60_000_files() -> bytes:
    return zipped({f"f{number}": b"" for number in range(60_000)}, method=zipfile.ZIP_STORED)


@hostile("sheets", FileFault.TOO_MANY_MEMBERS)
def a_zip_that_hides_how_many_it_has() -> bytes:
    data = bytearray(zipped({f"f{number}": b"" for number in range(60_000)}, method=zipfile.ZIP_STORED))
    struct.pack_into("<2H", data, data.rfind(b"PK\x05\x06") + 8, 1, 1)
    return bytes(data)


@hostile("sheets", FileFault.TOO_MANY_MEMBERS)
def a_zip_of_larger_numbers() -> bytes:
    data = zipped({"a": b""})
    end = data.rfind(b"PK\x05\x06")
    return data[:end] + b"PK\x06\x06" + bytes(52) + b"PK\x06\x07" + bytes(16) + data[end:]


@hostile("sheets", FileFault.DAMAGED)
def a_zip_whose_members_overlap() -> bytes:
    data = bytearray(zipped({"xl/workbook.xml": b"<a/>", "b": b"<b/>"}, method=zipfile.ZIP_STORED))
    first = data.find(b"PK\x01\x02")
    second = data.find(b"PK\x01\x02", first + 4)
    struct.pack_into("<L", data, first + 42, struct.unpack_from("<L", data, second + 42)[0])
    return bytes(data)


@hostile("sheets", FileFault.DAMAGED)
def a_zip_packed_with_lzma() -> bytes:
    return zipped({"xl/workbook.xml": b"x" * 1_000}, method=zipfile.ZIP_LZMA)


@hostile("sheets", FileFault.DAMAGED)
def a_zip_without_a_directory() -> bytes:
    return b"PK\x03\x04" + bytes(100_000)


@hostile("backup", FileFault.DAMAGED)
def a_gzip_of_noise() -> bytes:
    return b"\x1f\x8b\x08\x00" + _RANDOM.randbytes(MB)


@hostile("backup", FileFault.DAMAGED)
def a_gzip_of_a_text() -> bytes:
    return gzip.compress(b"just a text, and no tar at all" * 100)


@hostile("backup", FileFault.UNKNOWN_FORMAT)
def a_rar() -> bytes:
    return b"Rar!\x1a\x07\x01\x00" + bytes(1_000)


@hostile("sheets", FileFault.TOO_LARGE)
def a_file_of_30_mb() -> bytes:
    return b"PK\x03\x04" + bytes(30 * MB)


# ------------------------------------------------------------ spreadsheets


@hostile("sheets", FileFault.TOO_MANY_ROWS)
def two_cells_in_opposite_corners() -> bytes:
    return xlsx('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>')


@hostile("sheets", FileFault.TOO_MANY_COLUMNS)
def a_million_columns() -> bytes:
    return xlsx("<row>" + "<c><v>1</v></c>" * 60_000 + "</row>")


@hostile("sheets", FileFault.TOO_MANY_CELLS)
def a_million_cells() -> bytes:
    row = "<row>" + "".join(f"<c><v>{n}</v></c>" for n in _shuffled(500)) + "</row>"
    return xlsx(row * 1_500)


@hostile("sheets", FileFault.TOO_MANY_CELLS)
def millions_of_empty_cells() -> bytes:
    return xlsx("".join(f'<row r="{n}">{"<c/>" * 1_000}</row>' for n in _shuffled(2_000)))


@hostile("sheets", FileFault.TOO_MANY_CELLS)
def cells_far_apart_in_many_rows() -> bytes:
    return xlsx("".join(f'<row r="{n}"><c r="AAA{n}"><v>{n}</v></c></row>' for n in range(1, 40_001)))


@hostile("sheets", FileFault.TEXT_TOO_LONG)
def giant_shared_texts() -> bytes:
    return xlsx("", texts="".join(f"<si><t>{_noise(30_000)}</t></si>" for _ in range(700)))


@hostile("sheets", FileFault.TEXT_TOO_LONG)
def one_giant_shared_text() -> bytes:
    return xlsx("", texts=f"<si><t>{_noise(5 * MB)}</t></si>")


@hostile("sheets", FileFault.TOO_MANY_CELLS)
def half_a_million_shared_texts() -> bytes:
    return xlsx("", texts="".join(f"<si><t>{n}</t></si>" for n in _shuffled(500_000)))


@hostile("sheets", FileFault.TOO_MANY_SHEETS)
def a_thousand_sheets() -> bytes:
    sheets = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1_000))
    spaces = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    return xlsx("", others={"xl/workbook.xml": f"<workbook {spaces}><sheets>{sheets}</sheets></workbook>"})


@hostile("sheets", FileFault.BAD_VALUE)
def a_number_of_a_million_digits() -> bytes:
    return xlsx(f"<row><c><v>{'9' * 100_000}</v></c></row>")


@hostile("sheets", FileFault.BAD_VALUE)
def a_number_beyond_all() -> bytes:
    return xlsx("<row><c><v>1e309</v></c></row>")


@hostile("sheets", FileFault.BAD_VALUE)
def a_shared_text_that_is_not_there() -> bytes:
    return xlsx('<row><c t="s"><v>4294967295</v></c></row>', texts="<si/>")


@hostile("sheets", None)
def a_date_beyond_the_calendar() -> bytes:
    styles = '<cellXfs><xf numFmtId="14"/></cellXfs>'
    return xlsx('<row><c s="0"><v>999999999</v></c></row>', styles=styles)


@hostile("sheets", None)
def formulas_that_would_start_programs() -> bytes:
    cells = ("=cmd|'/c calc'!A0", '=HYPERLINK("http://127.0.0.1:9/?"&amp;A1)', "=WEBSERVICE('http://127.0.0.1:9')")
    return xlsx("<row>" + "".join(f'<c t="str"><f>{cell}</f><v>{cell}</v></c>' for cell in cells) + "</row>")


@hostile("sheets", None)
def a_workbook_with_macros_and_outside_links() -> bytes:
    relations = (
        '<Relationships><Relationship Id="rId1" TargetMode="External" Target="file:///etc/passwd"/>'
        '<Relationship Id="rId2" Target="../../../../etc/passwd"/></Relationships>'
    )
    return xlsx("", others={"xl/_rels/workbook.xml.rels": relations, "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


@hostile("sheets", FileFault.DAMAGED)
def a_workbook_of_noise() -> bytes:
    return xlsx("", others={SHEET: _noise(100_000)})


@hostile("sheets", FileFault.TOO_MANY_COLUMNS)
def an_opendocument_cell_repeated_without_end() -> bytes:
    cell = '<table:table-cell table:number-columns-repeated="2147483647" office:value-type="float" office:value="1"/>'
    return ods(f"<table:table><table:table-row>{cell}</table:table-row></table:table>")


@hostile("sheets", FileFault.TOO_MANY_ROWS)
def an_opendocument_row_repeated_without_end() -> bytes:
    cell = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="2147483647">{cell}</table:table-row>'
    return ods(f"<table:table>{row}</table:table>")


@hostile("sheets", FileFault.TOO_MANY_CELLS)
def an_opendocument_block_repeated_without_end() -> bytes:
    kind = 'table:number-columns-repeated="1900" office:value-type="string"'
    cell = f"<table:table-cell {kind}><text:p>x</text:p></table:table-cell>"
    row = f'<table:table-row table:number-rows-repeated="49000">{cell}</table:table-row>'
    return ods(f"<table:table>{row}</table:table>")


@hostile("sheets", FileFault.TEXT_TOO_LONG)
def an_opendocument_of_spaces() -> bytes:
    spaces = "".join(f'<text:s text:c="9{n}"/>' for n in _shuffled(2_000))
    cell = f'<table:table-cell office:value-type="string"><text:p>{spaces}</text:p></table:table-cell>'
    return ods(f"<table:table><table:table-row>{cell}</table:table-row></table:table>")


@hostile("sheets", FileFault.UNKNOWN_FORMAT)
def an_opendocument_without_tables() -> bytes:
    return ods("<text:p>A letter</text:p>")


# ------------------------------------------------------------ text tables


@hostile("sheets", FileFault.UNKNOWN_FORMAT)
def a_text_with_zero_bytes() -> bytes:
    return b"a,b\n1,2\0\n"


@hostile("sheets", FileFault.UNKNOWN_FORMAT)
def a_program() -> bytes:
    return b"\x7fELF" + bytes(10_000)


@hostile("sheets", FileFault.UNKNOWN_FORMAT)
def a_picture() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + _RANDOM.randbytes(10_000)


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


# ------------------------------------------------------------ reading each in a process of its own


def outcomes(folder: Path, names: Iterable[str] = ()) -> Iterator[Outcome]:
    """Write the files into the folder and read each in a child of this process, which should be a small one."""
    for name in names or HOSTILE:
        path = folder / name
        path.write_bytes(HOSTILE[name].make())
        yield _outcome(HOSTILE[name], path)
        path.unlink()


def _outcome(one: Hostile, path: Path) -> Outcome:
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(readable)
        os.write(writable, json.dumps(_read(one, path)).encode())
        os._exit(0)
    os.close(writable)
    with os.fdopen(readable) as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    ended, seconds, megabytes = json.loads(told) if told else ("the process ended", 0.0, 0.0)
    return Outcome(one.name, ended, round(seconds, 3), round(megabytes, 1), path.stat().st_size)


def _read(one: Hostile, path: Path) -> tuple[str, float, float]:
    started, before = time.process_time(), _resident()
    # More than any file may take, so that a mistake ends this process and not the machine.
    resource.setrlimit(resource.RLIMIT_DATA, (3 << 30, 3 << 30))
    try:
        with path.open("rb") as file:
            READERS[one.reader](file)
        ended = "read"
    except FileRefused as err:
        ended = err.fault.value
    except BaseException as err:  # noqa: BLE001  whatever it is, it is told
        ended = f"{type(err).__name__}: {err}"[:200]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    return ended, time.process_time() - started, max(0.0, peak - before)


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / MB


if __name__ == "__main__":
    for _found in outcomes(Path(sys.argv[1]), sys.argv[2:]):
        sys.stdout.write(json.dumps(asdict(_found)) + "\n")
        sys.stdout.flush()
