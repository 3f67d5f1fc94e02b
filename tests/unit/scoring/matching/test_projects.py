"""Student-project allocation: stable from both sides, against enumeration; input; reasons."""

import numpy as np
import pytest
from hypothesis import strategies as st

from scoring.errors import InvalidInput
from scoring.matching import (
    Conflict,
    Lottery,
    Method,
    ParticipantReason,
    Project,
    Refusal,
    Step,
    certify_projects,
    explain_project,
    match_projects,
)
from tests.unit.scoring.matching.cases import (
    check,
    everyday_and_soak,
    everyday_and_soak_costly,
    project_markets,
    strict,
)
from tests.unit.scoring.matching.exhaustive import ProjectGame, rank

SIDES = [Method.PARTICIPANTS_PROPOSE, Method.MENTORS_PROPOSE]


def run(case, method=Method.PARTICIPANTS_PROPOSE):
    return match_projects(*case.lists, method=method, conflicts=case.conflicts, rng=case.rng)


def strict_game(case, result):
    lottery = result.market.lottery
    students = {each: strict(listed, lottery.mentors) for each, listed in case.students.items()}
    lecturers = {
        each: strict([tuple(students)] if listed is None else listed, lottery.participants)
        for each, listed in case.lecturers.items()
    }
    return students, ProjectGame(students, lecturers, case.projects, case.capacities, case.conflicts)


@everyday_and_soak_costly
def test_students_proposing_is_best_and_lecturers_proposing_worst_for_every_student(examples):
    def holds(case):
        best, worst = run(case), run(case, Method.MENTORS_PROPOSE)
        students, game = strict_game(case, best)
        stable = game.stable()
        assert best.pairs in stable
        assert worst.pairs in stable
        for each, listed in students.items():
            got = {listed.index(pairs[each]) if each in pairs else len(listed) for pairs in stable}
            assert (listed.index(best.pairs[each]) if each in best.pairs else len(listed)) == min(got)
            assert (listed.index(worst.pairs[each]) if each in worst.pairs else len(listed)) == max(got)

    check(examples, project_markets(people=4), holds)


@everyday_and_soak
@pytest.mark.parametrize("method", SIDES)
def test_the_order_of_rows_does_not_matter_and_the_lottery_replays(examples, method):
    def holds(case):
        lists = [dict(reversed(each.items())) for each in case.lists]
        again = match_projects(*lists, method=method, conflicts=case.conflicts[::-1], rng=case.rng)
        result = run(case, method)
        assert again == result
        replayed = match_projects(*case.lists, method=method, conflicts=case.conflicts, lottery=result.market.lottery)
        assert replayed == result

    check(examples, project_markets(), holds)


@everyday_and_soak
def test_the_certificate_agrees_with_the_definition_on_any_pairs(examples):
    def holds(case_and_seed):
        case, seed = case_and_seed
        rng = np.random.default_rng(seed)
        names = [*case.projects, "q9"]
        pairs = {each: str(rng.choice(names)) for each in case.students if rng.random() < 0.7}
        game = ProjectGame(*case.lists, case.conflicts)
        for tried in (pairs, run(case).pairs):
            found = certify_projects(*case.lists, tried, conflicts=case.conflicts)
            assert found.stable == game.is_stable(tried)

    check(examples, st.tuples(project_markets(), st.integers(0, 2**16)), holds)


@everyday_and_soak
@pytest.mark.parametrize("method", SIDES)
def test_the_facts_are_true_and_there_is_one_for_every_better_wish(examples, method):
    def holds(case):
        result = run(case, method)
        numbers = result.market.lottery.participants
        for each, wishes in case.students.items():
            reason, tier = explain_project(result, each), rank(wishes)
            assert (reason.project, reason.wishes) == (result.pairs.get(each), len(tier))
            better = {name for name in tier if reason.project is None or tier[name] < tier[reason.project]}
            assert {step.project for step in reason.steps} == better
            for step in reason.steps:
                lecturer = case.projects[step.project].lecturer
                order = case.lecturers[lecturer]
                place = rank([tuple(case.students)] if order is None else order)
                theirs = [one for one, name in result.pairs.items() if case.projects[name].lecturer == lecturer]
                on_project = list(result.groups[step.project])
                held = theirs if step.lecturer_full else on_project
                assert step.mentor == lecturer
                assert step.taken == len(held)
                if step.refusal is Refusal.CONFLICT:
                    assert any((each, lecturer) == (one.participant, one.mentor) for one in case.conflicts)
                elif step.refusal is Refusal.NOT_RANKED:
                    assert each not in place
                else:
                    full = case.capacities[lecturer] if step.lecturer_full else case.projects[step.project].capacity
                    assert step.taken == step.capacity == full
                if step.refusal in {Refusal.OUTRANKED, Refusal.LOTTERY}:
                    last = max(held, key=lambda one: (place[one], numbers[one]))
                    assert (place[last], numbers[last]) < (place[each], numbers[each])
                    assert (place[last] == place[each]) == (step.refusal is Refusal.LOTTERY)

    check(examples, project_markets(), holds)


