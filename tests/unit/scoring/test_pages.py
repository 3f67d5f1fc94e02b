"""What the pages for participants say of their examples is what the code gives: matching and allocation."""

from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from scoring import allocation, matching
from scoring.allocation import AllocationInfeasible, Load, allocate, allocate_randomly, render_shortage, top_up
from scoring.language import Language
from scoring.matching import explain, match, render, what_if

PAGES = Path(__file__).parents[3] / "docs" / "scoring"

WISHES = {
    "Anna": ["Petrova", "Kim"],
    "Boris": ["Petrova", "Orlov"],
    "Vera": ["Petrova", "Kim", "Orlov"],
    "Gleb": ["Kim", "Petrova"],
    "Dina": ["Kim"],
}
RANKINGS = {"Petrova": ["Gleb", "Vera", ("Anna", "Boris")], "Kim": ["Anna", "Vera", "Gleb", "Dina"], "Orlov": None}
PLACES = {"Petrova": 2, "Kim": 1, "Orlov": 2}
LOTTERY = matching.Lottery(
    {"Gleb": 1, "Vera": 2, "Anna": 3, "Dina": 4, "Boris": 5}, {"Petrova": 1, "Kim": 2, "Orlov": 3}
)
APART = [matching.Conflict("Gleb", "Petrova", "same school")]

AUTHORS = ("Anna", "Boris", "Vera", "Gleb", "Dina", "Egor")
SUITED = {
    (reviewer, work): 3 if (place < 3) == (other < 3) else 1
    for place, reviewer in enumerate(AUTHORS)
    for other, work in enumerate(AUTHORS)
}
OWN = [allocation.Conflict(name, name, "own work") for name in AUTHORS]
RUSSIAN = {"Orlov": "Орлов", "Petrova": "Петрова", "Gleb": "Глеб"}


def page(name, language):
    """Read a page as one line, without the marks of a quotation."""
    text = (PAGES / f"{name}.{language.value}.md").read_text(encoding="utf-8")
    return " ".join(text.replace("\n> ", "\n").replace("\n>\n", "\n").split())


def matched(**lists):
    return match({**WISHES, **lists}, RANKINGS, PLACES, conflicts=APART, lottery=LOTTERY)


def given(**options):
    loads = dict.fromkeys(AUTHORS, Load())
    return allocate(
        dict.fromkeys(AUTHORS, 2), loads, conflicts=OWN, affinity=SUITED, rng=np.random.default_rng(1), **options
    )


def test_the_mentors_of_the_example():
    result = matched()
    assert result.pairs == {"Vera": "Petrova", "Anna": "Petrova", "Gleb": "Kim", "Boris": "Orlov"}
    assert result.unmatched == ("Dina",)
    assert (result.certificate.pairs, result.certificate.examined) == (4, 2)


def test_a_longer_list_would_have_helped_dina_and_moved_nobody():
    assert matched(Dina=["Kim", "Orlov"]).pairs == {**matched().pairs, "Dina": "Orlov"}


def test_a_second_place_with_kim_helps_dina_and_moves_nobody():
    assert [(each.participant, each.after) for each in what_if(matched(), "Kim").moves] == [("Dina", "Kim")]


def test_none_of_the_sixteen_lists_gets_anybody_a_better_mentor():
    lists = [list(each) for count in range(4) for each in permutations(RANKINGS, count)]
    assert len(lists) == 16
    for who, wishes in WISHES.items():
        worth = {mentor: -place for place, mentor in enumerate(wishes)}
        own = worth.get(matched().pairs.get(who), -9)
        assert all(worth.get(matched(**{who: each}).pairs.get(who), -9) <= own for each in lists)


@pytest.mark.parametrize("language", list(Language))
def test_the_quoted_reason_is_the_one_boris_reads(language):
    def name(mentor):
        return RUSSIAN[mentor] if language is Language.RU else mentor

    assert " ".join(render(explain(matched(), "Boris"), language, mentor_name=name).split()) in page(
        "matching", language
    )


def test_what_the_connection_of_the_two_fields_costs():
    result, apart = given(), given(connect="no_matter")
    assert sorted(len(works) for works in result.works_of.values()) == [2] * 6
    assert sum(SUITED[pair] == 1 for pair in result.pairs) == 2
    assert (result.total, result.total_apart, result.price) == (32, 36, 4)
    assert result.connection is allocation.Connection.BRIDGELESS
    assert sorted(len(part) for part in apart.parts) == [3, 3]


def test_only_the_reviews_of_who_drops_out_move():
    before = [
        ("Boris", "Anna"), ("Vera", "Anna"), ("Dina", "Boris"), ("Vera", "Boris"), ("Anna", "Vera"), ("Boris", "Vera"),
        ("Dina", "Gleb"), ("Egor", "Gleb"), ("Egor", "Dina"), ("Gleb", "Dina"), ("Anna", "Egor"), ("Gleb", "Egor"),
    ]  # fmt: skip
    changed = top_up(
        before,
        dict.fromkeys(AUTHORS, 2),
        dict.fromkeys(AUTHORS[:5], Load()),
        conflicts=OWN[:5],
        affinity={pair: value for pair, value in SUITED.items() if pair[0] != "Egor"},
        rng=np.random.default_rng(1),
    )
    assert changed.removed == (("Egor", "Dina"), ("Egor", "Gleb"))
    assert len(changed.kept) == 10
    assert sorted(len(works) for works in changed.allocation.works_of.values()) == [2, 2, 2, 3, 3]
    assert not changed.allocation.bridges


def test_a_limit_on_probabilities_costs_suitability():
    drawn = allocate_randomly(
        dict.fromkeys(AUTHORS, 2),
        dict.fromkeys(AUTHORS, Load()),
        cap=0.5,
        conflicts=OWN,
        affinity=SUITED,
        rng=np.random.default_rng(1),
    )
    assert drawn.expected == pytest.approx(24)


@pytest.mark.parametrize("language", list(Language))
def test_the_quoted_shortage_is_the_one_the_organiser_reads(language):
    school = ("Anna", "Boris", "Vera")
    apart = [allocation.Conflict(name, work, "same school") for name in school for work in "ABV"]
    loads = dict.fromkeys([*school, "Gleb"], Load())
    with pytest.raises(AllocationInfeasible) as caught:
        allocate(
            dict.fromkeys("ABVG", 2),
            loads,
            conflicts=[*apart, allocation.Conflict("Gleb", "G", "own work")],
            rng=np.random.default_rng(1),
        )
    (shortage,) = caught.value.shortages

    def name(reviewer):
        return RUSSIAN[reviewer] if language is Language.RU else reviewer

    assert render_shortage(shortage, language, reviewer_name=name) in page("allocation", language)
