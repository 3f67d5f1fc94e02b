"""What holds for every market; ten thousand markets under `make soak`."""

import warnings
from itertools import permutations

import numpy as np
import pytest
from hypothesis import assume
from hypothesis import strategies as st
from matching.games import HospitalResident

from scoring.matching import Method, certify, match, what_if
from tests.unit.scoring.matching.cases import (
    check,
    everyday_and_soak,
    everyday_and_soak_costly,
    markets,
    strict_lists,
)
from tests.unit.scoring.matching.exhaustive import Game

DEFERRED = [Method.PARTICIPANTS_PROPOSE, Method.MENTORS_PROPOSE]


def run(case, method=Method.PARTICIPANTS_PROPOSE):
    return match(*case.lists, method=method, conflicts=case.conflicts, rng=case.rng)


@everyday_and_soak
@pytest.mark.parametrize("method", list(Method))
def test_every_method_gives_a_stable_matching_within_places_and_conflicts(examples, method):
    def holds(case):
        result = run(case, method)
        assert Game(*case.lists, case.conflicts).is_stable(dict(result.pairs))
        assert set(result.pairs) | set(result.unmatched) == set(case.participants)
        assert {p: m for m, group in result.mentees.items() for p in group} == result.pairs

    check(examples, markets(), holds)


@everyday_and_soak_costly
def test_participants_proposing_is_best_and_mentors_proposing_worst_for_every_participant(examples):
    def holds(case):
        best, worst = run(case), run(case, Method.MENTORS_PROPOSE)
        wishes, rankings = strict_lists(best, case)
        stable = Game(wishes, rankings, case.capacities, case.conflicts).stable()
        for each, listed in wishes.items():
            got = {listed.index(pairs[each]) if each in pairs else len(listed) for pairs in stable}
            assert (listed.index(best.pairs[each]) if each in best.pairs else len(listed)) == min(got)
            assert (listed.index(worst.pairs[each]) if each in worst.pairs else len(listed)) == max(got)

    check(examples, markets(), holds)


@everyday_and_soak
@pytest.mark.parametrize("method", list(Method))
def test_the_order_of_rows_does_not_matter(examples, method):
    def holds(case_and_seed):
        case, seed = case_and_seed
        shuffled = np.random.default_rng(seed)

        def turned(mapping):
            return dict([list(mapping.items())[number] for number in shuffled.permutation(len(mapping))])

        lists = [turned(each) for each in case.lists]
        again = match(*lists, method=method, conflicts=case.conflicts[::-1], rng=case.rng)
        assert again == run(case, method)

    check(examples, st.tuples(markets(), st.integers(0, 2**16)), holds)


@everyday_and_soak
def test_a_recorded_lottery_replays_the_result(examples):
    def holds(case):
        first = run(case)
        assert match(*case.lists, conflicts=case.conflicts, lottery=first.lottery) == first

    check(examples, markets(), holds)


@everyday_and_soak_costly
def test_no_participant_gains_by_another_list(examples):
    def holds(case):
        honest = run(case)
        for liar, wishes in case.participants.items():
            place = wishes.index(honest.pairs[liar]) if liar in honest.pairs else len(wishes)
            for length in range(len(case.mentors) + 1):
                for other in permutations(case.mentors, length):
                    lists = ({**case.participants, liar: list(other)}, case.mentors, case.capacities)
                    got = match(*lists, conflicts=case.conflicts).pairs.get(liar)
                    assert got not in wishes[:place]

    check(examples, markets(ties=False, people=4, mentors=3), holds)


@everyday_and_soak
def test_the_same_places_are_filled_and_the_same_people_matched_whoever_proposes(examples):
    def holds(case):
        one, other = (run(case, method) for method in DEFERRED)
        assert one.unmatched == other.unmatched
        for mentor, group in one.mentees.items():
            assert len(group) == len(other.mentees[mentor])
            if len(group) < case.capacities[mentor]:
                assert group == other.mentees[mentor]

    check(examples, markets(), holds)


@everyday_and_soak
def test_one_more_place_makes_no_participant_worse_off(examples):
    def holds(case):
        assume(case.mentors)
        result = run(case)
        for mentor in case.mentors:
            changed = what_if(result, mentor)
            capacities = {**case.capacities, mentor: case.capacities[mentor] + 1}
            fresh = match(case.participants, case.mentors, capacities, conflicts=case.conflicts, rng=case.rng)
            assert changed.matching == fresh
            for move in changed.moves:
                assert move.after is not None
                assert move.wish_before is None or move.wish_after <= move.wish_before
            stayed = set(case.participants) - {move.participant for move in changed.moves}
            assert all(result.pairs.get(each) == fresh.pairs.get(each) for each in stayed)

    check(examples, markets(), holds)


def peer_answer(wishes, rankings, capacities, optimal):
    """What the package `matching` says of the same market, cut down to those whom it can represent."""
    mutual = {p: [m for m in listed if p in rankings[m] and capacities[m]] for p, listed in wishes.items()}
    mutual = {p: listed for p, listed in mutual.items() if listed}
    hospitals = {m: [p for p in order if m in mutual.get(p, ())] for m, order in rankings.items()}
    hospitals = {m: order for m, order in hospitals.items() if order}
    assume(hospitals)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        game = HospitalResident.create_from_dictionaries(mutual, hospitals, {m: capacities[m] for m in hospitals})
        solved = game.solve(optimal=optimal)
    return {resident.name: hospital.name for hospital, residents in solved.items() for resident in residents}


@everyday_and_soak
@pytest.mark.parametrize(
    ("method", "optimal"), [(Method.PARTICIPANTS_PROPOSE, "resident"), (Method.MENTORS_PROPOSE, "hospital")]
)
def test_the_pairs_are_those_of_the_package_matching(examples, method, optimal):
    def holds(case):
        expected = peer_answer(*case.lists, optimal)
        assert match(*case.lists, method=method).pairs == expected

    check(examples, markets(ties=False, people=12, mentors=6, conflicts=False), holds)


@everyday_and_soak
@pytest.mark.parametrize("with_lottery", [False, True])
def test_the_certificate_agrees_with_the_definition_on_any_pairs(examples, with_lottery):
    def holds(case_and_seed):
        case, seed = case_and_seed
        rng = np.random.default_rng(seed)
        result = run(case)
        pairs = {
            p: str(rng.choice([*case.mentors, "m9"])) for p in case.participants if case.mentors and rng.random() < 0.7
        }
        for tried in (pairs, dict(result.pairs)):
            if with_lottery:
                game = Game(*strict_lists(result, case), case.capacities, case.conflicts)
                found = certify(*case.lists, tried, conflicts=case.conflicts, lottery=result.lottery)
            else:
                game = Game(*case.lists, case.conflicts)
                found = certify(*case.lists, tried, conflicts=case.conflicts)
            assert found.stable == game.is_stable(tried)
            blocking = {(fault.participant, fault.mentor) for fault in found.faults if fault.kind == "blocking"}
            if "m9" not in tried.values() and all(m in game.options[p] for p, m in tried.items()):
                assert blocking == {(p, m) for p in game.participants for m in game.mentors if game.blocks(p, m, tried)}

    check(examples, st.tuples(markets(), st.integers(0, 2**16)), holds)
