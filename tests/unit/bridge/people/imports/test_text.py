from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.people.imports.text import clean, fold, fold_heading


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Очирова\u00a0 Татьяна\t", "Очирова Татьяна"),
        ("Семёнова", "Семёнова"),
        ("е\u0308лка", "ёлка"),
        ("Сар\u00adпинская", "Сарпинская"),
        ("\u200bИван\ufeff", "Иван"),
        ("две\nстроки", "две строки"),
        ("=1+1", "=1+1"),
    ],
)
def test_what_is_stored_keeps_its_letters_and_loses_what_nobody_sees(typed: str, stored: str) -> None:
    assert clean(typed) == stored


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Семёнова", "СЕМЕНОВА"),
        ("МБОУ «Сарпинская СОШ»", 'мбоу "Сарпинская  СОШ"'),
        ("СОШ № 2", "СОШ №2"),
        ("Иванова\u2011Петрова", "Иванова-Петрова"),
        ("О’Нил", "ОНил"),
    ],
)
def test_spellings_of_one_thing_are_compared_as_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_letters_that_differ_are_not_one() -> None:
    assert fold("СОШ № 1") != fold("СОШ № 2")
    assert fold("Иванова") != fold("Иванов")


@given(st.text(max_size=40))
def test_cleaning_and_folding_again_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert fold(clean(text)) == fold(text)


@pytest.mark.parametrize("heading", ["E-mail", "e mail*", " E‑MAIL: ", "e_mail"])
def test_a_heading_is_its_words(heading: str) -> None:
    assert fold_heading(heading) == "e mail"
