from __future__ import annotations

import gzip
import json
import resource
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_sync import payloads
from lms_sync.client import DROPPED_KEYS, Format, RawAnswer, decode
from lms_sync.errors import BadAnswer, LmsError, NotFound, NotMoodle
from lms_sync.xml import parse_answer
from tests.integration.lms_sync.recorded import FIXTURES, as_xml

HEAD = b'<?xml version="1.0" encoding="UTF-8" ?>\n'


def parse(text: str | bytes) -> Any:
    body = text.encode() if isinstance(text, str) else text
    return parse_answer(HEAD + body, function="core_x", dropped=DROPPED_KEYS)


def recorded(name: str) -> bytes:
    found = json.loads(gzip.decompress((FIXTURES / "season.json.gz").read_bytes()))
    return next(one["body"] for one in found if one["name"] == name).encode()


def test_values_are_texts_in_lists_and_dictionaries() -> None:
    text = """<RESPONSE><SINGLE>
    <KEY name="a"><VALUE>1</VALUE></KEY>
    <KEY name="b"><VALUE null="null"/></KEY>
    <KEY name="c"><VALUE></VALUE></KEY>
    <KEY name="d"><MULTIPLE><VALUE>x &amp; y</VALUE>
        <SINGLE><KEY name="e"><VALUE>&lt;p&gt;</VALUE></KEY></SINGLE></MULTIPLE></KEY>
    <KEY name="f"><MULTIPLE></MULTIPLE></KEY>
    </SINGLE></RESPONSE>"""
    assert parse(text) == {"a": "1", "b": None, "c": "", "d": ["x & y", {"e": "<p>"}], "f": []}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<RESPONSE></RESPONSE>", None),
        ("<RESPONSE><VALUE>0</VALUE></RESPONSE>", "0"),
        ('<RESPONSE><VALUE null="null"/></RESPONSE>', None),
        ("<RESPONSE><MULTIPLE>\n</MULTIPLE></RESPONSE>", []),
    ],
)
def test_an_answer_may_be_a_value_a_list_or_nothing(text: str, value: Any) -> None:
    assert parse(text) == value


def test_custom_profile_fields_are_dropped() -> None:
    field = '<MULTIPLE><SINGLE><KEY name="value"><VALUE>873327600</VALUE></KEY></SINGLE></MULTIPLE>'
    keys = f'<KEY name="id"><VALUE>3</VALUE></KEY><KEY name="customfields">{field}</KEY>'
    assert parse(f"<RESPONSE><SINGLE>{keys}</SINGLE></RESPONSE>") == {"id": "3"}


def test_characters_that_xml_cannot_hold_are_left_out() -> None:
    assert parse(b"<RESPONSE><VALUE>a\x0b\x00\x1fb\tc</VALUE></RESPONSE>") == "ab\tc"


def test_a_recorded_answer_gives_the_records_that_json_gives() -> None:
    sifted = payloads.assignment_grades(
        decode(RawAnswer(200, "", recorded("xml_assign_grades")), function="x", answer_format=Format.XML),
        course_of={1: 2, 2: 3},
    )
    found = json.loads(gzip.decompress((FIXTURES / "season.json.gz").read_bytes()))
    body = next(one["body"] for one in found if one["name"] == "assign_grades")
    assert sifted.records == payloads.assignment_grades(body, course_of={1: 2, 2: 3}).records
    assert len(sifted.records) > 100


def test_a_recorded_sites_description_is_read() -> None:
    value = decode(RawAnswer(200, "", recorded("xml_site_info")), function="x", answer_format=Format.XML)
    site = payloads.site(value, url="https://moodle.example")
    assert (site.name, site.user_id, site.release) == ("Акселератор проектов", 2, "4.5.6 (Build: 20250811)")
    assert "mod_assign_get_grades" in site.functions


