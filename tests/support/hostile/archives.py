"""Archives that burst, lead elsewhere or hold what is no file."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable, Iterable

from lms_sync.errors import FileFault
from tests.support.backups import members_of
from tests.support.hostile.registry import MB, enter, hostile
from tests.support.workbooks import SHEET, gz_tar, ods, tar_entry, xlsx, zipped


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
    enter(
        f"{_name}_in_a_zip",
        "backup",
        lambda path=_path: zipped({**members_of("course-5.mbz"), path: b"x"}),  # type: ignore[misc]
        FileFault.BAD_PATH,
    )
    enter(
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
    enter(
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
