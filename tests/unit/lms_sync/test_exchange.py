from __future__ import annotations

import gzip
import socket
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
import requests

from lms_sync.client import Client, HttpTransport, Limits, RetryPolicy
from lms_sync.client.deadline import Deadline
from lms_sync.client.exchange import _retry_after
from lms_sync.client.guard import GuardedAdapter
from lms_sync.errors import AnswerTooLarge, ErrorCode, LmsError, PrivateAddress, Redirected, Unreachable
from tests.unit.lms_sync.servers import Server, http, self_signed, serving

TOKEN = "feedfacefeedfacefeedfacefeedface"
ONCE = RetryPolicy(attempts=1)


def client(url: str, **options) -> Client:
    options = {"allow_private": True, "retries": ONCE} | options
    return Client(url, TOKEN, **options)


def failure(call: Callable[[], object]) -> LmsError:
    with pytest.raises(LmsError) as caught:
        call()
    return caught.value


def everything_told(error: BaseException) -> str:
    """All that a log or an error collector could get at: the chain with local variables, and every attribute."""
    told = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    seen: list[BaseException | None] = [error]
    for one in seen:
        if one is not None and len(seen) < 50:
            told += repr(vars(one)) + repr(one.args)
            seen += [one.__cause__, one.__context__]
            told += repr(getattr(getattr(one, "request", None), "body", None))
    return told


def test_the_token_travels_first_in_the_body_and_nowhere_else() -> None:
    with serving(http(b"[1]")) as server:
        assert client(server.url).call("core_x", {"courseids": [2, 3], "flag": True}) == [1]
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /webservice/rest/server.php HTTP/1.1\r\n")
    assert TOKEN.encode() not in head
    assert b"cookie" not in head.lower()
    assert b"application/x-www-form-urlencoded" in head
    assert parse_qsl(body.decode()) == [
        ("wstoken", TOKEN),
        ("wsfunction", "core_x"),
        ("moodlewsrestformat", "json"),
        ("courseids[0]", "2"),
        ("courseids[1]", "3"),
        ("flag", "1"),
    ]


def test_connections_are_kept_and_cookies_are_not() -> None:
    with serving(http(b"1", Set_Cookie="MoodleSession=abc; path=/")) as server:
        moodle = client(server.url)
        moodle.call("core_x")
        moodle.call("core_x")
    assert server.connections == 1
    assert b"MoodleSession" not in server.requests[1]


def test_the_environments_proxies_and_netrc_are_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login spy password spy\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with serving(http(b"1")) as server:
        assert client(server.url).call("core_x") == 1
    assert b"authorization" not in server.requests[0].lower()


def test_a_redirect_is_told_and_not_followed() -> None:
    moved = http(b"", "301 Moved Permanently", Location="https://moodle.example/webservice/rest/server.php?wstoken=x")
    with serving(moved) as server:
        error = failure(lambda: client(server.url).call("core_x"))
    assert isinstance(error, Redirected)
    assert error.facts["location"] == "https://moodle.example/webservice/rest/server.php"
    assert len(server.requests) == 1


def test_an_answer_over_the_limit_ends_there() -> None:
    with serving(http(b'"' + b"x" * 5000 + b'"')) as server:
        error = failure(lambda: client(server.url, limits=Limits(answer_bytes=4000)).call("core_x"))
        assert client(server.url, limits=Limits(answer_bytes=6000)).call("core_x") == "x" * 5000
    assert isinstance(error, AnswerTooLarge)
    assert (error.facts["limit_bytes"], error.retryable) == (4000, False)


def test_a_compressed_bomb_is_counted_unpacked() -> None:
    bomb = http(gzip.compress(b"[" + b" " * 50_000_000 + b"]"), Content_Encoding="gzip")
    with serving(bomb) as server:
        error = failure(lambda: client(server.url, limits=Limits(answer_bytes=1_000_000)).call("core_x"))
    assert isinstance(error, AnswerTooLarge)


def test_an_answer_of_50_megabytes_works() -> None:
    with serving(http(b'["' + b"x" * 50_000_000 + b'"]')) as server:
        (text,) = client(server.url).call("core_x")
    assert len(text) == 50_000_000


