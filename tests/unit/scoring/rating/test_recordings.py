"""The season of the recorded Moodle site, as its gradebooks lie in the recordings."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from scoring.rating import Cell, CellState, Person, Standing, parse_formula, rate, replay, take_snapshot

MARKS = Path(__file__).parents[3] / "fixtures" / "scoring" / "season_marks.json"

# The preset of a two-year accelerator, as YAML reads it (floats and all).
PRESET = {
    "version": 1,
    "rounding": {"each_term": 0.1, "half": "up"},
    "missing": "by_submission",
    "pending": "listed below the ranked, with the points so far",
    "ties": ["project", "expertise", "shared"],
    "terms": [
        {"id": "essay", "weight": 10},
        {"id": "expertise", "activity": "peer", "item": "submission", "weight": 15},
        {"id": "test", "weight": 10},
        {"id": "groupproject", "weight": 15},
        {"id": "analysis", "weight": 10},
        {"id": "checkpoint", "weight": 10},
        {"id": "project", "weight": 30},
    ],
}


@pytest.fixture(scope="module")
def people():
    season = json.loads(MARKS.read_text(encoding="utf-8"))
    return [Person(user_id, {term: cell(*entry) for term, entry in marks.items()}) for user_id, marks in season.items()]


def cell(raw, minimum, maximum, state):
    return Cell(CellState(state), raw, minimum, maximum)


def test_thirty_two_people_have_all_seven_terms(people):
    rating = rate(parse_formula(PRESET | {"missing": "pending"}), people)
    assert len([person for person in rating.people if person.standing is Standing.RANKED]) == 32


@pytest.mark.parametrize(
    ("user_id", "total", "rank"), [("9", "93.0", 1), ("31", "89.7", 2), ("61", "83.5", 3), ("43", "82.4", 4)]
)
def test_the_first_four_have_the_totals_added_up_by_hand(people, user_id, total, rank):
    person = rate(parse_formula(PRESET), people).person(user_id)
    assert (person.total, person.rank) == (Decimal(total), rank)


def test_everybodys_parts_add_up_to_the_total(people):
    for person in rate(parse_formula(PRESET), people).people:
        assert sum(part.points for part in person.contributions) == person.total


def test_a_mark_that_is_awaited_keeps_a_person_out_of_the_ranking_with_the_points_so_far(people):
    person = rate(parse_formula(PRESET), people).person("11")
    assert person.standing is Standing.PENDING
    assert person.rank is None
    assert person.pending
    assert person.total > 0


def test_the_seasons_snapshot_replays_to_the_same_rating(people):
    snapshot = take_snapshot(parse_formula(PRESET), people)
    assert replay(snapshot.data) == snapshot.rating
