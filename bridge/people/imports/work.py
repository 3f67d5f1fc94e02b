"""The job that forgets uploads nobody has confirmed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from bridge.core.db import Database
from bridge.people.imports.drafts import forget_expired

__all__ = ["FORGET_IMPORTS", "forget_imports"]

log = logging.getLogger(__name__)

FORGET_IMPORTS = "people.forget_imports"


class KeepsDrafts(Protocol):
    """What the job is given."""

    @property
    def database(self) -> Database: ...

    @property
    def clock(self) -> Callable[[], datetime]: ...


def forget_imports(context: KeepsDrafts) -> None:
    """Delete uploads whose hour is over."""
    with context.database.writing() as session:
        gone = forget_expired(session, now=context.clock())
    if gone:
        log.info("%d unconfirmed uploads were forgotten", gone)
