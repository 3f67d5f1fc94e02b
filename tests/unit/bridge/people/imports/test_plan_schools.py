from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.people.imports.columns import TABLES, TableKey
from bridge.people.imports.plan import Plan, Proposal, State, make_plan
from bridge.people.imports.rows import Row, Upload
from bridge.people.imports.snapshot import KnownSchool, Snapshot

SCHOOLS = TABLES[TableKey.SCHOOLS]
SARPA = KnownSchool("sarpa", "МБОУ «Сарпинская СОШ»", "Сарпинская СОШ", "03", ("МБОУ Сарпинская школа",))
SHATTA = KnownSchool("shatta", "МКОУ «Шаттинская ООШ»", "Шаттинская ООШ")
KNOWN = Snapshot(schools=(SARPA, SHATTA))


def plan(*rows: Mapping[str, str], known: Snapshot = KNOWN) -> Plan:
    return make_plan(SCHOOLS, Upload(tuple(Row(number, row) for number, row in enumerate(rows, start=2))), known)


def only(*rows: Mapping[str, str], known: Snapshot = KNOWN) -> Proposal:
    (proposal,) = plan(*rows, known=known).proposals
    return proposal


def test_an_unknown_school_is_new_and_gets_a_short_name() -> None:
    proposal = only({"name": "МБОУ «Алцынхутинская СОШ»", "code": "07"})
    assert proposal.state is State.NEW
    assert proposal.writes == {
        "name": "МБОУ «Алцынхутинская СОШ»",
        "short_name": "Алцынхутинская СОШ",
        "code": "07",
    }


@pytest.mark.parametrize(
    "row",
    [
        {"name": 'мбоу "Сарпинская  СОШ"', "uid": "sarpa"},
        {"name": "МБОУ «Сарпинская СОШ»"},
        {"name": "МБОУ Сарпинская школа", "uid": "sarpa"},
        {"name": "Сарпинская СОШ"},
        {"code": "03", "name": "МБОУ «Сарпинская СОШ»"},
    ],
)
def test_a_known_school_is_found_by_code_record_or_any_name(row: Mapping[str, str]) -> None:
    assert only(row).uid == "sarpa"


def test_a_name_that_differs_only_in_case_and_quotes_is_still_a_change_of_the_text() -> None:
    (change,) = only({"name": 'мбоу "Сарпинская СОШ"'}).changes
    assert (change.field, change.old, change.new) == ("name", "МБОУ «Сарпинская СОШ»", 'мбоу "Сарпинская СОШ"')


def test_another_legal_form_is_the_same_school() -> None:
    proposal = only({"name": "МКОУ «Сарпинская СОШ»"})
    assert (proposal.uid, proposal.state) == ("sarpa", State.CHANGED)


def test_a_list_of_short_names_takes_no_full_name_away() -> None:
    assert only({"name": "Сарпинская СОШ"}).state is State.UNCHANGED


def test_a_second_school_with_the_short_name_of_another_is_new() -> None:
    proposal = only({"name": "МБОУ «СОШ № 1» п. Садовое", "short_name": "Сарпинская СОШ"})
    assert proposal.state is State.NEW


def test_an_unknown_record_code_is_wrong_and_so_is_one_of_another_municipality() -> None:
    proposal = only({"uid": "elsewhere", "name": "МБОУ «Сарпинская СОШ»"})
    assert [finding.field for finding in proposal.findings] == ["uid"]


def test_codes_and_names_of_two_schools_in_one_row_are_told() -> None:
    proposal = only({"code": "03", "name": "МКОУ «Шаттинская ООШ»"})
    assert [finding.field for finding in proposal.findings] == ["name"]
    assert proposal.findings[0].facts == {"name": "МКОУ «Шаттинская ООШ»"}


def test_a_renamed_school_is_found_by_its_record() -> None:
    proposal = only({"uid": "sarpa", "name": "МБОУ «Сарпинская гимназия»"})
    assert proposal.writes == {"name": "МБОУ «Сарпинская гимназия»"}


