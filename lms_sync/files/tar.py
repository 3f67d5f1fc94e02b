"""A tar archive as a stream of entries, with a bound on everything that it may ask to be kept.

The standard library's reader takes an extended header of any length into memory, as long as its own header says. Here
a long name has a bound, links and devices are refused, and an entry's content is read in pieces or passed over.

Format: POSIX.1-2001 (ustar and pax), and GNU's long names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lms_sync.errors import FileFault, FileRefused

__all__ = ["Entry", "TarReader"]

_BLOCK = 512
_LONGEST_HEADER = 65_536
_PIECE = 65_536
_NAME, _SIZE, _SUM, _KIND, _PREFIX = slice(0, 100), slice(124, 136), slice(148, 156), slice(156, 157), slice(345, 500)
_MAGIC = slice(257, 263)
_FILE_KINDS = frozenset({b"0", b"\0", b"7"})
_DIRECTORY = b"5"
_LONG_NAME, _LONG_LINK, _PAX, _PAX_GLOBAL = b"L", b"K", b"x", b"g"
_KEPT = frozenset({b"path", b"size"})
_MOST_DIGITS = 18
_BASE_256 = 0x80


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or a directory in the archive."""

    name: str
    size: int
    is_file: bool


class TarReader:
    """Reads entries from a function that gives at most so many bytes, and none at the end."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._source = read
        self._left = 0
        self._padding = 0

    def next(self) -> Entry | None:
        """Pass over what is left of the present entry, and give the next; None at the end.

        Raises
        ------
        FileRefused
            Damaged, or a link, a device or anything else that is neither file nor directory.
        """
        extended: dict[str, str] = {}
        while (block := self._header()) is not None:
            kind, size = block[_KIND], _number(block[_SIZE])
            if kind in {_LONG_NAME, _LONG_LINK, _PAX, _PAX_GLOBAL}:
                extended |= _extended(kind, self._whole(size))
                continue
            return self._entry(block, kind, size, extended)
        return None

    def read(self, size: int) -> bytes:
        """At most ``size`` further bytes of the present entry."""
        if not self._left:
            return b""
        piece = self._source(min(size, self._left))
        if not piece:
            raise FileRefused(FileFault.DAMAGED, "the archive is cut off")
        self._left -= len(piece)
        return piece

    def _entry(self, block: bytes, kind: bytes, size: int, extended: dict[str, str]) -> Entry:
        name = extended.get("path") or _plain_name(block)
        if kind != _DIRECTORY and kind not in _FILE_KINDS:
            raise FileRefused(FileFault.NOT_A_FILE, "a link or a device", member=name)
        is_file = kind != _DIRECTORY and not name.endswith("/")
        self._begin(int(extended["size"]) if "size" in extended else size)
        return Entry(name, self._left, is_file)

    def _header(self) -> bytes | None:
        while self.read(_PIECE):
            pass
        self._exactly(self._padding)
        self._padding = 0
        block = self._source_up_to(_BLOCK)
        # Two blocks of zeros end an archive; one is enough to know, and some writers leave out both.
        if not block.strip(b"\0"):
            return None
        if len(block) < _BLOCK or not _is_sound(block):
            raise FileRefused(FileFault.DAMAGED, "not a tar archive, or cut off")
        return block

    def _begin(self, size: int) -> None:
        self._left, self._padding = size, -size % _BLOCK

    def _whole(self, size: int) -> bytes:
        if size > _LONGEST_HEADER:
            raise FileRefused(FileFault.TEXT_TOO_LONG, "a long header", facts={"limit": _LONGEST_HEADER})
        self._begin(size)
        found = bytearray()
        while piece := self.read(_PIECE):
            found += piece
        return bytes(found)

    def _source_up_to(self, size: int) -> bytes:
        found = bytearray()
        while len(found) < size and (piece := self._source(size - len(found))):
            found += piece
        return bytes(found)

    def _exactly(self, size: int) -> None:
        if len(self._source_up_to(size)) < size:
            raise FileRefused(FileFault.DAMAGED, "the archive is cut off")


def _is_sound(block: bytes) -> bool:
    # The sum is of all bytes, with those of the sum itself taken for spaces.
    expected = sum(block) - sum(block[_SUM]) + 8 * ord(" ")
    return _number(block[_SUM]) == expected


def _number(field: bytes) -> int:
    if field[:1] and field[0] & _BASE_256:
        return int.from_bytes(bytes([field[0] & ~_BASE_256]) + field[1:], "big")
    digits = field.strip(b" \0")
    if not digits:
        return 0
    try:
        found = int(digits, 8)
    except ValueError as err:
        raise FileRefused(FileFault.DAMAGED, "not a number in a header") from err
    if found < 0:
        raise FileRefused(FileFault.DAMAGED, "a negative number in a header")
    return found


def _plain_name(block: bytes) -> str:
    name = _text(block[_NAME])
    prefix = _text(block[_PREFIX]) if block[_MAGIC] == b"ustar\0" else ""
    return f"{prefix}/{name}" if prefix else name


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("utf-8", "replace")


def _extended(kind: bytes, content: bytes) -> dict[str, str]:
    if kind == _LONG_NAME:
        return {"path": _text(content)}
    return _pax(content) if kind == _PAX else {}


def _pax(content: bytes) -> dict[str, str]:
    """Path and size of a pax header: records of a length, a space, KEY=VALUE and a line feed."""
    found: dict[str, str] = {}
    while content:
        head, _, _ = content.partition(b" ")
        length = int(head) if head.isdigit() and len(head) < 6 else 0
        record = content[len(head) + 1 : length]
        if length <= len(head) + 1 or length > len(content) or not record.endswith(b"\n"):
            raise FileRefused(FileFault.DAMAGED, "an unsound extended header")
        key, _, value = record[:-1].partition(b"=")
        if key == b"size" and not (value.isdigit() and len(value) <= _MOST_DIGITS):
            raise FileRefused(FileFault.DAMAGED, "not a number in an extended header")
        if key in _KEPT:
            found[key.decode("ascii")] = value.decode("utf-8", "replace")
        content = content[length:]
    return found
