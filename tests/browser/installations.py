"""Installations to drive in a browser: the demo with its seasons, and an empty one at its first run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from bridge.app import create_app
from bridge.demo import companion
from bridge.demo.seasons import demo_site
from bridge.demo.server import serve_in_thread
from bridge.installation import Installation
from bridge.migrations import run as migrations
from tests.browser.support import serving
from tests.support.app import make_settings


@dataclass(frozen=True, slots=True)
class Demo:
    """What ``accelerator demo`` serves, without its worker: a test that needs one starts it."""

    url: str
    moodle: str
    password: str
    installation: Installation
    cookies: dict[str, Any] = field(default_factory=dict)
    """Login -> the browser's state after signing in: the door counts attempts by address."""

    def sign_in(self, page: Page, login: str) -> None:
        """Through the form, as a person does."""
        page.goto(f"{self.url}/sign-in")
        page.fill("#login", login)
        page.fill("#password", self.password)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda address: "/sign-in" not in address)


@contextmanager
def running_demo(folder: Path) -> Iterator[Demo]:
    """The demo's municipalities, accounts and seasons, read from a stand-in Moodle on this machine."""
    installation = _opened(folder)
    state = companion.load_state(folder, installation.clock())
    try:
        with serve_in_thread(demo_site(state.moment)) as moodle:
            companion.build(installation, moodle.url, state)
            with serving(create_app(installation=installation)) as url:
                yield Demo(url, moodle.url, state.password, installation)
    finally:
        installation.close()


@contextmanager
def empty_installation(folder: Path) -> Iterator[tuple[str, str, Installation]]:
    """The address of an installation that nobody has set up, the code that opens it, and its parts."""
    installation = _opened(folder)
    try:
        with serving(create_app(installation=installation)) as url:
            yield url, installation.setup_code(), installation
    finally:
        installation.close()


def _opened(folder: Path) -> Installation:
    installation = Installation.open(make_settings(folder, allow_private_lms=True))
    migrations.upgrade(installation.database, installation.settings.resolved_database_url())
    return installation
