"""scoring.md, answers D: WebPA's worked example, two criteria, five members, Elaine marks nobody."""

from decimal import Decimal

import pytest

from scoring.groupmark import Method, PeerMark, Rules, share_out

MEMBERS = ["Alice", "Bob", "Claire", "David", "Elaine"]

WITH_SELF = {
    "Alice": [(2, 2), (1, 3), (3, 0), (1, 1), (1, 0)],
    "Bob": [(2, 1), (2, 3), (2, 1), (1, 1), (0, 0)],
    "Claire": [(2, 2), (2, 2), (2, 2), (2, 2), (2, 2)],
    "David": [(2, 1), (3, 2), (2, 2), (1, 2), (1, 0)],
}
WITHOUT_SELF = {
    "Alice": [(1, 3), (2, 1), (1, 1), (1, 0)],
    "Bob": [(2, 1), (2, 1), (1, 1), (0, 0)],
    "Claire": [(2, 2), (2, 2), (2, 2), (2, 2)],
    "David": [(2, 1), (3, 2), (2, 2), (0, 0)],
}


def peer_marks(given, *, with_self):
    for rater, pairs in given.items():
        ratees = [member for member in MEMBERS if with_self or member != rater]
        for ratee, pair in zip(ratees, pairs, strict=True):
            for criterion, mark in zip(("work", "team"), pair, strict=True):
                yield PeerMark(rater, ratee, criterion, mark)


def shared_out(given, *, with_self, **rules):
    method = Method.WEBPA_SELF if with_self else Method.WEBPA
    return share_out(
        80, MEMBERS, list(peer_marks(given, with_self=with_self)), rules=Rules(method=method, **rules)
    ).members


def near(values):
    return pytest.approx(values, abs=0.005)


def test_scoring_md_d_webpa_with_self_marking_gives_the_factors():
    found = [float(member.factor) for member in shared_out(WITH_SELF, with_self=True)]
    assert found == pytest.approx([1.1300, 1.4785, 1.1188, 0.8553, 0.4174], abs=6e-5)


def test_scoring_md_d_webpa_with_self_marking_gives_the_marks_capped_at_100():
    members = shared_out(WITH_SELF, with_self=True)
    assert [float(member.mark) for member in members] == near([90.40, 100, 89.51, 68.42, 33.39])
    assert [member.capped for member in members] == [False, True, False, False, False]


def test_scoring_md_d_webpa_with_half_the_mark_by_contribution():
    members = shared_out(WITH_SELF, with_self=True, weight="0.5")
    assert [float(member.mark) for member in members] == near([85.20, 99.14, 84.75, 74.21, 56.70])


def test_scoring_md_d_webpa_a_penalty_of_ten_percent_makes_elaine_51_03():
    members = shared_out(WITH_SELF, with_self=True, weight="0.5", penalty="0.1")
    assert [float(member.mark) for member in members] == near([85.20, 99.14, 84.75, 74.21, 51.03])
    assert [member.owes_marks for member in members] == [False, False, False, False, True]


def test_scoring_md_d_webpa_without_self_marking_gives_factors_and_marks():
    members = shared_out(WITHOUT_SELF, with_self=False, weight="0.5", penalty="0.1")
    found = [float(member.factor) for member in members]
    assert found == pytest.approx([1.0938, 1.3333, 1.2604, 0.8750, 0.4375], abs=6e-5)
    assert [float(member.mark) for member in members] == near([83.75, 93.33, 90.42, 75.00, 51.75])


def test_a_webpa_factor_says_how_many_raters_it_rests_on():
    assert [member.marked_by for member in shared_out(WITH_SELF, with_self=True)] == [4] * 5
    assert [member.marked_by for member in shared_out(WITHOUT_SELF, with_self=False)] == [3, 3, 3, 3, 4]
    assert [member.marked_by for member in shared_out({}, with_self=False)] == [0] * 5


def test_webpa_without_self_marking_multiplies_who_withholds_by_n_over_n_minus_1():
    everyone = {rater: [(1, 1)] * 4 for rater in MEMBERS}
    fair = shared_out(everyone, with_self=False)
    without_elaine = shared_out({rater: everyone[rater] for rater in MEMBERS[:-1]}, with_self=False)
    assert fair[-1].factor == 1
    assert without_elaine[-1].factor == Decimal(5) / 4


@pytest.mark.parametrize("method", [Method.WEBPA, Method.WEBPA_SELF])
def test_the_factors_of_webpa_sum_to_the_groups_size(method):
    given = WITH_SELF if method is Method.WEBPA_SELF else WITHOUT_SELF
    members = shared_out(given, with_self=method is Method.WEBPA_SELF, cap=None)
    assert sum(member.factor for member in members) == 5
