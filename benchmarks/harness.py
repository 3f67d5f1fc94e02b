"""Measures, compares and reports: every row is a figure against a bar, and says whether it holds.

A benchmark is a module of this package with ``def rows() -> list[Row]``. ``python -m benchmarks`` runs all of them,
prints one table and writes ``build/bench.json``; ``python -m benchmarks rating`` runs one and keeps the others' rows.
Times are medians of at least five runs in this process; work and peer take turns, so that a busy machine slows both.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["Row", "at_least", "at_most", "measured", "median_s", "medians_s", "merge", "seconds", "skipped", "table"]

RUNS = 5
OUTPUT = Path("build") / "bench.json"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report.

    Parameters
    ----------
    name
        What was done, with its size.
    figure
        What was measured; None where it could not be, and then `against` says why.
    unit
        Of figure and bar: "ms", "s", "times the peer's time", "MB".
    against
        The peer or the limit.
    bar
        What the figure must not exceed (or must reach), in words: "at most 4".
    holds
        None where there is no bar, or nothing was measured.
    """

    name: str
    figure: float | None
    unit: str
    against: str
    bar: str
    holds: bool | None


def at_most(name: str, figure: float, unit: str, against: str, limit: float) -> Row:
    """Make a row whose figure must not exceed a limit."""
    return Row(name, figure, unit, against, f"at most {limit:g}", figure <= limit)


def at_least(name: str, figure: float, unit: str, against: str, limit: float) -> Row:
    """Make a row whose figure must reach a limit."""
    return Row(name, figure, unit, against, f"at least {limit:g}", figure >= limit)


def measured(name: str, figure: float, unit: str, against: str = "") -> Row:
    """Make a row that only tells a figure."""
    return Row(name, figure, unit, against, "", None)


def skipped(name: str, why: str) -> Row:
    """Make a row that says why there is no figure: a peer that is not installed."""
    return Row(name, None, "", why, "", None)


def seconds(work: Callable[[], object]) -> float:
    """Time one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median_s(work: Callable[[], object], *, runs: int = RUNS) -> float:
    """Give the median time of some calls, after one that is not counted."""
    return medians_s([work], runs=runs)[0]


def medians_s(works: Sequence[Callable[[], object]], *, runs: int = RUNS) -> list[float]:
    """Give the median time of each work; they take turns, after a round that is not counted."""
    for work in works:
        work()
    times = [[seconds(work) for work in works] for _ in range(runs)]
    return [statistics.median(one) for one in zip(*times, strict=True)]


def table(rows: Iterable[Row]) -> str:
    """Lay rows out for a terminal."""
    head = ("", "what", "figure", "unit", "against", "bar")
    marks = {True: "holds", False: "FAILS", None: ""}
    lines = [head, *((marks[row.holds], row.name, _shown(row.figure), row.unit, row.against, row.bar) for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def _shown(figure: float | None) -> str:
    return "-" if figure is None else f"{figure:.4g}"


def merge(found: dict[str, list[Row]], path: Path = OUTPUT) -> None:
    """Write the rows of the modules that ran into the report, and keep those of the others.

    Parameters
    ----------
    found
        Rows by the name of their module.
    path
        The report: a list of rows, each with the module that made it.
    """
    kept = [row for row in _read(path) if row["module"] not in found]
    made = [{"module": module, **asdict(row)} for module, rows in found.items() for row in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    ordered = sorted(kept + made, key=lambda row: str(row["module"]))
    path.write_text(json.dumps(ordered, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _read(path: Path) -> list[dict[str, object]]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
