"""One POST, bounded in time and size: the only place where bytes cross the network."""

from __future__ import annotations

import email.utils
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import requests
import urllib3
from requests.cookies import RequestsCookieJar

from lms_sync.client.answers import RawAnswer
from lms_sync.client.deadline import Deadline
from lms_sync.client.guard import GuardedAdapter, PrivateAddressRefused
from lms_sync.errors import AnswerTooLarge, ErrorCode, LmsError, PrivateAddress, Unreachable

__all__ = ["HttpTransport", "Limits", "Transport", "scrubbed"]

_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one exchange: seconds to connect, between two reads, in all; and bytes of the (unpacked) answer."""

    connect_timeout_s: float = 10.0
    read_timeout_s: float = 120.0
    total_timeout_s: float = 300.0
    answer_bytes: int = 64 * 1024 * 1024


class Transport(Protocol):
    """Sends a form and brings back the answer. Tests give one that answers from recordings."""

    def post(self, url: str, form: list[tuple[str, str]], *, function: str) -> RawAnswer:
        """POST the form to ``url``.

        Raises
        ------
        Unreachable, AnswerTooLarge
        """


class HttpTransport:
    """Over requests, with addresses checked at connect time, no proxies, no cookies, no redirects, no .netrc.

    Parameters
    ----------
    ca_file
        Certificates to trust instead of the usual set: a national authority's or the department's own.
    allow_private
        Admit loopback and LAN addresses.
    """

    def __init__(
        self, *, limits: Limits | None = None, ca_file: str | None = None, allow_private: bool = False
    ) -> None:
        self._limits = limits or Limits()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = ca_file or True
        self._session.cookies = _NoCookies()
        self._session.headers.update({"Accept": "application/json", "User-Agent": "accelerator-companion"})
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, GuardedAdapter(allow_private=allow_private))

    def close(self) -> None:
        """Close the connections kept open."""
        self._session.close()

    def post(self, url: str, form: list[tuple[str, str]], *, function: str) -> RawAnswer:
        """Send, and read the whole answer. Safe to call from several threads."""
        limits = self._limits
        with Deadline(limits.total_timeout_s) as deadline, _told(deadline, function):
            answer = self._session.post(
                url,
                data=form,
                stream=True,
                allow_redirects=False,
                timeout=(limits.connect_timeout_s, limits.read_timeout_s),
            )
            with closing(answer):
                body = _read(answer, limits.answer_bytes, function=function)
            if deadline.expired:
                raise _expired(function)
            return RawAnswer(
                status=answer.status_code,
                content_type=answer.headers.get("Content-Type", ""),
                body=body,
                retry_after_s=_retry_after(answer.headers.get("Retry-After")),
                location=_shown_location(answer.headers.get("Location", "")),
                answered_at=_moment(answer.headers.get("Date", "")),
            )


class _NoCookies(RequestsCookieJar):
    """Web-service calls have no session; a cookie would only tie calls together, and the jar is shared by threads."""

    def set_cookie(self, *_args: object, **_kwargs: object) -> None:
        return None


def _read(answer: requests.Response, limit: int, *, function: str) -> bytearray:
    body = bytearray()
    # Unpacked bytes are counted, so that a small compressed answer cannot grow without bound.
    for chunk in answer.iter_content(_CHUNK):
        body += chunk
        if len(body) > limit:
            raise AnswerTooLarge(limit, function=function)
    return body


def _retry_after(value: str | None, *, now: datetime | None = None) -> float | None:
    """Seconds to wait, from either form of the header (RFC 9110, 10.2.3); None where it makes no sense."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value.strip()[:9])
    when = _moment(value)
    return max(0.0, (when - (now or datetime.now(UTC))).total_seconds()) if when else None


def _moment(value: str) -> datetime | None:
    """A moment as HTTP writes it (RFC 9110, 5.6.7); None where it makes no sense."""
    try:
        when = email.utils.parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _shown_location(location: str) -> str:
    # What follows ? may echo parameters of ours; people need the address only.
    return location.split("?", 1)[0][:500]


@contextmanager
def _told(deadline: Deadline, function: str) -> Iterator[None]:
    try:
        yield
    except LmsError:
        raise
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as err:
        told = _expired(function) if deadline.expired else _translate(err, function=function)
        raise told from scrubbed(err)


def _expired(function: str) -> Unreachable:
    return Unreachable("the whole exchange took too long", code=ErrorCode.DEADLINE, function=function)


def _translate(err: BaseException, *, function: str) -> Unreachable:
    causes = list(_chain(err))
    for kinds, code, arrived in _CAUSES:
        if any(isinstance(cause, kinds) for cause in causes):
            if code is ErrorCode.PRIVATE_ADDRESS:
                return PrivateAddress("the host leads to a private address", function=function, arrived=False)
            retryable = code is not ErrorCode.TLS
            return Unreachable(type(err).__name__, code=code, function=function, arrived=arrived, retryable=retryable)
    return Unreachable(type(err).__name__, code=ErrorCode.BROKEN_OFF, function=function)


# In this order: a refused address and a name without one are NewConnectionErrors, which are ConnectTimeoutErrors.
_CAUSES: tuple[tuple[tuple[type[BaseException], ...], ErrorCode, bool], ...] = (
    ((PrivateAddressRefused,), ErrorCode.PRIVATE_ADDRESS, False),
    ((urllib3.exceptions.NameResolutionError,), ErrorCode.DNS, False),
    ((urllib3.exceptions.NewConnectionError,), ErrorCode.CONNECT, False),
    ((urllib3.exceptions.ConnectTimeoutError,), ErrorCode.CONNECT_TIMEOUT, False),
    ((ssl.SSLCertVerificationError,), ErrorCode.TLS, False),
    ((urllib3.exceptions.SSLError, ssl.SSLError), ErrorCode.TLS, True),
    ((urllib3.exceptions.ReadTimeoutError, TimeoutError), ErrorCode.READ_TIMEOUT, True),
)


def _chain(err: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting: list[object] = [err]
    while waiting:
        found = waiting.pop()
        if not isinstance(found, BaseException) or id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        waiting += [found.__cause__, found.__context__, getattr(found, "reason", None), *found.args]


def scrubbed(err: BaseException) -> BaseException:
    """The error and all it was caused by, without what holds the request: its body carries the token.

    ``requests`` hangs the request on its exceptions, and the frames of their tracebacks keep it as local variables,
    which error collectors read.
    """
    for found in _chain(err):
        found.__traceback__ = None
        for name in ("request", "response"):
            if getattr(found, name, None) is not None:
                setattr(found, name, None)
    return err
