"""The slice's jobs: a sync that somebody asked for, and the one that runs by the clock."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Protocol

from sqlalchemy import select

from bridge.core.jobs import Jobs
from bridge.errors import Refused
from bridge.lms.completion import CompletionReader
from bridge.lms.models import LmsSite, RunMode
from bridge.lms.sync import Puller

__all__ = [
    "READ_COMPLETION",
    "SYNC_DUE",
    "SYNC_SITE",
    "TICK",
    "HasPuller",
    "read_completion_of_all",
    "sync_due",
    "sync_site",
]

log = logging.getLogger(__name__)

SYNC_SITE = "lms.sync_site"
SYNC_DUE = "lms.sync_due"
READ_COMPLETION = "lms.read_completion"


TICK = timedelta(minutes=5)
"""How often it is looked which sites are due."""
ASKED_AGAIN_AFTER = timedelta(hours=1)
"""A sync that was asked for and did not begin for so long is asked for again."""


class HasPuller(Protocol):
    """What the jobs are given."""

    @property
    def puller(self) -> Puller: ...

    @property
    def completion(self) -> CompletionReader: ...

    @property
    def jobs(self) -> Jobs: ...


def sync_site(context: HasPuller, *, site_id: int, full: bool = False) -> None:
    """Sync one site now. A refusal is an answer, not a crash: the run's row says what happened."""
    try:
        report = context.puller.pull(site_id, mode=RunMode.FULL if full else None)
    except Refused as err:
        log.info("sync of site %d: %s", site_id, err.code)
    else:
        log.info("sync of site %d: %s, %s, %d calls", site_id, report.mode, report.state, report.calls)


def sync_due(context: HasPuller) -> None:
    """Ask for a sync of every site whose time has come; the workers share them."""
    puller = context.puller
    now = puller.clock()
    with puller.database.writing() as session:
        for site in session.scalars(select(LmsSite).order_by(LmsSite.next_run_at, LmsSite.id)):
            if site.moodle_category_ids and (site.next_run_at is None or site.next_run_at <= now + TICK / 2):
                # Until the run itself says when the next one is.
                site.next_run_at = now + ASKED_AGAIN_AFTER
                context.jobs.enqueue(session, SYNC_SITE, site_id=site.id)


def read_completion_of_all(context: HasPuller) -> None:
    """Read a few people's completion of each site."""
    with context.puller.database.reading() as session:
        site_ids = [
            site.id for site in session.scalars(select(LmsSite).order_by(LmsSite.id)) if site.moodle_category_ids
        ]
    for site_id in site_ids:
        context.completion.read_some(site_id)
