from __future__ import annotations

from types import SimpleNamespace

import pytest

from bridge.rating.outcome import Outcome, outcomes
from scoring.rating import Standing


def line(uid: str, rank: int | None, standing: Standing = Standing.RANKED) -> SimpleNamespace:
    return SimpleNamespace(member=SimpleNamespace(uid=uid), rating=SimpleNamespace(rank=rank, standing=standing))


def told(ranks: list[int], places: int) -> str:
    """One letter a person: recommended, tied, waiting."""
    found = outcomes([line(str(number), rank) for number, rank in enumerate(ranks)], places)
    return "".join(outcome.value[0] for outcome in found.values())


@pytest.mark.parametrize(
    ("ranks", "places", "expected"),
    [
        ([1, 2, 3, 4], 2, "rrww"),
        ([1, 2, 2, 4], 2, "rttw"),
        ([1, 2, 2, 4], 3, "rrrw"),
        ([1, 1, 1, 1], 3, "tttt"),
        ([1, 1, 1, 1], 4, "rrrr"),
        ([1, 2, 3, 3, 3, 6], 3, "rrtttw"),
        ([1, 2, 3, 3, 3, 6], 4, "rrtttw"),
        ([1, 2, 3, 3, 3, 6], 5, "rrrrrw"),
        ([1, 1, 3], 1, "ttw"),
        ([1, 2], 24, "rr"),
        ([], 5, ""),
    ],
)
def test_a_place_shared_across_the_border_recommends_nobody_on_it(ranks: list[int], places: int, expected: str) -> None:
    assert told(ranks, places) == expected


def test_the_order_of_the_lines_does_not_matter() -> None:
    lines = [line(str(number), rank) for number, rank in enumerate([1, 2, 3, 3, 5])]
    assert outcomes(lines, 3) == outcomes(lines[::-1], 3)


def test_whoever_has_no_place_takes_none() -> None:
    lines = [
        line("first", 1),
        line("awaited", None, Standing.PENDING),
        line("unrated", None, Standing.UNRATED),
        line("gone", None, Standing.WITHDRAWN),
    ]
    assert outcomes(lines, 1) == {
        "first": Outcome.RECOMMENDED,
        "awaited": Outcome.PENDING,
        "unrated": Outcome.PENDING,
        "gone": Outcome.WITHDRAWN,
    }
