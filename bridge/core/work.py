"""Jobs that keep the house: what is stuck is taken up, what is over is forgotten."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from bridge.core import sessions
from bridge.core.db import Database
from bridge.core.jobs import Jobs

__all__ = ["RESUME_STUCK", "TIDY", "KeepsHouse", "resume_stuck", "tidy"]

log = logging.getLogger(__name__)

RESUME_STUCK = "core.resume_stuck"
TIDY = "core.tidy"

STUCK_AFTER = timedelta(minutes=30)
"""Longer than any job takes; a sync of 2,000 people takes a few minutes."""
REMEMBERED = timedelta(days=14)
"""How long the records of ended jobs stay, for whoever looks for a cause."""


class KeepsHouse(Protocol):
    """What these jobs are given."""

    @property
    def jobs(self) -> Jobs: ...

    @property
    def database(self) -> Database: ...

    @property
    def clock(self) -> Callable[[], datetime]: ...


def resume_stuck(context: KeepsHouse) -> None:
    """Take up the jobs of workers that died and did not come back under their name."""
    resumed = context.jobs.resume_stuck(older_than=context.clock() - STUCK_AFTER)
    if resumed:
        log.warning("%d stuck jobs were resumed", len(resumed))


def tidy(context: KeepsHouse) -> None:
    """Forget ended jobs and sessions that nobody can use any more."""
    now = context.clock()
    forgotten = 0
    # A day's jobs by the clock are more than are forgotten at once.
    while batch := context.jobs.forget_ended(before=now - REMEMBERED):
        forgotten += batch
    with context.database.writing() as session:
        sessions.end_expired(session, now=now)
    log.info("%d ended jobs were forgotten", forgotten)
