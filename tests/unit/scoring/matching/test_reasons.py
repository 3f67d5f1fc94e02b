"""Why everyone got what they got: the facts, and that they are true on every market."""

import numpy as np
import pytest

from scoring.errors import InvalidInput
from scoring.matching import (
    Conflict,
    Lottery,
    MentorReason,
    Method,
    ParticipantReason,
    Passed,
    PassedBy,
    Refusal,
    Step,
    explain,
    explain_mentor,
    match,
)
from tests.unit.scoring.matching.cases import check, everyday_and_soak, markets
from tests.unit.scoring.matching.exhaustive import rank

WISHES = {
    "ann": ["x", "y", "z", "v", "w"],
    "bob": ["w"],
    "cyd": ["w"],
    "dan": [],
    "eve": ["w"],
    "fay": ["w", "x"],
}
RANKINGS = {"v": ["ann"], "w": ["bob", "eve", "cyd", "ann"], "x": ["ann", "fay"], "y": ["bob"], "z": ["ann"]}
PLACES = {"v": 1, "w": 2, "x": 1, "y": 1, "z": 0}
RESULT = match(WISHES, RANKINGS, PLACES, conflicts=[Conflict("ann", "x", "school"), Conflict("ann", "x", "kin")])


def test_the_matched_learn_which_wish_it_was_and_what_closed_the_better_doors():
    assert explain(RESULT, "ann") == ParticipantReason(
        "ann",
        "v",
        wish=4,
        wishes=5,
        steps=(
            Step("x", 1, Refusal.CONFLICT, capacity=1, taken=1, causes=("kin", "school")),
            Step("y", 2, Refusal.NOT_RANKED, capacity=1, taken=0),
            Step("z", 3, Refusal.NO_PLACES, capacity=0, taken=0, own_place=1),
        ),
    )


def test_a_first_wish_needs_no_explanation():
    assert explain(RESULT, "bob") == ParticipantReason("bob", "w", wish=1, wishes=1, steps=())


def test_the_unmatched_learn_where_they_and_the_last_one_accepted_stand():
    assert explain(RESULT, "cyd") == ParticipantReason(
        "cyd", None, None, 1, (Step("w", 1, Refusal.OUTRANKED, capacity=2, taken=2, own_place=3, last_place=2),)
    )


def test_an_empty_list_has_no_steps():
    assert explain(RESULT, "dan") == ParticipantReason("dan", None, None, 0, ())


def test_the_lottery_is_named_with_both_numbers():
    lottery = Lottery({"ann": 2, "bob": 1, "cyd": 3}, {"x": 1})
    result = match({"ann": ["x"], "bob": ["x"], "cyd": ["x"]}, {"x": ["cyd", ("ann", "bob")]}, 2, lottery=lottery)
    assert explain(result, "ann").steps == (
        Step("x", 1, Refusal.LOTTERY, 2, 2, own_place=2, last_place=2, own_number=2, last_number=1),
    )


def test_a_mentor_who_likes_everyone_equally_gives_everyone_the_first_place():
    result = match({"ann": ["x"], "bob": ["x"]}, {"x": None}, 1, lottery=Lottery({"ann": 1, "bob": 2}, {"x": 1}))
    (step,) = explain(result, "bob").steps
    assert (step.refusal, step.own_place, step.last_place) == (Refusal.LOTTERY, 1, 1)
    assert explain_mentor(result, "x").accepted == (("ann", 1),)


@pytest.mark.parametrize("method", [Method.MAX_SIZE, Method.MAX_SIZE_EXACT])
def test_in_the_largest_matching_a_tie_is_not_blamed_on_the_lottery(method):
    lists = ({"ann": ["x", "y"], "bob": ["x"]}, {"x": [("ann", "bob")], "y": ["ann"]}, 1)
    result = match(*lists, method=method, rng=np.random.default_rng(0))
    assert explain(result, "ann").steps == (Step("x", 1, Refusal.SEATS_MORE, 1, 1, own_place=1, last_place=1),)


