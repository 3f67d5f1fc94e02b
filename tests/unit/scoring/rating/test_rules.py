"""The rules of the rating by examples small enough to check in one's head."""

from decimal import Decimal
from fractions import Fraction

import pytest

from scoring.rating import (
    Cell,
    CellState,
    ContributionKind,
    Person,
    PersonStatus,
    Source,
    Standing,
    Treatment,
    parse_formula,
    rate,
)


def formula(*terms, **rest):
    return parse_formula({"version": 1, "terms": list(terms), **rest})


def marks(**by_person):
    return [Person(name, {"a": Cell.graded(mark, 0, 100)}) for name, mark in by_person.items()]


def points(rating):
    return {person.id: str(person.total) for person in rating.people}


class TestRounding:
    def test_each_term_is_rounded_half_up_and_the_total_is_their_sum(self):
        season = formula({"id": "a", "weight": 10}, {"id": "b", "weight": 10})
        person = Person("x", {"a": Cell.graded("12.5", 0, 100), "b": Cell.graded("12.5", 0, 100)})
        (line,) = rate(season, [person]).people
        assert [str(part.points) for part in line.contributions] == ["1.3", "1.3"]
        assert str(line.total) == "2.6"

    @pytest.mark.parametrize(
        ("step", "total"), [("0.01", "3.33"), ("0.1", "3.3"), ("0.25", "3.25"), ("1", "3"), ("5", "5")]
    )
    def test_points_are_multiples_of_the_step_with_its_decimals(self, step, total):
        season = formula({"id": "a", "weight": 10}, rounding={"each_term": step})
        assert points(rate(season, marks(x="33.3"))) == {"x": total}

    def test_a_third_is_exact_until_it_is_rounded(self):
        season = formula({"id": "a", "weight": 3}, rounding={"each_term": 1})
        person = Person("x", {"a": Cell.graded(1, 0, 3)})
        (line,) = rate(season, [person]).people
        assert line.contributions[0].share == Fraction(1, 3)
        assert line.total == 1


class TestNormalisation:
    def test_pass_fail_passes_from_the_threshold_on(self):
        season = formula({"id": "a", "weight": 10, "normalisation": {"kind": "pass_fail", "at": 0.5}})
        assert points(rate(season, marks(x="49.99999", y=50, z=100))) == {"y": "10.0", "z": "10.0", "x": "0.0"}

    def test_percentile_rank_counts_half_of_ones_equals(self):
        season = formula({"id": "a", "weight": 100, "normalisation": "percentile"})
        found = points(rate(season, marks(w=10, x=50, y=50, z=90)))
        assert found == {"w": "12.5", "x": "50.0", "y": "50.0", "z": "87.5"}

    def test_one_person_stands_in_the_middle(self):
        for kind in ("percentile", "t_score"):
            season = formula({"id": "a", "weight": 100, "normalisation": kind})
            assert points(rate(season, marks(x=90))) == {"x": "50.0"}

    def test_t_scores_stand_ten_a_deviation_from_fifty(self):
        season = formula({"id": "a", "weight": 100, "normalisation": "t_score"}, rounding={"each_term": "0.01"})
        # Mean 5, population deviation 2: the textbook's 2, 4, 4, 4, 5, 5, 7, 9.
        found = points(rate(season, marks(a=2, b=4, c=4, d=4, e=5, f=5, g=7, h=9)))
        assert found == {
            "a": "35.00",
            "b": "45.00",
            "c": "45.00",
            "d": "45.00",
            "e": "50.00",
            "f": "50.00",
            "g": "60.00",
            "h": "70.00",
        }

    def test_t_scores_are_rounded_half_up_on_both_sides_of_the_mean(self):
        season = formula({"id": "a", "weight": 100, "normalisation": "t_score"}, rounding={"each_term": "0.01"})
        # z = -1/sqrt(2) twice and sqrt(2): T = 42.9289 and 64.1421.
        assert points(rate(season, marks(x=0, y=0, z=3))) == {"x": "42.93", "y": "42.93", "z": "64.14"}

    def test_t_scores_end_at_0_and_100(self):
        season = formula({"id": "a", "weight": 100, "normalisation": "t_score"}, rounding={"each_term": "0.01"})
        crowd = {f"p{n}": 50 for n in range(40)}
        for mark, total in ((0, "0.00"), (100, "100.00")):
            line = rate(season, marks(**crowd, far=mark)).person("far")
            assert (str(line.total), line.contributions[0].share) == (total, Fraction(mark, 100))

    def test_equal_marks_have_equal_t_scores(self):
        season = formula({"id": "a", "weight": 10, "normalisation": "t_score"})
        assert set(points(rate(season, marks(x=7, y=7))).values()) == {"5.0"}

    def test_marks_on_different_scales_are_compared_by_their_position(self):
        season = formula({"id": "a", "weight": 100, "normalisation": "percentile"})
        people = [Person("x", {"a": Cell.graded(3, 0, 5)}), Person("y", {"a": Cell.graded(60, 0, 100)})]
        assert points(rate(season, people)) == {"x": "50.0", "y": "50.0"}

    def test_people_without_a_mark_are_no_part_of_the_population(self):
        season = formula({"id": "a", "weight": 100, "normalisation": "percentile"}, missing="zero")
        people = [*marks(x=10, y=20), Person("z", {"a": Cell(CellState.ABSENT)})]
        assert points(rate(season, people)) == {"x": "25.0", "y": "75.0", "z": "0.0"}


