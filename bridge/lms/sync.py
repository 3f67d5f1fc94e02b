"""Pulls a site's records into the store: gather a part, decide, apply it in one transaction, go on.

Each part commits by itself together with the run's heartbeat, so that a killed run loses at most the part under way,
and running again repeats nothing: what is there already is unchanged by the plan.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

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
from bridge.lms.connection import ClientFactory, client_of
from bridge.lms.models import LmsCourse, LmsSite, RunMode, RunState, SyncRun
from bridge.lms.sentences import refusal
from lms_sync.client import Client
from lms_sync.errors import LmsError
from lms_sync.plan import Part, Presence
from lms_sync.reader import Problem, ProgressCallback, Reader, Scope
from lms_sync.site import describe

__all__ = ["AfterSync", "Puller", "RunReport"]

log = logging.getLogger(__name__)

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
class Puller:
    """All that a sync needs besides the site: wired once."""

    database: Database
    vault: Vault
    make_client: ClientFactory
    clock: Callable[[], datetime]
    after: Sequence[AfterSync] = ()

    def pull(
        self, site_id: int, *, mode: RunMode = RunMode.FULL, progress: ProgressCallback | None = None
    ) -> RunReport:
        """Run one sync of a site.

        Raises
        ------
        Refused
            While another run of the site is under way, or when no course category was chosen.
        LmsRefused
            When the LMS could not be asked at all; the run is kept as failed, what came before stays.
        """
        client, scope, run_id = self._open(site_id, mode)
        started = self.clock()
        try:
            counts, problems = self._read(client, scope, site_id, run_id, progress)
        except LmsError as err:
            self._fail(run_id, err, client.calls)
            raise refusal(err) from err
        state = RunState.PARTLY if problems else RunState.DONE
        uid = self._finish(site_id, run_id, state, client.calls)
        seconds = (self.clock() - started).total_seconds()
        return RunReport(uid, mode, state, client.calls, seconds, counts, problems)

    def _open(self, site_id: int, mode: RunMode) -> tuple[Client, Scope, int]:
        with self.database.writing() as session:
            site = session.get_one(LmsSite, site_id)
            scope = _scope_of(session, site)
            client = client_of(site, self.vault, self.make_client)
            run = runs.start_run(session, site, mode, now=self.clock())
            return client, scope, run.id

    def _read(
        self, client: Client, scope: Scope, site_id: int, run_id: int, progress: ProgressCallback | None
    ) -> tuple[Counts, tuple[Problem, ...]]:
        described = describe(client)
        total, problems = Counts(), []
        for told in Reader(client, described, scope, progress=progress).read():
            if isinstance(told, Problem):
                problems.append(told)
            total += self._take(told, site_id, run_id, client.calls)
        return total, tuple(problems)

    def _take(self, told: Part | Problem, site_id: int, run_id: int, calls: int) -> Counts:
        """Write one thing that the reading told, and that the run is alive."""
        now = self.clock()
        with self.database.writing() as session:
            run = session.get_one(SyncRun, run_id)
            if run.state != RunState.RUNNING.value:
                raise Refused("Another run has taken this one over.", code="sync_taken_over")
            counts = Counts()
            if isinstance(told, Part):
                counts = apply_part(session, session.get_one(LmsSite, site_id), told, now=now)
            else:
                runs.note_problem(session, run, code=told.code.value, facts=told.facts, course_id=told.course_id)
            runs.beat(run, counts, calls=calls, now=now)
            return counts

    def _fail(self, run_id: int, error: LmsError, calls: int) -> None:
        with self.database.writing() as session:
            run = session.get_one(SyncRun, run_id)
            facts = {**error.facts, "function": error.function}
            runs.note_problem(session, run, code=error.code.value, facts=facts, course_id=None)
            runs.end_run(run, RunState.FAILED, calls=calls, now=self.clock())
        log.warning("sync failed: %s", error.code)

    def _finish(self, site_id: int, run_id: int, state: RunState, calls: int) -> str:
        now = self.clock()
        with self.database.writing() as session:
            site, run = session.get_one(LmsSite, site_id), session.get_one(SyncRun, run_id)
            for step in self.after:
                step(session, site, now)
            runs.end_run(run, state, calls=calls, now=now)
            facts = {"run": run.uid, "state": state.value}
            subject = f"lms_site:{site.uid}"
            audit.record(session, "lms.synced", now=now, source=Source.SYNC, subject=subject, facts=facts)
            emit(session, "lms.synced", subject=subject, now=now, payload=facts)
            return run.uid


def _scope_of(session: Session, site: LmsSite) -> Scope:
    if not site.moodle_category_ids:
        raise Refused("Choose the course category of the programme first.", code="no_category")
    known = session.scalars(
        select(LmsCourse.moodle_course_id).where(
            LmsCourse.site_id == site.id, LmsCourse.presence == Presence.PRESENT.value
        )
    )
    return Scope(category_ids=tuple(site.moodle_category_ids), course_ids=tuple(known))
