"""One seeded draw that breaks every tie."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from scoring.errors import Problem
from scoring.ids import Id, canonical, check_rng
from scoring.matching.records import Lottery

__all__ = ["draw_lottery", "lottery_problems"]


def draw_lottery(participants: Iterable[Id], mentors: Iterable[Id], rng: np.random.Generator) -> Lottery:
    """Draw one number for everyone on both sides.

    Parameters
    ----------
    participants, mentors
        The ids; their order does not matter.
    rng
        Source of randomness; the same state and ids give the same numbers.

    Returns
    -------
    Lottery
        A permutation of 1, 2, ... for each side.

    Raises
    ------
    InvalidInput
        If `rng` is not a numpy Generator.

    Examples
    --------
    >>> lottery = draw_lottery(["ann", "bob"], ["x"], np.random.default_rng(7))
    >>> sorted(lottery.participants.values()), dict(lottery.mentors)
    ([1, 2], {'x': 1})
    """
    check_rng(rng)
    return Lottery(_numbers(participants, rng), _numbers(mentors, rng))


def _numbers(ids: Iterable[Id], rng: np.random.Generator) -> dict[Id, int]:
    ordered = canonical(ids)
    return dict(zip(ordered, (rng.permutation(len(ordered)) + 1).tolist(), strict=True))


def lottery_problems(lottery: Lottery, participants: Iterable[Id], mentors: Iterable[Id]) -> list[Problem]:
    """Say what keeps a recorded lottery from breaking the ties of these people."""
    sides = (("participants", lottery.participants, participants), ("mentors", lottery.mentors, mentors))
    return [problem for side, numbers, ids in sides for problem in _side_problems(f"lottery.{side}", numbers, ids)]


def _side_problems(field: str, numbers: Mapping[Id, int], ids: Iterable[Id]) -> list[Problem]:
    problems = [Problem(f"{field}[{each}]", "has no number") for each in ids if each not in numbers]
    if len(set(numbers.values())) < len(numbers):
        problems.append(Problem(field, "gives one number to two people"))
    return problems
