from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bridge.core.audit import AuditEntry, Source
from bridge.core.db import Database
from bridge.core.outbox import OutboxEvent
from bridge.errors import InvalidInput
from bridge.people.models import Municipality
from bridge.people.service import NewMunicipality, create_municipality
from bridge.programme import service
from bridge.programme.models import MappedRole, Season
from bridge.programme.preset import ROLES, StagePlan, guess_stage
from bridge.programme.service import SeasonMap, SeasonPlan

NOW = datetime(2028, 2, 16, 11, 5, tzinfo=UTC)
PLAN = SeasonPlan("2026–2028", date(2026, 9, 1), date(2028, 6, 30))
STAGES = [StagePlan(number, "") for number in range(1, 5)]
BACKWARDS = StagePlan(2, "", date(2027, 2, 1), date(2027, 1, 31))


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.writing() as session:
        yield session


@pytest.fixture
def municipality(session: Session) -> Municipality:
    new = NewMunicipality("Кетченеровский район", "Отдел образования", "Europe/Moscow")
    return create_municipality(session, new, now=NOW, source=Source.SYSTEM)


def create(session: Session, municipality: Municipality, plan: SeasonPlan = PLAN) -> Season:
    return service.create_season(session, municipality, plan, site=None, now=NOW, source=Source.WEB, actor="uid")


WRONG = [
    ({"name": "  "}, {"name"}),
    ({"ends_on": PLAN.starts_on}, {"ends_on"}),
    ({"places": 0}, {"places"}),
    ({"stage_number": 5}, {"stage_number"}),
    ({"stage_number": 0}, {"stage_number"}),
    ({"stages": STAGES[:3]}, {"stages"}),
    ({"stages": [*STAGES, STAGES[0]]}, {"stages"}),
    ({"stages": [STAGES[0], BACKWARDS, *STAGES[2:]]}, {"stages"}),
    ({"name": "", "places": -1, "ends_on": date(2020, 1, 1)}, {"name", "places", "ends_on"}),
]


@pytest.mark.parametrize(("changes", "fields"), WRONG)
def test_every_field_of_a_plan_that_cannot_stand_is_named(
    session: Session, municipality: Municipality, changes: dict[str, object], fields: set[str]
) -> None:
    with pytest.raises(InvalidInput) as caught:
        create(session, municipality, replace(PLAN, **changes))
    assert set(caught.value.fields) == fields
    assert session.scalars(select(Season)).all() == []


@pytest.mark.parametrize(("changes", "fields"), WRONG)
def test_a_season_is_not_changed_to_what_cannot_stand(
    session: Session, municipality: Municipality, changes: dict[str, object], fields: set[str]
) -> None:
    season = create(session, municipality)
    with pytest.raises(InvalidInput) as caught:
        service.save_season(session, season, replace(PLAN, **changes), now=NOW, source=Source.WEB)
    assert set(caught.value.fields) == fields
    assert not session.is_modified(season)


def test_two_seasons_of_one_municipality_cannot_share_a_name(session: Session, municipality: Municipality) -> None:
    create(session, municipality)
    with pytest.raises(InvalidInput, match="not created") as caught:
        create(session, municipality, replace(PLAN, name=" 2026–2028 "))
    assert set(caught.value.fields) == {"name"}


def test_a_new_season_has_four_stages_the_presets_roles_an_audit_entry_and_an_event(
    session: Session, municipality: Municipality
) -> None:
    season = create(session, municipality)
    assert [stage.number for stage in season.stages] == [1, 2, 3, 4]
    assert service.map_of(season) == SeasonMap(roles=dict(ROLES))
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.chain == season.uid))
    assert (entry.act, entry.actor, entry.source) == ("season.created", "uid", "web")
    events = session.scalars(select(OutboxEvent.subject).where(OutboxEvent.type == "season.created")).all()
    assert events == [f"season:{season.uid}"]


def test_a_map_that_is_set_again_keeps_the_rows_that_stay(session: Session, municipality: Municipality) -> None:
    season = create(session, municipality)
    roles = {"student": MappedRole.PARTICIPANT}
    service.set_map(session, season, SeasonMap(courses={11: 1, 12: 2}, roles=roles, activities={"essay": 5}))
    kept = {row.moodle_course_id: row.id for row in season.courses}
    wanted = SeasonMap(courses={12: 3, 13: 4}, roles=roles, activities={})
    service.set_map(session, season, wanted)
    session.expire_all()
    assert service.map_of(season) == wanted
    assert next(row.id for row in season.courses if row.moodle_course_id == 12) == kept[12]


@pytest.mark.parametrize("stage", [0, 5, -1])
def test_a_course_cannot_have_a_stage_that_does_not_exist(
    session: Session, municipality: Municipality, stage: int
) -> None:
    season = create(session, municipality)
    with pytest.raises(InvalidInput):
        service.set_map(session, season, SeasonMap(courses={11: stage}))
    assert service.map_of(season).courses == {}


def test_seasons_are_listed_real_ones_first_and_the_latest_first(session: Session, municipality: Municipality) -> None:
    for name, year, practice in (("a", 2024, False), ("b", 2027, True), ("c", 2026, False)):
        plan = SeasonPlan(name, date(year, 9, 1), date(year + 2, 6, 30), is_practice=practice)
        create(session, municipality, plan)
    assert [season.name for season in service.seasons_of(session, municipality.id)] == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("names", "stage"),
    [
        (("", "", "Этап 2. Групповые проекты"), 2),
        (("accel-entry", "E", "Курс"), 1),
        (("", "", "Отбор"), 1),
        (("", "", "Индивидуальный проект"), 3),
        (("", "", "Внедрение"), 4),
        (("", "", "Stage 9"), None),
        (("", "", "Групповой отбор"), None),
        (("", "", "Химия"), None),
    ],
)
def test_a_courses_stage_is_guessed_only_where_one_is_named(names: tuple[str, ...], stage: int | None) -> None:
    assert guess_stage(names) == stage
