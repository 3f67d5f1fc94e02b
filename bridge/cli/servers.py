"""Commands that stay: the web server, the worker, both in one process."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from types import FrameType

import click
from flask import Flask
from waitress.server import create_server

from bridge.app import create_app, speaking_in
from bridge.cli.base import opened, reports_errors, say
from bridge.core.jobs import Worker
from bridge.errors import Refused
from bridge.installation import Installation, job_registry
from bridge.migrations import run as migrations
from bridge.programme.setup import is_set_up
from bridge.settings import Settings

__all__ = ["Web", "listening", "serve", "terminable", "work", "working"]

THREADS = 8


@click.command()
@click.option("--no-worker", is_flag=True, help="Leave the jobs to processes of “accelerator work”.")
@reports_errors
def serve(*, no_worker: bool) -> None:
    """Serve the pages, and run the jobs in the same process."""
    with opened(current_schema=False) as installation, terminable():
        prepare(installation)
        app = create_app(installation=installation)
        with listening(app, installation.settings) as web, nullcontext() if no_worker else working(installation, app):
            announce(installation, web.base)
            web.run()


@click.command()
@reports_errors
def work() -> None:
    """Run jobs until stopped. Each worker needs a name of its own: ACCEL_EXECUTOR_ID."""
    with opened() as installation, terminable(), working(installation):
        click.echo(say("working as %(name)s", name=installation.settings.executor_id))
        try:
            signal.pause()
        except KeyboardInterrupt:
            return


def prepare(installation: Installation) -> None:
    """Bring the schema up where nobody else could be using the database: an embedded SQLite file."""
    logging.basicConfig(level=installation.settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    if installation.database.engine.dialect.name == "sqlite":
        migrations.upgrade(installation.database, installation.settings.resolved_database_url())


def announce(installation: Installation, base: str) -> None:
    """Print where the server is, and on the first run the code that opens it."""
    with installation.database.reading() as session:
        is_new = not is_set_up(session)
    if is_new:
        click.echo(f"setup {base}/setup {installation.setup_code()}")
    click.echo(f"ready {base}")


@dataclass(frozen=True, slots=True)
class Web:
    """A server that is bound to its port; who connects waits until it runs."""

    base: str
    """The address that people use."""
    run: Callable[[], None]
    """Serves until the process is told to stop."""


@contextmanager
def listening(app: Flask, settings: Settings) -> Iterator[Web]:
    """Take the port, and give it back at the end.

    Raises
    ------
    Refused
        When the port cannot be had.
    """
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        server = create_server(app, host=settings.host, port=settings.port, threads=THREADS, ident=None)
    except OSError as err:
        raise Refused(
            "The port %(port)d at %(host)s cannot be used (%(reason)s). Choose another one.",
            code="port_taken",
            port=settings.port,
            host=settings.host,
            reason=err.strerror or str(err),
        ) from err
    # A host name may mean several addresses, each with a socket of its own.
    sockets = getattr(server, "effective_listen", ())
    port = sockets[0][1] if sockets else getattr(server, "effective_port", settings.port)
    try:
        yield Web(settings.base_url or f"http://{settings.host}:{port}", server.run)
    finally:
        server.close()


@contextmanager
def working(installation: Installation, app: Flask | None = None) -> Iterator[None]:
    """Run the jobs in threads of this process. What they write to people, they say in the words of the pages' app."""
    url = installation.settings.resolved_database_url()
    registry = job_registry(speaking_in(app or create_app(installation=installation)))
    worker = Worker(url, registry, installation, name=installation.settings.executor_id)
    worker.start()
    try:
        yield
    finally:
        worker.close()


@contextmanager
def terminable() -> Iterator[None]:
    """Treat SIGTERM as Ctrl-C, so that both stop everything in order.

    Ctrl-C is set as well: a shell starts what it puts into the background with SIGINT ignored.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
