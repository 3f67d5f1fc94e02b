from __future__ import annotations

import gzip
import io
import random
import struct
import tarfile
import zipfile
from collections.abc import Callable

import pytest

from lms_sync.errors import FileFault, FileRefused
from lms_sync.files import tar
from lms_sync.files.archives import Limits, ZipArchive, is_gzip, is_zip, read_members
from tests.support.workbooks import gz_tar, tar_entry, zipped

LIMITS = Limits(packed_bytes=1 << 20, members=20, inflated_bytes=8 << 20)
NOISE = random.Random(5).randbytes(300_000)  # noqa: S311  bytes that do not pack


def everything(_name: str) -> bool:
    return True


def contents(data: bytes, *, limits: Limits = LIMITS, wanted: Callable[[str], bool] = everything) -> dict[str, bytes]:
    members = read_members(io.BytesIO(data), limits=limits, wanted=wanted)
    return {member.name: b"".join(member.chunks()) for member in members}


def refused(data: bytes, *, limits: Limits = LIMITS) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        contents(data, limits=limits)
    return caught.value


MEMBERS = {"a.xml": b"<a/>", "деловой/b.xml": NOISE, "c/d/e.bin": b""}


def with_folder(kind: str) -> bytes:
    if kind == "tar":
        return gz_tar([(tar_entry("c", kind=tarfile.DIRTYPE), b""), *MEMBERS.items()])
    out = io.BytesIO(zipped(MEMBERS))
    with zipfile.ZipFile(out, "a") as archive:
        archive.mkdir("empty")
    return out.getvalue()


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_both_kinds_of_archive_give_their_files(kind: str) -> None:
    assert contents(with_folder(kind)) == MEMBERS


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_members_nobody_wants_are_passed_over(kind: str) -> None:
    assert contents(with_folder(kind), wanted="c/d/e.bin".__eq__) == {"c/d/e.bin": b""}


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_a_member_may_be_read_in_part(kind: str) -> None:
    members = read_members(io.BytesIO(with_folder(kind)), limits=LIMITS, wanted=everything)
    names = [(member.name, len(member.read(10))) for member in members]
    assert names == [("a.xml", 4), ("деловой/b.xml", 10), ("c/d/e.bin", 0)]


def test_kinds_are_told_by_their_first_bytes() -> None:
    assert is_zip(zipped({}))
    assert is_gzip(gzip.compress(b""))
    assert not is_zip(b"")
    assert not is_gzip(b"PK")
    assert refused(b"Rar!\x1a\x07").fault is FileFault.UNKNOWN_FORMAT


@pytest.mark.parametrize(
    "name",
    ["../a", "/etc/passwd", "a/../../b", "a//b", "..", "C:/a", "a\\..\\b", "a\nb", "./../a", "x" * 1_025, "a/./b"],
)
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    assert refused(gz_tar([(name, b"x")], form=tarfile.GNU_FORMAT)).fault is FileFault.BAD_PATH
    assert refused(zipped({name: b"x"})).fault is FileFault.BAD_PATH


def test_a_zero_byte_in_a_name_is_refused() -> None:
    data = zipped({"a_b": b"x"}).replace(b"a_b", b"a\0b")
    assert refused(data).fault is FileFault.BAD_PATH


def test_tar_writes_the_present_folder_as_a_dot() -> None:
    data = gz_tar([(tar_entry("./", kind=tarfile.DIRTYPE), b""), ("./a.xml", b"<a/>")])
    assert contents(data) == {"a.xml": b"<a/>"}


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.GNUTYPE_SPARSE],
)
def test_links_and_devices_of_a_tar_are_refused(kind: bytes) -> None:
    assert refused(gz_tar([(tar_entry("a", kind=kind, link="/etc/passwd"), b"")])).fault is FileFault.NOT_A_FILE


def test_links_of_a_zip_are_refused() -> None:
    link = zipfile.ZipInfo("a")
    link.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert refused(out.getvalue()).fault is FileFault.NOT_A_FILE


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a", "1")
        archive.writestr("a", "2")
    assert refused(out.getvalue()).fault is FileFault.DUPLICATE_MEMBER
    assert refused(gz_tar([("a", b"1"), ("a", b"2")])).fault is FileFault.DUPLICATE_MEMBER


