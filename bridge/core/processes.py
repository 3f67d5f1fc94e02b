"""Which process a piece of work belongs to, and whether that process surely ended."""

from __future__ import annotations

import os
import socket
from functools import cache
from pathlib import Path

__all__ = ["has_ended", "this_process"]

_START_FIELD = 19
"""Of ``/proc/PID/stat`` after the name in brackets: when the process began, in ticks since the machine did."""


@cache
def this_process() -> str:
    """The name of this process: its host, its number and its beginning, so that a number used again is told apart."""
    return f"{socket.gethostname()}/{os.getpid()}/{_began(os.getpid())}"


def has_ended(name: str) -> bool:
    """Whether the process of that name surely ended; of one on another host nothing is known."""
    host, _, rest = name.rpartition("/")[0].rpartition("/")
    if host != socket.gethostname() or not rest.isdigit():
        return False
    return not _is_running(int(rest)) or _began(int(rest)) != name.rpartition("/")[2]


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _began(pid: int) -> str:
    try:
        # The name may hold spaces and brackets itself.
        return (
            Path(f"/proc/{pid}/stat")
            .read_text(encoding="ascii", errors="replace")
            .rpartition(")")[2]
            .split()[_START_FIELD]
        )
    except (OSError, IndexError):
        return ""
