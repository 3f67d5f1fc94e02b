from decimal import Decimal

import pytest

from scoring.errors import InvalidInput
from scoring.rating import Cell, CellState, Person, parse_formula, rate

FORMULA = parse_formula(
    {
        "version": 1,
        "terms": [{"id": "essay", "weight": 10}, {"id": "test", "weight": 20, "min": 0, "max": 40}],
        "bonuses": [{"id": "fair", "points": 2}],
    }
)
FINE = {"essay": Cell.graded(50, 0, 100), "test": Cell.graded(20)}


def problems(*people):
    with pytest.raises(InvalidInput) as caught:
        rate(FORMULA, people)
    return [str(problem) for problem in caught.value.problems]


def essay(cell):
    return Person("9", FINE | {"essay": cell})


def test_a_mark_counts_on_the_scale_it_comes_with_or_the_formulas():
    (person,) = rate(FORMULA, [Person("9", FINE)]).people
    assert [part.points for part in person.contributions] == [5, 10, 0]
    assert [(part.minimum, part.maximum) for part in person.contributions] == [(0, 100), (0, 40), (None, None)]


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (
            Cell.graded(120, 0, 100),
            "the mark 120 is outside the scale 0..100 (correct the mark or its scale, or let the formula clamp",
        ),
        (Cell.graded("-0.00001", 0, 100), "the mark -0.00001 is outside the scale 0..100"),
        (Cell.graded(1), "has no scale (pass both min and max, or fix them in the formula)"),
        (Cell.graded(1, 0), "has only one end of its scale (pass both min and max, or fix them in the formula)"),
        (Cell.graded(1, None, 5), "has only one end of its scale"),
        (Cell.graded(1, 1, 1), "the scale 1..1 is empty (the maximum must be above the minimum)"),
        (Cell.graded(1, 2, 1), "the scale 2..1 is empty"),
        (Cell.graded("4,5", 0, 5), "'4,5' is written with a comma: write a point before the decimals"),
        (Cell.graded("1e309", 0, 5), "'1e309' is not a number"),
        (Cell.graded(Decimal("NaN"), 0, 5), "NaN is not a finite number"),
        (Cell.graded(Decimal("Infinity"), 0, 5), "Infinity is not a finite number"),
        (Cell.graded(4.5, 0, 5), "4.5 is a binary float"),
        (Cell.graded(1, 0, float("inf")), "inf is a binary float"),
        (Cell(CellState.GRADED), "is graded but has no mark (pass the mark, or the state that says why"),
        (
            Cell(CellState.ABSENT, 0),
            "has the mark 0 though its state is absent (only a graded cell has a mark)",
        ),
        (Cell("lost"), "the state 'lost' is unknown (write one of: graded, submitted, not_due, absent, exempt)"),
    ],
)
def test_a_wrong_cell_is_named_with_its_person_and_term(cell, message):
    (problem,) = problems(essay(cell))
    assert problem.startswith(f"people[9].essay: {message}")


def test_the_problem_carries_person_and_term_for_a_page_to_link_to():
    with pytest.raises(InvalidInput) as caught:
        rate(FORMULA, [essay(Cell.graded(120, 0, 100))])
    assert [(problem.person, problem.term) for problem in caught.value.problems] == [("9", "essay")]


def test_minus_zero_is_zero():
    (person,) = rate(FORMULA, [essay(Cell.graded("-0", 0, 100))]).people
    assert str(person.contributions[0].raw) == "0"
    assert person.contributions[0].points == 0


def test_the_ends_of_the_scale_are_on_it():
    people = [Person(str(mark), FINE | {"essay": Cell.graded(mark, 1, 3)}) for mark in (1, 3)]
    rating = rate(FORMULA, people)
    assert [rating.person(str(mark)).contributions[0].points for mark in (1, 3)] == [0, 10]


def test_a_gap_is_no_zero():
    (problem,) = problems(Person("9", {"essay": FINE["essay"]}))
    assert problem == "people[9].test: there is no cell (write one with the reason why there is no mark)"


def test_a_scale_that_was_changed_in_the_platform_is_refused():
    (problem,) = problems(Person("9", FINE | {"test": Cell.graded(3, 0, 5)}))
    assert problem == (
        "people[9].test: arrives on the scale 0..5, the formula fixes 0..40 "
        "(the scale was changed in the platform: correct it there, or the formula)"
    )


def test_the_formulas_own_scale_may_be_said_again():
    person = Person("9", FINE | {"test": Cell.graded("10.0", "0.0", "40.00")})
    assert rate(FORMULA, [person]).people[0].contributions[1].points == 5


def test_unknown_terms_and_bonuses_are_named():
    person = Person("9", FINE | {"exam": FINE["essay"]}, bonuses={"prize": 1})
    assert problems(person) == [
        "people[9].exam: the formula has no such term (leave it out)",
        "people[9].prize: the formula has no such term (leave it out)",
    ]


@pytest.mark.parametrize("count", [-1, 1_000_001])
def test_a_bonus_only_adds_and_within_reason(count):
    (problem,) = problems(Person("9", FINE, bonuses={"fair": count}))
    assert problem == f"people[9].fair: the count {count} is not between 0 and 1000000 (a bonus only adds)"


def test_a_bonus_count_is_an_exact_number():
    (problem,) = problems(Person("9", FINE, bonuses={"fair": 0.5}))
    assert problem.startswith("people[9].fair: 0.5 is a binary float")


def test_a_large_bonus_count_is_allowed():
    (person,) = rate(FORMULA, [Person("9", FINE, bonuses={"fair": 1_000_000})]).people
    assert person.contributions[2].points == 2_000_000


def test_a_person_twice_is_named():
    assert problems(Person("9", FINE), Person("31", FINE), Person("9", FINE)) == [
        "people[9]: is there twice (merge the rows)"
    ]
    with pytest.raises(InvalidInput) as caught:
        rate(FORMULA, [Person("9", FINE), Person("9", FINE)])
    assert caught.value.problems[0].person == "9"


@pytest.mark.parametrize("person_id", ["", 9, None])
def test_an_id_is_text(person_id):
    (problem,) = problems(Person(person_id, FINE))
    assert problem == f"people: {person_id!r} is not an id (write the person's id as text)"


def test_a_status_is_one_of_two():
    with pytest.raises(InvalidInput) as caught:
        rate(FORMULA, [Person("9", FINE, status="gone")])
    assert str(caught.value) == "people[9].status: 'gone' is unknown (write one of: active, withdrawn)"
    assert caught.value.problems[0].person == "9"


def test_all_mistakes_of_all_people_are_told_at_once():
    people = [
        Person("9", {"essay": Cell.graded(-1, 0, 100), "test": Cell.graded("x")}),
        Person("31", FINE | {"test": Cell.graded(41)}),
    ]
    assert [line.split(":")[0] for line in problems(*people)] == [
        "people[9].essay",
        "people[9].test",
        "people[31].test",
    ]


def test_nobody_is_an_empty_rating():
    assert rate(FORMULA, []).people == ()


def test_states_and_statuses_may_be_written_as_their_words():
    person = Person("9", FINE | {"essay": Cell("absent"), "test": Cell("graded", 20)}, "withdrawn")
    (line,) = rate(FORMULA, [person]).people
    assert (line.standing, line.total) == ("withdrawn", 10)
