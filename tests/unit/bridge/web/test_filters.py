from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import g, render_template_string
from markupsafe import Markup


@pytest.fixture
def shown(app):
    """Render a template's text in a language."""

    def render(template, language="ru", **values):
        with app.test_request_context("/", headers={"Accept-Language": language}):
            g.plain_years = range(2026, 2029)
            return render_template_string(template, **values).replace("\u00a0", "~").replace("\u2011", "=")

    return render


AT = datetime(2028, 2, 16, 10, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("template", "russian", "english"),
    [
        ("{{ points | num(1) }}", "1~234,5", "1,234.5"),
        ("{{ points | signed(1) }}", "+1~234,5", "+1,234.5"),
        ("{{ none | num(1) }}", "—", "—"),
        ("{{ share | percent(1) }}", "64,4~%", "64.4%"),
        ("{{ 25 | ordinal }}", "25=е", "25th"),
        ("{{ 21 | ordinal('genitive') }}", "21=го", "21st"),
        ("{{ at | date }}", "16.02.2028", "16 Feb 2028"),
        ("{{ at | time }}", "13:40", "13:40"),
        ("{{ at | stamp }}", "16.02.2028, 13:40", "16 Feb 2028, 13:40"),
        ("{{ at | moment }}", "сегодня, 13:40", "today, 13:40"),
        ("{{ day | day }}", "пт, 18 февраля", "Fri, 18 February"),
        ("{{ day | day(weekday=false) }}", "18 февраля", "18 February"),
        ("{{ day | long_day }}", "Пятница, 18 февраля 2028~г.", "Friday, 18 February 2028"),
        ("{{ at | deadline }}", "до~13:40", "by~13:40"),
        ("{{ day | due_day }}", "пт, 18 февраля", "Fri, 18 February"),
        ("{{ at | iso }}", "2028-02-16T13:40:00+03:00", "2028-02-16T13:40:00+03:00"),
        ("{{ at | freshness }}", "Данные Moodle на~13:40", "Moodle data as of 13:40"),
    ],
)
def test_a_filter_speaks_the_language_of_the_request(shown, template, russian, english):
    values = {"points": Decimal("1234.5"), "share": Decimal("0.644"), "at": AT, "day": date(2028, 2, 18)}
    assert shown(template, "ru", **values) == russian
    assert shown(template, "en", **values) == english


def test_a_catalogues_text_is_set_by_itself_after_its_values_are_in(shown):
    assert shown("{{ _('%(shown)s of %(everybody)s shown.', shown=5, everybody=7) }}") == "Показано 5 из~7."


def test_values_in_a_catalogues_text_are_escaped_once(shown):
    text = shown("{{ _('season %(season)s', season=name) }}", name="<b>№ 5</b> & co")
    assert text == "набор &lt;b&gt;№~5&lt;/b&gt; &amp; co"


def test_markup_in_a_catalogues_text_stays_markup(shown):
    text = shown("{{ _('season %(season)s', season=name) }}", name=Markup("<b>2026</b>"))
    assert text == "набор <b>2026</b>"


def test_a_block_of_text_is_set_too(shown):
    assert shown("{% trans n=5 %}season {{ n }}{% endtrans %}", "en") == "season 5"


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "Нужно исправить 1~ответ."), (3, "Нужно исправить 3~ответа."), (11, "Нужно исправить 11~ответов.")],
)
def test_plurals_are_those_of_russian(shown, number, words):
    template = "{{ ngettext('One answer needs correcting.', '%(num)s answers need correcting.', n) }}"
    assert shown(template, n=number) == words