def drip(head: bytes, tail: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.sendall(head)
        for byte in tail:
            time.sleep(0.05)
            connection.sendall(bytes([byte]))

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        drip(b"", http(b"[1]") * 20),
        drip(http(b"")[:-4] + b"\r\nX-Slow: ", b"x" * 4000),
        drip(http(b"x" * 4000)[:-3900], b"x" * 3900),
        drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n1\r\n" * 500),
        drip(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b"1" * 4000),
    ],
    ids=["status line", "headers", "body", "chunks", "body to the end of the connection"],
)
def test_a_server_that_drips_bytes_is_left_at_the_deadline(answer: Callable[[socket.socket], None]) -> None:
    started = time.monotonic()
    with serving(answer) as server:
        error = failure(lambda: client(server.url, limits=Limits(total_timeout_s=0.5)).call("core_x"))
    assert isinstance(error, Unreachable)
    assert (error.code, error.retryable, error.arrived) == (ErrorCode.DEADLINE, True, True)
    assert time.monotonic() - started < 3


def test_a_kept_connection_is_under_the_new_calls_deadline() -> None:
    calls = []

    def answer(connection: socket.socket) -> None:
        calls.append(1)
        if len(calls) == 1:
            connection.sendall(http(b"1"))
        else:
            drip(b"", http(b"[1]") * 20)(connection)

    with serving(answer) as server:
        moodle = client(server.url, limits=Limits(total_timeout_s=0.5))
        assert moodle.call("core_x") == 1
        assert failure(lambda: moodle.call("core_x")).code is ErrorCode.DEADLINE
    assert server.connections == 1


def test_silence_is_a_read_timeout() -> None:
    with serving(lambda _connection: time.sleep(2)) as server:
        error = failure(lambda: client(server.url, limits=Limits(read_timeout_s=0.2)).call("core_x"))
    assert (error.code, error.arrived) == (ErrorCode.READ_TIMEOUT, True)


def test_a_connection_cut_within_the_answer_is_broken_off() -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(http(b"x" * 100)[:-50])
        connection.shutdown(socket.SHUT_RDWR)

    with serving(answer) as server:
        error = failure(lambda: client(server.url).call("core_x"))
    assert (error.code, error.retryable, error.arrived) == (ErrorCode.BROKEN_OFF, True, True)


def test_a_refused_connection_surely_did_not_arrive() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    error = failure(lambda: client(f"http://127.0.0.1:{port}").call("core_x"))
    assert (error.code, error.retryable, error.arrived) == (ErrorCode.CONNECT, True, False)


def test_an_unknown_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    error = failure(lambda: client("http://moodle.example").call("core_x"))
    assert (error.code, error.arrived) == (ErrorCode.DNS, False)


def test_a_name_that_no_resolver_takes_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise UnicodeEncodeError("idna", "x", 0, 1, "label too long")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert failure(lambda: client("http://moodle.example").call("core_x")).code is ErrorCode.DNS


def test_a_connection_that_is_not_taken_up_in_time_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket.socket, "connect", fail)
    error = failure(lambda: client("http://127.0.0.1:9").call("core_x"))
    assert (error.code, error.arrived) == (ErrorCode.CONNECT_TIMEOUT, False)


def resolving(*answers: list[str]) -> Callable[..., list[tuple]]:
    waiting = list(answers)

    def getaddrinfo(_host: str, port: int, *_args: object, **_kwargs: object) -> list[tuple]:
        addresses = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in addresses
        ]

    return getaddrinfo


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["0.0.0.0"],  # noqa: S104
        ["93.184.216.34", "127.0.0.1"],
    ],
)
def test_a_name_that_leads_inside_is_refused_before_connecting(
    addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    connected = []
    monkeypatch.setattr(socket, "getaddrinfo", resolving(addresses))
    monkeypatch.setattr(socket.socket, "connect", lambda _sock, address: connected.append(address))
    error = failure(lambda: client("http://moodle.example", allow_private=False).call("core_x"))
    assert isinstance(error, PrivateAddress)
    assert (error.retryable, error.arrived) == (False, False)
    assert connected == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1", "[::1]", "[::ffff:7f00:1]"]
)
def test_no_writing_of_the_own_address_gets_through(host: str) -> None:
    with serving(http(b"1")) as server:
        url = f"http://{host}:{server.port}"
        error = failure(lambda: client(url, allow_private=False).call("core_x"))
        assert server.connections == 0
    assert error.code in {ErrorCode.PRIVATE_ADDRESS, ErrorCode.DNS}


def test_a_name_is_resolved_once_so_that_it_cannot_change_between_check_and_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connected = []

    def connect(_sock: socket.socket, address: tuple[str, int]) -> None:
        connected.append(address[0])
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(socket, "getaddrinfo", resolving(["93.184.216.34"], ["127.0.0.1"]))
    monkeypatch.setattr(socket.socket, "connect", connect)
    failure(lambda: client("http://moodle.example", allow_private=False).call("core_x"))
    assert connected == ["93.184.216.34"]


