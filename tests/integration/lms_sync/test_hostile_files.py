"""More than a hundred hostile files: each is refused in good time and little memory, or read to no harm.

They are read in processes of their own, started by a small one, so that what is measured is the reader's.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bridge.core.file_faults import file_refusal
from lms_sync.errors import FileFault, FileRefused
from tests.support.hostile import HOSTILE, Outcome

MOST_SECONDS = 2.0
MOST_MEGABYTES = 200.0
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    folder = tmp_path_factory.mktemp("hostile")
    command = [sys.executable, "-m", "tests.support.hostile", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=240)
    assert list(folder.iterdir()) == []
    found = [Outcome(**json.loads(line)) for line in done.stdout.splitlines()]
    return {one.name: one for one in found}


def test_there_are_more_than_a_hundred_that_are_refused() -> None:
    refused = [one for one in HOSTILE.values() if one.fault is not None]
    assert len(refused) > 100
    assert {one.reader for one in refused} == {"sheets", "gradebook", "backup"}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_or_read_to_no_harm(name: str, outcomes: dict[str, Outcome]) -> None:
    fault = HOSTILE[name].fault
    assert outcomes[name].ended == ("read" if fault is None else fault.value)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_takes_little_time_and_memory(name: str, outcomes: dict[str, Outcome]) -> None:
    assert outcomes[name].seconds < MOST_SECONDS
    assert outcomes[name].megabytes < MOST_MEGABYTES


def test_each_refusal_has_a_sentence() -> None:
    for fault in {one.fault for one in HOSTILE.values()} - {None}:
        assert isinstance(fault, FileFault)
        assert str(file_refusal(FileRefused(fault, "x"))).endswith(".")
