"""Reads in the background what people have done with: a call a person and course, a few at a time, the oldest first.

Nothing waits for it. A run of thousands of calls would hold up the marks, and a site that many share.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from bridge.core.crypto import Vault
from bridge.core.db import Database
from bridge.lms.apply import Counts, apply_part
from bridge.lms.connection import ClientFactory, client_of
from bridge.lms.models import LmsCompletionRead, LmsCoverage, LmsGradebookGrade, LmsSite, RunState, SyncRun
from lms_sync.client import Function
from lms_sync.errors import LmsError
from lms_sync.plan import Coverage, Part, Presence
from lms_sync.reader.completion import Pair, read_completion
from lms_sync.records import Kind
from lms_sync.site import describe

__all__ = ["COMPLETION_CALLS", "CompletionReader", "due_pairs"]

log = logging.getLogger(__name__)

COMPLETION_CALLS = 8
"""In five minutes: 60 people in four courses take two and a half hours, and a shared site hardly notices."""
FRESH_FOR = timedelta(hours=3)
CRITERIA_ASKED_EVERY = timedelta(days=7)
"""A course that had no criteria of its own is asked again, for a teacher may have set some."""


def due_pairs(session: Session, site: LmsSite, *, now: datetime, limit: int) -> list[Pair]:
    """Whom to ask about next: those in the gradebooks, never asked first, then the longest ago."""
    read, grade = LmsCompletionRead, LmsGradebookGrade
    same = and_(
        read.site_id == grade.site_id,
        read.moodle_course_id == grade.moodle_course_id,
        read.moodle_user_id == grade.moodle_user_id,
    )
    pair, last = (grade.moodle_course_id, grade.moodle_user_id), func.max(read.read_at)
    query = (
        select(*pair, last)
        .outerjoin(read, same)
        .where(grade.site_id == site.id, grade.presence == Presence.PRESENT.value)
        .group_by(*pair)
        .order_by(last.is_not(None), last, *pair)
        .limit(limit)
    )
    found = session.execute(query).all()
    return [(course_id, user_id) for course_id, user_id, at in found if at is None or at <= now - FRESH_FOR]


@dataclass(frozen=True, slots=True)
class CompletionReader:
    """All that the reading needs besides the site: wired once."""

    database: Database
    vault: Vault
    make_client: ClientFactory
    clock: Callable[[], datetime]

    def read_some(self, site_id: int, *, calls: int = COMPLETION_CALLS) -> Counts:
        """Read on where the last time ended; what fails is asked again in its turn."""
        with self.database.reading() as session:
            site = session.get_one(LmsSite, site_id)
            if Function.ACTIVITY_COMPLETION not in site.functions or _is_busy(session, site):
                return Counts()
            without = _without_criteria(session, site, self.clock())
            # A person is up to two calls where a course has criteria; the site's description and its question are two.
            pairs = due_pairs(session, site, now=self.clock(), limit=max(1, calls - 2))
            client = client_of(site, self.vault, self.make_client)
        if not pairs:
            return Counts()
        total = Counts()
        try:
            for told in read_completion(client, describe(client), pairs, without_criteria=without):
                if isinstance(told, Part):
                    total += self._take(site_id, told)
        except LmsError as err:
            log.info("completion of site %d: %s", site_id, err.code)
            return total
        self._note(site_id, pairs)
        return total

    def _take(self, site_id: int, part: Part) -> Counts:
        with self.database.writing() as session:
            return apply_part(session, session.get_one(LmsSite, site_id), part, now=self.clock())

    def _note(self, site_id: int, pairs: list[Pair]) -> None:
        now = self.clock()
        with self.database.writing() as session:
            for course_id, user_id in pairs:
                key = {"site_id": site_id, "moodle_course_id": course_id, "moodle_user_id": user_id}
                row = session.scalar(select(LmsCompletionRead).filter_by(**key))
                if row is None:
                    row = LmsCompletionRead(**key)
                    session.add(row)
                row.read_at = now


def _is_busy(session: Session, site: LmsSite) -> bool:
    """Whether a run is under way: two at once are no politeness."""
    running = select(SyncRun.id).where(SyncRun.site_id == site.id, SyncRun.state == RunState.RUNNING.value)
    return session.scalar(running) is not None


def _without_criteria(session: Session, site: LmsSite, now: datetime) -> frozenset[int]:
    query = select(LmsCoverage.moodle_course_id).where(
        LmsCoverage.site_id == site.id,
        LmsCoverage.kind == Kind.COURSE_COMPLETION.value,
        LmsCoverage.coverage == Coverage.NOT_VISIBLE.value,
        LmsCoverage.read_at > now - CRITERIA_ASKED_EVERY,
    )
    return frozenset(session.scalars(query))
