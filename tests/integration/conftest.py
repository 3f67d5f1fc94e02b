"""Fixtures of the tests that ask the whole application."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from bridge.core import crypto
from tests.support.app import World, open_world


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same Argon2id at its least cost: many people sign in here."""
    monkeypatch.setattr(crypto, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def world(cheap_passwords: None, database_url: str, tmp_path: Path) -> Iterator[World]:
    """Two municipalities with everybody in them; runs on both databases."""
    with open_world(database_url, tmp_path / "data") as world:
        yield world


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated, empty SQLite file, for tests that are not about the database."""
    path = tmp_path / "file.sqlite3"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def on_file(cheap_passwords: None, sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    """The same world where the kind of database does not matter."""
    with open_world(sqlite_url, tmp_path / "data") as world:
        yield world
