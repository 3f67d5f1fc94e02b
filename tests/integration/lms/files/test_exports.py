"""A gradebook brought as exports: people and items found again by what is shown, and nothing doubled."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bridge.errors import InvalidInput
from bridge.lms.files.matching import Assumption, DoubtCode
from lms_sync.plan import Presence
from lms_sync.records import Kind
from tests.integration.lms.files.conftest import Desk

COURSE = "a26-individual"


def table(*rows: str) -> bytes:
    return "\n".join(rows).encode()


def marks(desk: Desk) -> dict[tuple[str, str], tuple[Decimal | None, str]]:
    """Person's ID number (or name) and item -> mark and label."""
    users = {row["moodle_user_id"]: row["idnumber"] or row["last_name"] for row in desk.rows(Kind.USER)}
    items = {row["moodle_item_id"]: row["name"] or row["item_type"] for row in desk.rows(Kind.GRADE_ITEM)}
    return {
        (str(users[row["moodle_user_id"]]), str(items[row["moodle_item_id"]])): (row["grade"], row["label"])  # type: ignore[dict-item]
        for row in desk.rows(Kind.GRADEBOOK_GRADE)
    }


def test_an_export_alone_makes_a_course_with_people_items_and_marks(desk: Desk) -> None:
    staged = desk.read("grades-4.xlsx", COURSE)
    drawn = desk.preview(staged)
    assert (drawn.is_export, drawn.course, len(drawn.new_people), drawn.known_people) == (True, COURSE, 60, 0)
    assert drawn.problems == drawn.doubts == ()
    desk.bring(staged, seen=drawn.digest)
    (course,) = desk.rows(Kind.COURSE)
    assert (course["short_name"], course["moodle_course_id"]) == (COURSE, -1)
    assert len(desk.rows(Kind.USER)) == 60
    enrolments = desk.rows(Kind.ENROLMENT)
    assert {tuple(row["roles"]) for row in enrolments} == {("student",)}  # type: ignore[arg-type]
    assert sum(bool(row["suspended"]) for row in enrolments) == 3
    ranges = {row["name"]: (row["grade_min"], row["grade_max"], row["is_scale"]) for row in desk.rows(Kind.GRADE_ITEM)}
    assert ranges["Индивидуальный проект"] == (0, 100, False)
    assert ranges["Контрольная точка с наставником"] == (1, 3, True)
    told = marks(desk)
    assert told["A26-P-0054", "Индивидуальный проект"] == (Decimal("60.5"), "60.50")
    assert told["A26-P-0054", "Контрольная точка с наставником"] == (Decimal(2), "частично готов")


@pytest.mark.parametrize("kind", ["xlsx", "ods", "csv"])
def test_a_repeated_export_changes_nothing_whatever_its_format(desk: Desk, kind: str) -> None:
    desk.bring(desk.read("grades-2.xlsx", "a26-select"))
    again = desk.preview(desk.read(f"grades-2.{kind}", "A26-SELECT"))
    assert again.changes_nothing
    assert (again.new_people, again.known_people, again.absent_people) == ((), 60, 0)


def test_an_export_after_a_backup_finds_its_people_and_items_and_keeps_what_is_known_better(desk: Desk) -> None:
    desk.bring_season()
    for course_id, name in ((2, "a26-select"), (3, "a26-group"), (4, "a26-individual")):
        drawn = desk.preview(desk.read(f"grades-{course_id}.xlsx", name))
        assert drawn.changes_nothing, name
        assert drawn.new_people == ()
        in_xml = desk.preview(desk.read(f"grades-{course_id}.xml", name))
        assert in_xml.changes_nothing, name


