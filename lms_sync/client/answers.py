"""From the bytes of an HTTP answer to plain values, or to the error they mean. Pure.

Moodle answers 200 with ``{"exception": ...}`` for most failures. PHP notices, which a site with debugging on prints
before (or after) the JSON, are skipped: the value is the first JSON text that starts a line or follows a notice and is
followed by nothing but such notices. A whole HTML page is never searched.

Custom profile fields are dropped while parsing, so that a birth date in one is in no value that any other code sees.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final, NoReturn

from lms_sync.client.functions import Function
from lms_sync.errors import (
    AccessDenied,
    BadAnswer,
    BadToken,
    ErrorCode,
    Facts,
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
from lms_sync.xml import parse_answer

__all__ = ["DROPPED_KEYS", "Format", "JsonValue", "RawAnswer", "decode", "remote_error"]

DROPPED_KEYS: Final = frozenset({"customfields", "userprivateaccesskey", "enrolmentkey", "password"})
"""Never kept, wherever they stand in an answer: the first holds birth dates, the others open files, groups, quizzes."""

JsonValue = Any
"""What a JSON text says: its shape is checked by the schemas, not by the type checker."""

_HTML = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html|<head|<body)", re.IGNORECASE)
_NOTICE = re.compile(r"(?:<[^>]*>|\s)*(?:PHP )?(?:Notice|Warning|Deprecated|Strict Standards|Fatal error)\b")
_LOOK_IN = 65_536
_CANDIDATES = 64

_BAD_TOKEN = "invalidtoken"  # noqa: S105  Moodle's word, not a secret
_MEANINGS: Final[dict[type[LmsError], frozenset[str]]] = {
    BadToken: frozenset(
        {
            _BAD_TOKEN,
            "wsaccessusersuspended",
            "wsaccessuserdeleted",
            "wsaccessuserunconfirmed",
            "wsaccessuserexpired",
            "wsaccessusernologin",
            "usernotconfirmed",
            "passwordisexpired",
            "forcepasswordchangenotice",
            "sitepolicynotagreed",
            "usernotfullysetup",
        }
    ),
    AccessDenied: frozenset(
        {
            "nopermissions",
            "nopermission",
            "nopermissiontoviewgrades",
            "criteriaerror",
            "requireloginerror",
            "errorcoursecontextnotvalid",
            "coursehidden",
            "notenrolled",
            "accessdenied",
            "activityiscurrentlyhidden",
            "cannotviewreport",
            "notingroup",
            "cannotviewprofile",
            "usernotavailable",
        }
    ),
    Maintenance: frozenset({"sitemaintenance", "upgraderunning", "upgraderequired"}),
}
_MEANING = {errorcode: kind for kind, errorcodes in _MEANINGS.items() for errorcode in errorcodes}
_PASSING = frozenset({"dmlreadexception", "dmlwriteexception", "dbconnectionfailed", "locktimeout", "ex_unabletolock"})
_NOT_FOUND = frozenset(
    {"invalidrecord", "invalidrecordunknown", "invalidcoursemodule", "invaliduser", "unknowncourse", "invalidcourseid"}
)


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What came over the wire. ``body`` is left out of the repr: it holds personal data.

    ``answered_at`` is the server's clock, where it sends it.
    """

    status: int
    content_type: str
    body: bytes | bytearray = field(repr=False)
    retry_after_s: float | None = None
    location: str = ""
    answered_at: datetime | None = None


class Format(StrEnum):
    """In which form answers are asked for. XML is what Moodle gives by default; of numbers it gives texts."""

    JSON = "json"
    XML = "xml"


def decode(
    answer: RawAnswer,
    *,
    function: str,
    known_site: bool = False,
    answer_format: Format = Format.JSON,
    without: Collection[str] = (),
) -> JsonValue:
    """The value of an answer, numbers with a point as exact ``Decimal``.

    Parameters
    ----------
    known_site
        The address has already answered as a Moodle. An HTML page is then a passing fault (a proxy, a deployment), not
        a wrong address.
    without
        Keys to leave out besides :data:`DROPPED_KEYS`, to hold less of a large answer at once.

    Raises
    ------
    LmsError
        One of the tree, by status and content.
    """
    _check_status(answer, function=function, known_site=known_site)
    if _HTML.match(answer.body):
        raise NotMoodle("a web page", code=ErrorCode.HTML, function=function, retryable=known_site)
    read = _xml if answer_format is Format.XML else _json
    value = read(answer.body, function=function, dropped=DROPPED_KEYS.union(without))
    if isinstance(value, dict) and "exception" in value:
        raise remote_error(value, function=function)
    return value


def _check_status(answer: RawAnswer, *, function: str, known_site: bool) -> None:
    error = _status_error(answer, function=function, known_site=known_site)
    if error is not None:
        raise error


def _status_error(answer: RawAnswer, *, function: str, known_site: bool) -> LmsError | None:
    status = answer.status
    if status < 300:
        return None
    if status < 400:
        facts = {"location": answer.location}
        return Redirected(f"moved to {answer.location}", function=function, retryable=known_site, facts=facts)
    if status == 429 or (status == 503 and answer.retry_after_s is not None):
        return RateLimited(f"status {status}", retry_after_s=answer.retry_after_s, function=function)
    if status in {404, 405, 410}:
        return NotMoodle(f"status {status}", code=ErrorCode.NOT_FOUND_PAGE, function=function, retryable=known_site)
    return _other_status(status, function=function)


