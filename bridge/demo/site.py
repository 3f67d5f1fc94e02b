"""The site: takes a web-service call, answers it from the tables."""

import ipaddress
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from bridge.demo.calls import Call, Function, Settings
from bridge.demo.errors import AccessDenied, InvalidParameter, MissingRecord, MoodleError
from bridge.demo.faults import Answer, FaultKind, Faults, Latency, spoil
from bridge.demo.functions import FUNCTIONS
from bridge.demo.pages import page
from bridge.demo.shapes import Json
from bridge.demo.tables import Tables, Token
from bridge.demo.wire import error_json, error_xml, nested, to_json, to_xml

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__all__ = ["CallRecord", "StandIn"]

REST_PATH = "/webservice/rest/server.php"
_SETTING = "moodlewssetting"
_RESERVED = frozenset({"wstoken", "wsfunction", "moodlewsrestformat"})
_REASONS = {200: "OK", 302: "Found", 303: "See Other", 403: "Forbidden", 404: "Not Found", 429: "Too Many Requests"}
_REASONS |= {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable"}
_USE_REST = "webservice/rest:use"
_LOGGED = 200_000
"""Calls that the log keeps; older ones go."""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call as the site saw it, without its token.

    Attributes
    ----------
    function, params
        What was asked.
    errorcode
        Moodle's code, None for a success.
    fault
        What was injected.
    seconds
        How long the site took, its sleeping included.
    size
        Bytes of the answer.
    """

    function: str
    params: dict[str, Json] = field(repr=False)
    errorcode: str | None = None
    fault: FaultKind | None = None
    seconds: float = 0.0
    size: int = 0


class StandIn:
    """A Moodle site as a WSGI application.

    Parameters
    ----------
    tables
        The rows it answers from. Edit them; the next answer follows.
    clock
        The site's clock in epoch seconds; the real one by default.
    faults, latency
        What goes wrong, and how slow the site is; both may be replaced at any time.

    Attributes
    ----------
    calls
        The log, oldest first.
    lock
        Held while an answer is made. Hold it to change several rows at once while clients are calling.

    Examples
    --------
    >>> site = StandIn(tables)                                    # doctest: +SKIP
    >>> site.tables.users[3].institution = "МБОУ «Сарпинская СОШ»"  # doctest: +SKIP
    """

    def __init__(
        self,
        tables: Tables,
        *,
        clock: Callable[[], float] = time.time,
        faults: Faults | None = None,
        latency: Latency | None = None,
    ) -> None:
        self.tables = tables
        self.clock = clock
        self.faults = faults
        self.latency = latency
        self.calls: deque[CallRecord] = deque(maxlen=_LOGGED)
        self.lock = threading.RLock()
        self._last: dict[str, Answer] = {}

    def counts(self) -> Counter[str]:
        """Count the logged calls by function."""
        return Counter(record.function for record in self.calls)

    # ------------------------------------------------------------ WSGI

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one HTTP request."""
        path = environ.get("PATH_INFO", "")
        if path.endswith(REST_PATH):
            answer = self._rest(environ)
        else:
            answer = page(self.tables, path, environ.get("QUERY_STRING", ""))
        length = len(answer.body) if answer.promised_length is None else answer.promised_length
        # The site's own clock, which need not be this machine's.
        headers = [("Content-Type", answer.content_type), *answer.headers]
        if "Date" not in dict(answer.headers):
            headers.append(("Date", formatdate(self.clock(), usegmt=True)))
        if answer.chunks is None:
            headers.append(("Content-Length", str(length)))
        start_response(f"{answer.status} {_REASONS.get(answer.status, 'Unknown')}", headers)
        return [answer.body] if answer.chunks is None else _drip(answer.chunks)

    def _rest(self, environ: "WSGIEnvironment") -> Answer:
        if not self.tables.site.rest_enabled:
            # Moodle dies here with a bare status; the web server adds its own page, or nothing.
            return Answer(b"", "text/html; charset=utf-8", 403)
        params = self._form(environ)
        address = str(environ.get("REMOTE_ADDR", "127.0.0.1"))
        return self.answer(params, address=address)

    def _form(self, environ: "WSGIEnvironment") -> dict[str, Json]:
        limit = self.tables.site.max_input_vars
        query = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        params = nested(query[:limit])
        if environ.get("REQUEST_METHOD") == "POST":
            size = int(environ.get("CONTENT_LENGTH") or 0)
            body = environ["wsgi.input"].read(size).decode("utf-8", "replace")
            # PHP drops what comes after the limit, the token too where it comes last.
            params |= nested(parse_qsl(body, keep_blank_values=True)[:limit])
        return params

    # ------------------------------------------------------------ calls

    def answer(self, params: Mapping[str, Json], *, address: str = "127.0.0.1") -> Answer:
        """Answer a call.

        Parameters
        ----------
        params
            The folded form, with ``wstoken``, ``wsfunction`` and settings among the function's own.
        address
            Where the call comes from, for tokens bound to an address.
        """
        started = time.perf_counter()
        name = str(params.get("wsfunction", ""))
        own = {key: value for key, value in params.items() if key not in _RESERVED and not key.startswith(_SETTING)}
        as_json = params.get("moodlewsrestformat") == "json"
        value: Json = None
        error: MoodleError | None = None
        try:
            with self.lock:
                function, value = self._run(params, name, own, address)
                body = to_json(value) if as_json else to_xml(value, function.returns)
        except MoodleError as err:
            error, body = err, error_json(err) if as_json else error_xml(err)
        answer = Answer(body.encode(), "application/json" if as_json else "application/xml; charset=utf-8")
        answer, fault = self._spoilt(name, answer)
        if self.latency is not None:
            self.latency.wait(name, value, since=started)
        code = error.errorcode if error else None
        seconds = time.perf_counter() - started
        self.calls.append(CallRecord(name, own, code, fault, seconds, len(answer.body)))
        return answer

    def _spoilt(self, name: str, answer: Answer) -> tuple[Answer, FaultKind | None]:
        fault = self.faults.draw(name) if self.faults is not None else None
        if self.faults is None:
            return answer, None
        previous = self._last.get(name)
        self._last[name] = answer
        if fault is None:
            return answer, None
        return spoil(answer, fault, self.faults, previous=previous), fault

    def _run(self, params: Mapping[str, Json], name: str, own: dict[str, Json], address: str) -> tuple[Function, Json]:
        token = self._authenticated(params.get("wstoken"), address)
        function = self._function(name, token)
        args = function.parameters.parameter(own)
        settings = Settings(raw=str(params.get(f"{_SETTING}raw", "")) in {"1", "true"})
        call = Call(self.tables, token, int(self.clock()), settings)
        value = function.run(call, args)
        return function, None if function.returns is None else function.returns.answer(value)

    def _authenticated(self, text: Json, address: str) -> Token:
        token = self.tables.tokens.get(text) if isinstance(text, str) else None
        if token is None:
            raise MoodleError("invalidtoken", "Invalid token - token not found")
        if token.validuntil and token.validuntil < self.clock():
            raise AccessDenied("Invalid token - token expired")
        if token.iprestriction and not _within(address, token.iprestriction):
            raise AccessDenied(f"Invalid token - IP:{address} is not supported")
        if self.tables.site.maintenance and not token.admin:
            raise MoodleError("sitemaintenance", "The site is undergoing maintenance and is currently not available")
        self._check_user(token)
        if not token.admin and _USE_REST not in token.capabilities:
            raise AccessDenied(f"You are not allowed to use the rest protocol (missing capability: {_USE_REST})")
        return token

    def _check_user(self, token: Token) -> None:
        user = self.tables.users[token.userid]
        reasons = {"suspended": user.suspended, "deleted": user.deleted, "unconfirmed": not user.confirmed}
        for word, holds in reasons.items():
            if holds:
                message = f"Refused web service access for {word} username: {user.username}"
                raise MoodleError(f"wsaccessuser{word}", message)

    def _function(self, name: str, token: Token) -> Function:
        site = self.tables.site
        if not name:
            raise InvalidParameter("Missing function name")
        service = {listed for listed, _version in site.functions}
        if name not in FUNCTIONS and name not in site.known_functions:
            raise MissingRecord("external_functions")
        offered = name in service and (token.functions is None or name in token.functions)
        if not offered or name not in FUNCTIONS:
            raise AccessDenied(f"Access to the function {name}() is not allowed.")
        return FUNCTIONS[name]


def _within(address: str, subnets: str) -> bool:
    """Say whether an address lies in one of the networks, separated by commas."""
    host = ipaddress.ip_address(address)
    return any(host in ipaddress.ip_network(each.strip(), strict=False) for each in subnets.split(","))


def _drip(chunks: Iterable[tuple[float, bytes]]) -> Iterator[bytes]:
    for pause, piece in chunks:
        if pause:
            time.sleep(pause)
        yield piece
