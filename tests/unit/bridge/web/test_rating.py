from dataclasses import replace

import pytest
from flask import render_template
from lxml import html

from tests.unit.bridge.web.samples import PLAIN_RATING, RATING


def tree(answer):
    return html.fromstring(answer.text)


def cells(row):
    return [" ".join(cell.text_content().split()) for cell in row.xpath("td|th")]


@pytest.fixture
def rated(app):
    """Draw a rating as of an address."""

    def draw(page, address="/rating"):
        with app.test_request_context(address, headers={"Accept-Language": "ru"}):
            return html.fromstring(render_template("rating/rating.html", page=page))

    return draw


def test_a_row_has_place_name_points_and_their_sum(client):
    first = tree(client.get("/rating")).xpath("//tbody/tr")[0]
    assert cells(first)[:10] == [
        "1",
        "Сангаджиева Айса Алцынхутинская СОШ, гр. 2",
        *("9,8", "14,7", "9,8", "14,7", "9,8", "9,8", "29,4"),
        "98,0",
    ]


def test_a_band_of_ties_is_told_in_words_and_shape(client):
    page = tree(client.get("/rating"))
    assert (
        page.xpath("string(//tr[@class='cut']/th)")
        .replace("\u2060", "")
        .startswith("Различия малы, решает комиссия: места")
    )
    assert len(page.xpath("//tr[@class='tie']")) == 7


def test_whoever_awaits_a_mark_has_no_place_and_no_zero(client):
    (row,) = tree(client.get("/rating")).xpath("//tr[th/a[text()='Кекеева Тамара']]")
    assert cells(row)[0] == "—"
    assert cells(row)[8:] == ["ожидается", "84,0*", "нет", "Ожидается"]


def test_a_heading_spans_the_columns_there_are(rated):
    for visible in (RATING.visible, frozenset(), frozenset({"terms"})):
        page = rated(replace(RATING, visible=visible))
        columns = len(page.xpath("//thead/tr/th"))
        assert {int(span) for span in page.xpath("//tbody//@colspan")} == {columns}
        assert {len(row.xpath("td|th")) for row in page.xpath("//tbody/tr[not(th/@colspan)]")} == {columns}


def test_columns_that_were_not_chosen_are_gone(rated):
    page = rated(replace(RATING, visible=frozenset()))
    assert page.xpath("//th[contains(@class, 'pts')]") == []
    assert page.xpath("//td[@class='ci']") == []
    assert page.xpath("//tbody//small") == []


def test_a_first_rating_has_neither_intervals_nor_a_chooser_for_them(rated):
    page = rated(PLAIN_RATING)
    assert page.xpath("//svg") == []
    assert page.xpath("//input[@type='checkbox']/@value") == ["where", "terms"]


def test_sorting_keeps_the_filters_and_says_its_direction(rated):
    page = rated(RATING, "/rating?school=1&q=Иванов&page=3&sort=-total")
    total = page.xpath("//th[a[contains(., 'Сумма')]]")[0]
    assert total.get("aria-sort") == "descending"
    assert total.xpath("a/@href") == ["/rating?school=1&q=%D0%98%D0%B2%D0%B0%D0%BD%D0%BE%D0%B2&sort=total"]
    essay = page.xpath("//th[a/abbr[text()='Эссе']]")[0]
    assert essay.get("aria-sort") == "none"
    assert essay.xpath("a/@href")[0].endswith("sort=-essay")


def test_filtering_keeps_the_order(rated):
    (form,) = rated(RATING, "/rating?school=2").xpath("//form[@role='search']")
    assert form.get("method") == "get"
    assert form.xpath("input[@type='hidden' and @name='sort']/@value") == ["-total"]


def test_nobody_found_offers_the_way_back(client):
    page = tree(client.get("/rating-nobody"))
    assert page.xpath("//table") == []
    assert page.xpath("//div[@class='empty']/a/@href") == ["/rating"]


def test_paper_says_which_computation_it_is(client):
    paper = " ".join(tree(client.get("/rating")).xpath("string(//p[contains(@class, 'print-only')])").split())
    assert paper == (
        "Расчёт № 3 от 16.02.2028, 13:40. Формула, версия 4. Контрольная сумма 7c41 e09a 5d12. "
        "Распечатано 16.02.2028, 14:05."
    )


def test_the_drawing_says_its_numbers(client):
    first = tree(client.get("/rating")).xpath("//td[@class='ci']/*[@role='img']")[0]
    assert first.get("aria-label").replace("\u00a0", " ") == "Место 1, интервал от 1 до 3"
