import pytest
from flask import g

from bridge.web import configure_web
from bridge.web.locale import current_language, current_zone, plain_years
from tests.unit.bridge.web.demo import organisers_frame


def language_of(client, **headers):
    return client.get("/home", headers=headers).headers["Content-Language"]


def test_russian_is_the_default(app):
    client = app.test_client()
    assert language_of(client) == "ru"
    assert language_of(client, **{"Accept-Language": "de,fr;q=0.5"}) == "ru"
    assert language_of(client, **{"Accept-Language": "de,en-GB;q=0.5"}) == "en"


def test_the_cookie_beats_the_browser(client):
    client.set_cookie("lang", "en")
    assert language_of(client) == "en"


def test_the_persons_own_language_beats_the_cookie(app, client):
    app.before_request(lambda: setattr(g, "language", "ru"))
    client.set_cookie("lang", "en")
    assert language_of(client) == "ru"


def test_a_cookie_of_nonsense_is_passed_over(client):
    client.set_cookie("lang", "../../etc")
    assert language_of(client) == "ru"


def test_switching_sets_the_cookie_and_returns_to_the_page(client):
    answer = client.get("/language", query_string={"lang": "en", "next": "/sign-in?x=1"})
    assert (answer.status_code, answer.location) == (303, "/sign-in?x=1")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("lang=en;")
    for attribute in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"):
        assert attribute in cookie
    assert "Secure" not in cookie
    assert language_of(client) == "en"


def test_over_https_the_cookie_is_secure(client):
    answer = client.get("/language?lang=en", base_url="https://example.ru")
    assert "Secure" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "",
        "x",
        "///e",
        "/a b",
        "/\r\nx",
        "\t//evil.example",
    ],
)
def test_the_switch_leads_nowhere_else(client, address):
    location = client.get("/language", query_string={"lang": "en", "next": address}).location
    assert location == "/"


def test_under_a_path_the_switch_stays_under_it(client):
    base = "http://localhost/companion/"
    page = client.get("/sign-in", base_url=base).text
    assert "/companion/language?lang=en&amp;next=/companion/sign-in" in page
    answer = client.get("/language?lang=en", base_url=base)
    assert answer.location == "/companion/"
    assert "Path=/companion/" in answer.headers["Set-Cookie"]


def test_somebody_signed_in_has_the_choice_kept(app, client):
    kept = []
    configure_web(app, frame=organisers_frame, save_language=kept.append)
    assert client.post("/language", data={"lang": "en"}).status_code == 400
    app.config["WTF_CSRF_ENABLED"] = False
    client.get("/language?lang=en")
    assert kept == []
    client.post("/language", data={"lang": "en", "next": "/home"})
    assert kept == ["en"]


def test_nobodys_choice_is_kept_for_somebody_not_signed_in(app, client):
    kept = []
    configure_web(app, save_language=kept.append)
    app.config["WTF_CSRF_ENABLED"] = False
    app.config["TESTING"] = True
    with app.test_request_context("/sign-in"):
        pass
    client.post("/language", data={"lang": "en"}, headers={"Referer": "/sign-in"})
    assert kept == ["en"]  # the demo's frame is an organiser's everywhere but at the doors
    configure_web(app, frame=type(organisers_frame()))
    client.post("/language", data={"lang": "en"})
    assert kept == ["en"]


def test_the_zone_may_be_a_name_or_an_object(app):
    with app.test_request_context("/"):
        assert str(current_zone()) == "Europe/Moscow"
        g.zone = "Asia/Omsk"
        assert str(current_zone()) == "Asia/Omsk"
        g.zone = current_zone()
        assert str(current_zone()) == "Asia/Omsk"


def test_this_year_needs_no_naming_unless_the_season_says_more(app):
    with app.test_request_context("/"):
        assert list(plain_years()) == [2028]
        g.plain_years = range(2026, 2029)
        assert 2026 in plain_years()


def test_outside_a_request_the_language_is_russian(app):
    with app.app_context():
        assert current_language() == "ru"
        g.language = "en"
        assert current_language() == "en"