def test_a_name_cannot_be_emptied_and_a_code_can() -> None:
    assert only({"uid": "sarpa", "name": ""}).state is State.WRONG
    assert only({"uid": "sarpa", "short_name": ""}).state is State.UNCHANGED
    assert only({"uid": "sarpa", "code": ""}).writes == {"code": ""}


def test_two_rows_of_one_school_are_both_refused_with_each_others_number() -> None:
    first, second = plan({"name": "МБОУ «Новая СОШ»"}, {"name": 'МБОУ "новая сош"'}).proposals
    assert (first.state, second.state) == (State.WRONG, State.WRONG)
    assert (first.findings[0].facts["rows"], second.findings[0].facts["rows"]) == ("3", "2")


def test_two_stored_spellings_of_one_name_are_no_error_where_the_record_says_which() -> None:
    twins = Snapshot(schools=(SARPA, KnownSchool("twin", "мбоу «Сарпинская СОШ»", "мбоу «Сарпинская СОШ»")))
    rows = [{"uid": each.uid, "name": each.name, "short_name": each.short_name} for each in twins.schools]
    assert [each.state for each in plan(*rows, known=twins).proposals] == [State.UNCHANGED, State.UNCHANGED]
    ambiguous = only({"name": "МБОУ  «САРПИНСКАЯ СОШ»"}, known=twins)
    assert ambiguous.findings[0].field == "name"


TEXTS = {
    "uid": ["s0", "s1", "stranger"],
    "code": ["01", "02", ""],
    "name": [
        "МБОУ «Сарпинская СОШ»",
        'мбоу "Сарпинская СОШ"',
        "Сарпинская СОШ",
        "МКОУ «Шаттинская ООШ»",
        "СОШ № 1",
        "СОШ №1",
    ],
    "short_name": ["Сарпинская СОШ", "СОШ № 1", ""],
}
ROWS = st.lists(st.fixed_dictionaries({}, optional={field: st.sampled_from(few) for field, few in TEXTS.items()}))


@st.composite
def stores(draw) -> Snapshot:
    names = draw(st.lists(st.sampled_from(TEXTS["name"]), unique=True, max_size=3))
    codes = draw(st.permutations(["01", "02", "", ""]))
    return Snapshot(
        tuple(
            KnownSchool(f"s{number}", name, draw(st.sampled_from(["Сарпинская СОШ", name])), codes[number], (name,))
            for number, name in enumerate(names)
        )
    )


def applied(known: Snapshot, made: Plan) -> Snapshot:
    """What the store would be after the plan: the fake of `apply`, in memory."""
    schools = {school.uid: school for school in known.schools}
    for proposal in made.of(State.NEW, State.CHANGED):
        uid = proposal.uid or f"new{proposal.number}"
        school = replace(schools.get(uid, KnownSchool(uid, "", "")), **proposal.writes)
        schools[uid] = replace(school, spellings=tuple({*school.spellings, school.name}))
    return Snapshot(tuple(schools.values()))


@settings(max_examples=400, deadline=None)
@given(ROWS, stores(), st.randoms(use_true_random=False))
def test_an_imported_file_has_nothing_more_to_write_and_its_order_does_not_matter(rows, known, order) -> None:
    made = plan(*rows, known=known)
    after = applied(known, made)
    again = plan(*rows, known=after)
    done = {each.number for each in made.proposals if each.state is not State.WRONG}
    # A wrong row may become right, as one has freed the code that it wants; what was done is not done again.
    assert {each.state for each in again.proposals if each.number in done} <= {State.UNCHANGED, State.WRONG}
    if not made.of(State.WRONG):
        assert {each.state for each in again.proposals} <= {State.UNCHANGED}
    names = [school.name for school in after.schools]
    assert len(names) == len(set(names)), "the database would refuse two schools of one name"
    codes = [school.code for school in after.schools if school.code]
    assert len(codes) == len(set(codes)), "the database would refuse two schools of one code"
    places = list(range(len(rows)))
    order.shuffle(places)
    shuffled = plan(*[rows[place] for place in places], known=known).proposals
    told = [(each.state, each.uid, dict(each.writes)) for each in made.proposals]
    assert [(each.state, each.uid, dict(each.writes)) for each in shuffled] == [told[place] for place in places]