def test_encrypted_members_are_refused() -> None:
    data = bytearray(zipped({"a": b"x"}))
    for place in (6, data.rfind(b"PK\x01\x02") + 8):
        data[place] |= 1
    assert refused(bytes(data)).fault is FileFault.ENCRYPTED


def test_ways_of_packing_that_are_not_read_are_refused() -> None:
    assert refused(zipped({"a": NOISE}, method=zipfile.ZIP_LZMA)).fault is FileFault.DAMAGED
    broken = bytearray(zipped({"a": b"x"}))
    broken[broken.rfind(b"PK\x01\x02") + 6] = 99
    assert refused(bytes(broken)).fault is FileFault.DAMAGED


def test_too_many_members_are_refused_before_they_are_listed() -> None:
    many = {f"{number}.txt": b"" for number in range(21)}
    error = refused(zipped(many))
    assert (error.fault, error.facts["limit"]) == (FileFault.TOO_MANY_MEMBERS, 20)
    assert refused(gz_tar(many.items())).fault is FileFault.TOO_MANY_MEMBERS
    # A directory that says it has fewer entries than it has.
    lying = bytearray(zipped(many))
    end = lying.rfind(b"PK\x05\x06")
    struct.pack_into("<2H", lying, end + 8, 1, 1)
    assert refused(bytes(lying)).fault is FileFault.TOO_MANY_MEMBERS
    # Larger numbers than the plain record can hold stand elsewhere.
    assert (
        refused(zipped({"a": b"PK\x06\x07" + bytes(20)}, method=zipfile.ZIP_STORED)).fault is FileFault.TOO_MANY_MEMBERS
    )


def test_a_packed_file_over_the_limit_is_not_opened() -> None:
    error = refused(bytes(LIMITS.packed_bytes + 1))
    assert (error.fault, error.facts["limit"]) == (FileFault.TOO_LARGE, LIMITS.packed_bytes)


@pytest.mark.parametrize("pack", [gz_tar, lambda members: zipped(dict(members))])
def test_what_is_packed_too_tightly_is_refused(pack: Callable[..., bytes]) -> None:
    error = refused(pack([("a", bytes(4 << 20))]))
    assert (error.fault, error.message) == (FileFault.TOO_MUCH_INSIDE, "packed too tightly")
    assert contents(pack([("a", bytes(1 << 20 - 1))]))


