from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import InvalidInput
from bridge.people.imports.cells import Cell, escaped, unescaped
from bridge.people.imports.columns import TABLES, TableKey
from bridge.people.imports.reading import MOST_ROWS, read_upload
from bridge.people.imports.rows import Upload, from_json, to_json

PEOPLE, SCHOOLS = TABLES[TableKey.PEOPLE], TABLES[TableKey.SCHOOLS]
HEADER = ("Фамилия", "Имя", "Школа", "E-mail", "Телефон")


@dataclass(frozen=True)
class Paper:
    """A sheet of a test."""

    rows: Sequence[Sequence[Cell]]
    name: str = "Лист1"


def read(*rows: Sequence[Cell], header: Sequence[Cell] = HEADER) -> Upload:
    return read_upload(PEOPLE, [Paper([header, *rows])])


def values(upload: Upload) -> list[dict[str, str]]:
    return [dict(row.values) for row in upload.rows]


# ---------------------------------------------------------------- columns


def test_a_row_is_read_under_its_headings_and_numbered_as_the_spreadsheet_does() -> None:
    upload = read((), ("Очирова", "Татьяна", None, "o@example.ru", None))
    assert [row.number for row in upload.rows] == [3]
    assert values(upload) == [{"last_name": "Очирова", "first_name": "Татьяна", "email": "o@example.ru"}]


@pytest.mark.parametrize(
    "header",
    [
        ("фамилия", "ИМЯ", "Образовательная организация", "Электронная почта", "моб. телефон"),
        ("Last name", "First name", "School", "E-mail address", "Phone"),
        ("Surname*", "Given name*", "institution", "mail", "mobile"),
    ],
)
def test_headings_are_understood_by_several_names(header: Sequence[str]) -> None:
    header = [name.replace("моб. телефон", "Мобильный телефон") for name in header]
    (row,) = values(read(("Очирова", "Татьяна", "СОШ", "o@example.ru", "89001112233"), header=header))
    assert list(row) == ["last_name", "first_name", "school", "email", "phone"]


def test_every_heading_of_a_table_means_one_column() -> None:
    for table in TABLES.values():
        names = [name for column in table.columns for name in {column.ru, column.en, *column.synonyms}]
        assert len(table.headings) == len(names), table.key


def test_titles_above_the_header_are_passed_over() -> None:
    upload = read_upload(PEOPLE, [Paper([("Список участников",), (), HEADER, ("Очирова", "Татьяна")])])
    assert [row.number for row in upload.rows] == [4]


def test_the_sheet_with_the_table_is_found_among_others() -> None:
    other, table = Paper([("Как заполнять",), ("Фамилия", "с буквой ё")]), Paper([HEADER, ("Очирова", "Татьяна")])
    assert values(read_upload(PEOPLE, [other, table])) == [{"last_name": "Очирова", "first_name": "Татьяна"}]


def test_two_equal_sheets_are_refused_by_name() -> None:
    sheets = [Paper([HEADER, ("Очирова", "Татьяна")], name) for name in ("Первый", "Второй")]
    with pytest.raises(InvalidInput, match="«Первый», «Второй»"):
        read_upload(PEOPLE, sheets)


def test_other_columns_are_reported_and_not_read() -> None:
    upload = read(("Очирова", "Татьяна", 12), header=("Фамилия", "Имя", "Стаж"))
    assert upload.ignored == ("Стаж",)
    assert values(upload) == [{"last_name": "Очирова", "first_name": "Татьяна"}]


def test_a_missing_required_column_is_named_in_the_readers_language() -> None:
    sheet = Paper([("Фамилия", "Школа"), ("Очирова", "СОШ")])
    for language, name in (("ru", "«Имя»"), ("en", "«First name»")):
        with pytest.raises(InvalidInput, match=name):
            read_upload(PEOPLE, [sheet], language=language)


def test_a_file_without_any_heading_says_which_are_needed() -> None:
    with pytest.raises(InvalidInput, match="«Фамилия», «Имя»"):
        read_upload(PEOPLE, [Paper([("один", "два"), ("три", "четыре")])])


def test_two_columns_of_one_meaning_are_refused() -> None:
    with pytest.raises(InvalidInput, match="«E-mail», «Почта»"):
        read(("Очирова", "Татьяна", "a@b.ru", "c@d.ru"), header=("Фамилия", "Имя", "E-mail", "Почта"))