class TestCapsAndMultipliers:
    def test_a_cap_ends_a_terms_points(self):
        season = formula({"id": "a", "weight": 10, "cap": "7.5"})
        assert points(rate(season, marks(x=70, y=75, z=100))) == {"y": "7.5", "z": "7.5", "x": "7.0"}

    def test_a_stages_multiplier_multiplies_its_terms(self):
        season = formula({"id": "a", "weight": 10, "stage": "one"}, stages={"one": "1.5"})
        (line,) = rate(season, marks(x=50)).people
        assert (line.total, line.contributions[0].weight) == (Decimal("7.5"), 15)

    def test_bonuses_are_counted_capped_and_added(self):
        season = formula(
            {"id": "a", "weight": 10}, bonuses=[{"id": "fair", "points": "1.5", "cap": 4, "activity": "f"}]
        )
        person = Person("x", {"a": Cell.graded(50, 0, 100)}, bonuses={"fair": 2})
        rich = Person("y", {"a": Cell.graded(50, 0, 100)}, bonuses={"fair": "2.7"})
        rating = rate(season, [person, rich])
        assert points(rating) == {"x": "8.0", "y": "9.0"}
        part = rating.person("x").contributions[1]
        assert (part.kind, part.raw, part.weight, part.points) == (ContributionKind.BONUS, 2, Decimal("1.5"), 3)
        assert (part.share, part.minimum, part.maximum, part.source) == (None, None, None, Source("f"))

    def test_a_clamped_mark_is_shown_as_it_came(self):
        season = formula({"id": "a", "weight": 10, "out_of_scale": "clamp"})
        rating = rate(season, marks(x=120, y=-5, z=100))
        found = {
            line.id: (str(line.total), line.contributions[0].raw, line.contributions[0].clamped)
            for line in rating.people
        }
        assert found == {"x": ("10.0", 120, True), "y": ("0.0", -5, True), "z": ("10.0", 100, False)}


POLICIES = {
    "by_submission": ("counted", "pending", "pending", "zero", "excluded"),
    "zero": ("counted", "zero", "zero", "zero", "excluded"),
    "pending": ("counted", "pending", "pending", "pending", "excluded"),
    "excluded": ("counted", "excluded", "excluded", "excluded", "excluded"),
}


