"""Holds the people of a rating against its formula, and gives them their canonical form."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from scoring.errors import InvalidInput, Problem
from scoring.exact import UNIT, to_text, to_units
from scoring.rating.formula import LARGEST_COUNT, Bonus, Formula, OutOfScale, Term, canonical_json
from scoring.rating.inputs import Cell, CellState, Mark, Person, PersonStatus, Row

__all__ = ["check_people", "checked_scale", "inputs_hash", "inputs_json", "outside", "wrong"]

_BOTH_ENDS = "pass both min and max, or fix them in the formula"


def check_people(formula: Formula, people: Iterable[Person]) -> list[Row]:
    """Check all people against the formula and order them by id, so that the order of the input has no meaning.

    Raises
    ------
    InvalidInput
        With one `Problem` for each mistake; it names the person and the term.
    """
    problems: list[Problem] = []
    rows = [_row(formula, person, problems) for person in people]
    rows.sort(key=lambda row: row.id)
    problems += [
        Problem(f"people[{row.id}]", "is there twice", "merge the rows", person=row.id)
        for row, following in pairwise(rows)
        if row.id == following.id
    ]
    if problems:
        raise InvalidInput(problems=problems)
    return rows


def _row(formula: Formula, person: Person, problems: list[Problem]) -> Row:
    if not isinstance(person.id, str) or not person.id:
        problems.append(Problem("people", f"{person.id!r} is not an id", "write the person's id as text"))
    unknown = person.cells.keys() - {term.id for term in formula.terms}
    unknown |= person.bonuses.keys() - {bonus.id for bonus in formula.bonuses}
    problems += [_problem(person, key, "the formula has no such term", "leave it out") for key in sorted(unknown)]
    marks = tuple(_checked_mark(term, person, problems) for term in formula.terms)
    counts = tuple(_checked_count(bonus, person, problems) for bonus in formula.bonuses)
    return Row(str(person.id), _checked_status(person, problems), marks, counts)


def _checked_mark(term: Term, person: Person, problems: list[Problem]) -> Mark:
    try:
        return _mark(term, person.cells.get(term.id))
    except InvalidInput as err:
        problems.append(_problem(person, term.id, err.problems[0].message, err.problems[0].advice))
        return Mark(CellState.ABSENT)


def _checked_count(bonus: Bonus, person: Person, problems: list[Problem]) -> int:
    try:
        count = to_units(person.bonuses.get(bonus.id, 0))
        if not 0 <= count <= LARGEST_COUNT * UNIT:
            raise wrong(f"the count {to_text(count)} is not between 0 and {LARGEST_COUNT}", "a bonus only adds")
    except InvalidInput as err:
        problems.append(_problem(person, bonus.id, err.problems[0].message, err.problems[0].advice))
        return 0
    return count


def _checked_status(person: Person, problems: list[Problem]) -> PersonStatus:
    try:
        return PersonStatus(person.status)
    except ValueError:
        advice = f"write one of: {', '.join(PersonStatus)}"
        problems.append(
            Problem(f"people[{person.id}].status", f"{person.status!r} is unknown", advice, person=person.id)
        )
        return PersonStatus.ACTIVE


def _mark(term: Term, cell: Cell | None) -> Mark:
    if cell is None:
        raise wrong("there is no cell", "write one with the reason why there is no mark")
    if cell.state == CellState.GRADED:
        return _graded(term, cell)
    if cell.value is not None:
        raise wrong(f"has the mark {cell.value} though its state is {cell.state}", "only a graded cell has a mark")
    try:
        return Mark(CellState(cell.state))
    except ValueError:
        raise wrong(f"the state {cell.state!r} is unknown", f"write one of: {', '.join(CellState)}") from None


def _graded(term: Term, cell: Cell) -> Mark:
    if cell.value is None:
        raise wrong("is graded but has no mark", "pass the mark, or the state that says why there is none")
    raw = to_units(cell.value)
    low, high = checked_scale(term, cell.minimum, cell.maximum)
    if low <= raw <= high:
        return Mark(CellState.GRADED, raw, raw, low, high)
    if term.out_of_scale is OutOfScale.CLAMP:
        return Mark(CellState.GRADED, raw, min(max(raw, low), high), low, high)
    raise outside(raw, low, high)


def outside(raw: int, low: int, high: int) -> InvalidInput:
    """Say that a mark is outside its scale; all in units of 10**-10."""
    return wrong(
        f"the mark {to_text(raw)} is outside the scale {_span((low, high))}",
        "correct the mark or its scale, or let the formula clamp (out_of_scale: clamp)",
    )


def checked_scale(term: Term, minimum: object, maximum: object) -> tuple[int, int]:
    """Find the scale of a mark: the one it arrives on, which must be the one the formula fixes, if it fixes one.

    Returns
    -------
    tuple of int
        Its ends in units of 10**-10, the lower one first.

    Raises
    ------
    InvalidInput
        Where there is no scale, half of one, an empty one, or another than the formula's.
    """
    fixed = _ends(term.minimum, term.maximum)
    given = _ends(minimum, maximum)
    if fixed is not None and given is not None and fixed != given:
        raise wrong(
            f"arrives on the scale {_span(given)}, the formula fixes {_span(fixed)}",
            "the scale was changed in the platform: correct it there, or the formula",
        )
    scale = given or fixed
    if scale is None:
        raise wrong("has no scale", _BOTH_ENDS)
    if scale[0] >= scale[1]:
        raise wrong(f"the scale {_span(scale)} is empty", "the maximum must be above the minimum")
    return scale


def _ends(minimum: object, maximum: object) -> tuple[int, int] | None:
    if minimum is None and maximum is None:
        return None
    if minimum is None or maximum is None:
        raise wrong("has only one end of its scale", _BOTH_ENDS)
    return to_units(minimum), to_units(maximum)


def _span(scale: tuple[int, int]) -> str:
    return f"{to_text(scale[0])}..{to_text(scale[1])}"


def wrong(message: str, advice: str) -> InvalidInput:
    """Make an error of one problem whose place the caller fills in."""
    return InvalidInput(problems=[Problem("", message, advice)])


def _problem(person: Person, term_id: str, message: str, advice: str) -> Problem:
    return Problem(f"people[{person.id}].{term_id}", message, advice, term=term_id, person=str(person.id))


def inputs_json(formula: Formula, rows: Iterable[Row]) -> Iterator[bytes]:
    """Write checked people, which are in the order of their ids, as canonical JSON, one person a chunk."""
    yield b'{"people":['
    for place, row in enumerate(rows):
        yield (b"," if place else b"") + canonical_json(_row_mapping(formula, row))
    yield b"]}"


def inputs_hash(formula: Formula, rows: Iterable[Row]) -> str:
    """SHA-256 of the canonical inputs, in hex."""
    digest = hashlib.sha256()
    for chunk in inputs_json(formula, rows):
        digest.update(chunk)
    return digest.hexdigest()


def _row_mapping(formula: Formula, row: Row) -> Mapping[str, Any]:
    cells = {term.id: _cell_mapping(mark) for term, mark in zip(formula.terms, row.marks, strict=True)}
    counts = zip(formula.bonuses, row.counts, strict=True)
    bonuses = {bonus.id: to_text(count) for bonus, count in counts if count}
    return {"id": row.id, "status": row.status.value, "cells": cells, "bonuses": bonuses}


def _cell_mapping(mark: Mark) -> dict[str, str]:
    if mark.state is not CellState.GRADED:
        return {"state": mark.state.value}
    return {
        "state": mark.state.value,
        "value": to_text(mark.raw),
        "min": to_text(mark.minimum),
        "max": to_text(mark.maximum),
    }
