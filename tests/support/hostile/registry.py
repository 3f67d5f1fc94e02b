"""The list of hostile files, and what their makers share."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from lms_sync.errors import FileFault

__all__ = ["HOSTILE", "MB", "RANDOM", "Hostile", "enter", "hostile", "noise", "shuffled"]

MB = 1 << 20


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file, what reads it, and how it must end."""

    name: str
    reader: str
    make: Callable[[], bytes]
    fault: FileFault | None


HOSTILE: dict[str, Hostile] = {}


def hostile(reader: str, fault: FileFault | None) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    """Enter a maker of a file into the list, under its own name."""

    def entered(make: Callable[[], bytes]) -> Callable[[], bytes]:
        enter(make.__name__, reader, make, fault)
        return make

    return entered


def enter(name: str, reader: str, make: Callable[[], bytes], fault: FileFault | None) -> None:
    """Enter a file into the list."""
    HOSTILE[name] = Hostile(name, reader, make, fault)


RANDOM = random.Random(7)  # noqa: S311  files that are the same in each run


def noise(size: int) -> str:
    return RANDOM.randbytes(size // 2).hex()


def shuffled(count: int) -> list[int]:
    numbers = list(range(1, count + 1))
    RANDOM.shuffle(numbers)
    return numbers
