"""Commands about spreadsheets of schools and people: write a template, import a file."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bridge.cli.base import Exit, catalogue_of, municipality_of, opened, reports_errors, say, terminal_language
from bridge.core.audit import Source
from bridge.core.i18n import DEFAULT_LANGUAGE, N_, Language
from bridge.errors import InvalidInput
from bridge.people.imports.columns import TABLES, Table, TableKey, heading
from bridge.people.imports.filled import filled_rows, school_names
from bridge.people.imports.plan import Plan, Proposal, State
from bridge.people.imports.rows import Finding
from bridge.people.imports.service import import_rows, plan_import, read_file
from bridge.people.imports.store import take_snapshot
from bridge.people.imports.wording import finding_text
from bridge.people.imports.workbooks import template as make_template
from bridge.people.imports.workbooks import to_csv, to_xlsx
from bridge.programme.directory import moodle_people

__all__ = ["import_file", "template"]

TABLE = click.argument("table", type=click.Choice([key.value for key in TABLES]))
MUNICIPALITY = click.option("--municipality", default="", help="Needed where there are several.")


@click.command("template")
@TABLE
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write.")
@click.option("--filled", is_flag=True, help="With what is here instead of an example row.")
@click.option("--language", type=click.Choice([str(each) for each in Language]), help="Of the headings; both are read.")
@MUNICIPALITY
@reports_errors
def template(*, table: str, output: Path, filled: bool, language: str | None, municipality: str) -> None:
    """Write a template of TABLE to fill in: XLSX, or CSV where the output ends in .csv."""
    kind, spoken = TABLES[TableKey(table)], language or _language(DEFAULT_LANGUAGE)
    with opened() as installation, installation.database.reading() as session:
        known = take_snapshot(session, municipality_of(session, municipality).id, moodle_people)
    rows = filled_rows(kind, known, spoken) if filled else []
    sheet = make_template(kind, spoken, rows=rows, schools=school_names(known))
    is_csv = output.suffix.lower() == ".csv"
    data = to_csv(sheet) if is_csv else to_xlsx(sheet, catalogue_of(spoken).gettext)
    try:
        output.write_bytes(data)
    except OSError as err:
        raise InvalidInput("The file %(name)s cannot be written.", name=str(output)) from err
    click.echo(say("The template is in %(name)s.", name=str(output)))


@click.command("import")
@TABLE
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--skip-errors", is_flag=True, help="Import the rows that are right and leave the others.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@MUNICIPALITY
@reports_errors
def import_file(*, table: str, path: Path, dry_run: bool, skip_errors: bool, as_json: bool, municipality: str) -> None:
    """Import TABLE from the XLSX, ODS or CSV file PATH."""
    kind = TABLES[TableKey(table)]
    upload = read_file(kind, path.read_bytes(), filename=path.name, language=_language(Language.EN))
    with opened() as installation, installation.database.writing() as session:
        place = municipality_of(session, municipality)
        plan = plan_import(session, place.id, kind, upload, moodle=moodle_people)
        waits = bool(plan.of(State.WRONG, State.UNSURE))
        is_written = not dry_run and (skip_errors or not waits)
        if is_written:
            import_rows(
                session,
                place,
                kind,
                upload,
                actor="",
                source=Source.COMMAND_LINE,
                now=installation.clock(),
                seen=plan.digest,
                moodle=moodle_people,
            )
    told = _as_json(kind, plan, is_written=is_written) if as_json else _as_text(kind, plan, is_written=is_written)
    click.echo(told)
    if waits:
        raise SystemExit(Exit.PARTLY if is_written else Exit.REFUSED)


def _language(otherwise: str) -> str:
    spoken = terminal_language()
    return spoken if spoken in {str(each) for each in Language} else otherwise


def _as_json(table: Table, plan: Plan, *, is_written: bool) -> str:
    body = {
        "table": table.key.value,
        "written": is_written,
        **{state.value: plan.count(state) for state in State},
        "ignored_columns": list(plan.ignored),
        "waiting": [
            {"row": each.number, "field": finding.field, "text": _sentence(finding)}
            for each in plan.of(State.WRONG, State.UNSURE)
            for finding in _findings(each)
        ],
    }
    return json.dumps(body, ensure_ascii=False, indent=1)


def _as_text(table: Table, plan: Plan, *, is_written: bool) -> str:
    counts = {state.value: plan.count(state) for state in State}
    lines = [
        say(
            "%(new)d new, %(changed)d to be changed, %(unchanged)d as they are, %(unsure)d to be decided, "
            "%(wrong)d to be corrected.",
            **counts,
        )
    ]
    if plan.ignored:
        lines.append(say("Columns that were not read: %(names)s.", names=", ".join(plan.ignored)))
    lines += [
        say("Row %(number)d: %(text)s", number=each.number, text=_line(table, finding))
        for each in plan.of(State.WRONG, State.UNSURE)
        for finding in _findings(each)
    ]
    lines.append(say("The rows that are right were imported.") if is_written else say("Nothing was written."))
    return "\n".join(lines)


def _findings(proposal: Proposal) -> tuple[Finding, ...]:
    """What keeps a row waiting: its findings, or that somebody must say who it is."""
    if proposal.state is State.WRONG:
        return proposal.findings
    facts = {"names": "; ".join(f"{each.label}, {each.uid}" for each in proposal.candidates)}
    return (Finding("uid", UNSURE, facts),)


UNSURE = N_(
    "Somebody is called so already: %(names)s. If it is the same person, put the code after the name into the column "
    "of the record's code; if not, say so on the page /people/import."
)


def _line(table: Table, finding: Finding) -> str:
    column = heading(table, finding.field, _language(Language.EN))
    return f"{column}: {_sentence(finding)}" if column else _sentence(finding)


def _sentence(finding: Finding) -> str:
    return finding_text(finding, language=_language(Language.EN), translate=say)
