from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest
import xlsxwriter

from lms_sync.errors import FileFault, FileRefused
from lms_sync.files.sheets import Sheet, delimited, grid, read_sheets
from lms_sync.files.sheets import ods as ods_module
from lms_sync.files.sheets import xlsx as xlsx_module
from tests.support.workbooks import SHEET, ods, xlsx, zipped

TABLE = '<table:table table:name="Т">{}</table:table>'


def moment(hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 9, 1, hour, minute)  # noqa: DTZ001  a spreadsheet has no zone


def refused(data: bytes) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read_sheets(data)
    return caught.value


def of_xlsx(rows: str, **parts: str) -> tuple[tuple[object, ...], ...]:
    (sheet,) = read_sheets(xlsx(rows, **parts))
    return sheet.rows


def of_ods(rows: str) -> tuple[tuple[object, ...], ...]:
    (sheet,) = read_sheets(ods(TABLE.format(rows)))
    return sheet.rows


# ------------------------------------------------------------ XLSX


def test_a_workbook_of_a_usual_writer_is_read_with_its_kinds_of_values() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "dd.mm.yyyy"}) as book:
        sheet = book.add_worksheet("Оценки")
        sheet.write_row(0, 0, ["Фамилия", "0012", None, 92.3, 5, True])
        sheet.write_datetime(1, 1, moment())
        sheet.write_datetime(1, 2, moment(9, 30), book.add_format({"num_format": "dd.mm.yyyy hh:mm"}))
        sheet.write_formula(1, 3, "=D1*2", None, 184.6)
        sheet.write_formula(1, 4, '="a"&"b"', None, "ab")
        sheet.write_rich_string(3, 0, "жир", book.add_format({"bold": True}), "ный")
        book.add_worksheet("Пусто")
    first, second = read_sheets(io.BytesIO(out.getvalue()))
    assert first.name == "Оценки"
    assert first.rows == (
        ("Фамилия", "0012", None, Decimal("92.3"), Decimal(5), True),
        (None, date(2026, 9, 1), moment(9, 30), Decimal("184.6"), "ab"),
        (),
        ("жирный",),
    )
    assert second == Sheet("Пусто", ())


def test_a_number_is_the_one_that_the_spreadsheet_shows() -> None:
    cells = "".join(f"<c><v>{text}</v></c>" for text in ("92.299999999999997", "1E-3", "-0.1", "3.0", "1e300", " 7 "))
    (row,) = of_xlsx(f"<row>{cells}</row>")
    assert row == (
        Decimal("92.3"),
        Decimal("0.001"),
        Decimal("-0.1"),
        Decimal(3),
        Decimal("1E+300"),
        Decimal(7),
    )


@pytest.mark.parametrize("text", ["NaN", "1e309", "0x10", "1,5", "Infinity", "1" * 41])
def test_what_is_no_number_is_refused_with_its_place(text: str) -> None:
    error = refused(xlsx(f'<row r="3"><c r="B3"><v>{text}</v></c></row>'))
    assert (error.fault, error.member, error.row, error.column) == (FileFault.BAD_VALUE, "Лист 1", 3, 2)


def test_cells_without_a_place_follow_each_other() -> None:
    assert of_xlsx("<row><c><v>1</v></c><c/><c><v>2</v></c></row><row><c><v>3</v></c></row>") == (
        (Decimal(1), None, Decimal(2)),
        (Decimal(3),),
    )


def test_texts_are_put_together_from_runs_without_hints_and_with_escapes_undone() -> None:
    texts = "<si><r><t>Про</t></r><r><t>ект</t></r><rPh><t>hint</t></rPh></si><si><t>a_x000A_b _xD800_ _x0007_</t></si>"
    rows = '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="inlineStr"><is><t> x </t></is></c></row>'
    assert of_xlsx(rows, texts=texts) == (("Проект", "a\nb _xD800_ _x0007_", " x "),)


def test_errors_and_strict_dates_stay_texts_and_a_formula_without_a_value_is_empty() -> None:
    rows = (
        '<row><c t="e"><v>#N/A</v></c><c t="d"><v>2026-09-01</v></c><c><f>1+1</f></c><c t="b"><v>0</v></c>'
        '<c t="str"><f>HYPERLINK("http://x")</f><v>x</v></c></row>'
    )
    assert of_xlsx(rows) == (("#N/A", "2026-09-01", None, False, "x"),)


@pytest.mark.parametrize("number", ["5", "-1", "x", "99999999999"])
def test_a_shared_text_that_is_not_there_is_refused(number: str) -> None:
    assert refused(xlsx(f'<row><c t="s"><v>{number}</v></c></row>', texts="<si/>")).fault is FileFault.BAD_VALUE


