from decimal import Decimal

import pytest

from scoring.errors import FormulaError
from scoring.rating import MissingPolicy, Normalisation, OutOfScale, Source, parse_formula


def formula(**changes):
    return {"version": 1, "terms": [{"id": "essay", "weight": 10}]} | changes


def term(**changes):
    return formula(terms=[{"id": "essay", "weight": 10} | changes])


def problems(data):
    with pytest.raises(FormulaError) as caught:
        parse_formula(data)
    return [str(problem) for problem in caught.value.problems]


def test_what_is_left_out_has_the_seasons_defaults():
    parsed = parse_formula(formula())
    assert (parsed.version, parsed.step, parsed.missing) == (1, Decimal("0.1"), MissingPolicy.BY_SUBMISSION)
    assert (parsed.out_of_scale, parsed.ties, parsed.stages, parsed.bonuses) == (OutOfScale.REFUSE, (), (), ())
    (essay,) = parsed.terms
    assert (essay.weight, essay.multiplier, essay.full_points) == (10, 1, 10)
    assert (essay.normalisation, essay.pass_at) == (Normalisation.LINEAR, None)
    assert (essay.minimum, essay.maximum, essay.cap, essay.stage) == (None, None, None, None)
    assert (essay.label, essay.source) == ("", Source())
    assert (essay.missing, essay.out_of_scale) == (MissingPolicy.BY_SUBMISSION, OutOfScale.REFUSE)


def test_defaults_spelled_out_have_the_same_hash():
    spelled = formula(
        rounding={"each_term": "0.10", "half": "up"},
        missing="by_submission",
        pending="below",
        out_of_scale="refuse",
        ties=["shared"],
        stages=[],
        bonuses=[],
        terms=[{"id": "essay", "weight": Decimal("10.00"), "normalisation": "linear", "missing": "by_submission"}],
    )
    assert parse_formula(spelled).hash == parse_formula(formula()).hash


def test_the_canonical_form_and_its_hash_are_fixed():
    parsed = parse_formula(
        term(
            label="Эссе",
            activity="peer",
            item="submission",
            normalisation={"kind": "pass_fail", "at": 0.5},
            min=1,
            max=3,
            cap=5,
            stage="one",
            out_of_scale="clamp",
            missing="zero",
        )
        | {
            "stages": [{"id": "one", "multiplier": 1.5, "label": "Отбор"}],
            "bonuses": [{"id": "fair", "points": 2, "label": "Ярмарка", "activity": "x", "item": "y", "cap": 4}],
            "ties": ["essay", "fair"],
        }
    )
    assert parsed.to_mapping() == {
        "version": 1,
        "rounding": {"each_term": "0.1", "half": "up"},
        "missing": "by_submission",
        "pending": "below",
        "out_of_scale": "refuse",
        "ties": ["essay", "fair", "shared"],
        "stages": [{"id": "one", "multiplier": "1.5", "label": "Отбор"}],
        "terms": [
            {
                "id": "essay",
                "weight": "10",
                "label": "Эссе",
                "activity": "peer",
                "item": "submission",
                "stage": "one",
                "normalisation": {"kind": "pass_fail", "at": "0.5"},
                "min": "1",
                "max": "3",
                "cap": "5",
                "missing": "zero",
                "out_of_scale": "clamp",
            }
        ],
        "bonuses": [{"id": "fair", "points": "2", "label": "Ярмарка", "activity": "x", "item": "y", "cap": "4"}],
    }
    assert parse_formula(formula()).hash == "4574c925ca9df35b7ddb2719006d75dbed48de86328c9adf2880f71dc6f33260"


def test_a_label_is_part_of_the_hash():
    assert parse_formula(term(label="Эссе")).hash != parse_formula(term()).hash


def test_a_float_of_yaml_is_the_decimal_it_is_written_as():
    assert parse_formula(term(weight=0.1)).terms[0].weight == Decimal("0.1")


def test_a_term_takes_what_it_does_not_say_from_the_formula():
    (essay,) = parse_formula(formula(missing="zero", out_of_scale="clamp")).terms
    assert (essay.missing, essay.out_of_scale) == (MissingPolicy.ZERO, OutOfScale.CLAMP)


def test_a_stages_multiplier_multiplies_the_weight():
    stages = [{"id": "one", "multiplier": "1.15", "label": "Отбор"}, {"id": "two"}]
    parsed = parse_formula(term(stage="one", weight=15) | {"stages": stages})
    assert parsed.terms[0].full_points == Decimal("17.25")
    assert [(stage.id, stage.multiplier, stage.label) for stage in parsed.stages] == [
        ("one", Decimal("1.15"), "Отбор"),
        ("two", 1, ""),
    ]


