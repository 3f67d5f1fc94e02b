from __future__ import annotations

import re

from bridge.lms.files.matching import Assumption, Doubt, DoubtCode
from bridge.lms.files.preview import Preview
from bridge.lms.files.wording import ASSUMED, LEFT_OUT, assumed, left_out
from lms_sync.files.gradebook import SheetProblem, SheetProblemCode


def drawn() -> Preview:
    problems = tuple(SheetProblem(9, 2, code, "Эссе") for code in SheetProblemCode)
    doubts = tuple(Doubt(3, None, code, "Очиров") for code in DoubtCode)
    assumptions = tuple(("Эссе", one) for one in Assumption)
    return Preview("c", None, (), (), problems=problems, doubts=doubts, assumptions=assumptions)


def test_everything_that_is_left_out_has_a_sentence_in_the_order_of_rows() -> None:
    lines = left_out(drawn(), str)
    assert [line.row for line in lines] == [3] * len(DoubtCode) + [9] * len(SheetProblemCode)
    assert {line.column for line in lines} == {"", "B"}
    assert all(line.words.endswith(".") for line in lines)
    assert not any("%(" in line.words for line in lines)


def test_every_assumption_is_said() -> None:
    told = list(assumed(drawn(), str))
    assert len(told) == len(Assumption)
    assert all("“Эссе”" in sentence for sentence in told)


def test_sentences_ask_only_for_a_name() -> None:
    for sentence in (*LEFT_OUT.values(), *ASSUMED.values()):
        assert set(re.findall(r"%\((\w+)\)", sentence)) <= {"name"}
    assert LEFT_OUT.keys() == {*SheetProblemCode, *DoubtCode}
    assert ASSUMED.keys() == set(Assumption)
