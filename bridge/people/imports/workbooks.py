"""Files for people to fill in and to mend: templates and error reports, as XLSX or CSV.

Every cell is a text, so that a spreadsheet neither computes it nor makes a date of a school's number; CSV texts that
would be taken for formulas carry an apostrophe, which reading takes off again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import xlsxwriter  # type: ignore[import-untyped, unused-ignore]

from bridge.core.i18n import N_, Language
from bridge.people.imports.cells import escaped
from bridge.people.imports.columns import (
    EXAMPLE_WORDS,
    REMEDY,
    ROLE_NAMES,
    ROW_NUMBER,
    Column,
    Field,
    Table,
    TableKey,
)
from bridge.people.imports.plan import Plan, State
from bridge.people.imports.reading import MOST_ROWS
from bridge.people.imports.wording import Translate, findings_text

__all__ = ["Sheet", "error_report", "template", "to_csv", "to_xlsx"]

Texts = Mapping[str, str]

LISTS = ("Списки", "Lists")
HOW_TO = ("Как заполнять", "How to fill in")
LONGEST_MESSAGE = 255
"""Characters that Excel shows beside a cell."""

_STEPS = (
    N_("Fill in the first sheet: one row for each record. The headings stay as they are; their order is free."),
    N_("Bold headings are required. An empty cell changes nothing; a lone dash (-) empties what is stored."),
    N_("The row marked “%(example)s” is an example. It is not read; you may delete it."),
    N_("Nothing is deleted by an import: who is not in the file stays."),
    N_("The code of the record is the program's. With it a row is found even after its name has changed."),
    N_("Do not add dates of birth: a file with them is refused."),
    N_("Upload the file, look at the preview, confirm. Uploading it twice changes nothing the second time."),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with data: columns with headings, rows of texts.

    Attributes
    ----------
    table
        Whose columns these are.
    before, after
        Further columns, outside the table: the number of the row, what to correct.
    example
        Whether the first row is the example.
    schools
        Names to choose from.
    """

    table: Table
    language: str
    rows: Sequence[Texts]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    example: bool = False
    schools: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[tuple[str, str, Column | None], ...]:
        """Key in the rows, heading, and the table's column where it is one."""
        own = [(str(column.field), column.heading(self.language), column) for column in self.table.template]
        return (*((name, name, None) for name in self.before), *own, *((name, name, None) for name in self.after))


def template(table: Table, language: str, *, rows: Sequence[Texts] = (), schools: tuple[str, ...] = ()) -> Sheet:
    """A template: filled with ``rows``, or with one example row where there are none."""
    if rows:
        return Sheet(table, language, rows, schools=schools)
    example = {str(column.field): column.example(language) for column in table.template}
    if schools and Field.SCHOOL in example:
        example[Field.SCHOOL] = schools[0]
    return Sheet(table, language, [example], example=True, schools=schools)


def error_report(
    table: Table, plan: Plan, *, language: str, translate: Translate, schools: tuple[str, ...] = ()
) -> Sheet:
    """The rows that wait, each with what to correct; mended it is uploaded as it is."""
    row_number, remedy = _in(language, ROW_NUMBER), _in(language, REMEDY)
    rows = []
    for each in plan.of(State.WRONG, State.UNSURE):
        told = findings_text(each.findings, table, language=language, translate=translate)
        if each.state is State.UNSURE:
            told = translate(_UNSURE) % {"names": "; ".join(f"{one.label}, {one.uid}" for one in each.candidates)}
        rows.append({**_shown(each.values), row_number: str(each.number), remedy: told})
    return Sheet(table, language, rows, before=(row_number,), after=(remedy,), schools=schools)


_UNSURE = N_(
    "Somebody is called so already: %(names)s. If it is the same person, copy the code after the name into the column "
    "of the record's code. If not, choose “somebody new” in the preview."
)


def _shown(values: Texts) -> Texts:
    return {field: text or "-" for field, text in values.items()}


def _in(language: str, pair: tuple[str, str]) -> str:
    return pair[0] if language == Language.RU else pair[1]


# ---------------------------------------------------------------- CSV


def to_csv(sheet: Sheet) -> bytes:
    """The sheet as a Russian Excel opens it by a double click: semicolons, UTF-8 with its mark."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([heading for _, heading, _ in sheet.columns])
    for row in sheet.rows:
        writer.writerow([escaped(row.get(key, "")) for key, _, _ in sheet.columns])
    return out.getvalue().encode("utf-8-sig")


# ---------------------------------------------------------------- XLSX


def to_xlsx(sheet: Sheet, translate: Translate) -> bytes:
    """The sheet as a workbook with instructions and lists to choose from."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_calc_mode("auto")
        _write_data(book, sheet, translate)
        _write_instructions(book, sheet, translate)
        _write_lists(book, sheet)
    return out.getvalue()


