"""Reasons as sentences."""

from __future__ import annotations

import pytest

from scoring.aggregation.outcome import Escalation, Reason
from scoring.aggregation.records import Obstacle
from scoring.aggregation.wording import sentence
from scoring.language import Language

CODES = [*Reason, *Escalation, *Obstacle]


@pytest.mark.parametrize("code", CODES)
def test_every_reason_is_a_sentence_in_both_languages(code):
    russian, english = sentence(code, Language.RU), sentence(code, Language.EN)
    assert any("а" <= letter <= "я" for letter in russian)
    assert not any("а" <= letter <= "я" for letter in english)
    assert russian.endswith(".")
    assert english.endswith(".")
    assert russian[0].isupper()
    assert english[0].isupper()


@pytest.mark.parametrize("language", list(Language))
def test_no_two_reasons_read_alike(language):
    assert len({sentence(code, language) for code in CODES}) == len(CODES)


def test_russian_comes_first():
    assert sentence(Obstacle.NO_VARIATION) == "Все оценки одинаковы."
    assert sentence(Obstacle.NO_VARIATION, Language.EN) == "All marks are equal."
