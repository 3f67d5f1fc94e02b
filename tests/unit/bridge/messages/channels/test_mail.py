"""Handing mail in: the mail itself, and every way in which a server can fail, over real sockets."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import SettingsError
from bridge.messages.channels import ClaimLost, MailServer, MailSession, Parcel, mail_server
from bridge.messages.channels.mail import Security, compose
from bridge.messages.choice import Channel
from bridge.messages.outcome import Failure, FailureKind
from tests.support.smtp import Behaviour, MailBox
from tests.support.smtp import mail_server as running

NOW = datetime(2028, 2, 16, 11, 5, tzinfo=UTC)
SENDER = "Акселератор <accelerator@example.ru>"
TO = "aisa@example.ru"
PARCEL = Parcel(
    message_id=1,
    attempt_id=1,
    claim="c",
    key="uid.1",
    channel=Channel.SMTP,
    name="Айса Бадмаева",
    email=TO,
    site_id=0,
    moodle_user_id=0,
    subject="Срок — завтра",
    body="Здравствуйте, Айса!\n\n.точка в начале\n.\nДо 23:59.",
    at=NOW,
)
TIMEOUT_S = 0.6

Run = Callable[[Behaviour], AbstractContextManager[MailBox]]


@pytest.fixture
def box_of(tmp_path: Path) -> Run:
    return lambda behaviour: running(tmp_path, behaviour)


def server_of(box: MailBox, scheme: str = "smtp+plain", *, user: str = "", ca: bool = True) -> MailServer:
    server = mail_server(
        f"{scheme}://{user}127.0.0.1:{box.port}", SENDER, ca_file=box.ca_file if ca else "", timeout_s=TIMEOUT_S
    )
    assert server is not None
    return server


def nothing() -> None:
    """Before the end there is nothing to note."""


def send(server: MailServer, *parcels: Parcel, before_end: Callable[[], None] = nothing) -> list[Failure | None]:
    with MailSession(server) as session:
        return [session.send(parcel, before_end) for parcel in parcels or (PARCEL,)]


def failure(server: MailServer) -> Failure:
    (found,) = send(server)
    assert found is not None
    return found


# ---------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("url", "host", "port", "security"),
    [
        ("smtp://mail.example.ru", "mail.example.ru", 587, Security.STARTTLS),
        ("smtps://mail.example.ru", "mail.example.ru", 465, Security.TLS),
        ("smtp+plain://localhost", "localhost", 25, Security.NONE),
        ("smtp://mail.example.ru:2525/", "mail.example.ru", 2525, Security.STARTTLS),
    ],
)
def test_a_scheme_says_how_the_connection_is_protected(url: str, host: str, port: int, security: Security) -> None:
    server = mail_server(url, "accelerator@example.ru")
    assert server is not None
    assert (server.host, server.port, server.security) == (host, port, security)


def test_user_and_password_may_hold_any_sign_and_the_password_is_in_no_repr() -> None:
    server = mail_server("smtp://me%40example.ru:p%2F%40%3Aw@mail.example.ru", SENDER)
    assert server is not None
    assert (server.user, server.password) == ("me@example.ru", "p/@:w")
    assert (server.sender_name, server.sender, server.domain) == ("Акселератор", "accelerator@example.ru", "example.ru")
    assert "p/@:w" not in repr(server)


def test_no_url_is_no_server() -> None:
    assert mail_server("", "") is None


@pytest.mark.parametrize(
    ("url", "sender", "names"),
    [
        ("mail.example.ru", SENDER, "ACCEL_SMTP_URL"),
        ("http://mail.example.ru", SENDER, "ACCEL_SMTP_URL"),
        ("smtp://", SENDER, "ACCEL_SMTP_URL"),
        ("smtp://mail.example.ru:none", SENDER, "ACCEL_SMTP_URL"),
        ("smtp://mail.example.ru/inbox", SENDER, "ACCEL_SMTP_URL"),
        ("smtp+plain://me:hush@mail.example.ru", SENDER, "ACCEL_SMTP_URL"),
        ("smtp://me:hush@mail.example.ru", "", "ACCEL_MAIL_FROM"),
        ("smtp://me:hush@mail.example.ru", "accelerator", "ACCEL_MAIL_FROM"),
        ("smtp://me:hush@mail.example.ru", "a@example.ru\nBcc: b@example.ru", "ACCEL_MAIL_FROM"),
    ],
)
def test_settings_that_cannot_work_are_named_without_the_password(url: str, sender: str, names: str) -> None:
    with pytest.raises(SettingsError) as caught:
        mail_server(url, sender)
    assert names in str(caught.value)
    assert "hush" not in str(caught.value)


# ---------------------------------------------------------------- the mail


def composed(**changes: object) -> bytes:
    server = MailServer("localhost", 25, Security.NONE, "accelerator@example.ru", "Акселератор")
    return compose(server, replace(PARCEL, **changes))


def test_the_mail_says_what_it_is_and_arrives_as_it_was_written(box_of: Run) -> None:
    with box_of(Behaviour()) as box:
        assert send(server_of(box)) == [None]
    (taken,) = box.taken
    assert (taken.sender, taken.recipients) == ("accelerator@example.ru", [TO])
    mail = taken.mail
    assert str(mail["From"]) == SENDER
    assert str(mail["To"]) == f"Айса Бадмаева <{TO}>"
    assert mail["Subject"] == "Срок — завтра"
    assert mail["Message-ID"] == "<uid.1@example.ru>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<accelerator.example.ru>"
    assert mail["Date"].datetime == NOW
    assert taken.text.rstrip("\n") == PARCEL.body
    assert taken.raw.isascii()
    assert max(map(len, taken.raw.splitlines())) <= 78
    assert taken.raw.count(b"\n") == taken.raw.count(b"\r\n")


@pytest.mark.parametrize("evil", ["x\r\nBcc: all@example.ru", "x\nBcc: all@example.ru", "x\rBcc: a@b.ru\r\n\r\nbody"])
def test_no_value_can_add_a_header_or_end_the_head(evil: str) -> None:
    mail = message_from_bytes(composed(subject=evil, name=evil), policy=policy.default)
    assert set(mail.keys()) == set(message_from_bytes(composed(), policy=policy.default).keys())
    assert mail.get_content().strip().startswith("Здравствуйте")


@given(st.text(max_size=200), st.text(max_size=100))
def test_any_subject_and_name_make_a_mail_with_the_same_headers(subject: str, name: str) -> None:
    raw = composed(subject=subject, name=name)
    mail = message_from_bytes(raw, policy=policy.default)
    assert len(mail.keys()) == len(set(mail.keys())) == 11
    assert mail["To"].addresses[-1].addr_spec == TO


@given(st.text(alphabet=st.sampled_from(".\n\r Яa"), max_size=60))
def test_no_line_of_a_mail_begins_with_a_dot(body: str) -> None:
    assert not any(line.startswith(b".") for line in composed(body=body).splitlines())


# ---------------------------------------------------------------- connection


def test_several_mails_go_over_one_connection(box_of: Run) -> None:
    with box_of(Behaviour()) as box:
        second = replace(PARCEL, key="uid2.1", email="badma@example.ru")
        assert send(server_of(box), PARCEL, second) == [None, None]
    assert box.connections == 1
    assert [taken.recipients for taken in box.taken] == [[TO], ["badma@example.ru"]]
    assert box.lines[0] == "ehlo example.ru"
    assert box.lines[-1].upper() == "QUIT"


def test_starttls_comes_before_the_password(box_of: Run) -> None:
    with box_of(Behaviour(offers_tls=True, users={"me": "hush"})) as box:
        assert send(server_of(box, "smtp", user="me:hush@")) == [None]
    said = [line.split()[0].upper() for line in box.lines]
    assert said.index("STARTTLS") < said.index("AUTH")
    assert len(box.taken) == 1


def test_tls_from_the_first_byte(box_of: Run) -> None:
    with box_of(Behaviour(tls_from_start=True)) as box:
        assert send(server_of(box, "smtps")) == [None]
    assert len(box.taken) == 1


@pytest.mark.parametrize(
    ("behaviour", "scheme", "user", "ca", "code"),
    [
        (Behaviour(), "smtp", "", True, "mail_no_tls"),
        (Behaviour(offers_tls=True), "smtp", "", False, "mail_certificate"),
        (Behaviour(tls_from_start=True), "smtps", "", False, "mail_certificate"),
        (Behaviour(offers_tls=True, users={"me": "hush"}), "smtp", "me:wrong@", True, "mail_sign_in"),
        (Behaviour(offers_tls=True), "smtp", "me:hush@", True, "mail_no_tls"),
        (Behaviour(replies={"greeting": "554 5.7.1 go away"}), "smtp+plain", "", True, "mail_not_now"),
        (Behaviour(replies={"greeting": "421 busy"}), "smtp+plain", "", True, "mail_not_now"),
        (Behaviour(drop_at="greeting"), "smtp+plain", "", True, "mail_dropped"),
        (Behaviour(hang_at="greeting"), "smtp+plain", "", True, "mail_timeout"),
        (Behaviour(hang_at="ehlo"), "smtp+plain", "", True, "mail_timeout"),
    ],
)
def test_a_connection_that_does_not_come_about_is_tried_later(
    box_of: Run, behaviour: Behaviour, *, scheme: str, user: str, ca: bool, code: str
) -> None:
    with box_of(behaviour) as box:
        found = failure(server_of(box, scheme, user=user, ca=ca))
    assert (found.kind, found.code, found.whole_channel) == (FailureKind.RETRY, code, True)
    assert box.taken == []
    assert not any(line.upper().startswith("MAIL") for line in box.lines)


def test_a_plain_port_asked_for_tls_is_a_fault_of_tls(box_of: Run) -> None:
    with box_of(Behaviour()) as box:
        found = failure(server_of(box, "smtps"))
    assert (found.kind, found.code) == (FailureKind.RETRY, "mail_tls")


def test_nobody_at_the_port_and_no_such_name_are_told_apart() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    silent = MailServer("127.0.0.1", port, Security.NONE, "accelerator@example.ru")
    assert failure(silent).code == "mail_connect"
    assert failure(replace(silent, host="no-such-host.invalid")).code == "mail_dns"


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("step", "reply", "kind", "code", "enhanced"),
    [
        (TO, "550 5.1.1 no such user aisa@example.ru", FailureKind.PERMANENT, "mail_no_recipient", "5.1.1"),
        (TO, "553 bad mailbox", FailureKind.PERMANENT, "mail_no_recipient", ""),
        (TO, "450 4.2.0 greylisted", FailureKind.RETRY, "mail_later", "4.2.0"),
        (TO, "421 4.3.2 closing", FailureKind.RETRY, "mail_later", "4.3.2"),
        ("mail", "550 5.7.1 not you", FailureKind.RETRY, "mail_sender_refused", "5.7.1"),
        ("mail", "452 4.3.1 full", FailureKind.RETRY, "mail_later", "4.3.1"),
        ("data", "451 not now", FailureKind.RETRY, "mail_later", ""),
        ("end", "554 5.7.1 spam", FailureKind.PERMANENT, "mail_rejected", "5.7.1"),
        ("end", "451 4.3.0 later", FailureKind.RETRY, "mail_later", "4.3.0"),
    ],
)
def test_each_refusal_is_final_or_passing(
    box_of: Run, step: str, reply: str, *, kind: FailureKind, code: str, enhanced: str
) -> None:
    with box_of(Behaviour(once={step: reply})) as box:
        found, then = send(server_of(box), PARCEL, replace(PARCEL, key="uid2.1"))
    assert found == Failure(kind, code, {"smtp_code": int(reply[:3]), "enhanced": enhanced})
    # The next mail of the same session goes through.
    assert then is None
    assert [taken.mail["Message-ID"] for taken in box.taken] == ["<uid2.1@example.ru>"]
    assert box.connections == (2 if reply.startswith("421") else 1)


# ---------------------------------------------------------------- broken off


@pytest.mark.parametrize("how", ["drop_at", "hang_at"])
@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "text"])
def test_what_breaks_off_before_the_last_bytes_has_surely_not_arrived(box_of: Run, how: str, step: str) -> None:
    noted = []
    with box_of(Behaviour(**{how: step})) as box, MailSession(server_of(box)) as session:
        big = replace(PARCEL, body="Я" * 3_000_000) if step == "text" else PARCEL
        found = session.send(big, lambda: noted.append(1))
    assert found is not None
    assert found.kind is FailureKind.RETRY
    assert found.code == ("mail_dropped" if how == "drop_at" else "mail_timeout")
    assert noted == []
    assert box.taken == []


@pytest.mark.parametrize(("how", "code"), [("drop_at", "mail_dropped"), ("hang_at", "mail_timeout")])
def test_what_breaks_off_after_the_last_bytes_may_have_arrived(box_of: Run, how: str, code: str) -> None:
    noted = []
    with box_of(Behaviour(**{how: "taken"})) as box:
        (found,) = send(server_of(box), before_end=lambda: noted.append(1))
    assert found == Failure(FailureKind.UNCLEAR, code)
    assert noted == [1]
    assert len(box.taken) == 1


def test_a_parcel_that_is_no_longer_ours_is_not_delivered(box_of: Run) -> None:
    def lost() -> None:
        raise ClaimLost

    with box_of(Behaviour()) as box, MailSession(server_of(box)) as session:
        with pytest.raises(ClaimLost):
            session.send(PARCEL, lost)
        assert session.send(replace(PARCEL, key="uid2.1"), nothing) is None
    assert [taken.mail["Message-ID"] for taken in box.taken] == ["<uid2.1@example.ru>"]


def test_after_a_break_the_next_mail_gets_a_new_connection(box_of: Run) -> None:
    with box_of(Behaviour(drop_at="rcpt")) as box, MailSession(server_of(box)) as session:
        assert session.send(PARCEL, nothing) is not None
        box.behaviour.drop_at = ""
        assert session.send(PARCEL, nothing) is None
    assert box.connections == 2
