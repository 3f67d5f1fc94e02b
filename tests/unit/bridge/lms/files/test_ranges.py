from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.lms.files.ranges import Range, inferred_range, scale_positions, total_range
from lms_sync.files.gradebook import SheetMark


def marks(*pairs: tuple[str, str | None]) -> list[SheetMark]:
    return [
        SheetMark(row, 1, Decimal(grade), percentage=None if share is None else Decimal(share))
        for row, (grade, share) in enumerate(pairs)
    ]


def words(*pairs: tuple[str, str | None]) -> list[SheetMark]:
    return [
        SheetMark(row, 1, label=word, percentage=None if share is None else Decimal(share))
        for row, (word, share) in enumerate(pairs)
    ]


@pytest.mark.parametrize(
    ("given_marks", "highest"),
    [
        (marks(("19.2", "48.00")), "40"),
        (marks(("60.3", "60.30"), ("100", "100.00")), "100"),
        (marks(("7", "58.33"), ("11", "91.67")), "12"),
        (marks(("1.25", "50.00")), "2.5"),
        (marks(("0", "0.00"), ("5", "50.00")), "10"),
        (marks(("0.01", "0.03"), ("15", "50.00")), "30"),
    ],
)
def test_percentages_tell_the_maximum(given_marks: list[SheetMark], highest: str) -> None:
    assert inferred_range(given_marks) == Range(Decimal(0), Decimal(highest))


@pytest.mark.parametrize(
    ("given_marks", "highest"),
    [
        ([], "100"),
        (marks(("5", None)), "100"),
        (marks(("150", None)), "150"),
        (marks(("0", "0.00")), "100"),
        # Percentages that contradict each other, or a mark above what they tell.
        (marks(("5", "50.00"), ("5", "10.00")), "100"),
        (marks(("5", "50.00"), ("30", None)), "100"),
    ],
)
def test_where_nothing_tells_the_maximum_it_is_assumed_and_said_so(given_marks: list[SheetMark], highest: str) -> None:
    assert inferred_range(given_marks) == Range(Decimal(0), Decimal(highest), is_assumed=True)


@given(st.integers(1, 400), st.lists(st.integers(0, 10_000), min_size=1, max_size=40))
def test_a_range_that_is_told_explains_every_percentage(highest: int, shares: list[int]) -> None:
    given_marks = []
    for row, share in enumerate(shares):
        grade = (Decimal(share) * highest / 10_000).quantize(Decimal("0.01"))
        shown = (grade * 100 / highest).quantize(Decimal("0.01"))
        given_marks.append(SheetMark(row, 1, grade, percentage=shown))
    found = inferred_range(given_marks)
    if not found.is_assumed:
        for mark in given_marks:
            assert mark.grade is not None
            assert mark.percentage is not None
            if mark.percentage >= 1:
                assert abs(mark.grade * 100 / found.highest - mark.percentage) <= Decimal("0.00500001")


def test_a_total_is_as_wide_as_it_was_ever_shown() -> None:
    assert total_range(marks(("3", "100.00"), ("62.5", "60.68"), ("1", None))) == Range(Decimal(0), Decimal(103))
    assert total_range(marks(("151.33", None))) == Range(Decimal(0), Decimal("151.33"))
    assert total_range([SheetMark(1, 1, feedback="x")]) == Range(Decimal(0), Decimal(0))


def test_percentages_beside_words_tell_their_positions() -> None:
    found = scale_positions(
        words(("готов", "100.00"), ("частично", "50.00"), ("не готов", "0.00"), ("готов", "100.00"))
    )
    assert found == Range(Decimal(1), Decimal(3), positions={"готов": 3, "частично": 2, "не готов": 1})
    assert scale_positions([*words(("плохо", "33.33"), ("хорошо", "66.67")), SheetMark(9, 1)]) == Range(
        Decimal(1), Decimal(4), positions={"плохо": 2, "хорошо": 3}
    )


@pytest.mark.parametrize(
    "given_words",
    [
        [],
        words(("готов", None)),
        words(("готов", "100.00"), ("готов", "50.00")),
        words(("готов", "37.91")),
        words(("готов", "100.00"), ("сдан", "100.00")),
    ],
)
def test_words_that_percentages_do_not_explain_have_no_positions(given_words: list[SheetMark]) -> None:
    assert scale_positions(given_words) is None
