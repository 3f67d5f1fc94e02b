"""Archives from outside, read member by member, never unpacked: zip, and tar packed with gzip.

Names in an archive are only looked at, never used as paths of this machine. Only wanted members of a zip are inflated;
of a tar.gz all bytes pass by, since it has no index. Whatever is in the archive, memory holds a piece of one member.

Ratios count against :attr:`Limits.ratio` beyond a first megabyte, which any archive may fill as it likes.
"""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from lms_sync.errors import FileFault, FileRefused
from lms_sync.files.tar import TarReader

__all__ = ["Limits", "Member", "ZipArchive", "is_gzip", "is_zip", "read_members"]

CHUNK = 65_536
GRACE = 1 << 20
"""Bytes that a member may hold whatever its packed size: small files of one repeated line are no bombs."""

_NAME_LENGTH = 1_024
_ENCRYPTED = 0x1
_SYMLINK = 0o120000
_FILE_TYPE = 0o170000
_REGULAR = 0o100000
_DIRECTORY = 0o040000
_END_OF_DIRECTORY = b"PK\x05\x06"
_LONGEST_COMMENT = 65_535
_END_RECORD = struct.Struct("<4s4H2LH")
_ENTRY_BYTES = 46 + 512
"""A directory entry with a name and extra fields of a reasonable length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is taken in.

    Attributes
    ----------
    packed_bytes
        Size of the file itself.
    members
        Entries of the archive, directories included.
    inflated_bytes
        Sum of all that is unpacked.
    ratio
        How many bytes one packed byte may become, beyond a first megabyte; deflate reaches 1,032.
    """

    packed_bytes: int
    members: int
    inflated_bytes: int
    ratio: int = 200


