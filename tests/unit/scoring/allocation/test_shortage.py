"""Why an allocation cannot be: the group that asks for more than exists, and the sentences about it."""

from pathlib import Path

import numpy as np
import pytest

from scoring.allocation import (
    AllocationInfeasible,
    Conflict,
    Language,
    Load,
    Shortage,
    ShortageKind,
    allocate,
    allocate_randomly,
    render_shortage,
)
from tests.unit.scoring.allocation.cases import check, everyday_and_soak, problems
from tests.unit.scoring.allocation.exhaustive import Everything


def shortages(works, reviewers, conflicts=(), **options):
    with pytest.raises(AllocationInfeasible) as caught:
        allocate(works, reviewers, conflicts=conflicts, rng=np.random.default_rng(0), **options)
    return caught.value.shortages


def all_but(reviewers, works, allowed):
    """Conflicts that leave the given works to the given reviewers."""
    return [Conflict(r, w, "school") for r in reviewers for w in works if r not in allowed]


PEOPLE = dict.fromkeys(["kim", "lee", "moe", "ned"], Load())


def test_works_with_too_few_eligible_reviewers_are_named_and_no_others():
    works = dict.fromkeys(["a", "b", "c", "d", "e", "f"], 3)
    hard = ["a", "b", "c", "d"]
    (shortage,) = shortages(works, PEOPLE, all_but(PEOPLE, hard, ["kim", "lee"]))
    assert shortage == Shortage(ShortageKind.WORKS, tuple(hard), ("kim", "lee"), needed=12, available=8, conflicts=8)


def test_works_short_of_different_reviewers_are_told_apart():
    works = dict.fromkeys(["a", "b", "e"], 3)
    apart = all_but(PEOPLE, ["a"], ["kim", "lee"]) + all_but(PEOPLE, ["b"], ["moe", "ned"])
    assert [(each.works, each.reviewers) for each in shortages(works, PEOPLE, apart)] == [
        (("a",), ("kim", "lee")),
        (("b",), ("moe", "ned")),
    ]


def test_works_that_share_a_busy_reviewer_are_one_group():
    loads = {**PEOPLE, "kim": Load(0, 1), "lee": Load(0, 2)}
    works = dict.fromkeys(["a", "b", "e"], 2)
    (shortage,) = shortages(works, loads, all_but(loads, ["a", "b"], ["kim", "lee"]))
    assert shortage == Shortage(ShortageKind.WORKS, ("a", "b"), ("kim", "lee"), needed=4, available=3, conflicts=4)


def test_too_few_reviewers_for_everything_is_said_of_everything():
    (shortage,) = shortages({"a": 1, "b": 1, "c": 1}, {"kim": Load(0, 1), "lee": Load(0, 1)})
    assert shortage == Shortage(ShortageKind.WORKS, ("a", "b", "c"), ("kim", "lee"), 3, 2, conflicts=0)


def test_minima_without_enough_works_are_named():
    loads = {"kim": Load(2), "lee": Load(2), "moe": Load(1)}
    apart = [Conflict(each, "b", "own") for each in ("kim", "lee")]
    (shortage,) = shortages({"a": 2, "b": 1}, loads, apart)
    assert shortage == Shortage(ShortageKind.REVIEWERS, ("a",), ("kim", "lee"), needed=4, available=2, conflicts=2)
    assert shortage.asking == ("kim", "lee")


def test_both_sides_are_told_at_once():
    found = shortages({"a": 1, "b": 2}, {"kim": Load(2)}, [Conflict("kim", "a", "own")])
    assert [each.kind for each in found] == [ShortageKind.REVIEWERS, ShortageKind.WORKS, ShortageKind.WORKS]
    assert [(each.works, each.needed, each.available) for each in found[1:]] == [(("a",), 1, 0), (("b",), 2, 1)]


def test_the_error_carries_ids_for_links_and_the_sentences():
    with pytest.raises(AllocationInfeasible) as caught:
        allocate({1: 2, 2: 1}, {"kim": Load(5)}, rng=np.random.default_rng(0))
    assert caught.value.cut == ("kim", "1")
    assert str(caught.value) == (
        "This reviewer (kim) must write at least 5 reviews, but the 2 works open to this one (1, 2) can take only 2.\n"
        "This work (1) needs 2 reviews, but has only 1 eligible reviewer (kim), who can give at most 1."
    )


