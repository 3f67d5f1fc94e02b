"""The pages about messages in a real Chromium: how they look, copying a text, wording one, sending a test."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete, select

from bridge.core.i18n import Language
from bridge.messages import service
from bridge.messages.delivery import deliver_due
from bridge.messages.models import Message, MessageState, MessageTemplate
from bridge.people.models import LocalAccount, Person
from bridge.people.service import organisers_of
from tests.browser.support import plain, sideways_overflow

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

FIRST_PASSWORD = "три слова подряд"
PAGES = {
    "/messages": {"ru": "Сообщения", "en": "Messages"},
    "/messages/to-copy": {"ru": "Передать", "en": "To hand over"},
    "/messages/templates": {"ru": "Тексты сообщений", "en": "Texts of messages"},
    "/messages/templates/account.invited/ru": {"ru": "Первый пароль", "en": "First password"},
    "/messages/settings": {"ru": "Настройки сообщений", "en": "Settings of messages"},
    "/messages/mine": {"ru": "Мои сообщения", "en": "My messages"},
}


@pytest.fixture
def messages(demo):
    """The town's messages: an invitation and two tests that wait for hands, one that may have arrived."""
    installation = demo.installation
    with installation.database.writing() as session:
        organiser = session.scalars(select(Person).join(LocalAccount).where(LocalAccount.login == "elista")).one()
        query = select(Person).where(Person.municipality_id == organiser.municipality_id, Person.id != organiser.id)
        people = session.scalars(query.order_by(Person.id).limit(3)).all()
        assert organiser in organisers_of(session, organiser.municipality_id)
        now = installation.clock()
        service.invite(session, installation.post, organiser, FIRST_PASSWORD, now=now)
        uids = [service.send_test(session, installation.post, person, now=now).uid for person in people]
    # The demo's account has no right to write to everybody: what goes to Moodle comes back to be handed over.
    deliver_due(installation)
    with installation.database.writing() as session:
        service.find_message(session, uids[0]).state = MessageState.UNCLEAR.value
    yield uids
    with installation.database.writing() as session:
        session.execute(delete(Message))
        session.execute(delete(MessageTemplate))


@pytest.fixture
def organiser(signed_in, demo, messages):
    """The town's organiser: ``organiser(320, "en")``; the language is this page's alone."""

    def open_page(width=1280, lang="ru", **options):
        page = signed_in("elista", width, lang, **options)
        with demo.installation.database.writing() as session:
            account = session.scalars(select(LocalAccount).where(LocalAccount.login == "elista")).one()
            account.person.locale = lang
        return page

    yield open_page
    with demo.installation.database.writing() as session:
        session.scalars(select(LocalAccount).where(LocalAccount.login == "elista")).one().person.locale = ""


@pytest.mark.parametrize("lang", [language.value for language in Language])
@pytest.mark.parametrize("width", [1280, 320])
def test_every_page_stands_in_both_languages_on_a_desk_and_a_phone(organiser, demo, messages, axe, *, width, lang):
    page = organiser(width, lang)
    for path, headings in {**PAGES, f"/messages/{messages[0]}": {}, f"/messages/{messages[1]}": {}}.items():
        page.goto(f"{demo.url}{path}")
        assert sideways_overflow(page) == 0, path
        if headings:
            assert plain(page.inner_text("h1")) == headings[lang]
        axe(page)


