"""Whatever comes in is understood, or refused by one of our own errors; ten thousand of them under `make soak`."""

import pytest
from hypothesis import strategies as st

from scoring.errors import FormulaError, InvalidInput, ReplayMismatch, ScoringError
from scoring.rating import Cell, CellState, Person, parse_formula, rate, replay
from tests.unit.scoring.rating.test_properties import check, everyday_and_soak
from tests.unit.scoring.rating.test_snapshot import DATA

KEYS = ["version", "terms", "id", "weight", "normalisation", "kind", "at", "min", "max", "cap", "stages", "ties"]
NAMES = st.one_of(st.sampled_from(KEYS), st.text(max_size=3))
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.text(max_size=5),
    st.sampled_from(["linear", "pass_fail", "shared", "essay", "up", "zero", "1e309", "4,5", "NaN", "-0"]),
)
JSON = st.recursive(
    VALUES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=6)),
    max_leaves=20,
)
TERM = st.fixed_dictionaries(
    {"id": st.one_of(st.sampled_from(["essay", "test"]), VALUES), "weight": JSON},
    optional=dict.fromkeys(("normalisation", "min", "max", "cap", "stage", "missing", "out_of_scale", "label"), JSON),
)
NEARLY = st.fixed_dictionaries(
    {"version": st.one_of(st.just(1), JSON), "terms": st.one_of(st.lists(TERM, max_size=3), JSON)},
    optional=dict.fromkeys(("rounding", "missing", "pending", "out_of_scale", "ties", "stages", "bonuses"), JSON),
)
ONE = parse_formula({"version": 1, "terms": [{"id": "essay", "weight": 10}]})


def understood_or(refusal, call):
    """Give what the call gives, or the refusal; anything else it raises is a failure."""
    try:
        return call()
    except refusal as error:
        return error


@everyday_and_soak
def test_whatever_is_read_as_a_formula_is_one_or_a_formula_error(examples):
    def holds(data):
        found = understood_or(FormulaError, lambda: parse_formula(data))
        if isinstance(found, FormulaError):
            assert found.problems
        else:
            assert parse_formula(found.to_mapping()) == found

    check(examples, st.one_of(NEARLY, JSON), holds)


@everyday_and_soak
def test_whatever_stands_in_a_cell_is_rated_within_bounds_or_refused(examples):
    def holds(drawn):
        state, value, low, high = drawn
        person = Person("9", {"essay": Cell(state, value, low, high)})
        found = understood_or(InvalidInput, lambda: rate(ONE, [person]))
        if isinstance(found, InvalidInput):
            assert {problem.person for problem in found.problems} == {"9"}
        else:
            assert 0 <= found.people[0].total <= 10

    states = st.one_of(st.sampled_from(CellState), VALUES)
    check(examples, st.tuples(states, VALUES, VALUES, VALUES), holds)


@everyday_and_soak
def test_a_snapshot_with_any_byte_changed_is_refused(examples):
    def holds(drawn):
        place, byte = drawn
        changed = bytearray(DATA)
        changed[place] = byte
        if bytes(changed) == DATA:
            return
        with pytest.raises((InvalidInput, ReplayMismatch)):
            replay(bytes(changed))

    check(examples, st.tuples(st.integers(0, len(DATA) - 1), st.integers(0, 255)), holds)


@everyday_and_soak
def test_a_snapshot_with_a_piece_cut_out_or_doubled_is_refused(examples):
    def holds(drawn):
        start, length, double = drawn
        piece = DATA[start : start + length]
        changed = DATA[:start] + (piece + piece if double else b"") + DATA[start + length :]
        if changed == DATA:
            return
        with pytest.raises(ScoringError):
            replay(changed)

    whole = st.integers(0, len(DATA) - 1)
    check(examples, st.tuples(whole, st.integers(1, 200), st.booleans()), holds)
