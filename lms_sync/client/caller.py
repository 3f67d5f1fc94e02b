"""The client: one Moodle site, one token, calls that end."""

from __future__ import annotations

import logging
import random as random_module
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Generic, TypeVar, cast

from lms_sync.client.answers import Format, JsonValue, decode
from lms_sync.client.exchange import HttpTransport, Limits, Transport
from lms_sync.client.functions import TEXT_FUNCTIONS
from lms_sync.client.params import Params, flatten
from lms_sync.client.retries import RetryPolicy, may_retry, wait_s
from lms_sync.client.urls import REST_PATH, normalise_url
from lms_sync.errors import BadToken, ErrorCode, LmsError, MissingFunction

__all__ = ["Call", "Client", "Outcome"]

_log = logging.getLogger("lms_sync.client")

_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Call(Generic[_Read]):
    """A call to be made among others; ``read`` makes of its answer what is kept, so that answers are not.

    ``without`` are keys to leave out of the answer while it is parsed.
    """

    function: str
    params: Params
    read: Callable[[JsonValue], _Read]
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome(Generic[_Read]):
    """What came of one of several calls: what was read, or the error that stands in its place."""

    value: _Read | None = None
    error: LmsError | None = None

    def get(self) -> _Read:
        """What was read; raises the error where there is one."""
        if self.error is not None:
            raise self.error
        return cast("_Read", self.value)


class _Secret(str):
    """A token: a text like any other, except that no repr shows it (nor, so, a traceback with local variables)."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


class Client:
    """Calls a Moodle site's web services by POST, the token in the body and nowhere else.

    Parameters
    ----------
    url
        The site, as people paste it; see :func:`lms_sync.client.normalise_url`.
    token
        A web-service token. It is in no repr, log line or exception.
    transport
        Stands in for HTTP in tests; ``limits``, ``ca_file`` and ``allow_private`` are then without effect.
    limits
        Time-outs in seconds and the largest answer in bytes.
    retries
        See :class:`RetryPolicy`. Reads are repeated on passing faults; writes only where the request surely did not
        arrive.
    max_concurrency
        Calls that :meth:`map_calls` keeps under way at once.
    min_interval_s
        Pause between the starts of two calls, across threads: politeness to a shared site.
    lang
        Language of texts the site translates; empty leaves it to the account's own.
    answer_format
        JSON, or Moodle's XML for sites where something on the way spoils JSON.
    clock, sleep, random
        For tests: seconds of a monotonic clock, a wait, and the jitter's source.

    Raises
    ------
    BadAddress
        From the constructor.

    Examples
    --------
    >>> client = Client("moodle.example", "0123456789abcdef")
    >>> client
    Client('https://moodle.example', token='***')
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        transport: Transport | None = None,
        limits: Limits | None = None,
        retries: RetryPolicy | None = None,
        max_concurrency: int = 2,
        min_interval_s: float = 0.0,
        ca_file: str | None = None,
        allow_private: bool = False,
        lang: str = "",
        answer_format: Format = Format.JSON,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        random: random_module.Random | None = None,
    ) -> None:
        self.url = normalise_url(url)
        self.calls = 0
        self.offered: frozenset[str] = frozenset()
        self.answered_at: datetime | None = None
        self._token = _Secret(token.strip())
        self._transport = transport or HttpTransport(limits=limits, ca_file=ca_file, allow_private=allow_private)
        self._retries = retries or RetryPolicy()
        self._max_concurrency = max_concurrency
        self._min_interval_s = min_interval_s
        self._lang = lang
        self._format = answer_format
        self._clock = clock
        self._sleep = sleep
        self._random = random or random_module.Random()  # noqa: S311  jitter, not a secret
        self._lock = Lock()
        self._next_start = float("-inf")
        self._known_site = False

    def __repr__(self) -> str:
        return f"Client({self.url!r}, token='***')"

    def call(self, function: str, params: Params | None = None, *, without: Collection[str] = ()) -> JsonValue:
        """Call a function and return its value; numbers with a point come as ``Decimal``, a void result as None.

        Parameters
        ----------
        function
            A :class:`Function` or the name of a plugin's own.
        params
            Nested as Moodle documents them.
        without
            Keys to leave out of the answer while it is parsed, so that a large one takes less memory.

        Raises
        ------
        LmsError
            After the retries that make sense.
        """
        attempt = 0
        while True:
            attempt += 1
            try:
                return self._once(str(function), params or {}, without)
            except LmsError as err:
                error = self._reinterpreted(err)
                wait = None
                if may_retry(error, function=function):
                    wait = wait_s(self._retries, attempt=attempt, random=self._random, error=error)
                if wait is None:
                    raise error from error.__cause__
                _log.info("%s: %s, again in %.1f s", function, error.code, wait)
            self._sleep(wait)

    def map_calls(self, calls: Iterable[Call[_Read]]) -> Iterator[Outcome[_Read]]:
        """Make several calls, a few at a time; outcomes come in the order of the calls.

        An error takes its call's place and does not stop the others. Calls are drawn lazily, no more of them than may
        be under way at once, so that memory stays bounded.
        """
        waiting: deque[Future[Outcome[_Read]]] = deque()
        with ThreadPoolExecutor(self._max_concurrency, thread_name_prefix="lms") as pool:
            try:
                for call in calls:
                    waiting.append(pool.submit(self._outcome, call))
                    if len(waiting) >= self._max_concurrency:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def _outcome(self, call: Call[_Read]) -> Outcome[_Read]:
        try:
            return Outcome(value=call.read(self.call(call.function, call.params, without=call.without)))
        except LmsError as err:
            return Outcome(error=err)

    def _once(self, function: str, params: Params, without: Collection[str]) -> JsonValue:
        self._wait_for_turn()
        started = self._clock()
        size, told = 0, "ok"
        try:
            answer = self._transport.post(self.url + REST_PATH, self._form(function, params), function=function)
            size = len(answer.body)
            self.answered_at = answer.answered_at
            value = decode(
                answer, function=function, known_site=self._known_site, answer_format=self._format, without=without
            )
        except LmsError as err:
            told = err.code
            raise
        finally:
            _log.info("%s %s %.0f ms %d bytes", function, told, 1000 * (self._clock() - started), size)
        self._known_site = True
        return value

    def _form(self, function: str, params: Params) -> list[tuple[str, str]]:
        # The token first: PHP cuts a form at max_input_vars, and a lost token would read as a wrong one.
        form = [
            ("wstoken", self._token),
            ("wsfunction", function),
            ("moodlewsrestformat", self._format.value),
        ]
        if function in TEXT_FUNCTIONS:
            form.append(("moodlewssettingfilter", "1"))
        if self._lang:
            form.append(("moodlewssettinglang", self._lang))
        return form + flatten(params)

    def _wait_for_turn(self) -> None:
        with self._lock:
            self.calls += 1
            now = self._clock()
            start = max(now, self._next_start)
            self._next_start = start + self._min_interval_s
        if start > now:
            self._sleep(start - now)

    def _reinterpreted(self, error: LmsError) -> LmsError:
        """What the site's function list tells about an error that has several causes."""
        if isinstance(error, MissingFunction) and error.function in self.offered:
            return BadToken(
                "refused a function the token's service offers",
                code=ErrorCode.TOKEN_REFUSED,
                function=error.function,
                facts=error.facts,
            )
        return error
