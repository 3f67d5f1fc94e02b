from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from bridge.core.audit import AuditEntry, Source
from bridge.core.db import Database
from bridge.errors import InvalidInput
from bridge.people.models import Municipality
from bridge.people.service import NewMunicipality, create_municipality
from bridge.programme.models import MappedRole, Season
from bridge.programme.service import map_of
from bridge.rating.models import FormulaVersion
from bridge.rating.season_file import SeasonFile, export_season, import_season, parse_season
from bridge.rating.service import formula_of, preset_formula

NOW = datetime(2028, 2, 16, 11, 5, tzinfo=UTC)

FILE = """\
version: 1
name: 2028–2030
starts: 2028-09-01
ends: 2030-06-30
places: 30
stage: 2
stages:
  1: {name: Отбор, opens: 2028-09-01, closes: 2029-01-15}
  3: {name: Личные проекты}
moodle:
  courses:
    accel-entry: 1
    group: 2
  roles:
    student: participant
    expert: none
  items:
    essay: 501
formula:
  version: 1
  missing: by_submission
  ties: [essay, shared]
  terms:
    - {id: essay, weight: 40}
    - {id: project, weight: 60}
"""


def wrong(old: str, new: str) -> str:
    assert FILE.count(old) == 1
    return FILE.replace(old, new)


def bring(place, text: str = FILE) -> Season:
    found = import_season(
        place.session, place.municipality, parse_season(text), site=place.site, now=NOW, source=Source.COMMAND_LINE
    )
    place.session.flush()
    return found