def test_a_text_is_copied_by_its_button_and_noted(organiser, demo):
    page = organiser(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{demo.url}/messages")
    waiting = int(page.inner_text("nav.side .count").split()[0])
    assert waiting == 3
    page.click('.tabs a[href="/messages/to-copy"]')
    card = page.locator("section.sheet", has_text=FIRST_PASSWORD)
    card.locator("[data-copy]").click()
    expect(card.locator("[data-copy]")).to_have_text("Скопировано")
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied == card.locator("pre").text_content()
    assert "Логин: elista\nПервый пароль: три слова подряд\n" in copied
    card.locator("form button").click()
    assert "Передано: Бадмаева Кермен." in plain(page.inner_text("main [role=status]"))
    assert page.locator("section.sheet", has_text=FIRST_PASSWORD).count() == 0
    assert page.inner_text("nav.side .count").split()[0] == "2"


def test_over_plain_http_the_button_copies_as_well(organiser, demo):
    page = organiser(permissions=["clipboard-read", "clipboard-write"])
    # As a browser has it for an address of the LAN that is not encrypted.
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false});")
    page.goto(f"{demo.url}/messages/to-copy")
    card = page.locator("section.sheet", has_text=FIRST_PASSWORD)
    card.locator("[data-copy]").click()
    expect(card.locator("[data-copy]")).to_have_text("Скопировано")
    assert FIRST_PASSWORD in page.evaluate("() => navigator.clipboard.readText()")
    assert page.locator("textarea").count() == 0


def test_without_script_one_click_marks_the_whole_text(organiser, demo):
    page = organiser(java_script_enabled=False)
    page.goto(f"{demo.url}/messages/to-copy")
    assert page.locator("[data-copy]:visible").count() == 0
    style = page.locator("pre").first.get_attribute("class")
    assert style == "copy-text"
    with_script = organiser()
    with_script.goto(f"{demo.url}/messages/to-copy")
    text = with_script.locator("pre", has_text=FIRST_PASSWORD)
    text.click()
    marked = with_script.evaluate("() => window.getSelection().toString()")
    assert plain(marked) == plain(text.inner_text())


def test_a_text_is_worded_previewed_saved_and_taken_back(organiser, demo):
    page = organiser()
    page.goto(f"{demo.url}/messages/templates")
    page.click('a[href="/messages/templates/test/ru"]')
    page.fill("#body", "{имя}, {пароль}")
    page.click("main button[name=preview]")
    assert "нет подстановки {пароль}" in plain(page.inner_text("#body-error"))
    assert page.input_value("#body") == "{имя}, {пароль}"
    page.fill("#body", "{имя}, связь есть.")
    page.click("main button[name=preview]")
    assert plain(page.inner_text("#text-preview")) == "Кермен Очировна, связь есть."
    page.click("main form.sheet button.btn-primary")
    assert "Текст сохранён" in plain(page.inner_text("main [role=status]"))
    page.click("details summary")
    page.click("details form button")
    assert "Снова действует исходный текст" in plain(page.inner_text("main [role=status]"))
    assert "Это проверка" in page.input_value("#body")


def test_a_test_to_oneself_says_what_became_of_it(organiser, demo):
    page = organiser()
    page.goto(f"{demo.url}/messages/settings")
    page.click("main .acts button")
    assert "Остаётся только передать вручную" in plain(page.inner_text("main [role=status]"))
    assert "почтовый сервер не настроен" in plain(page.inner_text("main dl"))


def test_settings_and_ones_own_choice_are_kept(organiser, demo):
    page = organiser()
    page.goto(f"{demo.url}/messages/settings")
    page.check('input[name=order][value="moodle-smtp"]')
    page.check('input[name=digest][value="daily"]')
    page.select_option("#digest_hour", "17")
    page.click("main form.sheet button")
    assert page.is_checked('input[name=order][value="moodle-smtp"]')
    assert page.input_value("#digest_hour") == "17"
    page.check('input[name=order][value="smtp-moodle"]')
    page.check('input[name=digest][value="weekly"]')
    page.select_option("#digest_hour", "8")
    page.click("main form.sheet button")
    page.goto(f"{demo.url}/messages/mine")
    page.fill("#email", "kermen@")
    page.click("main form.sheet button")
    assert "почта не дойдёт" in plain(page.inner_text("#email-error"))
    page.fill("#email", "")
    page.click("main form.sheet button")
    assert "Выбор сохранён" in plain(page.inner_text("main [role=status]"))