OFFERS = {"p": Project("kim", 1), "q": Project("kim", 2), "r": Project("lee", 1)}


class TestReasons:
    def test_a_full_project_and_a_full_lecturer_are_told_apart(self):
        students = {"ann": ["p"], "bob": ["p", "q", "r"], "cyd": ["q"]}
        lecturers = {"kim": ["ann", "cyd", "bob"], "lee": ["bob"]}
        result = match_projects(students, lecturers, OFFERS, {"kim": 2, "lee": 1})
        assert explain_project(result, "bob") == ParticipantReason(
            "bob",
            "lee",
            wish=3,
            wishes=3,
            project="r",
            steps=(
                Step("kim", 1, Refusal.OUTRANKED, 1, 1, own_place=3, last_place=1, project="p"),
                Step("kim", 2, Refusal.OUTRANKED, 2, 2, own_place=3, last_place=2, project="q", lecturer_full=True),
            ),
        )

    def test_conflicts_lists_and_places(self):
        students = {"ann": ["p", "r", "n", "o"], "dan": []}
        lecturers = {"kim": ["ann"], "lee": [], "moe": ["ann"]}
        offers = {**OFFERS, "n": Project("moe", 1), "o": Project("moe", 0)}
        apart = [Conflict("ann", "kim", "kin")]
        result = match_projects(students, lecturers, offers, {"kim": 1, "lee": 1, "moe": 0}, conflicts=apart)
        assert explain_project(result, "ann") == ParticipantReason(
            "ann",
            None,
            None,
            wishes=4,
            steps=(
                Step("kim", 1, Refusal.CONFLICT, 1, 0, causes=("kin",), project="p"),
                Step("lee", 2, Refusal.NOT_RANKED, 1, 0, project="r"),
                Step("moe", 3, Refusal.NO_PLACES, 0, 0, own_place=1, project="n", lecturer_full=True),
                Step("moe", 4, Refusal.NO_PLACES, 0, 0, own_place=1, project="o"),
            ),
        )
        assert explain_project(result, "dan") == ParticipantReason("dan", None, None, 0, ())

    def test_the_lottery_decides_between_equals(self):
        result = match_projects(
            {"ann": ["p"], "bob": ["p"]},
            {"kim": None, "lee": []},
            OFFERS,
            3,
            lottery=Lottery({"ann": 2, "bob": 1}, {"p": 1, "q": 2, "r": 3}),
        )
        assert explain_project(result, "ann").steps == (
            Step("kim", 1, Refusal.LOTTERY, 1, 1, 1, 1, own_number=2, last_number=1, project="p"),
        )

    def test_a_lottery_that_was_not_needed_is_not_blamed(self):
        lists = ({"ann": ["p"], "bob": ["p"]}, {"kim": ["bob", "ann"], "lee": []}, OFFERS, 3)
        (step,) = explain_project(match_projects(*lists, rng=np.random.default_rng(0)), "ann").steps
        assert (step.refusal, step.own_number, step.last_number) == (Refusal.OUTRANKED, None, None)

    def test_strangers_have_no_reason(self):
        with pytest.raises(InvalidInput, match="'eve' did not take part") as caught:
            explain_project(match_projects({}, {"kim": [], "lee": []}, OFFERS, 1), "eve")
        assert caught.value.field == "student"