def test_wishes_as_good_as_ones_own_are_not_steps():
    lists = ({"ann": [("x", "y"), "z"], "bob": ["x"]}, {"x": ["bob", "ann"], "y": ["ann"], "z": ["ann"]}, 1)
    result = match(*lists, lottery=Lottery({"ann": 1, "bob": 2}, {"x": 1, "y": 2, "z": 3}))
    assert explain(result, "ann") == ParticipantReason("ann", "y", wish=1, wishes=3, steps=())


def test_a_mentor_learns_who_came_and_why_others_did_not():
    assert explain_mentor(RESULT, "w") == MentorReason("w", 2, (("bob", 1), ("eve", 2)), ())
    assert explain_mentor(RESULT, "x") == MentorReason("x", 1, (("fay", 2),), (Passed("ann", 1, PassedBy.CONFLICT),))
    assert explain_mentor(RESULT, "y") == MentorReason("y", 1, (), (Passed("bob", 1, PassedBy.DID_NOT_NAME),))
    assert explain_mentor(RESULT, "z") == MentorReason("z", 0, (), ())


def test_a_mentor_with_a_free_place_learns_of_everyone_listed_who_is_elsewhere():
    lists = ({"ann": ["x", "y"], "bob": ["x", "y"]}, {"x": ["ann", "bob"], "y": ["bob", "ann"]}, {"x": 2, "y": 1})
    assert explain_mentor(match(*lists), "y").passed == (
        Passed("bob", 1, PassedBy.PREFERS_OTHER),
        Passed("ann", 2, PassedBy.PREFERS_OTHER),
    )


def test_those_in_one_place_with_the_last_one_accepted_were_not_passed():
    lists = ({"ann": ["x"], "bob": ["x"], "cyd": []}, {"x": [("ann", "bob", "cyd")]}, 1)
    result = match(*lists, lottery=Lottery({"cyd": 1, "ann": 2, "bob": 3}, {"x": 1}))
    assert explain_mentor(result, "x") == MentorReason("x", 1, (("ann", 1),), ())


@pytest.mark.parametrize(("ask", "field"), [(explain, "participant"), (explain_mentor, "mentor")])
def test_strangers_have_no_reason(ask, field):
    with pytest.raises(InvalidInput, match="'stranger'") as caught:
        ask(RESULT, "stranger")
    assert caught.value.field == field


def assert_true(step, participant, case, result):
    """Hold one fact against the lists and the result."""
    ranking, held = case.mentors[step.mentor], result.mentees[step.mentor]
    place = rank([tuple(case.participants)] if ranking is None else ranking)
    assert (step.taken, step.capacity) == (len(held), case.capacities[step.mentor])
    if step.refusal is Refusal.CONFLICT:
        assert (participant, step.mentor) in {(each.participant, each.mentor) for each in case.conflicts}
    elif step.refusal is Refusal.NOT_RANKED:
        assert participant not in place
    elif step.refusal is Refusal.NO_PLACES:
        assert step.capacity == 0
    else:
        assert step.taken == step.capacity > 0
        assert_outranked(step, participant, held, place, result.lottery.participants)


def assert_outranked(step, participant, held, place, numbers):
    last = max(held, key=lambda each: (place[each], numbers[each]))
    assert step.own_place == 1 + sum(place[each] < place[participant] for each in place)
    assert step.last_place == 1 + sum(place[each] < place[last] for each in place)
    assert (place[last] < place[participant]) == (step.refusal is Refusal.OUTRANKED)
    if step.refusal is Refusal.LOTTERY:
        assert step.last_number == numbers[last] < numbers[participant] == step.own_number
    elif step.refusal is Refusal.SEATS_MORE:
        assert place[last] == place[participant]


@everyday_and_soak
@pytest.mark.parametrize("method", list(Method))
def test_the_facts_are_true_and_there_is_one_for_every_better_wish(examples, method):
    def holds(case):
        result = match(*case.lists, method=method, conflicts=case.conflicts, rng=case.rng)
        for each, wishes in case.participants.items():
            reason, tier = explain(result, each), rank(wishes)
            assert reason.mentor == result.pairs.get(each)
            better = {m for m in tier if reason.mentor is None or tier[m] < tier[reason.mentor]}
            assert {step.mentor for step in reason.steps} == better
            for step in reason.steps:
                assert_true(step, each, case, result)

    check(examples, markets(), holds)