def _other_status(status: int, *, function: str) -> LmsError:
    facts = {"status": status}
    if status == 503:
        return Maintenance("status 503", function=function, facts=facts)
    if status == 403:
        return ServiceDisabled("status 403", function=function, facts=facts)
    retryable = status >= 500 or status == 408
    return Unreachable(
        f"status {status}", code=ErrorCode.SERVER_ERROR, function=function, retryable=retryable, facts=facts
    )


def _xml(body: bytes | bytearray, *, function: str, dropped: frozenset[str]) -> JsonValue:
    # Notices before the declaration are skipped; after the last element nothing is allowed to follow.
    start = body.find(b"<?xml", 0, _LOOK_IN)
    if start < 0:
        raise BadAnswer("no XML document", code=ErrorCode.TRUNCATED, function=function)
    return parse_answer(body[start:], function=function, dropped=dropped)


def _json(body: bytes | bytearray, *, function: str, dropped: frozenset[str]) -> JsonValue:
    try:
        text = body.decode("utf-8-sig").strip()
    except UnicodeDecodeError as err:
        raise BadAnswer("not UTF-8", function=function) from err.with_traceback(None)
    if not text:
        raise BadAnswer("an empty answer", code=ErrorCode.TRUNCATED, function=function)
    if isinstance(body, bytearray):
        # The text is all that is needed: a large answer is not held twice.
        body.clear()
    return _parse(text, function=function, dropped=dropped)


def _parse(text: str, *, function: str, dropped: frozenset[str]) -> JsonValue:
    followed: JsonValue = _NOTHING
    decoder = _decoder(dropped)
    for start in _starts(text):
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError, InvalidOperation):
            continue
        if end == len(text):
            return value
        # A line number in a notice is a JSON text too: before another notice only an object or a list is believed.
        if followed is _NOTHING and (start == 0 or isinstance(value, (dict, list))) and _NOTICE.match(text, end):
            followed = value
    if followed is not _NOTHING:
        return followed
    # The parser's own error quotes nothing but keeps the whole document (names, e-mails): it must not travel on.
    raise BadAnswer("not a whole JSON text", code=ErrorCode.TRUNCATED, function=function)


def _starts(text: str) -> Iterator[int]:
    yield 0
    if not _NOTICE.match(text) and not text.startswith("<"):
        return
    for count, match in enumerate(_CANDIDATE.finditer(text, 0, _LOOK_IN)):
        if count >= _CANDIDATES:
            return
        yield match.start()


_CANDIDATE = re.compile(r"(?:(?<=\n)|(?<=<br />)|(?<=</div>))(?:[{\[\"]|null|true|false|-?\d)")
_NOTHING: Final = object()


def _decoder(dropped: frozenset[str]) -> json.JSONDecoder:
    texts: dict[str, str] = {}

    def slim(value: dict[str, Any]) -> dict[str, Any]:
        # A dictionary does not shrink when keys are taken out of it, and an answer may hold a hundred thousand of them.
        if dropped.isdisjoint(value):
            return value
        # A gradebook repeats the names of its columns for each person: one text each is enough.
        return {
            key: texts.setdefault(inner, inner) if type(inner) is str else inner
            for key, inner in value.items()
            if key not in dropped
        }

    return json.JSONDecoder(object_hook=slim, parse_float=Decimal, parse_constant=_no_constant)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def remote_error(value: dict[str, Any], *, function: str) -> LmsError:
    """The error that an ``{"exception", "errorcode", "message"}`` answer means.

    Moodle's own message is kept for the log only: it is in the site's language, and several codes cover unlike causes.
    """
    errorcode = str(value.get("errorcode") or "")
    exception = str(value.get("exception") or "").rsplit("\\", 1)[-1]
    message = str(value.get("message") or "")[:500]
    facts: Facts = {"errorcode": errorcode, "exception": exception}
    if errorcode == "accessexception":
        return _access_exception(message, function=function, facts=facts)
    if errorcode == "invalidrecord" and "external_functions" in message:
        return MissingFunction(message, function=function, facts={**facts, "unknown_to_site": True})
    if (kind := _MEANING.get(errorcode)) is not None:
        account = kind is BadToken and errorcode != _BAD_TOKEN
        code = ErrorCode.ACCOUNT_REFUSED if account else None
        return kind(message, code=code, function=function, facts=facts)
    remote = NotFound if errorcode in _NOT_FOUND else RemoteException
    retryable = errorcode in _PASSING
    return remote(errorcode, exception=exception, message=message, function=function, retryable=retryable)


def _access_exception(message: str, *, function: str, facts: Facts) -> LmsError:
    # One code for a function outside the service, an expired token, an IP outside the allowed range and a service that
    # is off; the words that tell them apart are printed only with debugging on. What even the site's information call
    # may not do is no matter of functions: there it is the token.
    if function == Function.SITE_INFO:
        return BadToken(message, code=ErrorCode.TOKEN_REFUSED, function=function, facts=facts)
    return MissingFunction(message, function=function, facts=facts)
