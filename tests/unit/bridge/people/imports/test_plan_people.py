from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bridge.core.permissions import Role
from bridge.people.imports.columns import TABLES, TableKey
from bridge.people.imports.plan import CREATE, Plan, Proposal, State, make_plan
from bridge.people.imports.rows import Row, Upload
from bridge.people.imports.snapshot import KnownPerson, KnownSchool, MoodleSide, Snapshot

PEOPLE, MENTORS = TABLES[TableKey.PEOPLE], TABLES[TableKey.MENTORS]
SARPA = KnownSchool("sarpa", "МБОУ «Сарпинская СОШ»", "Сарпинская СОШ")
SHATTA = KnownSchool("shatta", "МКОУ «Шаттинская ООШ»", "Шаттинская ООШ")
OCHIROVA = KnownPerson(
    "ochirova",
    {"last_name": "Очирова", "first_name": "Татьяна", "middle_name": "Сергеевна", "email": "o@example.ru"},
    "sarpa",
    "Сарпинская СОШ",
)
SEMENOVA = KnownPerson(
    "semenova",
    {"last_name": "Семёнова", "first_name": "Анна", "email": "s@example.ru", "id_number": "А-017"},
    "shatta",
    "Шаттинская ООШ",
    moodle=MoodleSide("semenova.a", "А-017", "s@example.ru", "МКОУ «Шаттинская ООШ»", frozenset({Role.PARTICIPANT})),
    roles=frozenset({Role.PARTICIPANT}),
)
KNOWN = Snapshot((SARPA, SHATTA), (OCHIROVA, SEMENOVA))
NEWCOMER = {"last_name": "Бадмаев", "first_name": "Очир"}


def plan(*rows: Mapping[str, str], known: Snapshot = KNOWN, table=PEOPLE, decisions=None) -> Plan:
    upload = Upload(tuple(Row(number, row) for number, row in enumerate(rows, start=2)))
    return make_plan(table, upload, known, decisions=decisions)


def only(row: Mapping[str, str], **options) -> Proposal:
    (proposal,) = plan(row, **options).proposals
    return proposal


def found(proposal: Proposal) -> list[str]:
    return [finding.field for finding in proposal.findings]


# ---------------------------------------------------------------- who it is


@pytest.mark.parametrize(
    ("row", "uid"),
    [
        ({"uid": "ochirova"}, "ochirova"),
        ({"email": "O@EXAMPLE.ru"}, "ochirova"),
        ({"id_number": "а-017"}, "semenova"),
        ({"username": "Semenova.A"}, "semenova"),
        ({"uid": "semenova", "email": "s@example.ru", "id_number": "А-017"}, "semenova"),
    ],
)
def test_a_code_number_login_or_address_finds_the_person(row: Mapping[str, str], uid: str) -> None:
    proposal = only({**row, "phone": "8 900 111-22-33"})
    assert (proposal.uid, proposal.state) == (uid, State.CHANGED)
    assert proposal.writes == {"phone": "8 900 111-22-33"}


def test_codes_of_two_people_in_one_row_are_told_with_both_names() -> None:
    proposal = only({"uid": "ochirova", "email": "s@example.ru"})
    assert found(proposal) == ["email"]
    assert proposal.findings[0].facts == {"name": "Семёнова Анна", "other": "Очирова Татьяна Сергеевна"}


@pytest.mark.parametrize("row", [{"uid": "elsewhere"}, {"username": "nobody"}])
def test_a_code_or_login_that_nobody_here_has_is_wrong(row: Mapping[str, str]) -> None:
    assert found(only({**NEWCOMER, **row})) == list(row)


def test_an_address_of_two_people_finds_neither() -> None:
    twin = replace(OCHIROVA, uid="twin")
    assert found(only({**NEWCOMER, "email": "o@example.ru"}, known=replace(KNOWN, people=(OCHIROVA, twin)))) == [
        "email"
    ]


