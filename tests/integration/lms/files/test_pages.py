"""The pages of files over HTTP: what a person confirms is what is written; a refusal keeps what was typed."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from bridge.lms.files.work import forget_files
from bridge.lms.models import LmsFileDraft, LmsGradebookGrade, LmsSite
from tests.support.app import Browser, World
from tests.support.backups import FILES, changed


@pytest.fixture
def alone(world: World) -> World:
    """The world, whose first municipality has lost its connection and everything read by it."""
    with world.installation.database.writing() as session:
        site = session.scalars(select(LmsSite).where(LmsSite.municipality_id == world.here.municipality_id)).one()
        site.token_closed, site.url = "", ""
    return world


def bring(browser: Browser, data: bytes, name: str, course: str = "") -> str:
    answer = browser.send(
        "POST", "/moodle/files", data={"file": (io.BytesIO(data), name), "course": course}, headers={}
    )
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def shown(browser: Browser, address: str) -> str:
    """A page's text without the spaces and joiners that typography puts in."""
    text = browser.send("GET", address, headers={}).text
    return text.replace("\xa0", " ").replace("\N{WORD JOINER}", "")


def seen(page: str) -> str:
    return page.split('name="seen" value="', 1)[1].split('"', 1)[0]


def test_what_is_confirmed_is_written_and_the_draft_is_gone(alone: World) -> None:
    browser = alone.signed_in("organiser")
    address = bring(browser, b"ID number,Essay (Real)\nZ1,5\n", "a.csv", "Новый курс")
    drawn = browser.send("GET", address, headers={})
    assert "Новый курс" in drawn.text
    answer = browser.send("POST", address, data={"seen": seen(drawn.text)}, headers={})
    assert (answer.status_code, answer.location) == (303, "/moodle/files")
    assert "Новый курс" in browser.send("GET", "/moodle/files", headers={}).text
    assert browser.send("GET", address, headers={}).status_code == 404
    with alone.installation.database.reading() as session:
        assert session.scalars(select(LmsFileDraft)).all() == []
        assert 5 in {row.grade for row in session.scalars(select(LmsGradebookGrade))}


def test_another_preview_than_the_one_confirmed_is_shown_again(alone: World) -> None:
    browser = alone.signed_in("organiser")
    address = bring(browser, b"ID number,Essay (Real)\nZ1,5\n", "a.csv", "c")
    answer = browser.send("POST", address, data={"seen": "of another"}, headers={})
    assert (answer.status_code, answer.location) == (303, address)
    assert browser.send("GET", address, headers={}).status_code == 200


def test_a_file_that_is_refused_keeps_the_course_that_was_typed(alone: World) -> None:
    browser = alone.signed_in("organiser")
    answer = browser.send(
        "POST", "/moodle/files", data={"file": (io.BytesIO(b"%PDF-1.7"), "a.pdf"), "course": "Отбор"}, headers={}
    )
    assert answer.status_code == 422
    assert 'value="Отбор"' in answer.text


def test_a_backup_beside_a_connection_is_refused(world: World) -> None:
    browser = world.signed_in("organiser")
    data = (FILES / "course-5.mbz").read_bytes()
    answer = browser.send("POST", "/moodle/files", data={"file": (io.BytesIO(data), "c.mbz")}, headers={})
    assert answer.status_code == 422
    assert "/moodle/files" not in (answer.location or "")


def test_uploads_nobody_confirms_are_forgotten(alone: World) -> None:
    browser = alone.signed_in("organiser")
    address = bring(browser, b"ID number,Essay (Real)\nZ1,5\n", "a.csv", "c")
    alone.clock.advance(timedelta(minutes=59))
    forget_files(alone.installation)
    assert browser.send("GET", address, headers={}).status_code == 200
    alone.clock.advance(timedelta(minutes=1))
    assert browser.send("GET", address, headers={}).status_code == 404
    forget_files(alone.installation)
    with alone.installation.database.reading() as session:
        assert session.scalars(select(LmsFileDraft)).all() == []


ROWS = b"ID number,Last name,Essay (Real),Essay (Feedback),Note\n%s"


