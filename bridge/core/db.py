"""The database: one Base, one naming convention, exact types, and the two ways to open a session.

SQLite and PostgreSQL serve the same code. A writing session on SQLite begins with BEGIN IMMEDIATE: the driver's own
deferred begin takes the write lock only at the first write, and a read made before it may by then be stale.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import BigInteger, Dialect, Engine, MetaData, String, create_engine, event
from sqlalchemy import DateTime as SaDateTime
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from sqlalchemy.types import TypeDecorator

from bridge.errors import SettingsError

__all__ = ["Base", "Database", "Exact", "Key", "Public", "UtcDateTime", "new_uid", "open_engine"]

MARK_PLACES = 5
"""Moodle keeps grades as NUMERIC(10, 5)."""

BUSY_TIMEOUT_MS = 15_000

PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", f"busy_timeout = {BUSY_TIMEOUT_MS}")

READ_ONLY = {"accel_read_only": True}


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in and out, whatever the database keeps; a naive datetime is refused."""

    impl = SaDateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a naive datetime must not reach the database")
        return value.astimezone(UTC) if dialect.name != "sqlite" else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """A decimal with five places, kept as a scaled integer: SQLite's NUMERIC would go through a float."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        scaled = Decimal(value).scaleb(MARK_PLACES)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {MARK_PLACES} decimal places")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-MARK_PLACES).normalize() + Decimal(0)


def new_uid() -> str:
    """An opaque id for URLs and logs: 72 random bits."""
    return secrets.token_urlsafe(9)


class Key:
    """A surrogate key that never leaves the server."""

    id: Mapped[int] = mapped_column(primary_key=True)


class Public(Key):
    """A key, and the opaque id by which the outside knows the row."""

    uid: Mapped[str] = mapped_column(String(16), unique=True, default=new_uid)


def open_engine(url: str) -> Engine:
    """An engine with the house rules for its database.

    Raises
    ------
    SettingsError
        When the URL names neither SQLite nor PostgreSQL.
    """
    name = make_url(url).get_backend_name()
    if name == "sqlite":
        return _sqlite_engine(url)
    if name == "postgresql":
        return create_engine(url, pool_pre_ping=True)
    raise SettingsError("The database must be SQLite or PostgreSQL, not %(name)s.", name=name)


def _sqlite_engine(url: str) -> Engine:
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False})
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_connect(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin on its own; _sqlite_begin does
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("accel_read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


class Database:
    """An engine and the two kinds of session on it."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        self._write = sessionmaker(self.engine, expire_on_commit=False)
        self._read = sessionmaker(self.engine.execution_options(**READ_ONLY), expire_on_commit=False)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that commits at the end of the block and rolls back on any error."""
        with self._write.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session on one consistent view of the data; it never commits."""
        with self._read() as session:
            yield session

    def open(self, *, write: bool) -> Session:
        """A session whose end the caller sees to."""
        return self._write() if write else self._read()

    def close(self) -> None:
        """Give every connection back to the operating system."""
        self.engine.dispose()
