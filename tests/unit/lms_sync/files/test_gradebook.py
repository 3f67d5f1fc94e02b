from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import xlsxwriter

from lms_sync.errors import FileFault, FileRefused
from lms_sync.files import gradebook
from lms_sync.files.gradebook import GradeColumn, GradeSheet, SheetMark, SheetProblemCode, read_gradebook
from lms_sync.files.gradebook.words import MODULES, category_of, form_of
from tests.support.backups import FILES

FORMATS = ("xlsx", "ods", "csv")


def table(*rows: str) -> GradeSheet:
    return read_gradebook("\n".join(rows).encode(), filename="оценки.csv")


def refused(data: bytes) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read_gradebook(data)
    return caught.value


def problems(sheet: GradeSheet) -> list[tuple[int, int | None, str, str]]:
    return [(one.row, one.column, one.code.value, one.name) for one in sheet.problems]


def by_name(sheet: GradeSheet) -> Mapping[str, GradeColumn]:
    return {column.name or column.item_type: column for column in sheet.columns}


# ------------------------------------------------------------ as Moodle writes them


def real(name: str) -> GradeSheet:
    with (FILES / name).open("rb") as file:
        return read_gradebook(file, filename=name)


@pytest.mark.parametrize("kind", FORMATS)
def test_an_export_with_all_forms_of_marks_and_feedback_is_read(kind: str) -> None:
    sheet = real(f"grades-4.{kind}")
    assert (len(sheet.people), sheet.problems, sheet.ignored) == (60, (), ())
    assert [(column.item_type, column.module, column.name, column.is_scale) for column in sheet.columns[:3]] == [
        ("mod", "assign", "Контрольная точка с наставником", True),
        ("mod", "assign", "Индивидуальный проект", False),
        ("mod", "assign", "Конкурсная защита", False),
    ]
    assert sheet.columns[-1] == GradeColumn(32, "course", None, "")
    assert sheet.exported_at == datetime(2026, 11, 24, 8, 19, 11 if kind == "xlsx" else 12, tzinfo=UTC)
    first = sheet.people[0]
    assert (first.last_name, first.first_name, first.idnumber) == ("Бадмаева", "Галина", "A26-P-0054")
    assert (first.email, first.institution) == ("a26_p54@example.test", "МБОУ «Кегультинская СОШ»")
    assert sum(bool(person.suspended) for person in sheet.people) == 3
    assert sheet.marks[0] == SheetMark(2, 8, None, "частично готов", Decimal(50))
    project = next(mark for mark in sheet.marks if (mark.row, mark.number) == (2, 12))
    assert project == SheetMark(2, 12, Decimal("60.5"), "", Decimal("60.5"))


def test_all_tables_tell_the_same() -> None:
    for course in (2, 3, 4):
        tables = [real(f"grades-{course}.{kind}") for kind in FORMATS]
        for other in tables[1:]:
            assert (other.columns, other.people, other.marks) == (
                tables[0].columns,
                tables[0].people,
                tables[0].marks,
            )


def test_an_export_in_xml_names_people_and_items_by_their_numbers() -> None:
    sheet = real("grades-4.xml")
    table_sheet = real("grades-4.xlsx")
    assert [column.idnumber for column in sheet.columns] == ["checkpoint", "project", "defence", "diary", "peerproject"]
    assert {person.idnumber for person in sheet.people} == {person.idnumber for person in table_sheet.people}
    who = {person.row: person.idnumber for person in sheet.people}
    who_in_table = {person.row: person.idnumber for person in table_sheet.people}
    grades = {who[mark.row]: mark.grade for mark in sheet.marks if mark.number == 2}
    assert grades == {who_in_table[mark.row]: mark.grade for mark in table_sheet.marks if mark.number == 12}
    assert {mark.label for mark in sheet.marks if mark.number == 1} == {"готов", "частично готов", "не готов"}


def test_a_course_without_items_has_only_its_total() -> None:
    sheet = real("grades-5.xlsx")
    assert [column.item_type for column in sheet.columns] == ["course"]
    assert sheet.marks == ()


# ------------------------------------------------------------ Russian


RUSSIAN = "Имя;Фамилия;Индивидуальный номер;Учреждение (организация);Отдел;Адрес электронной почты;Заблокирован"
ITEMS = "Задание:Эссе (о школе) (Значение);Задание:Эссе (о школе) (Проценты);Задание:Эссе (о школе) (Отзыв)"
TOTALS = "Итого в категории «Отбор» (Значение);Итоговая оценка за курс (Действительное)"
REST = "Дата рождения;Последние загруженные из этого курса"


