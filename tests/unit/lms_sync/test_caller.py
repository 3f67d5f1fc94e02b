from __future__ import annotations

import json
import pickle
import random
import threading
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from lms_sync.client import Call, Client, Function, Outcome, RawAnswer, RetryPolicy
from lms_sync.errors import (
    BadAddress,
    BadToken,
    ErrorCode,
    LmsError,
    MissingFunction,
    NotMoodle,
    RateLimited,
    Unreachable,
)

TOKEN = "feedfacefeedfacefeedfacefeedface"
Script = list[Any]


class Scripted:
    """A transport that gives one answer after another; the last one stays."""

    def __init__(self, *script: Any) -> None:
        self.script = list(script)
        self.forms: list[list[tuple[str, str]]] = []

    def post(self, url: str, form: list[tuple[str, str]], *, function: str) -> RawAnswer:
        self.forms.append(form)
        answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, RawAnswer):
            return answer
        return RawAnswer(200, "application/json", json.dumps(answer).encode())


class Clock:
    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def scripted(*script: Any, **options: Any) -> tuple[Client, Scripted, Clock]:
    transport, clock = Scripted(*script), Clock()
    options = {"random": random.Random(1)} | options  # noqa: S311
    return (
        Client("moodle.example", TOKEN, transport=transport, clock=clock, sleep=clock.sleep, **options),
        transport,
        clock,
    )


def test_a_value_comes_back_and_is_counted() -> None:
    client, _, clock = scripted({"a": 1})
    assert client.call(Function.GRADEBOOK, {"courseid": 2}) == {"a": 1}
    assert client.calls == 1
    assert clock.waits == []


def test_the_address_is_normalised_or_refused() -> None:
    assert scripted(1)[0].url == "https://moodle.example"
    with pytest.raises(BadAddress):
        Client("ftp://moodle.example", TOKEN)


def test_no_repr_shows_the_token() -> None:
    client, transport, _ = scripted(1)
    client.call("core_x")
    assert repr(client) == "Client('https://moodle.example', token='***')"
    assert TOKEN not in repr(vars(client))
    assert TOKEN not in repr(transport.forms)
    assert TOKEN not in str(transport.forms)
    assert dict(transport.forms[0])["wstoken"] == TOKEN


def test_spaces_around_a_pasted_token_are_dropped() -> None:
    transport = Scripted(1)
    Client("moodle.example", f" {TOKEN}\n", transport=transport).call("core_x")
    assert dict(transport.forms[0])["wstoken"] == TOKEN


def test_a_reading_function_is_repeated_until_it_answers() -> None:
    client, _, clock = scripted(Unreachable("a"), RawAnswer(502, "", b""), RawAnswer(200, "", b"{"), [1])
    assert client.call(Function.GRADEBOOK) == [1]
    assert client.calls == 4
    assert len(clock.waits) == 3
    assert clock.waits == sorted(clock.waits)


def test_repeating_ends_with_the_last_error() -> None:
    client, transport, _ = scripted(
        Unreachable("a"), Unreachable("b", code=ErrorCode.TLS), retries=RetryPolicy(attempts=2)
    )
    with pytest.raises(Unreachable) as caught:
        client.call(Function.GRADEBOOK)
    assert caught.value.code is ErrorCode.TLS
    assert len(transport.forms) == 2


def test_a_write_that_may_have_arrived_is_not_repeated() -> None:
    client, transport, _ = scripted(Unreachable("a"), None)
    with pytest.raises(Unreachable):
        client.call(Function.UPDATE_GRADES)
    assert len(transport.forms) == 1


def test_a_write_that_did_not_arrive_is_repeated() -> None:
    client, transport, _ = scripted(Unreachable("a", arrived=False), None)
    assert client.call(Function.UPDATE_GRADES) is None
    assert len(transport.forms) == 2


def test_a_site_that_asks_for_a_pause_is_given_it() -> None:
    client, _, clock = scripted(RawAnswer(429, "", b"", retry_after_s=17.0), [1])
    assert client.call(Function.GRADEBOOK) == [1]
    assert clock.waits == [17.0]


def test_a_site_that_asks_for_a_long_pause_is_left_alone() -> None:
    client, transport, _ = scripted(RawAnswer(429, "", b"", retry_after_s=3600.0), [1])
    with pytest.raises(RateLimited) as caught:
        client.call(Function.GRADEBOOK)
    assert caught.value.retry_after_s == 3600
    assert len(transport.forms) == 1


def test_a_web_page_is_a_passing_fault_of_a_site_that_has_answered() -> None:
    page = RawAnswer(200, "text/html", b"<!DOCTYPE html>")
    fresh, transport, _ = scripted(page)
    with pytest.raises(NotMoodle):
        fresh.call(Function.GRADEBOOK)
    assert len(transport.forms) == 1
    known, _, _ = scripted([1], page, [2])
    assert known.call(Function.GRADEBOOK) == [1]
    assert known.call(Function.GRADEBOOK) == [2]


