"""The demo as a visitor starts it: everyone can sign in, Ctrl-C ends all of it, the next start goes on."""

from __future__ import annotations

import signal
import socket
import time
from pathlib import Path

import pytest

from bridge.demo.companion import PARTICIPANT, logins
from tests.functional.shell import Browser, Running, Shell, running

pytestmark = pytest.mark.xdist_group("servers")

STOPS_IN_S = 5.0
PASSWORD_LINE = "Пароль для всех: "


def test_a_demo_is_built_once_and_leaves_nothing_running(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    folder = tmp_path / "demo"
    began = time.monotonic()
    with running(shell, "demo", "--port", 0, "--data", folder) as first:
        password = first.wait_for(PASSWORD_LINE)
        base = first.wait_for("ready ")
        first_s = time.monotonic() - began
        _everybody_comes_in(first, base, password)
        assert first.stop(signal.SIGINT, within_s=4 * STOPS_IN_S) < STOPS_IN_S
        assert first.process.returncode == 0
        assert first.leftovers() == []

    began = time.monotonic()
    with running(shell, "demo", "--port", 0, "--data", folder) as second:
        assert second.wait_for(PASSWORD_LINE) == password, "the second start has made itself anew"
        base = second.wait_for("ready ")
        assert time.monotonic() - began < first_s
        browser = Browser(base)
        assert browser.post("/sign-in", {"login": "metodist", "password": password}).status_code == 200
        browser.close()
        second.stop(signal.SIGTERM, within_s=4 * STOPS_IN_S)
        assert second.leftovers() == []
    assert "Traceback" not in "".join([*first.said, *second.said])


def _everybody_comes_in(demo: Running, base: str, password: str) -> None:
    printed = {line.split()[0] for line in demo.said if line.startswith("  ")}
    assert printed == {login for _, login in logins()}
    assert not base.endswith(":0")
    for login in sorted(printed):
        browser = Browser(base)
        inside = browser.post("/sign-in", {"login": login, "password": password})
        assert inside.status_code == 200
        assert ("/people/" if login == PARTICIPANT else "/home") in inside.url, login
        assert "/sign-in" not in browser.get("/sign-in").url, f"{login} is not signed in"
        browser.close()


def test_a_port_that_is_taken_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = Shell(tmp_path).run("serve", ACCEL_PORT=str(port))
    assert said.code == 1
    assert str(port) in said.err.splitlines()[-1]
    assert said.err.splitlines()[-1].startswith("accelerator: ")
    assert "ready" not in said.out
