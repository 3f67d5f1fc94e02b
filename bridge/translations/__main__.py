"""``python -m bridge.translations update [--prune] | compile | check``."""

from __future__ import annotations

import sys

import click

from bridge.translations.catalogue import FOLDER, LANGUAGE, check, compile_catalogue, update


@click.group()
def main() -> None:
    """Keep the catalogues of messages."""


@main.command("update")
@click.option("--prune", is_flag=True, help="Drop messages that the code no longer has.")
def update_command(*, prune: bool) -> None:
    """Find the messages of code and templates, add the new ones, compile."""
    catalogue = update(prune=prune)
    untranslated = sum(1 for message in catalogue if message.id and not message.string)
    click.echo(f"{len(catalogue)} messages, {untranslated} to translate")


@main.command("compile")
def compile_command() -> None:
    """Compile the catalogue as it lies there."""
    path = FOLDER / LANGUAGE / "LC_MESSAGES" / "messages.mo"
    path.write_bytes(compile_catalogue())


@main.command("check")
def check_command() -> None:
    """Say what is wrong with the catalogue; exit code 1 if anything is."""
    problems = check()
    for problem in problems:
        click.echo(str(problem))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main(prog_name="python -m bridge.translations")