@pytest.mark.parametrize("pack", [gz_tar, lambda members: zipped(dict(members))])
def test_what_is_too_large_in_all_is_refused(pack: Callable[..., bytes]) -> None:
    small = Limits(packed_bytes=1 << 20, members=20, inflated_bytes=500_000)
    error = refused(pack([("a", NOISE), ("b", NOISE)]), limits=small)
    assert (error.fault, error.facts["limit"]) == (FileFault.TOO_MUCH_INSIDE, 500_000)


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_archives_cut_off_anywhere_are_refused(kind: str) -> None:
    whole = with_folder(kind)
    for length in (5, 30, len(whole) // 2, len(whole) - 10):
        cut = whole[:length]
        if kind == "tar" and length == len(whole) - 10:
            # Only the checksum of the end is missing, behind the marks of an archive's end: nothing is lost.
            assert contents(cut) == MEMBERS
        else:
            assert refused(cut).fault is FileFault.DAMAGED, length


def test_a_spoilt_member_is_refused_when_it_is_read() -> None:
    data = bytearray(zipped({"a": NOISE}))
    data[200_000] ^= 0xFF
    error = refused(bytes(data))
    assert (error.fault, error.member) == (FileFault.DAMAGED, "a")


def test_a_header_that_lies_about_sizes_is_refused() -> None:
    data = bytearray(zipped({"a": NOISE}))
    struct.pack_into("<L", data, data.rfind(b"PK\x01\x02") + 24, 10)
    assert refused(bytes(data)).fault is FileFault.DAMAGED


def test_an_entry_that_begins_elsewhere_is_refused() -> None:
    data = bytearray(zipped({"a": b"x"}))
    struct.pack_into("<L", data, data.rfind(b"PK\x01\x02") + 42, 7)
    assert refused(bytes(data)).fault is FileFault.DAMAGED


def test_a_missing_member_is_named() -> None:
    archive = ZipArchive(io.BytesIO(zipped({"a": b"x"})), limits=LIMITS)
    with pytest.raises(FileRefused) as caught:
        archive.open("b")
    assert (caught.value.fault, caught.value.member) == (FileFault.MEMBER_MISSING, "b")


# ------------------------------------------------------------ tar's own headers


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_are_read_in_every_form_of_tar(form: int) -> None:
    name = f"{'d' * 90}/{'f' * 95}.xml"
    assert contents(gz_tar([(name, b"x")], form=form)) == {name: b"x"}


def test_names_with_letters_beyond_ascii_are_read() -> None:
    assert contents(gz_tar([("имя.xml", b"x")], form=tarfile.PAX_FORMAT)) == {"имя.xml": b"x"}


def test_global_headers_and_long_links_are_passed_over() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", format=tarfile.PAX_FORMAT, pax_headers={"comment": "x"}) as archive:
        entry = tar_entry("a")
        archive.addfile(entry, io.BytesIO())
    assert contents(out.getvalue()) == {"a": b""}


def pax(records: bytes, *, kind: bytes = b"x") -> bytes:
    """An archive whose first header is an extended one with these records."""
    entry = tarfile.TarInfo("h")
    entry.type, entry.size = kind, len(records)
    padding = bytes(-len(records) % 512)
    packed = entry.tobuf(tarfile.USTAR_FORMAT) + records + padding
    plain = tarfile.TarInfo("a")
    plain.size = 3
    return gzip.compress(packed + plain.tobuf(tarfile.USTAR_FORMAT) + b"abc" + bytes(509) + bytes(1024))


def test_an_extended_header_may_give_the_size() -> None:
    assert contents(pax(b"9 size=2\n11 mtime=1\n"))["a"] == b"ab"


@pytest.mark.parametrize(
    "records",
    [
        b"99999 path=x\n",
        b"x path=a\n",
        b"0 path=a\n",
        b"8 path=x",
        b"\n",
        b"9 size=x\n",
        b"9 size=-1\n",
        b"7 " + b"a" * 20,
    ],
)
def test_unsound_extended_headers_are_refused(records: bytes) -> None:
    assert refused(pax(records)).fault is FileFault.DAMAGED


def test_a_header_of_any_length_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tar, "_LONGEST_HEADER", 100)
    for kind in (b"x", b"g", b"L", b"K"):
        assert refused(pax(bytes(101), kind=kind)).fault is FileFault.TEXT_TOO_LONG


def raw(**fields: tuple[int, bytes]) -> bytes:
    """An archive of one entry whose header is changed at the given places, its sum put right."""
    entry = tarfile.TarInfo("a")
    block = bytearray(entry.tobuf(tarfile.USTAR_FORMAT))
    for place, value in fields.values():
        block[place : place + len(value)] = value
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return gzip.compress(bytes(block) + bytes(1024))


def test_sizes_are_read_in_both_notations_and_wrong_ones_refused() -> None:
    assert contents(raw(size=(124, b"\x80" + bytes(11)))) == {"a": b""}
    assert contents(raw(size=(124, b" " * 12))) == {"a": b""}
    assert refused(raw(size=(124, b"notanumber12"))).fault is FileFault.DAMAGED
    assert refused(raw(size=(124, b"-0000000001 "))).fault is FileFault.DAMAGED
    assert refused(raw(size=(124, b"\xff" * 12))).fault is FileFault.DAMAGED


def test_a_header_with_a_wrong_sum_is_refused() -> None:
    assert refused(gzip.compress(b"x" * 512)).fault is FileFault.DAMAGED
    assert refused(gzip.compress(b"x" * 100)).fault is FileFault.DAMAGED


def test_old_tars_without_a_mark_are_read() -> None:
    assert contents(raw(magic=(257, bytes(8)), prefix=(345, b"not a prefix"))) == {"a": b""}


def test_an_entry_that_ends_early_is_refused() -> None:
    entry = tarfile.TarInfo("a")
    entry.size = 1_000
    assert refused(gzip.compress(entry.tobuf() + b"x" * 600)).fault is FileFault.DAMAGED
    entry.size = 10
    assert refused(gzip.compress(entry.tobuf() + b"x" * 10 + bytes(20))).fault is FileFault.DAMAGED
