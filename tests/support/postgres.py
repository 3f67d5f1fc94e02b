"""A PostgreSQL for the tests: the one that ACCEL_TEST_POSTGRES_URL names, else one started from the system's binaries.

The started server lives in a temporary folder, listens on a Unix socket only, and trades durability for speed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

ENV = "ACCEL_TEST_POSTGRES_URL"
WHY_NOT = f"no PostgreSQL: {ENV} is not set and no server binaries are installed"
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=")


def binaries() -> Path | None:
    """The newest installed server's folder of programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    on_path = shutil.which("pg_ctl")
    return Path(on_path).parent if on_path else None


def is_available() -> bool:
    return bool(os.environ.get(ENV)) or binaries() is not None


@contextmanager
def server() -> Iterator[str]:
    """A server's URL without a database name; a started one is stopped and removed at the end."""
    given = os.environ.get(ENV)
    if given:
        yield str(make_url(given).set(drivername="postgresql+psycopg").render_as_string(hide_password=False))
        return
    programs = binaries()
    assert programs is not None, WHY_NOT
    with tempfile.TemporaryDirectory(prefix="accel-pg-") as folder:
        yield from _started(programs, Path(folder))


def _started(programs: Path, folder: Path) -> Iterator[str]:
    data = folder / "data"
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    _run(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
    options = " ".join(f"-c {option}" for option in (*FAST, f"unix_socket_directories={folder}", "max_connections=200"))
    _run(programs / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
    try:
        yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
    finally:
        _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def _run(*command: object) -> None:
    """PostgreSQL refuses to run as root: there it runs as its own user."""
    words = [str(word) for word in command]
    as_postgres = (
        ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"] if os.geteuid() == 0 else []
    )
    done = subprocess.run([*as_postgres, *words], capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stdout + done.stderr


def create_database(server_url: str, name: str, *, template: str = "template1") -> str:
    """Make a database anew, from a template, and return its URL."""
    admin = create_engine(make_url(server_url).set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    admin.dispose()
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)
