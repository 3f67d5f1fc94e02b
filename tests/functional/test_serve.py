"""The server as a process: its first run through a browser, once; and the two ways to stop it."""

from __future__ import annotations

import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import requests

from tests.functional.conftest import PASSWORD
from tests.functional.shell import Browser, Shell, running

pytestmark = pytest.mark.xdist_group("servers")

FIRST_RUN = {
    "municipality": "Кетченеровский район",
    "department": "Отдел образования",
    "zone": "Europe/Moscow",
    "surname": "Очирова",
    "given_name": "Тамара",
    "login": "metodist",
    "password": PASSWORD,
    "again": PASSWORD,
    "moodle": "later",
}


def test_the_first_run_is_open_once_by_the_printed_code(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "data")
    with running(shell, "serve", ACCEL_PORT="0") as server:
        address, code = server.wait_for("setup ").split()
        base = server.wait_for("ready ")
        assert address == f"{base}/setup"
        assert not base.endswith(":0")
        browser = Browser(base)

        unsigned = requests.post(address, data=FIRST_RUN | {"code": code}, timeout=30)
        assert unsigned.status_code == 400, "a form without its token was taken"
        wrong = browser.post("/setup", FIRST_RUN | {"code": "AAAA-AAAA-AAAA"})
        assert wrong.status_code == 422
        assert _municipalities(shell) == 0

        done = browser.post("/setup", FIRST_RUN | {"code": code})
        assert (done.status_code, done.url) == (200, f"{base}/home")
        assert _municipalities(shell) == 1
        assert browser.get("/setup").status_code == 404
        assert requests.post(address, data=FIRST_RUN | {"code": code}, timeout=30).status_code in {400, 404}
        assert _municipalities(shell) == 1
        browser.close()

        server.stop(signal.SIGTERM, within_s=20)
        assert server.process.returncode == 0
        assert server.leftovers() == []

    with running(shell, "serve", ACCEL_PORT="0") as again:
        base = again.wait_for("ready ")
        assert not any(line.startswith("setup ") for line in again.said), "the door is shown a second time"
        browser = Browser(base)
        inside = browser.post("/sign-in", {"login": "metodist", "password": PASSWORD})
        assert (inside.status_code, inside.url) == (200, f"{base}/home")
        browser.close()
        again.stop(signal.SIGINT, within_s=20)
        assert again.process.returncode == 0
        assert again.leftovers() == []
    assert "Traceback" not in "".join([*server.said, *again.said])


def _municipalities(shell: Shell) -> int:
    with closing(sqlite3.connect(shell.database_file)) as connection:
        return int(connection.execute("SELECT count(*) FROM municipality").fetchone()[0])
