"""Stores filled once for a module, on both databases: a sync of the whole season is the dear part of these tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest

from bridge.core.db import Database
from tests.support import postgres

KINDS = [
    pytest.param("sqlite", marks=pytest.mark.xdist_group("lms-sqlite")),
    pytest.param("postgresql", marks=pytest.mark.xdist_group("lms-postgresql")),
]

NewDatabase = Callable[[str], Database]


@pytest.fixture(scope="module", params=KINDS)
def new_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewDatabase]:
    """Makes migrated databases of one kind by name, empty, for as long as the module runs."""
    opened: list[Database] = []

    def sqlite_url(name: str) -> str:
        path = tmp_path_factory.mktemp(name) / f"{name}.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"

    def postgres_url(name: str) -> str:
        server, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("postgres_template")
        return postgres.create_database(server, f"accel_{name}_{os.getpid()}", template=template)

    def make(name: str) -> Database:
        url_of = sqlite_url if request.param == "sqlite" else postgres_url
        opened.append(Database(url_of(name)))
        return opened[-1]

    yield make
    for database in opened:
        database.close()
