"""Commands about the LMS: connect it, sync it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bridge.cli.base import Exit, course_of, municipality_of, opened, reports_errors, say, site_of
from bridge.core.audit import Source
from bridge.errors import NotFound
from bridge.installation import Installation
from bridge.lms import connection as lms
from bridge.lms.models import RunMode, RunState
from bridge.lms.sentences import places, sentence
from bridge.lms.sync import RunReport
from lms_sync.reader import Problem

__all__ = ["connect", "sync"]


@click.command()
@click.argument("url")
@click.option("--token-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="File with the token.")
@click.option("--token", envvar="ACCEL_MOODLE_TOKEN", help="Better not: it stays in the shell's history.")
@click.option("--category", default="", help="Course category of the programme: id, idnumber or name.")
@click.option("--municipality", default="", help="Needed where there are several.")
@reports_errors
def connect(*, url: str, token_file: Path | None, token: str | None, category: str, municipality: str) -> None:
    """Connect the Moodle at URL. The token is asked for, or read from a file or ACCEL_MOODLE_TOKEN."""
    with opened() as installation:
        with installation.database.reading() as session:
            municipality_of(session, municipality)
        probed = lms.probe(url, _token(token_file, token), installation.make_client)
        chosen = lms.guess_category(probed.categories, category)
        if category and chosen is None:
            known = _known(probed)
            raise NotFound("Moodle has no course category “%(category)s”. %(known)s", category=category, known=known)
        with installation.database.writing() as session:
            place = municipality_of(session, municipality)
            now = installation.clock()
            site = lms.save_connection(
                session, place, probed, vault=installation.vault, now=now, source=Source.COMMAND_LINE
            )
            lms.remember_categories(session, site, probed.categories, now=now)
            if chosen is not None:
                lms.choose_categories(session, site, [chosen.category_id], now=now, source=Source.COMMAND_LINE)
        click.echo(say("Moodle is connected: %(name)s.", name=probed.site.name))
        if chosen is None:
            click.echo(say("Choose the course category with --category. %(known)s", known=_known(probed)))
            raise SystemExit(Exit.PARTLY)
        click.echo(say("Courses are read from the category “%(name)s”.", name=chosen.name))


def _token(path: Path | None, given: str | None) -> str:
    if path is not None:
        return path.read_text(encoding="utf-8").strip()
    token: str = given or click.prompt("Token", hide_input=True)
    return token


def _known(probed: lms.Probe) -> str:
    names = ", ".join(f"{row.name} ({row.idnumber or row.category_id})" for row in probed.categories)
    return say("There are: %(names)s.", names=names)


@click.command()
@click.option("--full", is_flag=True, help="Read everything, not only what may have changed.")
@click.option("--course", default="", help="Read one course alone, whole: its short name or Moodle's id.")
@click.option("--json", "as_json", is_flag=True, help="Print the run as JSON.")
@click.option("--municipality", default="", help="Needed where there are several.")
@reports_errors
def sync(*, full: bool, course: str, as_json: bool, municipality: str) -> None:
    """Read the municipality's Moodle now."""
    with opened() as installation:
        with installation.database.reading() as session:
            site = site_of(session, municipality)
            site_id, course_id = site.id, course_of(session, site, course).moodle_course_id if course else None
        mode = RunMode.FULL if full else None
        quiet = as_json or not sys.stderr.isatty()
        report = _pull(installation, site_id, mode=mode, course_id=course_id, quiet=quiet)
        click.echo(json.dumps(_as_json(report), ensure_ascii=False) if as_json else _as_text(report))
    if report.state is RunState.PARTLY:
        raise SystemExit(Exit.PARTLY)


def _pull(
    installation: Installation, site_id: int, *, mode: RunMode | None, course_id: int | None, quiet: bool
) -> RunReport:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), disable=quiet, transient=True) as bar:
        task = bar.add_task("Moodle", total=None)

        def progress(done: int, total: int, label: str) -> None:
            bar.update(task, completed=done, total=total, description=label)

        return installation.puller.pull(site_id, mode=mode, course_id=course_id, progress=progress)


def _as_json(report: RunReport) -> dict[str, object]:
    counts = report.counts
    return {
        "run": report.run,
        "mode": report.mode.value,
        "calls": report.calls,
        "seconds": round(report.seconds, 3),
        "inserted": counts.inserted,
        "changed": counts.changed,
        "retired": counts.retired,
        "not_visible": counts.not_visible,
        "problems": [
            {"course": problem.course_id, "code": problem.code.value, "text": _words(problem)}
            for problem in report.problems
        ],
    }


def _as_text(report: RunReport) -> str:
    counts = report.counts
    lines = [
        say(
            "%(calls)d requests, %(seconds).1f s: %(inserted)d new, %(changed)d changed, %(retired)d gone, "
            "%(hidden)d no longer visible.",
            calls=report.calls,
            seconds=report.seconds,
            inserted=counts.inserted,
            changed=counts.changed,
            retired=counts.retired,
            hidden=counts.not_visible,
        )
    ]
    lines += [f"- {_words(problem)}" for problem in report.problems]
    return "\n".join(lines)


def _words(problem: Problem) -> str:
    words = say(sentence(problem.code), **places(problem.facts))
    return (
        say("Course %(course)d: %(problem)s", course=problem.course_id, problem=words) if problem.course_id else words
    )
