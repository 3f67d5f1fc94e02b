import hashlib
import json

import pytest

from scoring.errors import FormulaError, InvalidInput, ReplayMismatch
from scoring.rating import Cell, CellState, Person, PersonStatus, parse_formula, rate, replay, take_snapshot

FORMULA = parse_formula(
    {
        "version": 3,
        "ties": ["essay"],
        "terms": [{"id": "essay", "weight": 10, "label": "Эссе"}, {"id": "test", "weight": 20, "min": 0, "max": 40}],
        "bonuses": [{"id": "fair", "points": 2}],
    }
)
PEOPLE = [
    Person("9", {"essay": Cell.graded("77.60", 0, 80), "test": Cell.graded(20)}, bonuses={"fair": 1}),
    Person("31", {"essay": Cell.graded("97", "0.0", 100), "test": Cell.graded("24.0")}, bonuses={"fair": 0}),
    Person("4", {"essay": Cell(CellState.SUBMITTED), "test": Cell(CellState.ABSENT)}, PersonStatus.WITHDRAWN),
]
DATA = take_snapshot(FORMULA, PEOPLE).data


def altered(**changes):
    document = json.loads(DATA)
    for path, value in changes.items():
        *parents, last = path.split("__")
        part = document
        for key in parents:
            part = part[int(key)] if key.isdecimal() and isinstance(part, list) else part[key]
        part[last] = value
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def test_the_document_is_canonical_json_with_every_number_as_text():
    document = json.loads(DATA)
    assert json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == DATA
    assert "Эссе".encode() in DATA
    assert document["rules"] == 1
    assert document["inputs"]["people"] == [
        {
            "id": "31",
            "status": "active",
            "cells": {
                "essay": {"state": "graded", "value": "97", "min": "0", "max": "100"},
                "test": {"state": "graded", "value": "24", "min": "0", "max": "40"},
            },
            "bonuses": {},
        },
        {
            "id": "4",
            "status": "withdrawn",
            "cells": {"essay": {"state": "submitted"}, "test": {"state": "absent"}},
            "bonuses": {},
        },
        {
            "id": "9",
            "status": "active",
            "cells": {
                "essay": {"state": "graded", "value": "77.6", "min": "0", "max": "80"},
                "test": {"state": "graded", "value": "20", "min": "0", "max": "40"},
            },
            "bonuses": {"fair": "1"},
        },
    ]


def test_the_result_in_the_document_is_the_ratings_own_json():
    rating = rate(FORMULA, PEOPLE)
    assert json.loads(DATA)["result"] == json.loads(rating.to_json())
    assert json.loads(rating.to_json())["people"][0] == {
        "id": "31",
        "standing": "ranked",
        "total": "21.7",
        "rank": 1,
        "pending": [],
        "contributions": [
            {
                "id": "essay",
                "kind": "term",
                "state": "graded",
                "treatment": "counted",
                "points": "9.7",
                "weight": "10",
                "raw": "97",
                "min": "0",
                "max": "100",
                "share": "97/100",
                "clamped": False,
            },
            {
                "id": "test",
                "kind": "term",
                "state": "graded",
                "treatment": "counted",
                "points": "12.0",
                "weight": "20",
                "raw": "24",
                "min": "0",
                "max": "40",
                "share": "3/5",
                "clamped": False,
            },
            {
                "id": "fair",
                "kind": "bonus",
                "state": "graded",
                "treatment": "counted",
                "points": "0.0",
                "weight": "2",
                "raw": "0",
                "min": None,
                "max": None,
                "share": None,
                "clamped": False,
            },
        ],
        "tie": {"tied": 2, "steps": [{"id": "essay", "still_tied": 2}], "sharing": 2, "decided_by": None},
    }


def test_the_hashes_are_those_of_the_parts_as_they_lie_in_the_document():
    document = json.loads(DATA)
    for part in ("formula", "inputs"):
        canonical = json.dumps(document[part], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert document[f"{part}_hash"] == hashlib.sha256(canonical.encode()).hexdigest()
    rating = rate(FORMULA, PEOPLE)
    assert (rating.formula_hash, rating.inputs_hash) == (document["formula_hash"], document["inputs_hash"])


def test_equal_inputs_written_otherwise_have_the_same_hash():
    other = [
        Person(
            "9", {"essay": Cell.graded("77.6", "0", "80.0"), "test": Cell.graded(20, 0, 40)}, bonuses={"fair": "1.0"}
        ),
        *PEOPLE[1:],
    ]
    assert take_snapshot(FORMULA, other).data == DATA


def test_a_replay_gives_the_rating_in_the_snapshot():
    assert replay(DATA) == rate(FORMULA, PEOPLE)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"result__people__0__total": "99.9"}, "other result"),
        ({"result__people__0__rank": 2}, "other result"),
        (
            {"inputs__people__0__cells__essay": {"state": "graded", "value": "98", "min": "0", "max": "100"}},
            "inputs_hash, result",
        ),
        ({"formula__version": 4}, "formula_hash, result"),
        ({"inputs_hash": "0" * 64}, "other inputs_hash"),
        (
            {"inputs__people__0__cells__essay": {"state": "graded", "value": "97.0", "min": "0", "max": "100"}},
            "other inputs",
        ),
    ],
)
def test_an_altered_document_is_found_out(changes, told):
    with pytest.raises(ReplayMismatch, match=told):
        replay(altered(**changes))


def test_another_spelling_of_the_same_content_is_not_the_snapshot():
    with pytest.raises(ReplayMismatch, match="the same content in another spelling"):
        replay(json.dumps(json.loads(DATA)).encode())


def test_a_snapshot_of_other_rules_says_so():
    with pytest.raises(ReplayMismatch, match="made by rules 2, this is version 1"):
        replay(altered(rules=2))


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[]", b"{}", b"7", b'{"formula":1}', b"[" * 100_000])
def test_other_bytes_are_no_snapshot(data):
    with pytest.raises(InvalidInput, match="the bytes are no snapshot"):
        replay(data)


@pytest.mark.parametrize(
    "inputs",
    [
        None,
        [],
        {},
        {"people": [1]},
        {"people": [{"id": "9"}]},
        {"people": [{"id": "9", "cells": {"essay": {"state": "lost"}}}]},
        {"people": [{"id": "9", "cells": {}, "status": "active", "bonuses": [1]}]},
        {"people": [{"id": "9", "cells": {}, "status": "lost", "bonuses": {}}]},
    ],
)
def test_malformed_inputs_are_told(inputs):
    with pytest.raises(InvalidInput, match="inputs: the snapshot's inputs are malformed"):
        replay(altered(inputs=inputs))


def test_a_wrong_formula_is_told_as_one():
    with pytest.raises(FormulaError, match="version"):
        replay(altered(formula__version=0))
