"""The book of sync runs: one at a time for a site, taken over when its process was killed, with counts and problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bridge.core.processes import has_ended, this_process
from bridge.errors import Refused
from bridge.lms.apply import Counts
from bridge.lms.models import LmsProblem, LmsSite, RunMode, RunState, SyncRun

__all__ = [
    "DEAD_AFTER",
    "Freshness",
    "beat",
    "end_run",
    "freshness",
    "last_run",
    "latest_runs",
    "note_problem",
    "start_run",
]

DEAD_AFTER = timedelta(minutes=10)
"""A run that has said nothing for so long was killed, even where its process cannot be looked for: on another host.

One answer of an LMS may take a few minutes, not ten.
"""


def start_run(session: Session, site: LmsSite, mode: RunMode, *, now: datetime) -> SyncRun:
    """Open a run.

    Raises
    ------
    Refused
        While another run of the site is alive.
    """
    for other in session.scalars(
        select(SyncRun).where(SyncRun.site_id == site.id, SyncRun.state == RunState.RUNNING.value).with_for_update()
    ):
        if other.heartbeat_at + DEAD_AFTER > now and not has_ended(other.process):
            raise Refused("Moodle is being read at this moment. Wait for that run to end.", code="sync_running")
        other.state, other.ended_at = RunState.FAILED.value, now
    session.flush()  # the index lets one run be running
    run = SyncRun(
        site_id=site.id,
        mode=mode.value,
        state=RunState.RUNNING.value,
        process=this_process(),
        started_at=now,
        heartbeat_at=now,
    )
    session.add(run)
    session.flush()  # its id goes to the problems
    return run


def beat(run: SyncRun, counts: Counts, *, calls: int, now: datetime) -> None:
    """Show that a run is alive, and how far it is."""
    run.heartbeat_at, run.calls = now, calls
    run.inserted += counts.inserted
    run.changed += counts.changed
    run.retired += counts.retired
    run.not_visible += counts.not_visible


def note_problem(
    session: Session, run: SyncRun, *, code: str, facts: Mapping[str, object], course_id: int | None
) -> None:
    session.add(LmsProblem(run_id=run.id, moodle_course_id=course_id, code=code, facts=dict(facts)))


def end_run(run: SyncRun, state: RunState, *, calls: int, now: datetime) -> None:
    run.state, run.ended_at, run.heartbeat_at, run.calls = state.value, now, now, calls


def last_run(session: Session, site: LmsSite) -> SyncRun | None:
    """The latest run that has ended or goes on."""
    return next(iter(latest_runs(session, site, 1)), None)


def latest_runs(session: Session, site: LmsSite, count: int) -> Sequence[SyncRun]:
    """The last few runs, the newest first."""
    query = select(SyncRun).where(SyncRun.site_id == site.id).order_by(SyncRun.started_at.desc(), SyncRun.id.desc())
    return session.scalars(query.limit(count)).all()


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old the data of a site are.

    Attributes
    ----------
    data_at
        When a run last ended in which the LMS answered; None before the first.
    failed_at, failure
        The latest run's failure, where it failed: when, and the code of its first problem.
    running
        Whether a run goes on.
    """

    data_at: datetime | None = None
    failed_at: datetime | None = None
    failure: str = ""
    running: bool = False


def freshness(session: Session, site: LmsSite) -> Freshness:
    answered = (RunState.DONE.value, RunState.PARTLY.value)
    data_at = session.scalar(
        select(func.max(SyncRun.ended_at)).where(
            SyncRun.site_id == site.id, SyncRun.state.in_(answered), SyncRun.mode != RunMode.COURSE.value
        )
    )
    latest = last_run(session, site)
    if latest is None or latest.state != RunState.FAILED.value:
        return Freshness(data_at, running=latest is not None and latest.state == RunState.RUNNING.value)
    return Freshness(data_at, failed_at=latest.ended_at, failure=latest.problems[0].code if latest.problems else "")
