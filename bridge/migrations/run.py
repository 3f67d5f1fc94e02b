"""Upgrade and downgrade a database, and tell where it stands."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bridge.core.db import Database
from bridge.core.jobs import migrate_job_tables

__all__ = ["current_revision", "downgrade", "is_current", "make_revision", "upgrade"]

SCRIPTS = Path(__file__).parent


def upgrade(database: Database, url: str, revision: str = "head") -> None:
    """Bring the schema up to a revision, and the job engine's tables with it."""
    with database.engine.begin() as connection:
        command.upgrade(_config(connection), revision)
    migrate_job_tables(url)


def downgrade(database: Database, revision: str) -> None:
    """Take the schema down to a revision ("base" empties it); the job engine's tables stay."""
    with database.engine.begin() as connection:
        command.downgrade(_config(connection), revision)


def current_revision(database: Database) -> str | None:
    """The revision that the database is at; None for one that was never upgraded."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_current(database: Database) -> bool:
    """Whether the database is at the newest revision this version knows."""
    return current_revision(database) == ScriptDirectory(str(SCRIPTS)).get_current_head()


def make_revision(database: Database, message: str) -> None:
    """For developers: write the next revision, from the difference between models and database."""
    with database.engine.begin() as connection:
        number = len(list(ScriptDirectory(str(SCRIPTS)).walk_revisions())) + 1
        command.revision(_config(connection), message, autogenerate=True, rev_id=f"{number:04d}")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
