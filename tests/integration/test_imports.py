"""Imports over HTTP: template, upload, preview, report, confirm; on both databases, beside Moodle's people."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

import openpyxl
import xlsxwriter
from sqlalchemy import select
from werkzeug.test import TestResponse

from bridge.lms.models import LmsSite, LmsUser
from bridge.people.models import ImportDraft, Person, School
from bridge.programme.directory import moodle_people
from bridge.programme.roster import link_people
from tests.support.app import NOW, SCHOOLS, Browser, World

HEADER = ("Фамилия", "Имя", "Отчество", "Школа", "Должность", "E-mail", "Телефон")
SEEN = re.compile(r'name="seen" value="([0-9a-f]+)"')


def workbook(*rows: Sequence[str | None], header: Sequence[str] = HEADER) -> bytes:
    """A workbook of texts, also of those that look like formulas."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((header, *rows)):
            for place, text in enumerate(row):
                sheet.write_string(number, place, text or "")
    return out.getvalue()


def send(browser: Browser, data: bytes, *, table: str = "people", name: str = "люди.xlsx") -> TestResponse:
    return browser.post(
        "/people/import",
        {"table": table, "file": (io.BytesIO(data), name)},
        content_type="multipart/form-data",
        headers={"Accept-Language": "ru"},
    )


def confirm(browser: Browser, preview: str, decisions: Mapping[str, str] | None = None) -> TestResponse:
    seen = SEEN.search(browser.get(preview).text)
    assert seen is not None
    return browser.post(preview, {"seen": seen[1], **(decisions or {})})