class TestInput:
    def refused(self, *lists, **options):
        with pytest.raises(InvalidInput) as caught:
            match_projects(*lists, **options)
        return [str(problem) for problem in caught.value.problems]

    def test_nobody_and_nothing(self):
        result = match_projects({}, {}, {}, {})
        assert (result.pairs, result.unmatched, result.groups) == ({}, (), {})

    def test_one_of_each(self):
        result = match_projects({1: [1]}, {1: [1]}, {1: Project(1)}, 1)
        assert (result.pairs, result.groups, result.method) == ({1: 1}, {1: (1,)}, Method.PARTICIPANTS_PROPOSE)

    def test_a_group_stands_in_the_lecturers_order(self):
        students = {"ann": ["q"], "bob": ["q"]}
        assert match_projects(students, {"kim": ["bob", "ann"], "lee": []}, OFFERS, 2).groups["q"] == ("bob", "ann")

    @pytest.mark.parametrize("method", ["max_size", "max_size_exact"])
    def test_the_largest_matching_is_not_offered(self, method):
        assert self.refused({}, {}, {}, {}, method=method) == [f"method: '{method}' is not offered for projects"]

    def test_every_project_has_a_known_lecturer(self):
        assert self.refused({}, {}, OFFERS, {}) == [
            "projects[p].lecturer: is 'kim', whom the lecturers do not know",
            "projects[q].lecturer: is 'kim', whom the lecturers do not know",
            "projects[r].lecturer: is 'lee', whom the lecturers do not know",
        ]

    def test_places_of_projects_are_whole_numbers(self):
        offers = {"p": Project("kim", float("nan"))}
        assert self.refused({}, {"kim": []}, offers, 1) == ["projects[p]: is nan, not a whole number from 0"]

    def test_ids_of_projects_are_whole_numbers_or_texts(self):
        assert self.refused({}, {"kim": []}, {None: Project("kim")}, 1) == [
            "projects[None]: is not a whole number or a text"
        ]

    def test_places_of_lecturers_are_whole_numbers(self):
        assert self.refused({}, {"kim": [], "lee": []}, OFFERS, {"kim": 1}) == ["capacities[lee]: is missing"]

    def test_unknown_and_repeated_entries_are_named(self):
        students = {"ann": ["p", "z", "p"]}
        lecturers = {"kim": ["ann", "ann"], "lee": ["eve"]}
        assert self.refused(students, lecturers, OFFERS, 1) == [
            "students[ann]: names 'z', whom the other side does not know",
            "students[ann]: names 'p' twice",
            "lecturers[kim]: names 'ann' twice",
            "lecturers[lee]: names 'eve', whom the other side does not know",
        ]

    def test_an_unknown_project_is_named_where_a_lecturer_is_indifferent_too(self):
        found = self.refused({"ann": ["z"]}, {"kim": None, "lee": []}, OFFERS, 1, rng=np.random.default_rng(0))
        assert found == ["students[ann]: names 'z', whom the other side does not know"]

    def test_ties_need_a_lottery_and_it_covers_the_projects(self):
        lists = ({"ann": [("p", "q")]}, {"kim": ["ann"], "lee": []}, OFFERS, 1)
        expected = "hold ties, and a tie needs a lottery: pass rng, or a recorded lottery"
        assert self.refused(*lists) == [f"students: {expected}"]
        assert self.refused({"ann": ["p"]}, {"kim": None, "lee": []}, OFFERS, 1) == [f"lecturers: {expected}"]
        assert self.refused(*lists, lottery=Lottery({"ann": 1}, {"p": 1, "q": 2})) == [
            "lottery.mentors[r]: has no number"
        ]

    def test_a_conflict_names_a_student_and_a_lecturer(self):
        lists = ({"ann": []}, {"kim": [], "lee": []}, OFFERS, 1)
        assert self.refused(*lists, conflicts=[Conflict("ann", "p", "kin")]) == [
            "conflicts[0]: names an unknown mentor 'p'"
        ]

    def test_an_indifferent_lecturer_draws_among_those_who_named_a_project(self):
        students = {"cyd": ["p", "q"], "ann": ["q"], "bob": ["r"]}
        lottery = Lottery({"bob": 1, "cyd": 2, "ann": 3}, {"p": 1, "q": 2, "r": 3})
        result = match_projects(students, {"kim": None, "lee": ["bob"]}, OFFERS, 1, lottery=lottery)
        assert result.market.orders["kim"] == ("cyd", "ann")
        assert result.market.lecturers == {"kim": None, "lee": ("bob",)}
        assert result.pairs == {"cyd": "p", "bob": "r"}