class _Budget:
    """Counts what was unpacked, of all members and of the present one."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._total = 0

    def take(self, count: int, *, inflated: int, packed: int, member: str) -> None:
        """Count more bytes; ``inflated`` and ``packed`` are what their ratio is taken of."""
        self._total += count
        if self._total > self._limits.inflated_bytes:
            facts = {"limit": self._limits.inflated_bytes}
            raise FileRefused(FileFault.TOO_MUCH_INSIDE, "too much inside", member=member, facts=facts)
        if inflated > GRACE + self._limits.ratio * packed:
            facts = {"limit": self._limits.inflated_bytes}
            raise FileRefused(FileFault.TOO_MUCH_INSIDE, "packed too tightly", member=member, facts=facts)


class Member:
    """One file of an archive, to be read once and before the next is asked for."""

    def __init__(self, name: str, read: Callable[[int], bytes]) -> None:
        self.name = name
        self._read = read

    def read(self, size: int) -> bytes:
        """At most ``size`` further bytes; none at the end."""
        with _damage(self.name):
            return self._read(size)

    def chunks(self) -> Iterator[bytes]:
        """All of it, piece by piece."""
        while piece := self.read(CHUNK):
            yield piece


@contextmanager
def _damage(member: str = "") -> Iterator[None]:
    """Tell whatever the standard library raises about a broken archive as ours."""
    try:
        yield
    except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, struct.error, ValueError, OSError) as err:
        raise FileRefused(FileFault.DAMAGED, f"broken archive: {type(err).__name__}", member=member) from err
    except NotImplementedError as err:
        raise FileRefused(FileFault.DAMAGED, "packed in a way that is not read here", member=member) from err


def is_zip(head: bytes) -> bool:
    """Whether a file that begins so is a zip archive (an empty one included)."""
    return head.startswith((b"PK\x03\x04", _END_OF_DIRECTORY))


def is_gzip(head: bytes) -> bool:
    """Whether a file that begins so is packed with gzip."""
    return head.startswith(b"\x1f\x8b")


def read_members(source: BinaryIO, *, limits: Limits, wanted: Callable[[str], bool]) -> Iterator[Member]:
    """Yield the wanted files of a zip or tar.gz archive, in the archive's order.

    Parameters
    ----------
    source
        Seekable; read from its beginning.
    wanted
        Called with each file's name.

    Raises
    ------
    FileRefused
        Of another kind, damaged, over a limit, encrypted, with links, devices or names that lead elsewhere; also while
        a member is read.
    """
    _size(source, limits)
    head = source.read(4)
    source.seek(0)
    if is_zip(head):
        archive = ZipArchive(source, limits=limits)
        yield from (archive.open(name) for name in archive.names if wanted(name))
    elif is_gzip(head):
        yield from _tar_members(source, limits, wanted)
    else:
        raise FileRefused(FileFault.UNKNOWN_FORMAT, "neither zip nor tar.gz")


def _size(source: BinaryIO, limits: Limits) -> int:
    size = source.seek(0, io.SEEK_END)
    source.seek(0)
    if size > limits.packed_bytes:
        raise FileRefused(FileFault.TOO_LARGE, "file too large", facts={"limit": limits.packed_bytes})
    return size


class ZipArchive:
    """A zip archive whose names have been checked.

    Raises
    ------
    FileRefused
        See :func:`read_members`.
    """

    def __init__(self, source: BinaryIO, *, limits: Limits) -> None:
        _check_directory(source, _size(source, limits), limits)
        with _damage():
            self._zip = zipfile.ZipFile(source)
            infos = self._zip.infolist()
        self._budget = _Budget(limits)
        names = _Names(limits)
        for info in infos:
            # The library cuts a name off at a zero byte; the name as it stands is what is checked.
            names.check(info.orig_filename, is_file=not info.is_dir())
            _check_kind(info)
        self._infos = {info.filename: info for info in infos if not info.is_dir()}

    @property
    def names(self) -> tuple[str, ...]:
        """The files in it, in its own order."""
        return tuple(self._infos)

    def open(self, name: str) -> Member:
        """A file of it.

        Raises
        ------
        FileRefused
            When there is none of this name.
        """
        info = self._infos.get(name)
        if info is None:
            raise FileRefused(FileFault.MEMBER_MISSING, "a member is missing", member=name)
        with _damage(name):
            stream = self._zip.open(info)
        inflated = 0

        def read(size: int) -> bytes:
            nonlocal inflated
            piece = stream.read(size)
            inflated += len(piece)
            self._budget.take(len(piece), inflated=inflated, packed=info.compress_size, member=name)
            return piece

        return Member(name, read)


def _check_directory(source: BinaryIO, size: int, limits: Limits) -> None:
    """Refuse a directory of too many entries before the library makes an object of each.

    The end record is sought as the library does: at the very end, else as the last one before a comment.
    """
    start = max(0, size - _LONGEST_COMMENT - _END_RECORD.size)
    source.seek(start)
    tail = source.read()
    source.seek(0)
    found = tail.rfind(_END_OF_DIRECTORY)
    if found < 0 or len(tail) - found < _END_RECORD.size:
        raise FileRefused(FileFault.DAMAGED, "the directory is missing")
    fields = _END_RECORD.unpack_from(tail, found)
    entries, directory_bytes = fields[4], fields[5]
    # The larger numbers of zip64 stand elsewhere: an archive within our limits has no need of them.
    if entries > limits.members or directory_bytes > limits.members * _ENTRY_BYTES or b"PK\x06\x07" in tail[:found]:
        raise FileRefused(FileFault.TOO_MANY_MEMBERS, "too many members", facts={"limit": limits.members})


def _check_kind(info: zipfile.ZipInfo) -> None:
    kind = (info.external_attr >> 16) & _FILE_TYPE
    if kind not in {0, _REGULAR, _DIRECTORY}:
        raise FileRefused(FileFault.NOT_A_FILE, "a link or a device", member=info.filename)
    if info.flag_bits & _ENCRYPTED:
        raise FileRefused(FileFault.ENCRYPTED, "an encrypted member", member=info.filename)
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise FileRefused(FileFault.DAMAGED, "packed in a way that is not read here", member=info.filename)


class _Names:
    """Checks names as they come: within the archive, each once, not too many."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._seen: set[str] = set()
        self._count = 0

    def check(self, name: str, *, is_file: bool) -> None:
        self._count += 1
        if self._count > self._limits.members:
            facts = {"limit": self._limits.members}
            raise FileRefused(FileFault.TOO_MANY_MEMBERS, "too many members", facts=facts)
        if not _stays_inside(name):
            raise FileRefused(FileFault.BAD_PATH, "a name that leads out of the archive")
        if is_file and name in self._seen:
            raise FileRefused(FileFault.DUPLICATE_MEMBER, "two members of one name", member=name)
        self._seen.add(name)


def _stays_inside(name: str) -> bool:
    # A leading "./" is how tar writes what it was given as "."
    bare = name.removeprefix("./").removesuffix("/")
    if not bare:
        return name in {"./", "."}
    if len(name) > _NAME_LENGTH or "\\" in name or ":" in name.split("/", 1)[0] or not name.isprintable():
        return False
    return not any(part in {"", ".", ".."} for part in bare.split("/"))


class _CountedReader(io.RawIOBase):
    """A file that counts what was read of it."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        piece = self._source.read(size)
        self.count += len(piece)
        return piece


def _tar_members(source: BinaryIO, limits: Limits, wanted: Callable[[str], bool]) -> Iterator[Member]:
    packed = _CountedReader(source)
    unpacked = gzip.GzipFile(fileobj=packed, mode="rb")
    budget, names = _Budget(limits), _Names(limits)
    inflated = 0

    def read(size: int) -> bytes:
        nonlocal inflated
        piece = unpacked.read(size)
        inflated += len(piece)
        budget.take(len(piece), inflated=inflated, packed=packed.count, member="")
        return piece

    reader = TarReader(read)
    with _damage():
        while (entry := reader.next()) is not None:
            names.check(entry.name, is_file=entry.is_file)
            if entry.is_file and wanted(entry.name.removeprefix("./")):
                yield Member(entry.name.removeprefix("./"), reader.read)