class TestMissingMarks:
    @pytest.mark.parametrize("policy", POLICIES)
    def test_the_policy_says_what_a_state_means(self, policy):
        season = formula({"id": "a", "weight": 10}, {"id": "b", "weight": 10}, missing=policy)
        found = []
        for state in CellState:
            value = 50 if state is CellState.GRADED else None
            cell = Cell(state, value, 0, 100)
            (line,) = rate(season, [Person("x", {"a": cell, "b": Cell.graded(80, 0, 100)})]).people
            found.append(line.contributions[0].treatment)
        assert tuple(found) == POLICIES[policy]

    def test_a_terms_own_policy_wins(self):
        season = formula({"id": "a", "weight": 10, "missing": "zero"}, {"id": "b", "weight": 10}, missing="pending")
        (line,) = rate(season, [Person("x", {"a": Cell(CellState.ABSENT), "b": Cell(CellState.ABSENT)})]).people
        assert [part.treatment for part in line.contributions] == [Treatment.ZERO, Treatment.PENDING]
        assert line.pending == ("b",)

    def test_the_pending_are_listed_below_the_ranked_by_their_points_so_far(self):
        season = formula({"id": "a", "weight": 10}, {"id": "b", "weight": 10})
        awaited = Cell(CellState.SUBMITTED)
        people = [
            Person("low", {"a": Cell.graded(1, 0, 100), "b": Cell.graded(1, 0, 100)}),
            Person("p1", {"a": Cell.graded(80, 0, 100), "b": awaited}),
            Person("p2", {"a": Cell.graded(90, 0, 100), "b": awaited}),
        ]
        rating = rate(season, people)
        assert [(line.id, line.rank, line.standing) for line in rating.people] == [
            ("low", 1, Standing.RANKED),
            ("p2", None, Standing.PENDING),
            ("p1", None, Standing.PENDING),
        ]
        assert rating.person("p2").total == 9

    def test_an_excluded_term_is_credited_at_the_rate_of_the_others(self):
        season = formula({"id": "a", "weight": 10}, {"id": "b", "weight": 20}, {"id": "c", "weight": 30})
        cells = {"a": Cell(CellState.EXEMPT), "b": Cell.graded(50, 0, 100), "c": Cell.graded(80, 0, 100)}
        (line,) = rate(season, [Person("x", cells)]).people
        # 10 + 24 = 34 of 50, so 6.8 of 10: the total is 34 re-weighted from 50 to 60.
        assert [str(part.points) for part in line.contributions] == ["6.8", "10.0", "24.0"]
        assert line.total == Decimal("40.8")
        assert line.contributions[0].share is None
        assert line.rank == 1

    def test_a_zero_lowers_the_rate_and_a_full_mark_is_credited_in_full(self):
        season = formula(
            {"id": "a", "weight": 10}, {"id": "b", "weight": 10}, {"id": "c", "weight": 10}, missing="zero"
        )
        cells = {"a": Cell(CellState.EXEMPT), "b": Cell.graded(100, 0, 100), "c": Cell(CellState.ABSENT)}
        assert points(rate(season, [Person("x", cells)])) == {"x": "15.0"}
        cells["c"] = Cell.graded(100, 0, 100)
        assert points(rate(season, [Person("x", cells)])) == {"x": "30.0"}

    def test_a_credit_stays_within_the_terms_cap(self):
        season = formula({"id": "a", "weight": 10, "cap": 4}, {"id": "b", "weight": 10})
        cells = {"a": Cell(CellState.EXEMPT), "b": Cell.graded(100, 0, 100)}
        assert points(rate(season, [Person("x", cells)])) == {"x": "14.0"}

    def test_bonuses_do_not_raise_the_rate(self):
        season = formula({"id": "a", "weight": 10}, {"id": "b", "weight": 10}, bonuses=[{"id": "fair", "points": 5}])
        cells = {"a": Cell(CellState.EXEMPT), "b": Cell.graded(50, 0, 100)}
        assert points(rate(season, [Person("x", cells, bonuses={"fair": 1})])) == {"x": "15.0"}

    def test_nothing_is_credited_while_a_mark_is_awaited(self):
        season = formula({"id": "a", "weight": 10}, {"id": "b", "weight": 10}, {"id": "c", "weight": 10})
        cells = {"a": Cell(CellState.EXEMPT), "b": Cell.graded(50, 0, 100), "c": Cell(CellState.SUBMITTED)}
        (line,) = rate(season, [Person("x", cells)]).people
        assert (line.total, line.pending, line.standing) == (5, ("c",), Standing.PENDING)

    def test_with_everything_excluded_there_is_nothing_to_rank_by(self):
        season = formula({"id": "a", "weight": 10}, {"id": "b", "weight": 0}, missing="excluded")
        cells = {"a": Cell(CellState.EXEMPT), "b": Cell.graded(50, 0, 100)}
        rating = rate(season, [Person("x", cells), *(Person("y", cells | {"a": Cell.graded(1, 0, 100)}),)])
        assert [(line.id, line.standing, line.rank) for line in rating.people] == [
            ("y", Standing.RANKED, 1),
            ("x", Standing.UNRATED, None),
        ]
        assert rating.person("x").total == 0

    def test_the_withdrawn_keep_their_points_and_come_last(self):
        season = formula({"id": "a", "weight": 10})
        gone = Person("gone", {"a": Cell.graded(100, 0, 100)}, PersonStatus.WITHDRAWN)
        waiting = Person("waiting", {"a": Cell(CellState.SUBMITTED)}, PersonStatus.WITHDRAWN)
        rating = rate(season, [gone, waiting, *marks(x=50)])
        assert [(line.id, line.standing, line.rank) for line in rating.people] == [
            ("x", Standing.RANKED, 1),
            ("gone", Standing.WITHDRAWN, None),
            ("waiting", Standing.WITHDRAWN, None),
        ]
        assert rating.person("gone").total == 10


