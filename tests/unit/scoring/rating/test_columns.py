"""The arithmetic of the columns where the properties' small numbers do not reach."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from scoring.errors import InvalidInput
from scoring.rating import (
    STANDING_CODES,
    STATE_CODES,
    BonusColumn,
    Cell,
    CellState,
    Column,
    ColumnTable,
    Person,
    Standing,
    parse_formula,
    rate,
    rate_columns,
)
from scoring.rating.vectorised import competition_ranks

BLOCK = 32_768


def formula(*terms, **rest):
    return parse_formula({"version": 1, "missing": "zero", "terms": list(terms), **rest})


ONE = formula({"id": "a", "weight": 10})


def one_column(values, minimum=0, maximum=100, decimals=5, states=None, *, ids=None):
    values = np.asarray(values)
    ids = np.arange(len(values)) if ids is None else ids
    return ColumnTable(ids, {"a": Column(values, minimum, maximum, decimals, states)})


def problems(table, season=ONE):
    with pytest.raises(InvalidInput) as caught:
        rate_columns(season, table)
    return [str(problem) for problem in caught.value.problems]


class TestArithmetic:
    @pytest.mark.parametrize(
        ("weight", "maximum", "decimals"),
        [
            ("10", 100, 5),  # 32 bits
            ("12.3456", 97, 5),  # 64 bits: the factor's numerator is large
            ("12.3456789", 999_983, 10),  # past 64 bits: Python's integers
            ("999999.9999", 7, 5),
            ("0.0001", 100, 5),
        ],
    )
    def test_every_width_rounds_as_fractions_do(self, weight, maximum, decimals):
        season = formula({"id": "a", "weight": weight}, rounding={"each_term": "0.01"})
        rng = np.random.default_rng(7)
        top = maximum * 10**decimals
        values = np.concatenate([rng.integers(0, top + 1, 500), [0, top, top // 2]])
        steps = rate_columns(season, one_column(values, 0, maximum, decimals)).points["a"]
        full = Fraction(weight) * 100
        expected = [(Fraction(int(value), top) * full + Fraction(1, 2)).__floor__() for value in values]
        assert steps.tolist() == expected

    def test_exact_halves_are_rounded_up_in_every_width(self):
        for decimals, maximum in ((2, 100), (7, 100), (10, 10**6)):
            unit = maximum * 10**decimals // 200
            values = np.arange(1, 200, 2) * unit  # 0.5 %, 1.5 % ...: exactly between two steps
            season = formula({"id": "a", "weight": 10})
            steps = rate_columns(season, one_column(values, 0, maximum, decimals)).points["a"]
            assert steps.tolist() == list(range(1, 101))

    def test_blocks_join_without_a_seam(self):
        values = np.arange(2 * BLOCK + 17) % 10_000_001
        rating = rate_columns(ONE, one_column(values))
        assert rating.totals.tolist() == [(int(value) + 50_000) // 100_000 for value in values]

    def test_a_block_exactly_full_is_one_block(self):
        rating = rate_columns(ONE, one_column(np.full(BLOCK, 10_000_000)))
        assert set(rating.totals.tolist()) == {100}

    def test_points_take_the_smallest_type_that_holds_them(self):
        season = formula({"id": "a", "weight": 3276}, {"id": "b", "weight": 3277})
        table = ColumnTable(np.arange(1), {name: Column(np.array([100]), 0, 100, 0) for name in ("a", "b")})
        rating = rate_columns(season, table)
        assert (rating.points["a"].dtype, rating.points["b"].dtype) == (np.int16, np.int32)
        assert (rating.totals.dtype, rating.totals.tolist()) == (np.int32, [65530])

    def test_what_is_not_graded_is_not_read(self):
        states = np.array([0, STATE_CODES[CellState.ABSENT], STATE_CODES[CellState.ABSENT]], np.uint8)
        values = np.array([5_000_000, -(2**63), 2**63 - 1])
        for maximum, decimals in ((100, 5), (5 * 10**11, 5)):
            table = one_column(values, 0, maximum, decimals, states)
            assert rate_columns(ONE, table).points["a"].tolist()[1:] == [0, 0]

    @pytest.mark.parametrize(("maximum", "decimals"), [(103, 5), (999_983, 10)])
    def test_the_lowest_mark_is_the_zero_of_every_width(self, maximum, decimals):
        season = formula({"id": "a", "weight": "12.3456789"})
        low, top = 7 * 10**decimals, maximum * 10**decimals
        states = np.array([0, 0, 0, STATE_CODES[CellState.ABSENT], STATE_CODES[CellState.ABSENT]], np.uint8)
        values = [low, top, (low + top) // 2, top, top + 1]
        rating = rate_columns(season, one_column(values, 7, maximum, decimals, states))
        assert rating.points["a"].tolist() == [0, 123, 62, 0, 0]

    def test_inputs_are_not_written_to(self):
        values, states = np.array([10, 300, -5]), np.array([0, 0, 0], np.uint8)
        season = formula({"id": "a", "weight": 10, "out_of_scale": "clamp"})
        before = values.copy()
        values.setflags(write=False)
        states.setflags(write=False)
        rate_columns(season, one_column(values, 1, 100, 0, states))
        assert values.tolist() == before.tolist()

    def test_other_whole_types_and_strides_are_taken(self):
        for kind in (np.int8, np.uint16, np.int32, np.uint64):
            values = np.array([100, 0, 50, 0], kind)[::2]
            assert rate_columns(ONE, one_column(values, 0, 100, 0)).totals.tolist() == [100, 50]

    def test_nobody_is_an_empty_rating(self):
        season = formula({"id": "a", "weight": 1}, {"id": "b", "weight": 1, "normalisation": "percentile"}, ties=["a"])
        empty = Column(np.array([], np.int64), 0, 1)
        rating = rate_columns(season, ColumnTable(np.array([], np.int64), {"a": empty, "b": empty}))
        assert rating.ranks.tolist() == []
        assert rating.to_rating().people == ()

    @pytest.mark.parametrize("released", "abc")
    def test_credits_past_64_bits_are_exact(self, released):
        weights = ("12.3456789", "999999.1234567", "33333.3333333333")
        season = formula(*({"id": name, "weight": weight} for name, weight in zip("abc", weights, strict=True)))
        marks = {"a": "5.50001", "b": "73.12345", "c": "99.99999"}
        graded = {name: Cell.graded(mark, 0, 100) for name, mark in marks.items()}
        columns = {name: Column(np.array([int(Decimal(mark) * 10**5)]), 0, 100) for name, mark in marks.items()}
        exempt = np.array([STATE_CODES[CellState.EXEMPT]], np.uint8)
        table = ColumnTable(["x"], columns | {released: replace(columns[released], states=exempt)})
        people = [Person("x", graded | {released: Cell(CellState.EXEMPT)})]
        assert rate_columns(season, table).to_rating() == rate(season, people)

    def test_bonuses_of_many_decimals_are_exact(self):
        season = formula({"id": "a", "weight": 10}, bonuses=[{"id": "fair", "points": "0.123456789"}])
        counts = np.array([1_000_000 * 10**9, 123_456_789, 0])
        table = replace(one_column([0, 0, 0]), bonuses={"fair": BonusColumn(counts, 9)})
        people = [
            Person(str(row), {"a": Cell.graded(0, 0, 100)}, bonuses={"fair": Decimal(int(count)).scaleb(-9)})
            for row, count in enumerate(counts)
        ]
        assert rate_columns(season, table).to_rating() == rate(season, people)


class TestPlaces:
    def test_ranks_are_competition_ranks(self):
        assert competition_ranks(np.array([7, 9, 7, 0, 9, 8])).tolist() == [4, 1, 4, 6, 1, 3]
        assert competition_ranks(np.array([5])).tolist() == [1]
        assert competition_ranks(np.array([], np.int64)).tolist() == []

    def test_keys_that_fill_the_word_keep_their_order(self):
        keys = np.array([2**61, 2**61 - 1, 0, 2**61 - 1])
        assert competition_ranks(keys).tolist() == [1, 2, 4, 2]

    @pytest.mark.parametrize("power", [58, 59, 60, 61])
    def test_keys_around_the_limit_of_packing_are_ranked_alike(self, power):
        keys = np.array([2**power, 2**power - 1, 1, 0, 2**power])
        assert competition_ranks(keys).tolist() == [1, 3, 4, 5, 1]

    def test_many_tie_terms_of_many_steps_are_compared_one_after_the_other(self):
        names = [f"t{place}" for place in range(8)]
        season = formula(
            *({"id": name, "weight": 1_000_000} for name in names),
            ties=[*names, "shared"],
            rounding={"each_term": "0.0001"},
        )
        rng = np.random.default_rng(3)
        marks = rng.integers(0, 2, (40, 8))
        table = ColumnTable(np.arange(40), {name: Column(marks[:, place], 0, 1, 0) for place, name in enumerate(names)})
        people = [
            Person(str(row), {name: Cell.graded(int(mark), 0, 1) for name, mark in zip(names, marks[row], strict=True)})
            for row in range(40)
        ]
        assert rate_columns(season, table).to_rating() == rate(season, people)

    def test_only_the_ranked_have_a_rank(self):
        season = formula({"id": "a", "weight": 10}, missing="by_submission")
        states = np.array([0, STATE_CODES[CellState.SUBMITTED], STATE_CODES[CellState.EXEMPT], 0], np.uint8)
        table = replace(one_column([5, 0, 0, 9], 0, 10, 0, states), withdrawn=np.array([False, False, False, True]))
        rating = rate_columns(season, table)
        assert rating.standings.tolist() == [
            STANDING_CODES[standing]
            for standing in (Standing.RANKED, Standing.PENDING, Standing.UNRATED, Standing.WITHDRAWN)
        ]
        assert rating.ranks.tolist() == [1, 0, 0, 0]


class TestOutOfScale:
    def test_each_mark_is_named_by_its_person(self):
        ids = ["anna", "boris", "vera"]
        assert problems(one_column([101, 50, -1], 0, 100, 0, ids=ids)) == [
            (
                "people[anna].a: the mark 101 is outside the scale 0..100 "
                "(correct the mark or its scale, or let the formula clamp (out_of_scale: clamp))"
            ),
            (
                "people[vera].a: the mark -1 is outside the scale 0..100 "
                "(correct the mark or its scale, or let the formula clamp (out_of_scale: clamp))"
            ),
        ]

    def test_the_problem_carries_person_and_term_for_a_page_to_link_to(self):
        with pytest.raises(InvalidInput) as caught:
            rate_columns(ONE, one_column([101], 0, 100, 0, ids=["anna"]))
        assert [(problem.person, problem.term) for problem in caught.value.problems] == [("anna", "a")]

    def test_marks_of_all_terms_are_told_at_once(self):
        season = formula(
            {"id": "a", "weight": 10},
            {"id": "b", "weight": 10, "normalisation": "percentile"},
            {"id": "c", "weight": 10, "normalisation": "t_score"},
        )
        column = Column(np.array([101, 50]), 0, 100, 0)
        found = problems(ColumnTable(["x", "y"], dict.fromkeys("abc", column)), season)
        assert [line.split(":")[0] for line in found] == ["people[x].a", "people[x].b", "people[x].c"]

    def test_a_mark_in_a_later_block_is_found(self):
        values = np.zeros(BLOCK + 5, np.int64)
        values[BLOCK + 2] = 10_000_001
        (problem,) = problems(one_column(values))
        assert problem.startswith(f"people[{BLOCK + 2}].a: the mark 100.00001 is outside")

    def test_marks_past_64_bits_are_checked_too(self):
        season = formula({"id": "a", "weight": "12.3456789"})
        (problem,) = problems(one_column([10**15, 999_983 * 10**10 + 1, 0], 0, 999_983, 10), season)
        assert problem.startswith("people[1].a: the mark 999983.0000000001 is outside")

    def test_a_relative_term_is_checked_too(self):
        season = formula({"id": "a", "weight": 10, "normalisation": "percentile"})
        (problem,) = problems(one_column([101, 50], 0, 100, 0), season)
        assert problem.startswith("people[0].a: the mark 101 is outside the scale 0..100")

    def test_a_hundred_in_a_block_are_enough_to_see_what_is_wrong(self):
        assert len(problems(one_column(np.full(3 * BLOCK, 101), 0, 100, 0))) == 100

    @pytest.mark.parametrize(("maximum", "decimals"), [(100, 0), (999_983, 10)])
    def test_a_formula_that_clamps_takes_the_nearest_end(self, maximum, decimals):
        season = formula({"id": "a", "weight": "12.3456789", "out_of_scale": "clamp"})
        top = maximum * 10**decimals
        rating = rate_columns(season, one_column([-5, top + 7, top, 0], 0, maximum, decimals))
        assert rating.totals.tolist() == [0, 123, 123, 0]
        first = rating.to_rating().person("0").contributions[0]
        assert (first.raw, first.clamped) == (Decimal(-5).scaleb(-decimals), True)

    def test_the_lowest_mark_need_not_be_zero(self):
        rating = rate_columns(ONE, one_column([1, 2, 3], 1, 3, 0))
        assert rating.totals.tolist() == [0, 50, 100]
        (problem,) = problems(one_column([0, 2, 3], 1, 3, 0))
        assert "the mark 0 is outside the scale 1..3" in problem


class TestTheTable:
    def test_a_missing_column_and_an_unknown_one_are_named(self):
        table = ColumnTable(["x"], {"b": Column(np.array([1]), 0, 1)}, {"fair": BonusColumn(np.array([1]))})
        assert problems(table) == [
            "columns[b]: the formula has no such term (leave it out)",
            "columns[fair]: the formula has no such term (leave it out)",
            "columns[a]: there is no column (pass one; where nobody has a mark its states say why)",
        ]
        with pytest.raises(InvalidInput) as caught:
            rate_columns(ONE, table)
        assert [problem.term for problem in caught.value.problems] == ["b", "fair", "a"]

    @pytest.mark.parametrize(
        ("column", "message"),
        [
            (Column(np.array([1.0]), 0, 1), "columns[a].values: its type is float64"),
            (Column(np.array([1, 2]), 0, 1), "columns[a].values: its shape is (2,), not (1,)"),
            (Column(np.array([1]), 0, 1, states=np.array([5], np.uint8)), "columns[a].states: the code 5 is unknown"),
            (Column(np.array([1]), 0, 1, decimals=11), "columns[a].decimals: 11 decimals, there may be 0 to 10"),
            (Column(np.array([1]), 0, 1, decimals=-1), "columns[a].decimals: -1 decimals, there may be 0 to 10"),
            (Column(np.array([1])), "columns[a]: has no scale (pass both min and max, or fix them in the formula)"),
            (Column(np.array([1]), 0, "4,5"), "columns[a]: '4,5' is written with a comma"),
            (
                Column(np.array([1]), 0, "0.5", decimals=0),
                "columns[a]: the scale's end 0.5 is no whole number of the column's unit (change its decimals)",
            ),
            (
                Column(np.array([1]), 0, 10**11, decimals=10),
                "columns[a]: the scale's end 100000000000 is no whole number of the column's unit",
            ),
        ],
    )
    def test_a_wrong_column_is_named(self, column, message):
        (problem,) = problems(ColumnTable(["x"], {"a": column}))
        assert problem.startswith(message)

    def test_the_formulas_scale_is_the_columns(self):
        season = formula({"id": "a", "weight": 10, "min": 0, "max": 40})
        assert rate_columns(season, one_column([20], None, None, 0)).totals.tolist() == [50]

    @pytest.mark.parametrize(
        ("ids", "message"),
        [
            (np.array([3, 1, 3]), "table.ids: an id is there twice"),
            (np.array([1, 1, 2]), "table.ids: an id is there twice"),
            (["x", "y", "x"], "table.ids: an id is there twice"),
            (["x", "", "y"], "table.ids: an id is empty or no text"),
            (["x", 1, "y"], "table.ids: an id is empty or no text"),
            (np.array([1.0, 2.0, 3.0]), "table.ids: its type is float64, not a type of whole numbers"),
        ],
    )
    def test_ids_are_unique_texts_or_whole_numbers(self, ids, message):
        (problem,) = problems(one_column([1, 2, 3], ids=ids))
        assert problem.startswith(message)

    def test_ids_need_not_be_sorted(self):
        rating = rate_columns(ONE, one_column([1, 2, 3], 0, 3, 0, ids=np.array([9, 31, 4]))).to_rating()
        assert [(line.id, line.rank) for line in rating.people] == [("4", 1), ("31", 2), ("9", 3)]

    def test_the_withdrawn_are_a_mask(self):
        (problem,) = problems(replace(one_column([1]), withdrawn=np.array([1])))
        assert problem == "table.withdrawn: its type is int64, not bool"

    @pytest.mark.parametrize(
        ("column", "message"),
        [
            (BonusColumn(np.array([-1])), "columns[fair].counts: a count is not between 0 and 1000000"),
            (BonusColumn(np.array([1_000_001])), "columns[fair].counts: a count is not between 0 and 1000000"),
            (BonusColumn(np.array([10_000_001]), 1), "columns[fair].counts: a count is not between 0 and 1000000"),
            (BonusColumn(np.array([0.5])), "columns[fair].counts: its type is float64"),
            (BonusColumn(np.array([1]), 12), "columns[fair].decimals: 12 decimals"),
        ],
    )
    def test_a_wrong_bonus_is_named(self, column, message):
        season = formula({"id": "a", "weight": 10}, bonuses=[{"id": "fair", "points": 1}])
        (problem,) = problems(replace(one_column([1]), bonuses={"fair": column}), season)
        assert problem.startswith(message)

    def test_the_largest_count_is_allowed(self):
        season = formula({"id": "a", "weight": 10}, bonuses=[{"id": "fair", "points": 1}])
        table = replace(one_column([0]), bonuses={"fair": BonusColumn(np.array([1_000_000]))})
        assert rate_columns(season, table).totals.tolist() == [10_000_000]

    def test_an_empty_bonus_column_counts_nothing(self):
        season = formula({"id": "a", "weight": 10}, bonuses=[{"id": "fair", "points": 1}])
        table = replace(one_column(np.array([], np.int64)), bonuses={"fair": BonusColumn(np.array([], np.int64))})
        assert rate_columns(season, table).totals.tolist() == []