STYLES = (
    '<numFmts><numFmt numFmtId="170" formatCode="dd/mm/yyyy"/><numFmt numFmtId="171" formatCode="[h]:mm"/>'
    '<numFmt numFmtId="172" formatCode="General"/><numFmt numFmtId="173" formatCode="0.0&quot; days&quot;;[Red]d"/>'
    '</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>'
    + "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 22, 170, 171, 172, 173, 20))
    + "</cellXfs>"
)


def dated(serial: str, style: int, *, properties: str = "") -> object:
    ((value,),) = of_xlsx(f'<row><c s="{style}"><v>{serial}</v></c></row>', styles=STYLES, properties=properties)
    return value


def test_a_number_is_a_date_where_its_format_shows_one() -> None:
    assert dated("46266", 0) == Decimal(46266)
    assert dated("46266", 1) == date(2026, 9, 1)
    assert dated("46266.5", 2) == moment(12)
    assert dated("46266", 3) == date(2026, 9, 1)
    assert dated("0.395833333333333", 4) == "9:30:00"
    assert dated("0.395833333333333", 7) == "9:30:00"
    assert dated("1.395833333333333", 4) == "33:30:00"
    assert dated("46266", 5) == Decimal(46266)
    assert dated("46266", 6) == Decimal(46266)
    assert dated("46266", 99) == Decimal(46266)
    assert dated("59", 1) == date(1900, 2, 28)
    assert dated("61", 1) == date(1900, 3, 1)
    assert dated("44804", 1, properties='<workbookPr date1904="1"/>') == date(2026, 9, 1)
    assert dated("2958465", 2, properties='<workbookPr date1904="true"/>') == Decimal(2958465)
    assert dated("-1", 1) == Decimal(-1)


def test_a_sheet_that_leads_outside_the_workbook_is_not_read() -> None:
    relations = (
        '<Relationships><Relationship Id="rId1" Target="../../../etc/passwd"/>'
        '<Relationship Id="rId2" TargetMode="External" Target="http://example.org/xl/worksheets/x.xml"/></Relationships>'
    )
    assert read_sheets(xlsx("", others={"xl/_rels/workbook.xml.rels": relations})) == ()


