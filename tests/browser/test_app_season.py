"""A season's map, a new season, and the connection that feeds them: what the organiser changes, in a real Chromium."""

import threading
import time
from contextlib import contextmanager

import pytest

from bridge.cli.servers import working
from tests.browser.support import plain

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

SYNC_S = 60


@pytest.fixture
def organiser(signed_in, demo):
    """Of the town: its pages are there to be changed."""
    page = signed_in("elista")
    page.goto(f"{demo.url}/home")
    return page


@contextmanager
def worker(installation):
    """The installation's worker, in a thread: the browser's driver has an event loop in this one."""
    done = threading.Event()

    def run():
        with working(installation):
            done.wait()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def said(page):
    return plain(page.inner_text("main [role=status]"))


def test_a_course_gets_another_stage_and_people_and_marks_follow(organiser):
    page = organiser
    page.click('nav.side a[href$="/sources"]')
    stages = page.locator("select[name^=course-]")
    before = [stages.nth(place).input_value() for place in range(stages.count())]
    assert before == ["1", "2", "3", "4"]
    for stage in ("1", before[-1]):
        stages.last.select_option(stage)
        page.click("main form button[type=submit]")
        assert said(page) == "Соответствие сохранено."
        assert stages.last.input_value() == stage
        page.reload()
        assert stages.last.input_value() == stage
    assert page.locator("main .tag", has_text="догадка").count() == 0


def test_a_term_takes_its_marks_from_an_activity_picked_by_hand(organiser):
    page = organiser
    page.click('nav.side a[href$="/sources"]')
    source = page.locator("select[name=term-essay]")
    offered = source.locator("option").nth(3)
    value, name = offered.get_attribute("value"), plain(offered.inner_text())
    for picked in (value, "0"):
        source.select_option(picked)
        page.click("main form button[type=submit]")
        assert source.input_value() == picked
        page.click('nav.side a[href$="/rating"]')
        title = plain(page.locator("table.rate thead abbr").first.get_attribute("title"))
        assert (title in name) == (picked == value)
        page.click('nav.side a[href$="/sources"]')


def test_a_season_is_founded_and_shown_at_once(organiser, demo):
    page = organiser
    page.goto(f"{demo.url}/seasons/new")
    page.fill("#name", "2030–2032")
    page.fill("#starts_on", "2030-09-01")
    page.fill("#ends_on", "2030-06-01")
    page.fill("#places", "12")
    page.click("main form button")
    assert "раньше" in plain(page.inner_text("#ends_on-error"))
    assert page.input_value("#name") == "2030–2032"
    page.fill("#ends_on", "2032-06-01")
    page.click("main form button")
    page.wait_for_url("**/home")
    assert plain(page.inner_text("header .season option[selected]")) == "2030–2032"
    assert page.locator("ol.steps li").count() == 4
    page.goto(f"{demo.url}/seasons/new")
    for name, answer in {"name": "2030–2032", "starts_on": "2030-09-01", "ends_on": "2032-06-01"}.items():
        page.fill(f"#{name}", answer)
    page.click("main form button")
    assert "уже есть" in plain(page.inner_text("#name-error"))


def test_the_season_is_switched_in_the_header(demo, signed_in):
    page = signed_in("metodist")
    page.goto(f"{demo.url}/home")
    first = page.locator("header .season option").first.get_attribute("value")
    before = page.locator('nav.side a[href$="/rating"]').get_attribute("href")
    for wanted in (page.locator("header .season option").nth(1).get_attribute("value"), first):
        page.select_option("header .season select", wanted)
        page.click("header .season button")
        page.wait_for_url("**/home")
        assert page.locator("header .season select").input_value() == wanted
        assert wanted in page.locator('nav.side a[href$="/rating"]').get_attribute("href")
    assert first in before


def test_moodle_is_read_when_the_organiser_asks(organiser, demo):
    page = organiser
    page.goto(f"{demo.url}/moodle")
    runs = page.locator("ol.timeline li")
    before = runs.count()
    page.click('form[action$="/sync"] button')
    assert "Идёт чтение Moodle" in said(page)
    with worker(demo.installation):
        deadline = time.monotonic() + SYNC_S
        while time.monotonic() < deadline:
            page.goto(f"{demo.url}/moodle")
            if runs.count() > before and page.locator("main .fresh .tag").count() == 0:
                break
            page.wait_for_timeout(300)
    assert runs.count() == before + 1
    latest = plain(runs.first.inner_text())
    assert "запрос" in latest
    assert "измен" in latest.lower()
    assert page.locator("main .tag.bad, main .tag.warn").count() == 0


def test_categories_are_chosen_and_none_is_refused(organiser, demo):
    page = organiser
    page.goto(f"{demo.url}/moodle")
    boxes = page.locator('input[name="categories"]')
    before = [boxes.nth(place).is_checked() for place in range(boxes.count())]
    assert any(before)
    assert not all(before)
    for place in range(boxes.count()):
        boxes.nth(place).uncheck()
    page.click('form[action$="/category"] button')
    assert "Выберите категорию" in plain(page.inner_text("#categories .invalid-feedback"))
    for chosen in ([True] * len(before), before):
        for place, is_chosen in enumerate(chosen):
            boxes.nth(place).set_checked(is_chosen)
        page.click('form[action$="/category"] button')
        assert "Категории сохранены" in said(page)
        assert [boxes.nth(place).is_checked() for place in range(boxes.count())] == chosen


def test_a_wrong_token_is_said_at_its_field_and_the_old_one_still_works(organiser, demo):
    page = organiser
    page.goto(f"{demo.url}/moodle")
    page.fill("#token", "0123456789abcdef")
    page.click('form[action="/moodle"] button')
    assert "не принимает этот токен" in plain(page.inner_text("#token-error"))
    assert page.input_value("#url") == demo.moodle
    page.goto(f"{demo.url}/moodle")
    assert page.is_visible('form[action$="/sync"] button')
