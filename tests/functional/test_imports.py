"""Templates and imports from the command line: what is printed, what is left behind, with which code it ends."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest

from tests.functional.shell import Shell

DONE, REFUSED, USAGE, UNREACHABLE, PARTLY = range(5)

pytestmark = pytest.mark.xdist_group("command-line")


def rows(shell: Shell, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(shell.database_file)) as connection:
        return connection.execute(query).fetchall()


def table(path: Path, *lines: Sequence[str]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows(lines)
    return path


@pytest.fixture
def schools(tmp_path: Path) -> Path:
    return table(tmp_path / "schools.csv", ("Полное название", "Код"), ("МБОУ «Сарпинская СОШ»", "03"))


@pytest.fixture
def people(tmp_path: Path) -> Path:
    return table(
        tmp_path / "people.csv",
        ("Фамилия", "Имя", "Школа", "Телефон", "Стаж"),
        ("Бадмаев", "Очир", "сарпинская сош", "8 900 111-22-33", "12"),
        ("Манджиева", "Галина", "Сарпинская СШ", "", "7"),
    )


def test_a_file_is_imported_once_and_then_has_nothing_to_say(fresh: Shell, schools: Path) -> None:
    first = fresh.run("import", "schools", schools)
    assert (first.code, first.err) == (DONE, "")
    assert first.out.startswith("1 new, 0 to be changed")
    again = fresh.run("import", "schools", schools, "--json")
    assert again.code == DONE
    told = json.loads(again.out)
    assert (told["new"], told["changed"], told["unchanged"], told["waiting"]) == (0, 0, 1, [])
    assert rows(fresh, "SELECT code, short_name FROM school") == [("03", "Сарпинская СОШ")]


def test_a_wrong_row_is_named_and_keeps_everything_from_being_written(
    fresh: Shell, schools: Path, people: Path
) -> None:
    fresh.call("import", "schools", schools)
    said = fresh.run("import", "people", people)
    assert said.code == REFUSED
    assert "Row 3: School: There is no such school here. Perhaps “Сарпинская СОШ”?" in said.out
    assert "Columns that were not read: Стаж." in said.out
    assert said.out.endswith("Nothing was written.\n")
    assert rows(fresh, "SELECT count(*) FROM person") == [(1,)]


def test_the_rows_that_are_right_can_be_taken_and_the_others_left(fresh: Shell, schools: Path, people: Path) -> None:
    fresh.call("import", "schools", schools)
    said = fresh.run("import", "people", people, "--skip-errors", "--json")
    assert said.code == PARTLY
    told = json.loads(said.out)
    assert (told["written"], told["new"], told["wrong"]) == (True, 1, 1)
    assert told["ignored_columns"] == ["Стаж"]
    assert [(line["row"], line["field"]) for line in told["waiting"]] == [(3, "school")]
    assert rows(fresh, "SELECT last_name, phone FROM person ORDER BY id DESC LIMIT 1") == [
        ("Бадмаев", "8 900 111-22-33")
    ]
    assert rows(fresh, "SELECT source FROM audit_entry WHERE act = 'person.created'") == [("command_line",)]


def test_a_dry_run_writes_nothing(fresh: Shell, schools: Path) -> None:
    said = fresh.run("import", "schools", schools, "--dry-run")
    assert (said.code, said.out.splitlines()[-1]) == (DONE, "Nothing was written.")
    assert rows(fresh, "SELECT count(*) FROM school") == [(0,)]


def test_somebody_called_alike_waits_for_the_records_code(fresh: Shell, tmp_path: Path) -> None:
    path = table(tmp_path / "people.csv", ("Фамилия", "Имя", "Должность"), ("Очирова", "Тамара", "методист"))
    said = fresh.call("import", "people", path)
    ((uid,),) = rows(fresh, "SELECT uid FROM person")
    assert said.code == REFUSED
    assert f"Очирова Тамара, {uid}" in said.out
    path = table(tmp_path / "people.csv", ("Код записи", "Должность", "Фамилия", "Имя"), (uid, "методист", "", ""))
    assert fresh.call("import", "people", path).code == DONE
    assert rows(fresh, "SELECT last_name, position FROM person") == [("Очирова", "методист")]


@pytest.mark.parametrize("name", ["filled.xlsx", "filled.csv"])
def test_a_filled_template_changes_nothing(fresh: Shell, schools: Path, tmp_path: Path, name: str) -> None:
    fresh.call("import", "schools", schools)
    for kind in ("schools", "people"):
        path = tmp_path / name
        written = fresh.call("template", kind, "--output", path, "--filled", "--language", "en")
        assert (written.code, written.out) == (DONE, f"The template is in {path}.\n")
        told = json.loads(fresh.call("import", kind, path, "--json").out)
        assert (told["new"], told["changed"], told["unchanged"], told["waiting"]) == (0, 0, 1, [])


def test_an_empty_template_is_in_the_language_asked_for_and_its_example_is_not_imported(
    fresh: Shell, tmp_path: Path
) -> None:
    path = tmp_path / "mentors.xlsx"
    assert fresh.run("template", "mentors", "--output", path, "--language", "ru").code == DONE
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert (sheet.title, sheet["B1"].value, sheet["A2"].value) == ("Наставники", "Фамилия", "пример")
    assert fresh.call("template", "mentors", "--output", path, "--language", "en").code == DONE
    assert openpyxl.load_workbook(path).worksheets[0].title == "Mentors"
    refused = fresh.call("import", "mentors", path)
    assert refused.code == REFUSED
    assert "no rows" in refused.error


def test_what_cannot_be_read_or_written_is_one_line(fresh: Shell, tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 and no more")
    assert fresh.call("import", "people", broken).error.startswith("The file is damaged.")
    births = table(tmp_path / "b.csv", ("Фамилия", "Имя", "Дата рождения"), ("Очирова", "Тамара", "01.02.1980"))
    refused = fresh.call("import", "people", births)
    assert refused.code == REFUSED
    assert "dates of birth" in refused.error
    assert "1980" not in refused.err
    nowhere = fresh.call("template", "people", "--output", tmp_path / "no" / "such" / "folder.xlsx")
    assert nowhere.code == REFUSED
    assert "cannot be written" in nowhere.error
    assert fresh.call("import", "pupils", births).code == USAGE