def _write_data(book: xlsxwriter.Workbook, sheet: Sheet, translate: Translate) -> None:
    data = book.add_worksheet(sheet.table.title(sheet.language))
    text = book.add_format({"num_format": "@", "valign": "top"})
    wrapped = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True, "font_color": "#9A1F27"})
    example = book.add_format({"num_format": "@", "italic": True, "font_color": "#55606D"})
    for place, (key, heading, column) in enumerate(sheet.columns):
        data.set_column(place, place, _width(key, column, sheet), wrapped if key in sheet.after else text)
        data.write_string(0, place, heading, _head(book, column))
        for number, row in enumerate(sheet.rows, start=1):
            form = example if sheet.example else wrapped if key in sheet.after else text
            data.write_string(number, place, row.get(key, ""), form)
        if column is not None:
            _validate(data, sheet, place, column, translate)
    data.freeze_panes(1, 0)
    data.autofilter(0, 0, max(len(sheet.rows), 1), len(sheet.columns) - 1)
    data.set_landscape()
    data.set_paper(9)
    data.fit_to_pages(1, 0)
    data.repeat_rows(0)


def _width(key: str, column: Column | None, sheet: Sheet) -> int:
    if column is not None:
        return column.width
    return 70 if key in sheet.after else 14


def _head(book: xlsxwriter.Workbook, column: Column | None) -> xlsxwriter.format.Format:
    is_bold = column is None or column.is_required
    return book.add_format(
        {"bold": is_bold, "bg_color": "#E6EFF6", "bottom": 1, "text_wrap": True, "valign": "top", "num_format": "@"}
    )


def _validate(
    data: xlsxwriter.worksheet.Worksheet, sheet: Sheet, place: int, column: Column, translate: Translate
) -> None:
    """Offer a list, or at least say what belongs here; a warning only, for the import knows more spellings."""
    lists = {Field.SCHOOL: len(sheet.schools), Field.ROLES: len(ROLE_NAMES)}
    rule: dict[str, object] = {
        "input_title": column.heading(sheet.language)[:32],
        "input_message": translate(column.help)[:LONGEST_MESSAGE],
        "validate": "any",
    }
    if lists.get(column.field):
        letter = "A" if column.field is Field.SCHOOL else "B"
        source = f"='{_in(sheet.language, LISTS)}'!${letter}$2:${letter}${lists[column.field] + 1}"
        rule |= {
            "validate": "list",
            "source": source,
            "error_type": "warning",
            "error_title": column.heading(sheet.language)[:32],
            "error_message": translate(column.help)[:LONGEST_MESSAGE],
        }
    data.data_validation(1, place, MOST_ROWS, place, rule)


def _write_instructions(book: xlsxwriter.Workbook, sheet: Sheet, translate: Translate) -> None:
    page = book.add_worksheet(_in(sheet.language, HOW_TO))
    title = book.add_format({"bold": True, "font_size": 14})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True, "valign": "top", "text_wrap": True})
    page.set_column(0, 0, 30)
    page.set_column(1, 1, 90)
    page.write_string(0, 0, sheet.table.title(sheet.language), title)
    example = sorted(EXAMPLE_WORDS, reverse=sheet.language == Language.RU)[0]
    for number, step in enumerate(_STEPS, start=1):
        page.write_string(number, 0, f"{number}.", wrapped)
        page.write_string(number, 1, translate(step) % {"example": example}, wrapped)
    below = len(_STEPS) + 2
    for number, column in enumerate(sheet.table.template, start=below):
        page.write_string(number, 0, column.heading(sheet.language), bold if column.is_required else wrapped)
        page.write_string(number, 1, translate(column.help), wrapped)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _write_lists(book: xlsxwriter.Workbook, sheet: Sheet) -> None:
    if sheet.table.key is TableKey.SCHOOLS:
        return
    page = book.add_worksheet(_in(sheet.language, LISTS))
    bold = book.add_format({"bold": True})
    page.set_column(0, 1, 44)
    for place, field in enumerate((Field.SCHOOL, Field.ROLES)):
        heads = {Field.SCHOOL: ("Школы района", "Schools here"), Field.ROLES: ("Роли в программе", "Roles here")}
        page.write_string(0, place, _in(sheet.language, heads[field]), bold)
    for number, school in enumerate(sheet.schools, start=1):
        page.write_string(number, 0, school)
    for number, names in enumerate(ROLE_NAMES.values(), start=1):
        page.write_string(number, 1, _in(sheet.language, names))
