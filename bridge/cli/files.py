"""Commands about files of a Moodle that cannot be asked: a gradebook export, a course backup."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bridge.cli.base import Exit, municipality_of, opened, reports_errors, say
from bridge.core.audit import Source
from bridge.core.i18n import N_
from bridge.lms.files import service
from bridge.lms.files.preview import Preview
from bridge.lms.files.staged import Staged
from bridge.lms.files.wording import assumed, left_out
from bridge.lms.words import kind_words

__all__ = ["import_backup", "import_grades"]

PATH = click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
DRY_RUN = click.option("--dry-run", is_flag=True, help="Only say what would change.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
MUNICIPALITY = click.option("--municipality", default="", help="Needed where there are several.")


@click.command("import-grades")
@PATH
@click.option("--course", required=True, help="The course's short or full name: an export does not tell.")
@DRY_RUN
@AS_JSON
@MUNICIPALITY
@reports_errors
def import_grades(*, path: Path, course: str, dry_run: bool, as_json: bool, municipality: str) -> None:
    """Take in the gradebook export PATH (XLSX, ODS, text or XML) of a Moodle that cannot be asked."""
    with path.open("rb") as file:
        staged = service.read_gradebook_file(file, filename=path.name, course_name=course)
    _take_in(staged, dry_run=dry_run, as_json=as_json, municipality=municipality)


@click.command("import-backup")
@PATH
@DRY_RUN
@AS_JSON
@MUNICIPALITY
@reports_errors
def import_backup(*, path: Path, dry_run: bool, as_json: bool, municipality: str) -> None:
    """Take in the course backup PATH (.mbz) of a Moodle that cannot be asked."""
    with path.open("rb") as file:
        staged = service.read_backup_file(file)
    _take_in(staged, dry_run=dry_run, as_json=as_json, municipality=municipality)


def _take_in(staged: Staged, *, dry_run: bool, as_json: bool, municipality: str) -> None:
    with opened() as installation, installation.database.writing() as session:
        place = municipality_of(session, municipality)
        service.check_taken_in(session, place.id, staged)
        drawn = service.preview_of(session, place.id, staged)
        if not dry_run:
            service.import_file(
                session,
                place,
                staged,
                after=installation.puller.after,
                now=installation.clock(),
                source=Source.COMMAND_LINE,
                seen=drawn.digest,
            )
    click.echo(_as_json(drawn, is_written=not dry_run) if as_json else _as_text(drawn, is_written=not dry_run))
    if drawn.gaps:
        raise SystemExit(Exit.PARTLY)


def _as_json(drawn: Preview, *, is_written: bool) -> str:
    body = {
        "course": drawn.course,
        "data_at": drawn.data_at.isoformat() if drawn.data_at else None,
        "written": is_written,
        "is_older": drawn.is_stale,
        "kinds": {
            one.kind.value: {"new": one.new, "changed": one.changed, "gone": one.gone, "same": one.same}
            for one in drawn.counts
        },
        "marks_changed": len(drawn.changes),
        "people_known": drawn.known_people,
        "people_new": len(drawn.new_people),
        "people_absent": drawn.absent_people,
        "left_out": [{"row": one.row, "column": one.column, "text": one.words} for one in left_out(drawn, say)],
        "assumed": list(assumed(drawn, say)),
        "ignored_columns": list(drawn.ignored),
    }
    return json.dumps(body, ensure_ascii=False, indent=1)


def _as_text(drawn: Preview, *, is_written: bool) -> str:
    lines = [drawn.course]
    for one in drawn.counts:
        facts = {"kind": say(kind_words(one.kind.value)), "new": one.new, "changed": one.changed}
        lines.append(
            say(
                N_("%(kind)s: %(new)d new, %(changed)d changed, %(gone)d gone, %(same)d as they are"),
                **facts,
                gone=one.gone,
                same=one.same,
            )
        )
    lines += [
        say(N_("Row %(row)d, column %(column)s: %(text)s"), row=one.row, column=one.column or "-", text=one.words)
        for one in left_out(drawn, say)
    ]
    lines += assumed(drawn, say)
    lines.append(_outcome(drawn, is_written=is_written))
    return "\n".join(lines)


def _outcome(drawn: Preview, *, is_written: bool) -> str:
    if drawn.is_stale:
        return say(N_("What is known of this course is newer than the file."))
    if drawn.changes_nothing:
        return say(N_("Nothing changes: everything in this file is known already."))
    return say(N_("The file was taken in.")) if is_written else say(N_("Nothing was written."))
