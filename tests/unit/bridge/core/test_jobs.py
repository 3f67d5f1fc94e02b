from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from bridge.core.db import Database
from bridge.core.jobs import JOB_SCHEMA, Jobs, Registry

WORKER = Path(__file__).with_name("jobs_worker.py")
ROOT = Path(__file__).parents[4]
PATIENCE_S = 60


@pytest.fixture
def jobs(database_url: str) -> Iterator[Jobs]:
    jobs = Jobs(database_url)
    yield jobs
    jobs.close()


@pytest.fixture
def start_worker(database_url: str, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Starts workers of one name; the last one is told to stop at the end."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(WORKER), database_url, str(tmp_path), "worker-1"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    (tmp_path / "stop").touch()
    for process in started:
        process.wait(timeout=PATIENCE_S)
        process.stdout.close()


def ask(database: Database, jobs: Jobs, word: str, *, commits: bool = True) -> None:
    session = database.open(write=True)
    jobs.enqueue(session, "note", word=word)
    if commits:
        session.commit()
    session.close()


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def queued(database: Database, name: str = "workflow_status") -> list[dict[str, object]]:
    """The rows of a table of the engine's own."""
    table = f"{JOB_SCHEMA}.{name}" if database.engine.dialect.name == "postgresql" else name
    with database.reading() as session:
        return [dict(row) for row in session.execute(text(f"SELECT * FROM {table}")).mappings()]  # noqa: S608


def test_a_job_asked_for_in_a_change_that_rolls_back_does_not_exist(database: Database, jobs: Jobs) -> None:
    ask(database, jobs, "unwanted", commits=False)
    assert queued(database) == []
    ask(database, jobs, "wanted")
    assert len(queued(database)) == 1


def test_arguments_are_kept_as_json(database: Database, jobs: Jobs) -> None:
    ask(database, jobs, "слово")
    assert [row["serialization"] for row in queued(database)] == ["portable_json"]
    (row,) = queued(database, "workflow_input")
    assert json.loads(str(row["inputs"]))["positionalArgs"] == ["note", {"word": "слово"}]


@pytest.mark.parametrize("argument", [object(), b"bytes"])
def test_an_argument_that_is_no_json_is_refused_at_once(database: Database, jobs: Jobs, argument: object) -> None:
    session = database.open(write=True)
    with pytest.raises(TypeError):
        jobs.enqueue(session, "note", word=argument)
    session.close()
    assert queued(database) == []


def test_asking_for_work_connects_to_the_database_only(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL is reached by its own library, which does not use Python's sockets: nothing else may be."""
    reached: list[object] = []

    def spy(_socket: socket.socket, address: object) -> None:
        reached.append(address)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", spy)
    jobs = Jobs(database_url)
    ask(database, jobs, "word")
    jobs.close()
    assert reached == []


def test_two_jobs_of_one_name_are_refused() -> None:
    registry = Registry()
    registry.add("note", print)
    with pytest.raises(ValueError, match="two jobs are called note"):
        registry.add("note", print)


def connections(pid: int) -> set[tuple[str, str]]:
    """The TCP connections of a process, as local and remote address; a process's own view of /proc."""
    inodes = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            inodes.add(str(entry.readlink()))
        except OSError:
            continue  # closed in between
    found = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for row in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            local, remote, inode = (row.split()[place] for place in (1, 2, 9))
            if f"socket:[{inode}]" in inodes:
                found.add((local, remote))
    return found


def test_a_killed_worker_loses_no_job_and_the_next_one_runs_it(
    database: Database, database_url: str, jobs: Jobs, tmp_path: Path, start_worker: Callable[[], subprocess.Popen[str]]
) -> None:
    (tmp_path / "hold").touch()
    first = start_worker()
    ask(database, jobs, "dropped", commits=False)
    ask(database, jobs, "kept")
    wait_for(lambda: lines(tmp_path / "begun") == ["kept"])
    is_remote = make_url(database_url).host is not None
    assert is_remote or connections(first.pid) == set(), "a worker reaches its database by file or Unix socket"
    first.send_signal(signal.SIGKILL)
    first.wait(timeout=PATIENCE_S)
    assert lines(tmp_path / "done") == []
    (tmp_path / "hold").unlink()
    start_worker()
    wait_for(lambda: lines(tmp_path / "done") == ["kept"])
    ask(database, jobs, "later")
    wait_for(lambda: lines(tmp_path / "done") == ["kept", "later"])
    assert lines(tmp_path / "begun") == ["kept", "kept", "later"]
