"""Whatever stands in a file: its order does not matter, and once it is imported it has nothing more to say."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.core.permissions import Role
from bridge.people.imports.columns import TABLES, Table, TableKey
from bridge.people.imports.filled import filled_rows
from bridge.people.imports.plan import CREATE, Plan, State, make_plan
from bridge.people.imports.reading import read_upload
from bridge.people.imports.rows import Row, Upload
from bridge.people.imports.snapshot import KnownPerson, KnownSchool, MoodleSide, Snapshot

FEW = {
    "last_name": ["Очирова", "очирова", "Семёнова", "Семенова", "Бадмаев", "=1+1"],
    "first_name": ["Татьяна", "Анна", "Анна ", "Очир"],
    "middle_name": ["Сергеевна", "Ивановна", "-"],
    "school": ["Сарпинская СОШ", "сарпинская сош", "Шаттинская ООШ", "Чужая СОШ", "-"],
    "organisation": ["КалмГУ", "-"],
    "position": ["учитель", "директор", "-"],
    "roles": ["участник", "наставник; эксперт", "неведомая"],
    "email": ["a@example.ru", "A@example.ru", "b@example.ru", "c@example.ru", "нет"],
    "phone": ["8 900 111-22-33", "-"],
    "id_number": ["1", "2", "А-017"],
    "username": ["login", "other"],
    "uid": ["p0", "p1", "p2", "stranger"],
}
TABLE_OF = {key: TABLES[key] for key in (TableKey.PEOPLE, TableKey.MENTORS, TableKey.EXPERTS)}
SCHOOLS = (
    KnownSchool("s0", "МБОУ «Сарпинская СОШ»", "Сарпинская СОШ"),
    KnownSchool("s1", "МКОУ «Шаттинская ООШ»", "Шаттинская ООШ"),
)


@dataclass(frozen=True)
class Paper:
    rows: Sequence[Sequence[str | None]]
    name: str = "Лист1"


def rows_of(table: Table):
    fields = [column.field for column in table.template]
    return st.lists(st.fixed_dictionaries({}, optional={field: st.sampled_from(FEW[field]) for field in fields}))


def sheet(table: Table, rows: Sequence[Mapping[str, str]], order: random.Random) -> Paper:
    """The rows under their headings, columns in any order."""
    columns = list(table.template)
    order.shuffle(columns)
    body = [tuple(row.get(column.field) for column in columns) for row in rows]
    return Paper([tuple(column.ru for column in columns), *body])


@st.composite
def stores(draw) -> Snapshot:
    """A few people, some of Moodle, who may well be called alike."""
    texts = ("last_name", "first_name", "middle_name", "organisation", "position", "email", "id_number")
    people = []
    for number in range(draw(st.integers(0, 3))):
        values = {field: draw(st.sampled_from(["", *FEW[field]])).strip(" -") for field in texts}
        values["email"] = values["email"].replace("нет", "")
        school = draw(st.sampled_from([*SCHOOLS, None]))
        moodle = draw(st.sampled_from([None, MoodleSide("login", institution="СОШ"), MoodleSide("other")]))
        people.append(
            KnownPerson(
                uid=f"p{number}",
                values={field: text for field, text in values.items() if text},
                school_uid=school.uid if school else "",
                school_label=school.short_name if school else "",
                moodle=moodle,
            )
        )
    return Snapshot(SCHOOLS, tuple(people))


def applied(known: Snapshot, plan: Plan) -> Snapshot:
    """What the store would be after the plan: the fake of `apply`, in memory."""
    people = {person.uid: person for person in known.people}
    schools = {school.uid: school for school in known.schools}
    for proposal in plan.of(State.NEW, State.CHANGED):
        uid = proposal.uid or f"new{proposal.number}"
        person = people.get(uid, KnownPerson(uid, {}))
        writes = dict(proposal.writes)
        roles = frozenset(Role(word) for word in writes.pop("roles", "").split(",") if word)
        if "school" in writes:
            school = schools.get(writes.pop("school"))
            label = school.short_name if school else ""
            person = replace(person, school_uid=school.uid if school else "", school_label=label)
        values = {field: text for field, text in {**person.values, **writes}.items() if text}
        people[uid] = replace(person, values=values, roles=person.roles | roles)
    return replace(known, people=tuple(people.values()))


tables = st.sampled_from(list(TABLE_OF.values()))


@settings(max_examples=2000, deadline=None)
@given(st.data(), tables, stores(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_changes_no_proposal(data, table, known, order) -> None:
    rows = [{**row, "phone": f"8 900 000-{number:04}"} for number, row in enumerate(data.draw(rows_of(table)))]
    if not rows:
        return
    shuffled = list(rows)
    order.shuffle(shuffled)

    def told(rows: Sequence[Mapping[str, str]]) -> dict[str, object]:
        plan = make_plan(table, read_upload(table, [sheet(table, rows, order)]), known)
        return {
            each.values["phone"]: (
                each.state,
                each.uid,
                dict(each.writes),
                sorted(finding.field for finding in each.findings),
                each.candidates,
            )
            for each in plan.proposals
        }

    assert told(rows) == told(shuffled)


@settings(max_examples=400, deadline=None)
@given(st.data(), tables, stores(), st.randoms(use_true_random=False))
def test_an_imported_file_has_nothing_more_to_write(data, table, known, order) -> None:
    rows = data.draw(rows_of(table))
    if not any(text not in (None, "") for row in rows for text in row.values()):
        return
    upload = read_upload(table, [sheet(table, rows, order)])
    first = make_plan(table, upload, known)
    decisions = {
        each.number: data.draw(st.sampled_from(["", CREATE, *(one.uid for one in each.candidates)]))
        for each in first.of(State.UNSURE)
    }
    decided = make_plan(table, upload, known, decisions=decisions)
    after = applied(known, decided)
    again = make_plan(table, upload, after)
    done = {each.number for each in decided.of(State.NEW, State.CHANGED, State.UNCHANGED)}
    states = {each.number: each.state for each in again.proposals if each.number in done}
    assert set(states.values()) <= {State.UNCHANGED}
    assert len(after.people) == len(known.people) + decided.count(State.NEW)


@settings(max_examples=200, deadline=None)
@given(tables, stores(), st.sampled_from(["ru", "en"]))
def test_a_filled_template_changes_nothing(table, known, language) -> None:
    rows = filled_rows(table, known, language)
    columns = table.template
    body = [tuple(row.get(column.field) or None for column in columns) for row in rows]
    if not body:
        return
    upload = read_upload(table, [Paper([tuple(column.heading(language) for column in columns), *body])])
    proposals = make_plan(table, upload, known).proposals
    assert {each.state for each in proposals} == {State.UNCHANGED}
    assert [each.uid for each in proposals] == [row["uid"] for row in rows]


def test_the_fake_of_apply_writes_what_a_plan_says() -> None:
    upload = Upload((Row(2, {"last_name": "Очирова", "first_name": "Татьяна", "school": "Сарпинская СОШ"}),))
    after = applied(Snapshot(SCHOOLS), make_plan(TABLES[TableKey.MENTORS], upload, Snapshot(SCHOOLS)))
    (person,) = after.people
    assert (person.label, person.school_uid, person.roles) == ("Очирова Татьяна", "s0", {Role.MENTOR})