def test_a_recorded_exception_is_the_same_error() -> None:
    with pytest.raises(NotFound) as caught:
        decode(RawAnswer(200, "", recorded("xml_error")), function="x", answer_format=Format.XML)
    assert caught.value.errorcode == "invalidrecord"
    assert caught.value.exception == "dml_missing_record_exception"


def test_notices_before_the_document_are_skipped_and_pages_told() -> None:
    notice = b"<br />\n<b>Notice</b>: x in <b>y</b> on line <b>1</b><br />\n"
    answer = RawAnswer(200, "", notice + HEAD + b"<RESPONSE><VALUE>1</VALUE></RESPONSE>")
    assert decode(answer, function="x", answer_format=Format.XML) == "1"
    with pytest.raises(NotMoodle):
        decode(RawAnswer(200, "", b"<!DOCTYPE html><html></html>"), function="x", answer_format=Format.XML)
    with pytest.raises(BadAnswer):
        decode(RawAnswer(200, "", b'{"a": 1}'), function="x", answer_format=Format.XML)


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
HOSTILE: dict[str, str | bytes] = {
    "an external entity": '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><RESPONSE><VALUE>&x;</VALUE></RESPONSE>',
    "an external document type": '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd"><RESPONSE></RESPONSE>',
    "a parameter entity": '<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]><RESPONSE></RESPONSE>',
    "a billion laughs": f'<!DOCTYPE r [<!ENTITY a0 "ha">{LAUGHS}]><RESPONSE><VALUE>&a11;</VALUE></RESPONSE>',
    "quadratic blow-up": f'<!DOCTYPE r [<!ENTITY a "{"a" * 50_000}">]><RESPONSE>{"&a;" * 5_000}</RESPONSE>',
    "an internal subset": "<!DOCTYPE RESPONSE [<!ELEMENT RESPONSE ANY>]><RESPONSE></RESPONSE>",
    "an unknown entity": "<RESPONSE><VALUE>&x;</VALUE></RESPONSE>",
    "a depth without end": "<RESPONSE>" + "<MULTIPLE>" * 100_000,
    "a text without end": "<RESPONSE><VALUE>" + "x" * 20_000_000,
    "an inclusion": '<RESPONSE xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/passwd"/></RESPONSE>',
    "another vocabulary": "<html><body>x</body></html>",
    "a value cut off": "<RESPONSE><VALUE>1</VAL",
    "two documents": "<RESPONSE></RESPONSE><RESPONSE></RESPONSE>",
    "a code outside an exception": "<RESPONSE><ERRORCODE>x</ERRORCODE></RESPONSE>",
    "a code inside a list": "<RESPONSE><MULTIPLE><ERRORCODE>x</ERRORCODE></MULTIPLE></RESPONSE>",
    "UTF-16": "<RESPONSE></RESPONSE>".encode("utf-16"),
    "no UTF-8": b"<RESPONSE><VALUE>\xff\xfe</VALUE></RESPONSE>",
    "nothing": "",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_hostile_or_broken_is_refused_soon_and_small(what: str) -> None:
    started, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(BadAnswer):
        parse(HOSTILE[what])
    assert time.monotonic() - started < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # KiB


def test_another_encoding_than_utf8_is_not_believed() -> None:
    body = b'<?xml version="1.0" encoding="UTF-7"?><RESPONSE><VALUE>+ADw-</VALUE></RESPONSE>'
    assert parse_answer(body, function="x") == "+ADw-"


def test_comments_and_instructions_are_nothing() -> None:
    assert parse("<RESPONSE><!-- x --><VALUE>1<!-- y --></VALUE><?php echo 1 ?></RESPONSE>") == "1"


@given(st.binary(max_size=300))
def test_any_bytes_are_a_value_or_a_bad_answer(body: bytes) -> None:
    try:
        decode(RawAnswer(200, "", HEAD + body), function="x", answer_format=Format.XML)
    except LmsError:
        return


VALUES = st.recursive(
    st.none() | st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"], exclude_characters="￾￿")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_moodle_writes_is_read_back(value: Any) -> None:
    assert parse_answer(as_xml(value), function="x") == value
