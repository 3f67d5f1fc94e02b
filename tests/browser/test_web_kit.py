"""The kit's pages in a real Chromium: both languages, a desk and a phone."""

import pytest

from tests.browser.support import CHROMIUM_ARGS, chromium_path, sideways_overflow
from tests.unit.bridge.web.demo import EVERY_PAGE, make_app

pytestmark = pytest.mark.browser

WIDTHS = (320, 576, 768, 992, 1024, 1160, 1240, 1280, 1920)


@pytest.fixture(scope="module")
def app():
    return make_app()


@pytest.fixture
def url(app, serve):
    return serve(app)


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_and_nothing_breaks_the_policy(url, page_at, axe, width, language):
    page = page_at(width, language)
    for path in (*EVERY_PAGE, "/person?embed"):
        page.goto(f"{url}{path}")
        axe(page)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_no_width_scrolls_sideways(url, page_at, language):
    page = page_at(320, language)
    overflowing = []
    for path in (*EVERY_PAGE, "/person?embed"):
        page.goto(f"{url}{path}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            if sideways_overflow(page):
                overflowing.append((path, width))
    assert overflowing == []


def test_text_at_twice_its_size_fits(url, chromium):
    """WCAG 1.4.4: text that a person has set larger in the browser, not a zoom."""
    large = chromium.browser_type.launch(
        executable_path=chromium_path(chromium.browser_type.executable_path),
        args=[*CHROMIUM_ARGS, "--blink-settings=defaultFontSize=32"],
    )
    try:
        for width in (640, 1280):
            page = large.new_page(viewport={"width": width, "height": 900}, locale="ru")
            for path in ("/home", "/rating", "/person", "/setup", "/sign-in"):
                page.goto(f"{url}{path}")
                assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
                assert sideways_overflow(page) == 0, (path, width)
    finally:
        large.close()


def test_the_first_page_is_small(url, page_at):
    page = page_at()
    page.goto(f"{url}/rating")
    page.wait_for_load_state("networkidle")
    assert len(page.log.requests) <= 6, page.log.requests
    assert page.log.compressed_bytes < 150_000


def test_the_second_page_loads_its_text_alone(url, page_at):
    page = page_at()
    page.goto(f"{url}/home")
    page.goto(f"{url}/rating")
    sizes = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.transferSize)")
    assert set(sizes) == {0}


def focused(page):
    return page.evaluate("document.activeElement.textContent.trim()")


def outline(page):
    style = "getComputedStyle(document.activeElement)"
    return page.evaluate(f"[{style}.outlineStyle, {style}.outlineWidth]")


def test_the_first_tab_stop_skips_to_the_content(url, page_at):
    page = page_at()
    page.goto(f"{url}/home")
    page.keyboard.press("Tab")
    assert focused(page).replace("\u00a0", " ") == "К содержанию"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left >= 0")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("path", ["/home", "/rating", "/person", "/sign-in", "/setup"])
def test_every_tab_stop_shows_its_ring_and_is_large_enough(url, page_at, path):
    page = page_at()
    page.goto(f"{url}{path}")
    seen = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        here = page.evaluate("document.activeElement === document.body ? null : document.activeElement.outerHTML")
        if here is None or here in seen:
            break
        seen.add(here)
        assert outline(page) == ["solid", "3px"], here
    assert len(seen) >= 4


def test_the_menu_of_a_phone_opens_takes_the_focus_and_closes(url, page_at, axe):
    page = page_at(320)
    page.goto(f"{url}/home")
    assert not page.locator("#menu").is_visible()
    page.click(".menu-link")
    assert page.locator("#menu").is_visible()
    assert page.locator("#menu >> text=Выйти").is_visible()
    assert focused(page) == "Закрыть меню"
    axe(page)
    for _ in range(20):
        page.keyboard.press("Tab")
        assert page.evaluate("!document.querySelector('main').contains(document.activeElement)")
    page.keyboard.press("Escape")
    assert not page.locator("#menu").is_visible()
    assert focused(page) == "Меню"