class TestPlaces:
    SEASON = formula(
        {"id": "a", "weight": 10}, {"id": "b", "weight": 10}, {"id": "c", "weight": 10}, ties=["b", "a", "shared"]
    )

    def rated(self, **people):
        return rate(
            self.SEASON,
            [
                Person(name, {term: Cell.graded(mark, 0, 10) for term, mark in zip("abc", three, strict=True)})
                for name, three in people.items()
            ],
        )

    def test_places_are_1_2_2_4(self):
        rating = self.rated(w=(5, 5, 5), x=(4, 5, 5), y=(4, 5, 5), z=(1, 1, 1))
        assert [(line.id, line.rank) for line in rating.people] == [("w", 1), ("x", 2), ("y", 2), ("z", 4)]

    def test_a_total_of_ones_own_needs_no_tie_rule(self):
        assert self.rated(x=(5, 5, 5), y=(4, 4, 4)).person("x").tie is None

    def test_the_first_tie_term_decides(self):
        rating = self.rated(x=(5, 4, 5), y=(4, 5, 5))
        assert [(line.id, line.rank) for line in rating.people] == [("y", 1), ("x", 2)]
        tie = rating.person("x").tie
        assert (tie.tied, tie.sharing, tie.decided_by) == (2, 1, "b")
        assert [(step.id, step.still_tied) for step in tie.steps] == [("b", 1)]

    def test_the_second_decides_where_the_first_does_not(self):
        rating = self.rated(x=(5, 5, 4), y=(4, 5, 5), z=(4, 4, 6))
        assert [(line.id, line.rank) for line in rating.people] == [("x", 1), ("y", 2), ("z", 3)]
        tie = rating.person("x").tie
        assert (tie.tied, tie.decided_by) == (3, "a")
        assert [(step.id, step.still_tied) for step in tie.steps] == [("b", 2), ("a", 1)]
        assert rating.person("z").tie.decided_by == "b"

    def test_a_shared_place_is_decided_by_nothing(self):
        tie = self.rated(x=(5, 5, 4), y=(5, 5, 4)).person("x").tie
        assert (tie.tied, tie.sharing, tie.decided_by) == (2, 2, None)
        assert [(step.id, step.still_tied) for step in tie.steps] == [("b", 2), ("a", 2)]

    def test_without_tie_terms_equal_totals_share_their_place(self):
        rating = rate(formula({"id": "a", "weight": 10}), marks(x=50, y=50))
        assert [(line.rank, line.tie.steps, line.tie.sharing) for line in rating.people] == [(1, (), 2)] * 2

    def test_the_pending_are_nobodys_rivals(self):
        season = formula({"id": "a", "weight": 10}, {"id": "b", "weight": 0})
        people = [
            Person("x", {"a": Cell.graded(50, 0, 100), "b": Cell.graded(0, 0, 1)}),
            Person("y", {"a": Cell.graded(50, 0, 100), "b": Cell(CellState.SUBMITTED)}),
        ]
        assert rate(season, people).person("x").tie is None


def test_a_contribution_shows_where_it_comes_from():
    season = formula({"id": "a", "weight": 15, "activity": "peer", "item": "submission"})
    (line,) = rate(season, [Person("x", {"a": Cell.graded("77.6", 0, 80)})]).people
    (part,) = line.contributions
    assert (part.id, part.kind, part.state) == ("a", ContributionKind.TERM, CellState.GRADED)
    assert (part.raw, part.minimum, part.maximum) == (Decimal("77.6"), 0, 80)
    assert (part.share, part.weight, part.points) == (Fraction(97, 100), 15, Decimal("14.6"))
    assert part.source == Source("peer", "submission")


def test_a_person_who_is_not_there_is_a_key_error():
    with pytest.raises(KeyError):
        rate(formula({"id": "a", "weight": 1}), []).person("x")