def test_nobody_is_joined_by_name_without_a_word() -> None:
    row = {"last_name": "очирова", "first_name": "ТАТЬЯНА", "phone": "8 900 111-22-33", "school": "Сарпинская СОШ"}
    proposal = only(row)
    assert proposal.state is State.UNSURE
    assert [(each.uid, each.school) for each in proposal.candidates] == [("ochirova", "Сарпинская СОШ")]
    assert not plan(row).writes_something


def test_a_decision_joins_or_makes_somebody_new() -> None:
    row = {**OCHIROVA.values, "email": "other@example.ru", "phone": "8 900 111-22-33"}
    joined = only(row, decisions={2: "ochirova"})
    assert (joined.state, joined.uid) == (State.CHANGED, "ochirova")
    created = only(row, decisions={2: CREATE})
    assert (created.state, created.uid) == (State.NEW, "")


@pytest.mark.parametrize("decision", ["semenova", "elsewhere", "NEW", " "])
def test_a_decision_that_was_not_offered_decides_nothing(decision: str) -> None:
    row = {"last_name": "Очирова", "first_name": "Татьяна", "phone": "8 900 111-22-33"}
    assert only(row, decisions={2: decision}).state is State.UNSURE


def test_where_nothing_would_be_written_there_is_nothing_to_ask() -> None:
    proposal = only({"last_name": "Очирова", "first_name": "Татьяна", "school": "Сарпинская СОШ"})
    assert (proposal.state, proposal.uid) == (State.UNCHANGED, "ochirova")


@pytest.mark.parametrize("row", [{"middle_name": "Ивановна"}])
def test_another_patronymic_is_another_person(row: Mapping[str, str]) -> None:
    assert only({"last_name": "Очирова", "first_name": "Татьяна", **row}).state is State.NEW


def test_another_number_is_another_person() -> None:
    assert only({"last_name": "Семенова", "first_name": "Анна", "id_number": "А-018"}).state is State.NEW


def test_two_rows_of_one_person_are_both_refused() -> None:
    first, second = plan({"uid": "ochirova", "phone": "8 900 111-22-33"}, {"email": "o@example.ru"}).proposals
    assert (first.state, second.state) == (State.WRONG, State.WRONG)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {}),
        ({"email": "a@example.ru"}, {}),
        ({"email": "a@example.ru", "middle_name": "Иванович"}, {"email": "a@example.ru", "middle_name": "Петрович"}),
        ({"id_number": "1", "middle_name": "А"}, {"id_number": "1", "middle_name": "Б"}),
    ],
)
def test_rows_that_nothing_tells_apart_are_refused(one: Mapping[str, str], other: Mapping[str, str]) -> None:
    proposals = plan({**NEWCOMER, **one}, {**NEWCOMER, **other}).proposals
    assert [each.state for each in proposals] == [State.WRONG, State.WRONG]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"middle_name": "Иванович"}, {"middle_name": "Петрович"}),
        ({"school": "Сарпинская СОШ"}, {"school": "Шаттинская ООШ"}),
        ({"email": "a@example.ru"}, {"email": "b@example.ru"}),
    ],
)
def test_namesakes_that_something_tells_apart_are_two(one: Mapping[str, str], other: Mapping[str, str]) -> None:
    proposals = plan({**NEWCOMER, **one}, {**NEWCOMER, **other}).proposals
    assert [each.state for each in proposals] == [State.NEW, State.NEW]


# ---------------------------------------------------------------- what it changes


def test_a_new_person_gets_everything_and_the_tables_role() -> None:
    proposal = only({**NEWCOMER, "school": "сарпинская сош", "position": "директор"}, table=MENTORS)
    assert proposal.writes == {**NEWCOMER, "school": "sarpa", "position": "директор", "roles": "mentor"}


def test_a_name_is_needed_of_somebody_new_only() -> None:
    assert found(only({"last_name": "Бадмаев"})) == ["first_name"]
    assert found(only({"position": "директор"})) == ["last_name", "first_name"]
    assert only({"uid": "ochirova", "position": "директор"}).state is State.CHANGED


