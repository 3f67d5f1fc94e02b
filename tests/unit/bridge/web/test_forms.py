import pytest
from lxml import html

from bridge.core.clock import is_zone
from bridge.web.forms import ZONES

GOOD = {
    "code": "abcd-efgh",
    "department": "Отдел образования",
    "municipality": "Кетченеровский район",
    "zone": "Europe/Moscow",
    "surname": "Очирова",
    "given_name": "Татьяна",
    "patronymic": "",
    "login": "ochirova",
    "password": "синий трактор едет",
    "moodle": "later",
    "moodle_url": "",
    "moodle_token": "",
}


@pytest.fixture
def send(app, client):
    app.config["WTF_CSRF_ENABLED"] = False

    def post(path, **data):
        return html.fromstring(client.post(path, data=data).text)

    return post


def faults(page):
    return [" ".join(line.text_content().split()) for line in page.xpath("//div[@id='errors']//li")]


def test_a_good_set_up_has_nothing_to_correct(send):
    assert faults(send("/setup", **GOOD)) == []


def test_an_empty_sign_in_says_what_to_enter(send):
    assert faults(send("/sign-in")) == ["Логин: Введите логин.", "Пароль: Введите пароль."]


def test_the_summary_takes_the_focus_and_leads_to_the_fields(send):
    page = send("/sign-in", login="x")
    (summary,) = page.xpath("//div[@id='errors']")
    assert (summary.get("role"), summary.get("tabindex"), summary.get("autofocus")) == ("alert", "-1", "")
    assert summary.xpath(".//a/@href") == ["#password"]


def test_a_wrong_field_is_tied_to_its_error_and_hint(send):
    (field,) = send("/setup", **GOOD | {"password": "short"}).xpath("//input[@id='password']")
    assert field.get("aria-invalid") == "true"
    assert field.get("aria-describedby") == "password-hint password-error"
    assert "is-invalid" in field.get("class")


def test_what_was_entered_is_kept_but_never_a_secret(send):
    page = send("/setup", **GOOD | {"department": ""})
    assert page.xpath("//input[@id='surname']/@value") == ["Очирова"]
    assert page.xpath("//input[@type='password']/@value") == ["", ""]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("login", "two words", "Логин: Используйте буквы, цифры и знаки . @ + - _ без пробелов."),
        ("login", "  ", "Логин: Придумайте логин."),
        ("password", "x" * 9, "Пароль: Пароль слишком короткий: возьмите не меньше 10 знаков, например три слова."),
        ("municipality", " ", "Муниципалитет: Назовите район или город."),
    ],
)
def test_a_wrong_answer_is_told_with_the_way_out(send, field, value, sentence):
    assert faults(send("/setup", **GOOD | {field: value})) == [sentence]


def test_moodle_is_asked_for_only_where_it_is_connected_now(send):
    assert faults(send("/setup", **GOOD | {"moodle": "now"})) == [
        "Адрес Moodle: Введите адрес Moodle или выберите «Позже».",
        "Токен: Вставьте токен веб-службы или выберите «Позже».",
    ]
    now = GOOD | {"moodle": "now", "moodle_url": "https://moodle.example.ru", "moodle_token": "0123456789abcdef"}
    assert faults(send("/setup", **now)) == []


def test_every_zone_on_offer_exists():
    assert all(is_zone(name) for name, _label in ZONES)
