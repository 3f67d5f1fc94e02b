import pytest
from flask import Flask
from lxml import html

from bridge.core.permissions import ANYONE, Actor, Facts, Grant, Role, can_edit_season, can_open_home
from bridge.web import Frame, NavItem, Stage, StageState, Viewer, configure_web, init_web, register
from bridge.web.navigation import Menu, build_menu
from tests.unit.bridge.web.samples import STAGES


def tree(answer):
    return html.fromstring(answer.text)


def menu_of(page):
    return [" ".join(link.text_content().split()) for link in page.xpath("//nav[@id='menu']//li/a")]


def test_the_menu_shows_what_exists_and_may_be_opened(client):
    assert menu_of(tree(client.get("/home"))) == [
        "Что сделать сейчас 7 ждут",
        "Экспертиза эссе",
        "Рейтинг",
        "Экспертиза проектов 2 ждут",
        "Подключение к Moodle",
    ]


def test_the_page_that_is_open_is_marked(client):
    page = tree(client.get("/home"))
    (current,) = page.xpath("//nav[@id='menu']//a[@aria-current]")
    assert (current.get("href"), current.get("aria-current")) == ("/home", "page")


def test_a_page_under_another_marks_that_one(client):
    (current,) = tree(client.get("/person-staff")).xpath("//nav[@id='menu']//a[@aria-current]")
    assert (current.get("href"), current.get("aria-current")) == ("/rating", "true")


def test_stages_say_where_they_stand(client):
    stages = [
        " ".join(stage.text_content().split())
        for stage in tree(client.get("/home")).xpath("//p[contains(@class, 'stage')]")
    ]
    assert stages == [
        "✓Отбор (завершён)",
        "✓Групповые проекты (завершён)",
        "3Индивидуальные проекты идёт",
        "4Внедрение",
    ]


def test_nobody_signed_in_gets_no_menu(client):
    page = tree(client.get("/sign-in"))
    assert page.xpath("//nav") == []
    assert page.xpath("//form[contains(@action, 'sign-out')]") == []


MENTOR = Actor(person_id=5, municipality_id=1, grants=(Grant(Role.MENTOR, municipality_id=1),))


@pytest.fixture
def bare_app():
    app = Flask("bare")
    app.secret_key = "k"
    init_web(app)
    app.add_url_rule("/s/<season_id>/rating", "rating", lambda season_id: season_id)
    return app


def test_a_role_without_pages_in_a_stage_sees_no_bare_headings(bare_app):
    register(bare_app, NavItem("rating", "Рейтинг", 3, can_edit_season, values=lambda _: {"season_id": "x"}))
    with bare_app.test_request_context("/"):
        menu = build_menu(Frame(viewer=Viewer("Манджиев Б."), actor=MENTOR, facts=Facts(1), stages=STAGES))
    assert menu == Menu()
    assert not menu


def test_an_address_takes_its_values_from_the_frames_facts(bare_app):
    register(
        bare_app, NavItem("rating", "Рейтинг", 1, can_open_home, values=lambda facts: {"season_id": facts.season_id})
    )
    stage = Stage(1, "Отбор", StageState.NOW)
    with bare_app.test_request_context("/"):
        menu = build_menu(Frame(viewer=Viewer("Манджиев Б."), actor=MENTOR, facts=Facts(1, 26), stages=(stage,)))
    assert menu.stages[0].links[0].url == "/s/26/rating"


def test_a_page_of_a_season_is_hidden_while_there_is_none(bare_app):
    register(bare_app, NavItem("rating", "Рейтинг", "season", can_open_home, values=lambda _: None))
    with bare_app.test_request_context("/"):
        assert build_menu(Frame(viewer=Viewer("Манджиев Б."), actor=MENTOR, facts=Facts(1))) == Menu()


def test_without_a_viewer_no_permission_is_even_asked(bare_app):
    def never(actor, facts):
        raise AssertionError

    register(bare_app, NavItem("rating", "Рейтинг", None, never))
    with bare_app.test_request_context("/"):
        assert build_menu(Frame(actor=ANYONE)) == Menu()


def test_the_season_switch_is_a_get_form_with_the_season_on_show_selected(client):
    page = tree(client.get("/home"))
    (form,) = page.xpath("//header//form[@class='season']")
    assert form.get("method") == "get"
    assert form.xpath(".//option[@selected]/@value") == ["2026"]
    assert form.xpath(".//button[@type='submit']")


def test_one_season_needs_no_switch(bare_app):
    configure_web(bare_app, frame=lambda: Frame(viewer=Viewer("Манджиев Б.")))
    assert "season" not in bare_app.test_client().get("/no-such-page").text


def test_signing_out_is_a_post_with_its_token(client):
    (form,) = tree(client.get("/home")).xpath("//header//form[@action='/sign-out']")
    assert form.get("method") == "post"
    token = form.xpath(".//input[@name='csrf_token']/@value")[0]
    assert client.post("/sign-out", data={"csrf_token": token}).text == "out"
    assert client.post("/sign-out").status_code == 400
