"""Workbooks of too much, too far, or of what would be run."""

from __future__ import annotations

from lms_sync.errors import FileFault
from tests.support.hostile.registry import MB, hostile, noise, shuffled
from tests.support.workbooks import SHEET, ods, xlsx


@hostile("sheets", FileFault.TOO_MANY_ROWS)
def two_cells_in_opposite_corners() -> bytes:
    return xlsx('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>')


@hostile("sheets", FileFault.TOO_MANY_COLUMNS)
def a_million_columns() -> bytes:
    return xlsx("<row>" + "<c><v>1</v></c>" * 60_000 + "</row>")


@hostile("sheets", FileFault.TOO_MANY_CELLS)
def a_million_cells() -> bytes:
    row = "<row>" + "".join(f"<c><v>{n}</v></c>" for n in shuffled(500)) + "</row>"
    return xlsx(row * 1_500)


@hostile("sheets", FileFault.TOO_MANY_CELLS)
def millions_of_empty_cells() -> bytes:
    return xlsx("".join(f'<row r="{n}">{"<c/>" * 1_000}</row>' for n in shuffled(2_000)))


@hostile("sheets", FileFault.TOO_MANY_CELLS)
def cells_far_apart_in_many_rows() -> bytes:
    return xlsx("".join(f'<row r="{n}"><c r="AAA{n}"><v>{n}</v></c></row>' for n in range(1, 40_001)))


@hostile("sheets", FileFault.TEXT_TOO_LONG)
def giant_shared_texts() -> bytes:
    return xlsx("", texts="".join(f"<si><t>{noise(30_000)}</t></si>" for _ in range(700)))


@hostile("sheets", FileFault.TEXT_TOO_LONG)
def one_giant_shared_text() -> bytes:
    return xlsx("", texts=f"<si><t>{noise(5 * MB)}</t></si>")


@hostile("sheets", FileFault.TOO_MANY_CELLS)
def half_a_million_shared_texts() -> bytes:
    return xlsx("", texts="".join(f"<si><t>{n}</t></si>" for n in shuffled(500_000)))


@hostile("sheets", FileFault.TOO_MANY_SHEETS)
def a_thousand_sheets() -> bytes:
    sheets = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1_000))
    spaces = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    return xlsx("", others={"xl/workbook.xml": f"<workbook {spaces}><sheets>{sheets}</sheets></workbook>"})


@hostile("sheets", FileFault.BAD_VALUE)
def a_number_of_a_million_digits() -> bytes:
    return xlsx(f"<row><c><v>{'9' * 100_000}</v></c></row>")


@hostile("sheets", FileFault.BAD_VALUE)
def a_number_beyond_all() -> bytes:
    return xlsx("<row><c><v>1e309</v></c></row>")


@hostile("sheets", FileFault.BAD_VALUE)
def a_shared_text_that_is_not_there() -> bytes:
    return xlsx('<row><c t="s"><v>4294967295</v></c></row>', texts="<si/>")


@hostile("sheets", None)
def a_date_beyond_the_calendar() -> bytes:
    styles = '<cellXfs><xf numFmtId="14"/></cellXfs>'
    return xlsx('<row><c s="0"><v>999999999</v></c></row>', styles=styles)


@hostile("sheets", None)
def formulas_that_would_start_programs() -> bytes:
    cells = ("=cmd|'/c calc'!A0", '=HYPERLINK("http://127.0.0.1:9/?"&amp;A1)', "=WEBSERVICE('http://127.0.0.1:9')")
    return xlsx("<row>" + "".join(f'<c t="str"><f>{cell}</f><v>{cell}</v></c>' for cell in cells) + "</row>")


@hostile("sheets", None)
def a_workbook_with_macros_and_outside_links() -> bytes:
    relations = (
        '<Relationships><Relationship Id="rId1" TargetMode="External" Target="file:///etc/passwd"/>'
        '<Relationship Id="rId2" Target="../../../../etc/passwd"/></Relationships>'
    )
    return xlsx("", others={"xl/_rels/workbook.xml.rels": relations, "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


@hostile("sheets", FileFault.DAMAGED)
def a_workbook_of_noise() -> bytes:
    return xlsx("", others={SHEET: noise(100_000)})


@hostile("sheets", FileFault.TOO_MANY_COLUMNS)
def an_opendocument_cell_repeated_without_end() -> bytes:
    cell = '<table:table-cell table:number-columns-repeated="2147483647" office:value-type="float" office:value="1"/>'
    return ods(f"<table:table><table:table-row>{cell}</table:table-row></table:table>")


@hostile("sheets", FileFault.TOO_MANY_ROWS)
def an_opendocument_row_repeated_without_end() -> bytes:
    cell = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="2147483647">{cell}</table:table-row>'
    return ods(f"<table:table>{row}</table:table>")


@hostile("sheets", FileFault.TOO_MANY_CELLS)
def an_opendocument_block_repeated_without_end() -> bytes:
    kind = 'table:number-columns-repeated="1900" office:value-type="string"'
    cell = f"<table:table-cell {kind}><text:p>x</text:p></table:table-cell>"
    row = f'<table:table-row table:number-rows-repeated="49000">{cell}</table:table-row>'
    return ods(f"<table:table>{row}</table:table>")


@hostile("sheets", FileFault.TEXT_TOO_LONG)
def an_opendocument_of_spaces() -> bytes:
    spaces = "".join(f'<text:s text:c="9{n}"/>' for n in shuffled(2_000))
    cell = f'<table:table-cell office:value-type="string"><text:p>{spaces}</text:p></table:table-cell>'
    return ods(f"<table:table><table:table-row>{cell}</table:table-row></table:table>")


@hostile("sheets", FileFault.UNKNOWN_FORMAT)
def an_opendocument_without_tables() -> bytes:
    return ods("<text:p>A letter</text:p>")
