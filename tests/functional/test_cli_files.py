"""Files of Moodle on the command line: what is typed, what is printed, what is left behind, twice."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.functional.shell import Shell
from tests.support.backups import FILES

DONE, REFUSED, USAGE, UNREACHABLE, PARTLY = range(5)

pytestmark = pytest.mark.xdist_group("command-line")


def rows(shell: Shell, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(shell.database_file)) as connection:
        return connection.execute(query).fetchall()


def test_a_season_is_brought_as_backups_and_rated(fresh: Shell, tmp_path: Path) -> None:
    for course in (2, 3, 4, 5):
        said = fresh.run("import-backup", FILES / f"course-{course}.mbz")
        assert (said.code, said.out.splitlines()[-1]) == (DONE, "The file was taken in.")
    file = tmp_path / "season.yaml"
    courses = "    a26-select: 1\n    a26-group: 2\n    a26-individual: 3\n    a26-implement: 4\n"
    file.write_text(
        f"version: 1\nname: a26\nstarts: 2026-09-01\nends: 2028-06-01\nstage: 3\nmoodle:\n  courses:\n{courses}",
        encoding="utf-8",
    )
    assert fresh.run("season", "import", file).code == DONE
    rated = json.loads(fresh.run("rate", "--json").out)
    assert len(rated["people"]) == 60
    assert any(person["rank"] == 1 and float(person["total"]) > 0 for person in rated["people"])


def test_the_same_backup_again_changes_nothing(fresh: Shell) -> None:
    backup = FILES / "course-2.mbz"
    told = json.loads(fresh.run("import-backup", backup, "--dry-run", "--json").out)
    assert (told["written"], told["course"]) == (False, "Этап 1. Отбор в акселератор")
    assert told["kinds"]["criterion_mark"] == {"new": 1020, "changed": 0, "gone": 0, "same": 0}
    assert rows(fresh, "SELECT count(*) FROM lms_site") == [(0,)]
    fresh.run("import-backup", backup)
    again = fresh.run("import-backup", backup)
    assert again.out.splitlines()[-1] == "Nothing changes: everything in this file is known already."
    assert rows(fresh, "SELECT count(*) FROM lms_criterion_mark") == [(1020,)]
    assert rows(fresh, "SELECT act FROM audit_entry WHERE act = 'lms.file_imported'") == [("lms.file_imported",)] * 2


def test_an_export_is_taken_in_and_wrong_rows_are_named(fresh: Shell, tmp_path: Path) -> None:
    said = fresh.run("import-grades", FILES / "grades-4.ods", "--course", "a26-individual")
    assert said.out.splitlines()[0] == "a26-individual"
    file = tmp_path / "marks.csv"
    file.write_text("ID number,Essay (Real)\nA26-P-0001,five\nA26-P-0002,4\n", encoding="utf-8")
    partly = fresh.call("import-grades", file, "--course", "a26-individual")
    assert partly.code == PARTLY
    assert "Row 2, column B: Not a mark of this column" in partly.out
    assert partly.out.splitlines()[-1] == "The file was taken in."
    assert rows(fresh, "SELECT count(*) FROM lms_user") == [(60,)]


def test_files_that_are_not_taken_in_are_refused_on_one_line(fresh: Shell, tmp_path: Path) -> None:
    file = tmp_path / "a.mbz"
    file.write_bytes(b"%PDF-1.7")
    said = fresh.call("import-backup", file)
    assert (said.code, said.out) == (REFUSED, "")
    assert "not a file of the kind" in said.error
    assert fresh.call("import-grades", file).code == USAGE
    fresh.run("import-backup", FILES / "course-2.mbz")
    other = fresh.call("import-backup", FILES / "after-course-2.mbz")
    assert other.code == REFUSED
    assert "another Moodle" in other.error
    assert "not connected yet" in fresh.call("sync").error


def test_beside_a_connection_files_are_refused(story: object, tmp_path: Path) -> None:
    shell = story.copy(tmp_path)  # type: ignore[attr-defined]
    said = shell.call("import-backup", FILES / "course-2.mbz")
    assert said.code == REFUSED
    assert "read by itself" in said.error