@pytest.mark.parametrize(
    "heading", ["Дата рождения", "дата  рожд.", "Д.р.", "ДР", "Родился", "Birth date", "Date of birth", "DOB"]
)
def test_a_column_of_birth_dates_refuses_the_file(heading: str) -> None:
    for header in (("Фамилия", "Имя", heading), ("Фамилия", heading)):
        with pytest.raises(InvalidInput) as caught:
            read(("Очирова", "Татьяна", date(1990, 1, 2)), header=header)
        assert caught.value.code == "birth_dates"
        assert heading.split(maxsplit=1)[0] in str(caught.value)
        assert "1990" not in str(caught.value)


def test_an_empty_table_and_one_too_long_are_refused() -> None:
    with pytest.raises(InvalidInput, match="no rows"):
        read()
    with pytest.raises(InvalidInput, match=str(MOST_ROWS)):
        read(*[("Очирова", f"Имя{number}") for number in range(MOST_ROWS + 1)])


def test_the_example_row_is_not_read() -> None:
    header = ("Код записи", "Фамилия", "Имя")
    upload = read(("Пример", "Очирова", "Татьяна"), (None, "Иванов", "Иван"), header=header)
    assert [row.values["last_name"] for row in upload.rows] == ["Иванов"]


def test_the_columns_of_a_report_are_known_and_not_read() -> None:
    header = ("Строка файла", "Фамилия", "Имя", "Что исправить")
    upload = read(("5", "Очирова", "Татьяна", "всё"), header=header)
    assert upload.ignored == ()
    assert values(upload) == [{"last_name": "Очирова", "first_name": "Татьяна"}]


# ---------------------------------------------------------------- cells


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (Decimal(79001112233), "79001112233"),
        (Decimal("7.9001112233E+10"), "79001112233"),
        (Decimal("89001112233.0"), "89001112233"),
        ("8 (900)\u00a0111-22-33", "8 (900) 111-22-33"),
    ],
)
def test_a_number_is_the_text_that_people_would_write(cell: Cell, text: str) -> None:
    assert values(read(("Очирова", "Татьяна", None, None, cell)))[0]["phone"] == text


@pytest.mark.parametrize("formula", ["=1+1", "+7 900 111 22 33", "-SUM(A1)", "@cmd", '=HYPERLINK("http://x")'])
def test_what_looks_like_a_formula_stays_a_text(formula: str) -> None:
    assert values(read((formula, "Татьяна")))[0]["last_name"] == formula


def test_an_empty_cell_says_nothing_and_a_dash_empties() -> None:
    (row,) = values(read(("Очирова", "Татьяна", "  ", "-", "—")))
    assert "school" not in row
    assert (row["email"], row["phone"]) == ("", "")


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        (("Очирова", datetime(2026, 5, 3)), "first_name", "made a date"),  # noqa: DTZ001  a spreadsheet's
        (("Очирова", date(2026, 5, 3)), "first_name", "made a date"),
        (("Очирова", True), "first_name", "yes-or-no"),
        (("Очирова", "Т" * 101), "first_name", "too many"),
        (("Очирова", "Татьяна", None, "почта"), "email", "no e-mail"),
        (("Очирова", "Татьяна", None, "a@b.ru; c@d.ru"), "email", "no e-mail"),
        (("Очирова", "Татьяна", None, None, "нет"), "phone", "too few digits"),
    ],
)
def test_a_cell_that_cannot_stand_is_found_with_its_column(cells: Sequence[Cell], column: str, words: str) -> None:
    (row,) = read(cells).rows
    (finding,) = row.findings
    assert finding.field == column
    assert words in finding.message


def test_a_name_in_one_cell_is_divided_unless_its_parts_stand_apart() -> None:
    header = ("ФИО", "Отчество")
    (row,) = values(read(("Очирова Татьяна Сергеевна Оглы", None), header=header))
    assert row == {"last_name": "Очирова", "first_name": "Татьяна", "middle_name": "Сергеевна Оглы"}
    (row,) = values(read(("Очирова Татьяна", "Сергеевна"), header=header))
    assert row["middle_name"] == "Сергеевна"
    (single,) = read(("Очирова", None), header=header).rows
    assert [finding.field for finding in single.findings] == ["full_name"]


@given(st.text(max_size=20))
def test_an_apostrophe_that_guards_a_text_is_taken_off_again(text: str) -> None:
    assert unescaped(escaped(text)) == text
    assert not escaped(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_rows_are_kept_until_somebody_confirms() -> None:
    upload = read(("Очирова", True, None, "o@example.ru"), ("=1", "-"), header=(*HEADER, "Стаж"))
    assert from_json(to_json(upload)) == upload