def test_parts_are_found_by_their_relations_whatever_their_names() -> None:
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    usual = xlsx('<row><c t="s"><v>0</v></c></row>', texts="<si><t>да</t></si>")
    with zipfile.ZipFile(io.BytesIO(usual)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    leads = f'<Relationship Id="r" Type="{kinds}/officeDocument" Target="xl/workbook22.xml"/>'
    root = f"<Relationships>{leads}</Relationships>"
    moved = {
        "_rels/.rels": root.encode(),
        "xl/workbook22.xml": parts["xl/workbook.xml"],
        "xl/_rels/workbook22.xml.rels": parts["xl/_rels/workbook.xml.rels"]
        .replace(b"worksheets/sheet1.xml", b"other/first.xml")
        .replace(b"sharedStrings.xml", b"SharedStrings.xml"),
        "xl/other/first.xml": parts[SHEET],
        "xl/SharedStrings.xml": parts["xl/sharedStrings.xml"],
    }
    assert read_sheets(zipped(moved)) == read_sheets(usual)
    letter = root.replace("xl/workbook22.xml", "word/document.xml")
    assert refused(zipped({**moved, "_rels/.rels": letter})).fault is FileFault.UNKNOWN_FORMAT


def test_a_part_that_is_missing_is_named() -> None:
    error = refused(zipped({"xl/workbook.xml": "<workbook/>"}))
    assert (error.fault, error.member) == (FileFault.MEMBER_MISSING, "xl/_rels/workbook.xml.rels")


# ------------------------------------------------------------ ODS


def cell(kind: str, value: str = "", text: str = "", extra: str = "") -> str:
    stored = {"float": "value", "percentage": "value", "currency": "value"}.get(kind, f"{kind}-value")
    given = f'office:{stored}="{value}"' if value else ""
    return f'<table:table-cell office:value-type="{kind}" {given} {extra}>{text}</table:table-cell>'


def row(*cells: str, extra: str = "") -> str:
    return f"<table:table-row {extra}>{''.join(cells)}</table:table-row>"


def test_an_opendocument_workbook_is_read_with_its_kinds_of_values() -> None:
    note = "<office:annotation><text:p>a note</text:p></office:annotation>"
    lines = '<text:p>Иванов<text:s text:c="2"/>И.</text:p>'
    lines += "<text:p>a<text:tab/>b<text:line-break/><text:span>c</text:span></text:p>"
    rows = row(
        cell("string", text=note + lines),
        cell("float", "92.299999999999997", "<text:p>92,3</text:p>"),
        cell("percentage", "0.5", "<text:p>50%</text:p>"),
        cell("boolean", "true"),
        cell("date", "2026-09-01"),
        cell("date", "2026-09-01T09:30:00"),
        cell("time", "PT9H", "<text:p>9:00</text:p>"),
        cell("string", "0012", "<text:p>12</text:p>"),
        "<table:table-cell><text:p>kindless<text:s/>text</text:p></table:table-cell>",
    )
    assert of_ods(rows) == (
        (
            "Иванов  И.\na\tb\nc",
            Decimal("92.3"),
            Decimal("0.5"),
            True,
            date(2026, 9, 1),
            moment(9, 30),
            "9:00",
            "0012",
            "kindless text",
        ),
    )


def test_repeated_cells_and_rows_stand_for_themselves_and_empty_ones_cost_nothing() -> None:
    empty = '<table:table-cell table:number-columns-repeated="16000"/>'
    rows = row(cell("float", "1", extra='table:number-columns-repeated="2"'), empty) + row(
        "<table:covered-table-cell/>", cell("float", "2"), extra='table:number-rows-repeated="2"'
    )
    rows += row(empty, extra='table:number-rows-repeated="1048000"')
    one, two = Decimal(1), Decimal(2)
    assert of_ods(rows) == ((one, one), (None, two), (None, two))


@pytest.mark.parametrize(("kind", "value"), [("float", "x"), ("date", "1 September"), ("date", "2026-13-01T00:00:00")])
def test_an_opendocument_value_of_another_kind_is_refused_with_its_place(kind: str, value: str) -> None:
    error = refused(ods(TABLE.format(row() + row(cell("string"), cell(kind, value)))))
    assert (error.fault, error.member, error.row, error.column) == (FileFault.BAD_VALUE, "Т", 2, 2)


def test_tables_outside_the_sheet_and_cells_outside_tables_are_passed_over() -> None:
    assert read_sheets(ods(row(cell("float", "1")) + TABLE.format(""))) == (Sheet("Т", ()),)


def test_an_opendocument_without_tables_and_one_under_a_password_are_refused() -> None:
    assert refused(ods("")).fault is FileFault.UNKNOWN_FORMAT
    manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
    locked = ods(TABLE.format(""), others={"META-INF/manifest.xml": manifest})
    assert refused(locked).fault is FileFault.ENCRYPTED
    assert read_sheets(ods(TABLE.format(""), others={"META-INF/manifest.xml": "<manifest> </manifest>"}))


# ------------------------------------------------------------ text tables


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_text_table_is_read_whatever_its_letters_and_separator(encoding: str, separator: str) -> None:
    table = [["Имя", "Проект: «Школа»".replace("«", "(").replace("»", ")"), "Итог"], ["Анна", "4,5", ""]]
    quoted = [[f'"{cell}"' if separator in cell else cell for cell in line] for line in table]
    text = "\r\n".join(separator.join(line) for line in quoted)
    (sheet,) = read_sheets(text.encode(encoding), filename="a.csv")
    assert sheet == Sheet("a.csv", (tuple(table[0]), ("Анна", "4,5")))


def test_quotes_lines_within_a_cell_and_empty_lines_are_kept_in_place() -> None:
    (sheet,) = read_sheets(b'sep=;\n"a ""b""\nc";0012\n\n-;x')
    assert sheet.rows == (('a "b"\nc', "0012"), (), ("-", "x"))


def test_a_single_column_is_a_table_too() -> None:
    (sheet,) = read_sheets("Имя\nАнна".encode())
    assert sheet.rows == (("Имя",), ("Анна",))


def test_decimal_commas_do_not_make_columns() -> None:
    (sheet,) = read_sheets("Имя;Эссе\nАнна;4,5\nБорис;3,5\n".encode())
    assert sheet.rows[1] == ("Анна", "4,5")


def test_a_text_that_is_no_table_is_refused() -> None:
    for data in (b"<html><body>1,2", b'{"a": 1}', b"%PDF-1.7", b"a,b\0c", b"\x89PNG\r\n\x1a\n", b"\xff\xfea\0\0\0"):
        assert refused(data).fault is FileFault.UNKNOWN_FORMAT
    assert refused(b"\x98;\xff").fault is FileFault.ENCODING
    assert refused(b"").fault is FileFault.EMPTY


def test_rows_and_cells_of_a_text_have_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "_LONGEST_RECORD", 50)
    monkeypatch.setattr(delimited, "_MOST_LINES", 3)
    monkeypatch.setattr(delimited, "MAX_COLUMNS", 4)
    assert refused(b"x" * 51).fault is FileFault.TEXT_TOO_LONG
    assert refused(b'a,"\n\n\n\n",b').fault is FileFault.TEXT_TOO_LONG
    monkeypatch.setattr(delimited, "_MOST_RECORDS", 40)
    assert refused(b"a,b\n" + b"\n" * 40).fault is FileFault.TOO_MANY_ROWS
    error = refused(b"a,b\n1,2,3,4,5")
    assert (error.fault, error.row) == (FileFault.TOO_MANY_COLUMNS, 2)
    assert read_sheets(b"a,b\n" * 40)[0].rows == (("a", "b"),) * 40


