"""What holds for every formula and every season; ten thousand of them under `make soak`."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from scoring.rating import (
    Cell,
    CellState,
    PersonStatus,
    parse_formula,
    rate,
    rate_columns,
    replay,
    take_snapshot,
)
from tests.unit.scoring.rating.cases import as_columns, formulas, seasons
from tests.unit.scoring.rating.reference import half_up, reference

everyday_and_soak = pytest.mark.parametrize(
    "examples",
    [
        pytest.param(150, id="everyday"),
        pytest.param(10_000, id="soak", marks=[pytest.mark.soak, pytest.mark.timeout(3600)]),
    ],
)


def check(examples, strategy, holds):
    """Run a property on that many examples."""
    sized = settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    sized(given(strategy)(holds))()


@everyday_and_soak
def test_totals_places_and_parts_are_those_of_the_rules_written_down_a_second_time(examples):
    def holds(season):
        mapping, people, _ = season
        expected = reference(mapping, people)
        rating = rate(parse_formula(mapping), people)
        found = {
            person.id: (
                person.standing,
                Fraction(person.total),
                person.rank,
                {part.id: Fraction(part.points) for part in person.contributions},
            )
            for person in rating.people
        }
        assert found == expected

    check(examples, seasons(), holds)


@everyday_and_soak
def test_the_columns_give_the_same_bytes_as_the_plain_path(examples):
    def holds(season):
        mapping, people, scales = season
        formula = parse_formula(mapping)
        by_columns = rate_columns(formula, as_columns(mapping, people, scales))
        assert by_columns.to_rating().to_json() == rate(formula, people).to_json()

    check(examples, seasons(), holds)


@everyday_and_soak
def test_the_order_of_the_rows_has_no_meaning(examples):
    def holds(drawn):
        (mapping, people, scales), shuffled = drawn
        formula = parse_formula(mapping)
        assert take_snapshot(formula, shuffled).data == take_snapshot(formula, people).data
        by_columns = rate_columns(formula, as_columns(mapping, shuffled, scales))
        assert by_columns.to_rating().to_json() == rate(formula, people).to_json()

    check(examples, seasons().flatmap(lambda season: st.tuples(st.just(season), st.permutations(season[1]))), holds)


@everyday_and_soak
def test_a_snapshot_replays_to_its_own_bytes(examples):
    def holds(season):
        mapping, people, _ = season
        snapshot = take_snapshot(parse_formula(mapping), people)
        assert replay(snapshot.data).to_json() == snapshot.rating.to_json()

    check(examples, seasons(), holds)


@everyday_and_soak
def test_the_canonical_form_reads_back_to_the_same_formula(examples):
    def holds(mapping):
        formula = parse_formula(mapping)
        again = parse_formula(formula.to_mapping())
        assert again == formula
        assert again.hash == formula.hash

    check(examples, formulas(), holds)


@everyday_and_soak
def test_parts_add_up_to_the_total_and_lie_between_nothing_and_the_most(examples):
    def holds(season):
        mapping, people, _ = season
        formula = parse_formula(mapping)
        step = Fraction(formula.step)
        most = {
            term.id: min(half_up(Fraction(term.full_points), step), Fraction(term.cap or 10**9))
            if term.cap is not None
            else half_up(Fraction(term.full_points), step)
            for term in formula.terms
        }
        for person in rate(formula, people).people:
            assert sum((part.points for part in person.contributions), Decimal(0)) == person.total
            for part in person.contributions:
                assert part.points >= 0
                assert Fraction(part.points) % step == 0
                assert part.points <= most.get(part.id, part.points)

    check(examples, seasons(), holds)


@everyday_and_soak
def test_a_better_mark_never_lowers_its_owners_total_or_rank(examples):
    def holds(drawn):
        (mapping, people, scales), who, which, better = drawn
        assume(people)
        formula = parse_formula(mapping)
        person = people[who % len(people)]
        place = which % len(scales)
        term = mapping["terms"][place]["id"]
        cell, (low, high) = person.cells[term], scales[place]
        assume(cell.state is CellState.GRADED)
        raised = max(Decimal(cell.value), min(Decimal(low) + (high - low) * Decimal(better) / 100, Decimal(high)))
        improved = replace(person, cells={**person.cells, term: Cell.graded(raised, low, high)})
        before = rate(formula, people).person(person.id)
        after = rate(formula, [improved if one is person else one for one in people]).person(person.id)
        assert after.total >= before.total
        if all(part["normalisation"]["kind"] in {"linear", "pass_fail"} for part in mapping["terms"]):
            # Relative terms move the others too, and a tie rule may then go either way.
            assert before.rank is None or after.rank <= before.rank

    whole = st.integers(0, 1000)
    check(examples, st.tuples(seasons(), whole, whole, st.integers(0, 100)), holds)


@everyday_and_soak
def test_a_withdrawal_changes_nobody_elses_points(examples):
    def holds(season):
        mapping, people, _ = season
        assume(people)
        formula = parse_formula(mapping)
        gone = [replace(people[0], status=PersonStatus.WITHDRAWN), *people[1:]]
        before, after = rate(formula, people), rate(formula, gone)
        assert {one.id: one.contributions for one in after.people} == {
            one.id: one.contributions for one in before.people
        }
        assert after.person(people[0].id).rank is None

    check(examples, seasons(), holds)
