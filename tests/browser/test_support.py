"""The harness itself: it must see the faults that it is trusted to see."""

import time

import pytest
from flask import Flask

from tests.browser.support import axe_faults, sideways_overflow

pytestmark = pytest.mark.browser

BAD_PAGE = """<!doctype html><html><head><title>x</title></head><body>
<img src="/none.png"><p style="color: #ccc; width: 3000px">pale</p><button></button></body></html>"""


def slowly(*parts):
    """A page that comes in pieces, as from a busy server."""
    for part in parts:
        yield part + " " * 4096
        time.sleep(0.3)


@pytest.fixture
def url(serve):
    app = Flask("bad")
    app.add_url_rule("/", "bad", lambda: BAD_PAGE)
    app.add_url_rule("/link", "link", lambda: "<!doctype html><p>one</p><a href='/slow'>more</a>")
    app.add_url_rule("/slow", "slow", lambda: slowly("<!doctype html><p>one</p>", "<p>two</p>", "<p>three</p>"))
    app.add_url_rule("/strict", "strict", lambda: (BAD_PAGE, {"Content-Security-Policy": "default-src 'none'"}))
    return serve(app)


def test_axe_names_rule_and_element(url, page_at):
    page = page_at()
    page.goto(url)
    rules = {fault.split(":")[0] for fault in axe_faults(page)}
    assert {"image-alt", "button-name", "html-has-lang", "color-contrast"} <= rules


def test_a_page_that_is_too_wide_is_measured(url, page_at):
    page = page_at(320)
    page.goto(url)
    assert sideways_overflow(page) > 2000


def test_a_broken_content_policy_is_a_complaint(url, page_at):
    page = page_at()
    page.goto(f"{url}/strict")
    assert any("Content Security Policy" in complaint for complaint in page.log.complaints)
    page.log.complaints.clear()


def test_requests_and_bytes_are_counted(url, page_at):
    page = page_at()
    page.goto(url)
    assert [request.removeprefix(url) for request in page.log.requests][:2] == ["/", "/none.png"]
    assert page.log.compressed_bytes >= len(BAD_PAGE)


@pytest.mark.parametrize("click", [lambda page: page.click("a"), lambda page: page.locator("a").click()])
def test_a_click_waits_for_all_of_the_page_it_leads_to(url, page_at, click):
    page = page_at()
    page.goto(f"{url}/link")
    click(page)
    assert page.locator("p").all_inner_texts() == ["one", "two", "three"]
