"""Workbooks and archives made by hand, sound ones and such as only a mischief-maker would write."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterable, Mapping

__all__ = ["SHEET", "gz_tar", "ods", "tar_entry", "xlsx", "zipped"]

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = "xl/worksheets/sheet1.xml"


def zipped(members: Mapping[str, bytes | str], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def xlsx(
    rows: str = "",
    *,
    texts: str | None = None,
    styles: str | None = None,
    properties: str = "",
    others: Mapping[str, bytes | str] | None = None,
    doctype: str = "",
) -> bytes:
    """A workbook of one sheet, whose rows are given as its XML."""
    parts = {"worksheet": "worksheets/sheet1.xml", "chartsheet": "chartsheets/sheet2.xml"}
    parts |= (
        {"sharedStrings": "sharedStrings.xml"} if texts is not None or "xl/sharedStrings.xml" in (others or {}) else {}
    )
    parts |= {"styles": "/xl/styles.xml"} if styles is not None else {}
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{_REL}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(parts.items(), 1)
    )
    sheets = '<sheet name="Лист 1" sheetId="1" r:id="rId1"/><sheet name="Chart" sheetId="2" r:id="rId2"/>'
    book = f"{properties}<sheets>{sheets}</sheets>"
    members: dict[str, bytes | str] = {
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}">{book}</workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships>{relations}</Relationships>",
        SHEET: f'{doctype}<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>',
    }
    if texts is not None:
        members["xl/sharedStrings.xml"] = f'<sst xmlns="{_MAIN}">{texts}</sst>'
    if styles is not None:
        members["xl/styles.xml"] = f'<styleSheet xmlns="{_MAIN}">{styles}</styleSheet>'
    return zipped({**members, **(others or {})})


_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_SPACES = " ".join(f'xmlns:{name}="{_ODF}:{name}:1.0"' for name in ("office", "table", "text"))


def ods(tables: str, *, others: Mapping[str, bytes | str] | None = None, doctype: str = "") -> bytes:
    """An OpenDocument workbook, whose tables are given as their XML."""
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    content = f"{doctype}<office:document-content {_SPACES}>{body}</office:document-content>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "content.xml": content, **(others or {})})


def tar_entry(name: str, *, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    """A tar header of any kind."""
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, link
    return entry


def gz_tar(members: Iterable[tuple[str | tarfile.TarInfo, bytes]], *, form: int = tarfile.USTAR_FORMAT) -> bytes:
    """A tar archive packed with gzip."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", format=form) as archive:
        for given, content in members:
            entry = tar_entry(given) if isinstance(given, str) else given
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()