def test_the_preset_says_in_words_how_the_pending_are_listed():
    worded = formula(pending="listed below the ranked, with the points so far")
    assert parse_formula(worded) == parse_formula(formula())


WRONG = {
    "no mapping": (["essay"], "terms: there are none"),
    "no version": ({"terms": [{"id": "a", "weight": 1}]}, "version: None is not a version (count a formula's"),
    "version zero": (formula(version=0), "version: 0 is not a version"),
    "version true": (formula(version=True), "version: True is not a version"),
    "version text": (formula(version="1"), "version: '1' is not a version"),
    "version beyond count": (formula(version=10**9 + 1), "version: 1000000001 is not a version"),
    "unknown key": (formula(roundig=1), "roundig: unknown key (did you mean 'rounding'?)"),
    "unlike any key": (formula(zzz=1), "zzz: unknown key (known keys: version, rounding, missing, pending,"),
    "rounding": (formula(rounding=0.1), "rounding: 0.1 is not a mapping (write the keys each_term, half)"),
    "step zero": (
        formula(rounding={"each_term": 0}),
        "rounding.each_term: 0 is not between 0.0001 and 100 (write a step such as 0.1 or 1)",
    ),
    "half even": (
        formula(rounding={"half": "even"}),
        "rounding.half: 'even' is unknown (halves are rounded up: write up)",
    ),
    "missing": (
        formula(missing="ignore"),
        "missing: 'ignore' is unknown (write one of: by_submission, zero, excluded, pending)",
    ),
    "out of scale": (formula(out_of_scale="wrap"), "out_of_scale: 'wrap' is unknown (write one of: refuse, clamp)"),
    "pending": (formula(pending="above"), "pending: 'above' is unknown (people with a pending term are listed below"),
    "ties": (formula(ties="essay"), "ties: 'essay' is not a list (write one entry a line, each after a dash)"),
    "tie unknown": (
        formula(ties=["exam"]),
        "ties: 'exam' is no term (write terms in order, then shared; terms: essay)",
    ),
    "tie twice": (formula(ties=["essay", "essay"]), "ties: 'essay' is there twice (name every term once)"),
    "shared first": (
        formula(ties=["shared", "essay"]),
        "ties: 'shared' is not the last rule (nothing can be decided after a shared place)",
    ),
    "no terms": (formula(terms=[]), "terms: there are none (write at least one term with an id and a weight)"),
    "terms null": (formula(terms=None), "terms: there are none (write at least one term with an id and a weight)"),
    "terms number": (formula(terms=7), "terms: 7 is not a list"),
    "too many terms": (
        formula(terms=[{"id": f"t{n}", "weight": 1} for n in range(201)]),
        "terms: 201 entries (at most 200)",
    ),
    "term text": (formula(terms=["essay"]), "terms[#1]: 'essay' is not a mapping (write the keys id, weight, label,"),
    "id missing": (
        formula(terms=[{"weight": 1}]),
        "terms[#1].id: None is not an id (write Latin letters, digits, _ and -, a letter first)",
    ),
    "id number": (formula(terms=[{"id": 7, "weight": 1}]), "terms[#1].id: 7 is not an id"),
    "id Cyrillic": (formula(terms=[{"id": "эссе", "weight": 1}]), "terms[#1].id: 'эссе' is not an id"),
    "id too long": (formula(terms=[{"id": "a" * 65, "weight": 1}]), f"terms[#1].id: '{'a' * 65}' is not an id"),
    "id twice": (
        formula(terms=[{"id": "a", "weight": 1}, {"id": "a", "weight": 1}]),
        "terms[a].id: 'a' is there twice (give every entry an id of its own)",
    ),
    "id shared": (
        formula(terms=[{"id": "shared", "weight": 1}]),
        "terms[shared].id: 'shared' is the last tie rule (choose another id)",
    ),
    "bonus shared": (
        formula(bonuses=[{"id": "shared", "points": 1}]),
        "terms[shared].id: 'shared' is the last tie rule (choose another id)",
    ),
    "bonus as term": (
        formula(bonuses=[{"id": "essay", "points": 1}]),
        "bonuses[essay].id: a term has the same id (give every entry an id of its own)",
    ),
    "bonus without points": (
        formula(bonuses=[{"id": "fair"}]),
        "bonuses[fair].points: is missing (write how many points a full mark gives)",
    ),
    "bonus key": (formula(bonuses=[{"id": "fair", "points": 1, "weight": 2}]), "bonuses[fair].weight: unknown key"),
    "no weight": (
        formula(terms=[{"id": "essay"}]),
        "terms[essay].weight: is missing (write how many points a full mark gives)",
    ),
    "negative weight": (term(weight=-1), "terms[essay].weight: -1 is not between 0 and 1000000 (write how many"),
    "weight with comma": (
        term(weight="4,5"),
        "terms[essay].weight: '4,5' is written with a comma: write a point before the decimals (write how many",
    ),
    "weight nan": (term(weight=float("nan")), "terms[essay].weight: NaN is not a finite number"),
    "weight infinite": (term(weight=float("inf")), "terms[essay].weight: Infinity is not a finite number"),
    "weight true": (term(weight=True), "terms[essay].weight: True is not a number"),
    "all weights zero": (term(weight=0), "terms: every weight is 0 (give at least one term a weight, or every total"),
    "all multipliers zero": (term(stage="one") | {"stages": {"one": 0}}, "terms: every weight is 0"),
    "multiplier": (
        formula(stages={"one": -1}),
        "stages[one].multiplier: -1 is not between 0 and 1000 (write 1 to leave the weights as they are)",
    ),
    "stage unknown": (term(stage="two") | {"stages": {"one": 1}}, "terms[essay].stage: 'two' is unknown (stages: one)"),
    "no stages": (term(stage="two"), "terms[essay].stage: 'two' is unknown (stages: none is defined)"),
    "stage label": (
        formula(stages=[{"id": "one", "label": 1}]),
        "stages[one].label: 1 is not text (put it in quotes)",
    ),
    "label": (term(label=1), "terms[essay].label: 1 is not text (put it in quotes)"),
    "activity": (term(activity=1), "terms[essay].activity: 1 is not text (put it in quotes)"),
    "item": (term(item=1), "terms[essay].item: 1 is not text (put it in quotes)"),
    "normalisation": (
        term(normalisation="log"),
        "terms[essay].normalisation: 'log' is unknown (write one of: linear, percentile, t_score, pass_fail)",
    ),
    "normalisation key": (
        term(normalisation={"kind": "linear", "as": 1}),
        "terms[essay].normalisation.as: unknown key",
    ),
    "threshold missing": (
        term(normalisation="pass_fail"),
        "terms[essay].normalisation.at: is missing (write the share of the scale from which it is passed, such as 0.5)",
    ),
    "threshold in percent": (
        term(normalisation={"kind": "pass_fail", "at": 50}),
        "terms[essay].normalisation.at: 50 is not between 0 and 1 (write the share of the scale",
    ),
    "threshold for nothing": (
        term(normalisation={"kind": "linear", "at": 0.5}),
        "terms[essay].normalisation.at: linear has no threshold (drop it, or write kind: pass_fail)",
    ),
    "half a scale": (term(max=100), "terms[essay].min: is missing (fix both ends of the scale, or neither)"),
    "the other half": (term(min=0), "terms[essay].max: is missing (fix both ends of the scale, or neither)"),
    "empty scale": (
        term(min=5, max=5),
        "terms[essay].max: 5 is not above min 5 (write the highest mark of the scale)",
    ),
    "huge scale": (term(min=0, max=10**10), "terms[essay].max: 10000000000 is not between -1000000000 and 1000000000"),
    "cap off the grid": (
        term(cap="4.55"),
        "terms[essay].cap: 4.55 is not a multiple of the rounding step 0.1 (write the most points it can give, a mul",
    ),
    "lowest mark": (
        term(min="x", max=5),
        "terms[essay].min: 'x' is not a number: write a plain decimal such as 77.44 (write the lowest mark",
    ),
    "bonus label": (formula(bonuses=[{"id": "b", "points": 1, "label": 1}]), "bonuses[b].label: 1 is not text"),
    "bonus activity": (
        formula(bonuses=[{"id": "b", "points": 1, "activity": 1}]),
        "bonuses[b].activity: 1 is not text",
    ),
    "bonus cap": (
        formula(bonuses=[{"id": "b", "points": 1, "cap": "0.05"}]),
        "bonuses[b].cap: 0.05 is not a multiple of the rounding step 0.1",
    ),
    "term missing": (term(missing="x"), "terms[essay].missing: 'x' is unknown (write one of: by_submission, zero,"),
    "term scale": (term(out_of_scale="x"), "terms[essay].out_of_scale: 'x' is unknown (write one of: refuse, clamp)"),
    "stage number": (term(stage=1), "terms[essay].stage: 1 is not text (put it in quotes)"),
    "cap text": (
        term(cap="x"),
        "terms[essay].cap: 'x' is not a number: write a plain decimal such as 77.44 (write the most",
    ),
    "negative cap": (term(cap=-1), "terms[essay].cap: -1 is not between 0 and 1000000"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_named_with_its_place_and_the_way_out(case):
    data, message = WRONG[case]
    assert [line for line in problems(data) if line.startswith(message)]


@pytest.mark.parametrize("case", [case for case in WRONG if case != "no mapping"])
def test_one_mistake_is_told_once(case):
    assert len(problems(WRONG[case][0])) == 1


def test_all_mistakes_are_told_at_once_and_name_their_terms():
    data = {"version": 0, "missing": "x", "ties": ["c"], "terms": [{"id": "a", "weight": -1}, {"id": "b", "cap": 0.05}]}
    with pytest.raises(FormulaError) as caught:
        parse_formula(data)
    assert [(problem.field, problem.term) for problem in caught.value.problems] == [
        ("version", None),
        ("missing", None),
        ("terms[a].weight", "a"),
        ("terms[b].weight", "b"),
        ("terms[b].cap", "b"),
        ("ties", None),
    ]


def test_a_bonuss_mistake_names_no_term():
    with pytest.raises(FormulaError) as caught:
        parse_formula(formula(bonuses=[{"id": "fair"}]))
    assert caught.value.problems[0].term is None


def test_all_terms_and_stages_are_listed_where_one_is_unknown():
    data = formula(terms=[{"id": "a", "weight": 1, "stage": "x"}, {"id": "b", "weight": 1}], ties=["c"])
    assert problems(data | {"stages": {"one": 1, "two": 1}}) == [
        "terms[a].stage: 'x' is unknown (stages: one, two)",
        "ties: 'c' is no term (write terms in order, then shared; terms: a, b)",
    ]


def test_bounds_of_numbers_are_allowed_themselves():
    parse_formula(term(weight=1_000_000, normalisation={"kind": "pass_fail", "at": 1}))
    parse_formula(formula(rounding={"each_term": 100}, version=10**9))
    parse_formula(formula(rounding={"each_term": "0.0001"}, stages={"one": 1000}))
    parse_formula(formula(terms=[{"id": "a" * 64, "weight": 1}] + [{"id": f"t{n}", "weight": 0} for n in range(199)]))
    parse_formula(term(cap=0, min=-(10**9), max=10**9))


class TestOnly:
    SEASON = parse_formula(
        {
            "version": 1,
            "stages": {"one": 2, "two": 1},
            "ties": ["b", "a", "extra"],
            "terms": [
                {"id": "a", "weight": 10, "stage": "one"},
                {"id": "b", "weight": 20, "stage": "two"},
                {"id": "c", "weight": 0},
            ],
            "bonuses": [{"id": "extra", "points": 1}],
        }
    )

    def test_a_stages_gate_keeps_its_terms_with_their_stage_and_ties(self):
        gate = self.SEASON.only(["a"])
        assert gate.ids == ("a",)
        assert gate.ties == ("a",)
        assert [stage.id for stage in gate.stages] == ["one"]
        assert gate.terms[0].full_points == 20
        assert parse_formula(gate.to_mapping()) == gate

    def test_bonuses_are_kept_when_named(self):
        gate = self.SEASON.only(["b", "extra"])
        assert gate.ids == ("b", "extra")
        assert gate.ties == ("b", "extra")

    def test_unknown_ids_are_refused(self):
        with pytest.raises(FormulaError, match="terms: unknown ids: x, z"):
            self.SEASON.only(["a", "z", "x"])

    @pytest.mark.parametrize("ids", [[], ["c"], ["extra"]])
    def test_a_gate_without_a_weight_is_refused(self, ids):
        with pytest.raises(FormulaError, match="terms: none of the terms kept has a weight"):
            self.SEASON.only(ids)


def test_a_term_is_found_by_its_id():
    parsed = parse_formula(formula())
    assert parsed.term("essay") is parsed.terms[0]
    with pytest.raises(KeyError):
        parsed.term("exam")
