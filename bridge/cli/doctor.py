"""Commands about the state of a connection: examine it, compare a course, write the recipe for its administrator."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
from sqlalchemy.orm import Session

from bridge.cli.base import Exit, course_of, opened, reports_errors, say, site_of
from bridge.core.i18n import N_
from bridge.lms import comparing, doctor, one_course, recipe
from bridge.lms.advice import advise, steps_of
from bridge.lms.comparing import Comparison
from bridge.lms.models import LmsSite
from bridge.lms.sentences import places, sentence
from bridge.lms.words import field_words, kind_words
from lms_sync.doctor import Examination, Finding, FindingCode, Health, Holding, Severity
from lms_sync.drift import KindDrift

__all__ = ["drift", "examine", "write_recipe"]

WIDTH = 100

_EXITS: Mapping[Health, Exit] = {
    Health.FINE: Exit.DONE,
    Health.LESSENED: Exit.PARTLY,
    Health.BLOCKED: Exit.REFUSED,
}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--municipality", default="", help="Needed where there are several.")
@reports_errors
def examine(*, as_json: bool, municipality: str) -> None:
    """Examine the connection to Moodle: what is missing, and how it is mended.

    Exit codes: 0 fine, 4 a part stays unread, 1 there is no rating without mending, 3 Moodle cannot be reached.
    """
    with opened() as installation:
        with installation.database.reading() as session:
            site = site_of(session, municipality)
            site_id, username, names = site.id, site.username, _course_names(session, site)
        found = installation.doctor.examine(site_id)
    if as_json:
        click.echo(json.dumps(doctor.as_json(found), ensure_ascii=False))
    else:
        click.echo("\n".join(_report_lines(found, username, names)))
    raise SystemExit(Exit.UNREACHABLE if _is_silent(found) else _EXITS[found.health])


def _is_silent(found: Examination) -> bool:
    """Whether the site could not be asked, and may be later."""
    lost = {FindingCode.SITE_SILENT, FindingCode.BROKEN_OFF}
    return any(finding.code in lost and finding.facts.get("retryable") for finding in found.findings)


def _course_names(session: Session, site: LmsSite) -> dict[int, str]:
    return {row.moodle_course_id: row.short_name for row in one_course.courses_of(session, site)}


def _severity_words(severity: Severity) -> str:
    words = {Severity.BLOCKS: say(N_("BLOCKS")), Severity.LESSENS: say(N_("LESSENS")), Severity.NOTE: say(N_("note"))}
    return words[severity]


def _report_lines(found: Examination, username: str, names: Mapping[int, str]) -> Iterator[str]:
    facts = {"release": found.release, "calls": found.calls, "seconds": found.seconds}
    yield say(N_("Moodle %(release)s, requests: %(calls)d, %(seconds).1f s."), **facts)
    for finding in found.findings:
        yield from _finding_lines(finding, username, names)
    if not found.findings:
        yield say(N_("Nothing is missing."))
    unknown = [capability for capability, holding in found.rights.items() if holding is Holding.UNKNOWN]
    if unknown and found.health is not Health.BLOCKED:
        yield say(N_("Cannot be known from outside, and nothing here looks different without it:"))
        yield textwrap.fill(", ".join(unknown), WIDTH, initial_indent="  ", subsequent_indent="  ")


def _finding_lines(finding: Finding, username: str, names: Mapping[int, str]) -> Iterator[str]:
    advice = advise(finding, username=username)
    text = say(advice.text, **advice.places)
    if advice.effect:
        text += " " + say(advice.effect, **advice.places)
    if finding.course_ids:
        listed = ", ".join(names.get(course_id, str(course_id)) for course_id in finding.course_ids)
        text += " " + say(N_("Courses: %(names)s."), names=listed)
    yield _indented(f"{_severity_words(finding.severity)}: {text}", "- ")
    for number, step in enumerate(steps_of(advice.fix), start=1):
        yield _indented(f"{number}. {say(step, **advice.places)}", "    ")


def _indented(text: str, first: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=" " * (len(first) + 2))


@click.command()
@click.argument("course")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--municipality", default="", help="Needed where there are several.")
@reports_errors
def drift(*, course: str, as_json: bool, municipality: str) -> None:
    """Compare COURSE (its short name or Moodle's id) with what is stored; nothing is changed.

    Exit codes: 0 nothing differs, 4 something does.
    """
    with opened() as installation:
        with installation.database.reading() as session:
            site = site_of(session, municipality)
            site_id, course_id = site.id, course_of(session, site, course).moodle_course_id
        found = installation.comparer.compare(site_id, course_id)
    if as_json:
        click.echo(json.dumps(comparing.as_json(found), ensure_ascii=False))
    else:
        click.echo("\n".join(_comparison_lines(found)))
    raise SystemExit(Exit.PARTLY if found.differences or found.problems else Exit.DONE)


def _comparison_lines(found: Comparison) -> Iterator[str]:
    yield say(N_("Requests: %(calls)d, %(seconds).1f s."), calls=found.calls, seconds=found.seconds)
    for one in found.kinds.values():
        if not one.is_empty:
            yield _kind_line(one)
            yield from _example_lines(one)
    for problem in found.problems:
        yield "- " + say(sentence(problem.code), **places(problem.facts))
    if not found.differences:
        yield say(N_("Nothing differs."))


def _kind_line(one: KindDrift) -> str:
    counts = say(
        N_("equal %(same)d, missing here %(missing)d, different %(different)d, gone %(gone)d, not visible %(hidden)d"),
        same=one.same,
        missing=one.missing,
        different=one.different,
        gone=one.gone,
        hidden=one.out_of_sight,
    )
    return f"{say(kind_words(one.kind))}: {counts}"


def _example_lines(one: KindDrift) -> Iterator[str]:
    """People are named by Moodle's ids only: a terminal's output is copied into letters."""
    for example in one.examples:
        key = ", ".join(map(str, example.key))
        changes = "; ".join(f"{say(field_words(each.name))}: {each.before} → {each.after}" for each in example.fields)
        yield f"  {key}: {changes}"


@click.command("recipe")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@reports_errors
def write_recipe(*, folder: Path) -> None:
    """Write the role presets and the list of functions for Moodle's administrator into FOLDER."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in recipe.FILES:
        (folder / name).write_text(recipe.file_content(name), encoding="utf-8")
        click.echo(folder / name)
