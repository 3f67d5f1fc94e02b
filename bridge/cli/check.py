"""``accelerator check``: does the store keep its own promises?"""

from __future__ import annotations

from collections.abc import Iterator

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from bridge.cli.base import Exit, opened, reports_errors, say
from bridge.core import audit
from bridge.core.db import Database
from bridge.lms.models import LmsIdentity, LmsSite
from bridge.people.models import Person
from bridge.programme.models import Season

__all__ = ["check", "violations"]


@click.command()
@reports_errors
def check() -> None:
    """Check the invariants of the database; each broken one is a line."""
    with opened() as installation:
        found = list(violations(installation.database))
    for line in found:
        click.echo(line)
    if found:
        raise SystemExit(Exit.REFUSED)
    click.echo(say("All invariants hold."))


def violations(database: Database) -> Iterator[str]:
    """Every broken invariant, as a line."""
    yield from _sqlite_integrity(database)
    with database.reading() as session:
        for broken in audit.verify_all(session):
            yield f"audit log {broken.chain}, entry {broken.number}: {broken.reason}"
        yield from _strangers(session)
        yield from _foreign_seasons(session)


def _sqlite_integrity(database: Database) -> Iterator[str]:
    if database.engine.dialect.name != "sqlite":
        return
    with database.engine.connect() as connection:
        for (line,) in connection.exec_driver_sql("PRAGMA integrity_check"):
            if line != "ok":
                yield f"database file: {line}"
        for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            yield f"table {row[0]}, row {row[1]}: refers to a missing row of {row[2]}"


def _strangers(session: Session) -> Iterator[str]:
    """A person joined to a site of another municipality would be shown to the wrong department."""
    query = (
        select(Person.uid, LmsSite.uid)
        .join(LmsIdentity, LmsIdentity.person_id == Person.id)
        .join(LmsSite, LmsSite.id == LmsIdentity.site_id)
        .where(LmsSite.municipality_id != Person.municipality_id)
    )
    for person, site in session.execute(query):
        yield f"person {person} is joined to the site {site} of another municipality"


def _foreign_seasons(session: Session) -> Iterator[str]:
    query = (
        select(Season.uid)
        .join(LmsSite, LmsSite.id == Season.site_id)
        .where(LmsSite.municipality_id != Season.municipality_id)
    )
    for season in session.scalars(query):
        yield f"season {season} takes its marks from another municipality's site"