# ---------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        (wrong("places: 30", "place: 30"), 5, "place"),
        (wrong("places: 30", "places: 0"), 5, "places"),
        (wrong("places: 30", "places: many"), 5, "places"),
        (wrong("places: 30", "places: 2.5"), 5, "places"),
        (wrong("starts: 2028-09-01\n", "starts: 01.09.2028\n"), 3, "starts"),
        (wrong("ends: 2030-06-30", "ends: 2030-06-31"), 4, ""),
        (wrong("stage: 2\n", "stage: 5\n"), 6, "stage"),
        (wrong("version: 1\nname", "version: 2\nname"), 1, "version"),
        (wrong("3: {name: Личные проекты}", "5: {name: Личные проекты}"), 9, "stages"),
        (wrong("closes: 2029-01-15", "closed: 2029-01-15"), 8, "closed"),
        (wrong("    group: 2", "    group: 7"), 13, "group"),
        (wrong("expert: none", "expert: queen"), 16, "expert"),
        (wrong("essay: 501", "essay: the first"), 18, "essay"),
        (wrong("{id: project, weight: 60}", "{id: project, weight: lots}"), 25, "weight"),
        (wrong("{id: project, weight: 60}", "{id: essay, weight: 60}"), 24, "essay"),
        (wrong("ties: [essay, shared]", "ties: [nothing, shared]"), 22, "nothing"),
        (wrong("missing: by_submission", "missing: by_mood"), 21, "by_mood"),
        (wrong("places: 30", "name: Другой"), 5, "name"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_its_word(text: str, line: int, word: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_season(text)
    told = str(caught.value)
    assert f"{line}: " in told
    assert word in told


def test_a_file_without_a_name_is_refused() -> None:
    with pytest.raises(InvalidInput, match="name"):
        parse_season(wrong("name: 2028–2030\n", ""))


def test_every_mistake_of_the_schema_is_told_at_once() -> None:
    text = wrong("places: 30", "places: 0").replace("stage: 2", "stage: 9").replace("none", "queen")
    with pytest.raises(InvalidInput) as caught:
        parse_season(text)
    told = str(caught.value)
    assert [told.index(place) for place in ("5: places", "6: stage", "16: moodle")] == sorted(
        told.index(place) for place in ("5: places", "6: stage", "16: moodle")
    )


def test_an_unknown_course_is_told_with_its_line_and_nothing_is_written(place) -> None:
    with pytest.raises(InvalidInput, match=r"13: .*“grupp”"):
        bring(place, wrong("    group: 2", "    grupp: 2"))
    assert place.seasons() == [place.season]


def test_courses_cannot_be_named_before_moodle_is_connected(place) -> None:
    with pytest.raises(InvalidInput, match=r"11: |12: "):
        import_season(
            place.session, place.municipality, parse_season(FILE), site=None, now=NOW, source=Source.COMMAND_LINE
        )


def _import_alone(database: Database, told: SeasonFile) -> None:
    with database.writing() as session:
        municipality = session.scalars(select(Municipality)).one()
        import_season(session, municipality, told, site=None, now=NOW, source=Source.COMMAND_LINE)


def test_nothing_is_half_written_when_a_field_cannot_stand(database: Database) -> None:
    """Found by the service, after the file itself was read without complaint."""
    with database.writing() as session:
        new = NewMunicipality("Район", "Отдел", "Europe/Moscow")
        create_municipality(session, new, now=NOW, source=Source.SYSTEM)
    text = wrong("ends: 2030-06-30", "ends: 2028-08-30").replace("    accel-entry: 1\n    group: 2", "    {}")
    told = parse_season(text)
    with pytest.raises(InvalidInput) as caught:
        _import_alone(database, told)
    assert set(caught.value.fields) == {"ends_on"}
    with database.reading() as session:
        for table in (Season, FormulaVersion):
            assert session.scalar(select(func.count()).select_from(table)) == 0


# ---------------------------------------------------------------- what an import does


def test_a_file_becomes_the_season_it_describes(place) -> None:
    season = bring(place)
    assert (season.name, season.starts_on, season.ends_on) == ("2028–2030", date(2028, 9, 1), date(2030, 6, 30))
    assert (season.places, season.stage_number, season.is_practice) == (30, 2, False)
    assert [(stage.number, stage.name, stage.closes_on) for stage in season.stages] == [
        (1, "Отбор", date(2029, 1, 15)),
        (2, "", None),
        (3, "Личные проекты", None),
        (4, "", None),
    ]
    known = map_of(season)
    assert known.courses == {11: 1, 12: 2}
    assert known.roles == {"student": MappedRole.PARTICIPANT, "expert": MappedRole.NONE}
    assert known.activities == {"essay": 501}
    formula, number = formula_of(place.session, season)
    assert number == 1
    assert [(term.id, term.weight) for term in formula.terms] == [("essay", 40), ("project", 60)]


def test_importing_twice_changes_nothing(place) -> None:
    first = bring(place)
    before = (export_season(place.session, first), first.version, formula_of(place.session, first)[1])
    rows_before = sorted(row.id for row in (*first.courses, *first.roles, *first.activities, *first.stages))
    second = bring(place)
    assert second is first
    assert (export_season(place.session, second), second.version, formula_of(place.session, second)[1]) == before
    rows_after = sorted(row.id for row in (*second.courses, *second.roles, *second.activities, *second.stages))
    assert rows_after == rows_before
    assert len(place.seasons()) == 2


def test_importing_twice_says_so_once_in_the_audit_log(place) -> None:
    season = bring(place)
    bring(place)
    acts = place.session.scalars(select(AuditEntry.act).where(AuditEntry.chain == season.uid)).all()
    assert sorted(acts) == ["formula.set", "season.created"]


def test_another_formula_is_the_next_version(place) -> None:
    bring(place)
    season = bring(place, wrong("{id: project, weight: 60}", "{id: project, weight: 50}"))
    assert formula_of(place.session, season)[1] == 2


def test_what_a_file_exports_it_imports_to_the_same(place) -> None:
    season = bring(place)
    exported = export_season(place.session, season)
    place.session.delete(season)
    place.session.flush()
    again = bring(place, exported)
    assert export_season(place.session, again) == exported
    assert map_of(again).courses == {11: 1, 12: 2}


def test_a_season_of_the_preset_comes_back_with_the_preset(place) -> None:
    exported = export_season(place.session, place.season)
    told = parse_season(exported)
    assert told.formula.hash == preset_formula().hash
    assert bring(place, exported) is place.season


def test_the_smallest_file_takes_the_rest_from_the_preset() -> None:
    told = parse_season("version: 1\nname: Набор\nstarts: 2028-09-01\nends: 2030-06-30\n")
    assert told.plan.places == 24
    assert [stage.number for stage in told.plan.stages] == [1, 2, 3, 4]
    assert told.roles["student"] is MappedRole.PARTICIPANT
    assert told.formula.hash == preset_formula().hash
