"""Commands about seasons: as files, and their rating."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import click
from sqlalchemy.orm import Session

from bridge.cli.base import municipality_of, opened, reports_errors, say
from bridge.core.audit import Source
from bridge.errors import InvalidInput, NotFound
from bridge.lms.connection import sites_of
from bridge.programme import service as programme
from bridge.programme.models import Season
from bridge.rating import season_file
from bridge.rating.service import Line, SeasonRating, rate_season
from scoring.rating import Contribution, Treatment

__all__ = ["rate", "season"]

MUNICIPALITY = click.option("--municipality", default="", help="Needed where there are several.")
NAME = click.option("--season", "name", default="", help="Name of the season; the latest one when left out.")


@click.group()
def season() -> None:
    """Seasons, read from and written to YAML files."""


@season.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@MUNICIPALITY
@reports_errors
def season_import(*, path: Path, municipality: str) -> None:
    """Found or change the season that the file PATH describes; nothing is written when a line is wrong."""
    told = season_file.parse_season(_text(path))
    with opened() as installation, installation.database.writing() as session:
        place = municipality_of(session, municipality)
        site = next(iter(sites_of(session, place.id)), None)
        found = season_file.import_season(
            session, place, told, site=site, now=installation.clock(), source=Source.COMMAND_LINE
        )
        name = found.name
    click.echo(say("The season %(name)s is saved.", name=name))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as err:
        raise InvalidInput("The file is not UTF-8 text. Save it as UTF-8 and try again.") from err


@season.command("export")
@MUNICIPALITY
@NAME
@reports_errors
def season_export(*, municipality: str, name: str) -> None:
    """Print the season as a file that "season import" reads back."""
    with opened() as installation, installation.database.reading() as session:
        click.echo(season_file.export_season(session, _season(session, municipality, name)), nl=False)


@season.command("show")
@MUNICIPALITY
@reports_errors
def season_show(*, municipality: str) -> None:
    """List the municipality's seasons."""
    with opened() as installation, installation.database.reading() as session:
        for row in programme.seasons_of(session, municipality_of(session, municipality).id):
            courses = len(programme.map_of(row).courses)
            click.echo(
                say(
                    "%(name)s: %(starts)s – %(ends)s, stage %(stage)d, %(courses)d courses mapped, %(places)d places",
                    name=row.name,
                    starts=row.starts_on,
                    ends=row.ends_on,
                    stage=row.stage_number,
                    courses=courses,
                    places=row.places,
                )
            )


def _season(session: Session, municipality: str, name: str) -> Season:
    place = municipality_of(session, municipality)
    seasons = programme.seasons_of(session, place.id)
    found = next((row for row in seasons if name in {"", row.name, row.uid}), None)
    if found is None:
        raise NotFound("There is no such season. Run: accelerator season show")
    return found


@click.command()
@click.option("--json", "form", flag_value="json", help="Print JSON.")
@click.option("--csv", "form", flag_value="csv", help="Print CSV for a spreadsheet.")
@MUNICIPALITY
@NAME
@reports_errors
def rate(*, form: str | None, municipality: str, name: str) -> None:
    """Print the season's rating as the data are now."""
    with opened() as installation, installation.database.reading() as session:
        rated = rate_season(session, _season(session, municipality, name), now=installation.clock())
        write = {"json": _as_json, "csv": _as_csv}.get(form or "", _as_text)
        click.echo(write(rated), nl=False)


def _name(line: Line) -> str:
    return f"{line.member.last_name} {line.member.first_name}"


def _as_json(rated: SeasonRating) -> str:
    body = {
        "season": rated.season.name,
        "formula_hash": rated.rating.formula_hash,
        "inputs_hash": rated.rating.inputs_hash,
        "people": [
            {
                "id": line.member.uid,
                "moodle_user_id": line.member.moodle_user_id,
                "name": _name(line),
                "total": str(line.rating.total),
                "rank": line.rating.rank,
                "pending": list(line.rating.pending),
                "terms": [_term(part) for part in line.rating.contributions],
            }
            for line in rated.lines
        ],
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def _term(part: Contribution) -> dict[str, object]:
    is_pending = part.treatment is Treatment.PENDING
    return {
        "id": part.id,
        "raw": None if part.raw is None else str(part.raw),
        "points": None if is_pending else str(part.points),
    }


FORMULA_STARTERS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(FORMULA_STARTERS) else text


def _as_csv(rated: SeasonRating) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    terms = [found.term.id for found in rated.items]
    writer.writerow(["place", "name", "school", "group", *terms, "total", "pending"])
    for line in rated.lines:
        points = [_term(part)["points"] for part in line.rating.contributions]
        member, rating = line.member, line.rating
        texts = [safe_cell(text) for text in (_name(line), member.school, member.group)]
        writer.writerow([rating.rank, *texts, *points, rating.total, " ".join(rating.pending)])
    return out.getvalue()


def _as_text(rated: SeasonRating) -> str:
    lines = []
    for line in rated.lines:
        place = "-" if line.rating.rank is None else str(line.rating.rank)
        awaited = f"  ({', '.join(line.rating.pending)})" if line.rating.pending else ""
        lines.append(f"{place:>4}  {line.rating.total:>6}  {_name(line)}, {line.member.school}{awaited}")
    return "\n".join(lines) + "\n"