def plain(answer: TestResponse) -> str:
    return " ".join(answer.text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{WORD JOINER}", "").split())


def cells(data: bytes, sheet: int = 0) -> list[list[str]]:
    rows = openpyxl.load_workbook(io.BytesIO(data)).worksheets[sheet].iter_rows(values_only=True)
    return [["" if cell is None else str(cell) for cell in row] for row in rows]


def person_called(world: World, last_name: str) -> list[Person]:
    with world.installation.database.reading() as session:
        return list(session.scalars(select(Person).where(Person.last_name == last_name)))


def test_from_a_file_with_errors_to_everybody_in_the_list(world: World) -> None:
    organiser = world.signed_in("organiser")
    good = ("Бадмаев", "Очир", "Саналович", "Сарпинская СОШ", "=директор", "b@example.ru", "+7 900 111-22-33")
    bad = ("Манджиева", "Галина", None, "Сарпинская СШ", None, "галина", None)
    sent = send(organiser, workbook(good, bad))
    assert sent.status_code == 303
    preview = organiser.get(sent.location)
    assert "Может быть, «Сарпинская СОШ»?" in plain(preview)
    assert "Это не адрес электронной почты" in plain(preview)
    assert person_called(world, "Бадмаев") == []

    report = organiser.get(f"{sent.location}/errors")
    assert report.headers["Cache-Control"] == "private, no-store"
    head, row = cells(report.data)
    by_name = dict(zip(head, row, strict=True))
    assert (by_name["Строка файла"], by_name["Фамилия"], by_name["E-mail"]) == ("3", "Манджиева", "галина")
    assert by_name["Что исправить"].count("Школа:") == 1

    imported = confirm(organiser, sent.location)
    assert imported.location == sent.location, "a row still waits"
    (made,) = person_called(world, "Бадмаев")
    assert (made.position, made.phone, made.municipality_id) == (
        "=директор",
        "+7 900 111-22-33",
        world.here.municipality_id,
    )

    mended = [{"Сарпинская СШ": "Сарпинская СОШ", "галина": "g@example.ru"}.get(cell, cell) for cell in row]
    again = send(organiser, workbook(mended, header=head), name="исправлено.xlsx")
    done = confirm(organiser, again.location)
    assert done.location == "/people"
    page = plain(organiser.get("/people?q=мандж"))
    assert "Манджиева Галина" in page
    assert "g@example.ru" in page
    assert organiser.get(again.location).status_code == 404


def test_a_repeated_import_says_that_nothing_changes(on_file: World) -> None:
    organiser, data = on_file.signed_in("organiser"), workbook(("Бадмаев", "Очир"))
    assert confirm(organiser, send(organiser, data).location).status_code == 303
    again = organiser.get(send(organiser, data).location)
    assert "Ничего не изменится" in plain(again)
    assert 'form="confirm"' not in again.text


def test_a_filled_template_of_moodles_people_comes_back_unchanged(world: World) -> None:
    organiser = world.signed_in("organiser")
    for table in ("schools", "people", "mentors", "experts"):
        filled = organiser.get(f"/people/import/templates/{table}?filled=1")
        assert filled.status_code == 200
        if len(cells(filled.data)) > 1 and table != "experts":
            assert "Ничего не изменится" in plain(organiser.get(send(organiser, filled.data, table=table).location))


def test_the_patronymic_that_moodle_lacks_is_added_and_survives_a_sync(world: World) -> None:
    organiser = world.signed_in("organiser")
    head, *rows = cells(organiser.get("/people/import/templates/people?filled=1").data)
    mine = next(row for row in rows if row[head.index("Фамилия")] == "Фамилия participant")
    mine[head.index("Отчество")], mine[head.index("Имя")] = "Батровна", mine[head.index("Имя")].upper()
    assert confirm(organiser, send(organiser, workbook(mine, header=head)).location).status_code == 303
    with world.installation.database.writing() as session:
        link_people(session, session.get_one(LmsSite, world.here.site_id), NOW)
    (person,) = person_called(world, "Фамилия participant")
    assert (person.middle_name, person.first_name) == ("Батровна", "Айса")


def test_a_name_that_moodle_keeps_is_not_changed_by_a_file(on_file: World) -> None:
    organiser = on_file.signed_in("organiser")
    row = (on_file.people["participant"], "Другая", "Айса")
    page = organiser.get(
        send(organiser, workbook(row, header=("Код записи", "Фамилия", "Имя"))).location,
    )
    assert "Имя этого человека ведётся в Moodle: «Фамилия participant»" in plain(page)


def test_people_are_found_by_moodles_number_login_and_address(world: World) -> None:
    with world.installation.database.writing() as session:
        for user in session.scalars(select(LmsUser).where(LmsUser.site_id == world.here.site_id)):
            user.idnumber, user.email = f"N-{user.moodle_user_id}", f"u{user.moodle_user_id}@example.ru"
            user.username = f"login{user.moodle_user_id}"
        known = moodle_people(session, world.here.municipality_id)
        assert {side.id_number for side in known.values()} >= {"N-101", "N-102"}
    organiser = world.signed_in("organiser")
    header = ("Фамилия", "Имя", "Телефон", "Индивидуальный номер", "Логин Moodle", "E-mail")
    rows = [
        ("Фамилия participant", "Айса", "8 900 111-22-31", "N-101", None, None),
        ("Фамилия classmate", "Айса", "8 900 111-22-32", None, "login102", None),
        ("Фамилия teacher", "Айса", "8 900 111-22-33", None, None, "U103@example.ru"),
    ]
    assert confirm(organiser, send(organiser, workbook(*rows, header=header)).location).location == "/people"
    for row in rows:
        (person,) = person_called(world, row[0])
        assert person.phone == row[2]
        assert (person.id_number, person.email) == ("", ""), "what Moodle knows already is not copied"


def test_nobody_of_another_municipality_is_met_by_name_number_or_school(on_file: World) -> None:
    organiser = on_file.signed_in("organiser")
    with on_file.installation.database.writing() as session:
        there = on_file.there.municipality_id
        session.add(School(municipality_id=there, name="МБОУ «Яшкульская СОШ»", short_name="Яшкульская СОШ"))
    rows = [
        (on_file.people["there_participant"], "Фамилия there_participant", "Айса", None),
        (None, "Фамилия there_classmate", "Айса", None),
        (None, "Новый", "Человек", "Яшкульская СОШ"),
    ]
    page = plain(
        organiser.get(send(organiser, workbook(*rows, header=("Код записи", "Фамилия", "Имя", "Школа"))).location)
    )
    assert "Записи с таким кодом здесь нет" in page
    assert "Такой школы здесь нет" in page
    assert "Это тот же человек?" not in page


def test_somebody_called_alike_waits_for_a_word(world: World) -> None:
    organiser = world.signed_in("organiser")
    sent = send(organiser, workbook(("фамилия classmate", "АЙСА", "Ивановна", None, None, None, "8 900 111-22-33")))
    page = organiser.get(sent.location)
    assert "Это тот же человек?" in plain(page)
    assert confirm(organiser, sent.location).location == sent.location, "nothing is decided yet"
    assert person_called(world, "фамилия classmate") == []
    joined = confirm(organiser, sent.location, {"same-2": world.people["classmate"]})
    assert joined.location == "/people"
    (person,) = person_called(world, "Фамилия classmate")
    assert (person.middle_name, person.phone) == ("Ивановна", "8 900 111-22-33")


def test_what_changed_since_the_preview_is_looked_at_again(on_file: World) -> None:
    organiser = on_file.signed_in("organiser")
    sent = send(organiser, workbook(("Бадмаев", "Очир", None, None, None, None, "8 900 111-22-33")))
    seen = SEEN.search(organiser.get(sent.location).text)
    assert seen is not None
    assert confirm(organiser, send(organiser, workbook(("Бадмаев", "Очир"))).location).status_code == 303
    refused = organiser.post(sent.location, {"seen": seen[1]})
    assert refused.location == sent.location
    assert "данные изменились" in plain(organiser.get(sent.location))
    assert [person.phone for person in person_called(on_file, "Бадмаев")] == [""]


def test_a_preview_lives_for_an_hour(on_file: World) -> None:
    organiser = on_file.signed_in("organiser")
    preview = send(organiser, workbook(("Бадмаев", "Очир"))).location
    on_file.clock.advance(timedelta(minutes=59))
    assert organiser.get(preview).status_code == 200
    on_file.clock.advance(timedelta(minutes=1))
    gone = organiser.get(preview)
    assert gone.status_code == 404
    assert "хранится один час" in plain(gone)


def test_a_discarded_upload_is_gone_at_once(on_file: World) -> None:
    organiser = on_file.signed_in("organiser")
    preview = send(organiser, workbook(("Бадмаев", "Очир"))).location
    assert organiser.post(f"{preview}/discard").location.startswith("/people/import")
    with on_file.installation.database.reading() as session:
        assert session.scalars(select(ImportDraft)).all() == []


def test_a_file_that_cannot_be_read_is_answered_beside_its_field(on_file: World) -> None:
    organiser = on_file.signed_in("organiser")
    refusals = {
        b"": "Файл пуст",
        b"\x89PNG\r\n\x1a\n" + bytes(64): "",
        workbook(("Бадмаев", "Очир", "01.02.1990"), header=("Фамилия", "Имя", "Дата рождения")): "даты рождения",
        workbook(("Бадмаев", "СОШ"), header=("Фамилия", "Школа")): "«Имя»",
    }
    for data, words in refusals.items():
        answer = send(organiser, data)
        assert answer.status_code == 422
        assert words in plain(answer)
        assert 'id="file-error"' in answer.text
        assert "01.02.1990" not in answer.text
    with on_file.installation.database.reading() as session:
        assert session.scalars(select(ImportDraft)).all() == []


def test_csv_and_another_table_are_read_as_well(on_file: World) -> None:
    organiser = on_file.signed_in("organiser")
    data = "Полное название;Код\r\nМБОУ «Новая СОШ»;'=7\r\n".encode("utf-8-sig")
    assert confirm(organiser, send(organiser, data, table="schools", name="школы.csv").location).location == "/schools"
    page = plain(organiser.get("/schools"))
    assert "МБОУ «Новая СОШ»" in page
    assert "=7" in page
    template = organiser.get("/people/import/templates/schools?filled=1&format=csv")
    assert template.data.decode("utf-8-sig").count("'=7") == 1


def test_text_of_a_file_is_never_markup(on_file: World) -> None:
    organiser = on_file.signed_in("organiser")
    evil = "<script>alert(1)</script>"
    sent = send(organiser, workbook((evil, evil, evil, evil, evil, evil), header=(*HEADER[:-1],)), name=f"{evil}.xlsx")
    page = organiser.get(sent.location)
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text


def test_lists_are_filtered_and_lead_to_each_other(on_file: World) -> None:
    organiser = on_file.signed_in("organiser")
    schools = organiser.get("/schools")
    assert SCHOOLS[0] in plain(schools)
    people_of = re.search(r'href="(/people\?school=[^"]+)"', schools.text)
    assert people_of is not None
    page = plain(organiser.get(people_of[1]))
    assert "Фамилия participant" in page or "Фамилия classmate" in page
    by_role = plain(organiser.get("/people?role=mentor"))
    assert "Фамилия mentor" in by_role
    assert "Фамилия participant" not in by_role
    assert "Фамилия there_" not in plain(organiser.get("/people"))
    assert "Сбросить фильтры" in plain(organiser.get("/people?q=неведомый"))
