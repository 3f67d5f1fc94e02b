"""Driving a real Chromium: where it is, a server for an app, what axe finds, what was loaded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Response
from werkzeug.serving import WSGIRequestHandler, make_server

AXE = Path(__file__).parent / "vendor" / "axe.min.js"

CHROMIUM_ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--font-render-hinting=none",
)

_AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


def chromium_path(own: str = "") -> str | None:
    """Debian's Chromium, else the one that Playwright has, else nothing."""
    return next((path for path in ("/usr/bin/chromium", own) if path and Path(path).exists()), None)


def click_to_the_end(patch: pytest.MonkeyPatch) -> None:
    """Let every click wait until the page that it leads to is read whole.

    Playwright waits until such a page begins to come; a test that counts its rows then may count half of them.
    """
    click_page, click_locator = Page.click, Locator.click

    def click(page: Page, *arguments: object, **options: object) -> None:
        click_page(page, *arguments, **options)  # type: ignore[arg-type]
        page.wait_for_load_state()

    def click_found(locator: Locator, *arguments: object, **options: object) -> None:
        click_locator(locator, *arguments, **options)  # type: ignore[arg-type]
        locator.page.wait_for_load_state()

    patch.setattr(Page, "click", click)
    patch.setattr(Locator, "click", click_found)


class _QuietHandler(WSGIRequestHandler):
    """Keeps the test's output free of access lines."""

    def log(self, *_args: object) -> None:
        pass


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """An app on a free port of the loopback address; gives its address without a slash at the end."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_QuietHandler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class PageLog:
    """What a page asked for and complained about."""

    requests: list[str] = field(default_factory=list)
    compressed_bytes: int = 0
    complaints: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("request", self._on_request)
        page.on("response", self._on_response)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _on_request(self, request: Request) -> None:
        self.requests.append(request.url)

    def _on_response(self, response: Response) -> None:
        self.compressed_bytes += int(response.headers.get("content-length", 0))

    def _on_console(self, message: ConsoleMessage) -> None:
        # An answer of 404 is an "error" of the console, too; a page about it is what some tests ask for.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.complaints.append(message.text)


def axe_faults(page: Page) -> list[str]:
    """What axe-core finds on a page, a line each: rule, element, reason. Injected past the page's content policy."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("options => axe.run(document, options)", _AXE_OPTIONS)
    return [
        f"{fault['id']}: {node['target']}: {node['failureSummary']}"
        for fault in result["violations"]
        for node in fault["nodes"]
    ]


def sideways_overflow(page: Page) -> int:
    """By how many pixels a page can be scrolled sideways."""
    return page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")


def plain(text: str) -> str:
    """A text as somebody types it: without the spaces and joiners that typography puts in."""
    return " ".join(text.replace("\N{WORD JOINER}", "").replace("\N{NON-BREAKING HYPHEN}", "-").split())