def test_the_preview_says_what_changes_and_what_does_not(alone: World) -> None:
    browser = alone.signed_in("organiser")
    first = bring(browser, ROWS % b"Z1,Ochirov,5,,x\nZ2,Badmaev,6,,\n", "a.csv", "c")
    drawn = browser.send("GET", first, headers={}).text
    assert "«Note»" in drawn
    browser.send("POST", first, data={"seen": seen(drawn)}, headers={})
    again = shown(browser, bring(browser, ROWS % b"Z1,Ochirov,5,,\n", "a.csv", "c"))
    assert "Принять" not in again
    assert "нет в файле" in again
    other = shown(browser, bring(browser, ROWS % b"Z1,Ochirov,7,,\n", "a.csv", "c"))
    assert "5.00" in other
    assert "7.00" in other


def test_totals_have_a_name_on_the_page_and_lines_have_an_end(alone: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.lms.views.files.MOST_SHOWN", 1)
    browser = alone.signed_in("organiser")
    header = b"ID number,Course total (Real)\n"
    address = bring(browser, header + b"Z1,5\nZ2,6\n", "a.csv", "c")
    browser.send("POST", address, data={"seen": seen(browser.send("GET", address, headers={}).text)}, headers={})
    drawn = shown(browser, bring(browser, header + b"Z1,7\nZ2,9\nZ2,8\n,4\n", "a.csv", "c"))
    assert "итог курса" in drawn
    assert len(re.findall("Не показан[аоы] ещё", drawn)) == 2


def test_an_older_backup_is_shown_and_not_taken_in(alone: World) -> None:
    browser = alone.signed_in("organiser")
    newer = bring(browser, (FILES / "course-2.mbz").read_bytes(), "b.mbz")
    browser.send("POST", newer, data={"seen": seen(browser.send("GET", newer, headers={}).text)}, headers={})
    data = changed("course-2.mbz", moodle_backup=lambda cover: cover.replace(b"1795508308", b"1795508307"))
    older = bring(browser, data, "b.mbz")
    drawn = shown(browser, older)
    assert "вернул бы оценки назад" in drawn
    answer = browser.send("POST", older, data={"seen": seen(drawn)}, headers={})
    assert (answer.status_code, answer.location) == (303, older)


def test_an_upload_is_forgotten_at_once_when_somebody_says_so(alone: World) -> None:
    browser = alone.signed_in("organiser")
    address = bring(browser, b"ID number,Essay (Real)\nZ1,5\n", "a.csv", "c")
    assert browser.send("POST", f"{address}/discard", headers={}).location == "/moodle/files"
    assert browser.send("GET", address, headers={}).status_code == 404


def test_without_a_file_the_form_says_so(alone: World) -> None:
    answer = alone.signed_in("organiser").send("POST", "/moodle/files", data={}, headers={})
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text


def test_beside_a_connection_there_is_no_form(world: World) -> None:
    page = world.signed_in("organiser").send("GET", "/moodle/files", headers={})
    assert page.status_code == 200
    assert 'type="file"' not in page.text


def test_whoever_is_not_known_yet_is_named_where_others_are(alone: World) -> None:
    browser = alone.signed_in("organiser")
    first = bring(browser, ROWS % b"Z1,Ochirov,5,,\n", "a.csv", "c")
    drawn = shown(browser, first)
    assert "Ещё не известны" not in drawn
    browser.send("POST", first, data={"seen": seen(drawn)}, headers={})
    again = shown(browser, bring(browser, ROWS % b"Z1,Ochirov,5,,\nZ9,Otchirov,5,,\n,Nobody,1,,\n", "a.csv", "c"))
    assert "Ещё не известны" in again
    assert "Otchirov" in again
    assert "Z9" in again


def test_files_that_are_a_week_old_are_a_thing_to_do(alone: World) -> None:
    browser = alone.signed_in("organiser")
    address = bring(browser, b"ID number,Essay (Real)\nZ1,5\n", "a.csv", "c")
    browser.send("POST", address, data={"seen": seen(shown(browser, address))}, headers={})
    assert "больше недели назад" not in shown(browser, "/home")
    alone.clock.advance(timedelta(days=8))
    later = alone.signed_in("organiser")
    assert "больше недели назад" in shown(later, "/home")
