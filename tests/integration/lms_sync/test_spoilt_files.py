"""Files spoilt at random, outside and inside: each is read or refused with our error; nothing else ever comes out."""

from __future__ import annotations

import io
import os
import random
import re
from collections.abc import Callable, Iterator

import pytest

from lms_sync.errors import FileRefused
from lms_sync.files.archives import Limits, read_members
from lms_sync.files.backup import read_backup
from lms_sync.files.gradebook import read_gradebook
from tests.support.backups import FILES, members_of
from tests.support.workbooks import gz_tar, zipped

EVERY_DAY, SOAK = 150, 3_000
READERS: dict[str, Callable[[io.BytesIO], object]] = {
    "course-5.mbz": read_backup,
    "course-3.mbz": read_backup,
    "course-4.mbz": read_backup,
    "grades-4.xlsx": read_gradebook,
    "grades-4.ods": read_gradebook,
    "grades-4.csv": read_gradebook,
    "grades-4.xml": read_gradebook,
}
LIMITS = Limits(packed_bytes=1 << 20, members=2_000, inflated_bytes=64 << 20)
WORDS = (b"", b"0", b"-1", b"$@NULL@$", b"NaN", b"1e400", b"99999999999999999999", b"&lt;", b"\xff", b"x" * 5_000)
_VALUE = re.compile(rb">[^<>]+<")


def cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def flipped(data: bytes, chance: random.Random) -> bytes:
    spoilt = bytearray(data)
    for _ in range(chance.randrange(1, 20)):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    return bytes(spoilt)


def lifted(data: bytes, chance: random.Random) -> bytes:
    start, size = chance.randrange(len(data)), chance.randrange(1, 400)
    return data[:start] + data[start + size :]


def repeated(data: bytes, chance: random.Random) -> bytes:
    start, size = chance.randrange(len(data)), chance.randrange(1, 2_000)
    return data[:start] + data[start : start + size] * 3 + data[start + size :]


def revalued(data: bytes, chance: random.Random) -> bytes:
    """Some values between tags replaced by such as Moodle never writes."""
    places = list(_VALUE.finditer(data))
    for found in sorted(chance.sample(places, min(5, len(places))), key=lambda one: -one.start()):
        data = data[: found.start() + 1] + chance.choice(WORDS) + data[found.end() - 1 :]
    return data


SPOIL = (cut, flipped, lifted, repeated, revalued)


def spoilt(name: str, count: int) -> Iterator[bytes]:
    """Files spoilt as they lie there, and files with one spoilt member, packed soundly again."""
    chance = random.Random(name)  # noqa: S311  the same files in each run
    whole = (FILES / name).read_bytes()
    is_packed = name.endswith((".mbz", ".xlsx", ".ods"))
    members = members_of(name) if name.endswith(".mbz") else _members(whole) if is_packed else {}
    for number in range(count):
        spoil = chance.choice(SPOIL)
        if not members or number % 4 == 0:
            yield spoil(whole, chance)
            continue
        path = chance.choice([path for path, content in members.items() if content])
        changed = {**members, path: spoil(members[path], chance)}
        yield gz_tar(changed.items()) if name.endswith(".mbz") and number % 2 else zipped(changed)


def _members(data: bytes) -> dict[str, bytes]:
    found = read_members(io.BytesIO(data), limits=LIMITS, wanted=lambda _: True)
    return {member.name: b"".join(member.chunks()) for member in found}


def _try(name: str, count: int) -> dict[str, int]:
    ended = {"read": 0, "refused": 0}
    for data in spoilt(name, count):
        try:
            READERS[name](io.BytesIO(data))
        except FileRefused:
            ended["refused"] += 1
        else:
            ended["read"] += 1
    return ended


@pytest.mark.parametrize("name", READERS)
def test_spoilt_files_are_read_or_refused(name: str) -> None:
    ended = _try(name, EVERY_DAY)
    assert ended["refused"] > 10
    assert ended["read"] + ended["refused"] == EVERY_DAY


@pytest.mark.soak
@pytest.mark.parametrize("name", READERS)
def test_many_spoilt_files_are_read_or_refused(name: str) -> None:
    count = int(os.environ.get("ACCEL_SOAK_FILES", SOAK))
    assert sum(_try(name, count).values()) == count
