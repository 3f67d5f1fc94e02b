"""``python -m tests.integration.lms.killed DATABASE SITE_ID MODE COMMIT``: a sync that ends itself with SIGKILL.

It dies when a commit is about to be made: the COMMIT-th of the run (from 1), so that all before it stand and nothing of
it does. With 0 it lives, and prints how many commits there were.
"""

from __future__ import annotations

import os
import signal
import sys

from sqlalchemy import event

from bridge.core.db import Database
from bridge.lms.models import RunMode
from tests.integration.lms.support import Store
from tests.integration.lms.test_fault_cases import client


def main(url: str, site_id: int, mode: RunMode, last: int) -> int:
    database = Database(url)
    commits = 0

    @event.listens_for(database.engine, "commit")
    def on_commit(_connection: object) -> None:
        nonlocal commits
        commits += 1
        if commits == last:
            os.kill(os.getpid(), signal.SIGKILL)

    Store(database, client, site_id=site_id).pull(mode)
    return commits


if __name__ == "__main__":
    sys.stdout.write(str(main(sys.argv[1], int(sys.argv[2]), RunMode(sys.argv[3]), int(sys.argv[4]))))