def test_russian_headers_and_decimal_commas_are_read() -> None:
    sheet = table(
        f"{RUSSIAN};{ITEMS};Тест: Основы (Значение);Явка (Буква);{TOTALS};{REST}",
        "Анна;Бадмаева;A1;Школа № 1;;a@example.test;Да;92,30;92,30 %;Хорошо;-;A;\xa01 000,5;4,5;01.02.1980;1795508336",
    )
    assert [(column.item_type, column.module, column.name) for column in sheet.columns] == [
        ("mod", "assign", "Эссе (о школе)"),
        ("mod", "quiz", "Основы"),
        ("manual", None, "Явка"),
        ("category", None, "Отбор"),
        ("course", None, ""),
    ]
    (person,) = sheet.people
    assert (person.first_name, person.last_name, person.institution) == ("Анна", "Бадмаева", "Школа № 1")
    assert person.suspended is True
    assert [(mark.number, mark.grade, mark.percentage, mark.feedback) for mark in sheet.marks] == [
        (8, Decimal("92.3"), Decimal("92.3"), "Хорошо"),
        (13, Decimal("1000.5"), None, ""),
        (14, Decimal("4.5"), None, ""),
    ]
    assert sheet.ignored == ("Дата рождения",)
    assert sheet.problems == ()
    assert "1980" not in repr(sheet)


def test_every_kind_of_activity_has_a_word_in_both_languages() -> None:
    words = {module: [word for word, its in MODULES.items() if its == module] for module in MODULES.values()}
    for module in ("assign", "quiz", "workshop", "forum", "lesson", "glossary", "data", "scorm", "lti"):
        assert any(word.isascii() for word in words[module])
        assert any(not word.isascii() for word in words[module])


def test_words_are_told_from_names() -> None:
    assert form_of("Эссе (Real)") == ("Эссе", "real")
    assert form_of("Эссе (черновик)") is None
    assert form_of("(Real)") is None
    assert category_of("Отбор total") == "Отбор"
    assert category_of("Итого «Отбор»") == "Отбор"
    assert category_of("Эссе") is None


# ------------------------------------------------------------ what is wrong with rows and cells


def test_a_title_above_the_header_is_passed_over() -> None:
    sheet = table("Ведомость", "", "First name,Email address,Essay (Real)", "Анна,a@example.test,5")
    assert [(mark.row, mark.grade) for mark in sheet.marks] == [(4, Decimal(5))]


def test_a_row_without_anybody_and_one_told_twice_are_named() -> None:
    sheet = table(
        "First name,Last name,Email address,Essay (Real)",
        "Анна,Бадмаева,a@example.test,5",
        ",,,7",
        "Анна,Другая,A@EXAMPLE.TEST,9",
        "Анна,Бадмаева,,3",
        ",,,",
        "Анна,Бадмаева,,4",
    )
    assert problems(sheet) == [(3, None, "nobody", ""), (4, None, "twice", "2"), (7, None, "twice", "5")]
    assert [(mark.row, mark.grade) for mark in sheet.marks] == [(2, Decimal(5)), (5, Decimal(3))]


def test_a_word_among_numbers_is_named_by_its_place() -> None:
    sheet = table("Username,Essay (Real),Essay (Percentage)", "u1,5,50.00 %", "u2,пять,x", "u3,-,-", "u4,1e5,")
    assert problems(sheet) == [
        (3, 2, "not_a_number", ""),
        (3, 3, "not_a_number", ""),
        (5, 2, "not_a_number", ""),
    ]
    assert [(mark.row, mark.grade, mark.percentage) for mark in sheet.marks] == [(2, Decimal(5), Decimal(50))]


def test_a_mark_that_a_spreadsheet_made_a_date_of_is_named() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet("Grades")
        page.write_row(0, 0, ["Username", "Essay (Real)"])
        page.write_row(1, 0, ["u1", 4.5])
        page.write_string(2, 0, "u2")
        page.write_number(2, 1, 46266, book.add_format({"num_format": "dd.mm.yyyy"}))
        page.write_row(3, 0, ["u3", 100_000])
        page.write_row(4, 0, [7, 3])
    sheet = read_gradebook(out.getvalue())
    assert problems(sheet) == [(3, 2, "a_date", ""), (4, 2, "not_a_number", "")]
    assert [person.username for person in sheet.people] == ["u1", "u2", "u3", "7"]


@pytest.mark.parametrize("cell", ["", "never", "0", "99999999999999"])
def test_a_time_of_export_that_is_none_is_not_taken_for_one(cell: str) -> None:
    sheet = table("Username,Essay (Real),Last downloaded from this course", f"u1,5,{cell}")
    assert (sheet.exported_at, sheet.ignored) == (None, ())


def test_a_column_of_words_alone_says_nothing_of_marks() -> None:
    sheet = table("Username,Essay (Feedback),Test (Letter),Task (Percentage),", "u1,ok,A,50 %,")
    assert [column.has_marks for column in sheet.columns] == [False, False, True]


