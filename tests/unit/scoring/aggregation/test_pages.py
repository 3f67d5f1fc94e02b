"""The pages people read hold the figures that the programme gives."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.simulations import DESIGNS, simulate, table

PAGES = Path(__file__).parents[4] / "docs" / "scoring"


def read(name):
    return (PAGES / name).read_text(encoding="utf-8")


def figures(page):
    """Rows of the table of simulations: name and figures."""
    rows = [line for line in read(page).splitlines() if line.startswith("|") and line.count("|") == 10]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def test_the_page_lists_every_design_in_order():
    assert [row[0] for row in figures("how-we-judge-judges.en.md")] == [design.name for design in DESIGNS]


def test_both_pages_show_the_same_figures():
    english, russian = figures("how-we-judge-judges.en.md"), figures("how-we-judge-judges.ru.md")
    assert len(english) == len(russian) == len(DESIGNS)
    for one, other in zip(english, russian, strict=True):
        assert [cell.replace(",", ".").replace(" ", "") for cell in other[1:]] == one[1:]


def test_the_figures_are_what_the_simulation_gives():
    # One design in full; the benchmark runs all of them.
    line = table([simulate(DESIGNS[0])]).splitlines()[2]
    assert line in read("how-we-judge-judges.en.md").splitlines()


@pytest.mark.parametrize("page", ["aggregation", "ranks", "how-we-judge-judges"])
def test_every_page_is_there_in_both_languages_with_the_same_sections(page):
    english, russian = (re.findall(r"^#+ ", read(f"{page}.{language}.md"), re.MULTILINE) for language in ("en", "ru"))
    assert english == russian
    assert not re.search(r'"[^"\n`]*[а-я]', read(f"{page}.ru.md"))  # «ёлочки», not straight quotes
