from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.messages.substitution import Fault, FaultKind, Placeholder, check, fill, one_line

NAME = Placeholder("name", "имя", "name", "Name")
LINK = Placeholder("link", "ссылка", "link", "Link", is_needed=True)
BOTH = (NAME, LINK)


def faults(text: str, *, needs_all: bool = False, language: str = "ru") -> list[tuple[str, str]]:
    return [(fault.kind.value, fault.name) for fault in check(text, BOTH, language=language, needs_all=needs_all)]


@pytest.mark.parametrize("text", ["{имя}, вот {ссылка}", "{name}: {link}", "{ имя }: {ссылка}", "без скобок {ссылка}"])
def test_a_text_may_use_the_words_of_either_language(text: str) -> None:
    assert faults(text, needs_all=True) == []


def test_an_unknown_name_is_named_as_it_is_written() -> None:
    assert faults("{имя} {фамилия} {}") == [("unknown", "фамилия"), ("unknown", "")]


@pytest.mark.parametrize("text", ["{имя", "имя}", "}{", "{{имя}}", "{имя}}", "{им\nя}"])
def test_a_lone_brace_is_refused(text: str) -> None:
    assert "brace" in {kind for kind, _ in faults(text)}


@pytest.mark.parametrize("text", ["{name.__class__}", "{name!r}", "{name:>30}", "{0}", "{name[0]}"])
def test_what_a_format_string_could_do_is_just_an_unknown_name(text: str) -> None:
    assert faults(text) == [("unknown", text[1:-1])]
    assert fill(text, BOTH, {"name": "Айса"}) == text


def test_what_is_needed_is_missed_in_the_words_of_the_language() -> None:
    assert faults("{имя}", needs_all=True) == [("missing", "ссылка")]
    assert faults("{имя}", needs_all=True, language="en") == [("missing", "link")]
    assert faults("{имя}") == []


@pytest.mark.parametrize("text", ["", " \n\t"])
def test_an_empty_text_is_refused(text: str) -> None:
    assert check(text, (NAME,), language="ru") == (Fault(FaultKind.EMPTY),)


def test_values_are_put_in_once() -> None:
    assert fill("{имя}: {link}", BOTH, {"name": "{link}", "link": "{имя}"}) == "{link}: {имя}"


@given(st.text(), st.text())
def test_a_checked_text_is_filled_whole_whatever_the_values(before: str, value: str) -> None:
    text = before.replace("{", "").replace("}", "") + "{имя}"
    filled = fill(text, BOTH, {"name": value})
    assert filled == text.removesuffix("{имя}") + value


@given(st.text())
def test_a_subject_is_one_line_without_control_characters(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert not any(ord(letter) < 32 or ord(letter) == 127 for letter in line)
    assert one_line(line) == line


def test_words_of_a_subject_stay_apart() -> None:
    assert one_line("Тема\r\nBcc: all@example.ru\x00") == "Тема Bcc: all@example.ru"
