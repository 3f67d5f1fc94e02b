"""The rating, person by person, in whole numbers. `scoring.rating.columns` does the same for a million at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from scoring.exact import UNIT
from scoring.rating._checks import check_people, inputs_hash
from scoring.rating.assembly import Scored, assemble, tie_key
from scoring.rating.formula import Formula, Normalisation, Term, bonus_scaling, term_scaling
from scoring.rating.inputs import Person, Row
from scoring.rating.normalise import share_table
from scoring.rating.placing import Place, places
from scoring.rating.policy import TREATMENTS, credited_steps, integer_weights, standing
from scoring.rating.result import Rating, Standing

__all__ = ["rate", "rate_rows"]


def rate(formula: Formula, people: Iterable[Person]) -> Rating:
    """Rate people by a formula, exactly.

    Every term gives ``half_up(share * weight * multiplier)`` in rounding steps, at most its cap; the total is the sum
    of the rounded terms and bonuses; places go by the total, then by the points of the tie terms, then are shared
    (1, 2, 2, 4). A better mark never lowers its owner's total.

    Parameters
    ----------
    formula
        From `parse_formula`.
    people
        In any order; nobody is an empty rating.

    Returns
    -------
    Rating
        Independent of the order of `people`.

    Raises
    ------
    InvalidInput
        With one `Problem` for each mistake, naming the person and the term.

    Examples
    --------
    >>> from scoring.rating import Cell, Person, parse_formula
    >>> formula = parse_formula({"version": 1, "terms": [{"id": "essay", "weight": 10}]})
    >>> rating = rate(formula, [Person("9", {"essay": Cell.graded("77.6", 0, 80)})])
    >>> rating.people[0].total, rating.people[0].rank
    (Decimal('9.7'), 1)
    """
    return rate_rows(formula, check_people(formula, people))


def rate_rows(formula: Formula, rows: Sequence[Row]) -> Rating:
    """Rate checked people, who are in the order of their ids."""
    scored = list(_scored(formula, rows))
    return assemble(formula, inputs_hash(formula, rows), scored, _placed(formula, scored))


def _scored(formula: Formula, rows: Sequence[Row]) -> Iterator[Scored]:
    term_scalings = [term_scaling(term, formula.step_units) for term in formula.terms]
    bonus_scalings = [bonus_scaling(bonus, formula.step_units) for bonus in formula.bonuses]
    treatments_by_term = [TREATMENTS[term.missing] for term in formula.terms]
    most = [scaling.most for scaling in term_scalings]
    weights = integer_weights(formula)
    for row, shares in zip(rows, _shares(formula, rows), strict=True):
        treatments = [by_state[mark.state] for by_state, mark in zip(treatments_by_term, row.marks, strict=True)]
        earned = [
            0 if share is None else scaling.steps(share.numerator, share.denominator)
            for scaling, share in zip(term_scalings, shares, strict=True)
        ]
        bonuses = [scaling.steps(count, UNIT) for scaling, count in zip(bonus_scalings, row.counts, strict=True)]
        steps = [*credited_steps(earned, treatments, weights, most), *bonuses]
        yield Scored(row, standing(row.status, treatments, weights), treatments, shares, steps)


def _shares(formula: Formula, rows: Sequence[Row]) -> list[tuple[Fraction | None, ...]]:
    """Give everybody's share in every term; None where there is no mark."""
    columns = [
        _term_shares(term, [row.marks[place].position for row in rows]) for place, term in enumerate(formula.terms)
    ]
    return list(zip(*columns, strict=True))


def _term_shares(term: Term, positions: list[Fraction | None]) -> list[Fraction | None]:
    if term.normalisation is Normalisation.LINEAR:
        return positions
    table = share_table(term, Counter(position for position in positions if position is not None))
    return [None if position is None else table[position] for position in positions]


def _placed(formula: Formula, scored: Sequence[Scored]) -> Iterator[Place | None]:
    keys = [tie_key(formula, one.steps) for one in scored if one.standing is Standing.RANKED]
    found = iter(places(keys, formula.ties))
    return (next(found) if one.standing is Standing.RANKED else None for one in scored)
