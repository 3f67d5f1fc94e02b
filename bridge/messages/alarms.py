"""Tells the organisers when Moodle has been silent for hours: once an outage, not once a failed run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bridge.core.i18n import format_stamp
from bridge.lms import runs
from bridge.lms.models import LmsSite
from bridge.lms.sentences import places, sentence
from bridge.messages.delivery import Office
from bridge.messages.digest import Speaking
from bridge.messages.kinds import SYNC_FAILED
from bridge.messages.post import Post
from bridge.messages.service import language_of, queue
from bridge.people.models import Person
from bridge.people.service import organisers_of
from bridge.web.messages import gettext as _

__all__ = ["SILENT_AFTER", "tell_of_silence"]

SILENT_AFTER = timedelta(hours=6)
"""Shorter outages mend themselves overnight or while cron catches up, and need nobody."""


def tell_of_silence(office: Office, speaking: Speaking) -> int:
    """Queue a message to every organiser of a municipality whose Moodle gives no data. Returns how many."""
    now, told = office.clock(), 0
    with office.database.writing() as session:
        for site in session.scalars(select(LmsSite).order_by(LmsSite.id)).all():
            since = _silent_since(session, site, now)
            if since is not None:
                told += _tell(session, office.post, speaking, _Outage(site, since, now))
    return told


@dataclass(frozen=True, slots=True)
class _Outage:
    site: LmsSite
    since: datetime
    now: datetime

    @property
    def hours(self) -> int:
        return int((self.now - self.since).total_seconds() // 3600)

    def key(self, person: Person) -> str:
        return f"sync.failed:{self.site.uid}:{self.since.isoformat(timespec='seconds')}:{person.uid}"


def _silent_since(session: Session, site: LmsSite, now: datetime) -> datetime | None:
    fresh = runs.freshness(session, site)
    since = fresh.data_at or site.connected_at
    return since if fresh.failed_at is not None and now - since >= SILENT_AFTER else None


def _tell(session: Session, post: Post, speaking: Speaking, outage: _Outage) -> int:
    told = 0
    for person in organisers_of(session, outage.site.municipality_id):
        language, zone = language_of(person), person.municipality.zone
        with speaking(language, zone):
            reason = _reason(session, outage.site)
        values = {
            "site": outage.site.name,
            "hours": str(outage.hours),
            "data": format_stamp(outage.since, zone=ZoneInfo(zone), language=language),
            "reason": reason,
            "address": post.page("/moodle"),
        }
        key = outage.key(person)
        told += queue(session, post, person, SYNC_FAILED, values, now=outage.now, dedupe_key=key) is not None
    return told


def _reason(session: Session, site: LmsSite) -> str:
    latest = runs.last_run(session, site)
    if latest is None or not latest.problems:
        return _("The run was broken off")
    problem = latest.problems[0]
    return _(sentence(problem.code), **places(problem.facts))
