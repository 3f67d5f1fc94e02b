import logging
import re

import pytest
from flask import abort
from lxml import html

from bridge.errors import Forbidden, InvalidInput, NotFound, Refused
from bridge.web import configure_web

JSON = {"Accept": "application/json"}


def said(answer):
    return " ".join(html.fromstring(answer.text).xpath("string(//main)").split())


@pytest.mark.parametrize(
    ("code", "title"),
    [
        (400, "Запрос не удалось прочитать"),
        (403, "Эта страница для вас закрыта"),
        (404, "Такой страницы нет"),
        (405, "Этот адрес так не открывается"),
        (413, "Файл слишком большой"),
        (429, "Слишком много попыток"),
        (503, "Сервис занят"),
        (418, "Запрос не удалось прочитать"),
        (502, "Сервис занят"),
    ],
)
def test_an_error_says_what_is_wrong_in_the_layout(client, code, title):
    answer = client.get(f"/errors/{code}")
    assert answer.status_code == code
    assert said(answer).startswith(title)
    assert f"Ошибка {code}" in said(answer)
    assert html.fromstring(answer.text).xpath("//nav[@id='menu']")


def test_an_error_in_english(client):
    assert said(client.get("/no-such-page", headers={"Accept-Language": "en"})).startswith("There is no such page")


@pytest.mark.parametrize(("path", "headers"), [("/api/nothing", {}), ("/no-such-page", JSON)])
def test_a_program_gets_one_shape(client, path, headers):
    answer = client.get(path, headers=headers)
    assert answer.status_code == 404
    assert set(answer.json) == {"error"}
    assert answer.json["error"]["code"] == "not_found"
    assert "Такой страницы нет" in answer.json["error"]["message"]


def test_a_browser_that_would_also_take_json_gets_a_page(client):
    answer = client.get("/no-such-page", headers={"Accept": "text/html,application/json;q=0.9,*/*;q=0.8"})
    assert answer.mimetype == "text/html"


def test_a_wrong_method_still_says_which_ones_fit(client):
    answer = client.get("/sign-out")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_redirect_is_no_error(app, client):
    app.add_url_rule("/folder/", "folder", lambda: "x")
    assert client.get("/folder").status_code == 308


def test_an_answer_that_a_view_aborts_with_is_left_alone(app, client):
    app.add_url_rule("/own", "own", lambda: abort(app.make_response(("own words", 409))))
    assert client.get("/own").text == "own words"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (
            Refused("There is no season yet. Set one up from the preset; everything in it can be changed later."),
            409,
            "refused",
        ),
        (NotFound("There is no such page.", code="no_person"), 404, "no_person"),
        (Forbidden("There is no such page."), 403, "forbidden"),
    ],
)
def test_our_own_refusals_speak_for_themselves(app, client, error, status, code):
    def view():
        raise error

    app.add_url_rule("/refused", "refused", view)
    assert client.get("/refused").status_code == status
    assert re.search("[а-я]{4}", said(client.get("/refused")))
    assert error.message not in said(client.get("/refused"))
    assert client.get("/refused", headers=JSON).json["error"]["code"] == code


def test_wrong_fields_are_named_with_their_facts(app, client):
    def view():
        raise InvalidInput("Error %(status)s", fields={"q": "Error %(status)s"}, status=7)

    app.add_url_rule("/wrong", "wrong", view)
    assert client.get("/wrong", headers=JSON).json == {
        "error": {"code": "invalid_input", "message": "Ошибка 7", "fields": {"q": "Ошибка 7"}}
    }


def test_what_a_schema_found_reaches_the_program(app, client):
    def view():
        try:
            abort(422)
        except Exception as error:
            error.data = {"messages": {"json": {"name": ["Missing."]}}}
            raise

    app.add_url_rule("/api/schema", "schema", view)
    assert client.get("/api/schema").json["error"]["fields"] == {"json": {"name": ["Missing."]}}


def test_an_incident_is_in_the_log_under_its_number(client, caplog):
    with caplog.at_level(logging.ERROR, logger="bridge.web"):
        answer = client.get("/boom")
    assert answer.status_code == 500
    number = re.search(r"происшествие ([0-9a-f]{4}-[0-9a-f]{4})", said(answer).replace("\u00a0", " ")).group(1)
    (record,) = [record for record in caplog.records if record.name == "bridge.web"]
    assert number in record.getMessage()
    assert record.exc_info[0] is ZeroDivisionError
    assert "ZeroDivisionError" not in answer.text


def test_an_incident_of_the_api_has_its_number_too(client):
    error = client.get("/api/boom").json["error"]
    assert error["code"] == "internal_error"
    assert re.fullmatch(r"[0-9a-f]{4}-[0-9a-f]{4}", error["incident"])


def broken_frame():
    message = "no database"
    raise RuntimeError(message)


def test_an_error_page_comes_even_where_the_frame_cannot(app, client):
    configure_web(app, frame=broken_frame)
    answer = client.get("/no-such-page")
    assert answer.status_code == 404
    assert said(answer).startswith("Такой страницы нет")
    assert client.get("/home").status_code == 500


OURS = {"Origin": "http://localhost"}


def resent(answer):
    page = html.fromstring(answer.text)
    hidden = page.xpath("//main//form/input[@type='hidden' and @name!='csrf_token']")
    return {field.get("name"): field.get("value") for field in hidden}


def test_a_form_that_came_too_late_can_be_sent_again(client):
    answer = client.post("/keep", data={"text": "\nдве <строки>\nтекста", "csrf_token": "old"}, headers=OURS)
    assert answer.status_code == 400
    assert said(answer).startswith("Страница была открыта слишком долго")
    assert resent(answer) == {"text": "\nдве <строки>\nтекста"}
    token = html.fromstring(answer.text).xpath("//main//input[@name='csrf_token']/@value")[0]
    assert client.post("/keep", data={"text": "x", "csrf_token": token}, headers=OURS).text == "kept x"


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_another_sites_form_is_not_a_click_from_sent(client, headers):
    answer = client.post("/keep", data={"text": "x"}, headers=headers)
    assert answer.status_code == 400
    assert resent(answer) == {}
    assert html.fromstring(answer.text).xpath("//main//a/@href") == ["/keep"]


@pytest.mark.parametrize("name", ["password", "moodle_token", "new_password", "code"])
def test_a_secret_is_not_written_into_a_page(client, name):
    answer = client.post("/keep", data={"text": "x", name: "s3cret-value"}, headers=OURS)
    assert resent(answer) == {}
    assert "s3cret-value" not in answer.text


def test_a_page_that_only_takes_forms_cannot_be_opened_anew(client):
    answer = client.post("/sign-out", data={})
    assert html.fromstring(answer.text).xpath("//main//a/@href") == ["/home"]


def test_a_late_form_of_a_program_gets_its_code(client):
    answer = client.post("/keep", data={"text": "x"}, headers=JSON)
    assert answer.json["error"]["code"] == "form_expired"
