"""The command line as a person or a script meets it: the installed program, its own process, a folder of its own."""

from __future__ import annotations

import locale
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

import requests
from click.testing import CliRunner

from bridge.cli import base, main

PROGRAM = Path(sys.executable).with_name("accelerator")
CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
START_S = 60.0
"""How long a start may take on a busy machine; that it is quick is a benchmark's to say."""


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one line that a refusal is."""
        (line,) = self.err.splitlines()
        assert line.startswith("accelerator: "), line
        return line.removeprefix("accelerator: ")


@dataclass
class Shell:
    """Runs the program in one data folder."""

    data: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def environment(self, **settings: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ACCEL_", "COVERAGE_"))}
        ours = {"ACCEL_DATA": str(self.data), "ACCEL_ALLOW_PRIVATE_LMS": "1", "LC_ALL": "C.UTF-8", "LANGUAGE": ""}
        return kept | ours | dict(self.settings) | settings

    def run(self, *words: object, typed: str = "", **settings: str) -> Said:
        command = [str(PROGRAM), *map(str, words)]
        environment = self.environment(**settings)
        done = subprocess.run(
            command, input=typed, capture_output=True, text=True, env=environment, check=False, start_new_session=True
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Said(done.returncode, done.stdout, done.stderr)

    def call(self, *words: object, typed: str = "", **settings: str) -> Said:
        """The same without a process of its own: what a refusal says needs no second start of Python."""
        before = locale.setlocale(locale.LC_CTYPE)
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
        base._catalogue.cache_clear()
        try:
            environment = self.environment(**settings)
            hidden: dict[str, str | None] = {name: None for name in os.environ if name not in environment}
            done = CliRunner().invoke(main, [str(word) for word in words], input=typed, env=hidden | environment)
        finally:
            locale.setlocale(locale.LC_CTYPE, before)
            base._catalogue.cache_clear()
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
        return Said(done.exit_code, done.stdout, done.stderr)

    @property
    def database_file(self) -> Path:
        return self.data / "accelerator.sqlite3"


@dataclass
class Running:
    """A process that stays, in a process group of its own."""

    process: subprocess.Popen[str]
    lines: SimpleQueue[str]
    said: list[str] = field(default_factory=list)

    def wait_for(self, start: str) -> str:
        """The rest of the first line that begins so."""
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            try:
                line = self.lines.get(timeout=0.1)
            except Empty:
                assert self.process.poll() is None, self.said
                continue
            self.said.append(line)
            if line.startswith(start):
                return line.removeprefix(start).strip()
        raise AssertionError(f"no line {start!r} in {START_S} s: {self.said}")

    def stop(self, number: signal.Signals, *, within_s: float) -> float:
        """Send a signal to the program alone and wait. Returns how long it took, in seconds."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(within_s)
        return time.monotonic() - began

    def leftovers(self) -> list[int]:
        """Processes of its group that outlived it."""
        return [int(stat.parent.name) for stat in Path("/proc").glob("[0-9]*/stat") if self._owns(stat)]

    def _owns(self, stat: Path) -> bool:
        try:
            state, _, group = stat.read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            return False
        return int(group) == self.process.pid and state != "Z"


IN_THE_BACKGROUND = ("sh", "-c", 'trap "" INT; exec "$@"', "sh")
"""As a shell starts what it puts there, with SIGINT ignored: the program must ask for it itself."""


@contextmanager
def running(shell: Shell, *words: object, **settings: str) -> Iterator[Running]:
    """A command that stays, killed with its whole group at the end if it is still there."""
    process = subprocess.Popen(
        [*IN_THE_BACKGROUND, str(PROGRAM), *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=shell.environment(**settings) | {"PYTHONUNBUFFERED": "1"},
        start_new_session=True,
    )
    assert process.stdout is not None
    lines: SimpleQueue[str] = SimpleQueue()
    reader = Thread(target=lambda: [lines.put(line.rstrip("\n")) for line in process.stdout or ()], daemon=True)
    reader.start()
    try:
        yield Running(process, lines)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        reader.join(5)
        process.stdout.close()


class Browser:
    """Enough of a browser for forms: keeps cookies, sends back the form's token."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.session = requests.Session()

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.base + path, timeout=30)

    def post(self, path: str, fields: Mapping[str, str], *, page: str = "") -> requests.Response:
        token = CSRF.search(self.get(page or path).text)
        assert token is not None, f"{path} has no form"
        sent = {**fields, "csrf_token": token[1]}
        return self.session.post(self.base + path, data=sent, timeout=30, headers={"Referer": self.base + path})

    def close(self) -> None:
        self.session.close()
