"""XML that tricks, wherever it stands."""

from __future__ import annotations

from lms_sync.errors import FileFault
from tests.support.backups import changed, made, members_of
from tests.support.hostile.registry import MB, enter, hostile, noise, shuffled
from tests.support.workbooks import ods, xlsx, zipped

_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCTYPES = {
    "xxe_file": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    "xxe_network": '<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/secret">]>',
    "external_document_type": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    "parameter_entity": '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
    "billion_laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{_LAUGHS}]>',
    "quadratic_blowup": f'<!DOCTYPE x [<!ENTITY e "{"A" * 100_000}">]>',
    "empty_document_type": "<!DOCTYPE x>",
}


def _in_sheet(doctype: str) -> bytes:
    return xlsx("<row><c><v>1</v></c></row>", doctype=doctype)


def _in_shared_texts(doctype: str) -> bytes:
    return xlsx("", others={"xl/sharedStrings.xml": f"{doctype}<sst><si><t>&e;</t></si></sst>"})


def _in_ods(doctype: str) -> bytes:
    return ods("<table:table/>", doctype=doctype)


def _in_results(doctype: str) -> bytes:
    return f"{doctype}<results><result><score>&l9;&e;</score></result></results>".encode()


def _in_users(doctype: str) -> bytes:
    return made({"users.xml": f'{doctype}<users><user id="1"><username>&e;</username></user></users>'}).getvalue()


def _in_cover(doctype: str) -> bytes:
    return zipped({"moodle_backup.xml": f"{doctype}<moodle_backup/>"})


for _name, _doctype in DOCTYPES.items():
    for _place, _reader, _make in (
        ("sheet", "sheets", _in_sheet),
        ("shared_texts", "sheets", _in_shared_texts),
        ("ods", "sheets", _in_ods),
        ("results", "gradebook", _in_results),
        ("users", "backup", _in_users),
        ("cover", "backup", _in_cover),
    ):
        enter(
            f"{_name}_in_{_place}",
            _reader,
            lambda make=_make, doctype=_doctype: make(doctype),  # type: ignore[misc]
            FileFault.DOCUMENT_TYPE,
        )


def _users(text: str) -> bytes:
    return made({"users.xml": text}).getvalue()


@hostile("backup", FileFault.DAMAGED)
def deep_nesting_in_users() -> bytes:
    return _users("<users>" + "<a>" * 100_000)


@hostile("sheets", FileFault.DAMAGED)
def deep_nesting_in_a_sheet() -> bytes:
    return xlsx("<row>" * 100_000)


@hostile("sheets", FileFault.DAMAGED)
def deep_nesting_in_ods() -> bytes:
    return ods("<table:table>" + "<text:p>" * 100_000)


@hostile("gradebook", FileFault.DAMAGED)
def deep_nesting_in_results() -> bytes:
    return b"<results>" * 1_000_000


@hostile("backup", FileFault.BAD_RECORD)
def an_attribute_of_11_mb() -> bytes:
    return _users('<users><user id="' + noise(11 * MB) + '"/></users>')


@hostile("gradebook", FileFault.DAMAGED)
def an_attribute_of_11_mb_in_results() -> bytes:
    return f'<results batch="{noise(11 * MB)}"/>'.encode()


@hostile("gradebook", FileFault.TEXT_TOO_LONG)
def a_feedback_of_9_mb() -> bytes:
    return f"<results><result><feedback>{noise(9 * MB)}</feedback></result></results>".encode()


@hostile("backup", FileFault.TEXT_TOO_LONG)
def a_name_of_9_mb() -> bytes:
    return _users(f'<users><user id="3"><username>{noise(9 * MB)}</username></user></users>')


@hostile("backup", FileFault.TEXT_TOO_LONG)
def a_name_of_one_letter_repeated() -> bytes:
    return _users(f'<users><user id="3"><username>{"a" * (9 * MB)}</username></user></users>')


@hostile("gradebook", FileFault.TOO_MANY_CELLS)
def a_million_results() -> bytes:
    return b"<results>" + b"<result/>" * 1_500_000 + b"</results>"


@hostile("backup", FileFault.TOO_MANY_RECORDS)
def half_a_million_users() -> bytes:
    return _users("<users>" + "".join(f'<user id="{n}"/>' for n in shuffled(500_000)) + "</users>")


@hostile("backup", FileFault.TOO_MANY_RECORDS)
def half_a_million_grades() -> bytes:
    cells = "".join(f'<grade_grade id="{n}"><userid>{n}</userid></grade_grade>' for n in shuffled(500_000))
    item = f'<grade_item id="1"><itemtype>manual</itemtype><grade_grades>{cells}</grade_grades></grade_item>'
    return made({"gradebook.xml": f"<gradebook><grade_items>{item}</grade_items></gradebook>"}).getvalue()


@hostile("backup", FileFault.BAD_RECORD)
def an_id_of_a_million_digits() -> bytes:
    return _users(f'<users><user id="{"9" * 1_000_000}"/></users>')


@hostile("backup", FileFault.BAD_RECORD)
def a_grade_of_infinity() -> bytes:
    return made({"gradebook.xml": _grade("1e999999999")}).getvalue()


@hostile("backup", FileFault.BAD_RECORD)
def a_grade_that_is_no_number() -> bytes:
    return made({"gradebook.xml": _grade("NaN")}).getvalue()


@hostile("backup", FileFault.BAD_RECORD)
def a_time_after_the_last() -> bytes:
    return changed("course-5.mbz", moodle_backup=lambda cover: cover.replace(b"<backup_date>", b"<backup_date>9999999"))


def _grade(text: str) -> str:
    cell = f'<grade_grade id="1"><userid>3</userid><finalgrade>{text}</finalgrade></grade_grade>'
    item = f'<grade_item id="1"><itemtype>manual</itemtype><grade_grades>{cell}</grade_grades></grade_item>'
    return f"<gradebook><grade_items>{item}</grade_items></gradebook>"


@hostile("backup", FileFault.DAMAGED)
def users_in_utf_16() -> bytes:
    return zipped({**members_of("course-5.mbz"), "users.xml": "<users/>".encode("utf-16")})


@hostile("backup", FileFault.DAMAGED)
def users_that_claim_another_encoding() -> bytes:
    return zipped({**members_of("course-5.mbz"), "users.xml": '<?xml version="1.0" encoding="utf-7"?>+ADw-users/+AD4-'})


@hostile("backup", FileFault.DAMAGED)
def an_undeclared_entity() -> bytes:
    return _users("<users>&secret;</users>")


@hostile("sheets", None)
def an_instruction_to_fetch_a_style() -> bytes:
    return xlsx("", doctype='<?xml-stylesheet type="text/xsl" href="http://127.0.0.1:9/x.xsl"?>')


@hostile("sheets", None)
def an_inclusion() -> bytes:
    return xlsx('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>')
