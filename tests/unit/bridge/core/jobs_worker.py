"""A worker in a process of its own, for the tests to kill: ``python jobs_worker.py URL FOLDER NAME``.

Its job appends a line to a file at the start and another at the end; while the file ``hold`` is there, it waits between
the two.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from bridge.core.jobs import Registry, Worker

POLL_S = 0.05


def note(folder: Path, *, word: str) -> None:
    """The job."""
    with (folder / "begun").open("a") as out:
        out.write(f"{word}\n")
    while (folder / "hold").exists():
        time.sleep(POLL_S)
    with (folder / "done").open("a") as out:
        out.write(f"{word}\n")


def main() -> None:
    url, folder, name = sys.argv[1:]
    registry = Registry()
    registry.add("note", note)
    worker = Worker(url, registry, Path(folder), name=name)
    worker.start()
    print("ready", flush=True)  # noqa: T201  the test waits for it
    try:
        while not (Path(folder) / "stop").exists():
            time.sleep(POLL_S)
    finally:
        worker.close()


if __name__ == "__main__":
    main()
