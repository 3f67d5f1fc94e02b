"""The default: shares over the others, and nobody's own marks in one's own factor."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.groupmark import Method, PeerMark, PenaltyKind, Rules, share_out

everyday_and_soak = pytest.mark.parametrize(
    "examples",
    [
        pytest.param(200, id="everyday"),
        pytest.param(10_000, id="soak", marks=[pytest.mark.soak, pytest.mark.timeout(3600)]),
    ],
)


def check(examples, strategy, holds):
    sized = settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    sized(given(strategy)(holds))()


@st.composite
def groups(draw):
    """Draw (members, marks): some raters mark nobody, some mark only a few, some themselves too."""
    members = [f"m{place}" for place in range(draw(st.integers(1, 5)))]
    criteria = ["work", "team"][: draw(st.integers(1, 2))]
    marks = [
        PeerMark(rater, ratee, criterion, draw(st.integers(0, 5)))
        for rater in members
        for ratee in members
        if draw(st.sampled_from([True, True, True, False]))
        for criterion in criteria
    ]
    return members, marks


def test_each_raters_shares_are_taken_over_the_others_and_averaged():
    marks = table({"a": {"b": 3, "c": 1}, "b": {"a": 2, "c": 2}, "c": {"a": 1, "b": 1}})
    members = share_out(60, "abc", marks).members
    assert [member.factor for member in members] == [1, Fraction(5, 4), Fraction(3, 4)]
    assert [member.mark for member in members] == [Decimal("60.00"), Decimal("75.00"), Decimal("45.00")]
    assert [member.marked_by for member in members] == [2, 2, 2]


def test_marks_of_oneself_do_not_count():
    marks = table({"a": {"b": 3, "c": 1}, "b": {"a": 2, "c": 2}, "c": {"a": 1, "b": 1}})
    boastful = [*marks, PeerMark("a", "a", "work", 5)]
    assert share_out(60, "abc", boastful) == share_out(60, "abc", marks)


def test_a_rater_who_marked_a_part_of_the_group_shares_over_that_part():
    marks = table({"a": {"b": 4, "c": 2}, "b": {"a": 1, "c": 1, "d": 2}})
    members = share_out(90, "abcd", marks).members
    assert [member.raw_factor for member in members] == [
        Fraction(3, 4),
        Fraction(4, 3),
        (Fraction(2, 3) + Fraction(3, 4)) / 2,
        Fraction(3, 2),
    ]


def test_a_missing_rater_is_left_out_and_pays_separately():
    marks = table({"a": {"b": 1, "c": 1}, "b": {"a": 1, "c": 1}})
    members = share_out(80, "abc", marks, rules=Rules(penalty="0.25")).members
    assert [member.factor for member in members] == [1, 1, 1]
    assert [member.owes_marks for member in members] == [False, False, True]
    assert [member.penalty for member in members] == [0, 0, 20]
    assert [member.mark for member in members] == [80, 80, 60]


def test_a_penalty_in_points_takes_no_more_than_there_is():
    rules = Rules(penalty=50, penalty_kind=PenaltyKind.POINTS)
    assert share_out(80, "ab", table({"a": {"b": 1}}), rules=rules).member("b").mark == 30
    assert share_out(20, "ab", table({"a": {"b": 1}}), rules=rules).member("b").mark == 0


def test_the_penalty_is_taken_from_the_capped_mark():
    marks = table({"a": {"b": 3, "c": 1}, "c": {"a": 1, "b": 1}})
    member = share_out(90, "abc", marks, rules=Rules(penalty="0.1")).member("b")
    assert member.weighted == Fraction(225, 2)
    assert member.capped
    assert member.mark == 90


def test_the_factor_stays_within_its_bounds_and_the_raw_one_is_shown():
    marks = table({"a": {"b": 3, "c": 1}, "b": {"a": 2, "c": 2}, "c": {"a": 1, "b": 1}})
    rules = Rules(lowest_factor="0.9", highest_factor="1.1")
    members = share_out(60, "abc", marks, rules=rules).members
    assert [member.factor for member in members] == [1, Fraction(11, 10), Fraction(9, 10)]
    assert [member.raw_factor for member in members] == [1, Fraction(5, 4), Fraction(3, 4)]


def test_one_bound_alone_is_enough():
    marks = table({"a": {"b": 3, "c": 1}, "c": {"a": 0, "b": 1}})
    assert share_out(60, "abc", marks, rules=Rules(lowest_factor="0.5")).member("a").factor == Fraction(1, 2)
    assert share_out(60, "abc", marks, rules=Rules(highest_factor="1.2")).member("b").factor == Fraction(6, 5)


def test_a_part_of_the_mark_may_stay_with_the_group():
    marks = table({"a": {"b": 3, "c": 1}, "b": {"a": 2, "c": 2}, "c": {"a": 1, "b": 1}})
    members = share_out(60, "abc", marks, rules=Rules(weight="0.5")).members
    assert [member.mark for member in members] == [Decimal(60), Decimal("67.5"), Decimal("52.5")]


def test_marks_are_rounded_half_up():
    marks = table({"a": {"b": 3, "c": 1}, "c": {"a": 1, "b": 1}})
    assert str(share_out("50.5", "abc", marks, rules=Rules(decimals=1)).member("c").mark) == "25.3"
    assert str(share_out("50.5", "abc", marks, rules=Rules(decimals=0)).group_mark) == "51"


def test_without_a_cap_a_mark_may_pass_100():
    marks = table({"a": {"b": 3, "c": 1}, "c": {"a": 1, "b": 1}})
    member = share_out(90, "abc", marks, rules=Rules(cap=None)).member("b")
    assert (member.mark, member.capped) == (Decimal("112.50"), False)


@pytest.mark.parametrize("method", list(Method))
class TestWhereThereIsNothingToGoBy:
    def test_nobody_marked_gives_everybody_the_groups_mark_less_the_penalty(self, method):
        members = share_out(80, "abc", [], rules=Rules(method=method, penalty="0.1")).members
        assert [(member.factor, member.raw_factor, member.mark) for member in members] == [(1, None, 72)] * 3

    def test_a_group_of_one_has_the_groups_mark_and_owes_nothing(self, method):
        (member,) = share_out(80, ["a"], [], rules=Rules(method=method, penalty="0.1")).members
        assert (member.factor, member.owes_marks, member.mark) == (1, False, 80)

    def test_zeros_for_everybody_are_equal_marks(self, method):
        marks = [PeerMark(rater, ratee, "work", 0) for rater in "abc" for ratee in "abc"]
        members = share_out(80, "abc", marks, rules=Rules(method=method)).members
        assert [member.mark for member in members] == [80, 80, 80]


def test_only_a_mark_of_oneself_is_not_marking():
    members = share_out(80, "ab", table({"a": {"a": 5}, "b": {"a": 1}}), rules=Rules(penalty="0.1")).members
    assert [member.owes_marks for member in members] == [True, False]
    assert [member.marked_by for member in members] == [1, 0]


@everyday_and_soak
def test_withholding_marks_changes_ones_own_factor_by_nothing_and_never_raises_ones_mark(examples):
    def holds(drawn):
        (members, marks), penalty, kind = drawn
        rules = Rules(penalty=penalty, penalty_kind=kind)
        before = share_out(70, members, marks, rules=rules)
        for member in members:
            withheld = [mark for mark in marks if mark.rater != member]
            after = share_out(70, members, withheld, rules=rules).member(member)
            assert after.factor == before.member(member).factor
            assert after.mark <= before.member(member).mark

    check(examples, st.tuples(groups(), st.sampled_from(["0", "0.1", "1"]), st.sampled_from(PenaltyKind)), holds)


@everyday_and_soak
def test_whatever_a_member_gives_leaves_the_own_factor_as_it_is(examples):
    def holds(drawn):
        (members, marks), mark = drawn
        other = [
            PeerMark(one.rater, one.ratee, one.criterion, mark if one.rater == "m0" else one.mark) for one in marks
        ]
        assert share_out(70, members, other).member("m0") == share_out(70, members, marks).member("m0")

    check(examples, st.tuples(groups(), st.integers(0, 5)), holds)


@everyday_and_soak
def test_the_order_of_marks_and_members_has_no_meaning(examples):
    def holds(drawn):
        (members, marks), shuffled, turned = drawn
        after = {member.id: member for member in share_out(70, turned, shuffled).members}
        assert after == {member.id: member for member in share_out(70, members, marks).members}

    orders = groups().flatmap(
        lambda group: st.tuples(st.just(group), st.permutations(group[1]), st.permutations(group[0]))
    )
    check(examples, orders, holds)


@everyday_and_soak
def test_a_better_mark_from_a_peer_never_lowers_ones_mark(examples):
    def holds(drawn):
        (members, marks), which = drawn
        if not marks:
            return
        chosen = marks[which % len(marks)]
        raised = [PeerMark(m.rater, m.ratee, m.criterion, m.mark + 1) if m is chosen else m for m in marks]
        # From all zeros, which are equal marks, one point for one person is all of the rater's shares.
        after = share_out(70, members, raised).member(chosen.ratee)
        assert after.mark >= share_out(70, members, marks).member(chosen.ratee).mark

    check(examples, st.tuples(groups(), st.integers(0, 1000)), holds)


def table(given):
    return [PeerMark(rater, ratee, "work", mark) for rater, row in given.items() for ratee, mark in row.items()]
