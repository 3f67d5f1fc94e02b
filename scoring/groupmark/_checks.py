"""Holds a group's marks against the contract, and adds the criteria up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from scoring.errors import InvalidInput, Problem
from scoring.exact import DECIMALS, UNIT, Number, to_text, to_units
from scoring.groupmark.records import Method, PeerMark, PenaltyKind, Rules

__all__ = ["Ballots", "CheckedRules", "check_group_mark", "check_marks", "check_rules"]

_E = TypeVar("_E", bound=StrEnum)

Ballots = dict[str, dict[str, int]]
"""Rater, ratee: sum over the criteria, in units of 10**-10; a pair without a mark is not there."""


@dataclass(frozen=True, slots=True)
class CheckedRules:
    """`Rules` as exact fractions."""

    method: Method
    weight: Fraction
    lowest_factor: Fraction | None
    highest_factor: Fraction | None
    cap: Fraction | None
    penalty: Fraction
    penalty_kind: PenaltyKind
    decimals: int


def check_rules(rules: Rules) -> CheckedRules:
    """Check the rules; `InvalidInput` lists every one that is out of its range."""
    problems: list[Problem] = []
    kind = _choice(problems, "penalty_kind", rules.penalty_kind, PenaltyKind)
    checked = CheckedRules(
        method=_choice(problems, "method", rules.method, Method),
        weight=_number(problems, "weight", rules.weight, most=1),
        lowest_factor=_optional(problems, "lowest_factor", rules.lowest_factor),
        highest_factor=_optional(problems, "highest_factor", rules.highest_factor),
        cap=_optional(problems, "cap", rules.cap),
        penalty=_number(problems, "penalty", rules.penalty, most=1 if kind is PenaltyKind.SHARE else None),
        penalty_kind=kind,
        decimals=rules.decimals,
    )
    low, high = checked.lowest_factor, checked.highest_factor
    if low is not None and high is not None and low > high:
        problems.append(Problem("highest_factor", "is below lowest_factor", "write the lower bound first"))
    if not 0 <= rules.decimals <= DECIMALS:
        problems.append(Problem("decimals", f"{rules.decimals} decimals", f"there may be 0 to {DECIMALS}"))
    if problems:
        raise InvalidInput(problems=problems)
    return checked


def check_group_mark(mark: Number) -> Fraction:
    """Check the group's mark: a number, at least 0."""
    problems: list[Problem] = []
    checked = _number(problems, "group_mark", mark)
    if problems:
        raise InvalidInput(problems=problems)
    return checked


def check_marks(
    members: Sequence[str],
    marks: Iterable[PeerMark],
    *,
    largest: Number | None = None,
    complete_for: Method | None = None,
) -> Ballots:
    """Check who marked whom, and add the criteria up.

    Parameters
    ----------
    members
        The group; not empty, unique.
    marks
        In any order.
    largest
        Highest mark on the form.
    complete_for
        A WebPA method: whoever marked must then have marked everybody it asks for.

    Raises
    ------
    InvalidInput
        With one `Problem` for each mistake, naming rater, ratee and criterion.
    """
    problems = _member_problems(members)
    most = None if largest is None else _number(problems, "largest_peer_mark", largest)
    cells: dict[tuple[str, str, str], int] = {}
    for mark in marks:
        place = (mark.rater, mark.ratee, mark.criterion)
        problems += _place_problems(mark, members, repeated=place in cells)
        number = _number(problems, _path(mark), mark.mark, most=most)
        cells[place] = number.numerator * (UNIT // number.denominator)
    problems += _gaps(cells)
    ballots = _ballots(cells)
    problems += [] if complete_for is None else _incomplete(members, ballots, complete_for)
    if problems:
        raise InvalidInput(problems=problems)
    return ballots


def _ballots(cells: dict[tuple[str, str, str], int]) -> Ballots:
    ballots: Ballots = {}
    for (rater, ratee, _), units in cells.items():
        row = ballots.setdefault(rater, {})
        row[ratee] = row.get(ratee, 0) + units
    return ballots


def _member_problems(members: Sequence[str]) -> list[Problem]:
    if not members:
        return [Problem("members", "there is nobody", "a group has at least one member")]
    return [
        Problem("members", f"{member!r} is there {times} times", "name every member once", person=member)
        for member, times in Counter(members).items()
        if times > 1
    ]


def _place_problems(mark: PeerMark, members: Sequence[str], *, repeated: bool) -> Iterator[Problem]:
    for role, member in (("rater", mark.rater), ("ratee", mark.ratee)):
        if member not in members:
            yield Problem(_path(mark), f"the {role} {member!r} is no member", "leave the mark out", person=member)
    if repeated:
        yield Problem(_path(mark), "is there twice", "keep one of the two", person=mark.rater)


def _gaps(cells: dict[tuple[str, str, str], int]) -> Iterator[Problem]:
    """Find pairs with some criteria marked and others not: adding those up would call a gap a 0."""
    criteria = dict.fromkeys(criterion for _, _, criterion in cells)
    for rater, ratee in dict.fromkeys((rater, ratee) for rater, ratee, _ in cells):
        for criterion in criteria:
            if (rater, ratee, criterion) not in cells:
                yield Problem(
                    f"marks[{rater} -> {ratee}]",
                    f"{criterion!r} is missing",
                    "mark every criterion, or none",
                    person=rater,
                )


def _incomplete(members: Sequence[str], ballots: Ballots, method: Method) -> Iterator[Problem]:
    """Find raters who left somebody out, which WebPA's form does not allow."""
    for rater, row in ballots.items():
        asked = [member for member in members if member != rater or method is Method.WEBPA_SELF]
        missing = [member for member in asked if member not in row]
        if missing and len(missing) < len(asked):
            yield Problem(
                f"marks[{rater}]", f"{', '.join(missing)} left out", "WebPA needs a mark for everybody", person=rater
            )


def _path(mark: PeerMark) -> str:
    return f"marks[{mark.rater} -> {mark.ratee}].{mark.criterion}"


def _number(problems: list[Problem], field: str, value: object, *, most: Fraction | int | None = None) -> Fraction:
    try:
        units = to_units(value)
    except InvalidInput as err:
        problems.append(Problem(field, str(err)))
        return Fraction(0)
    number = Fraction(units, UNIT)
    if number < 0 or (most is not None and number > most):
        span = "at least 0" if most is None else f"between 0 and {to_text(int(most * UNIT))}"
        problems.append(Problem(field, f"{to_text(units)} is not {span}"))
    return number


def _optional(problems: list[Problem], field: str, value: object) -> Fraction | None:
    return None if value is None else _number(problems, field, value)


def _choice(problems: list[Problem], field: str, value: object, kinds: type[_E]) -> _E:
    try:
        return kinds(str(value))
    except ValueError:
        problems.append(Problem(field, f"{value!r} is unknown", f"write one of: {', '.join(kinds)}"))
        return next(iter(kinds))
