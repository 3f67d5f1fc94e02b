"""The first run and the sign-in of a whole installation, in a real Chromium."""

import pytest

from bridge.demo.accounts import SERVICE_TOKEN
from tests.browser.support import plain, sideways_overflow

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

ANSWERS = {
    "department": "Отдел образования администрации Целинного района",
    "municipality": "Целинный район",
    "surname": "Очирова",
    "given_name": "Тамара",
    "patronymic": "Сергеевна",
    "login": "ochirova",
}
PASSWORD = "три простых слова"
NOW = 'input[name="moodle"][value="now"]'


def fill_setup(page, url, code, **others):
    page.goto(f"{url}/setup")
    for name, answer in {**ANSWERS, "code": code, "password": PASSWORD, **others}.items():
        page.fill(f"#{name}", answer)


def send(page):
    page.click("main form button[type=submit]")


def error_at(page, name):
    """The sentence at a field; it is tied to the field for a screen reader, and the summary leads there."""
    assert f"{name}-error" in page.get_attribute(f"#{name}", "aria-describedby").split()
    assert page.get_attribute(f"#{name}", "aria-invalid") == "true"
    assert page.locator(f'#errors a[href="#{name}"]').count() == 1
    return plain(page.inner_text(f"#{name}-error"))


def typed(page, names=tuple(ANSWERS)):
    return {name: page.input_value(f"#{name}") for name in names}


def test_a_new_installation_leads_to_its_first_run_and_later_is_possible(fresh, page_at, axe):
    url, code, _installation = fresh
    page = page_at()
    page.goto(url)
    assert page.url == f"{url}/setup"
    fill_setup(page, url, code)
    assert page.is_hidden("#moodle_url")
    send(page)
    assert page.url == f"{url}/home"
    assert plain(page.inner_text(".who")) == "Очирова Т. С., методист"
    assert plain(page.inner_text("main h2")) == "С чего начать"
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        axe(page)
        assert sideways_overflow(page) == 0
    addresses = page.eval_on_selector_all("main a, nav.side a:not(.close)", "links => links.map(link => link.href)")
    assert f"{url}/seasons/new" in addresses
    assert [address for address in addresses if page.request.get(address).status != 200] == []


def test_the_first_run_is_open_only_once(fresh, page_at):
    url, code, _installation = fresh
    page = page_at()
    fill_setup(page, url, code)
    send(page)
    assert page.goto(f"{url}/setup").status == 404
    assert "уже настроена" in plain(page.inner_text("main"))


def test_moodle_can_be_connected_at_once(fresh, demo, page_at, axe):
    url, code, _installation = fresh
    page = page_at(320)
    fill_setup(page, url, code)
    page.check(NOW)
    page.fill("#moodle_url", f"{demo.moodle}/")
    page.fill("#moodle_token", SERVICE_TOKEN)
    axe(page)
    send(page)
    assert page.url == f"{url}/home"
    page.goto(f"{url}/moodle")
    assert page.locator("dl.pass a").get_attribute("href") == demo.moodle
    assert page.locator('input[name="categories"]').count() == 3
    axe(page)


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(fresh, page_at, axe):
    url, code, _installation = fresh
    page = page_at()
    fill_setup(page, url, "AAAA-BBBB-CCCC")
    send(page)
    assert "не тот код" in error_at(page, "code")
    assert page.evaluate("document.activeElement.id") == "errors"
    assert typed(page) == ANSWERS
    axe(page)
    fill_setup(page, url, code, password="коротко", login="о")
    send(page)
    assert "не меньше 10 знаков" in error_at(page, "password")
    assert page.input_value("#password") == ""
    assert typed(page) == {**ANSWERS, "login": "о"}
    fill_setup(page, url, code, login="очирова")
    send(page)
    assert "латинских букв" in error_at(page, "login")
    assert page.goto(f"{url}/").url == f"{url}/setup"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("наш Moodle", SERVICE_TOKEN), ("moodle_url", "не адрес сайта")),
        (("{other}", SERVICE_TOKEN), ("moodle_url", "Moodle нет")),
        (("http://127.0.0.1:9", SERVICE_TOKEN), ("moodle_url", "никто не отвечает")),
        (("{moodle}", "0123456789abcdef"), ("moodle_token", "не принимает этот токен")),
        (("", ""), ("moodle_url", "выберите «Позже»")),
    ],
)
def test_a_moodle_that_cannot_be_asked_is_named_and_nothing_is_half_written(fresh, demo, page_at, given, said):
    url, code, _installation = fresh
    page = page_at()
    fill_setup(page, url, code)
    page.check(NOW)
    (address, token), (field, words) = given, said
    address = address.format(moodle=demo.moodle, other=demo.url)
    page.fill("#moodle_url", address)
    page.fill("#moodle_token", token)
    send(page)
    assert words in error_at(page, field)
    assert typed(page, [*ANSWERS, "moodle_url"]) == {**ANSWERS, "moodle_url": address}
    assert page.is_checked(NOW)
    assert page.goto(f"{url}/").url == f"{url}/setup"


