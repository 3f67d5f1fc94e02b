"""Every page of the demo in both languages at a desk and on a phone: axe, width, weight, words, links, paper."""

import re

import pytest

from bridge.translations import read
from bridge.translations.catalogue import FOLDER
from tests.browser.support import plain, sideways_overflow

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
FIRST_PAGE_BYTES = 150 * 1024
FIRST_PAGE_REQUESTS = 6

OURS = "nav.side, main h2, main legend, summary, main .hint, main .acts, main form button, .filters label, .form-label"
"""What holds our own words, never a name from Moodle."""


@pytest.fixture
def organisers_pages(demo, signed_in):
    """Addresses of every page that an organiser may open, found by the links that lead there."""
    page = signed_in("metodist")
    page.goto(f"{demo.url}/home")
    menu = page.eval_on_selector_all("nav.side a:not(.close)", "links => links.map(link => link.href)")
    (rating,) = [address for address in menu if address.endswith("/rating")]
    page.goto(rating)
    person = page.locator("table.rate th[scope=row] a").first.get_attribute("href")
    awaited = page.locator("table.rate tbody").nth(2).locator("th[scope=row] a").first.get_attribute("href")
    return {
        *menu,
        f"{demo.url}{person}",
        f"{demo.url}{awaited}",
        f"{rating}?q=no+such+name",
        f"{rating}?sort=-total&col=",
        f"{demo.url}/there-is-no-such-page",
    }


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(signed_in, organisers_pages, axe, width, language):
    page = signed_in("metodist", width, language)
    for address in sorted(organisers_pages):
        page.goto(address)
        assert page.get_attribute("html", "lang") == language
        assert sideways_overflow(page) == 0, address
        axe(page)


@pytest.mark.parametrize("width", [1280, 320])
def test_a_form_that_was_refused_is_as_accessible(demo, signed_in, axe, width):
    page = signed_in("metodist", width)
    for address, button in (("/seasons/new", "main form button"), ("/moodle", 'form[action="/moodle"] button')):
        page.goto(f"{demo.url}{address}")
        page.click(button)
        assert page.locator("#errors").count() == 1
        assert sideways_overflow(page) == 0
        axe(page)


def test_in_english_nothing_of_ours_is_left_in_russian(signed_in, organisers_pages):
    messages = [message.string for message in read(FOLDER) if message.id]
    translations = {plain(text) for found in messages for text in ((found,) if isinstance(found, str) else found)}
    page = signed_in("metodist", lang="en")
    for address in sorted(organisers_pages):
        page.goto(address)
        ours = page.eval_on_selector_all(OURS, "parts => parts.map(part => part.innerText)")
        assert [text for text in ours if CYRILLIC.search(text)] == [], address
        # Whole texts, among data, too: a name from Moodle never happens to be one of our sentences.
        texts = page.evaluate(
            """() => {
                const found = [];
                const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
                while (walker.nextNode()) found.push(walker.currentNode.data);
                for (const node of document.querySelectorAll("[aria-label], [title], [data-l], [placeholder]"))
                    for (const name of ["aria-label", "title", "data-l", "placeholder"])
                        found.push(node.getAttribute(name) || "");
                return found;
            }"""
        )
        leaks = {plain(text) for text in texts if CYRILLIC.search(text)} & translations
        assert leaks == set(), address


def test_the_language_is_switched_on_the_page_and_stays_with_the_person(demo, page_at):
    page = page_at()
    page.goto(f"{demo.url}/sign-in")
    page.click("header a[hreflang=en]")
    assert page.inner_text("h1") == "Signing in"
    page.fill("#login", "nachalnik")
    page.fill("#password", demo.password)
    page.click("main form button")
    for ours, theirs in (("What to do now", "ru"), ("Что сделать сейчас", "en"), ("What to do now", "ru")):
        assert plain(page.inner_text("h1")) == ours
        page.goto(page.locator('nav.side a[href$="/rating"]').get_attribute("href").join([demo.url, ""]))
        address = page.url
        page.click(f"header button[lang={theirs}]")
        assert page.url == address
        assert page.get_attribute("html", "lang") == theirs
        page.goto(f"{demo.url}/home")
    elsewhere = page_at(lang="en")
    demo.sign_in(elsewhere, "nachalnik")
    assert elsewhere.get_attribute("html", "lang") == "ru"


@pytest.mark.parametrize("path", ["/sign-in", "/home", "rating"])
def test_the_first_page_is_light(demo, signed_in, path):
    """Nothing is cached yet: a new context has only the session's cookie."""
    page = signed_in("metodist")
    if path == "rating":
        page.goto(f"{demo.url}/home")
        path = page.locator('nav.side a[href$="/rating"]').get_attribute("href")
        page = signed_in("metodist")
    page.goto(f"{demo.url}{path}", wait_until="networkidle")
    assert page.log.compressed_bytes < FIRST_PAGE_BYTES
    assert len(page.log.requests) <= FIRST_PAGE_REQUESTS
    assert {request.split("/")[2] for request in page.log.requests} == {demo.url.split("/")[2]}


def test_every_thing_to_do_leads_somewhere(demo, signed_in):
    page = signed_in("metodist")
    page.goto(f"{demo.url}/home")
    actions = page.eval_on_selector_all("main .todo a", "links => links.map(link => link.href)")
    assert len(actions) >= 3
    assert any(address.startswith(demo.moodle) for address in actions)
    assert {address: page.request.get(address).status for address in actions} == dict.fromkeys(actions, 200)
    for address in [address for address in actions if address.startswith(demo.url)]:
        page.goto(address)
        assert page.locator("table.rate tbody th[scope=row]").count() > 0


def test_the_rating_prints_as_a_sheet_without_the_chrome(demo, signed_in):
    page = signed_in("metodist")
    page.goto(f"{demo.url}/home")
    page.click('nav.side a[href$="/rating"]')
    assert page.is_visible("main .acts [data-print]")
    page.emulate_media(media="print")
    for chrome in ("header.top", "nav.side", "main .acts", "form.filters"):
        assert page.is_hidden(chrome), chrome
    assert page.is_visible("table.rate")
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF-")
