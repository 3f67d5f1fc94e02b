from __future__ import annotations

import contextlib
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_sync.client import Function, RawAnswer, decode
from lms_sync.errors import (
    AccessDenied,
    BadAnswer,
    BadToken,
    ErrorCode,
    LmsError,
    Maintenance,
    MissingFunction,
    NotFound,
    NotMoodle,
    RateLimited,
    Redirected,
    RemoteException,
    ServiceDisabled,
    Unreachable,
)

NOTICE = "<br />\n<b>Notice</b>:  Undefined index: {x} in <b>/var/www/lib.php</b> on line <b>12</b><br />\n"
PLAIN_NOTICE = "\nWarning: Undefined array key [1] in /var/www/lib.php on line 12\n"
DEBUG = (
    '<div class="notifytiny debuggingmessage" data-rel="debugging">Did you {remember}?<ul><li>line 1</li></ul></div>'
)


def answered(body: str | bytes, status: int = 200, **more) -> RawAnswer:
    return RawAnswer(status, "application/json", body.encode() if isinstance(body, str) else body, **more)


def value(body: str | bytes) -> object:
    return decode(answered(body), function="core_x")


def failure(answer: RawAnswer, function: str = "core_x", **options) -> LmsError:
    with pytest.raises(LmsError) as caught:
        decode(answer, function=function, **options)
    return caught.value


@pytest.mark.parametrize("body", ["null", "0", "[]", "{}", '"text"', "true", "[1, 2.5]", ' {"a": {"b": []}} '])
def test_json_is_read(body: str) -> None:
    assert value(body) == json.loads(body, parse_float=Decimal)


def test_numbers_with_a_point_are_exact() -> None:
    assert value("[60.3]") == [Decimal("60.3")]


def test_a_void_success_is_none() -> None:
    assert value("null") is None


@pytest.mark.parametrize(
    "before", [NOTICE, NOTICE * 3, PLAIN_NOTICE, "\ufeff", "\n\n ", DEBUG, "PHP Notice:  x on line 3\n"]
)
@pytest.mark.parametrize("body", ['{"a": [1]}', "[]", "null", "0"])
def test_php_notices_before_the_json_are_skipped(before: str, body: str) -> None:
    assert value(before + body) == json.loads(body)


@pytest.mark.parametrize("after", [NOTICE, PLAIN_NOTICE, "\n"])
def test_php_notices_after_the_json_are_skipped(after: str) -> None:
    assert value('{"a": 1}' + after) == {"a": 1}


@pytest.mark.parametrize(
    "body",
    [
        '{"a": 1',
        "[1, 2",
        "{}{}",
        '{"a": 1}{"a": 1}',
        "[NaN]",
        "[Infinity]",
        "nul",
        "<xml/>",
        "Fatal error: Allowed memory size exhausted in x on line 3",
        "[" * 100_000,
        "[" + "9" * 5000 + "]",
        "<b>" * 70_000 + "{",
        ("<i>\n" + "[") * 200,
    ],
)
def test_what_is_not_one_whole_json_text_is_a_bad_answer(body: str) -> None:
    error = failure(answered(body))
    assert isinstance(error, BadAnswer)
    assert error.retryable


def test_an_empty_body_is_a_truncated_answer() -> None:
    assert failure(answered("  ")).code is ErrorCode.TRUNCATED


def test_what_is_not_utf8_is_a_bad_answer() -> None:
    error = failure(answered(b'{"a": "\xff\xfe"}'))
    assert isinstance(error, BadAnswer)
    assert isinstance(error.__cause__, UnicodeDecodeError)


def test_custom_profile_fields_are_dropped_wherever_they_stand() -> None:
    body = '[{"id": 1, "customfields": [{"shortname": "birthdate", "value": "873327600"}], "x": {"customfields": 1}}]'
    assert value(body) == [{"id": 1, "x": {}}]
    assert value('{"userprivateaccesskey": "abc", "enrolmentkey": "e", "password": "p", "b": 1}') == {"b": 1}


@pytest.mark.parametrize("page", ["<!DOCTYPE html><html>", "\n<html lang='ru'>{}", "\ufeff<!doctype HTML>", "<head>"])
def test_a_web_page_is_no_moodle_until_the_site_has_answered_once(page: str) -> None:
    error = failure(answered(page))
    assert isinstance(error, NotMoodle)
    assert (error.code, error.retryable) == (ErrorCode.HTML, False)
    assert failure(answered(page), known_site=True).retryable


