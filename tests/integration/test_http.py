"""Cookies, forms, limits, proxies and headers of the wired application."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bridge.app import create_app
from bridge.core import sessions
from bridge.core.db import Database
from bridge.core.sessions import WebSession
from bridge.installation import Installation
from bridge.people.models import LocalAccount, Municipality, Person
from tests.support.app import PASSWORD, Browser, Clock, World, make_settings, open_world

WRONG = "не тот пароль"
HTTPS = {"base_url": "https://accel.example.test", "headers": {"Referer": "https://accel.example.test/sign-in"}}


def session_cookie(answer) -> str:
    found = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("accel_session=")]
    assert len(found) == 1, answer.headers
    return found[0]


def live_sessions(world: World) -> list[WebSession]:
    with world.installation.database.reading() as session:
        return list(session.scalars(select(WebSession).order_by(WebSession.id)))


# ---------------------------------------------------------------- cookies


def test_the_cookie_is_for_http_only_and_not_for_other_sites(world: World) -> None:
    cookie = session_cookie(world.browser().sign_in("organiser"))
    assert "; HttpOnly" in cookie
    assert "; SameSite=Lax" in cookie
    assert "; Path=/;" in f"{cookie};"
    assert "Secure" not in cookie
    assert f"Max-Age={14 * 24 * 3600}" in cookie


def test_over_https_the_cookie_stays_on_https(world: World) -> None:
    browser = world.browser()
    page = browser.get("/sign-in", base_url=HTTPS["base_url"])
    assert "; Secure" in session_cookie(page)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]
    body = {"login": "organiser", "password": PASSWORD, "csrf_token": token}
    answer = browser.client.post("/sign-in", data=body, **HTTPS)
    assert answer.status_code == 302
    assert "; Secure" in session_cookie(answer)


def test_a_cookie_that_nobody_was_given_opens_nothing(world: World) -> None:
    browser = world.browser()
    browser.client.set_cookie("accel_session", "a" * 43)
    assert browser.get("/home").status_code == 302
    assert live_sessions(world) == []


def test_a_page_that_keeps_nothing_sets_no_cookie_and_writes_no_row(world: World) -> None:
    assert "Set-Cookie" not in world.browser().get("/health").headers
    assert live_sessions(world) == []


# ---------------------------------------------------------------- sessions


def test_signing_in_changes_the_token_and_ends_the_one_before(world: World) -> None:
    browser = world.browser()
    browser.get("/sign-in")
    before = browser.cookie
    browser.sign_in("organiser")
    assert browser.cookie not in {"", before}
    thief = world.browser()
    thief.client.set_cookie("accel_session", before)
    assert thief.get("/home").status_code == 302
    assert [row.person_id is not None for row in live_sessions(world)] == [True]


def test_signing_out_ends_the_row_and_the_cookie(world: World) -> None:
    browser = world.signed_in("organiser")
    token = browser.cookie
    answer = browser.post("/sign-out")
    assert answer.location == "/sign-in"
    assert "Max-Age=0" in session_cookie(answer)
    assert live_sessions(world) == []
    thief = world.browser()
    thief.client.set_cookie("accel_session", token)
    assert thief.get("/home").status_code == 302


def test_signing_out_leaves_the_other_devices(world: World) -> None:
    desk, phone = world.signed_in("organiser"), world.signed_in("organiser")
    desk.post("/sign-out")
    assert phone.get("/home").status_code == 200


def test_signing_out_everywhere_reaches_every_device_of_one_person(world: World) -> None:
    devices = [world.signed_in("organiser"), world.signed_in("organiser")]
    other = world.signed_in("leadership")
    with world.installation.database.writing() as session:
        sessions.end_all(session, world.person(session, "organiser").id)
    assert [device.get("/home").status_code for device in devices] == [302, 302]
    assert other.get("/home").status_code == 200


def test_a_session_left_alone_for_three_days_is_over(world: World) -> None:
    browser = world.signed_in("organiser")
    world.clock.advance(timedelta(days=2, hours=23))
    assert browser.get("/home").status_code == 200
    world.clock.advance(timedelta(days=3))
    assert browser.get("/home").location.startswith("/sign-in")


def test_a_session_in_daily_use_is_over_after_two_weeks(world: World) -> None:
    browser = world.signed_in("organiser")
    answers = []
    for _ in range(14):
        answers.append(browser.get("/home").status_code)
        world.clock.advance(timedelta(days=1))
    assert answers == [200] * 14
    assert browser.get("/home").status_code == 302


# ---------------------------------------------------------------- forms


def test_no_form_is_taken_without_its_token(on_file: World) -> None:
    season = on_file.here.this
    paths = ["/sign-in", "/sign-out", "/setup", "/language", "/moodle", "/moodle/category", "/moodle/sync"]
    paths += ["/seasons/new", f"/seasons/{season}/sources", "/messages/settings", "/messages/settings/test"]
    paths += ["/messages/mine", "/messages/to-copy"]
    paths += ["/moodle/files", "/moodle/files/<file_draft>", "/moodle/files/<file_draft>/discard"]
    paths += ["/moodle/doctor", "/moodle/courses/<course>/compare", "/moodle/courses/<course>/read"]
    paths += ["/people/import", "/people/import/<draft>", "/people/import/<draft>/discard"]
    paths += [f"/messages/<message>/{act}" for act in ("again", "cancel", "handed-over")]
    paths += [f"/messages/templates/<template>/<language>{act}" for act in ("", "/reset")]
    takes_forms = {rule.rule for rule in on_file.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert {path.replace(season, "<season>") for path in paths} == takes_forms
    for role in ("anonymous", "organiser"):
        browser = on_file.signed_in(role)
        answers = {path: browser.client.post(path, data={"x": "1"}).status_code for path in paths}
        assert answers == dict.fromkeys(paths, 400)


def test_the_token_of_another_session_is_worth_nothing(on_file: World) -> None:
    theirs = on_file.signed_in("leadership").csrf_token()
    browser = on_file.signed_in("organiser")
    answer = browser.client.post("/moodle/sync", headers={"X-CSRFToken": theirs})
    assert answer.status_code == 400


def test_a_form_sent_over_https_from_another_site_is_refused(on_file: World) -> None:
    browser = on_file.browser()
    page = browser.get("/sign-in", base_url=HTTPS["base_url"])
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]
    body = {"login": "organiser", "password": PASSWORD, "csrf_token": token}
    foreign = {"base_url": HTTPS["base_url"], "headers": {"Referer": "https://evil.example/"}}
    assert browser.client.post("/sign-in", data=body, **foreign).status_code == 400


# ---------------------------------------------------------------- sign-in


FOREIGN = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "evil.example",
    "/ \t//evil.example",
    "/\n/evil.example",
    "http:/evil.example",
)


def test_after_sign_in_nobody_is_sent_to_another_site(on_file: World) -> None:
    body = {"login": "organiser", "password": PASSWORD}
    led_to = {
        address: on_file.browser().post("/sign-in", body, query_string={"next": address}).location
        for address in FOREIGN
    }
    assert led_to == dict.fromkeys(FOREIGN, "/")


def test_after_sign_in_one_returns_to_the_page_one_asked_for(on_file: World) -> None:
    browser = on_file.browser()
    wanted = f"/seasons/{on_file.here.this}/rating?sort=name"
    door = browser.get(wanted).location
    assert browser.sign_in("organiser", path=door).location == wanted


def test_a_wrong_password_and_an_unknown_login_get_the_same_page(on_file: World) -> None:
    pages = []
    for login in ("organiser", "nosuchlogin"):
        browser = on_file.browser()
        answer = browser.sign_in(login, WRONG)
        text = re.sub(r'(name="csrf_token"[^>]*value=")[^"]+', r"\1", answer.text)
        pages.append((answer.status_code, text.replace(login, "LOGIN")))
    assert pages[0] == pages[1]
    assert pages[0][0] == 422


def test_five_wrong_passwords_lock_the_account_for_a_while(on_file: World) -> None:
    browser = on_file.browser()
    assert [browser.sign_in("organiser", WRONG).status_code for _ in range(5)] == [422] * 5
    assert browser.sign_in("organiser").status_code == 429
    on_file.clock.advance(timedelta(seconds=31))
    assert browser.sign_in("organiser").status_code == 302


@pytest.mark.parametrize("door", ["/sign-in", "/setup"])
def test_one_address_has_twenty_attempts_a_minute_at_a_door(on_file: World, door: str) -> None:
    browser = on_file.browser()
    before = [browser.post(door, {}).status_code for _ in range(20)]
    answer = browser.post(door, {})
    assert 429 not in before
    assert answer.status_code == 429
    assert browser.get(door).status_code != 429
    assert on_file.browser().post(door, {}).status_code != 429


def test_a_disabled_account_opens_nothing(on_file: World) -> None:
    with on_file.installation.database.writing() as session:
        session.scalars(select(LocalAccount).where(LocalAccount.login == "organiser")).one().disabled = True
    assert on_file.browser().sign_in("organiser").status_code == 422


# ---------------------------------------------------------------- behind a proxy

FORWARDED = {
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "portal.example.test",
    "X-Forwarded-Prefix": "/accelerator",
}


def test_behind_a_trusted_proxy_addresses_and_cookies_have_its_prefix(
    cheap_passwords: None, sqlite_url: str, tmp_path: Path
) -> None:
    with open_world(sqlite_url, tmp_path / "data", trusted_proxies=1) as on_file:
        client = on_file.app.test_client(use_cookies=False)
        assert client.get("/home", headers=FORWARDED).location.startswith("/accelerator/sign-in?next=")
        page = client.get("/sign-in", headers=FORWARDED)
        cookie = session_cookie(page)
        assert "; Path=/accelerator" in cookie
        assert "; Secure" in cookie
        assert set(re.findall(r'(?:src|href|action)="(/[a-z]+/)', page.text)) == {"/accelerator/"}
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]
        body = {"login": "organiser", "password": PASSWORD, "csrf_token": token}
        headers = {
            **FORWARDED,
            "Referer": "https://portal.example.test/accelerator/sign-in",
            "Cookie": cookie.split(";")[0],
        }
        answer = client.post("/sign-in", data=body, headers=headers)
        assert (answer.status_code, answer.location) == (302, "/accelerator/home")


def test_forwarded_headers_of_whoever_comes_are_not_believed(on_file: World) -> None:
    page = on_file.app.test_client().get("/home", headers=FORWARDED)
    assert page.location.startswith("/sign-in")
    assert "Strict-Transport-Security" not in page.headers


# ---------------------------------------------------------------- headers


def test_every_answer_forbids_inline_scripts_and_foreign_sources(on_file: World) -> None:
    organiser = on_file.signed_in("organiser")
    for path in ("/home", "/nosuchpage", "/health", "/assets/0/app.css", f"/seasons/{on_file.here.this}/rating"):
        policy = organiser.get(path).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'self'" in policy


def test_pages_hold_no_inline_script_or_style(on_file: World) -> None:
    organiser = on_file.signed_in("organiser")
    person = f"/seasons/{on_file.here.this}/people/{on_file.people['participant']}"
    for path in ("/home", "/moodle", "/seasons/new", f"/seasons/{on_file.here.this}/sources", person):
        text = organiser.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|<style", text), path


def test_answers_about_somebody_are_kept_nowhere(on_file: World) -> None:
    answer = on_file.signed_in("organiser").get(f"/seasons/{on_file.here.this}/rating")
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Cookie" in answer.headers["Vary"]


def test_https_is_remembered_only_where_it_is_used(on_file: World) -> None:
    browser = on_file.browser()
    assert "Strict-Transport-Security" not in browser.get("/sign-in").headers
    assert "Strict-Transport-Security" in browser.get("/sign-in", base_url=HTTPS["base_url"]).headers


# ---------------------------------------------------------------- the first run


@pytest.fixture
def new_installation(cheap_passwords: None, sqlite_url: str, tmp_path: Path):
    settings = make_settings(tmp_path / "data", database_url=sqlite_url)
    installation = Installation.open(settings, clock=Clock())
    yield installation
    installation.close()


def first_run(installation: Installation, **changes: str) -> dict[str, str]:
    answers = {
        "code": installation.setup_code().lower().replace("-", " "),
        "department": "Отдел образования",
        "municipality": "Кетченеровский район",
        "zone": "Europe/Moscow",
        "surname": "Очирова",
        "given_name": "Тамара",
        "login": "metodist",
        "password": PASSWORD,
        "moodle": "later",
    }
    return {**answers, **changes}


def count_of(installation: Installation, model: type) -> int:
    with installation.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model))


def test_the_first_run_opens_once_and_signs_its_organiser_in(new_installation: Installation) -> None:
    browser = FreshBrowser(create_app(installation=new_installation).test_client())
    assert browser.get("/").location == "/setup"
    assert browser.post("/setup", first_run(new_installation)).location == "/home"
    assert browser.get("/home").status_code == 200
    assert browser.get("/moodle").status_code == 200
    assert browser.get("/setup").status_code == 404
    late = FreshBrowser(browser.client.application.test_client(), door="/sign-in")
    assert late.post("/setup", first_run(new_installation, login="another")).status_code == 404
    assert count_of(new_installation, Municipality) == 1


class FreshBrowser(Browser):
    """One that gets its token from the set-up page."""

    def __init__(self, client, door: str = "/setup") -> None:
        super().__init__(client)
        self.door = door

    def csrf_token(self) -> str:
        page = self.client.get(self.door)
        return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "AAAA-BBBB-CCCC"},
        {"code": ""},
        {"password": "короткий"},
        {"login": "методист"},
        {"login": "x"},
        {"municipality": "   "},
        {"zone": "Mars/Olympus"},
        {"surname": ""},
        {"moodle": "now"},
        {"moodle": "now", "moodle_url": "http://127.0.0.1:1/", "moodle_token": "f" * 32},
    ],
)
def test_a_first_run_with_a_mistake_writes_nothing(new_installation: Installation, wrong: dict[str, str]) -> None:
    browser = FreshBrowser(create_app(installation=new_installation).test_client())
    answer = browser.post("/setup", first_run(new_installation, **wrong))
    assert answer.status_code == 422
    assert count_of(new_installation, Municipality) == count_of(new_installation, Person) == 0
    assert browser.post("/setup", first_run(new_installation)).location == "/home"


def test_a_request_that_may_write_takes_the_lock_before_it_reads(
    on_file: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite a session that reads first is refused the lock where somebody else wrote in between."""
    browser = on_file.signed_in("administrator")
    opened: list[bool] = []
    plain = Database.open

    def noted(database: Database, *, write: bool) -> Session:
        opened.append(write)
        return plain(database, write=write)

    monkeypatch.setattr(Database, "open", noted)
    assert browser.get("/moodle").status_code == 200
    assert set(opened) == {False}
    opened.clear()
    assert browser.send("POST", "/moodle/courses/11/compare").status_code in {302, 409}
    assert opened[-1], "what the view is given"
    assert opened[:-1] == [False] * (len(opened) - 1), "and before it only what was closed again"
