"""Reads each hostile file in a process of its own, and says what came of it and what it took."""

from __future__ import annotations

import io
import json
import os
import resource
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lms_sync.errors import FileRefused
from lms_sync.files.backup import read_backup
from lms_sync.files.gradebook import read_gradebook
from lms_sync.files.sheets import read_sheets
from tests.support.hostile.registry import HOSTILE, MB, Hostile

__all__ = ["Outcome", "outcomes"]


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
