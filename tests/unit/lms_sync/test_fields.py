from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError, fields

from lms_sync.payloads.fields import Exact, Flag, Id, Instant, Mark, Name, Text, plain_name


def load(field: fields.Field, value: Any) -> Any:
    return field.deserialize(value)


@pytest.mark.parametrize(
    ("value", "number"), [(3, 3), ("3", 3), ("-1", -1), (0, 0), ("9223372036854775807", 2**63 - 1)]
)
def test_whole_numbers(value: Any, number: int) -> None:
    assert load(Id(), value) == number


@pytest.mark.parametrize(
    "value", [None, "", "3.0", "3a", " 3", "٣", True, False, 3.0, [], {}, 2**63, "9" * 19, "9" * 30]
)
def test_what_is_no_whole_number(value: Any) -> None:
    with pytest.raises(ValidationError):
        load(Id(), value)


@pytest.mark.parametrize(
    ("value", "flag"),
    [(True, True), (False, False), (1, True), (0, False), ("1", True), ("0", False), ("", False), (1795476034, True)],
)
def test_flags(value: Any, *, flag: bool) -> None:
    assert load(Flag(), value) is flag


@pytest.mark.parametrize("value", ["true", "yes", [], {}, Decimal("0.5")])
def test_what_is_no_flag(value: Any) -> None:
    with pytest.raises(ValidationError):
        load(Flag(), value)


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (0, None),
        ("0", None),
        ("", None),
        (None, None),
        (1795476034, datetime(2026, 11, 23, 23, 20, 34, tzinfo=UTC)),
        ("1795476034", datetime(2026, 11, 23, 23, 20, 34, tzinfo=UTC)),
        (253_402_300_799, datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_times(value: Any, moment: datetime | None) -> None:
    assert load(Instant(), value) == moment


@pytest.mark.parametrize("value", [-1, 253_402_300_800, "yesterday", True, Decimal("1.5")])
def test_what_is_no_time(value: Any) -> None:
    with pytest.raises(ValidationError):
        load(Instant(), value)


@pytest.mark.parametrize(
    ("value", "number", "written"),
    [
        ("91.50000", Decimal("91.5"), "91.5"),
        (Decimal("60.3"), Decimal("60.3"), "60.3"),
        (Decimal("60.299999999999997"), Decimal("60.3"), "60.3"),
        (100, Decimal(100), "100"),
        ("100.00000", Decimal(100), "100"),
        ("-1.00000", Decimal(-1), "-1"),
        ("0.00001", Decimal("0.00001"), "0.00001"),
        (0, Decimal(0), "0"),
        ("-0.0", Decimal(0), "0"),
    ],
)
def test_numbers_are_exact_and_written_one_way(value: Any, number: Decimal, written: str) -> None:
    loaded = load(Exact(), value)
    assert loaded == number
    assert format(loaded, "f").lstrip("-") == written.lstrip("-")
    assert "E" not in str(loaded)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "4,5",
        "NaN",
        "Infinity",
        "-Infinity",
        "sNaN",
        "1e309",
        "1e999999999999",
        "ten",
        True,
        None,
        1.5,
        [],
        "9" * 40,
    ],
)
def test_what_is_no_number(value: Any) -> None:
    with pytest.raises(ValidationError):
        load(Exact(), value)


@pytest.mark.parametrize("value", ["-1.00000", "-1", -1, Decimal("-1.0"), None, "", "-"])
def test_no_mark_is_none(value: Any) -> None:
    assert load(Mark(), value) is None


def test_nought_is_a_mark() -> None:
    assert load(Mark(), "0.00000") == 0


@pytest.mark.parametrize("value", ["ten", "4,5", "NaN", True, []])
def test_what_is_no_mark(value: Any) -> None:
    with pytest.raises(ValidationError):
        load(Mark(), value)


@pytest.mark.parametrize(
    ("value", "text"), [("a", "a"), ("", ""), (None, ""), (5, "5"), (Decimal("1.5"), "1.5"), ("a\x00b", "ab")]
)
def test_texts(value: Any, text: str) -> None:
    assert load(Text(), value) == text


@pytest.mark.parametrize("value", [True, [], {}, 1.5])
def test_what_is_no_text(value: Any) -> None:
    with pytest.raises(ValidationError):
        load(Text(), value)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("Проект &amp; внедрение", "Проект & внедрение"),
        ("Проект & внедрение", "Проект & внедрение"),
        ("R&Development", "R&Development"),
        ("a &lt; b", "a < b"),
        ("a < b", "a < b"),
        ("&laquo;Школа&raquo;", "«Школа»"),
        ("&#171;Школа&#xBB;", "«Школа»"),
        ("&amp;amp;", "&amp;"),
        ("<span lang='ru' class='multilang'>Эссе</span>", "Эссе"),
        ("0&ndash;100", "0–100"),
        ("  Группа \n 1 ", "Группа 1"),
        ("&notaname;", "&notaname;"),
        ("", ""),
    ],
)
def test_a_name_is_read_as_people_read_it(sent: str, read: str) -> None:
    assert plain_name(sent) == read
    assert load(Name(), sent) == read


@given(st.text())
def test_formatting_and_raw_names_read_alike(name: str) -> None:
    """Moodle's own escaping: a lone ampersand becomes an entity, an entity stays."""
    import re

    formatted = re.sub(r"&(?![a-zA-Z0-9#]{1,8};)", "&amp;", name)
    assert plain_name(formatted) == plain_name(name)
