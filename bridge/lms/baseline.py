"""Where a reading of changes begins: what the store knows of a site, and from when on it wants to be told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bridge.core.db import Database
from bridge.lms.apply import Counts
from bridge.lms.models import LmsCursor
from bridge.lms.records import load_known
from lms_sync.changes import OVERLAP_S, ReviewsToRead
from lms_sync.plan import Part, Presence
from lms_sync.reader import CourseRead
from lms_sync.records import Key, Kind, Record

__all__ = ["StoredBaseline", "forget_course", "note_begun", "note_course_read"]

WHOLE_EVERY = timedelta(hours=36)
"""A course that was not read whole for so long, because a night's reading failed there, is read whole by day."""


REVIEWS_A_NIGHT = 1_000
"""A call each. What a larger site has is read in turn, some of it each night."""


WHERE_LACKING_EVERY = timedelta(hours=1)
"""A course that keeps something from our token is read whole more often: the right may have been given since."""


class StoredBaseline:
    """As :class:`lms_sync.changes.Baseline` describes it; each question is a transaction of its own."""

    def __init__(self, database: Database, site_id: int, *, now: datetime) -> None:
        self._database = database
        self._site_id = site_id
        self._now = now

    def since_s(self, course_id: int) -> int | None:
        """From when on changes of a course are wanted."""
        cursor = self._cursor(course_id)
        if (
            cursor is None
            or cursor.stale
            or cursor.whole_at < self._now - (WHOLE_EVERY if cursor.complete else WHERE_LACKING_EVERY)
        ):
            return None
        return cursor.since_s

    def people(self, course_id: int) -> str:
        """The digest of the people who were in the course."""
        cursor = self._cursor(course_id)
        return cursor.people if cursor is not None else ""

    def present(self, kind: Kind, course_id: int | None) -> Mapping[Key, Record]:
        """The records that the site still has, as far as the store knows."""
        with self._database.reading() as session:
            known = load_known(session, kind, site_id=self._site_id, course_id=course_id)
        return {key: one.record for key, one in known.items() if one.presence is Presence.PRESENT}

    def reviews_of_the_night(self, now: datetime) -> ReviewsToRead:
        """Which reviews a full reading by the clock asks for: all of a season, a slice of a region's."""
        known = self.present(Kind.WORKSHOP_ASSESSMENT, None)
        marked = frozenset(key[0] for key in self.present(Kind.CRITERION_MARK, None))
        slices = ceil(len(known) / REVIEWS_A_NIGHT) or 1
        return ReviewsToRead(known, marked, turn=(now.toordinal(), slices))

    def _cursor(self, course_id: int) -> LmsCursor | None:
        with self._database.reading() as session:
            return find_cursor(session, self._site_id, course_id)


def find_cursor(session: Session, site_id: int, course_id: int) -> LmsCursor | None:
    return session.scalar(
        select(LmsCursor).where(LmsCursor.site_id == site_id, LmsCursor.moodle_course_id == course_id)
    )


def note_course_read(session: Session, site_id: int, read: CourseRead, *, began: datetime, now: datetime) -> None:
    """Keep that a course was read.

    Parameters
    ----------
    began
        When the reading began, by the site's clock or ours, whichever is behind.
    """
    cursor = find_cursor(session, site_id, read.course_id)
    if cursor is None:
        cursor = LmsCursor(site_id=site_id, moodle_course_id=read.course_id, whole_at=now)
        session.add(cursor)
    cursor.since_s = int(began.timestamp()) - OVERLAP_S
    cursor.people, cursor.read_at, cursor.stale = read.people, now, False
    if read.whole:
        cursor.whole_at, cursor.complete = now, read.complete
    elif not read.complete:
        cursor.complete = False


def note_begun(session: Session, site_id: int, part: Part, counts: Counts) -> None:
    """Keep that a run has begun to change a course.

    It may be broken off behind this part. The next reading of changes would find the lists as the store has them and
    the people as they were, and ask for nothing of what hangs on them.
    """
    if part.course_id is None:
        return
    if part.kind is Kind.COURSE and not part.records:
        forget_course(session, site_id, part.course_id)
    elif counts != Counts():
        cursor = find_cursor(session, site_id, part.course_id)
        if cursor is not None:
            cursor.stale = True


def forget_course(session: Session, site_id: int, course_id: int) -> None:
    """A course that is gone or closed to us is read whole when it is back."""
    session.execute(delete(LmsCursor).where(LmsCursor.site_id == site_id, LmsCursor.moodle_course_id == course_id))
