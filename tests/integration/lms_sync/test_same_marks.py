"""One season by four ways: web services in JSON and in XML, course backups, gradebook exports. The marks are the same.

What a way does not have is named here, and in docs/files.md; nothing else differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import cast

import pytest

from lms_sync.client import Format
from lms_sync.files.backup import read_backup
from lms_sync.files.gradebook import GradeSheet, read_gradebook
from lms_sync.plan import Part
from lms_sync.records import Assignment, GradebookGrade, GradeItem, Key, Kind, Record, User
from tests.integration.lms_sync.conftest import WHOLE, Read
from tests.integration.lms_sync.recorded import RecordedSite
from tests.support.backups import FILES

COURSES = (2, 3, 4, 5)
Records = dict[Kind, dict[Key, Record]]

ONLY_ASKED = {Kind.CATEGORY, Kind.COHORT, Kind.COHORT_MEMBER}
"""What a backup of a course cannot know."""
ONLY_BACKED_UP = {Kind.SCALE, Kind.ACTIVITY_COMPLETION}
"""What the recorded reading does not ask for."""
SUSPENDED = {19, 36, 53}
"""Their enrolments are suspended in some courses: the site leaves them out of the gradebook there."""
STEP = Decimal("0.01")


def sorted_records(parts: Iterator[Part]) -> Records:
    found: Records = {kind: {} for kind in Kind}
    for part in parts:
        found[part.kind] |= {record.key: record for record in part.records}
    return found


@pytest.fixture(scope="module")
def backups() -> Records:
    def parts() -> Iterator[Part]:
        for course_id in COURSES:
            with (FILES / f"course-{course_id}.mbz").open("rb") as file:
                yield from read_backup(file).parts

    return sorted_records(parts())


@pytest.fixture(scope="module")
def asked(season: Read) -> Records:
    return sorted_records(iter(season.parts))


def timeless(record: Record) -> Record:
    """Without times: the backups were made of the same season, filled in on another day."""
    times = {field.name: None for field in fields(record) if isinstance(getattr(record, field.name), datetime)}
    return replace(record, **times)  # type: ignore[arg-type]


def marked(records: dict[Key, Record]) -> dict[Key, Record]:
    """Grades of the gradebook that are there: a cell without a mark need not be told."""
    grades = cast("dict[Key, GradebookGrade]", records)
    return {key: timeless(grade) for key, grade in grades.items() if grade.grade is not None or grade.feedback}


def test_answers_in_xml_give_the_same_records(season: Read, read: Callable[..., Read]) -> None:
    in_xml = read(RecordedSite(), WHOLE, Format.XML)
    assert in_xml.problems == []
    for kind in Kind:
        assert in_xml.records(kind) == season.records(kind), kind


@pytest.mark.parametrize(
    "kind", [kind for kind in Kind if kind not in ONLY_ASKED | ONLY_BACKED_UP | {Kind.GRADEBOOK_GRADE}]
)
def test_a_backup_gives_the_same_records(kind: Kind, asked: Records, backups: Records) -> None:
    rounded = {Kind.WORKSHOP_ASSESSMENT}
    theirs = {key: timeless(record) for key, record in asked[kind].items()}
    ours = {key: timeless(record) for key, record in backups[kind].items()}
    assert ours.keys() == theirs.keys()
    if kind not in rounded:
        assert ours == theirs


def test_a_backup_gives_the_same_marks_and_those_of_suspended_people_too(asked: Records, backups: Records) -> None:
    theirs, ours = marked(asked[Kind.GRADEBOOK_GRADE]), marked(backups[Kind.GRADEBOOK_GRADE])
    assert len(theirs) == 609
    assert {key: ours[key] for key in theirs} == theirs
    assert {user_id for _, user_id in ours.keys() - theirs.keys()} == SUSPENDED


def test_the_site_rounds_marks_of_reviews_and_a_backup_does_not(asked: Records, backups: Records) -> None:
    theirs, ours = asked[Kind.WORKSHOP_ASSESSMENT], backups[Kind.WORKSHOP_ASSESSMENT]
    for key, review in ours.items():
        for name in ("grade", "grading_grade"):
            exact, told = getattr(review, name), getattr(theirs[key], name)
            assert (exact is None) == (told is None)
            assert exact is None or abs(exact - told) <= Decimal("0.5")


def test_what_a_backup_alone_or_the_site_alone_has_is_known(asked: Records, backups: Records) -> None:
    assert all(backups[kind] == {} and asked[kind] for kind in ONLY_ASKED)
    assert all(asked[kind] == {} and backups[kind] for kind in ONLY_BACKED_UP)


# ------------------------------------------------------------ exports


def exported(course_id: int, kind: str) -> GradeSheet:
    with (FILES / f"grades-{course_id}.{kind}").open("rb") as file:
        return read_gradebook(file, filename=f"grades.{kind}")


def rounded(grade: Decimal) -> Decimal:
    return grade.quantize(STEP, ROUND_HALF_UP)


Mark = tuple[str, str]


def told_by_site(asked: Records, course_id: int, *, numbered: bool) -> dict[Mark, Decimal | str]:
    """Each mark as an export words it: person and item by what is shown, the mark rounded to two places."""
    items = cast("dict[Key, GradeItem]", asked[Kind.GRADE_ITEM])
    users = cast("dict[Key, User]", asked[Kind.USER])
    found: dict[Mark, Decimal | str] = {}
    for grade in cast("dict[Key, GradebookGrade]", asked[Kind.GRADEBOOK_GRADE]).values():
        item = items[(grade.item_id,)]
        name = item.idnumber if numbered else item.name or item.item_type
        if grade.course_id == course_id and grade.grade is not None and name:
            mark = grade.label if item.is_scale else rounded(grade.grade)
            found[users[(grade.user_id,)].idnumber, name] = mark
    return found


def told_by_export(sheet: GradeSheet, *, numbered: bool) -> dict[Mark, Decimal | str]:
    people = {person.row: person.idnumber for person in sheet.people}
    names = {one.number: one.idnumber if numbered else one.name or one.item_type for one in sheet.columns}
    return {
        (people[mark.row], names[mark.number]): mark.label or cast("Decimal", mark.grade)
        for mark in sheet.marks
        if mark.label or mark.grade is not None
    }


@pytest.mark.parametrize("course_id", [2, 3, 4])
@pytest.mark.parametrize("kind", ["xlsx", "ods", "csv", "xml"])
def test_an_export_gives_the_same_marks(kind: str, course_id: int, asked: Records) -> None:
    numbered = kind == "xml"
    sheet = exported(course_id, kind)
    theirs, ours = told_by_site(asked, course_id, numbered=numbered), told_by_export(sheet, numbered=numbered)
    assert len(theirs) > 90
    assert {mark: ours[mark] for mark in theirs} == theirs
    suspended = {user.idnumber for key, user in asked[Kind.USER].items() if key[0] in SUSPENDED}  # type: ignore[union-attr]
    assert {person for person, _ in ours.keys() - theirs.keys()} <= suspended


def test_an_export_does_not_say_whether_a_mark_is_hidden_locked_or_overridden(asked: Records) -> None:
    told = {field.name for field in fields(exported(4, "xlsx").marks[0])}
    assert told == {"row", "number", "grade", "label", "percentage", "feedback"}
    site = cast("dict[Key, GradebookGrade]", asked[Kind.GRADEBOOK_GRADE]).values()
    assert any(grade.hidden for grade in site)
    assert any(grade.locked for grade in site)
    assert any(grade.overridden for grade in site)


def test_a_percentage_is_of_the_items_range(asked: Records) -> None:
    sheet = exported(2, "xlsx")
    (essay,) = (column for column in sheet.columns if column.name.startswith("Эссе"))
    assignment = cast("Assignment", asked[Kind.ASSIGNMENT][(1,)])
    for mark in sheet.marks:
        if mark.number == essay.number and mark.grade is not None:
            assert mark.percentage == rounded(mark.grade / cast("Decimal", assignment.grade_max) * 100)