def test_a_later_export_changes_marks_and_nothing_else(desk: Desk) -> None:
    desk.bring(desk.read("grades-2.xlsx", "a26-select"))
    staged = desk.read("after-grades-2.xlsx", "a26-select")
    drawn = desk.preview(staged)
    changes = {(one.person, one.item): (one.before, one.after) for one in drawn.changes}
    assert all(before != after for before, after in changes.values())
    assert len(changes) >= 3
    desk.bring(staged, seen=drawn.digest)
    assert desk.preview(staged).changes_nothing
    assert {row["presence"] for row in desk.rows(Kind.GRADEBOOK_GRADE, present=False)} == {Presence.PRESENT.value}


def test_an_older_export_is_refused(desk: Desk) -> None:
    desk.bring(desk.read("after-grades-2.xlsx", "a26-select"))
    assert desk.preview(desk.read("grades-2.xlsx", "a26-select")).is_stale


def test_a_mark_taken_back_is_no_mark(desk: Desk) -> None:
    desk.bring(desk.read_bytes(table("ID number,Last name,Essay (Real)", "A1,Бадмаева,5", "A2,Очиров,7"), "c"))
    desk.bring(desk.read_bytes(table("ID number,Last name,Essay (Real)", "A1,Бадмаева,-", "A2,Очиров,7"), "c"))
    assert marks(desk) == {("A1", "Essay"): (None, ""), ("A2", "Essay"): (Decimal(7), "7.00")}


def test_a_file_without_an_item_says_nothing_of_it(desk: Desk) -> None:
    desk.bring(desk.read_bytes(table("ID number,Essay (Real),Test (Real)", "A1,5,6", "A2,7,8"), "c"))
    desk.bring(desk.read_bytes(table("ID number,Essay (Real)", "A1,9"), "c"))
    assert marks(desk)["A1", "Test"] == (Decimal(6), "6.00")
    assert marks(desk)["A2", "Essay"] == (Decimal(7), "7.00")
    assert marks(desk)["A1", "Essay"] == (Decimal(9), "9.00")


def test_feedback_alone_says_nothing_of_marks(desk: Desk) -> None:
    desk.bring(desk.read_bytes(table("ID number,Essay (Real)", "A1,5"), "c"))
    desk.bring(desk.read_bytes(table("ID number,Essay (Feedback)", "A1,Хорошо"), "c"))
    (row,) = desk.rows(Kind.GRADEBOOK_GRADE)
    assert (row["grade"], row["feedback"]) == (5, "Хорошо")
    desk.bring(desk.read_bytes(table("ID number,Essay (Feedback)", "A1,Лучше"), "c"))
    assert desk.rows(Kind.GRADEBOOK_GRADE)[0]["feedback"] == "Лучше"


def test_percentages_alone_are_marks_of_a_hundred(desk: Desk) -> None:
    staged = desk.read_bytes(table("ID number,Essay (Percentage)", "A1,48.00 %"), "c")
    assert desk.preview(staged).assumptions == (("Essay", Assumption.RANGE),)
    desk.bring(staged)
    assert marks(desk)["A1", "Essay"] == (Decimal(48), "48.00")


def test_a_range_that_is_assumed_gives_way_to_one_that_is_told(desk: Desk) -> None:
    desk.bring(desk.read_bytes(table("ID number,Essay (Real)", "A1,19.2"), "c"))
    assert desk.rows(Kind.GRADE_ITEM)[0]["grade_max"] == 100
    desk.bring(desk.read_bytes(table("ID number,Essay (Real)", "A1,119.2"), "c"))
    assert desk.rows(Kind.GRADE_ITEM)[0]["grade_max"] == Decimal("119.2")
    desk.bring(desk.read_bytes(table("ID number,Essay (Real),Essay (Percentage)", "A1,19.2,48.00 %"), "c"))
    assert desk.rows(Kind.GRADE_ITEM)[0]["grade_max"] == 40
    assert len(desk.rows(Kind.GRADE_ITEM)) == 1
    bare = desk.read_bytes(table("ID number,Essay (Real)", "A1,20"), "c")
    assert desk.preview(bare).assumptions == ()
    desk.bring(bare)
    assert desk.rows(Kind.GRADE_ITEM)[0]["grade_max"] == 40
    over = desk.read_bytes(table("ID number,Essay (Real)", "A1,41"), "c")
    assert desk.preview(over).assumptions == (("Essay", Assumption.RANGE),)


