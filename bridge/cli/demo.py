"""``accelerator demo``: the companion with a demo season, pulled through the real sync from a stand-in Moodle."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import click

from bridge.app import create_app
from bridge.cli.base import reports_errors
from bridge.cli.servers import listening, terminable, working
from bridge.demo import companion
from bridge.demo.seasons import demo_site
from bridge.demo.server import serve_in_thread
from bridge.installation import Installation
from bridge.migrations import run as migrations
from bridge.programme.setup import is_set_up
from bridge.settings import Settings

__all__ = ["demo"]


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("data/demo"),
    show_default=True,
    help="Folder of the demo; a second start goes on with what is in it.",
)
@reports_errors
def demo(*, port: int, data: Path) -> None:
    """Try the companion: no Moodle, no database server, no setting is needed."""
    # The stand-in Moodle lives on this machine: the demo allows that for itself, whatever the installation's setting.
    settings = replace(Settings.from_env(), data=data, database_url="", port=port, allow_private_lms=True)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    installation = Installation.open(settings)
    state = companion.load_state(data, installation.clock())
    app = create_app(installation=installation)
    try:
        # The port first: that it is taken is told before the demo is built, not after.
        with terminable(), listening(app, settings) as web, serve_in_thread(demo_site(state.moment)) as moodle:
            _prepare(installation, moodle.url, state)
            with working(installation, app):
                _announce(web.base, moodle.url, state)
                web.run()
    finally:
        installation.close()


def _prepare(installation: Installation, moodle_url: str, state: companion.DemoState) -> None:
    migrations.upgrade(installation.database, installation.settings.resolved_database_url())
    with installation.database.reading() as session:
        is_new = not is_set_up(session)
    if is_new:
        click.echo("Первый запуск: данные читаются из учебной Moodle, это займёт несколько секунд…")
        companion.build(installation, moodle_url, state)
    else:
        companion.move_site(installation, moodle_url)


def _announce(base: str, moodle_url: str, state: companion.DemoState) -> None:
    click.echo(f"Пароль для всех: {state.password}")
    for who, login in companion.logins():
        click.echo(f"  {login:<12} {who}")
    click.echo(f"Учебная Moodle: {moodle_url}")
    click.echo(f"ready {base}")
