"""Each thing that can go wrong has a sentence, and each place in it is filled."""

from __future__ import annotations

import re

import pytest

from bridge.lms.sentences import SENTENCES, places, refusal, sentence
from lms_sync.errors import BadAnswer, BadToken, ErrorCode, LmsError, Redirected, Unreachable
from lms_sync.reader import ProblemCode

PLACE = re.compile(r"%\((\w+)\)s")


@pytest.mark.parametrize("code", ErrorCode)
def test_every_error_has_a_sentence_of_its_own(code: ErrorCode) -> None:
    assert code in SENTENCES
    told = str(refusal(LmsError("for the log only", code=code, function="f")))
    assert told.endswith((".", " "))
    assert "for the log only" not in told
    assert "%(" not in told


def test_no_two_errors_share_a_sentence() -> None:
    assert len(set(SENTENCES.values())) == len(SENTENCES)


def test_places_are_filled_from_the_errors_facts() -> None:
    moved = refusal(Redirected("moved", facts={"location": "https://new.example"}))
    assert str(moved).endswith("https://new.example")
    broken = refusal(BadAnswer("not a number", path="grades[3].grade", row=3, function="mod_assign_get_grades"))
    assert "(mod_assign_get_grades: grades[3].grade)" in str(broken)


def test_only_a_passing_fault_is_unreachable() -> None:
    assert refusal(Unreachable("no", code=ErrorCode.CONNECT)).is_unreachable
    assert not refusal(BadToken("no")).is_unreachable


@pytest.mark.parametrize("code", [*ErrorCode, *ProblemCode])
def test_a_sentence_asks_only_for_what_a_problem_can_give(code: str) -> None:
    assert code in SENTENCES
    known = places({})
    assert set(PLACE.findall(sentence(code))) <= known.keys()
    assert "%(" not in sentence(code) % known
