"""Durable jobs, on DBOS: the one module that knows the engine.

A job is a registered function of ``(context, **arguments)``; arguments are ids and flags, never secrets or names. It
may be run again after a crash, so each job brings its own idempotence (a sync resumes, a run row is taken over).

Guard rails (each met when measuring the engine): jobs and business rows share one database, so that ``enqueue`` commits
or rolls back with the change; arguments are JSON, not pickle; every worker has a stable name; the application's version
is stated, or an upgrade would leave queued jobs behind; the engine's own SQLite connections begin immediately as ours
do, and its tables are made by its own migration, which manages transactions itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, EnqueueOptions, WorkflowHandle
from sqlalchemy.orm import Session

from bridge.core.db import open_engine

__all__ = ["JobFunction", "Jobs", "Registry", "Worker", "migrate_job_tables"]

log = logging.getLogger(__name__)

ENGINE_NAME = "accelerator"
APPLICATION_VERSION = "1"
"""Raised only when a queued job of the old code cannot be run by the new."""
QUEUE = "jobs"
CONCURRENT_JOBS = 2
POLL_S = 0.5
FORGET_AT_ONCE = 1000
JOB_SCHEMA = "jobs"
"""PostgreSQL keeps the engine's tables in a schema of their own; SQLite has no schemas."""

JobFunction = Callable[..., None]


@dataclass
class Registry:
    """The jobs of the installation by name, and those that run by the clock."""

    jobs: dict[str, JobFunction] = field(default_factory=dict)
    schedules: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, function: JobFunction, *, cron: str = "") -> None:
        """Register a job; ``cron`` (five fields, UTC) makes it run by the clock as well."""
        if name in self.jobs:
            raise ValueError(f"two jobs are called {name}")
        self.jobs[name] = function
        if cron:
            self.schedules[name] = cron


def migrate_job_tables(url: str) -> None:
    """Create or upgrade the engine's own tables."""
    DBOS.migrate(url, schema=JOB_SCHEMA)


class Jobs:
    """How web processes ask for work. It starts no thread and runs no job."""

    def __init__(self, url: str) -> None:
        self._engine = open_engine(url)
        self._client = DBOSClient(
            system_database_url=url,
            system_database_engine=self._engine,
            dbos_system_schema=JOB_SCHEMA,
            serializer=DBOSPortableJSONSerializer(),
            lazy=True,
        )

    def enqueue(self, session: Session, name: str, **arguments: object) -> str:
        """Ask for a job in the caller's transaction: a rollback leaves no job. Returns the job's id."""
        options = EnqueueOptions(queue_name=QUEUE, workflow_name=ENGINE_NAME, app_version=APPLICATION_VERSION)
        handle: WorkflowHandle[None] = self._client.enqueue_in_transaction(session, options, name, arguments)
        return str(handle.workflow_id)

    def resume_stuck(self, *, older_than: datetime) -> list[str]:
        """Give the jobs of dead workers to the living: those that began before a moment and have not ended.

        A worker that only seems dead may still be at it, which is why every job brings its own idempotence.
        """
        stuck = self._client.list_workflows(status="PENDING", end_time=older_than.isoformat(), load_input=False)
        ids = [workflow.workflow_id for workflow in stuck]
        if ids:
            self._client.resume_workflows(ids)
        return ids

    def forget_ended(self, *, before: datetime) -> int:
        """Delete the records of jobs that ended before a moment. Returns how many."""
        ended = self._client.list_workflows(
            status=["SUCCESS", "ERROR", "CANCELLED"],
            completed_before=before.isoformat(),
            limit=FORGET_AT_ONCE,
            load_input=False,
            load_output=False,
        )
        ids = [workflow.workflow_id for workflow in ended]
        if ids:
            self._client.delete_workflows(ids)
        return len(ids)

    def close(self) -> None:
        self._client.destroy()
        self._engine.dispose()


class Worker:
    """Runs jobs until closed. One a process; several processes share the work on PostgreSQL.

    Parameters
    ----------
    name
        Stable: a dead worker's jobs wait for a worker of the same name, and two of one name would run jobs twice.
    """

    def __init__(self, url: str, registry: Registry, context: object, *, name: str) -> None:
        self._url, self._registry, self._context, self._name = url, registry, context, name
        self._engine = open_engine(url)

    def start(self) -> None:
        """Begin to run jobs in threads of this process, first those that a crash left unfinished."""
        DBOS(config=self._config())
        run, context = self._registry.jobs, self._context

        # The engine marks what it wraps, so it needs functions of its own, not methods.
        @DBOS.workflow(name=ENGINE_NAME)
        def run_job(name: str, arguments: Mapping[str, object]) -> None:
            log.info("job %s", name)
            run[name](context, **arguments)

        @DBOS.workflow(name=f"{ENGINE_NAME}.tick")
        def tick(_scheduled: datetime, name: object) -> None:
            run_job(str(name), {})

        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=CONCURRENT_JOBS, polling_interval_sec=POLL_S)
        DBOS.apply_schedules(
            [
                {"schedule_name": name, "workflow_fn": tick, "schedule": cron, "context": name}
                for name, cron in self._registry.schedules.items()
            ]
        )

    def close(self) -> None:
        """Stop taking jobs and give the running ones a moment to end."""
        DBOS.destroy(workflow_completion_timeout_sec=5)
        self._engine.dispose()

    def _config(self) -> DBOSConfig:
        return DBOSConfig(
            name=ENGINE_NAME,
            system_database_url=self._url,
            system_database_engine=self._engine,
            dbos_system_schema=JOB_SCHEMA,
            run_migrations=False,
            serializer=DBOSPortableJSONSerializer(),
            application_version=APPLICATION_VERSION,
            executor_id=self._name,
            enable_otlp=False,
            console_log_level="ERROR",
            log_level="ERROR",
        )
