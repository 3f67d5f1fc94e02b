"""When a site is read next. Pure: a run's outcome in, the next times out.

What changes is read soon again, what rests ever more rarely; a site is never asked more often on average than is
polite towards a regional site that hundreds of municipalities share, and once a night everything is read, for what
Moodle hints at in no other way.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bridge.lms.models import RunMode, RunState

__all__ = ["LONGEST_IN_SHORTEST", "LONGEST_REST", "REST_AFTER_ALL", "Next", "Outcome", "next_night", "next_times"]

LONGEST_IN_SHORTEST = 12
"""The longest pause is so many of the shortest."""

PAUSE_A_CALL = timedelta(seconds=20)
"""Half of the 0.1 calls a second that a municipality may make on average; the other half is for what people ask for,
for completion and for the night.
"""

LONGEST_REST = timedelta(hours=2)
REST_AFTER_ALL = timedelta(minutes=15)
"""After a full reading, whose hundreds of calls are those of a whole day: whoever connects a site changes something
there at once, to see whether it comes.
"""

NIGHT_BEGINS, NIGHT_MINUTES = time(1, 30), 180
"""Nightly readings are spread over these hours, each municipality at its own minute."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended.

    Attributes
    ----------
    changes
        Rows written.
    quiet_runs
        Runs without changes, or failed, before this one.
    retry_after
        How long the site asked to be left alone.
    """

    mode: RunMode
    state: RunState
    changes: int
    calls: int
    quiet_runs: int
    retry_after: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Next:
    """What follows; ``full_at`` is None where the run does not move it."""

    run_at: datetime
    full_at: datetime | None
    quiet_runs: int


def next_times(outcome: Outcome, *, now: datetime, shortest: timedelta, time_zone: str, uid: str) -> Next:
    """The next reading, and the next full one.

    Parameters
    ----------
    shortest
        The pause while things change.
    time_zone, uid
        The municipality's night, and its own minute in it.
    """
    quiet = 0 if outcome.changes and outcome.state is not RunState.FAILED else outcome.quiet_runs + 1
    growth = min(2 ** min(quiet, LONGEST_IN_SHORTEST), LONGEST_IN_SHORTEST)
    longest = REST_AFTER_ALL if outcome.mode is RunMode.FULL else LONGEST_REST
    pause = max(shortest * growth, min(PAUSE_A_CALL * outcome.calls, longest), outcome.retry_after)
    was_full = outcome.mode is RunMode.FULL and outcome.state is not RunState.FAILED
    full_at = next_night(now, time_zone, uid) if was_full else None
    return Next(now + pause, full_at, quiet)


def next_night(now: datetime, time_zone: str, uid: str) -> datetime:
    """The municipality's minute of the coming night; at least six hours from now."""
    minute = int.from_bytes(hashlib.sha256(uid.encode()).digest()[:4], "big") % NIGHT_MINUTES
    local = now.astimezone(ZoneInfo(time_zone))
    night = local.replace(hour=NIGHT_BEGINS.hour, minute=NIGHT_BEGINS.minute, second=0, microsecond=0)
    night += timedelta(minutes=minute)
    while night < local + timedelta(hours=6):
        night += timedelta(days=1)
    return night.astimezone(now.tzinfo)
