import json

import pytest

from benchmarks import harness
from benchmarks.__main__ import main
from benchmarks.harness import at_least, at_most, measured, median_s, medians_s, merge, skipped, table


def test_a_bar_says_whether_it_holds():
    assert at_most("a", 4.0, "ms", "", 4).holds
    assert not at_most("a", 4.1, "ms", "", 4).holds
    assert at_least("a", 4.0, "ms", "", 4).holds
    assert not at_least("a", 3.9, "ms", "", 4).holds
    assert measured("a", 1, "ms").holds is None
    assert skipped("a", "no R here").figure is None


def test_the_works_take_turns_after_a_round_that_is_not_counted():
    calls = []
    times = medians_s([lambda: calls.append("a"), lambda: calls.append("b")], runs=5)
    assert calls == ["a", "b"] * 6
    assert len(times) == 2
    assert median_s(lambda: None) >= 0


def test_the_table_shows_the_figure_the_bar_and_what_failed():
    lines = table([at_most("sum", 3.14159, "ms", "a float", 3), skipped("peer", "not installed")]).splitlines()
    assert lines[1].split() == ["FAILS", "sum", "3.142", "ms", "a", "float", "at", "most", "3"]
    assert lines[2].split() == ["peer", "-", "not", "installed"]


def test_the_report_keeps_the_rows_of_modules_that_did_not_run(tmp_path):
    path = tmp_path / "build" / "bench.json"
    merge({"b": [measured("old b", 1, "s")], "a": [measured("a", 1, "s")]}, path)
    merge({"b": [measured("new b", 2, "s")]}, path)
    assert [(row["module"], row["name"]) for row in json.loads(path.read_text())] == [("a", "a"), ("b", "new b")]


def test_an_unknown_benchmark_is_a_usage_error(capsys):
    assert main(["nothing"]) == 2
    assert "unknown: nothing" in capsys.readouterr().err


@pytest.mark.parametrize(("figure", "code"), [(1, 0), (3, 1)])
def test_a_bar_that_does_not_hold_fails_the_run(monkeypatch, tmp_path, figure, code):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("benchmarks.rating.rows", lambda: [at_most("x", figure, "s", "", 2)])
    assert main(["rating"]) == code
    assert harness.OUTPUT.exists()