def test_the_next_address_is_tried_where_the_first_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(http(b"1")) as server, socket.create_server(("127.0.0.1", 0)) as taken:
        dead = taken.getsockname()[1]
        taken.close()
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in (dead, server.port)]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: found)
        assert client("http://moodle.example").call("core_x") == 1


def test_a_name_without_any_address_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: [])
    assert failure(lambda: client("http://moodle.example").call("core_x")).code is ErrorCode.CONNECT


def test_an_unknown_certificate_is_refused_and_a_given_one_trusted(tmp_path: Path) -> None:
    context, certificate = self_signed(tmp_path)
    with serving(http(b"1"), context) as server:
        error = failure(lambda: client(server.url).call("core_x"))
        assert client(server.url, ca_file=certificate).call("core_x") == 1
    assert (error.code, error.retryable, error.arrived) == (ErrorCode.TLS, False, False)
    assert len(server.requests) == 1


def test_a_plain_server_behind_https_is_a_tls_error() -> None:
    with serving(http(b"1")) as server:
        error = failure(lambda: client(server.url.replace("http:", "https:")).call("core_x"))
    assert error.code is ErrorCode.TLS


def test_a_dripping_tls_server_is_left_at_the_deadline(tmp_path: Path) -> None:
    context, certificate = self_signed(tmp_path)
    with serving(drip(b"", http(b"[1]") * 20), context) as server:
        moodle = client(server.url, ca_file=certificate, limits=Limits(total_timeout_s=0.5))
        assert failure(lambda: moodle.call("core_x")).code is ErrorCode.DEADLINE


@pytest.mark.parametrize("cause", ["refused", "cut", "silent", "dns", "tls", "html", "status", "json"])
def test_no_failure_shows_the_token(cause: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: dict[str, Server | bytes] = {
        "html": http(b"<!DOCTYPE html>"),
        "status": http(b"", "500 Oops"),
        "json": http(b"{"),
        "cut": http(b"x" * 9)[:-5],
    }
    with serving(answers.get(cause, b"HTTP/1.1 200")) as server:
        url = server.url
        if cause == "refused":
            server.stop()
            url = "http://127.0.0.1:9"
        if cause == "tls":
            url = url.replace("http:", "https:")
        if cause == "dns":
            monkeypatch.setattr(socket, "getaddrinfo", _no_name)
        error = failure(lambda: client(url, limits=Limits(read_timeout_s=0.3)).call("core_x", {"a": 1}))
    told = everything_told(error)
    assert "core_x" in told
    assert TOKEN not in told


def _no_name(*_args: object, **_kwargs: object) -> None:
    raise socket.gaierror(socket.EAI_NONAME, "no name")


def test_the_log_has_the_call_and_neither_token_nor_parameters(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with serving(http(b"[1]")) as server:
        client(server.url).call("core_x", {"name": "Эльвира"})
    (line,) = [record.getMessage() for record in caplog.records if record.name == "lms_sync.client"]
    assert line.startswith("core_x ok ")
    assert line.endswith(" 3 bytes")
    assert TOKEN not in caplog.text
    assert "Эльвира" not in caplog.text


def test_a_transport_can_be_closed() -> None:
    transport = HttpTransport(allow_private=True)
    with serving(http(b"1")) as server:
        answer = transport.post(server.url, [("a", "b")], function="core_x")
        transport.close()
    assert (answer.status, answer.body) == (200, b"1")


NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        (" 120 ", 120.0),
        ("99999999999999999999", 999_999_999.0),
        ("Tue, 24 Nov 2026 12:01:00 GMT", 60.0),
        ("Tue, 24 Nov 2026 12:01:00 -0000", 60.0),
        ("Tue, 24 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("Tue, 99 Nov 2026 11:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_forms(header: str | None, seconds: float | None) -> None:
    assert _retry_after(header, now=NOW) == seconds


def test_a_socket_watched_after_the_deadline_is_shut_at_once() -> None:
    left, right = socket.socketpair()
    with left, right, Deadline(0.01) as deadline:
        while not deadline.expired:
            time.sleep(0.005)
        deadline.watch(left)
        right.settimeout(1)
        assert right.recv(1) == b""


def test_the_adapter_works_without_a_deadline() -> None:
    with serving(http(b"1")) as server, requests.Session() as session:
        session.mount("http://", GuardedAdapter(allow_private=True))
        for _ in range(2):
            assert session.get(server.url, headers={"Content-Length": "0"}).text == "1"
    assert server.connections == 1