def test_two_columns_of_one_name_are_not_told_apart_and_so_not_read() -> None:
    sheet = table("Username,Essay (Real),Essay (Real),Test (Real),First name", "u1,5,6,7")
    assert problems(sheet) == [(1, 3, "column_twice", "Essay")]
    assert [column.name for column in sheet.columns] == ["Test"]


def test_a_header_of_something_else_is_refused_with_what_is_expected() -> None:
    for text in (b"a,b\n1,2", b"First name,Last name\n\xd0\x90,\xd0\x91", b"Essay (Real)\n5"):
        error = refused(text)
        assert error.fault is FileFault.NO_HEADER
        assert "Фамилия" in str(error.facts["expected"])


def test_the_sheet_with_the_header_is_found() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet("Заметки").write_row(0, 0, ["просто", "текст", 5])
        book.add_worksheet("Оценки").write_row(0, 0, ["Логин", "Эссе (Значение)"])
    assert read_gradebook(out.getvalue()).name == "Оценки"


def test_a_scale_without_any_number_is_a_scale_and_an_empty_column_is_not() -> None:
    sheet = table("Username,Essay (Real),Test (Real),Note (Feedback)", "u1,готов,-,ещё раз", "u2,не готов,,")
    assert {name: column.is_scale for name, column in by_name(sheet).items()} == {
        "Essay": True,
        "Test": False,
        "Note": False,
    }
    assert [(mark.label, mark.feedback) for mark in sheet.marks] == [("готов", ""), ("не готов", ""), ("", "ещё раз")]


# ------------------------------------------------------------ XML


def results(*rows: str) -> bytes:
    return f'<results batch="x">{"".join(f"<result>{row}</result>" for row in rows)}</results>'.encode()


def result(item: str, student: str, score: str, feedback: str = "") -> str:
    return (
        f"<assignment>{item}</assignment><student>{student}</student><score>{score}</score>"
        f"<feedback>{feedback}</feedback>"
    )


def test_entities_of_html_in_feedback_are_read() -> None:
    sheet = read_gradebook(results(result("essay", "A1", "5", "a&nbsp;b &amp; c &laquo;d&raquo; &nosuch;")))
    assert sheet.marks[0].feedback == "a\xa0b & c «d» &nosuch;"


def test_results_are_numbers_words_percentages_or_nothing() -> None:
    sheet = read_gradebook(
        results(
            result("essay", "A1", "4,5"),
            result("essay", "A2", "-", "перепишите"),
            result("essay", "A3", "-"),
            result("essay", "A4", "пять"),
            result("ready", "A1", "готов"),
            result("share", "A1", "50.00 %"),
            result("", "A1", "5"),
            "<student>A1</student><score>1</score><score>2</score>",
        )
    )
    assert [(mark.number, mark.grade, mark.label, mark.percentage, mark.feedback) for mark in sheet.marks] == [
        (1, Decimal("4.5"), "", None, ""),
        (1, None, "", None, "перепишите"),
        (2, None, "готов", None, ""),
        (3, None, "", Decimal(50), ""),
    ]
    assert problems(sheet) == [(7, None, "nobody", ""), (8, None, "nobody", ""), (4, None, "not_a_number", "")]
    assert [column.is_scale for column in sheet.columns] == [False, True, False]


def test_two_scores_of_one_result_count_as_the_first() -> None:
    row = "<assignment>essay</assignment><student>A1</student><score>5</score><score>50 %</score>"
    assert read_gradebook(b"\xef\xbb\xbf" + results(row)).marks == (SheetMark(1, 1, Decimal(5)),)


def test_other_xml_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(b"<html><body/></html>").fault is FileFault.UNKNOWN_FORMAT
    assert refused(b"<results><result>").fault is FileFault.DAMAGED
    assert read_gradebook(b"<results><score>5</score></results>").marks == ()
    monkeypatch.setattr("lms_sync.files.gradebook.results.MAX_TEXT", 10)
    monkeypatch.setattr("lms_sync.files.gradebook.results.MAX_CELLS", 2)
    assert refused(results(result("e", "A1", "5", "x" * 11))).fault is FileFault.TEXT_TOO_LONG
    assert refused(results("", "", "")).fault is FileFault.TOO_MANY_CELLS
    monkeypatch.setattr(gradebook, "MAX_FILE_BYTES", 20)
    assert refused(results("")).fault is FileFault.TOO_LARGE


def test_codes_of_problems_are_stable_words() -> None:
    assert {code.value for code in SheetProblemCode} == {
        "nobody",
        "twice",
        "not_a_number",
        "a_date",
        "column_twice",
    }
