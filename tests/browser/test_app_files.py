"""A municipality whose Moodle gives no token, in a real Chromium: backups and exports brought, seen, taken in."""

import re

import pytest

from tests.browser.support import plain, sideways_overflow
from tests.browser.test_app_doors import fill_setup, send
from tests.support.backups import FILES

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

BROKEN = "Last name,First name,Essay (Real)\nБадмаева,Анна,пять\nОчиров,Иван,4\n,,3\n"


@pytest.fixture
def municipality(fresh, page_at):
    """An installation that is set up without a connection: its address, and somebody signed in."""
    url, code, _installation = fresh
    page = page_at()
    fill_setup(page, url, code)
    send(page)
    return url, page


def bring(page, url, name, course=""):
    page.goto(f"{url}/moodle/files")
    page.set_input_files("#file", FILES / name if isinstance(name, str) else name)
    page.fill("#course", course)
    page.click("main form button[type=submit]")


def facts(page):
    return {
        plain(fact.locator("span").nth(1).inner_text()): plain(fact.locator(".big").inner_text())
        for fact in page.locator("main .facts p").all()
    }


def looked_at(page, axe):
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        axe(page)
        assert sideways_overflow(page) == 0


def test_backups_are_brought_seen_and_taken_in_once(municipality, axe):
    url, page = municipality
    page.goto(f"{url}/moodle")
    page.click("text=Приносите оценки файлами")
    assert page.url == f"{url}/moodle/files"
    looked_at(page, axe)
    bring(page, url, "course-2.mbz")
    assert plain(page.inner_text("h1")) == "Предпросмотр: Этап 1. Отбор в акселератор"
    assert facts(page) == {"новых оценок": "287", "изменённых оценок": "0", "исчезнувших записей": "0"}
    looked_at(page, axe)
    page.click("text=Принять")
    assert page.url == f"{url}/moodle/files"
    assert "Принято" in plain(page.inner_text("main"))
    course = page.locator("table.grid tbody tr")
    assert course.count() == 1
    assert plain(course.locator("th").inner_text()).startswith("Этап 1. Отбор в акселератор")
    assert course.locator("time").get_attribute("datetime").startswith("2026-11-24T")
    looked_at(page, axe)
    bring(page, url, "course-2.mbz")
    assert "Ничего не изменится" in plain(page.inner_text(".note.ok"))
    assert page.locator("text=Принять").count() == 0
    page.click("text=Забыть")
    assert "ничего из неё не принято" in plain(page.inner_text("main"))


def test_an_export_shows_what_changes_and_what_is_left_out(municipality, axe):
    url, page = municipality
    bring(page, url, "grades-2.xlsx")
    assert "Укажите, чей это журнал" in plain(page.inner_text("#course-error"))
    looked_at(page, axe)
    bring(page, url, "grades-2.xlsx", "Отбор")
    assert facts(page)["новых людей"] == "60"
    page.click("text=Принять")
    bring(page, url, "after-grades-2.xlsx", "отбор")
    changes = page.locator("[aria-labelledby=changes] tbody tr")
    assert changes.count() >= 3
    assert facts(page)["изменённых оценок"] == str(changes.count())
    looked_at(page, axe)
    page.click("text=Принять")
    bring(page, url, "grades-2.xlsx", "Отбор")
    assert "вернул бы оценки назад" in plain(page.inner_text(".note.warn"))
    assert page.locator("text=Принять").count() == 0


def test_rows_that_are_wrong_are_named_and_the_others_taken_in(municipality, axe):
    url, page = municipality
    file = {"name": "журнал.csv", "mimeType": "text/csv", "buffer": BROKEN.encode()}
    bring(page, url, file, "Эссе")
    lines = [plain(line) for line in page.locator("[aria-labelledby=left-out] tbody tr").all_inner_texts()]
    assert [line.split(" ")[:2] for line in lines] == [["2", "C"], ["4", "—"]]
    assert "нужно число" in lines[0]
    assert facts(page)["строк с пропусками"] == "2"
    looked_at(page, axe)
    page.click("text=Принять")
    assert page.locator("table.grid tbody tr").count() == 1


def test_a_file_of_another_kind_is_refused_at_its_field(municipality, axe):
    url, page = municipality
    bring(page, url, {"name": "a.mbz", "mimeType": "application/octet-stream", "buffer": b"\x1f\x8b broken"})
    assert "повреждён" in plain(page.inner_text("#file-error"))
    looked_at(page, axe)
    page.goto(f"{url}/moodle/files")
    page.click("main form button[type=submit]")
    assert "Выберите файл" in plain(page.inner_text("#file-error"))


def test_beside_a_connection_files_are_not_taken_in(demo, signed_in, axe):
    page = signed_in("metodist", lang="en")
    page.goto(f"{demo.url}/moodle/files")
    assert "read by itself" in plain(page.inner_text("main"))
    assert page.locator("main form").count() == 0
    looked_at(page, axe)


def test_the_pages_speak_english_too(fresh, page_at, axe):
    url, code, _installation = fresh
    page = page_at(lang="en")
    fill_setup(page, url, code)
    send(page)
    page.goto(f"{url}/moodle/files")
    assert plain(page.inner_text("h1")) == "Files of Moodle"
    looked_at(page, axe)
    bring(page, url, "grades-3.ods", "Group")
    page.click("text=Take it in")
    rows = "ID number,Assignment: Групповой проект (Real)\nA26-P-0001,1\nA26-P-0002,x\nNEW,2\n"
    bring(page, url, {"name": "a.csv", "mimeType": "text/csv", "buffer": rows.encode()}, "group")
    assert plain(page.inner_text("h1")) == "Preview: Group"
    headings = [plain(heading) for heading in page.locator("main h2").all_inner_texts()]
    assert headings == ["Left out", "Not known yet", "Marks that change", "What is in the file"]
    ours = page.eval_on_selector_all(
        "main h2, main th[scope=col], main .note, main .facts", "all => all.map(one => one.innerText)"
    )
    assert [text for text in ours if re.search("[а-яё]", text, re.IGNORECASE)] == []
    looked_at(page, axe)