def test_without_script_the_menu_opens_and_nothing_dead_is_shown(url, page_at):
    page = page_at(320, java_script_enabled=False)
    page.goto(f"{url}/rating")
    assert not page.locator("[data-print]").first.is_visible()
    page.click(".menu-link")
    assert page.locator("#menu").is_visible()
    page.click("#menu .close")
    assert not page.locator("#menu").is_visible()


def test_the_summary_of_a_refused_form_takes_the_focus_and_leads_to_the_field(url, page_at, axe):
    page = page_at(320)
    page.goto(f"{url}/sign-in")
    page.fill("#login", "ochirova")
    page.click("main button[type=submit]")
    page.wait_for_selector("#errors")
    assert page.evaluate("document.activeElement.id") == "errors"
    axe(page)
    page.click("#errors a")
    assert page.evaluate("document.activeElement.id") == "password"
    assert page.input_value("#login") == "ochirova"


def test_moodles_fields_appear_where_it_is_connected_now(url, page_at):
    page = page_at()
    page.goto(f"{url}/setup")
    assert not page.locator("#moodle_url").is_visible()
    page.check("input[value=now]")
    assert page.locator("#moodle_url").is_visible()


def test_switching_the_language_stays_on_the_page(url, page_at):
    page = page_at()
    page.goto(f"{url}/rating?school=1")
    page.click("header >> text=English")
    page.wait_for_load_state()
    assert page.url == f"{url}/rating?school=1"
    assert page.get_attribute("html", "lang") == "en"


def test_sorting_and_filtering_make_an_address(url, page_at):
    page = page_at()
    page.goto(f"{url}/rating")
    page.select_option("#filter-school", "1")
    page.click("form.filters button")
    page.click("th >> text=Участник")
    assert "school=1" in page.url
    assert page.url.endswith("sort=name")


def test_columns_are_chosen_without_script(url, page_at):
    page = page_at(java_script_enabled=False)
    page.goto(f"{url}/rating")
    page.click("details summary")
    page.uncheck("input[value=terms]")
    page.click("form.filters button")
    assert "col=where" in page.url
    assert "col=terms" not in page.url


def test_a_form_that_came_too_late_is_not_lost(url, page_at):
    page = page_at()
    page.goto(f"{url}/keep")
    page.fill("textarea", "Первая строка\nвторая <b>")
    page.evaluate("document.querySelector('main [name=csrf_token]').value = 'old'")
    page.click("main button")
    assert page.locator("h1").inner_text().replace("\u00a0", " ") == "Страница была открыта слишком долго"
    page.click("main button")
    assert page.locator("body").inner_text() == "kept Первая строка\nвторая <b>"


def test_paper_has_no_chrome_and_repeats_the_head_of_the_table(url, page_at):
    page = page_at()
    page.goto(f"{url}/rating")
    page.emulate_media(media="print")
    for hidden in (".top", ".side", ".acts", ".filters", ".skip"):
        assert not page.locator(hidden).first.is_visible()
    assert page.locator(".print-only.small").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.rate thead')).display") == "table-header-group"
    assert page.locator(".rate .pts").first.is_visible()


def test_what_prints_is_wide_or_tall_as_the_page_says(url, page_at):
    page = page_at()
    boxes = {}
    for path in ("/rating", "/person"):
        page.goto(f"{url}{path}")
        pdf = page.pdf(prefer_css_page_size=True).decode("latin-1")
        boxes[path] = [float(side) for side in pdf.split("/MediaBox [")[1].split("]")[0].split()[2:]]
    assert boxes["/rating"][0] > boxes["/rating"][1]
    assert boxes["/person"][0] < boxes["/person"][1]


def test_colours_forced_by_the_system_keep_the_drawings(url, page_at):
    page = page_at(forced_colors="active")
    page.goto(f"{url}/rating")
    assert page.locator("td.ci svg").first.is_visible()
    strokes = page.evaluate("getComputedStyle(document.querySelector('.i-ci')).stroke")
    assert strokes != "none"