def test_a_refusal_of_an_offered_function_is_the_tokens_fault() -> None:
    refusal = {"exception": "webservice_access_exception", "errorcode": "accessexception", "message": "x"}
    client, _, _ = scripted(refusal)
    with pytest.raises(MissingFunction):
        client.call(Function.GRADEBOOK)
    client.offered = frozenset({Function.GRADEBOOK})
    with pytest.raises(BadToken) as caught:
        client.call(Function.GRADEBOOK)
    assert caught.value.code is ErrorCode.TOKEN_REFUSED
    assert caught.value.facts["errorcode"] == "accessexception"


def test_names_are_asked_for_through_the_sites_filters_and_marks_are_not() -> None:
    client, transport, _ = scripted([])
    client.call(Function.COURSE_GROUPS)
    client.call(Function.ASSIGNMENT_GRADES)
    assert ("moodlewssettingfilter", "1") in transport.forms[0]
    assert not any(name.startswith("moodlewssetting") for name, _ in transport.forms[1])


def test_the_language_of_texts_can_be_set() -> None:
    client, transport, _ = scripted([], lang="ru")
    client.call(Function.COURSE_GROUPS)
    assert ("moodlewssettinglang", "ru") in transport.forms[0]


def test_calls_keep_their_distance() -> None:
    client, _, clock = scripted([], min_interval_s=2.0)
    for _ in range(3):
        client.call(Function.COURSE_GROUPS)
    assert clock.waits == [2.0, 2.0]
    clock.now += 10
    client.call(Function.COURSE_GROUPS)
    assert clock.waits == [2.0, 2.0]


def test_what_was_thrown_is_kept_as_the_cause() -> None:
    inner = ValueError("inner")
    error = Unreachable("a", retryable=False)
    error.__cause__ = inner
    client, _, _ = scripted(error)
    with pytest.raises(Unreachable) as caught:
        client.call(Function.GRADEBOOK)
    assert caught.value.__cause__ is inner
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert TOKEN not in shown


class Echo:
    """Answers with the call's own number; notes how many calls were under way at once."""

    def __init__(self, hold: Callable[[int], None] = lambda _number: None) -> None:
        self.under_way = 0
        self.most = 0
        self.started: list[int] = []
        self._hold = hold
        self._lock = threading.Lock()

    def post(self, url: str, form: list[tuple[str, str]], *, function: str) -> RawAnswer:
        number = int(dict(form)["n"])
        with self._lock:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            self.started.append(number)
        self._hold(number)
        with self._lock:
            self.under_way -= 1
        if number % 5 == 3:
            return RawAnswer(200, "", b'{"exception": "x", "errorcode": "invalidparameter", "message": "m"}')
        return RawAnswer(200, "", str(number).encode())


def calls(count: int) -> list[Call[int]]:
    return [Call("core_x", {"n": number}, lambda value: value * 10) for number in range(count)]


def test_several_calls_keep_their_order_and_an_error_its_place() -> None:
    late = threading.Event()

    def hold(number: int) -> None:
        if number == 0:
            late.wait(2)
        if number == 1:
            late.set()

    transport = Echo(hold)
    outcomes = list(Client("moodle.example", TOKEN, transport=transport).map_calls(calls(10)))
    values = [outcome.value if outcome.error is None else None for outcome in outcomes]
    assert values == [0, 10, 20, None, 40, 50, 60, 70, None, 90]
    assert transport.most == 2
    assert isinstance(outcomes[3].error, LmsError)
    with pytest.raises(LmsError):
        outcomes[3].get()
    assert outcomes[4].get() == 40


def test_calls_are_drawn_only_as_they_are_needed() -> None:
    transport = Echo()
    client = Client("moodle.example", TOKEN, transport=transport, max_concurrency=2)
    drawn = []

    def lazily() -> Any:
        for call in calls(100):
            drawn.append(call)
            yield call

    outcomes = client.map_calls(lazily())
    next(outcomes)
    assert len(drawn) <= 4
    outcomes.close()
    assert len(transport.started) <= 4


def test_an_error_in_reading_an_answer_stands_in_the_calls_place() -> None:
    def read(_value: Any) -> int:
        raise BadAddress("x")

    client = Client("moodle.example", TOKEN, transport=Echo())
    (outcome,) = client.map_calls([Call("core_x", {"n": 1}, read)])
    assert isinstance(outcome.error, BadAddress)


def test_an_outcome_can_hold_nothing() -> None:
    assert Outcome(value=None).get() is None


def test_outcomes_do_not_carry_the_token_when_pickled() -> None:
    client, _, _ = scripted([1])
    (outcome,) = client.map_calls([Call("core_x", {}, list)])
    assert TOKEN.encode() not in pickle.dumps(outcome)
