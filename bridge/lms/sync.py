"""Pulls a site's records into the store: gather a part, decide, apply it in one transaction, go on.

Each part commits by itself together with the run's heartbeat, so that a killed run loses at most the part under way,
and running again repeats nothing: what is there already is unchanged by the plan. A course's cursor, from which its
changes are asked for, moves only when all of the course was taken in.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bridge.core import audit
from bridge.core.audit import Source
from bridge.core.crypto import Vault
from bridge.core.db import Database
from bridge.core.outbox import emit
from bridge.errors import Refused
from bridge.lms import runs
from bridge.lms.apply import Counts, apply_part
from bridge.lms.baseline import StoredBaseline, note_begun, note_course_read
from bridge.lms.connection import ClientFactory, client_of
from bridge.lms.models import LmsCourse, LmsSite, RunMode, RunState, SyncRun
from bridge.lms.one_course import course_scope, forget_comparison
from bridge.lms.schedule import Outcome, next_times
from bridge.lms.sentences import INTERRUPTED, refusal
from lms_sync.client import Client
from lms_sync.errors import LmsError, RateLimited
from lms_sync.plan import Part, Presence
from lms_sync.reader import ChangesReader, CourseRead, Problem, ProgressCallback, Reader, Reading, Scope, all_reviews
from lms_sync.site import describe

__all__ = ["AfterSync", "Puller", "RunReport", "is_full_due", "plan_next", "scope_of"]

log = logging.getLogger(__name__)

LONGEST_WAIT = timedelta(hours=24)
"""However long a site asks to be left alone."""

AfterSync = Callable[[Session, LmsSite, datetime], None]
"""What another slice does with fresh data, in the transaction that ends the run."""


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did, for a command line or a job's log."""

    run: str
    mode: RunMode
    state: RunState
    calls: int
    seconds: float
    counts: Counts
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Opened:
    """A run under way."""

    site_id: int
    run_id: int
    mode: RunMode
    client: Client
    scope: Scope
    started: datetime
    thorough: bool
    """Somebody asked for a full reading: all is asked for, whatever it costs."""