def test_a_cell_without_end_is_refused() -> None:
    assert refused(b'a,b\n1,"' + b"x" * 140_000).fault is FileFault.TEXT_TOO_LONG


def test_the_file_stays_open_for_its_owner() -> None:
    source = io.BytesIO(b"a,b\n1,2")
    read_sheets(source)
    assert not source.closed


# ------------------------------------------------------------ kinds and limits


def test_old_or_locked_workbooks_and_other_archives_are_told_apart() -> None:
    assert refused(b"\xd0\xcf\x11\xe0" + b"\0" * 512).fault is FileFault.OLD_OR_LOCKED
    assert refused(zipped({"readme.txt": "x"})).fault is FileFault.UNKNOWN_FORMAT


def test_limits_are_told_with_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "MAX_SHEETS": 1,
        "MAX_ROWS": 5,
        "MAX_COLUMNS": 5,
        "MAX_CELLS": 8,
        "MAX_TEXT": 30,
        "MAX_TEXT_IN_ALL": 60,
    }.items():
        monkeypatch.setattr(grid, name, value)
    monkeypatch.setattr(xlsx_module, "MAX_TEXT", 30)
    monkeypatch.setattr(ods_module, "MAX_TEXT", 30)
    monkeypatch.setattr(xlsx_module, "_MOST_SHARED", 3)
    monkeypatch.setattr(ods_module, "_MOST_ELEMENTS", 4)
    monkeypatch.setattr(xlsx_module, "_MOST_ELEMENTS", 20)
    text = '<c t="inlineStr"><is><t>{}</t></is></c>'
    cases = {
        xlsx('<row r="6"><c><v>1</v></c></row>'): (FileFault.TOO_MANY_ROWS, 5),
        xlsx('<row r="1"><c r="F1"><v>1</v></c></row>'): (FileFault.TOO_MANY_COLUMNS, 5),
        xlsx("<row><c><v>1</v></c><c><v>1</v></c><c><v>1</v></c></row>" * 3): (FileFault.TOO_MANY_CELLS, 8),
        xlsx("<row>" + "<c/>" * 21 + "</row>"): (FileFault.TOO_MANY_CELLS, 20),
        xlsx("", texts="<si/>" * 4): (FileFault.TOO_MANY_CELLS, 3),
        xlsx(f"<row>{text.format('x' * 31)}</row>"): (FileFault.TEXT_TOO_LONG, 30),
        ods(TABLE.format(row(cell("string", text=f"<text:p>{'x' * 31}</text:p>")))): (FileFault.TEXT_TOO_LONG, 30),
        xlsx(f"<row>{text.format('x' * 30) * 3}</row>"): (FileFault.TEXT_TOO_LONG, 60),
        ods(TABLE.format("") * 2): (FileFault.TOO_MANY_SHEETS, 1),
        ods(TABLE.format("<table:table-row/>" * 20)): (FileFault.TOO_MANY_CELLS, 4),
    }
    for data, (fault, limit) in cases.items():
        error = refused(data)
        assert (error.fault, error.facts["limit"]) == (fault, limit)


def test_a_sheet_of_far_flung_cells_is_refused_before_it_is_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid, "MAX_CELLS", 10)
    rows = "".join(f'<row r="{number}"><c r="K{number}"><v>1</v></c></row>' for number in range(1, 5))
    assert refused(xlsx(rows)).fault is FileFault.TOO_MANY_CELLS


def test_a_file_over_the_limit_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lms_sync.files.sheets.MAX_FILE_BYTES", 10)
    error = refused(b"a,b,c,d,e,f")
    assert (error.fault, error.facts["limit"]) == (FileFault.TOO_LARGE, 10)


def test_document_types_are_refused_in_every_part() -> None:
    doctype = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    assert refused(xlsx("", doctype=doctype)).fault is FileFault.DOCUMENT_TYPE
    assert refused(ods("", doctype=doctype)).fault is FileFault.DOCUMENT_TYPE
    assert refused(xlsx("", others={SHEET: "<worksheet><sheetData>"})).fault is FileFault.DAMAGED
