"""A transport that checks addresses at the moment of connecting, and lets a deadline end an exchange.

A check before the call is no check: a name may resolve to a public address for the check and to a private one for the
connection (DNS rebinding). Here a name is resolved once, every address it gives is checked, and the connection goes to
one of exactly those.
"""

from __future__ import annotations

import socket
import sys
from typing import Any

import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.timeout import Timeout

from lms_sync.client.addresses import is_allowed, parse_address
from lms_sync.client.deadline import Deadline

__all__ = ["GuardedAdapter", "PrivateAddressRefused"]

Target = tuple[socket.AddressFamily, socket.SocketKind, int, Any]


class PrivateAddressRefused(NewConnectionError):
    """Raised inside the connection; the client tells it as :class:`lms_sync.errors.PrivateAddress`."""


class _Guarded(HTTPConnection):
    allow_private = False

    def _new_conn(self) -> socket.socket:
        targets = self._targets()
        for _, _, _, sockaddr in targets:
            if not is_allowed(parse_address(str(sockaddr[0])), allow_private=self.allow_private):
                raise PrivateAddressRefused(self, f"{self.host} leads to an address that is not public")
        sock = self._connect_to_first(targets)
        if (deadline := Deadline.current()) is not None:
            deadline.watch(sock)
        sys.audit("http.client.connect", self, self.host, self.port)
        return sock

    def _targets(self) -> list[Target]:
        try:
            found = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as err:
            reason = err if isinstance(err, socket.gaierror) else socket.gaierror(str(err))
            raise NameResolutionError(self.host, self, reason) from err
        return [(family, kind, proto, sockaddr) for family, kind, proto, _, sockaddr in found]

    def _connect_to_first(self, targets: list[Target]) -> socket.socket:
        failure: OSError = OSError("the name has no address")
        for target in targets:
            try:
                return self._connect_to(target)
            except OSError as err:
                failure = err
        if isinstance(failure, TimeoutError):
            raise ConnectTimeoutError(self, f"no connection to {self.host} in time") from failure
        raise NewConnectionError(self, f"no connection to {self.host}: {failure}") from failure

    def _connect_to(self, target: Target) -> socket.socket:
        family, kind, proto, sockaddr = target
        sock = socket.socket(family, kind, proto)
        try:
            for option in self.socket_options or ():
                sock.setsockopt(*option)
            sock.settimeout(Timeout.resolve_default_timeout(self.timeout))
            sock.connect(sockaddr)
        except BaseException:
            sock.close()
            raise
        return sock

    def request(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  passed on as they come
        # A pooled connection was opened in an earlier exchange, whose deadline is over: this one's watches it too.
        if self.sock is not None and (deadline := Deadline.current()) is not None:
            deadline.watch(self.sock)
        super().request(*args, **kwargs)


class _GuardedTls(_Guarded, HTTPSConnection):
    pass


def _pools(*, allow_private: bool) -> dict[str, Any]:
    plain = type("GuardedHTTPConnection", (_Guarded,), {"allow_private": allow_private})
    tls = type("GuardedHTTPSConnection", (_GuardedTls,), {"allow_private": allow_private})
    return {
        "http": type("GuardedHTTPPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("GuardedHTTPSPool", (HTTPSConnectionPool,), {"ConnectionCls": tls}),
    }


class GuardedAdapter(HTTPAdapter):
    """Mount it for ``http://`` and ``https://``; it retries nothing and goes through no proxy.

    Parameters
    ----------
    allow_private
        See :func:`lms_sync.client.addresses.is_allowed`.
    """

    def __init__(self, *, allow_private: bool = False) -> None:
        self._allow_private = allow_private
        super().__init__(max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:  # noqa: FBT001, FBT002, ANN401  requests' signature
        self.poolmanager = urllib3.PoolManager(num_pools=connections, maxsize=maxsize, block=block, **pool_kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(allow_private=self._allow_private)
