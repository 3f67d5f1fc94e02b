"""A season as a file: what it is, what the LMS's things mean in it, and its formula. Errors name the line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import yaml
from marshmallow import RAISE, Schema, ValidationError, fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from bridge.core.audit import Source
from bridge.core.yaml_lines import Document, Path, read
from bridge.errors import InvalidInput
from bridge.lms.models import LmsCourse, LmsSite
from bridge.people.models import Municipality
from bridge.programme import preset, service
from bridge.programme.models import STAGE_COUNT, MappedRole, Season
from bridge.programme.preset import StagePlan
from bridge.programme.roster import link_people
from bridge.programme.service import SeasonMap, SeasonPlan
from bridge.rating.service import formula_of, preset_formula, set_formula
from lms_sync.plan import Presence
from scoring.errors import FormulaError
from scoring.rating import Formula, parse_formula

__all__ = ["SeasonFile", "export_season", "import_season", "parse_season"]

FORMAT_VERSION = 1


class _StageSchema(Schema):
    class Meta:
        unknown = RAISE

    name = fields.String(load_default="")
    opens = fields.Date(load_default=None, allow_none=True)
    closes = fields.Date(load_default=None, allow_none=True)


_stage_number = fields.Integer(validate=validate.Range(1, STAGE_COUNT))


class _MoodleSchema(Schema):
    class Meta:
        unknown = RAISE

    courses = fields.Dict(keys=fields.Raw(), values=_stage_number, load_default=dict)
    roles = fields.Dict(keys=fields.String(), values=fields.Enum(MappedRole, by_value=True), load_default=None)
    items = fields.Dict(keys=fields.String(), values=fields.Integer(strict=True), load_default=dict)


class _SeasonSchema(Schema):
    class Meta:
        unknown = RAISE

    version = fields.Integer(required=True, strict=True, validate=validate.Equal(FORMAT_VERSION))
    name = fields.String(required=True, validate=validate.Length(1, 60))
    starts = fields.Date(required=True)
    ends = fields.Date(required=True)
    places = fields.Integer(strict=True, load_default=preset.PLACES, validate=validate.Range(min=1))
    stage = fields.Integer(strict=True, load_default=1, validate=validate.Range(1, STAGE_COUNT))
    practice = fields.Boolean(load_default=False)
    stages = fields.Dict(keys=_stage_number, values=fields.Nested(_StageSchema), load_default=dict)
    moodle = fields.Nested(_MoodleSchema, load_default=dict)
    formula = fields.Dict(load_default=None, allow_none=True)


@dataclass(frozen=True, slots=True)
class SeasonFile:
    """What a file says, checked as far as it can be without the store."""

    plan: SeasonPlan
    courses: Mapping[str, int]
    """Idnumber, short name or id of a course -> stage."""
    roles: Mapping[str, MappedRole]
    items: Mapping[str, int]
    formula: Formula
    document: Document


def parse_season(text: str) -> SeasonFile:
    """Read a season's file.

    Raises
    ------
    InvalidInput
        Naming the line of every mistake.
    """
    document = read(text)
    try:
        said = cast("dict[str, object]", _SeasonSchema().load(document.data))
    except ValidationError as err:
        raise _refusal(document, list(_schema_problems(err.messages, ()))) from err
    moodle = cast("Mapping[str, Mapping[object, object]]", said["moodle"])
    courses = {str(name): int(cast("int", stage)) for name, stage in moodle.get("courses", {}).items()}
    return SeasonFile(
        plan=_plan(said),
        courses=courses,
        roles=cast("Mapping[str, MappedRole]", moodle.get("roles") or preset.ROLES),
        items=cast("Mapping[str, int]", moodle.get("items", {})),
        formula=_formula(document),
        document=document,
    )


def _plan(said: Mapping[str, object]) -> SeasonPlan:
    stages = cast("Mapping[int, Mapping[str, object]]", said["stages"])
    return SeasonPlan(
        name=said["name"],  # type: ignore[arg-type]  # the schema has checked every type
        starts_on=said["starts"],  # type: ignore[arg-type]
        ends_on=said["ends"],  # type: ignore[arg-type]
        places=said["places"],  # type: ignore[arg-type]
        stage_number=said["stage"],  # type: ignore[arg-type]
        is_practice=said["practice"],  # type: ignore[arg-type]
        stages=[_stage_plan(number, stages.get(number, {})) for number in range(1, STAGE_COUNT + 1)],
    )


def _stage_plan(number: int, said: Mapping[str, object]) -> StagePlan:
    return StagePlan(number, said.get("name", ""), said.get("opens"), said.get("closes"))  # type: ignore[arg-type]


def _formula(document: Document) -> Formula:
    body = document.data.get("formula")
    if body is None:
        return preset_formula()
    try:
        return parse_formula(cast("Mapping[str, object]", body))
    except FormulaError as err:
        problems = [(_formula_path(document, problem.field), str(problem)) for problem in err.problems]
        raise _refusal(document, problems) from err


def _formula_path(document: Document, field: str) -> Path:
    """``terms[essay].weight`` as the path of the document: ("formula", "terms", 0, "weight")."""
    path: list[str | int] = ["formula"]
    for step in field.replace("]", "").split("."):
        name, _, inner = step.partition("[")
        path.append(name)
        if inner:
            path.append(_position(document, name, inner))
    return tuple(path)


def _position(document: Document, name: str, inner: str) -> int:
    if inner.isdigit():
        return int(inner)
    rows = cast("Mapping[str, object]", document.data["formula"]).get(name)
    ids = [row.get("id") if isinstance(row, dict) else None for row in rows] if isinstance(rows, list) else []
    return ids.index(inner) if inner in ids else 0


def _schema_problems(messages: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Marshmallow's nested messages as paths; those about a mapping's key or value belong to the key."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            # Keys are text in a document's paths, also those that YAML reads as numbers.
            step: Path = () if key in {"key", "value", "_schema"} else (str(key),)
            yield from _schema_problems(inner, path + step)
    elif isinstance(messages, Sequence) and not isinstance(messages, str):
        for message in messages:
            yield path, f"{'.'.join(map(str, path))}: {message}"


def _refusal(document: Document, problems: Sequence[tuple[Path, str]]) -> InvalidInput:
    told = sorted((document.line(path), text) for path, text in problems)
    sentences = "; ".join(f"{line}: {text}" for line, text in told)
    return InvalidInput("Wrong lines in the season's file. %(problems)s", code="season_file", problems=sentences)


def import_season(
    session: Session,
    municipality: Municipality,
    told: SeasonFile,
    *,
    site: LmsSite | None,
    now: datetime,
    source: Source,
    actor: str = "",
) -> Season:
    """Found or change the season of the file's name; a repeated import changes nothing.

    Raises
    ------
    InvalidInput
        When a course is not known, or a field cannot stand.
    """
    season = service.season_named(session, municipality, told.plan.name)
    courses = _course_ids(session, told, site)
    if season is None:
        season = service.create_season(session, municipality, told.plan, site=site, now=now, source=source, actor=actor)
    else:
        season.site_id = site.id if site is not None else season.site_id
        service.save_season(session, season, told.plan, now=now, source=source, actor=actor)
    service.set_map(session, season, SeasonMap(courses=courses, roles=told.roles, activities=told.items))
    set_formula(session, season, told.formula, now=now, source=source, actor=actor)
    if site is not None:
        link_people(session, site, now)
    return season


def _course_ids(session: Session, told: SeasonFile, site: LmsSite | None) -> dict[int, int]:
    if site is None:
        if told.courses:
            raise _refusal(told.document, [(("moodle", "courses"), "connect Moodle and sync it before naming courses")])
        return {}
    present = select(LmsCourse).where(LmsCourse.site_id == site.id, LmsCourse.presence == Presence.PRESENT.value)
    by_name: dict[str, int] = {}
    for course in session.scalars(present):
        for name in (str(course.moodle_course_id), course.short_name, course.idnumber):
            by_name.setdefault(name, course.moodle_course_id)
    unknown = [
        (("moodle", "courses", name), f"Moodle has no course “{name}” in the connected categories")
        for name in told.courses
        if name not in by_name
    ]
    if unknown:
        raise _refusal(told.document, unknown)
    return {by_name[name]: stage for name, stage in told.courses.items()}


def export_season(session: Session, season: Season) -> str:
    """The season as a file that ``import_season`` reads back to the same."""
    known = service.map_of(season)
    names = _course_names(session, season)
    formula, _ = formula_of(session, season)
    body = {
        "version": FORMAT_VERSION,
        "name": season.name,
        "starts": season.starts_on,
        "ends": season.ends_on,
        "places": season.places,
        "stage": season.stage_number,
        "practice": season.is_practice,
        "stages": {
            stage.number: {"name": stage.name, "opens": stage.opens_on, "closes": stage.closes_on}
            for stage in season.stages
        },
        "moodle": {
            "courses": {names.get(course, str(course)): stage for course, stage in sorted(known.courses.items())},
            "roles": {name: role.value for name, role in sorted(known.roles.items())},
            "items": dict(sorted(known.activities.items())),
        },
        "formula": _with_plain_numbers(formula.to_mapping()),
    }
    return yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=120)


def _course_names(session: Session, season: Season) -> Mapping[int, str]:
    query = select(LmsCourse).where(LmsCourse.site_id == season.site_id)
    return {row.moodle_course_id: row.idnumber or row.short_name for row in session.scalars(query)}


def _with_plain_numbers(body: Mapping[str, object]) -> dict[str, object]:
    """The canonical form without what is empty, so that a person can read it."""
    return {name: value for name, value in body.items() if value not in ([], None)}
