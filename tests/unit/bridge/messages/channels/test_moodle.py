"""Posting one message in Moodle: what is asked, and what each answer means."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from bridge.messages.channels import ClaimLost, MoodleSession, Parcel
from bridge.messages.choice import Channel
from bridge.messages.outcome import Failure, FailureKind
from lms_sync.client import Client, RetryPolicy
from lms_sync.client.answers import RawAnswer
from lms_sync.errors import ErrorCode, LmsError, RateLimited, Unreachable

PARCEL = Parcel(
    message_id=1,
    attempt_id=1,
    claim="c",
    key="uid.1",
    channel=Channel.MOODLE,
    name="Айса",
    email="",
    site_id=1,
    moodle_user_id=31,
    subject="Срок — завтра",
    body="Здравствуйте!\nДо 23:59.",
    at=datetime(2028, 2, 16, tzinfo=UTC),
)
SENT = [{"msgid": 7, "text": "<p>…</p>", "candeletemessagesforallusers": False}]


class Wire:
    """Stands in for HTTP: gives the answers in turn and keeps what was asked."""

    def __init__(self, *answers: object) -> None:
        self.answers, self.forms = list(answers), []

    def post(self, url: str, form: Sequence[tuple[str, str]], *, function: str) -> RawAnswer:
        self.forms.append(dict(form))
        answer = self.answers.pop(0)
        if isinstance(answer, LmsError):
            raise answer
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        return RawAnswer(200, {"Content-Type": "application/json"}, body)


def send(wire: Wire, attempts: int = 1, before_end=lambda: None) -> Failure | None:
    retries = RetryPolicy(attempts=attempts, first_wait_s=0, longest_wait_s=0)
    client = Client("https://moodle.example", "t" * 32, transport=wire, retries=retries)
    with MoodleSession(client) as session:
        return session.send(PARCEL, before_end)


def exception(code: str) -> dict[str, str]:
    return {"exception": "moodle_exception", "errorcode": code, "message": "…"}


def test_one_message_is_posted_as_plain_text_with_its_subject_on_top() -> None:
    wire, noted = Wire(SENT), []
    assert send(wire, before_end=lambda: noted.append(len(wire.forms))) is None
    (form,) = wire.forms
    assert {name: value for name, value in form.items() if name.startswith("messages")} == {
        "messages[0][touserid]": "31",
        "messages[0][text]": "Срок — завтра\n\nЗдравствуйте!\nДо 23:59.",
        "messages[0][textformat]": "2",
    }
    # That the last bytes go out was noted before they did.
    assert noted == [0]


def test_a_refusal_is_final() -> None:
    assert send(Wire([{"msgid": -1, "errormessage": "…"}])) == Failure(FailureKind.PERMANENT, "moodle_refused")


@pytest.mark.parametrize("answer", [[], None, {}, [{"text": "x"}], [{"msgid": None}], [{"msgid": 1}, {"msgid": 2}]])
def test_an_answer_that_tells_nothing_may_mean_that_it_arrived(answer: object) -> None:
    found = send(Wire(answer))
    assert found is not None
    assert (found.kind, found.code) == (FailureKind.UNCLEAR, "bad_answer")


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (Unreachable("x", code=ErrorCode.READ_TIMEOUT), FailureKind.UNCLEAR, "read_timeout"),
        (Unreachable("x", code=ErrorCode.BROKEN_OFF), FailureKind.UNCLEAR, "broken_off"),
        (Unreachable("x", code=ErrorCode.CONNECT, arrived=False), FailureKind.RETRY, "connect"),
        (Unreachable("x", code=ErrorCode.DNS, arrived=False), FailureKind.RETRY, "dns"),
        (RateLimited("x", retry_after_s=600.0), FailureKind.RETRY, "rate_limited"),
        (b'[{"msgid": 7', FailureKind.UNCLEAR, "truncated"),
        (exception("invalidresponse"), FailureKind.UNCLEAR, None),
        (exception("invalidtoken"), FailureKind.RETRY, "bad_token"),
        (exception("sitemaintenance"), FailureKind.RETRY, "maintenance"),
        (exception("accessexception"), FailureKind.RETRY, "missing_function"),
        (exception("disabled"), FailureKind.RETRY, "remote"),
    ],
)
def test_each_fault_is_repeated_later_or_may_have_arrived(answer: object, kind: FailureKind, code: str | None) -> None:
    found = send(Wire(answer))
    assert found is not None
    assert found.kind is kind
    assert code in {found.code, None}
    assert found.whole_channel or kind is FailureKind.UNCLEAR


def test_what_may_have_arrived_is_not_posted_again_by_the_client() -> None:
    wire = Wire(Unreachable("x", code=ErrorCode.READ_TIMEOUT), SENT)
    assert send(wire, attempts=3).kind is FailureKind.UNCLEAR
    assert len(wire.forms) == 1


def test_what_surely_did_not_arrive_is_posted_again_at_once() -> None:
    wire = Wire(Unreachable("x", code=ErrorCode.CONNECT, arrived=False), SENT)
    assert send(wire, attempts=3) is None
    assert len(wire.forms) == 2


def test_a_parcel_that_is_no_longer_ours_is_not_posted() -> None:
    def lost() -> None:
        raise ClaimLost

    wire = Wire(SENT)
    with pytest.raises(ClaimLost):
        send(wire, before_end=lost)
    assert wire.forms == []
