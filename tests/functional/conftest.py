"""A Moodle to talk to, and installations in the states that commands meet."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bridge.demo.accounts import ADMIN_TOKEN
from bridge.demo.recordings import load_recordings
from bridge.demo.server import Served, serve_in_thread
from tests.functional.shell import Said, Shell

FIXTURE = Path(__file__).parents[1] / "fixtures" / "moodle" / "4.5.6.jsonl.gz"
FOUNDED = (
    "setup",
    *("--municipality", "Кетченеровский район", "--department", "Отдел образования"),
    *("--last-name", "Очирова", "--first-name", "Тамара", "--login", "metodist"),
)
PASSWORD = "a password long enough"

SEASON = """\
version: 1
name: 2026–2028
starts: 2026-09-01
ends: 2028-06-01
stage: 3
moodle:
  courses:
    accel-a26-select: 1
    a26-group: 2
    accel-a26-individual: 3
    5: 4
"""


@pytest.fixture(scope="session")
def moodle() -> Iterator[Served]:
    with serve_in_thread(load_recordings(FIXTURE)) as running:
        yield running


@pytest.fixture(scope="session")
def token_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("token") / "token"
    path.write_text(ADMIN_TOKEN + "\n")
    return path


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shell, dict[str, Said]]:
    """An installation that is set up, and what the commands said on the way."""
    shell = Shell(tmp_path_factory.mktemp("founded"))
    said = {"too early": shell.run("check"), "upgrade": shell.run("db", "upgrade")}
    said["unset"] = shell.call("season", "show")
    said["setup"] = shell.run(*FOUNDED, "--password", PASSWORD)
    said["setup again"] = shell.call(*FOUNDED, "--password", PASSWORD)
    return shell, said


@pytest.fixture
def fresh(founded: tuple[Shell, dict[str, Said]], tmp_path: Path) -> Shell:
    """A copy of the installation that is set up."""
    shutil.copytree(founded[0].data, tmp_path / "data")
    return replace(founded[0], data=tmp_path / "data")


@dataclass
class Story:
    """An installation with a season in it, and what each command said on the way."""

    shell: Shell
    said: dict[str, Said]
    copy: Callable[[Path], Shell]


@pytest.fixture(scope="session")
def story(
    founded: tuple[Shell, dict[str, Said]],
    moodle: Served,
    token_file: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Story:
    def copy(where: Path) -> Shell:
        shutil.copytree(shell.data, where / "data")
        return replace(shell, data=where / "data")

    shell = replace(founded[0], data=tmp_path_factory.mktemp("story") / "data")
    shutil.copytree(founded[0].data, shell.data)
    file = shell.data / "season.yaml"
    file.write_text(SEASON, encoding="utf-8")
    said = {"connect": shell.run("connect", moodle.url, "--token-file", token_file)}
    said["sync"] = shell.run("sync", "--full", "--json")
    said["import"] = shell.run("season", "import", file)
    said["sync again"] = shell.call("sync", "--json")
    said["show"] = shell.call("season", "show")
    said["export"] = shell.call("season", "export")
    return Story(shell, said, copy)
