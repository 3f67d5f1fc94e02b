"""The stand-in as a process of its own."""

import signal
import subprocess
import sys

import pytest
import requests

from tests.integration.standin.conftest import FIXTURES

REST = "/webservice/rest/server.php"


@pytest.fixture
def start():
    """Return a starter of processes; those that still run at the end are stopped."""
    running = []

    def started(*options):
        command = [sys.executable, "-m", "bridge.demo", *map(str, options)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        running.append(process)
        return process

    yield started
    for process in running:
        process.kill()
        process.communicate()


def _said(process):
    words = [process.stdout.readline().split() for _ in range(2)]
    return dict(words)


def _info(said):
    fields = {
        "wstoken": said["token"],
        "wsfunction": "core_webservice_get_site_info",
        "moodlewsrestformat": "json",
    }
    return requests.post(said["ready"] + REST, data=fields, timeout=5).json()


@pytest.mark.parametrize("options", [("--participants", 25), ("--recordings", FIXTURES / "4.5.6.jsonl.gz"), ()])
def test_it_says_where_it_is_and_ends_when_told(start, options):
    process = start(*options, "--latency", 0.1)

    assert _info(_said(process))["username"] == "companion"
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0
    assert process.stderr.read() == ""


def test_it_meets_its_callers_with_faults(start):
    said = _said(start("--participants", 25, "--faults", 1.0))

    fields = {"wstoken": said["token"], "wsfunction": "core_webservice_get_site_info", "moodlewsrestformat": "json"}
    statuses = set()
    for _ in range(12):
        try:
            statuses.add(requests.post(said["ready"] + REST, data=fields, timeout=5, allow_redirects=False).status_code)
        except requests.RequestException:
            statuses.add(None)

    assert len(statuses) > 1


@pytest.mark.parametrize("options", [("--participants", 3), ("--recordings", "nowhere")])
def test_what_cannot_be_made_is_said_in_a_line(start, options):
    process = start(*options)

    assert process.wait(timeout=10) == 1
    assert process.stderr.read().startswith("Error: ")
