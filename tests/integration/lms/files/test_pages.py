"""The pages of files over HTTP: what a person confirms is what is written; a refusal keeps what was typed."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from bridge.lms.files.work import forget_files
from bridge.lms.models import LmsFileDraft, LmsGradebookGrade, LmsSite
from tests.support.app import Browser, World
from tests.support.backups import FILES


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