@pytest.mark.parametrize(
    ("status", "kind", "code", "retryable"),
    [
        (301, Redirected, ErrorCode.REDIRECTED, False),
        (302, Redirected, ErrorCode.REDIRECTED, False),
        (400, Unreachable, ErrorCode.SERVER_ERROR, False),
        (403, ServiceDisabled, ErrorCode.SERVICE_DISABLED, False),
        (404, NotMoodle, ErrorCode.NOT_FOUND_PAGE, False),
        (405, NotMoodle, ErrorCode.NOT_FOUND_PAGE, False),
        (408, Unreachable, ErrorCode.SERVER_ERROR, True),
        (429, RateLimited, ErrorCode.RATE_LIMITED, True),
        (500, Unreachable, ErrorCode.SERVER_ERROR, True),
        (502, Unreachable, ErrorCode.SERVER_ERROR, True),
        (503, Maintenance, ErrorCode.MAINTENANCE, True),
    ],
)
def test_a_status_means_an_error(status: int, kind: type[LmsError], code: ErrorCode, *, retryable: bool) -> None:
    error = failure(answered("", status))
    assert type(error) is kind
    assert (error.code, error.retryable) == (code, retryable)


def test_a_redirect_names_the_new_address() -> None:
    error = failure(answered("", 301, location="https://moodle.example/webservice/rest/server.php"))
    assert error.facts["location"] == "https://moodle.example/webservice/rest/server.php"


def test_a_busy_site_that_says_how_long_is_a_rate_limit() -> None:
    error = failure(answered("", 503, retry_after_s=7.0))
    assert isinstance(error, RateLimited)
    assert error.retry_after_s == 7.0


@pytest.mark.parametrize(
    ("errorcode", "kind", "code"),
    [
        ("invalidtoken", BadToken, ErrorCode.BAD_TOKEN),
        ("wsaccessusersuspended", BadToken, ErrorCode.ACCOUNT_REFUSED),
        ("sitepolicynotagreed", BadToken, ErrorCode.ACCOUNT_REFUSED),
        ("accessexception", MissingFunction, ErrorCode.MISSING_FUNCTION),
        ("sitemaintenance", Maintenance, ErrorCode.MAINTENANCE),
        ("upgraderunning", Maintenance, ErrorCode.MAINTENANCE),
        ("nopermissions", AccessDenied, ErrorCode.ACCESS_DENIED),
        ("requireloginerror", AccessDenied, ErrorCode.ACCESS_DENIED),
        ("criteriaerror", AccessDenied, ErrorCode.ACCESS_DENIED),
        ("nopermissiontoviewgrades", AccessDenied, ErrorCode.ACCESS_DENIED),
        ("errorcoursecontextnotvalid", AccessDenied, ErrorCode.ACCESS_DENIED),
        ("invalidrecord", NotFound, ErrorCode.NOT_FOUND),
        ("invaliduser", NotFound, ErrorCode.NOT_FOUND),
        ("invalidparameter", RemoteException, ErrorCode.REMOTE),
        ("invalidresponse", RemoteException, ErrorCode.REMOTE),
        ("nothingfound", RemoteException, ErrorCode.REMOTE),
        ("", RemoteException, ErrorCode.REMOTE),
    ],
)
def test_an_exception_in_200_means_an_error(errorcode: str, kind: type[LmsError], code: ErrorCode) -> None:
    body = {"exception": "core\\exception\\moodle_exception", "errorcode": errorcode, "message": "сообщение"}
    error = failure(answered(json.dumps(body)))
    assert type(error) is kind
    assert error.code is code
    assert error.facts["errorcode"] == errorcode
    assert error.facts["exception"] == "moodle_exception"
    assert error.function == "core_x"


def test_php_itself_failing_has_no_errorcode() -> None:
    error = failure(answered('{"exception": "Error", "message": "Attempt to assign property on null"}'))
    assert type(error) is RemoteException
    assert (error.errorcode, error.exception, error.retryable) == ("", "Error", False)


def test_a_passing_database_fault_may_be_repeated() -> None:
    assert failure(answered('{"exception": "dml_read_exception", "errorcode": "dmlreadexception"}')).retryable


def test_an_unknown_function_is_told_from_an_unknown_record() -> None:
    message = "Can't find data record in database table external_functions."
    body = {"exception": "dml_missing_record_exception", "errorcode": "invalidrecord", "message": message}
    error = failure(answered(json.dumps(body)))
    assert isinstance(error, MissingFunction)
    assert error.facts["unknown_to_site"] is True


def test_what_even_the_sites_information_refuses_is_the_token() -> None:
    body = '{"exception": "webservice_access_exception", "errorcode": "accessexception", "message": "x"}'
    error = failure(answered(body), function=Function.SITE_INFO)
    assert isinstance(error, BadToken)
    assert error.code is ErrorCode.TOKEN_REFUSED


def test_an_answers_body_is_in_no_repr() -> None:
    assert "secret" not in repr(answered("secret"))


@given(st.binary(max_size=200), st.integers(200, 599))
def test_any_bytes_are_a_value_or_one_of_our_errors(body: bytes, status: int) -> None:
    with contextlib.suppress(LmsError):
        decode(RawAnswer(status, "", body), function="core_x")
