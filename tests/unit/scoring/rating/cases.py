"""Random formulas and people for the properties: every option of the language, small enough to shrink well."""

from decimal import Decimal

import numpy as np
from hypothesis import strategies as st

from scoring.rating import (
    STATE_CODES,
    BonusColumn,
    Cell,
    CellState,
    Column,
    ColumnTable,
    Person,
    PersonStatus,
)

STEPS = ("0.1", "0.01", "0.25", "0.5", "1")
POLICIES = ("by_submission", "zero", "excluded", "pending")
COLUMN_DECIMALS = 5


def decimals(low, high, places=2):
    scale = 10**places
    return st.integers(low * scale, high * scale).map(lambda units: str(Decimal(units).scaleb(-places)))


@st.composite
def terms(draw, place, step):
    normalisation = draw(st.sampled_from(["linear", "linear", "percentile", "t_score", "pass_fail"]))
    term = {
        "id": f"t{place}",
        "weight": draw(decimals(0 if place else 1, 40)),
        "normalisation": {"kind": normalisation},
    }
    if normalisation == "pass_fail":
        term["normalisation"]["at"] = draw(decimals(0, 1))
    if draw(st.booleans()):
        term["cap"] = str(Decimal(step) * draw(st.integers(0, 100)))
    if draw(st.booleans()):
        term["missing"] = draw(st.sampled_from(POLICIES))
    if draw(st.booleans()):
        term["out_of_scale"] = "clamp"
    if draw(st.booleans()):
        term["stage"] = draw(st.sampled_from(["one", "two"]))
    return term


@st.composite
def formulas(draw):
    step = draw(st.sampled_from(STEPS))
    parts = [draw(terms(place, step)) for place in range(draw(st.integers(1, 4)))]
    bonuses = [{"id": f"b{place}", "points": draw(decimals(0, 5))} for place in range(draw(st.integers(0, 2)))]
    for bonus in bonuses:
        if draw(st.booleans()):
            bonus["cap"] = str(Decimal(step) * draw(st.integers(0, 20)))
    ids = [part["id"] for part in (*parts, *bonuses)]
    return {
        "version": 1,
        "rounding": {"each_term": step, "half": "up"},
        "missing": draw(st.sampled_from(POLICIES)),
        "stages": [{"id": "one", "multiplier": draw(decimals(1, 3))}, {"id": "two", "multiplier": "1"}],
        "ties": [*draw(st.permutations(ids))[: draw(st.integers(0, len(ids)))], "shared"],
        "terms": parts,
        "bonuses": bonuses,
    }


@st.composite
def cells(draw, scale, clamp):
    state = draw(st.sampled_from([CellState.GRADED] * 5 + list(CellState)))
    if state is not CellState.GRADED:
        return Cell(state)
    low, high = scale
    width = high - low if clamp else 0
    # Few distinct marks, so that ties are common; beyond the scale where the formula clamps.
    mark = draw(st.one_of(decimals(low - width, high + width), st.sampled_from([str(low), str(high)])))
    return Cell.graded(mark, low, high)


@st.composite
def people_for(draw, formula, most=8):
    scales = [draw(st.sampled_from([(0, 100), (0, 5), (1, 3), (-2, 2), (0, 1)])) for _ in formula["terms"]]
    ids = draw(st.lists(st.integers(-9, 99).map(str), unique=True, max_size=most))
    return [
        Person(
            person_id,
            {
                term["id"]: draw(cells(scale, term.get("out_of_scale") == "clamp"))
                for term, scale in zip(formula["terms"], scales, strict=True)
            },
            draw(st.sampled_from([PersonStatus.ACTIVE] * 4 + [PersonStatus.WITHDRAWN])),
            {bonus["id"]: draw(st.integers(0, 4)) for bonus in formula["bonuses"] if draw(st.booleans())},
        )
        for person_id in ids
    ], scales


@st.composite
def seasons(draw, most=8):
    """Draw (the formula's mapping, people, the terms' scales)."""
    formula = draw(formulas())
    people, scales = draw(people_for(formula, most))
    return formula, people, scales


def as_columns(formula, people, scales):
    """Write people as a table of columns, as a caller with a database would."""
    columns = {
        term["id"]: Column(
            np.array([units(person.cells[term["id"]].value) for person in people], np.int64),
            *scale,
            decimals=COLUMN_DECIMALS,
            states=np.array([STATE_CODES[person.cells[term["id"]].state] for person in people], np.uint8),
        )
        for term, scale in zip(formula["terms"], scales, strict=True)
    }
    bonuses = {
        bonus["id"]: BonusColumn(np.array([person.bonuses.get(bonus["id"], 0) for person in people], np.int64))
        for bonus in formula["bonuses"]
        if any(bonus["id"] in person.bonuses for person in people)
    }
    withdrawn = np.array([person.status is PersonStatus.WITHDRAWN for person in people], np.bool_)
    ids = np.array([int(person.id) for person in people], np.int64)
    return ColumnTable(ids, columns, bonuses, withdrawn if withdrawn.any() else None)


def units(value):
    """-1 is what Moodle writes where there is no mark: the kernel must not read it."""
    return -(10**COLUMN_DECIMALS) * 10**9 if value is None else int(Decimal(value).scaleb(COLUMN_DECIMALS))
