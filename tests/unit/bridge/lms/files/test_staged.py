"""What was read waits as it was read; a time of export and marks of every kind included."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bridge.lms.files.fitting import misfit, room_of
from bridge.lms.files.staged import StagedBackup, StagedSheet, pack, unpack
from lms_sync.files.gradebook import (
    GradeColumn,
    GradeSheet,
    SheetMark,
    SheetPerson,
    SheetProblem,
    SheetProblemCode,
    read_gradebook,
)
from lms_sync.plan import Coverage, Part
from lms_sync.records import Enrolment, GradeItem, Kind, User
from tests.support.backups import FILES

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)


def test_an_export_waits_unchanged() -> None:
    sheet = GradeSheet(
        "Оценки",
        (GradeColumn(4, "mod", "assign", "Эссе"), GradeColumn(5, "course", None, "", is_scale=True, has_marks=False)),
        (SheetPerson(2, "Анна", "Бадмаева", "A1", suspended=True), SheetPerson(3)),
        (SheetMark(2, 4, Decimal("4.5"), percentage=Decimal(90)), SheetMark(3, 5, label="готов", feedback="да")),
        (SheetProblem(4, None, SheetProblemCode.NOBODY), SheetProblem(5, 6, SheetProblemCode.A_DATE, "x")),
        ("Дата рождения",),
        AT,
    )
    staged = StagedSheet("a26", sheet)
    assert unpack(pack(staged)) == staged


@pytest.mark.parametrize("name", ["grades-2.xlsx", "grades-4.xml"])
def test_a_real_export_waits_unchanged(name: str) -> None:
    staged = StagedSheet("c", read_gradebook((FILES / name).read_bytes()))
    assert unpack(pack(staged)) == staged


def test_parts_keep_their_coverage_and_records_their_types() -> None:
    enrolment = Enrolment(2, 3, ("mentor", "student"), suspended=False)
    parts = (
        Part(Kind.ENROLMENT, 2, Coverage.WHOLE, (enrolment,)),
        Part(Kind.USER, None, Coverage.PARTIAL),
    )
    staged = StagedBackup("https://m.test", "4.5", 2, "Курс", None, parts)
    found = unpack(pack(staged))
    assert found == staged
    assert isinstance(found, StagedBackup)
    assert isinstance(found.parts[0].records[0], Enrolment)


def user(**changes: object) -> User:
    values: dict[str, object] = {
        "user_id": 1,
        "username": "u",
        "first_name": "А",
        "last_name": "Б",
        "email": "",
        "idnumber": "",
        "institution": "",
        "department": "",
        **changes,
    }
    return User(**values)  # type: ignore[arg-type]


def test_records_that_fit_no_column_are_told_before_they_are_written() -> None:
    assert misfit(Kind.USER, user()) is None
    assert misfit(Kind.USER, user(username="x" * 101)) == "username"
    assert misfit(Kind.USER, user(user_id=2**31)) == "moodle_user_id"
    assert misfit(Kind.ENROLMENT, Enrolment(1, 2, ("x" * 5_000,), suspended=True)) is None
    item = GradeItem(1, 1, "mod", None, None, None, None, None, "", "", Decimal(0), Decimal(10**12), False, False)  # noqa: FBT003
    assert misfit(Kind.GRADE_ITEM, item) == "grade_max"
    assert room_of(Kind.USER, "username") == 100
    assert room_of(Kind.GRADEBOOK_GRADE, "feedback") == 0
