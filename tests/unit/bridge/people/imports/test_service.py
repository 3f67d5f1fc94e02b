"""Imports against real databases: what is written, with which audit and outbox rows, and what a second time does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bridge.core import audit
from bridge.core.audit import AuditEntry, Source
from bridge.core.db import Database
from bridge.core.outbox import OutboxEvent
from bridge.core.permissions import Role
from bridge.errors import InvalidInput, StaleSave
from bridge.people import service as people
from bridge.people.imports import drafts
from bridge.people.imports.apply import Outcome
from bridge.people.imports.columns import TABLES, Table, TableKey
from bridge.people.imports.filled import filled_rows, school_names
from bridge.people.imports.plan import CREATE, State
from bridge.people.imports.rows import Row, Upload
from bridge.people.imports.service import import_rows, plan_import, read_file
from bridge.people.imports.store import nobody_in_moodle, take_snapshot
from bridge.people.imports.work import forget_imports
from bridge.people.imports.workbooks import template, to_csv, to_xlsx
from bridge.people.models import ImportDraft, Municipality, Person, RoleGrant, School, SchoolSpelling
from bridge.people.service import NewMunicipality

NOW = datetime(2028, 2, 16, 11, 5, tzinfo=UTC)
CLI = Source.COMMAND_LINE
SCHOOLS, PEOPLE, MENTORS = (TABLES[key] for key in (TableKey.SCHOOLS, TableKey.PEOPLE, TableKey.MENTORS))
SARPA = {"name": "МБОУ «Сарпинская СОШ»", "code": "03"}
OCHIROVA = {"last_name": "Очирова", "first_name": "Татьяна", "school": "Сарпинская СОШ", "email": "o@example.ru"}


@pytest.fixture
def place(database: Database) -> Database:
    """Two municipalities; the second has a school and a person, which nobody of the first may meet."""
    with database.writing() as session:
        for name in ("Кетченеровский район", "Яшкульский район"):
            new = NewMunicipality(name, "Отдел образования", "Europe/Moscow")
            people.create_municipality(session, new, now=NOW, source=CLI)
        there = of(session, "Яшкульский район")
        school = School(municipality_id=there.id, name="МБОУ «Яшкульская гимназия»", short_name="Яшкульская гимназия")
        session.add(school)
        session.flush()
        stranger = Person(municipality_id=there.id, last_name="Чужая", first_name="Анна", created_at=NOW)
        stranger.school_id, stranger.email, stranger.id_number = school.id, "stranger@example.ru", "Ч-1"
        session.add(stranger)
    return database


def of(session: Session, name: str = "Кетченеровский район") -> Municipality:
    return session.scalars(select(Municipality).where(Municipality.name == name)).one()


def upload(*rows: Mapping[str, str]) -> Upload:
    return Upload(tuple(Row(number, row) for number, row in enumerate(rows, start=2)))


def bring(database: Database, table: Table, *rows: Mapping[str, str], **options) -> Outcome:
    with database.writing() as session:
        return import_rows(
            session, of(session), table, upload(*rows), actor="uid", source=Source.WEB, now=NOW, **options
        )


def acts(session: Session) -> list[str]:
    skipped = {"municipality.created"}
    return [act for act in session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)) if act not in skipped]


def test_schools_then_people_are_written_with_their_audit_and_outbox_rows(place: Database) -> None:
    assert bring(place, SCHOOLS, SARPA) == Outcome(new=1, changed=0)
    assert bring(place, MENTORS, {**OCHIROVA, "position": "директор"}) == Outcome(new=1, changed=0)
    with place.reading() as session:
        person = session.scalars(select(Person).where(Person.last_name == "Очирова")).one()
        assert (person.school.short_name, person.position, person.email) == (
            "Сарпинская СОШ",
            "директор",
            "o@example.ru",
        )
        assert person.municipality_id == of(session).id
        assert [grant.role for grant in person.grants] == [Role.MENTOR.value]
        assert acts(session) == [
            "school.created",
            "people.imported",
            "person.created",
            "role.granted",
            "people.imported",
        ]
        told = session.scalars(select(OutboxEvent).where(OutboxEvent.type == "person.created")).one()
        assert told.subject == f"person:{person.uid}"
        assert told.payload == {"fields": ["email", "first_name", "last_name", "position", "roles", "school"]}
        assert audit.verify(session) is None


def test_no_name_or_address_stands_in_the_audit_log_or_the_outbox(place: Database) -> None:
    bring(place, SCHOOLS, SARPA)
    bring(place, PEOPLE, {**OCHIROVA, "phone": "89001112233"})
    with place.reading() as session:
        texts = [str(entry.facts) for entry in session.scalars(select(AuditEntry))]
        texts += [str(event.payload) for event in session.scalars(select(OutboxEvent))]
        for secret in ("Очирова", "Сарпинская", "o@example.ru", "89001112233"):
            assert not any(secret in text for text in texts)


def test_the_same_file_twice_changes_nothing_and_writes_no_row(place: Database) -> None:
    rows = [OCHIROVA, {"last_name": "Бадмаев", "first_name": "Очир"}]
    bring(place, SCHOOLS, SARPA)
    bring(place, PEOPLE, *rows)
    with place.reading() as session:
        before = session.scalar(select(func.count(AuditEntry.id))), session.scalar(select(func.count(OutboxEvent.id)))
    assert bring(place, PEOPLE, *rows) == Outcome(0, 0)
    assert bring(place, SCHOOLS, SARPA) == Outcome(0, 0)
    with place.reading() as session:
        after = session.scalar(select(func.count(AuditEntry.id))), session.scalar(select(func.count(OutboxEvent.id)))
        assert after == before


def test_good_rows_are_written_while_wrong_and_unsure_ones_wait(place: Database) -> None:
    bring(place, PEOPLE, {"last_name": "Бадмаев", "first_name": "Очир"})
    rows = [
        {"last_name": "Бадмаев", "first_name": "Очир", "phone": "89001112233"},
        {"last_name": "Очирова", "first_name": "Татьяна", "school": "Нет такой"},
        {"last_name": "Манджиева", "first_name": "Галина"},
    ]
    assert bring(place, PEOPLE, *rows) == Outcome(new=1, changed=0)
    with place.reading() as session:
        here = of(session).id
        names = session.scalars(select(Person.last_name).where(Person.municipality_id == here).order_by(Person.id))
        assert list(names) == ["Бадмаев", "Манджиева"]
    assert bring(place, PEOPLE, *rows, decisions={2: CREATE}) == Outcome(new=1, changed=0)


def test_another_municipalitys_records_are_never_met(place: Database) -> None:
    with place.reading() as session:
        school = session.scalars(select(School)).one()
        stranger = session.scalars(select(Person)).one()
        plan = plan_import(
            session,
            of(session).id,
            PEOPLE,
            upload(
                {"last_name": "Чужая", "first_name": "Анна", "email": "stranger@example.ru", "id_number": "Ч-1"},
                {"uid": stranger.uid, "phone": "89001112233"},
                {"last_name": "Своя", "first_name": "Анна", "school": school.name},
            ),
        )
    assert [each.state for each in plan.proposals] == [State.NEW, State.WRONG, State.WRONG]
    assert not any(each.candidates for each in plan.proposals)
    bring(place, PEOPLE, {"last_name": "Чужая", "first_name": "Анна", "id_number": "Ч-1"})
    with place.reading() as session:
        assert len(session.scalars(select(Person).where(Person.id_number == "Ч-1")).all()) == 2


def test_what_was_confirmed_is_what_is_done_or_nothing(place: Database) -> None:
    row = {"last_name": "Бадмаев", "first_name": "Очир", "phone": "89001112233"}
    with place.reading() as session:
        seen = plan_import(session, of(session).id, PEOPLE, upload(row)).digest
    bring(place, PEOPLE, {"last_name": "Бадмаев", "first_name": "Очир", "phone": "89990000000"})
    with pytest.raises(StaleSave):
        bring(place, PEOPLE, row, seen=seen)
    with place.reading() as session:
        phones = session.scalars(select(Person.phone).where(Person.last_name == "Бадмаев")).all()
        assert phones == ["89990000000"]


def test_a_renamed_school_keeps_its_people_and_is_found_by_its_new_spelling(place: Database) -> None:
    bring(place, SCHOOLS, SARPA)
    bring(place, PEOPLE, OCHIROVA)
    renamed = {"code": "03", "name": "МБОУ «Сарпинская гимназия»", "short_name": "Сарпинская гимназия"}
    assert bring(place, SCHOOLS, renamed) == Outcome(new=0, changed=1)
    with place.reading() as session:
        school = session.scalars(select(School).where(School.code == "03")).one()
        spellings = session.scalars(select(SchoolSpelling.spelling).where(SchoolSpelling.school_id == school.id))
        assert set(spellings) == {SARPA["name"], renamed["name"]}
        assert session.scalars(select(Person).where(Person.last_name == "Очирова")).one().school_id == school.id
    with place.writing() as session:
        assert people.propose_school(session, of(session).id, "МБОУ «Сарпинская гимназия»").code == "03"


def test_a_role_is_given_once_and_never_taken_away(place: Database) -> None:
    bring(place, PEOPLE, {"last_name": "Бадмаев", "first_name": "Очир", "email": "b@example.ru", "roles": "наставник"})
    bring(place, PEOPLE, {"email": "b@example.ru", "roles": "эксперт"})
    bring(place, PEOPLE, {"email": "b@example.ru", "roles": ""})
    with place.reading() as session:
        assert list(session.scalars(select(RoleGrant.role).order_by(RoleGrant.id))) == ["mentor", "expert"]


# ---------------------------------------------------------------- files


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_filled_template_comes_back_unchanged(place: Database, kind: str, language: str) -> None:
    odd = {"last_name": "=1+1", "first_name": "'кавычка", "phone": "+79001112233", "id_number": "007", "position": "@a"}
    bring(place, SCHOOLS, SARPA, {"name": "МКОУ «1-я школа»", "code": "1"})
    bring(place, PEOPLE, {**OCHIROVA, "middle_name": "Сергеевна", "roles": "эксперт; наставник"}, odd)
    with place.reading() as session:
        here = of(session).id
        known = take_snapshot(session, here, nobody_in_moodle)
        for table in TABLES.values():
            rows = filled_rows(table, known, language)
            sheet = template(table, language, rows=rows, schools=school_names(known))
            data = to_csv(sheet) if kind == "csv" else to_xlsx(sheet, str)
            read = read_file(table, data, filename=f"file.{kind}")
            plan = plan_import(session, here, table, read)
            assert [each.state for each in plan.proposals] == [State.UNCHANGED] * len(rows)
            assert read.ignored == ()


def test_an_empty_template_holds_an_example_that_is_not_imported(place: Database) -> None:
    for table in TABLES.values():
        with pytest.raises(InvalidInput, match="no rows"):
            read_file(table, to_xlsx(template(table, "ru"), str), filename="x.xlsx")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04garbage", b"\xd0\xcf\x11\xe0" + bytes(600), b"\x00\xff\xfe\x01" * 9])
def test_a_file_of_another_kind_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_file(PEOPLE, data, filename="photo.jpg")
    assert caught.value.message.endswith(".")
    assert caught.value.status == 422


# ---------------------------------------------------------------- drafts


class House:
    """What the job is given."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database, self.now = database, now

    def clock(self) -> datetime:
        return self.now


def test_an_upload_is_kept_for_an_hour_as_rows_and_then_forgotten(place: Database) -> None:
    with place.writing() as session:
        kept = upload(OCHIROVA)
        draft = drafts.keep_draft(
            session, of(session).id, PEOPLE, kept, filename="люди.xlsx" * 40, person_id=None, now=NOW
        )
        uid = draft.uid
    hour = timedelta(hours=1)
    with place.reading() as session:
        found = drafts.find_draft(session, uid, now=NOW + hour - timedelta(seconds=1))
        assert found is not None
        assert drafts.upload_of(found) == kept
        assert drafts.find_draft(session, uid, now=NOW + hour) is None
    forget_imports(House(place, NOW + hour - timedelta(seconds=1)))
    with place.reading() as session:
        assert session.scalar(select(func.count(ImportDraft.id))) == 1
    forget_imports(House(place, NOW + hour))
    with place.reading() as session:
        assert session.scalar(select(func.count(ImportDraft.id))) == 0
