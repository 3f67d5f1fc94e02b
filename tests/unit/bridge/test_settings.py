from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest

from bridge.cli import main
from bridge.errors import SettingsError
from bridge.settings import Settings

ROOT = Path(__file__).parents[3]
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.names():
        monkeypatch.delenv(name, raising=False)


def documented() -> dict[str, str]:
    """Setting -> its default, as the page says."""
    return dict(re.findall(r"^\| `(ACCEL_[A-Z_]+)` \| (.+?) \| .+ \|$", SETTINGS, re.MULTILINE))


def as_written(value: object) -> str:
    return f"`{str(value).lower() if isinstance(value, bool) else value}`" if value not in ("", ()) else "empty"


def test_the_page_lists_every_setting_and_no_other() -> None:
    assert list(documented()) == list(Settings.names())


def test_the_page_tells_the_defaults_as_they_are() -> None:
    settings = Settings.from_env()
    defaults = {f"ACCEL_{field.name.upper()}": as_written(getattr(settings, field.name)) for field in fields(Settings)}
    assert documented() == defaults


def test_all_bad_values_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = {
        "ACCEL_PORT": "65536",
        "ACCEL_TRUSTED_PROXIES": "many",
        "ACCEL_ALLOW_PRIVATE_LMS": "perhaps",
        "ACCEL_LOG_LEVEL": "LOUD",
        "ACCEL_SYNC_MINUTES": "0",
    }
    for name, value in bad.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        Settings.from_env()
    sentence = str(caught.value)
    assert {name for name in Settings.names() if name in sentence} == set(bad)


def test_no_secret_is_in_the_message_about_another_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCEL_SECRET_KEYS", "s" * 40)
    monkeypatch.setenv("ACCEL_PORT", "none")
    with pytest.raises(SettingsError) as caught:
        Settings.from_env()
    assert "s" * 40 not in str(caught.value)


def test_values_are_read_as_what_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCEL_SECRET_KEYS", "new,old")
    monkeypatch.setenv("ACCEL_ALLOW_PRIVATE_LMS", "1")
    monkeypatch.setenv("ACCEL_BASE_URL", "https://accel.example.ru/")
    monkeypatch.setenv("ACCEL_DATA", "elsewhere")
    settings = Settings.from_env()
    assert settings.secret_keys == ("new", "old")
    assert settings.allow_private_lms is True
    assert settings.base_url == "https://accel.example.ru"
    assert settings.resolved_database_url() == f"sqlite:///{Path('elsewhere').resolve()}/accelerator.sqlite3"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_postgresql_is_reached_by_the_driver_that_we_ship(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("ACCEL_DATABASE_URL", f"{scheme}://user:secret@db/accel")
    assert Settings.from_env().resolved_database_url() == "postgresql+psycopg://user:secret@db/accel"


# ---------------------------------------------------------------- commands


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group) or path == "accelerator":
        yield path, command
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from commands(inner, f"{path} {name}")


ALL_COMMANDS = dict(commands(main, "accelerator"))


def sections() -> dict[str, str]:
    """Command -> the text under its heading; an argument in capitals is no part of the name."""
    parts = re.split(r"^## (.+)$", COMMANDS, flags=re.MULTILINE)[1:]
    return {
        " ".join(word for word in title.split() if not word.isupper()): f"{title}\n{text}"
        for title, text in zip(parts[::2], parts[1::2], strict=True)
    }


def test_the_page_of_commands_lists_every_command_and_no_other() -> None:
    assert set(sections()) == set(ALL_COMMANDS)


@pytest.mark.parametrize("path", ALL_COMMANDS)
def test_the_page_of_commands_tells_of_every_option_and_argument_and_no_other(path: str) -> None:
    text, parameters = sections()[path], ALL_COMMANDS[path].params
    options = {name for one in parameters if isinstance(one, click.Option) for name in one.opts}
    arguments = {str(one.name).upper() for one in parameters if isinstance(one, click.Argument)}
    assert set(re.findall(r"`(--[a-z-]+)`", text)) == options
    assert {word for word in text.splitlines()[0].split() if word.isupper()} == arguments