def test_words_without_percentages_are_shown_and_not_counted_until_a_file_tells_more(desk: Desk) -> None:
    words = desk.read_bytes(table("ID number,Ready (Real)", "A1,готов", "A2,не готов"), "c")
    assert desk.preview(words).assumptions == (("Ready", Assumption.WORDS),)
    desk.bring(words)
    assert marks(desk)["A1", "Ready"] == (None, "готов")
    rows = ("ID number,Ready (Real),Ready (Percentage)", "A1,готов,100.00 %", "A2,не готов,0.00 %")
    desk.bring(desk.read_bytes(table(*rows), "c"))
    assert marks(desk) == {("A1", "Ready"): (Decimal(2), "готов"), ("A2", "Ready"): (Decimal(1), "не готов")}
    desk.bring(words)
    assert marks(desk)["A1", "Ready"] == (Decimal(2), "готов")


def test_a_mark_over_a_known_maximum_is_left_out_and_named(desk: Desk) -> None:
    desk.bring(desk.read("course-2.mbz"))
    rows = ("ID number;Assignment: Эссе «Школа, которой я управляю» (Real)", "A26-P-0001;100,5", "A26-P-0002;50")
    drawn = desk.preview(desk.read_bytes(table(*rows), "a26-select"))
    assert [(one.row, one.column, one.code) for one in drawn.doubts] == [(2, 2, DoubtCode.OUT_OF_RANGE)]
    assert [(one.person, one.after) for one in drawn.changes if one.item.startswith("Эссе")] == [
        (drawn.changes[0].person, "50.00")
    ]
    assert drawn.absent_people == 58


def test_two_people_of_one_name_are_not_taken_for_each_other(desk: Desk) -> None:
    desk.bring(
        desk.read_bytes(
            table(
                "Last name,First name,Email address,Essay (Real)", "Иванов,Иван,a@x.test,5", "Иванов,Иван,b@x.test,6"
            ),
            "c",
        )
    )
    drawn = desk.preview(desk.read_bytes(table("Last name,First name,Essay (Real)", "Иванов,Иван,9"), "c"))
    assert [(one.row, one.code, one.name) for one in drawn.doubts] == [(2, DoubtCode.SEVERAL, "Иванов Иван")]
    other = desk.preview(
        desk.read_bytes(table("Last name,First name,Email address,Essay (Real)", "Иванов,Иван,c@x.test,9"), "c")
    )
    assert (len(other.new_people), other.known_people) == (1, 0)


def test_texts_longer_than_moodle_has_are_named(desk: Desk) -> None:
    rows = ("ID number,Last name,Essay (Real)", f"A1,{'x' * 101},5", "A2,Очиров,6")
    staged = desk.read_bytes(table(*rows), "c")
    drawn = desk.preview(staged)
    assert [(one.row, one.code, one.name) for one in drawn.doubts] == [(2, DoubtCode.TOO_LONG, "last_name")]
    desk.bring(staged)
    assert list(marks(desk)) == [("A2", "Essay")]


def test_a_backup_after_exports_brings_ids_and_keeps_the_exports_rows(desk: Desk) -> None:
    desk.bring(desk.read("grades-2.xlsx", "a26-select"))
    assert desk.site().url == ""
    desk.bring(desk.read("course-2.mbz"))
    assert desk.site().url == "http://127.0.0.1:8045"
    assert {row["moodle_course_id"] for row in desk.rows(Kind.COURSE)} == {-1, 2}


def test_an_export_needs_the_name_of_its_course(desk: Desk) -> None:
    with pytest.raises(InvalidInput) as caught:
        desk.read("grades-2.xlsx", "  ")
    assert list(caught.value.fields) == ["course"]
    with pytest.raises(InvalidInput) as caught:
        desk.read_bytes(b"a,b\n1,2", "c")
    assert caught.value.code == "no_header"
