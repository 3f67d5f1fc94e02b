"""``python -m benchmarks.soak [pytest arguments]``: the full-size runs, one row a test, into ``build/soak.json``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from benchmarks.harness import Row, table

OUTPUT = Path("build") / "soak.json"
LIMIT_S = 2 * 60 * 60
"""For one test; everyday tests have the five minutes of pyproject.toml."""


class Collector:
    """Makes a row of every test that ran, whichever worker it ran on."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take a call's outcome, and a set-up's where it kept the call from happening."""
        if report.when == "call" or (report.when == "setup" and not report.passed):
            told = {"passed": "passes", "skipped": "skipped", "failed": "passes"}[report.outcome]
            holds = None if report.skipped else report.passed
            self.rows.append(Row(report.nodeid, round(report.duration, 1), "s", "every example", told, holds))


def main(arguments: list[str]) -> int:
    """Run what is marked ``soak``; the exit code is pytest's."""
    collector = Collector()
    options = ["-m", "soak", "-n", "2", "-q", "--no-header", "-o", f"timeout={LIMIT_S}", *arguments]
    code = int(pytest.main(options, plugins=[collector]))
    print(table(collector.rows))
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(json.dumps([asdict(row) for row in collector.rows], ensure_ascii=False, indent=1) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
