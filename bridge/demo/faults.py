"""What goes wrong on real sites, on demand and repeatably; and how long a real site takes.

A fault is chosen per call, by a seeded draw or by a script, and applied to the finished answer, so that the tables
stay as they are: a client that copes ends with the same data as one that met no fault.
"""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bridge.demo.shapes import Json
from bridge.demo.wire import to_json

__all__ = ["Answer", "FaultKind", "Faults", "Latency", "spoil"]


class FaultKind(StrEnum):
    """The faults that can be injected."""

    EXCEPTION_IN_200 = "exception_in_200"
    INVALID_RESPONSE = "invalid_response"
    PHP_ERROR = "php_error"
    HTML_PAGE = "html_page"
    LOGIN_REDIRECT = "login_redirect"
    FOREIGN_REDIRECT = "foreign_redirect"
    TRUNCATED_JSON = "truncated_json"
    DUPLICATE_JSON = "duplicate_json"
    PHP_NOTICE = "php_notice"
    BYTE_ORDER_MARK = "byte_order_mark"
    BROKEN_UTF8 = "broken_utf8"
    EMPTY_BODY = "empty_body"
    NULL_BODY = "null_body"
    WRONG_TYPE = "wrong_type"
    MISSING_KEY = "missing_key"
    REORDERED_ROWS = "reordered_rows"
    REPEATED_ROWS = "repeated_rows"
    REPEATED_PAGE = "repeated_page"
    TOO_MANY_REQUESTS = "too_many_requests"
    UNAVAILABLE = "unavailable"
    SERVER_ERROR = "server_error"
    BAD_GATEWAY = "bad_gateway"
    SLOW = "slow"
    SLOW_LORIS = "slow_loris"
    HUGE = "huge"
    DROPPED = "dropped"
    CLOCK_SKEW = "clock_skew"
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 - a fault's name, not a secret
    MAINTENANCE = "maintenance"
    HIDDEN_COURSE = "hidden_course"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer before it is sent."""

    body: bytes
    content_type: str = "application/json"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    chunks: tuple[tuple[float, bytes], ...] | None = None
    """Instead of the body: pieces, each after a pause in seconds."""
    promised_length: int | None = None
    """A Content-Length that the body does not reach: the connection drops."""


@dataclass(slots=True)
class Faults:
    """Which call meets which fault.

    Parameters
    ----------
    seed
        The same seed and the same calls give the same faults.
    rate
        Share of calls that meet one, 0 to 1.
    kinds
        What may happen.
    limit
        How many at most; None for no limit.
    functions
        Only calls of these; None for all.
    retry_after_s
        What 429 and 503 ask for.
    slow_s, huge_bytes
        How slow and how large.
    """

    seed: int = 0
    rate: float = 0.0
    kinds: Sequence[FaultKind] = tuple(FaultKind)
    limit: int | None = None
    functions: frozenset[str] | None = None
    retry_after_s: int = 1
    slow_s: float = 0.2
    huge_bytes: int = 50 * 1024 * 1024
    injected: Counter[FaultKind] = field(default_factory=Counter)
    dice: random.Random = field(init=False, repr=False)
    _script: Iterator[FaultKind | None] | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 - a repeatable draw is the point

    @classmethod
    def script(cls, *steps: FaultKind | None) -> "Faults":
        """Return faults that follow a list, one step a call, and then nothing more."""
        faults = cls()
        faults._script = iter(steps)
        return faults

    def draw(self, function: str) -> FaultKind | None:
        """Return the fault that the next call of a function meets, None for none."""
        with self._lock:
            kind = self._drawn(function)
            if kind is not None:
                self.injected[kind] += 1
            return kind

    def _drawn(self, function: str) -> FaultKind | None:
        if self.functions is not None and function not in self.functions:
            return None
        if self._script is not None:
            return next(self._script, None)
        if self.limit is not None and self.injected.total() >= self.limit:
            return None
        return self.dice.choice(list(self.kinds)) if self.dice.random() < self.rate else None


# ---------------------------------------------------------------- spoiling

_HTML = (
    "<!DOCTYPE html><html><head><title>Ошибка</title></head>"
    "<body><h1>Сайт временно недоступен</h1><p>Попробуйте позже.</p></body></html>"
)
_NOTICE = (
    "<br />\n<b>Notice</b>:  Undefined property: stdClass::$contextid in "
    "<b>/var/www/moodle/mod/assign/externallib.php</b> on line <b>621</b><br />\n"
)
_ERRORS = {
    FaultKind.EXCEPTION_IN_200: ("dml_read_exception", "dmlreadexception", "Error reading from database"),
    FaultKind.INVALID_RESPONSE: (
        "core\\exception\\invalid_response_exception",
        "invalidresponse",
        "Invalid response value detected",
    ),
    FaultKind.TOKEN_REVOKED: (
        "core\\exception\\moodle_exception",
        "invalidtoken",
        "Invalid token - token not found",
    ),
    FaultKind.MAINTENANCE: (
        "core\\exception\\moodle_exception",
        "sitemaintenance",
        "The site is undergoing maintenance and is currently not available",
    ),
    FaultKind.HIDDEN_COURSE: (
        "core\\exception\\require_login_exception",
        "requireloginerror",
        "Course or activity not accessible. (Course is hidden)",
    ),
    FaultKind.PHP_ERROR: ("Error", None, "Call to a member function get_name() on null"),
}
_STATUSES = {
    FaultKind.TOO_MANY_REQUESTS: 429,
    FaultKind.UNAVAILABLE: 503,
    FaultKind.SERVER_ERROR: 500,
    FaultKind.BAD_GATEWAY: 502,
}
_PIECE = 64 * 1024


def spoil(answer: Answer, kind: FaultKind, faults: Faults, *, previous: Answer | None = None) -> Answer:
    """Return an answer with a fault in it.

    Parameters
    ----------
    answer
        What the site would have said.
    previous
        What it said to the last call of the same function: what a repeated page shows.
    """
    if kind in _ERRORS:
        return _error(kind)
    if kind in _STATUSES:
        headers = (("Retry-After", str(faults.retry_after_s)),) if _STATUSES[kind] in {429, 503} else ()
        return Answer(_HTML.encode(), "text/html; charset=utf-8", _STATUSES[kind], headers)
    if kind is FaultKind.REPEATED_PAGE:
        return previous or answer
    if kind in _ON_ROWS:
        return _rows(answer, kind, faults.dice)
    if kind in _ON_TRANSPORT:
        return _transport(answer, kind, faults)
    return replace(answer, body=_bytes(answer.body, kind)) if kind is not FaultKind.HTML_PAGE else _page()


def _error(kind: FaultKind) -> Answer:
    exception, errorcode, message = _ERRORS[kind]
    fields = {"exception": exception, "errorcode": errorcode, "message": message}
    return Answer(to_json({key: value for key, value in fields.items() if value is not None}).encode())


def _page() -> Answer:
    return Answer(_HTML.encode(), "text/html; charset=utf-8")


def _bytes(body: bytes, kind: FaultKind) -> bytes:
    if kind is FaultKind.TRUNCATED_JSON:
        return body[: max(1, len(body) * 2 // 3)]
    if kind is FaultKind.DUPLICATE_JSON:
        return body + body
    if kind is FaultKind.PHP_NOTICE:
        return _NOTICE.encode() + body
    if kind is FaultKind.BYTE_ORDER_MARK:
        return b"\xef\xbb\xbf" + body
    if kind is FaultKind.BROKEN_UTF8:
        return body[:-1] + b"\xd0" + body[-1:]
    return b"null" if kind is FaultKind.NULL_BODY else b""


_ON_TRANSPORT = frozenset(
    {
        FaultKind.LOGIN_REDIRECT,
        FaultKind.FOREIGN_REDIRECT,
        FaultKind.SLOW,
        FaultKind.SLOW_LORIS,
        FaultKind.HUGE,
        FaultKind.DROPPED,
        FaultKind.CLOCK_SKEW,
    }
)


_REDIRECTS = {
    FaultKind.LOGIN_REDIRECT: (303, "/login/index.php"),
    FaultKind.FOREIGN_REDIRECT: (302, "http://moodle.invalid/webservice/rest/server.php"),
}


def _transport(answer: Answer, kind: FaultKind, faults: Faults) -> Answer:
    if kind in _REDIRECTS:
        status, target = _REDIRECTS[kind]
        return Answer(b"", "text/html", status, (("Location", target),))
    if kind is FaultKind.SLOW:
        return replace(answer, chunks=((faults.slow_s, answer.body),))
    if kind is FaultKind.SLOW_LORIS:
        step = max(1, len(answer.body) // 8)
        pieces = [answer.body[start : start + step] for start in range(0, len(answer.body), step)]
        return replace(answer, chunks=tuple((faults.slow_s, piece) for piece in pieces))
    if kind is FaultKind.HUGE:
        filler = ((0.0, b" " * _PIECE),) * (faults.huge_bytes // _PIECE)
        return replace(answer, chunks=((0.0, answer.body[:1]), *filler, (0.0, answer.body[1:])))
    if kind is FaultKind.CLOCK_SKEW:
        return replace(answer, headers=(*answer.headers, ("Date", "Thu, 01 Jan 2015 00:00:00 GMT")))
    half = answer.body[: len(answer.body) // 2]
    return replace(answer, body=half, promised_length=len(answer.body) + 1)


# ---------------------------------------------------------------- spoiling rows

_ON_ROWS = frozenset({FaultKind.REORDERED_ROWS, FaultKind.REPEATED_ROWS, FaultKind.WRONG_TYPE, FaultKind.MISSING_KEY})


def _row_lists(value: Json) -> Iterator[list[Json]]:
    """Return every list of structures in an answer, the outermost first."""
    if isinstance(value, list):
        if value and isinstance(value[0], dict):
            yield value
        for each in value:
            yield from _row_lists(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _row_lists(each)


def _rows(answer: Answer, kind: FaultKind, draw: random.Random) -> Answer:
    try:
        value = json.loads(answer.body)
    except ValueError:
        return answer
    for rows in list(_row_lists(value)):
        _spoil_rows(rows, kind, draw)
        if kind in {FaultKind.WRONG_TYPE, FaultKind.MISSING_KEY}:
            break
    return replace(answer, body=to_json(value).encode())


def _spoil_rows(rows: list[Json], kind: FaultKind, draw: random.Random) -> None:
    if kind is FaultKind.REORDERED_ROWS:
        draw.shuffle(rows)
    elif kind is FaultKind.REPEATED_ROWS:
        rows.extend(draw.sample(rows, max(1, len(rows) // 10)))
    elif rows[0]:
        # The first key of a description is the one nobody can do without: the id.
        row = draw.choice(rows)
        name = next(iter(row), None)
        if name is not None and kind is FaultKind.WRONG_TYPE:
            row[name] = {"unexpected": [None]}
        elif name is not None:
            del row[name]


# ---------------------------------------------------------------- time


@dataclass(frozen=True, slots=True)
class Latency:
    """How long a real site takes, measured on a 4.5 site of 2,000 people.

    The stand-in computes, then sleeps for what is left; `scale` shortens everything alike.

    Parameters
    ----------
    base_s
        What any call costs.
    per_row_s
        What one row of an answer costs, by function.
    scale
        Multiplies all of it.
    """

    base_s: float = 0.03
    per_row_s: tuple[tuple[str, float], ...] = (
        ("core_enrol_get_enrolled_users", 4.0 / 2000),
        ("mod_assign_get_submissions", 1.5 / 2000),
        ("mod_assign_get_grades", 1.1 / 70_000),
        ("gradereport_user_get_grade_items", 0.004),
        ("core_group_get_group_members", 0.0005),
        ("mod_workshop_get_grades_report", 0.0004),
    )
    scale: float = 1.0

    def seconds(self, function: str, value: Json) -> float:
        """Return how long the site takes for an answer."""
        per_row = dict(self.per_row_s).get(function, 0.0)
        return self.scale * (self.base_s + per_row * _count(function, value))

    def wait(self, function: str, value: Json, *, since: float) -> None:
        """Sleep until the answer is due, counted from `since` (`time.perf_counter`)."""
        left = since + self.seconds(function, value) - time.perf_counter()
        if left > 0:
            time.sleep(left)


def _count(function: str, value: Json) -> int:
    if function.startswith("mod_assign_get_") and isinstance(value, dict):
        inner = "submissions" if function.endswith("submissions") else "grades"
        return sum(len(each.get(inner, ())) for each in value.get("assignments", ()))
    rows: Iterable[Json] = value if isinstance(value, list) else ()
    if isinstance(value, dict):
        rows = value.get("usergrades") or value.get("report", {}).get("grades") or ()
    return len(list(rows))
