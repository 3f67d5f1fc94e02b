"""The pages about messages as an organiser works with them, over HTTP."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bridge.core.audit import AuditEntry
from bridge.lms.models import LmsSite
from bridge.messages import service
from bridge.messages.delivery import deliver_due
from bridge.messages.models import Message, MessageAttempt, MessageSettings, MessageState, MessageTemplate
from bridge.messages.wishes import reach_of, wish_of
from bridge.people.models import Person
from lms_sync.client import Function
from tests.support.app import Browser, World, open_world

PASSWORD = "три слова подряд"
DIGEST_RU = "/messages/templates/digest/ru"
GOOD = {"subject": "Дела: {число}", "body": "{имя}!\r\n\r\n{список}\r\n{адрес} {настройки}", "version": "0"}


@pytest.fixture
def organiser(on_file: World) -> Browser:
    return on_file.signed_in("organiser")


def words(answer) -> str:
    """What a page says in its main part, in one line and without typography."""
    main = answer.text.partition('<main class="main"')[2]
    text = html.unescape(re.sub(r"<[^>]+>", " ", main)).replace("\N{WORD JOINER}", "")
    return " ".join(text.split())


def send_test(world: World, login: str = "organiser") -> str:
    with world.installation.database.writing() as session:
        person = world.person(session, login)
        message = service.send_test(session, world.installation.post, person, now=world.clock())
        world.clock.advance(timedelta(minutes=1))
        return message.uid


def change(world: World, uid: str, **values: object) -> None:
    with world.installation.database.writing() as session:
        message = service.find_message(session, uid)
        for name, value in values.items():
            setattr(message, name, value)


def state(world: World, uid: str) -> str:
    with world.installation.database.reading() as session:
        return service.find_message(session, uid).state


# ---------------------------------------------------------------- the log


def test_an_empty_log_says_so_and_where_to_go_on(organiser: Browser) -> None:
    page = organiser.get("/messages")
    assert "Пока никому ничего не отправляли" in words(page)
    assert 'href="/messages/settings"' in page.text
    assert "Передавать нечего" in words(organiser.get("/messages/to-copy"))


def test_the_log_is_of_ones_own_municipality_and_the_newest_stand_first(on_file: World, organiser: Browser) -> None:
    first, last = send_test(on_file), send_test(on_file, "leadership")
    theirs = send_test(on_file, "there_organiser")
    links = re.findall(r'href="/messages/([\w-]{12})"', organiser.get("/messages").text)
    assert links == [last, first]
    assert organiser.get(f"/messages/{theirs}").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"name": "фёдоров"}, {"yo"}),
        ({"name": "ФЕДОРОВ пётр"}, {"yo"}),
        ({"name": "Фамилия"}, {"plain"}),
        ({"name": "никто"}, set()),
        ({"state": "to_copy"}, {"yo", "plain"}),
        ({"state": "sent"}, set()),
        ({"channel": "smtp"}, set()),
        ({"channel": "copy", "template": "test"}, {"yo", "plain"}),
        ({"template": "digest"}, set()),
        ({"state": "no such", "channel": "'"}, set()),
    ],
)
def test_the_log_is_filtered(on_file: World, organiser: Browser, query: dict[str, str], found: set[str]) -> None:
    with on_file.installation.database.writing() as session:
        person = on_file.person(session, "leadership")
        person.last_name, person.first_name = "Федоров", "Петр"
    uids = {"plain": send_test(on_file), "yo": send_test(on_file, "leadership")}
    page = organiser.get("/messages", query_string=query)
    assert {name for name, uid in uids.items() if f"/messages/{uid}" in page.text} == found
    assert ("Таких сообщений нет" in words(page)) == (not found)


def test_the_log_goes_on_page_by_page_without_a_gap(on_file: World, organiser: Browser) -> None:
    uids = [send_test(on_file) for _ in range(120)]
    path, seen = "/messages", []
    while path:
        page = organiser.get(path).text
        seen += re.findall(r'<a href="/messages/([\w-]{12})"', page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        path = html.unescape(following[1]) if following else ""
    assert seen == uids[::-1]


def test_a_fault_is_said_in_words(on_file: World, organiser: Browser) -> None:
    uid = send_test(on_file)
    with on_file.installation.database.writing() as session:
        message = service.find_message(session, uid)
        message.state = MessageState.WAITING.value
        facts = {"smtp_code": 450, "enhanced": ""}
        attempt = MessageAttempt(
            message_id=message.id,
            sending=1,
            channel="smtp",
            began_at=on_file.clock(),
            ended_at=on_file.clock(),
            ended="retry",
            code="mail_later",
            facts=facts,
        )
        session.add(attempt)
    assert "Почтовый сервер просит повторить позже (450)." in words(organiser.get("/messages"))
    assert "Не доставлено. Почтовый сервер просит повторить позже (450)." in words(organiser.get(f"/messages/{uid}"))


@pytest.mark.parametrize("state", MessageState)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_message_in_every_state_has_its_page(on_file: World, state: MessageState, language: str) -> None:
    uid = send_test(on_file)
    change(on_file, uid, state=state.value)
    browser = on_file.signed_in("organiser")
    browser.post("/language", {"lang": language, "next": "/"})
    page = browser.get(f"/messages/{uid}")
    assert page.status_code == 200
    shown = {act for act in ("again", "cancel", "handed-over") if f'action="/messages/{uid}/{act}"' in page.text}
    expected = set()
    expected |= {"cancel"} if state in service.MAY_CANCEL else set()
    expected |= {"handed-over"} if state in service.MAY_HAND_OVER else set()
    expected |= {"again"} if state not in {MessageState.WAITING, MessageState.CLAIMED} else set()
    assert shown == expected


# ---------------------------------------------------------------- handing over


def test_a_text_is_handed_over(on_file: World, organiser: Browser) -> None:
    uid = send_test(on_file)
    page = organiser.get("/messages/to-copy")
    assert "Это проверка: сообщения программы" in words(page)
    assert "Не по почте: почтовый сервер не настроен." in words(page)
    answer = organiser.post(f"/messages/{uid}/handed-over", follow_redirects=True)
    assert "Передано: Фамилия organiser Имя." in words(answer)
    assert "Передавать нечего" in words(answer)
    assert state(on_file, uid) == "handed"
    assert organiser.post(f"/messages/{uid}/handed-over").status_code == 409


def test_a_password_stands_only_where_it_is_handed_over_and_until_then(on_file: World, organiser: Browser) -> None:
    with on_file.installation.database.writing() as session:
        person = on_file.person(session, "leadership")
        uid = service.invite(session, on_file.installation.post, person, PASSWORD, now=on_file.clock()).uid
    shown = {
        path: PASSWORD in organiser.get(path).text for path in ("/messages", f"/messages/{uid}", "/messages/to-copy")
    }
    assert shown == {"/messages": False, f"/messages/{uid}": False, "/messages/to-copy": True}
    organiser.post(f"/messages/{uid}/handed-over")
    assert PASSWORD not in organiser.get("/messages/to-copy").text
    assert "Текст стёрт" in words(organiser.get(f"/messages/{uid}"))


def test_what_waits_is_counted_in_the_menu_and_on_the_first_page(on_file: World, organiser: Browser) -> None:
    assert "Передать людям" not in words(organiser.get("/home"))
    send_test(on_file), send_test(on_file, "there_organiser")
    home = organiser.get("/home")
    assert "Передать людям 1 текст" in words(home)
    assert re.search(r'href="/messages">Сообщения\s+<span class="count">1<', home.text)


def test_a_cancelled_message_can_be_sent_again(on_file: World, organiser: Browser) -> None:
    uid = send_test(on_file)
    assert "отменено" in words(organiser.post(f"/messages/{uid}/cancel", follow_redirects=True))
    again = words(organiser.post(f"/messages/{uid}/again", follow_redirects=True))
    assert "Остаётся только передать вручную" in again
    assert state(on_file, uid) == "to_copy"


def test_what_somebody_wrote_is_never_markup(on_file: World, organiser: Browser) -> None:
    evil = "<script>alert(1)</script>"
    with on_file.installation.database.writing() as session:
        person = on_file.person(session, "leadership")
        person.first_name = person.last_name = evil
    uid = send_test(on_file, "leadership")
    for path in ("/messages", f"/messages/{uid}", "/messages/to-copy", f"/messages?name={evil}"):
        page = organiser.get(path).text
        assert evil not in page
        assert "&lt;script&gt;" in page


# ---------------------------------------------------------------- texts


def test_every_text_can_be_opened_in_both_languages(on_file: World, organiser: Browser) -> None:
    found = re.findall(r'href="(/messages/templates/[^"]+)"', organiser.get("/messages/templates").text)
    assert len(found) == 2 * len(list(on_file.installation.post.catalogue))
    assert {organiser.get(path).status_code for path in found} == {200}
    assert all("Так придёт" in words(organiser.get(path)) for path in found)


def test_a_text_of_ones_own_is_used_from_then_on_and_only_at_home(on_file: World, organiser: Browser) -> None:
    body = "{имя}, это {отдел}."
    saved = organiser.post("/messages/templates/test/ru", {"subject": "Привет", "body": body, "version": "0"})
    assert saved.status_code == 302
    assert "свой текст" in words(organiser.get("/messages/templates"))
    texts = {}
    for login in ("organiser", "there_organiser"):
        uid = send_test(on_file, login)
        with on_file.installation.database.reading() as session:
            texts[login] = service.find_message(session, uid).body
    assert texts["organiser"] == "Имя, это Отдел образования."
    assert texts["there_organiser"].startswith("Здравствуйте")


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"body": GOOD["body"] + " {пароль}"}, "body", "нет подстановки {пароль}"),
        ({"subject": "{список} {всё}"}, "subject", "нет подстановки {всё}"),
        ({"body": "{список} {адрес}"}, "body", "Без {настройки} сообщение бесполезно"),
        ({"body": GOOD["body"] + "}"}, "body", "Скобка стоит одна"),
        ({"subject": " "}, "subject", "пустое сообщение не отправляется"),
        ({"subject": "я" * 301}, "subject", "не больше 300 знаков"),
        ({"body": GOOD["body"] + "я" * 20_000}, "body", "не больше 20000 знаков"),
    ],
)
def test_a_text_that_cannot_be_used_is_refused_at_its_field_and_not_lost(
    on_file: World, organiser: Browser, changes: dict[str, str], field: str, sentence: str
) -> None:
    typed = {**GOOD, **changes}
    for button in ({}, {"preview": "1"}):
        answer = organiser.post(DIGEST_RU, {**typed, **button})
        assert answer.status_code == 422
        below = re.search(rf'id="{field}-error">([^<]+)<', answer.text)[1]
        assert sentence in " ".join(html.unescape(below).replace("\N{WORD JOINER}", "").split())
        assert html.escape(typed["subject"].strip(), quote=True)[:250] in answer.text
    with on_file.installation.database.reading() as session:
        assert session.scalars(select(MessageTemplate)).all() == []


def test_each_field_names_its_own_fault(organiser: Browser) -> None:
    page = words(organiser.post(DIGEST_RU, {**GOOD, "subject": "{первое}", "body": GOOD["body"] + "{второе}"}))
    assert "нет подстановки {первое}" in page
    assert "нет подстановки {второе}" in page


def test_a_preview_shows_real_values_and_saves_nothing(on_file: World, organiser: Browser) -> None:
    page = words(organiser.post(DIGEST_RU, {**GOOD, "preview": "1"}))
    assert "Дела: 2 Имя! — 1 курс Moodle не отнесён ни к одному этапу" in page
    with on_file.installation.database.reading() as session:
        assert session.scalars(select(MessageTemplate)).all() == []


def test_a_stale_save_shows_both_texts_and_the_next_one_goes_through(organiser: Browser, on_file: World) -> None:
    organiser.post(DIGEST_RU, GOOD)
    mine = {**GOOD, "subject": "Моя тема"}
    answer = organiser.post(DIGEST_RU, mine)
    assert answer.status_code == 409
    assert "Пока вы редактировали" in words(answer)
    assert "Дела: {число}" in words(answer)
    assert 'value="Моя тема"' in answer.text
    version = re.search(r'name="version" type="hidden" value="(\d+)"', answer.text)[1]
    assert organiser.post(DIGEST_RU, {**mine, "version": version}).status_code == 302
    with on_file.installation.database.reading() as session:
        assert [row.subject for row in session.scalars(select(MessageTemplate))] == ["Моя тема"]


def test_the_shipped_text_comes_back(on_file: World, organiser: Browser) -> None:
    organiser.post(DIGEST_RU, GOOD)
    assert organiser.post(f"{DIGEST_RU}/reset", {"version": "0"}).status_code == 409
    assert "Снова действует исходный текст" in words(
        organiser.post(f"{DIGEST_RU}/reset", {"version": "1"}, follow_redirects=True)
    )
    with on_file.installation.database.reading() as session:
        assert session.scalars(select(MessageTemplate)).all() == []
        acts = [entry.act for entry in session.scalars(select(AuditEntry)) if entry.act.startswith("messages.")]
    assert acts == ["messages.text_saved", "messages.text_reset"]


@pytest.mark.parametrize("version", ["", "x", "-1", "1e3", "9" * 40])
def test_a_version_that_is_none_changes_nothing(on_file: World, organiser: Browser, version: str) -> None:
    organiser.post(DIGEST_RU, GOOD)
    assert organiser.post(f"{DIGEST_RU}/reset", {"version": version}).status_code == 409
    assert organiser.post(DIGEST_RU, {**GOOD, "subject": "x", "version": version}).status_code in {409, 422}
    with on_file.installation.database.reading() as session:
        assert [row.subject for row in session.scalars(select(MessageTemplate))] == ["Дела: {число}"]


# ---------------------------------------------------------------- settings


def test_settings_say_what_each_way_lacks(on_file: World, organiser: Browser) -> None:
    page = words(organiser.get("/messages/settings"))
    assert "Почтовый сервер не настроен." in page
    assert "нет функции core_message_send_instant_messages" in page
    with on_file.installation.database.writing() as session:
        session.get_one(LmsSite, on_file.here.site_id).functions = [Function.SEND_MESSAGES.value]
    assert "принимает сообщения от имени учётной записи" in words(organiser.get("/messages/settings"))


def test_settings_are_kept_and_bad_ones_refused(on_file: World, organiser: Browser) -> None:
    form = {"order": "moodle-smtp", "digest": "daily", "digest_hour": "17"}
    for changes, status in (({}, 302), ({"order": "pigeon"}, 422), ({"digest": ""}, 422), ({"digest_hour": "24"}, 422)):
        assert organiser.post("/messages/settings", {**form, **changes}).status_code == status
    with on_file.installation.database.reading() as session:
        (row,) = session.scalars(select(MessageSettings))
        assert (row.channels, row.digest, row.digest_hour) == (["moodle", "smtp"], "daily", 17)
    page = organiser.get("/messages/settings").text
    for field, value in form.items():
        assert re.search(rf'(checked|selected)[^>]*value="{value}"|value="{value}"[^>]*(checked|selected)', page), field


def test_a_test_goes_to_oneself_alone(on_file: World, organiser: Browser) -> None:
    answer = organiser.post("/messages/settings/test", follow_redirects=True)
    assert "Остаётся только передать вручную" in words(answer)
    with on_file.installation.database.reading() as session:
        (message,) = session.scalars(select(Message))
        assert message.person.uid == on_file.people["organiser"]


# ---------------------------------------------------------------- one's own choice


def test_everybody_says_for_themselves_how_they_are_told(on_file: World) -> None:
    browser = on_file.signed_in("participant")
    assert "передаёт вам методист" in words(browser.get("/messages/mine"))
    form = {"channel": "smtp", "email": "aisa@президент.рф"}
    assert browser.post("/messages/mine", form).status_code == 302
    with on_file.installation.database.reading() as session:
        person = on_file.person(session, "participant")
        wish = wish_of(session, person.id)
        assert (wish.channel, wish.email, wish.digest_off) == ("smtp", "aisa@xn--d1abbgf6aiiy.xn--p1ai", True)
        assert reach_of(session, person, has_mail_server=True).email == wish.email
    browser.post("/messages/mine", {"channel": "", "email": "", "digest": "y"})
    with on_file.installation.database.reading() as session:
        assert wish_of(session, person.id) == replace(wish, channel=None, email="", digest_off=False)


def test_an_address_that_is_none_is_refused_and_not_lost(on_file: World) -> None:
    browser = on_file.signed_in("participant")
    answer = browser.post("/messages/mine", {"channel": "", "email": "айса@пример"})
    assert answer.status_code == 422
    assert "На этот адрес почта не дойдёт" in words(answer)
    assert 'value="айса@пример"' in answer.text
    assert browser.post("/messages/mine", {"channel": "pigeon"}).status_code == 422


def test_the_log_of_acts_holds_no_address(on_file: World) -> None:
    on_file.signed_in("participant").post("/messages/mine", {"channel": "", "email": "aisa@example.ru"})
    with on_file.installation.database.reading() as session:
        (entry,) = [row for row in session.scalars(select(AuditEntry)) if row.act == "messages.wish_saved"]
        assert session.scalar(select(Person.uid).where(Person.uid == entry.actor))
    assert "aisa" not in f"{entry.facts} {entry.subject}"


# ---------------------------------------------------------------- with a mail server, or a Moodle that takes messages


@pytest.fixture
def mailing(cheap_passwords: None, sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    """The world with a mail server in its settings; nobody answers there."""
    settings = {"smtp_url": "smtp+plain://127.0.0.1:9", "mail_from": "accelerator@example.ru"}
    with open_world(sqlite_url, tmp_path / "data", **settings) as world:
        yield world


def test_with_a_mail_server_a_test_is_on_its_way_at_once(mailing: World) -> None:
    browser = mailing.signed_in("organiser")
    assert "Почта уходит через 127.0.0.1 от accelerator@example.ru" in words(browser.get("/messages/settings"))
    browser.post("/messages/mine", {"channel": "", "email": "ochirova@example.ru", "digest": "y"})
    assert "приходят на ochirova@example.ru" in words(browser.get("/messages/mine"))
    page = words(browser.post("/messages/settings/test", follow_redirects=True))
    assert "Проверка отправляется" in page
    assert "ждёт отправки" in page


def test_a_fault_of_a_channel_stands_at_it_until_it_delivers(mailing: World) -> None:
    browser = mailing.signed_in("organiser")
    browser.post("/messages/mine", {"channel": "", "email": "ochirova@example.ru", "digest": "y"})
    browser.post("/messages/settings/test")
    deliver_due(mailing.installation)
    page = words(browser.get("/messages/settings"))
    assert "в последний раз не вышло" in page
    assert "Почтовый сервер не отвечает." in page
    with mailing.installation.database.writing() as session:
        (attempt,) = session.scalars(select(MessageAttempt))
        attempt.ended, attempt.code, attempt.ended_at = "sent", "", mailing.clock()
    page = words(browser.get("/messages/settings"))
    assert "Последняя доставка: 16.02.2028, 14:05." in page
    assert "не вышло" not in page


def test_who_is_reached_in_moodle_is_told_so(on_file: World) -> None:
    with on_file.installation.database.writing() as session:
        session.get_one(LmsSite, on_file.here.site_id).functions = [Function.SEND_MESSAGES.value]
    assert "приходят вам в Moodle" in words(on_file.signed_in("participant").get("/messages/mine"))


def test_saving_what_is_there_already_leaves_no_entry(on_file: World, organiser: Browser) -> None:
    shipped = on_file.installation.post.catalogue["digest"].shipped("ru")
    organiser.post(DIGEST_RU, {"subject": shipped.subject, "body": shipped.body, "version": "0"})
    organiser.post("/messages/settings", {"order": "smtp-moodle", "digest": "weekly", "digest_hour": "8"})
    organiser.post("/messages/settings", {"order": "smtp-moodle", "digest": "weekly", "digest_hour": "8"})
    with on_file.installation.database.reading() as session:
        assert session.scalars(select(MessageTemplate)).all() == []
        acts = [entry.act for entry in session.scalars(select(AuditEntry)) if entry.act.startswith("messages.")]
    assert acts == ["messages.settings_saved"]
