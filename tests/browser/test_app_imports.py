"""Schools and people from a spreadsheet: template, upload, what is wrong, mended, taken in once. In a real Chromium."""

from __future__ import annotations

import csv

import openpyxl
import pytest

from tests.browser.support import plain, sideways_overflow

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

NOTHING_CHANGES = "Ничего не изменится: всё, что есть в файле, уже внесено."
HEADINGS = ("Фамилия", "Имя", "Школа", "Телефон")
GOOD = ("Бадмаев-Новый", "Очир", "Ялмтинская СОШ имени Проверки", "8 900 111-22-33")
WRONG = ("Манджиева-Новая", "Галина", "Ялмтинская СШ имени Проверки", "")


@pytest.fixture
def organiser(signed_in, demo):
    """Of the town: its people and schools are there to be changed."""

    def open_page(path, width=1280, lang="ru"):
        page = signed_in("elista", width, lang, accept_downloads=True)
        page.goto(f"{demo.url}{path}")
        return page

    return open_page


def table(path, *lines):
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows(lines)
    return path


def root_of(page):
    return "/".join(page.url.split("/", 3)[:3])


def upload(page, what, path):
    page.goto(root_of(page) + "/people/import")
    page.check(f"input[name=table][value={what}]")
    page.set_input_files("input[type=file]", path)
    page.click("main form button[type=submit]")


def downloaded(page, selector, path):
    with page.expect_download() as waiting:
        page.locator(selector).first.click()
    waiting.value.save_as(path)
    return openpyxl.load_workbook(path)


@pytest.mark.parametrize(("width", "lang"), [(1280, "ru"), (320, "ru"), (1280, "en"), (320, "en")])
@pytest.mark.parametrize("path", ["/people", "/schools", "/people/import"])
def test_lists_and_form_stand_in_both_languages_on_a_desk_and_a_phone(organiser, axe, path, width, lang):
    page = organiser(path, width, lang)
    assert page.locator("h1").count() == 1
    assert sideways_overflow(page) == 0
    axe(page)


def test_a_table_filled_with_what_is_here_changes_nothing(organiser, tmp_path):
    page = organiser("/people/import")
    for what in ("schools", "people", "mentors"):
        page.goto(root_of(page) + "/people/import")
        path = tmp_path / f"{what}.xlsx"
        book = downloaded(page, f'a[href*="templates/{what}"] >> nth=1', path)
        assert book.worksheets[0].max_row > 1
        upload(page, what, path)
        assert NOTHING_CHANGES in plain(page.inner_text("body"))
        assert page.locator("#errors").count() == 0


def test_what_is_wrong_is_named_mended_and_taken_in_once(organiser, axe, tmp_path):
    page = organiser("/people/import")
    school = table(
        tmp_path / "schools.csv", ("Полное название", "Код"), ("МБОУ «Ялмтинская СОШ имени Проверки»", "p77")
    )
    upload(page, "schools", school)
    page.click("#confirm button[type=submit], button[form=confirm]")
    upload(page, "people", table(tmp_path / "people.csv", HEADINGS, GOOD, WRONG))
    errors = page.locator("#errors + p + table tbody tr")
    assert errors.count() == 1
    assert "Ялмтинская СОШ имени Проверки" in plain(errors.first.inner_text())
    axe(page)
    report = downloaded(page, 'a[href$="/errors"]', tmp_path / "errors.xlsx")
    cells = [str(cell.value) for row in report.worksheets[0].iter_rows() for cell in row if cell.value]
    assert any("Манджиева-Новая" in cell for cell in cells)
    assert not any("Бадмаев-Новый" in cell for cell in cells), "only what is to be corrected"
    mended = (WRONG[0], WRONG[1], GOOD[2], "")
    whole = table(tmp_path / "mended.csv", HEADINGS, GOOD, mended)
    upload(page, "people", whole)
    assert page.locator("#errors").count() == 0
    page.click("#confirm button[type=submit], button[form=confirm]")
    page.goto(root_of(page) + "/people?q=Новый")
    assert "Бадмаев-Новый" in plain(page.inner_text("main"))
    upload(page, "people", whole)
    assert NOTHING_CHANGES in plain(page.inner_text("body"))
    page.goto(f"{root_of(page)}/people?q=Манджиева")
    assert "Манджиева-Новая" in plain(page.inner_text("main"))
    page.goto(f"{root_of(page)}/schools")
    assert "имени Проверки" in plain(page.inner_text("main"))


@pytest.mark.parametrize("width", [1280, 320])
def test_a_preview_with_errors_fits_a_phone(organiser, axe, tmp_path, width):
    page = organiser("/people/import", width)
    upload(page, "people", table(tmp_path / "people.csv", HEADINGS, GOOD, WRONG))
    assert page.locator("#errors").count() == 1
    assert sideways_overflow(page) == 0
    axe(page)


def test_dates_of_birth_are_refused_and_not_shown(organiser, tmp_path):
    page = organiser("/people/import")
    upload(
        page, "people", table(tmp_path / "b.csv", ("Фамилия", "Имя", "Дата рождения"), ("Очирова", "Т", "01.02.1980"))
    )
    assert "рождения" in plain(page.inner_text("main")).lower()
    assert "1980" not in page.content()
