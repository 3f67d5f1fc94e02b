"""Aggregation against lme4 and against the clock.

REML on the InstEval data (73,421 ratings, 2,972 students, 1,128 lecturers) runs here and in R's lme4, each in a
process of its own with one BLAS thread; a season and a country run the function that the programme calls.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from benchmarks.harness import Row, at_least, at_most, skipped, table
from scoring.aggregation import Criterion, Reviews, Rubric, aggregate
from scoring.aggregation.crossed import fit_crossed

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("ACCEL_SHARED") or ROOT.parent / "shared") / "golden" / "insteval.csv.gz"
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
GOLDEN = (0.1062145, 0.2737349, 1.3871797, -118891.940)  # student, lecturer, residual, log-likelihood
MUNICIPALITIES = 2_329
LME4 = """
suppressMessages(library(lme4))
d <- read.csv(gzfile(commandArgs(TRUE)[1]))
d$student <- factor(d$student); d$lecturer <- factor(d$lecturer)
seconds <- replicate(2, system.time(m <<- lmer(rating ~ 1 + (1 | student) + (1 | lecturer), d))[["elapsed"]])
v <- as.data.frame(VarCorr(m))$vcov
cat(sprintf("[%.6f,%.7f,%.7f,%.7f,%.3f]", min(seconds), v[1], v[2], v[3], as.numeric(logLik(m))))
"""


def rows() -> list[Row]:
    """REML against lme4 where R is there; a season and a country against their limits."""
    return [*_against_lme4(), *_season()]


def _against_lme4() -> list[Row]:
    name = "REML on InstEval, test of severity included"
    missing = _missing()
    if missing:
        return [skipped(name, f"lme4 skipped: {missing}")]
    ours = _child([sys.executable, "-m", "benchmarks.aggregation", "fit"])
    theirs = _child(["Rscript", "--vanilla", "-e", LME4, str(DATA)])
    for figures in (ours, theirs):
        assert np.allclose(figures[1:4], GOLDEN[:3], rtol=1e-4), figures
        assert abs(figures[4] - GOLDEN[3]) < 2e-3, figures
    against = f"lme4 in the same run: {theirs[0]:.2f} s, here {ours[0]:.2f} s, same figures"
    return [at_least(name, theirs[0] / ours[0], "times faster", against, 8)]


def _missing() -> str:
    if not DATA.exists():
        return "the data are not here: set ACCEL_SHARED to the folder that holds golden/insteval.csv.gz"
    if shutil.which("Rscript") is None:
        return "there is no R on this machine"
    known = subprocess.run(["Rscript", "--vanilla", "-e", "library(lme4)"], capture_output=True, check=False)
    return "" if known.returncode == 0 else "R has no package lme4"


def _child(command: list[str]) -> list[float]:
    """Figures printed last by a process with one BLAS thread: seconds, three variances, the log-likelihood."""
    environment = {**os.environ, **ONE_THREAD}
    run = subprocess.run(command, capture_output=True, check=True, text=True, cwd=ROOT, env=environment)
    return [float(figure) for figure in json.loads(run.stdout.splitlines()[-1])]


def _fit() -> None:
    """The child process: fit three times, print the best time and the figures."""
    with gzip.open(DATA, "rt", encoding="ascii") as file:
        table = np.array([[int(cell) for cell in row] for row in list(csv.reader(file))[1:]])
    student, lecturer = (np.unique(table[:, column], return_inverse=True)[1] for column in (0, 1))
    seconds = []
    for _ in range(3):
        start = perf_counter()
        fit = fit_crossed(student, lecturer, table[:, 2].astype(float))
        seconds.append(perf_counter() - start)
    print(json.dumps([min(seconds), *(float(fit.variances[part]) for part in (0, 1, 3)), fit.log_likelihood]))


def season(rng: np.random.Generator) -> tuple[Reviews, Rubric]:
    """A season of 65 works, 5 reviews each by 20 experts, 5 criteria of 1 to 3."""
    rubric = Rubric("benchmark", tuple(Criterion(f"c{number}", 3.0, minimum=1.0) for number in range(5)))
    work = np.repeat(np.arange(65), 5)
    reviewer = np.argsort(rng.random((65, 20)), axis=1)[:, :5].ravel()
    total = 2 + rng.normal(0, 0.5, 65)[work] - rng.normal(0, 0.3, 20)[reviewer] + rng.normal(0, 0.3, len(work))
    score = np.clip(np.round(total[:, None] + rng.normal(0, 0.4, (len(work), 5))), 1, 3)
    names = np.tile([criterion.name for criterion in rubric.criteria], len(work))
    return Reviews(np.repeat(work, 5), np.repeat(reviewer, 5), names, score.ravel()), rubric


def _season() -> list[Row]:
    seasons = [season(np.random.default_rng(seed)) for seed in range(20)]
    aggregate(*seasons[0])
    # The limits are of one core, so processor time counts: a busy machine does not make a season longer.
    start = process_time()
    for reviews, rubric in seasons:
        aggregate(reviews, rubric)
    mean_s = (process_time() - start) / len(seasons)
    return [
        at_most("a season, 65 works, 325 reviews: aggregation", mean_s * 1e3, "ms", "limit with the rating", 20),
        at_most(f"{MUNICIPALITIES:,} of them", mean_s * MUNICIPALITIES, "s", "limit with the rating", 60),
    ]


if __name__ == "__main__":
    if sys.argv[1:] == ["fit"]:
        _fit()
    else:
        print(table(rows()))
