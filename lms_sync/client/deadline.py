"""A hard end for one HTTP exchange, whatever the other side does.

Read time-outs bound the wait for the next bytes, so a server that sends one byte every few seconds holds a call for
ever (slow-loris). A timer shuts the exchange's sockets down at the deadline; whoever is blocked reading them wakes up.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from contextvars import ContextVar
from types import TracebackType
from typing import Self

__all__ = ["Deadline"]

_CURRENT: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


class Deadline:
    """``with Deadline(300) as deadline: ...`` and afterwards ``deadline.expired`` says why reading ended."""

    def __init__(self, seconds: float) -> None:
        self.expired = False
        self._lock = threading.Lock()
        self._handles: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    @staticmethod
    def current() -> Deadline | None:
        """The deadline of the exchange this thread is in."""
        return _CURRENT.get()

    def watch(self, sock: socket.socket) -> None:
        """Shut this socket down at the deadline."""
        # A duplicate: the TLS wrapper detaches the plain socket it is made from, and a response that closes its
        # connection drops the original, while a shutdown through any descriptor ends the connection for all of them.
        handle = socket.socket(fileno=os.dup(sock.fileno()))
        with self._lock:
            self._handles.append(handle)
            if self.expired:
                _shut(handle)

    def __enter__(self) -> Self:
        self._token = _CURRENT.set(self)
        self._timer.start()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._timer.cancel()
        _CURRENT.reset(self._token)
        with self._lock:
            for handle in self._handles:
                handle.close()
            self._handles.clear()

    def _expire(self) -> None:
        with self._lock:
            self.expired = True
            for handle in self._handles:
                _shut(handle)


def _shut(handle: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it may have been closed by the other side already
        handle.shutdown(socket.SHUT_RDWR)
