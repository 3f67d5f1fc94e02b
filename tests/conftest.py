"""Fixtures that every kind of test may ask for: databases of both kinds, migrated, and empty for each test."""

from __future__ import annotations

import os

# As the entry points do: small fits with two BLAS threads take many times as long as with one. Before numpy loads.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.core.db import Database
from bridge.migrations import run as migrations
from tests.support import postgres


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    url = f"sqlite:///{path}"
    database = Database(url)
    migrations.upgrade(database, url)
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    if not postgres.is_available():
        pytest.skip(postgres.WHY_NOT)
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """The name of a migrated PostgreSQL database to copy."""
    name = f"accel_template_{os.getpid()}"
    url = postgres.create_database(postgres_server, name)
    database = Database(url)
    migrations.upgrade(database, url)
    database.close()
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a migrated, empty database; a test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        path = tmp_path / "test.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    server = request.getfixturevalue("postgres_server")
    template = request.getfixturevalue("postgres_template")
    return postgres.create_database(server, f"accel_test_{os.getpid()}", template=template)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()
