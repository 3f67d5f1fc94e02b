"""The group of commands, and those about the installation itself."""

from __future__ import annotations

import click

from bridge import __version__
from bridge.cli.base import municipality_of, opened, reports_errors, say
from bridge.cli.check import check
from bridge.cli.demo import demo
from bridge.cli.doctor import drift, examine, write_recipe
from bridge.cli.files import import_backup, import_grades
from bridge.cli.imports import import_file, template
from bridge.cli.lms import connect, sync
from bridge.cli.messages import messages
from bridge.cli.seasons import rate, season
from bridge.cli.servers import serve, work
from bridge.core.audit import Source
from bridge.core.clock import DEFAULT_ZONE
from bridge.core.permissions import Role
from bridge.messages.service import invite
from bridge.migrations import run as migrations
from bridge.people import service as people
from bridge.people.service import NewAccount, NewMunicipality
from bridge.programme import setup as first_run

__all__ = ["main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="accelerator")
def main() -> None:
    """Companion to Moodle for the Project accelerator.

    Exit codes: 0 done, 1 refused, 2 usage, 3 the LMS is unreachable, 4 partly done.
    """


@main.command()
@click.option("--municipality", "name", prompt="Municipality", help="As people say it: Ketchenery district.")
@click.option("--department", prompt="Department", help="Who runs the programme.")
@click.option("--zone", default=DEFAULT_ZONE, show_default=True, help="Time zone of the deadlines.")
@click.option("--last-name", prompt="Organiser's last name")
@click.option("--first-name", prompt="Organiser's first name")
@click.option("--login", prompt="Organiser's login")
@click.password_option(help="Organiser's password; asked for when left out.")
@reports_errors
def setup(*, name: str, department: str, zone: str, last_name: str, first_name: str, login: str, password: str) -> None:
    """Found the first municipality and its organiser (as the page /setup does)."""
    with opened() as installation:
        asked = first_run.FirstRun(
            NewMunicipality(name, department, zone), NewAccount(login, password, last_name, first_name)
        )
        with installation.database.writing() as session:
            first_run.set_up(
                session, asked, vault=installation.vault, now=installation.clock(), source=Source.COMMAND_LINE
            )
        installation.forget_setup_code()
    click.echo(say("The installation is set up."))


@main.group()
def user() -> None:
    """Accounts of our own (people from the LMS need none)."""


@user.command("create")
@click.option("--municipality", default="", help="Needed where there are several.")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--last-name", required=True)
@click.option("--first-name", required=True)
@click.option("--middle-name", default="")
@click.option("--everywhere", is_flag=True, help="In every municipality: for a regional host.")
@click.option("--invite", "is_invited", is_flag=True, help="Tell the person: by mail, or as a text to hand over.")
@click.argument("login")
@click.password_option(help="Asked for when left out.")
@reports_errors
def user_create(
    *,
    municipality: str,
    role: str,
    last_name: str,
    first_name: str,
    middle_name: str,
    everywhere: bool,
    is_invited: bool,
    login: str,
    password: str,
) -> None:
    """Make a person with a login and a role."""
    new = NewAccount(login, password, last_name, first_name, middle_name)
    with opened() as installation, installation.database.writing() as session:
        place = municipality_of(session, municipality)
        now = installation.clock()
        person = people.create_account(session, place, new, now=now, source=Source.COMMAND_LINE)
        people.grant(session, person, Role(role), now=now, source=Source.COMMAND_LINE, everywhere=everywhere)
        if is_invited:
            invite(session, installation.post, person, password, now=now)
    click.echo(say("The account %(login)s was created.", login=login))


@main.group()
def db() -> None:
    """The database's schema."""


@db.command()
@reports_errors
def upgrade() -> None:
    """Bring the schema up to this version; makes a new database."""
    with opened(current_schema=False) as installation:
        migrations.upgrade(installation.database, installation.settings.resolved_database_url())
        click.echo(migrations.current_revision(installation.database))


@db.command()
@click.argument("revision")
@click.confirmation_option(prompt="Data of the removed tables and columns are lost. Go on?")
@reports_errors
def downgrade(revision: str) -> None:
    """Take the schema down to REVISION ("base" empties it)."""
    with opened(current_schema=False) as installation:
        migrations.downgrade(installation.database, revision)
        click.echo(migrations.current_revision(installation.database) or "base")


for command in (
    demo,
    serve,
    work,
    connect,
    sync,
    examine,
    drift,
    write_recipe,
    season,
    rate,
    import_file,
    import_grades,
    import_backup,
    template,
    check,
    messages,
):
    main.add_command(command)
