"""What every command needs: exit codes, one-line errors in the reader's language, the installation."""

from __future__ import annotations

import gettext
import locale
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from functools import cache, wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

import bridge.translations
from bridge.errors import BridgeError, NotFound, SettingsError
from bridge.installation import Installation
from bridge.lms import connection as lms
from bridge.lms import one_course
from bridge.lms.models import LmsCourse, LmsSite
from bridge.lms.sentences import LmsRefused
from bridge.migrations import run as migrations
from bridge.people.models import Municipality
from bridge.settings import Settings

__all__ = [
    "Exit",
    "catalogue_of",
    "fail",
    "municipality_of",
    "opened",
    "reports_errors",
    "say",
    "site_of",
    "terminal_language",
]

P = ParamSpec("P")
R = TypeVar("R")


class Exit(IntEnum):
    """Exit codes that scripts can use."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    UNREACHABLE = 3
    PARTLY = 4


def terminal_language() -> str:
    """The language of the terminal's locale, as a tag; empty where it names none."""
    language = (locale.getlocale()[0] or "").partition("_")[0].lower()
    names = {"russian": "ru"}
    return names.get(language, language)


def catalogue_of(language: str) -> gettext.NullTranslations:
    """The messages of a language; English where there are none."""
    folder = Path(bridge.translations.__file__).parent
    return gettext.translation("messages", folder, languages=[language], fallback=True)


@cache
def _catalogue() -> gettext.NullTranslations:
    return catalogue_of(terminal_language())


def say(message: str, **facts: object) -> str:
    """A sentence in the language of the terminal's locale."""
    return _catalogue().gettext(message) % facts if facts else _catalogue().gettext(message)


def sentence_of(error: BridgeError) -> str:
    """An error as one line, with its fields."""
    told = say(error.message, **error.facts)
    fields = "; ".join(f"{name}: {say(text, **error.facts)}" for name, text in sorted(error.fields.items()))
    return f"{told} {fields}".strip().replace("\n", " ")


def code_of(error: BridgeError) -> Exit:
    """The exit code of an error."""
    if isinstance(error, LmsRefused) and error.is_unreachable:
        return Exit.UNREACHABLE
    return Exit.USAGE if isinstance(error, SettingsError) else Exit.REFUSED


def fail(error: BridgeError) -> SystemExit:
    """Print an error on one line and give the exit that it means."""
    click.echo(f"accelerator: {sentence_of(error)}", err=True)
    return SystemExit(code_of(error))


def reports_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Turn our errors into one line and an exit code; anything else is a bug and keeps its traceback."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except BridgeError as err:
            raise fail(err) from err

    return wrapped


@contextmanager
def opened(*, current_schema: bool = True) -> Iterator[Installation]:
    """The installation by the environment's settings.

    Raises
    ------
    SettingsError
        When the database is not at the schema of this version.
    """
    settings = Settings.from_env()
    installation = Installation.open(settings)
    try:
        if current_schema and not migrations.is_current(installation.database):
            raise SettingsError("The database has another version's schema. Run: accelerator db upgrade")
        yield installation
    finally:
        installation.close()


def municipality_of(session: Session, name: str = "") -> Municipality:
    """The municipality that a command is about: the named one, or the only one.

    Raises
    ------
    NotFound
        Naming those there are.
    """
    found = session.scalars(select(Municipality).order_by(Municipality.id)).all()
    fitting = [row for row in found if name in {"", row.name, row.uid}]
    if len(fitting) == 1:
        return fitting[0]
    if not found:
        raise NotFound("This installation is not set up yet. Run: accelerator setup")
    names = ", ".join(row.name for row in found)
    raise NotFound("Say which municipality with --municipality: %(names)s.", names=names)


def site_of(session: Session, municipality: str = "") -> LmsSite:
    """The Moodle of the municipality that a command is about.

    Raises
    ------
    NotFound
        None is connected yet.
    """
    sites = lms.sites_of(session, municipality_of(session, municipality).id)
    if not sites or not sites[0].has_token:
        raise NotFound("Moodle is not connected yet. Run: accelerator connect URL")
    return sites[0]


def course_of(session: Session, site: LmsSite, named: str) -> LmsCourse:
    """The course of a site that a command is about, by its short name or Moodle's id.

    Raises
    ------
    NotFound
        Naming those there are.
    """
    courses = one_course.courses_of(session, site)
    for course in courses:
        if named in {str(course.moodle_course_id), course.short_name}:
            return course
    names = ", ".join(f"{course.short_name} ({course.moodle_course_id})" for course in courses)
    raise NotFound("There is no course “%(course)s”. There are: %(names)s.", course=named, names=names)
