"""Archives that are cut off, spoilt, or lie about themselves."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile

from lms_sync.errors import FileFault
from tests.support.backups import FILES, members_of
from tests.support.hostile.registry import MB, RANDOM, hostile, noise
from tests.support.workbooks import zipped


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
    data = bytearray(zipped({**whole, "users.xml": noise(400_000)}))
    data[len(data) - 60_000] ^= 0x10
    return bytes(data)


@hostile("backup", FileFault.DAMAGED)
def a_size_that_lies_in_a_zip() -> bytes:
    data = bytearray(zipped({"moodle_backup.xml": noise(MB)}))
    struct.pack_into("<L", data, data.rfind(b"PK\x01\x02") + 24, 10)
    return bytes(data)


@hostile("backup", FileFault.DAMAGED)
def a_size_that_lies_in_a_tar() -> bytes:
    header = tarfile.TarInfo("moodle_backup.xml")
    header.size = 8 << 30
    return gzip.compress(header.tobuf(tarfile.GNU_FORMAT) + RANDOM.randbytes(MB))


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
    return b"\x1f\x8b\x08\x00" + RANDOM.randbytes(MB)


@hostile("backup", FileFault.DAMAGED)
def a_gzip_of_a_text() -> bytes:
    return gzip.compress(b"just a text, and no tar at all" * 100)


@hostile("backup", FileFault.UNKNOWN_FORMAT)
def a_rar() -> bytes:
    return b"Rar!\x1a\x07\x01\x00" + bytes(1_000)


@hostile("sheets", FileFault.TOO_LARGE)
def a_file_of_30_mb() -> bytes:
    return b"PK\x03\x04" + bytes(30 * MB)
