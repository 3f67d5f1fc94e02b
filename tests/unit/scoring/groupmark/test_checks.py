import pytest

from scoring.errors import InvalidInput
from scoring.groupmark import Method, PeerMark, Rules, self_and_peer, share_out


def refused(members="ab", marks=(), group_mark=80, **rules):
    with pytest.raises(InvalidInput) as caught:
        share_out(group_mark, members, marks, rules=Rules(**rules))
    return [str(problem) for problem in caught.value.problems]


def test_a_group_without_members_is_refused():
    assert refused([]) == ["members: there is nobody (a group has at least one member)"]


def test_a_repeated_member_is_named():
    assert refused(["a", "b", "a"]) == ["members: 'a' is there 2 times (name every member once)"]


def test_strangers_are_named_by_their_role():
    marks = [PeerMark("a", "x", "work", 1), PeerMark("y", "b", "work", 1)]
    assert refused(marks=marks) == [
        "marks[a -> x].work: the ratee 'x' is no member (leave the mark out)",
        "marks[y -> b].work: the rater 'y' is no member (leave the mark out)",
    ]


def test_a_mark_given_twice_is_named():
    marks = [PeerMark("a", "b", "work", 1), PeerMark("a", "b", "work", 2)]
    assert refused(marks=marks) == ["marks[a -> b].work: is there twice (keep one of the two)"]


@pytest.mark.parametrize(
    ("mark", "told"),
    [
        ("NaN", "'NaN' is not a number"),
        (float("nan"), "nan is a binary float"),
        (float("inf"), "inf is a binary float"),
        ("1e309", "'1e309' is not a number"),
        ("4,5", "'4,5' is written with a comma"),
        (None, "None is not a number"),
        (True, "True is not a number"),
    ],
)
def test_what_is_no_exact_number_is_refused(mark, told):
    (problem,) = refused(marks=[PeerMark("a", "b", "work", mark)])
    assert problem.startswith(f"marks[a -> b].work: {told}")


def test_a_negative_mark_is_refused():
    assert refused(marks=[PeerMark("a", "b", "work", -1)]) == ["marks[a -> b].work: -1 is not at least 0"]


def test_a_mark_beyond_the_form_is_refused():
    marks = [PeerMark("a", "b", "work", 6)]
    assert refused(marks=marks, largest_peer_mark=5) == ["marks[a -> b].work: 6 is not between 0 and 5"]


def test_the_largest_mark_on_the_form_is_allowed():
    assert (
        share_out(80, "ab", [PeerMark("a", "b", "work", 5)], rules=Rules(largest_peer_mark=5)).member("b").factor == 1
    )


def test_a_criterion_left_out_is_named_because_a_gap_is_not_a_zero():
    marks = [PeerMark("a", "b", "work", 1), PeerMark("b", "a", "work", 1), PeerMark("b", "a", "team", 1)]
    assert refused(marks=marks) == ["marks[a -> b]: 'team' is missing (mark every criterion, or none)"]


@pytest.mark.parametrize("method", [Method.WEBPA, Method.WEBPA_SELF])
def test_webpa_refuses_a_rater_who_left_somebody_out(method):
    problems = refused("abc", [PeerMark("a", "b", "work", 1)], method=method)
    left_out = "a, c" if method is Method.WEBPA_SELF else "c"
    assert problems == [f"marks[a]: {left_out} left out (WebPA needs a mark for everybody)"]


def test_webpa_without_self_marking_takes_a_mark_of_oneself_as_no_ballot():
    members = share_out(80, "ab", [PeerMark("a", "a", "work", 3)], rules=Rules(method=Method.WEBPA)).members
    assert [member.raw_factor for member in members] == [None, None]


def test_all_wrong_rules_are_told_at_once():
    problems = refused(
        method="median",
        weight=2,
        lowest_factor="1.5",
        highest_factor="0.5",
        cap=-1,
        penalty="1.5",
        penalty_kind="share",
        decimals=11,
    )
    assert problems == [
        "method: 'median' is unknown (write one of: peer_mean, webpa, webpa_self)",
        "weight: 2 is not between 0 and 1",
        "cap: -1 is not at least 0",
        "penalty: 1.5 is not between 0 and 1",
        "highest_factor: is below lowest_factor (write the lower bound first)",
        "decimals: 11 decimals (there may be 0 to 10)",
    ]


@pytest.mark.parametrize("bound", ["lowest_factor", "highest_factor"])
def test_a_wrong_bound_is_named(bound):
    assert refused(**{bound: -1}) == [f"{bound}: -1 is not at least 0"]


@pytest.mark.parametrize("decimals", [0, 10])
def test_the_fewest_and_the_most_decimals_are_allowed(decimals):
    assert -share_out(80, "ab", [], rules=Rules(decimals=decimals)).group_mark.as_tuple().exponent == decimals


@pytest.mark.parametrize(
    ("members", "marks", "rules", "person"),
    [
        (["a", "a"], [], {}, "a"),
        ("ab", [PeerMark("a", "x", "work", 1)], {}, "x"),
        ("ab", [PeerMark("a", "b", "work", 1), PeerMark("a", "b", "work", 1)], {}, "a"),
        ("ab", [PeerMark("a", "b", "work", 1), PeerMark("b", "a", "work", 1), PeerMark("b", "a", "team", 1)], {}, "a"),
        ("abc", [PeerMark("b", "a", "work", 1)], {"method": Method.WEBPA}, "b"),
    ],
)
def test_the_problem_carries_the_person_for_a_page_to_link_to(members, marks, rules, person):
    with pytest.raises(InvalidInput) as caught:
        share_out(80, members, marks, rules=Rules(**rules))
    assert [problem.person for problem in caught.value.problems] == [person]


def test_an_unknown_kind_of_penalty_is_refused():
    assert refused(penalty_kind="percent") == ["penalty_kind: 'percent' is unknown (write one of: share, points)"]


def test_the_groups_mark_must_be_a_number_from_0():
    assert refused(group_mark=-1) == ["group_mark: -1 is not at least 0"]


def test_a_wrong_largest_mark_is_refused_by_the_diagnostics_too():
    with pytest.raises(InvalidInput, match="largest_peer_mark: -1 is not at least 0"):
        self_and_peer("ab", [], largest_peer_mark=-1)


def test_equal_bounds_are_in_order():
    assert share_out(80, "ab", [], rules=Rules(lowest_factor=1, highest_factor=1)).member("a").mark == 80


@pytest.mark.parametrize("decimals", [-1, 11])
def test_decimals_have_bounds(decimals):
    assert len(refused(decimals=decimals)) == 1


def test_an_unknown_member_is_a_key_error():
    with pytest.raises(KeyError):
        share_out(80, "ab", []).member("c")