def test_empty_cells_change_nothing_and_a_dash_empties() -> None:
    assert only({"uid": "ochirova"}).state is State.UNCHANGED
    proposal = only({"uid": "ochirova", "school": "", "middle_name": ""})
    assert proposal.writes == {"school": "", "middle_name": ""}
    assert found(only({"uid": "ochirova", "last_name": ""})) == ["last_name"]


def test_a_letter_is_a_change_of_ones_own_text_and_none_of_moodles() -> None:
    assert only({"uid": "ochirova", "last_name": "очирова"}).writes == {"last_name": "очирова"}
    assert only({"uid": "semenova", "last_name": "Семенова"}).state is State.UNCHANGED


def test_what_moodle_keeps_is_corrected_in_moodle() -> None:
    assert found(only({"uid": "semenova", "last_name": "Петрова"})) == ["last_name"]
    assert found(only({"uid": "semenova", "school": "Сарпинская СОШ"})) == ["school"]
    without = replace(SEMENOVA, moodle=replace(SEMENOVA.moodle, institution=""))
    moved = only({"uid": "semenova", "school": "Сарпинская СОШ"}, known=replace(KNOWN, people=(without,)))
    assert moved.writes == {"school": "sarpa"}


def test_an_unknown_school_is_told_with_the_nearest_one() -> None:
    proposal = only({**NEWCOMER, "school": "Сарпинская СШ"})
    assert found(proposal) == ["school"]
    assert proposal.findings[0].facts == {"name": "Сарпинская СОШ"}
    assert only({**NEWCOMER, "school": "Гимназия"}).findings[0].facts == {}


def test_where_two_schools_are_called_so_the_persons_own_is_meant() -> None:
    twin = KnownSchool("twin", "мбоу «Сарпинская СОШ»", "Сарпинская СОШ")
    known = replace(KNOWN, schools=(SARPA, twin))
    assert only({"uid": "ochirova", "school": "Сарпинская СОШ"}, known=known).state is State.UNCHANGED
    assert found(only({**NEWCOMER, "school": "Сарпинская СОШ"}, known=known)) == ["school"]
    assert only({**NEWCOMER, "school": "мбоу «Сарпинская СОШ»"}, known=known).writes["school"] == "twin"


def test_a_short_name_that_is_anothers_full_name_does_not_move_anybody() -> None:
    """As spellings out of Moodle's profiles stand beside each other before somebody merges them."""
    twin = KnownSchool("twin", "Сарпинская СОШ", "Сарпинская СОШ")
    known = replace(KNOWN, schools=(SARPA, twin))
    assert only({"uid": "ochirova", "school": "Сарпинская СОШ"}, known=known).state is State.UNCHANGED
    assert only({**NEWCOMER, "school": "Сарпинская СОШ"}, known=known).writes["school"] == "twin"


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("наставник", "mentor"),
        ("Руководитель ОО; наставник", "mentor,head"),
        ("public expert, tutor", "teacher,expert"),
    ],
)
def test_roles_are_given_by_their_names_in_either_language(text: str, roles: str) -> None:
    assert only({**NEWCOMER, "roles": text}).writes["roles"] == roles


@pytest.mark.parametrize("text", ["организатор", "organiser", "administrator", "leadership", "директор школы"])
def test_a_role_that_opens_the_departments_pages_is_not_given_by_a_file(text: str) -> None:
    assert found(only({**NEWCOMER, "roles": text})) == ["roles"]


def test_a_role_that_is_held_is_no_change() -> None:
    assert only({"uid": "semenova", "roles": "участник"}).state is State.UNCHANGED
    assert only({"uid": "semenova", "roles": "участник; наставник"}).writes == {"roles": "mentor"}


def test_the_digest_tells_plans_apart_by_what_they_would_do() -> None:
    one, other = plan({"uid": "ochirova", "phone": "111111"}), plan({"uid": "ochirova", "phone": "222222"})
    assert one.digest != other.digest
    assert one.digest == plan({"uid": "ochirova", "phone": "111111"}).digest
