"""The slice's jobs: a sync that somebody asked for, and the one that runs by the clock."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import select

from bridge.errors import Refused
from bridge.lms import runs
from bridge.lms.models import LmsSite, SyncRun
from bridge.lms.sync import Puller

__all__ = ["SYNC_DUE", "SYNC_SITE", "HasPuller", "sync_due", "sync_site"]

log = logging.getLogger(__name__)

SYNC_SITE = "lms.sync_site"
SYNC_DUE = "lms.sync_due"


class HasPuller(Protocol):
    """What the jobs are given."""

    @property
    def puller(self) -> Puller: ...

    @property
    def sync_every(self) -> timedelta: ...


def sync_site(context: HasPuller, *, site_id: int) -> None:
    """Sync one site now. A refusal is an answer, not a crash: the run's row says what happened."""
    try:
        report = context.puller.pull(site_id)
    except Refused as err:
        log.info("sync of site %d: %s", site_id, err.code)
    else:
        log.info("sync of site %d: %s, %d calls", site_id, report.state, report.calls)


def sync_due(context: HasPuller) -> None:
    """Sync every site whose last attempt is older than the installation's interval, one after the other."""
    puller = context.puller
    now = puller.clock()
    with puller.database.reading() as session:
        due = [
            site.id
            for site in session.scalars(select(LmsSite).order_by(LmsSite.id))
            if site.moodle_category_ids and _is_due(runs.last_run(session, site), now - context.sync_every)
        ]
    for site_id in due:
        sync_site(context, site_id=site_id)


def _is_due(latest: SyncRun | None, before: datetime) -> bool:
    return latest is None or latest.started_at <= before