def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(demo, page_at, axe):
    page = page_at(320)
    said = []
    for login in ("nachalnik", "nobody"):
        page.goto(f"{demo.url}/sign-in")
        page.fill("#login", login)
        page.fill("#password", "неверный пароль")
        send(page)
        said.append(plain(page.inner_text("[role=alert]")))
        assert page.input_value("#login") == login
    assert "Проверьте раскладку" in said[0]
    assert said[0] == said[1]
    axe(page)


def test_somebody_signs_in_and_out_and_the_page_is_closed_again(demo, page_at):
    page = page_at()
    page.goto(f"{demo.url}/moodle")
    assert "/sign-in" in page.url
    page.fill("#login", "admin")
    page.fill("#password", demo.password)
    send(page)
    assert page.url == f"{demo.url}/moodle"
    page.click("header .account button")
    assert page.url == f"{demo.url}/sign-in"
    page.goto(f"{demo.url}/home")
    assert "/sign-in" in page.url


def press_until(page, selector, *, most=40):
    """Tab until something has the focus, as somebody without a mouse does."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{selector} cannot be reached by Tab")


def test_signing_in_and_filtering_need_only_the_keyboard(demo, page_at):
    page = page_at()
    page.goto(f"{demo.url}/sign-in")
    press_until(page, "#login")
    page.keyboard.type("nachalnik")
    press_until(page, "#password")
    page.keyboard.type(demo.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/home")
    press_until(page, 'nav.side a[href$="/rating"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/rating")
    press_until(page, "#filter-q")
    page.keyboard.type("очир")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    names = page.locator("table.rate th[scope=row] a").all_inner_texts()
    assert names
    assert all("очир" in name.lower() for name in names)
    press_until(page, "table.rate th[scope=row] a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/*")
    assert plain(page.inner_text("h1")) == plain(names[0])


def test_a_season_founded_before_moodle_becomes_its_season(fresh, demo, page_at, axe):
    url, code, installation = fresh
    page = page_at(320)
    fill_setup(page, url, code)
    send(page)
    page.goto(f"{url}/seasons/new")
    for name, answer in {"name": "2026–2028", "starts_on": "2026-09-01", "ends_on": "2028-06-01"}.items():
        page.fill(f"#{name}", answer)
    send(page)
    assert plain(page.inner_text("main .todo p >> nth=0")) == "Подключить Moodle"
    for link in ("/rating", "/sources"):
        page.goto(page.get_attribute(f'nav.side a[href$="{link}"]', "href").join([url, ""]))
        assert page.locator("main .empty").count() == 1
        assert page.locator("main table, main .facts").count() == 0
        axe(page)
    page.goto(f"{url}/moodle")
    page.fill("#url", demo.moodle)
    page.fill("#token", SERVICE_TOKEN)
    page.click('form[action="/moodle"] button')
    assert "Moodle подключён" in plain(page.inner_text("[role=status]"))
    page.goto(f"{url}/home")
    assert plain(page.inner_text("main .todo p >> nth=0")) == "Прочитать Moodle в первый раз"
    page.goto(f"{url}/moodle")
    page.get_by_label("2025-2027 — Городской округ Элиста").check()
    page.click('form[action$="/category"] button')
    installation.puller.pull(1)
    page.goto(f"{url}/home")
    assert "4 курса Moodle не отнесены к этапам" in plain(page.inner_text("main .todo"))
