"""Fixtures for tests in a real Chromium: `chromium`, `page_at`, `axe`, `serve`, `demo`, `signed_in`, `fresh`.

Without a Chromium they skip and say so.
"""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.installations import empty_installation, running_demo
from tests.browser.support import CHROMIUM_ARGS, PageLog, axe_faults, chromium_path, click_to_the_end, serving


@pytest.fixture(scope="session")
def chromium():
    """One browser for the whole run."""
    with sync_playwright() as playwright:
        path = chromium_path(playwright.chromium.executable_path)
        if path is None:
            pytest.skip("no Chromium on this machine: install the system's package `chromium`")
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_ARGS))
        with pytest.MonkeyPatch.context() as patch:
            click_to_the_end(patch)
            yield browser
        browser.close()


@pytest.fixture
def page_at(chromium):
    """A page of a width (CSS pixels) in a language: ``page_at(320, "ru")``; ``page.log`` says what it loaded.

    A complaint of the console (a broken content policy, an error of a script) fails the test at its end.
    """
    logs = []
    with ExitStack() as contexts:

        def open_page(width=1280, lang="ru", *, height=900, **options):
            context = chromium.new_context(viewport={"width": width, "height": height}, locale=lang, **options)
            contexts.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(10_000)
            page.log = PageLog()
            page.log.watch(page)
            logs.append(page.log)
            return page

        yield open_page
    assert [complaint for log in logs for complaint in log.complaints] == []


@pytest.fixture
def axe():
    """Assert that axe-core finds nothing on a page: ``axe(page)``."""

    def check(page):
        faults = axe_faults(page)
        assert faults == [], "\n".join(faults)

    return check


@pytest.fixture
def serve():
    """Serve an app on the loopback address for the length of a test: ``serve(app)`` gives its address."""
    with ExitStack() as servers:
        yield lambda app: servers.enter_context(serving(app))


@pytest.fixture(scope="session")
def demo(chromium, tmp_path_factory):
    """The demo, built once; its tests share one process by `xdist_group("demo")`. Elista is the one to change."""
    with running_demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture
def signed_in(demo, page_at):
    """A page of somebody of the demo: ``signed_in("metodist", 320, "ru")``; nothing is opened yet."""

    def open_page(login, width=1280, lang="ru", **options):
        if login not in demo.cookies:
            page = page_at(width, lang)
            demo.sign_in(page, login)
            demo.cookies[login] = page.context.storage_state()
        return page_at(width, lang, storage_state=demo.cookies[login], **options)

    return open_page


@pytest.fixture
def fresh(chromium, tmp_path):
    """An installation that nobody has set up: its address, its code, its parts."""
    with empty_installation(tmp_path) as address_code_and_parts:
        yield address_code_and_parts
