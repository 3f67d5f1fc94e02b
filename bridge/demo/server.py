"""Serving a stand-in on a port of this machine: inside a test, or beside the demo."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler
from werkzeug.serving import make_server as _make

from bridge.demo.site import StandIn
from bridge.demo.tables import Tables

__all__ = ["Served", "make_server", "serve_in_thread"]


class _Quiet(WSGIRequestHandler):
    """A handler that keeps the console clean and connections open between calls."""

    protocol_version = "HTTP/1.1"

    def send_response(self, code: int, message: str | None = None) -> None:
        """Begin an answer; unlike the base class leave the date to the site, which has a clock of its own."""
        self.send_response_only(code, message)

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's own name
        """Say nothing: the site keeps its own log."""


@dataclass(frozen=True, slots=True)
class Served:
    """A running site."""

    url: str
    site: StandIn
    server: BaseWSGIServer


def make_server(site: StandIn | Tables, host: str = "127.0.0.1", port: int = 0) -> Served:
    """Bind a site to a port without serving yet.

    Parameters
    ----------
    site
        The site, or the tables of a new one.
    port
        0 for any free one.

    Returns
    -------
    Served
        Run ``served.server.serve_forever()`` in a thread of your own and stop it with ``shutdown()``; the site's
        own URL in the answers is the bound one.
    """
    app = site if isinstance(site, StandIn) else StandIn(site)
    server = _make(host, port, app, threaded=True, request_handler=_Quiet)
    url = f"http://{host}:{server.server_port}"
    app.tables.site.url = url
    return Served(url, app, server)


@contextmanager
def serve_in_thread(site: StandIn | Tables, host: str = "127.0.0.1", port: int = 0) -> Iterator[Served]:
    """Serve a site until the block ends.

    Examples
    --------
    >>> with serve_in_thread(StandIn(tables)) as served:      # doctest: +SKIP
    ...     client = Client(served.url, token)
    """
    served = make_server(site, host, port)
    thread = threading.Thread(target=served.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.server.shutdown()
        thread.join()
        served.server.server_close()