@dataclass(frozen=True, slots=True)
class Puller:
    """All that a sync needs besides the site: wired once. ``shortest_pause`` lies between two runs by the clock."""

    database: Database
    vault: Vault
    make_client: ClientFactory
    clock: Callable[[], datetime]
    after: Sequence[AfterSync] = ()
    shortest_pause: timedelta = timedelta(minutes=5)

    def pull(
        self,
        site_id: int,
        *,
        mode: RunMode | None = None,
        course_id: int | None = None,
        progress: ProgressCallback | None = None,
    ) -> RunReport:
        """Run one sync of a site.

        Parameters
        ----------
        mode
            None: what changed, or everything where that is due.
        course_id
            Read this course alone, whole, whatever the mode.

        Raises
        ------
        Refused
            While another run of the site is under way, or when no course category was chosen.
        NotFound
            When the store does not know the course.
        LmsRefused
            When the LMS could not be asked at all; the run is kept as failed, what came before stays.
        """
        opened = self._open(site_id, mode, course_id)
        try:
            counts, problems = self._read(opened, progress)
        except LmsError as err:
            self._fail(opened, err.code.value, {**err.facts, "function": err.function}, retry_after=_retry_after(err))
            raise refusal(err) from err
        except Refused:
            raise
        except BaseException:
            # A fault of ours, or Ctrl-C: the next run need not wait until this one is taken for dead.
            self._fail(opened, INTERRUPTED, {})
            raise
        state = RunState.PARTLY if problems else RunState.DONE
        uid = self._finish(opened, state)
        seconds = (self.clock() - opened.started).total_seconds()
        return RunReport(uid, opened.mode, state, opened.client.calls, seconds, counts, problems)

    def _open(self, site_id: int, mode: RunMode | None, course_id: int | None) -> _Opened:
        now = self.clock()
        with self.database.writing() as session:
            site = session.get_one(LmsSite, site_id)
            scope = scope_of(session, site) if course_id is None else course_scope(session, site, course_id)
            client = client_of(site, self.vault, self.make_client)
            chosen = mode or (RunMode.FULL if is_full_due(site, now) else RunMode.INCREMENTAL)
            if course_id is not None:
                chosen = RunMode.COURSE
                forget_comparison(session, site_id, course_id)
            run = runs.start_run(session, site, chosen, now=now)
            thorough = mode is RunMode.FULL or course_id is not None
            return _Opened(site_id, run.id, chosen, client, scope, now, thorough=thorough)

    def _read(self, opened: _Opened, progress: ProgressCallback | None) -> tuple[Counts, tuple[Problem, ...]]:
        described = describe(opened.client)
        began = min(opened.started, opened.client.answered_at or opened.started)
        baseline = StoredBaseline(self.database, opened.site_id, now=opened.started)
        reader: Reader | ChangesReader
        if opened.mode is not RunMode.INCREMENTAL:
            wanted = all_reviews if opened.thorough else baseline.reviews_of_the_night(opened.started)
            reader = Reader(opened.client, described, opened.scope, wanted=wanted, progress=progress)
        else:
            reader = ChangesReader(opened.client, described, opened.scope, baseline, progress=progress)
        total, problems = Counts(), []
        for told in reader.read():
            if isinstance(told, Problem):
                problems.append(told)
            total += self._take(opened, told, began)
        return total, tuple(problems)

    def _take(self, opened: _Opened, told: Reading, began: datetime) -> Counts:
        """Write one thing that the reading told, and that the run is alive."""
        now = self.clock()
        with self.database.writing() as session:
            run = self._still_running(session, opened)
            counts = Counts()
            match told:
                case Part():
                    counts = apply_part(session, session.get_one(LmsSite, opened.site_id), told, now=now)
                    note_begun(session, opened.site_id, told, counts)
                case Problem():
                    runs.note_problem(session, run, code=told.code.value, facts=told.facts, course_id=told.course_id)
                case CourseRead():
                    note_course_read(session, opened.site_id, told, began=began, now=now)
            runs.beat(run, counts, calls=opened.client.calls, now=now)
            return counts

    def _still_running(self, session: Session, opened: _Opened) -> SyncRun:
        run = session.get_one(SyncRun, opened.run_id)
        if run.state != RunState.RUNNING.value:
            raise Refused("Another run has taken this one over.", code="sync_taken_over")
        return run

    def _fail(
        self, opened: _Opened, code: str, facts: Mapping[str, object], *, retry_after: timedelta = timedelta(0)
    ) -> None:
        now = self.clock()
        with self.database.writing() as session:
            site, run = session.get_one(LmsSite, opened.site_id), session.get_one(SyncRun, opened.run_id)
            if run.state != RunState.RUNNING.value:
                return
            runs.note_problem(session, run, code=code, facts=facts, course_id=None)
            runs.end_run(run, RunState.FAILED, calls=opened.client.calls, now=now)
            plan_next(site, run, shortest=self.shortest_pause, retry_after=retry_after, now=now)
        log.warning("sync failed: %s", code)

    def _finish(self, opened: _Opened, state: RunState) -> str:
        now = self.clock()
        with self.database.writing() as session:
            site, run = session.get_one(LmsSite, opened.site_id), self._still_running(session, opened)
            for step in self.after:
                step(session, site, now)
            runs.end_run(run, state, calls=opened.client.calls, now=now)
            plan_next(site, run, shortest=self.shortest_pause, now=now)
            facts = {"run": run.uid, "mode": run.mode, "state": state.value}
            subject = f"lms_site:{site.uid}"
            audit.record(session, "lms.synced", now=now, source=Source.SYNC, subject=subject, facts=facts)
            emit(session, "lms.synced", subject=subject, now=now, payload=facts)
            return run.uid


def _retry_after(error: LmsError) -> timedelta:
    asked = error.retry_after_s if isinstance(error, RateLimited) else None
    return timedelta(seconds=min(asked or 0, LONGEST_WAIT.total_seconds()))


def is_full_due(site: LmsSite, now: datetime) -> bool:
    """Whether the next reading of a site is to be a full one."""
    return site.next_full_at is None or site.next_full_at <= now


def plan_next(
    site: LmsSite, run: SyncRun, *, shortest: timedelta, now: datetime, retry_after: timedelta = timedelta(0)
) -> None:
    """Write down when a site is read next, after a run that has ended; one course alone moves nothing."""
    if run.mode == RunMode.COURSE.value:
        return
    changes = run.inserted + run.changed + run.retired + run.not_visible
    outcome = Outcome(RunMode(run.mode), RunState(run.state), changes, run.calls, site.quiet_runs, retry_after)
    zone = site.municipality.zone
    following = next_times(outcome, now=now, shortest=shortest, time_zone=zone, uid=site.uid)
    site.next_run_at, site.quiet_runs = following.run_at, following.quiet_runs
    site.next_full_at = following.full_at or site.next_full_at


def scope_of(session: Session, site: LmsSite) -> Scope:
    """What of a site is read: the chosen categories, and the courses that the store knows.

    Raises
    ------
    Refused
        Where no category was chosen.
    """
    if not site.moodle_category_ids:
        raise Refused("Choose the course category of the programme first.", code="no_category")
    known = session.scalars(
        select(LmsCourse.moodle_course_id).where(
            LmsCourse.site_id == site.id, LmsCourse.presence == Presence.PRESENT.value
        )
    )
    return Scope(category_ids=tuple(site.moodle_category_ids), course_ids=tuple(known))
