"""The rating, a person's page and what a participant sees, in a real Chromium."""

import math

import pytest

from bridge.core.i18n import ru_key
from tests.browser.support import plain

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

ROWS = "table.rate tbody tr:not(.cut, .plain-cap)"


@pytest.fixture
def rating(demo, signed_in):
    page = signed_in("metodist")
    page.goto(f"{demo.url}/home")
    page.click('nav.side a[href$="/rating"]')
    return page


def cells(page, number):
    """A column from the top down; the name is in the second."""
    found = page.locator(f"{ROWS} > :nth-child({number})").all_inner_texts()
    return [plain(text.split("\n")[0]) for text in found]


def show(page):
    page.click("form.filters button")


def amount(text):
    """A cell as what it is sorted by: no place is after all places, an awaited mark has brought nothing yet."""
    if text == "—":
        return math.inf
    return 0.0 if text == "ожидается" else float(text.rstrip("*").replace(",", "."))


def name_key(text):
    return [ru_key(part) for part in text.split()]


def test_a_surname_is_found_by_a_part_of_it_whatever_the_case_and_yo(rating):
    everybody = cells(rating, 2)
    wanted = [name for name in everybody if "соловьева" in name.lower().replace("ё", "е")]
    assert wanted
    rating.fill("#filter-q", "СОЛОВЬЕВ")
    show(rating)
    assert cells(rating, 2) == wanted
    assert rating.input_value("#filter-q") == "СОЛОВЬЕВ"
    assert f"Показано {len(wanted)} из {len(everybody)}" in plain(rating.inner_text("caption"))


@pytest.mark.parametrize("name", ["school", "group"])
def test_a_filter_by_school_or_group_shows_those_of_it_and_only_them(rating, name):
    everywhere = [plain(text) for text in rating.locator(f"{ROWS} th small").all_inner_texts()]
    options = rating.locator(f"#filter-{name} option")
    chosen = options.nth(2).get_attribute("value")
    rating.select_option(f"#filter-{name}", chosen)
    show(rating)
    shown = [plain(text) for text in rating.locator(f"{ROWS} th small").all_inner_texts()]
    assert 0 < len(shown) < len(everywhere)
    place = 0 if name == "school" else 1
    assert {text.split(", ")[place] for text in shown} == {plain(chosen)}
    assert len(shown) == sum(text.split(", ")[place] == plain(chosen) for text in everywhere)


def test_every_outcome_can_be_asked_for_and_together_they_are_everybody(rating):
    everybody = len(cells(rating, 2))
    outcomes = rating.eval_on_selector_all(
        "#filter-outcome option", "all => all.map(one => [one.value, one.textContent])"
    )
    seen = 0
    for value, words in outcomes[1:]:
        rating.select_option("#filter-outcome", value)
        show(rating)
        tags = {plain(text) for text in rating.locator(f"{ROWS} td.out").all_inner_texts()}
        assert tags <= {plain(words)}
        seen += len(cells(rating, 2))
    assert seen == everybody


def test_a_filter_without_a_result_says_so_and_has_a_way_back(rating):
    everybody = len(cells(rating, 2))
    rating.fill("#filter-q", "никто")
    show(rating)
    assert plain(rating.inner_text("main .empty p")) == "По этим фильтрам никого нет."
    rating.click("main .empty a")
    assert len(cells(rating, 2)) == everybody


def test_every_column_sorts_both_ways(rating):
    heads = rating.locator("table.rate thead th:has(a.sort)")
    assert heads.count() == 10
    for position in range(heads.count()):
        key = name_key if position == 1 else amount
        seen = set()
        for _ in range(2):
            heads.nth(position).locator("a").click()
            direction = heads.nth(position).get_attribute("aria-sort")
            seen.add(direction)
            assert rating.locator(f"th[aria-sort={direction}]").count() == 1
            found = [key(text) for text in cells(rating, position + 1)]
            assert found == sorted(found, reverse=direction == "descending"), (position, direction)
        assert seen == {"ascending", "descending"}


def test_sorting_and_filtering_keep_each_other(rating):
    rating.select_option("#filter-outcome", "pending")
    show(rating)
    waiting = set(cells(rating, 2))
    rating.click("table.rate thead th:has-text('Участник') a")
    assert set(cells(rating, 2)) == waiting
    rating.fill("#filter-q", "а")
    show(rating)
    assert rating.get_attribute("table.rate thead th:has-text('Участник')", "aria-sort") == "ascending"


def test_columns_are_chosen_and_the_choice_stays_while_sorting(rating):
    assert rating.locator("table.rate thead th").count() == 11
    rating.click("form.filters summary")
    rating.uncheck('input[name="col"][value="terms"]')
    rating.uncheck('input[name="col"][value="where"]')
    show(rating)
    assert rating.locator("table.rate thead th").count() == 4
    assert rating.locator(f"{ROWS} th small").count() == 0
    rating.click("table.rate thead th:has-text('Сумма') a")
    assert rating.locator("table.rate thead th").count() == 4


def test_the_person_of_a_row_is_explained_mark_by_mark_with_links_into_moodle(demo, rating):
    row = rating.locator(ROWS).first
    total = plain(row.locator("td.sum").last.inner_text())
    row.locator("th a").click()
    assert plain(rating.inner_text("table.terms tfoot td.num >> nth=-1")) == total
    points = [amount(plain(text)) for text in rating.locator("table.terms tbody td.sum").all_inner_texts()]
    assert round(sum(points), 1) == amount(total)
    links = rating.eval_on_selector_all("main a[target=_blank]", "links => links.map(link => link.href)")
    terms, marks = rating.locator("table.terms tbody tr").count(), rating.locator("table.marks-list tbody tr").count()
    assert marks > terms > 0
    assert len(links) == 1 + terms + marks  # the profile, each term's source, each mark
    assert all(address.startswith(f"{demo.moodle}/") for address in links)
    assert {address: rating.request.get(address).status for address in set(links)} == dict.fromkeys(set(links), 200)


def test_a_participant_sees_their_own_page_and_nothing_else(demo, rating, signed_in, axe):
    others = rating.eval_on_selector_all(f"{ROWS} th a", "links => links.map(link => link.href)")
    page = signed_in("uchastnik", 320)
    page.goto(demo.url)
    assert plain(page.inner_text("h1")).startswith("Почему у вас")
    own = page.url
    assert own in others
    addresses = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    assert [address for address in addresses if "/rating" in address or "/sources" in address] == []
    axe(page)
    refused = [rating.url, next(address for address in others if address != own), f"{demo.url}/moodle"]
    for address in refused:
        assert page.goto(address).status == 403
        assert plain(page.inner_text("h1")) == "Эта страница для вас закрыта"
        assert page.locator("main a", has_text="На").count() == 1
        axe(page)
