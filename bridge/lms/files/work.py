"""The job that forgets uploads nobody has confirmed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from bridge.core.db import Database
from bridge.lms.files.service import forget_expired

__all__ = ["FORGET_FILES", "forget_files"]

log = logging.getLogger(__name__)

FORGET_FILES = "lms.forget_files"


class KeepsDrafts(Protocol):
    """What the job is given."""

    @property
    def database(self) -> Database: ...

    @property
    def clock(self) -> Callable[[], datetime]: ...


def forget_files(context: KeepsDrafts) -> None:
    """Delete uploads whose hour is over."""
    with context.database.writing() as session:
        gone = forget_expired(session, now=context.clock())
    if gone:
        log.info("%d unconfirmed files were forgotten", gone)
