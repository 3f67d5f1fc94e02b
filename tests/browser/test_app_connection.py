"""The connection cared for: examined, a course compared and read again, everything read anew. In a real Chromium."""

from __future__ import annotations

import time

import pytest

from tests.browser.support import plain, sideways_overflow
from tests.browser.test_app_season import worker

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

WAIT_S = 60
NOTHING_DIFFERS = "отличий от moodle нет"


@pytest.fixture
def administrator(signed_in, demo):
    def open_page(path="/moodle", width=1280, lang="ru"):
        page = signed_in("admin", width, lang, accept_downloads=True)
        page.goto(f"{demo.url}{path}")
        return page

    return open_page


def wait_for(page, selector):
    """Ask again until the worker is done, as a person does with the link "Refresh the page"."""
    until = time.monotonic() + WAIT_S
    while page.locator(selector).count() == 0:
        assert time.monotonic() < until, f"{selector} never came"
        page.wait_for_timeout(300)
        page.reload()


@pytest.mark.parametrize(("width", "lang"), [(1280, "ru"), (320, "ru"), (1280, "en"), (320, "en")])
@pytest.mark.parametrize("path", ["/moodle", "/moodle/doctor"])
def test_the_pages_stand_in_both_languages_on_a_desk_and_a_phone(administrator, axe, path, width, lang):
    page = administrator(path, width, lang)
    assert sideways_overflow(page) == 0
    axe(page)


def test_the_connection_is_examined_and_says_what_to_do(administrator, demo, axe):
    page = administrator("/moodle/doctor")
    with worker(demo.installation):
        page.click("header.head form button, .acts form button")
        page.goto(f"{demo.url}/moodle/doctor")
        wait_for(page, "#findings")
    assert "порядке" in plain(page.inner_text("main, .head")).lower() or page.locator(".findings li").count() > 0
    page.locator(".findings details summary").first.click()
    assert page.locator(".findings details[open] li").count() > 0
    axe(page)
    assert page.locator("#rights").count() == 1


def test_the_roles_for_moodle_are_given_as_files(administrator, tmp_path):
    page = administrator("/moodle/doctor")
    for name in ("role-connection.xml", "role-reading.xml", "role-writing.xml", "functions.txt"):
        with page.expect_download() as waiting:
            page.click(f'a[href$="{name}"]')
        path = tmp_path / name
        waiting.value.save_as(path)
        assert path.stat().st_size > 100


@pytest.mark.parametrize("width", [1280, 320])
def test_a_course_is_compared_and_read_again(administrator, demo, axe, width):
    page = administrator("/moodle", width)
    page.locator("section[aria-labelledby=courses] th a").first.click()
    address = page.url
    assert sideways_overflow(page) == 0
    with worker(demo.installation):
        page.click('form[action$="/compare"] button')
        page.goto(address)
        until = time.monotonic() + WAIT_S
        while NOTHING_DIFFERS not in plain(page.inner_text("main")).lower() and time.monotonic() < until:
            page.wait_for_timeout(300)
            page.reload()
        assert NOTHING_DIFFERS in plain(page.inner_text("main")).lower()
        axe(page)
        page.click('form[action$="/read"] button')
        page.goto(f"{demo.url}/moodle")
        while "один курс" not in plain(page.inner_text("main")) and time.monotonic() < until + WAIT_S:
            page.wait_for_timeout(300)
            page.reload()
        assert "один курс" in plain(page.inner_text("main"))


def test_what_changed_and_everything_are_read_by_their_buttons(administrator, demo):
    page = administrator()
    with worker(demo.installation):
        for selector, told in ((".acts button:not([name])", "изменения"), (".acts button[name=full]", "всё")):
            before = page.locator("section[aria-labelledby=runs] li").count()
            page.click(selector)
            until = time.monotonic() + WAIT_S
            first = page.locator("section[aria-labelledby=runs] li").first
            while (
                page.locator("section[aria-labelledby=runs] li").count() <= before or "запрос" not in first.inner_text()
            ):
                assert time.monotonic() < until
                page.wait_for_timeout(300)
                page.reload()
            while "читается" in plain(first.inner_text()).lower() and time.monotonic() < until:
                page.wait_for_timeout(300)
                page.reload()
            assert told in plain(first.inner_text())