@everyday_and_soak
def test_a_shortage_is_told_exactly_when_there_is_no_allocation_and_its_sums_are_true(examples):
    def holds(case):
        apart = {(each.reviewer, each.work) for each in case.conflicts}
        feasible = bool(Everything(case.works, case.reviewers, case.conflicts).found)
        try:
            allocate(case.works, case.reviewers, connect="no_matter", **case.options)
        except AllocationInfeasible as infeasible:
            told = infeasible.shortages
        else:
            told = ()
        assert feasible == (not told)
        for each in told:
            assert each.available < each.needed
            check_sums(case, each, apart)

    check(examples, problems(demand=3), holds)


def check_sums(case, shortage, apart):
    """Add up again what a group asks for and the most it can get."""
    loads, works = case.reviewers, shortage.works
    if shortage.kind is ShortageKind.WORKS:
        edges = {r: sum((r, w) not in apart for w in works) for r in loads}
        most = {r: edges[r] if loads[r].maximum is None else min(edges[r], loads[r].maximum) for r in loads}
        assert shortage.needed == sum(case.works[w] for w in works)
        assert shortage.reviewers == tuple(r for r in sorted(loads) if edges[r])
        assert shortage.conflicts == sum(w in works for _, w in apart)
    else:
        group = shortage.reviewers
        edges = {w: sum((r, w) not in apart for r in group) for w in case.works}
        most = {w: min(edges[w], case.works[w]) for w in case.works}
        assert shortage.needed == sum(loads[r].minimum for r in group)
        assert works == tuple(w for w in sorted(case.works) if edges[w])
        assert shortage.conflicts == sum(r in group for r, _ in apart)
    assert shortage.available >= sum(most.values())
    assert shortage.available < shortage.needed


def said(language, **facts):
    given = {"works": ("a", "b"), "reviewers": ("kim", "lee"), "needed": 6, "available": 4, "conflicts": 0, **facts}
    return render_shortage(Shortage(given.pop("kind", ShortageKind.WORKS), **given), language)


REVIEWERS = {"kind": ShortageKind.REVIEWERS}


@pytest.mark.parametrize(
    ("facts", "english", "russian"),
    [
        (
            {},
            (
                "These 2 works (a, b) need 6 reviews, but have only 2 eligible reviewers (kim, lee), who can "
                "give at most 4."
            ),
            (
                "Этим 2 работам (a, b) нужно 6 рецензий, но рецензировать их могут только 2 эксперта (kim, lee), "
                "вместе не больше 4."
            ),
        ),
        (
            {"works": ("a",), "reviewers": ("kim",), "needed": 1, "available": 0},
            "This work (a) needs 1 review, but has only 1 eligible reviewer (kim), who can give at most 0.",
            "Этой работе (a) нужна 1 рецензия, но рецензировать её может только 1 эксперт (kim), вместе не больше 0.",
        ),
        (
            {"works": ("a",), "reviewers": (), "needed": 3},
            "This work (a) needs 3 reviews, but has no eligible reviewer.",
            "Этой работе (a) нужно 3 рецензии, но рецензировать её не может никто.",
        ),
        (
            {"reviewers": (), "needed": 21, "conflicts": 1},
            (
                "These 2 works (a, b) need 21 reviews, but have no eligible reviewer. Conflicts of "
                "interest exclude 1 pair."
            ),
            (
                "Этим 2 работам (a, b) нужна 21 рецензия, но рецензировать их не может никто. Конфликты интересов "
                "исключают 1 пару."
            ),
        ),
        (
            {"available": 2.5, "cap": 0.25, "conflicts": 3},
            (
                "These 2 works (a, b) need 6 reviews, but have only 2 eligible reviewers (kim, lee), who can give at "
                "most 2.5 while each pair's probability is at most 0.25. Conflicts of interest exclude 3 pairs."
            ),
            (
                "Этим 2 работам (a, b) нужно 6 рецензий, но рецензировать их могут только 2 эксперта (kim, lee), "
                "вместе не больше 2,5, если вероятность каждой пары не выше 0,25. Конфликты интересов исключают 3 пары."
            ),
        ),
        (
            {**REVIEWERS, "conflicts": 5},
            (
                "These 2 reviewers (kim, lee) must write at least 6 reviews, but the 2 works open to them (a, b) can "
                "take only 4. Conflicts of interest exclude 5 pairs."
            ),
            (
                "Этим 2 экспертам (kim, lee) назначено не меньше 6 рецензий, но 2 доступные работы (a, b) примут не "
                "больше 4. Конфликты интересов исключают 5 пар."
            ),
        ),
        (
            {**REVIEWERS, "works": ("a",), "reviewers": ("kim",), "needed": 21, "available": 1},
            "This reviewer (kim) must write at least 21 reviews, but the 1 work open to this one (a) can take only 1.",
            "Этому эксперту (kim) назначено не меньше 21 рецензии, но 1 доступная работа (a) примет не больше 1.",
        ),
        (
            {**REVIEWERS, "works": (), "reviewers": ("kim",), "needed": 1},
            "This reviewer (kim) must write at least 1 review, but no work is open to this one.",
            "Этому эксперту (kim) назначено не меньше 1 рецензии, но доступных работ для них нет.",
        ),
        (
            {**REVIEWERS, "works": ()},
            "These 2 reviewers (kim, lee) must write at least 6 reviews, but no work is open to them.",
            "Этим 2 экспертам (kim, lee) назначено не меньше 6 рецензий, но доступных работ для них нет.",
        ),
    ],
)
def test_sentences(facts, english, russian):
    assert said(Language.EN, **facts) == english
    assert said(Language.RU, **facts) == russian


