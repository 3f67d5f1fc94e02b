"""SPA and SAPA, recomputed from the formulas of Freeman & McKenzie (2002)."""

from math import sqrt

import pytest

from scoring.groupmark import PeerMark, self_and_peer

# Rows: what each member gave to a, b, c (themselves included).
FULL = {"a": (4, 3, 2), "b": (3, 4, 2), "c": (4, 4, 4)}


def marks(given):
    return [
        PeerMark(rater, ratee, "work", mark)
        for rater, row in given.items()
        for ratee, mark in zip("abc", row, strict=True)
        if mark is not None
    ]


def test_spa_is_the_root_of_what_one_was_given_over_the_average_of_the_group():
    found = [one.spa for one in self_and_peer("abc", marks(FULL))]
    assert found == pytest.approx([sqrt(11 / 10), sqrt(11 / 10), sqrt(8 / 10)])


def test_sapa_is_the_root_of_ones_own_mark_over_the_average_of_the_others():
    found = [one.sapa for one in self_and_peer("abc", marks(FULL))]
    assert found == pytest.approx([sqrt(4 / 3.5), sqrt(4 / 3.5), sqrt(4 / 2)])


def test_without_a_mark_of_oneself_there_is_no_sapa():
    found = self_and_peer("abc", marks(FULL | {"a": (None, 3, 2)}))
    assert found[0].sapa is None
    assert found[1].sapa == pytest.approx(sqrt(4 / 3.5))
    assert found[0].spa == pytest.approx(sqrt(3.5 / ((3.5 + 11 / 3 + 8 / 3) / 3)))


def test_a_member_whom_nobody_marked_has_no_factors_and_leaves_the_average_alone():
    found = self_and_peer("abcd", marks(FULL))
    assert (found[3].spa, found[3].sapa) == (None, None)
    assert found[0].spa == pytest.approx(sqrt(11 / 10))


def test_ones_own_mark_without_the_others_tells_nothing():
    assert self_and_peer("ab", [PeerMark("a", "a", "work", 3)])[0].sapa is None


def test_an_average_of_nothing_divides_nothing():
    found = self_and_peer("abc", marks(dict.fromkeys("abc", (0, 0, 0))))
    assert [(one.spa, one.sapa) for one in found] == [(None, None)] * 3


def test_nobody_marked_tells_nothing():
    assert [(one.id, one.spa, one.sapa) for one in self_and_peer("ab", [])] == [("a", None, None), ("b", None, None)]
