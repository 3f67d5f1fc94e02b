"""Puts computed steps, treatments and places together into a `Rating`; both paths end here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from scoring.exact import to_decimal
from scoring.rating.formula import Bonus, Formula, Term
from scoring.rating.inputs import CellState, Mark, Row
from scoring.rating.placing import Place
from scoring.rating.result import (
    Contribution,
    ContributionKind,
    PersonRating,
    Rating,
    Standing,
    StepWriter,
    Tie,
    Treatment,
)

__all__ = ["Scored", "assemble", "tie_key"]


class Scored(NamedTuple):
    """One person, computed: `steps` of all terms and bonuses, the others of the terms only."""

    row: Row
    standing: Standing
    treatments: Sequence[Treatment]
    shares: Sequence[Fraction | None]
    steps: Sequence[int]


# The order of the sections of the list.
_SECTIONS = {standing: place for place, standing in enumerate(Standing)}


def assemble(formula: Formula, inputs_hash: str, scored: Iterable[Scored], placed: Iterable[Place | None]) -> Rating:
    """Build the rating and put the people into the order of the list.

    Parameters
    ----------
    inputs_hash
        Of the canonical inputs.
    scored, placed
        In step with each other; a place is None exactly where the person is not ranked.
    """
    build = _Builder(formula)
    lines = [build.line(one, place) for one, place in zip(scored, placed, strict=True)]
    lines.sort(key=_listing)
    return Rating(formula, inputs_hash, tuple(lines))


def tie_key(formula: Formula, steps: Sequence[int]) -> tuple[int, ...]:
    """Give what a person is placed by: the total, then the points in each tie term, in rounding steps."""
    return (sum(steps), *(steps[formula.ids.index(tie)] for tie in formula.ties))


def _listing(line: PersonRating) -> tuple[int, int, Decimal, str]:
    return _SECTIONS[line.standing], line.rank or 0, -line.total, line.id


class _Builder:
    def __init__(self, formula: Formula) -> None:
        self._formula = formula
        self._points = StepWriter(formula.step)

    def line(self, scored: Scored, place: Place | None) -> PersonRating:
        terms = self._formula.terms
        marks, treatments, shares = scored.row.marks, scored.treatments, scored.shares
        parts = [
            self._term(term, mark, treatment, share, steps)
            for term, mark, treatment, share, steps in zip(terms, marks, treatments, shares, scored.steps, strict=False)
        ]
        bonuses = zip(self._formula.bonuses, scored.row.counts, scored.steps[len(terms) :], strict=True)
        parts += [self._bonus(bonus, count, steps) for bonus, count, steps in bonuses]
        return PersonRating(
            id=scored.row.id,
            standing=scored.standing,
            total=self._points(sum(scored.steps)),
            rank=None if place is None else place.rank,
            pending=tuple(part.id for part in parts if part.treatment is Treatment.PENDING),
            contributions=tuple(parts),
            tie=None if place is None or place.tied == 1 else Tie(place.tied, place.steps, place.sharing),
        )

    def _term(self, term: Term, mark: Mark, treatment: Treatment, share: Fraction | None, steps: int) -> Contribution:
        graded = mark.state is CellState.GRADED
        return Contribution(
            id=term.id,
            kind=ContributionKind.TERM,
            state=mark.state,
            treatment=treatment,
            points=self._points(steps),
            weight=term.full_points,
            raw=to_decimal(mark.raw) if graded else None,
            minimum=to_decimal(mark.minimum) if graded else None,
            maximum=to_decimal(mark.maximum) if graded else None,
            share=share,
            clamped=mark.raw != mark.value,
            source=term.source,
        )

    def _bonus(self, bonus: Bonus, count: int, steps: int) -> Contribution:
        return Contribution(
            id=bonus.id,
            kind=ContributionKind.BONUS,
            state=CellState.GRADED,
            treatment=Treatment.COUNTED,
            points=self._points(steps),
            weight=bonus.points,
            raw=to_decimal(count),
            minimum=None,
            maximum=None,
            share=None,
            clamped=False,
            source=bonus.source,
        )