def test_long_lists_are_cut_at_ten_names():
    ten, eleven = tuple(range(10)), tuple(range(12))
    assert "(0, 1, 2, 3, 4, 5, 6, 7, 8, 9) need" in said(Language.EN, works=ten)
    assert "These 12 works (0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more) need" in said(Language.EN, works=eleven)
    assert "Этим 12 работам (0, 1, 2, 3, 4, 5, 6, 7, 8, 9 и ещё 2) нужно" in said(Language.RU, works=eleven)


@pytest.mark.parametrize(
    ("count", "works", "people", "verbs"),
    [
        (21, "Этим 21 работе", "21 эксперт", "может"),
        (22, "Этим 22 работам", "22 эксперта", "могут"),
        (11, "Этим 11 работам", "11 экспертов", "могут"),
    ],
)
def test_russian_numbers_take_their_nouns(count, works, people, verbs):
    told = said(Language.RU, works=tuple(range(count)), reviewers=tuple(range(count)))
    assert told.startswith(f"{works} (")
    assert f" {verbs} только {people} (" in told


def test_names_can_be_given():
    shortage = Shortage(ShortageKind.WORKS, (1,), (2,), needed=2, available=1, conflicts=0)
    told = render_shortage(shortage, Language.RU, work_name="эссе {}".format, reviewer_name="эксперт {}".format)
    assert told.startswith(
        "Этой работе (эссе 1) нужно 2 рецензии, но рецензировать её может только 1 эксперт (эксперт 2)"
    )


def test_a_cap_on_probabilities_is_part_of_the_contradiction():
    loads = {**PEOPLE, "kim": Load(1), "lee": Load(2), "moe": Load(0, 1)}
    with pytest.raises(AllocationInfeasible) as caught:
        allocate_randomly({"a": 3, "b": 1}, loads, cap=0.5, rng=np.random.default_rng(0))
    assert caught.value.shortages == (
        Shortage(ShortageKind.REVIEWERS, ("a", "b"), ("lee",), 2, 1.0, 0, cap=0.5),
        Shortage(ShortageKind.WORKS, ("a",), ("kim", "lee", "moe", "ned"), 3, 2.0, 0, cap=0.5),
    )


def test_under_a_cap_works_that_share_a_busy_reviewer_are_one_group():
    loads = {"kim": Load(0, 1), "lee": Load(), "ned": Load()}
    apart = [Conflict("ned", each, "kin") for each in "ab"]
    with pytest.raises(AllocationInfeasible) as caught:
        allocate_randomly({"a": 1, "b": 1, "c": 1}, loads, cap=0.4, conflicts=apart, rng=np.random.default_rng(0))
    (shortage,) = caught.value.shortages
    assert (shortage.works, shortage.reviewers, shortage.needed) == (("a", "b"), ("kim", "lee"), 2)
    assert shortage.available == pytest.approx(1.6)


@pytest.mark.parametrize("language", list(Language))
def test_the_page_for_participants_quotes_these_sentences(language):
    page = Path(__file__).parents[4] / "docs" / "scoring" / f"allocation.{language}.md"
    told = " ".join(line.removeprefix("> ") for line in page.read_text(encoding="utf-8").splitlines())
    names = ("Ким", "Ли", "Мо") if language is Language.RU else ("Kim", "Lee", "Moe")
    works = Shortage(ShortageKind.WORKS, (12, 15, 18, 21), names[:2], needed=12, available=8, conflicts=8)
    people = Shortage(ShortageKind.REVIEWERS, (12, 15), names, needed=9, available=4, conflicts=0)
    assert render_shortage(works, language) in told
    assert render_shortage(people, language) in told
