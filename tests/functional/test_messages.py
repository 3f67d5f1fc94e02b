"""Messages from the command line, with the sending process killed for real."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.functional.conftest import PASSWORD
from tests.functional.shell import PROGRAM, Browser, Shell, running
from tests.support.smtp import Behaviour, MailBox, mail_server

pytestmark = pytest.mark.xdist_group("command-line")

DONE, REFUSED, USAGE, _, PARTLY = range(5)
WAIT_S = 60.0
INVITED = ("user", "create", "badmaeva@example.ru", "--role", "leadership", "--last-name", "Бадмаева")
INVITED += ("--first-name", "Айса", "--password", "три слова подряд", "--invite")


def sending(shell: Shell, box: MailBox) -> Shell:
    """The same installation, sending mail to a server of the test."""
    settings = {"ACCEL_SMTP_URL": box.url, "ACCEL_MAIL_FROM": "accelerator@example.ru"}
    return replace(shell, settings={**shell.settings, **settings})


def listed(shell: Shell, *options: str) -> list[dict[str, object]]:
    return json.loads(shell.call("messages", "list", "--json", *options).out)


def ended(row: dict[str, object]) -> list[str]:
    return [attempt["ended"] or "?" for attempt in row["attempts"]]


def let_leases_run_out(shell: Shell) -> None:
    """As if the killed process had been dead for a quarter of an hour, and every wait were over."""
    with closing(sqlite3.connect(shell.database_file)) as connection, connection:
        connection.execute("UPDATE message SET claimed_at = datetime(claimed_at, '-15 minutes')")
        connection.execute("UPDATE message SET due_at = datetime(due_at, '-15 minutes')")


def kill_when(shell: Shell, ready: Callable[[], bool]) -> None:
    """Start ``accelerator messages send`` and end it with SIGKILL in the middle."""
    process = subprocess.Popen([str(PROGRAM), "messages", "send"], env=shell.environment(), start_new_session=True)
    deadline = time.monotonic() + WAIT_S
    while not ready():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.kill()
    process.wait()


def test_an_invitation_waits_to_be_handed_over_where_no_mail_server_is(fresh: Shell) -> None:
    assert fresh.call(*INVITED).code == DONE
    (row,) = listed(fresh)
    assert (row["template"], row["channel"], row["state"], row["attempts"]) == (
        "account.invited",
        "copy",
        "to_copy",
        [],
    )
    assert fresh.call("messages", "send").out == "Delivered: 0. Not delivered: 0.\n"
    said = fresh.call("messages", "list").out
    assert "Бадмаева Айса  account.invited  Text to copy  to hand over" in said
    assert "три слова" not in said
    assert "три слова".encode() not in fresh.database_file.read_bytes()


def test_an_invitation_arrives_by_mail(fresh: Shell, tmp_path: Path) -> None:
    with mail_server(tmp_path) as box:
        shell = sending(fresh, box)
        assert shell.call(*INVITED).code == DONE
        said = shell.run("messages", "send")
        assert (said.code, said.out) == (DONE, "Delivered: 1. Not delivered: 0.\n")
    (taken,) = box.taken
    assert taken.recipients == ["badmaeva@example.ru"]
    assert "Логин: badmaeva@example.ru\nПервый пароль: три слова подряд" in taken.text
    (row,) = listed(fresh, "--state", "sent")
    assert ended(row) == ["sent"]
    assert listed(fresh, "--state", "failed") == []


def test_what_could_not_be_delivered_is_partly_done_and_said_why(fresh: Shell, tmp_path: Path) -> None:
    with mail_server(tmp_path, Behaviour(replies={"rcpt": "450 4.2.0 later"})) as box:
        shell = sending(fresh, box)
        shell.call(*INVITED)
        assert shell.call("messages", "send").code == PARTLY
        said = shell.call("messages", "list").out
    assert "waits to be sent (The mail server asked to try again later (450 4.2.0).)" in said


def test_a_sender_killed_before_the_last_bytes_sends_one_mail_in_all(fresh: Shell, tmp_path: Path) -> None:
    with mail_server(tmp_path, Behaviour(hang_at="data")) as box:
        shell = sending(fresh, box)
        shell.call(*INVITED)
        kill_when(shell, lambda: "DATA" in box.lines)
        (row,) = listed(shell)
        assert (row["state"], ended(row)) == ("claimed", ["?"])
        assert box.taken == []
        box.behaviour = Behaviour()
        assert shell.call("messages", "send").out == "Delivered: 0. Not delivered: 0.\n"
        let_leases_run_out(shell)
        # Taken back now, and due again after the first wait of the schedule.
        shell.call("messages", "send")
        let_leases_run_out(shell)
        assert shell.call("messages", "send").code == DONE
    assert len(box.taken) == 1
    (row,) = listed(shell)
    assert (row["state"], ended(row)) == ("sent", ["retry", "sent"])


def test_a_sender_killed_after_the_last_bytes_sends_at_most_one_copy_more(fresh: Shell, tmp_path: Path) -> None:
    with mail_server(tmp_path, Behaviour(hang_at="taken")) as box:
        shell = sending(fresh, box)
        shell.call(*INVITED)
        for killed in (1, 2):
            kill_when(shell, lambda killed=killed: len(box.taken) == killed)
            let_leases_run_out(shell)
            shell.call("messages", "send")
            let_leases_run_out(shell)
        shell.call("messages", "send")
    (row,) = listed(shell)
    assert (row["state"], ended(row)) == ("unclear", ["unclear", "unclear"])
    assert len(box.taken) == 2
    assert len({taken.mail["Message-ID"] for taken in box.taken}) == 1


def test_the_server_delivers_within_seconds_what_somebody_waits_for(fresh: Shell, tmp_path: Path) -> None:
    with mail_server(tmp_path) as box, running(sending(fresh, box), "serve", ACCEL_PORT="0") as server:
        browser = Browser(server.wait_for("ready "))
        browser.post("/sign-in", {"login": "metodist", "password": PASSWORD})
        browser.post("/messages/mine", {"channel": "", "email": "ochirova@example.ru", "digest": "y"})
        page = browser.post("/messages/settings/test", {}, page="/messages/settings")
        assert "отправляется" in page.text
        deadline = time.monotonic() + WAIT_S
        while "Доставлено" not in browser.session.get(page.url, timeout=30).text:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        browser.close()
    (taken,) = box.taken
    assert taken.recipients == ["ochirova@example.ru"]
    assert "Здравствуйте, Тамара!" in taken.text


def test_settings_of_mail_that_cannot_work_are_said_in_a_line(fresh: Shell) -> None:
    said = fresh.call("messages", "send", ACCEL_SMTP_URL="smtp://me:hush@mail.example.ru")
    assert said.code == USAGE
    assert "ACCEL_MAIL_FROM" in said.error
    assert "hush" not in said.error
