from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from bridge.core.db import Database
from bridge.migrations import run
from bridge.migrations.tables import METADATA


def test_the_newest_schema_is_what_the_models_say(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _ours, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


def _ours(_thing: object, name: str | None, kind: str, *_: object) -> bool:
    return kind != "table" or name in METADATA.tables


def test_down_and_up_again_gives_the_same_tables(database: Database, database_url: str) -> None:
    before = _ours_in(database)
    run.downgrade(database, "base")
    assert _ours_in(database) == set()
    assert run.current_revision(database) is None
    run.upgrade(database, database_url)
    assert _ours_in(database) == before
    assert run.is_current(database)


def _ours_in(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names()) & set(METADATA.tables)
