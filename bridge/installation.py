"""One installation, wired: what the web, the worker and the command line share. Opening it connects to nothing yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from bridge.core.clock import utc_now
from bridge.core.crypto import Vault, kept_secret, load_keys
from bridge.core.db import Database
from bridge.core.jobs import Jobs, Registry
from bridge.core.work import RESUME_STUCK, TIDY, resume_stuck, tidy
from bridge.home.digest import DIGEST_SOURCES
from bridge.lms.asked import COMPARE_COURSE, EXAMINE_SITE, READ_COURSE, compare_course, examine_site, read_course
from bridge.lms.comparing import Comparer
from bridge.lms.completion import CompletionReader
from bridge.lms.connection import WHILE_SOMEBODY_WAITS, ClientFactory, client_factory
from bridge.lms.doctor import Doctor, open_doctor
from bridge.lms.files.work import FORGET_FILES, forget_files
from bridge.lms.sync import Puller
from bridge.lms.work import READ_COMPLETION, SYNC_DUE, SYNC_SITE, read_completion_of_all, sync_due, sync_site
from bridge.messages.digest import DigestDesk, Speaking
from bridge.messages.post import Post, open_post
from bridge.messages.work import DELIVER, ROUND, TIDY_MESSAGES, deliver, go_round, tidy_messages
from bridge.people.imports.work import FORGET_IMPORTS, forget_imports
from bridge.programme.roster import link_people
from bridge.programme.setup import new_code
from bridge.settings import Settings

__all__ = ["Installation", "job_registry"]

SETUP_FILE = "setup.code"


@dataclass(frozen=True, slots=True)
class Installation:
    """The parts that everything else is given."""

    settings: Settings
    database: Database
    vault: Vault
    jobs: Jobs
    puller: Puller
    completion: CompletionReader
    doctor: Doctor
    comparer: Comparer
    make_client: ClientFactory
    """For whoever waits for the answer; the puller has clients with more patience."""
    post: Post
    clock: Callable[[], datetime]

    @classmethod
    def open(cls, settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> Installation:
        """Wire an installation by its settings; ``clock`` lets a demo stand in another year."""
        url = settings.resolved_database_url()
        vault = Vault(load_keys(settings.secret_keys, settings.data))
        make_client = client_factory(settings, retries=WHILE_SOMEBODY_WAITS)
        post = open_post(settings, vault, make_client)
        database = Database(url)
        return cls(
            settings=settings,
            database=database,
            vault=vault,
            jobs=Jobs(url),
            completion=CompletionReader(database, vault, client_factory(settings), clock),
            puller=Puller(
                database,
                vault,
                client_factory(settings),
                clock,
                after=(link_people,),
                shortest_pause=timedelta(minutes=settings.sync_minutes),
            ),
            doctor=open_doctor(settings, database, vault, clock=clock),
            comparer=Comparer(database, vault, client_factory(settings), clock),
            make_client=make_client,
            post=post,
            clock=clock,
        )

    def setup_code(self) -> str:
        """The code that opens the first run; the same for every process, until somebody has used it."""
        return kept_secret(self._setup_file, new_code())

    def forget_setup_code(self) -> None:
        self._setup_file.unlink(missing_ok=True)

    @property
    def _setup_file(self) -> Path:
        return self.settings.data / SETUP_FILE

    def close(self) -> None:
        self.jobs.close()
        self.database.close()


def job_registry(speaking: Speaking) -> Registry:
    """Every job of the installation; ``speaking`` is how they speak to people."""
    registry = Registry()
    desk = DigestDesk(DIGEST_SOURCES, speaking)
    registry.add(ROUND, partial(go_round, desk=desk), cron="*/5 * * * *")
    registry.add(DELIVER, deliver)
    registry.add(TIDY_MESSAGES, tidy_messages, cron="43 1 * * *")
    registry.add(SYNC_SITE, sync_site)
    registry.add(EXAMINE_SITE, examine_site)
    registry.add(COMPARE_COURSE, compare_course)
    registry.add(READ_COURSE, read_course)
    registry.add(RESUME_STUCK, resume_stuck, cron="7,37 * * * *")
    registry.add(TIDY, tidy, cron="23 1 * * *")
    registry.add(SYNC_DUE, sync_due, cron="*/5 * * * *")
    registry.add(READ_COMPLETION, read_completion_of_all, cron="2-59/5 * * * *")
    registry.add(FORGET_IMPORTS, forget_imports, cron="*/10 * * * *")
    registry.add(FORGET_FILES, forget_files, cron="4-59/10 * * * *")
    return registry
