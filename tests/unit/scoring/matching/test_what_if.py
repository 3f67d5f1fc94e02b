"""One more place at a mentor: who would move."""

import pytest

from scoring.errors import InvalidInput
from scoring.matching import Method, Move, match, what_if

LISTS = ({"ann": ["x", "y"], "bob": ["x"], "cyd": ["y"]}, {"x": ["bob", "ann"], "y": ["ann", "cyd"]}, 1)
RESULT = match(*LISTS)


def test_a_place_more_moves_a_chain_of_people():
    changed = what_if(RESULT, "x")
    assert (changed.mentor, changed.places) == ("x", 1)
    assert changed.moves == (Move("ann", "y", "x", 2, 1), Move("cyd", None, "y", None, 1))
    assert changed.newly_matched == ("cyd",)
    assert changed.matching.certificate.stable
    assert RESULT.pairs == {"ann": "y", "bob": "x"}


def test_a_place_that_nobody_wants_moves_nobody():
    again = what_if(changed := what_if(RESULT, "x").matching, "x", places=3)
    assert (again.moves, again.newly_matched) == ((), ())
    assert again.matching.pairs == changed.pairs


def test_fewer_places_can_be_tried_too():
    assert what_if(RESULT, "x", places=-1).moves == (Move("bob", "x", None, 1, None),)


def test_the_method_stays_the_same():
    crossed = match(
        {"ann": ["x", "y"], "bob": ["y", "x"]},
        {"x": ["bob", "ann"], "y": ["ann", "bob"]},
        1,
        method=Method.MENTORS_PROPOSE,
    )
    assert what_if(crossed, "x").matching.method is Method.MENTORS_PROPOSE


@pytest.mark.parametrize("places", [-2, 1.0, True, float("nan"), None])
def test_places_are_whole_and_never_below_none(places):
    with pytest.raises(InvalidInput, match="'x' has 1 places now") as caught:
        what_if(RESULT, "x", places=places)
    assert caught.value.field == "places"


def test_an_unknown_mentor_is_an_error():
    with pytest.raises(InvalidInput, match="'z' is not among the mentors") as caught:
        what_if(RESULT, "z")
    assert caught.value.field == "mentor"
