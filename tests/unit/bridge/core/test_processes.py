from __future__ import annotations

import subprocess
import sys

from bridge.core.processes import has_ended, this_process


def test_this_process_has_not_ended() -> None:
    assert not has_ended(this_process())


def test_a_process_that_was_killed_has_ended() -> None:
    asked = "from bridge.core.processes import this_process; print(this_process(), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", asked], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        name = other.stdout.readline().strip()
        assert not has_ended(name)
        other.kill()
    assert has_ended(name)


def test_another_process_with_the_same_number_is_told_apart() -> None:
    host, pid, _ = this_process().rsplit("/", 2)
    assert has_ended(f"{host}/{pid}/1")


def test_of_another_host_nothing_is_known() -> None:
    assert not has_ended("elsewhere/999999/1")
    assert not has_ended("")
