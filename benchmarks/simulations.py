"""The panels by which our way with reviewers is judged: fixed designs, fixed seeds, one table.

``python -m benchmarks.simulations`` prints it in full, as the pages "how we judge judges" show it. The truth is known
here: grades are compared with it, and an interval is right when it holds it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from benchmarks.harness import Row, at_least, at_most
from benchmarks.harness import table as report
from scoring.aggregation import Criterion, Policy, Published, Reviews, Rubric, aggregate
from scoring.aggregation.adjust import adjust
from scoring.aggregation.crossed import RESIDUAL, REVIEWER, fit_crossed
from scoring.aggregation.reciprocity import reciprocity

CRITERIA = 4
RUBRIC = Rubric("simulation", tuple(Criterion(f"c{number}", 100.0) for number in range(CRITERIA)))
POLICY = Policy(publish=Published.ADJUSTED)
REPEATS = 200


class Twist(StrEnum):
    """What goes wrong with a panel."""

    NONE = ""
    ROGUE = "rogue"  # one reviewer's marks have nothing to do with the works
    COLLUSION = "collusion"  # two people review each other's works and add 25 marks
    PANELS = "panels"  # two panels without a common reviewer
    NAIVE = "naive"  # the analysis, not the data: criteria of a review taken as independent


@dataclass(frozen=True)
class Design:
    """One kind of panel; standard deviations in marks out of 100, `noise` that of one criterion."""

    name: str
    works: int
    reviewers: int
    each: int  # reviews a work
    severity: float = 6.0
    halo: float = 5.0
    noise: float = 8.0
    spread: float = 8.0  # of the works
    level: float = 55.0  # mean mark
    twist: Twist = Twist.NONE
    seed: int = 20_260_101

    @property
    def modelled(self) -> bool:
        """Whether the data follow the model, and the analysis too."""
        return self.twist is Twist.NONE and self.level < 80


def _size(works: int) -> int:
    return {8: 6, 15: 10, 30: 12, 60: 20}[works]


DESIGNS = (
    Design("dense: 30 works, all 5 reviewers", 30, 5, 5),
    *(
        Design(f"sparse: {works} works, {each} of {_size(works)} reviewers", works, _size(works), each)
        for works in (8, 15, 30, 60)
        for each in (3, 5, 8)
        if each <= _size(works)
    ),
    Design("equal severity, 15 works, 3 of 10", 15, 10, 3, severity=0.0),
    Design("equal severity, 30 works, 3 of 12", 30, 12, 3, severity=0.0),
    Design("unequal severity (12), 30 works, 3 of 12", 30, 12, 3, severity=12.0),
    Design("strong halo (10), 30 works, 3 of 12", 30, 12, 3, halo=10.0),
    Design("halo ignored, 30 works, 3 of 12", 30, 12, 3, halo=10.0, twist=Twist.NAIVE),
    Design("one rogue reviewer, 30 works, 5 of 12", 30, 12, 5, twist=Twist.ROGUE),
    Design("a colluding pair, 30 peers, 6 each", 30, 30, 6, twist=Twist.COLLUSION),
    Design("ceiling (mean 88), 30 works, 3 of 12", 30, 12, 3, level=88.0),
    Design("two panels of 15 works, 3 of 6", 30, 12, 3, twist=Twist.PANELS),
)


@dataclass(frozen=True)
class Outcome:
    """Errors over all works and repeats, in points out of 400; coverage of 95 % intervals."""

    design: Design
    mean: float  # root mean square error of the plain mean
    adjusted: float  # the others: over that of the plain mean
    published: float
    robust: float
    coverage: float
    mean_coverage: float
    share_adjusted: float  # how often the rule published the adjusted mean
    panels_found: float  # mean number of components


def allocation(design: Design, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Work and reviewer of each review: random, loads within one of each other; peers never get their own work."""
    if design.twist is Twist.PANELS:
        half = replace(design, works=design.works // 2, reviewers=design.reviewers // 2, twist=Twist.NONE)
        sides = [allocation(half, rng) for _ in range(2)]
        work = np.concatenate([side[0] + number * half.works for number, side in enumerate(sides)])
        return work, np.concatenate([side[1] + number * half.reviewers for number, side in enumerate(sides)])
    if design.twist is Twist.COLLUSION:
        return peers(design.works, design.each, rng)
    load, chosen = np.zeros(design.reviewers), []
    for _ in range(design.works):
        chosen.append(np.argsort(load + 0.9 * rng.random(design.reviewers))[: design.each])
        load[chosen[-1]] += 1
    return np.repeat(np.arange(design.works), design.each), np.concatenate(chosen)


def peers(people: int, each: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Everybody reviews `each` others and is reviewed by as many, at random; 0 and 1 review each other."""
    from scipy.optimize import linear_sum_assignment

    taken = np.eye(people, dtype=bool)
    for number in range(each):
        cost = rng.random((people, people)) + 1e3 * taken
        if number == 0:
            cost[0, 1] = cost[1, 0] = -1e3
        taken[np.arange(people), linear_sum_assignment(cost)[1]] = True
    reviewer, work = np.nonzero(taken & ~np.eye(people, dtype=bool))
    return work, reviewer


def marks(design: Design, rng: np.random.Generator) -> tuple[np.ndarray, Reviews]:
    """True totals of the works and reviews of them, marks to 0.1 within 0..100."""
    work, reviewer = allocation(design, rng)
    truth = design.level + rng.normal(0, design.spread, design.works)
    expected = truth[work] - rng.normal(0, design.severity, design.reviewers)[reviewer]
    if design.twist is Twist.ROGUE:
        expected = np.where(reviewer == 0, rng.uniform(20, 90, len(work)), expected)
    if design.twist is Twist.COLLUSION:
        expected = expected + 25.0 * ((work < 2) & (reviewer == 1 - work))
    expected = expected + rng.normal(0, design.halo, len(work))
    table = np.round(np.clip(expected[:, None] + rng.normal(0, design.noise, (len(work), CRITERIA)), 0, 100), 1)
    names = np.tile([criterion.name for criterion in RUBRIC.criteria], len(work))
    return CRITERIA * truth, Reviews(np.repeat(work, CRITERIA), np.repeat(reviewer, CRITERIA), names, table.ravel())


def simulate(design: Design, *, repeats: int = REPEATS) -> Outcome:
    """Draw the panel again and again."""
    rng = np.random.default_rng(design.seed)
    errors: list[tuple[np.ndarray, ...]] = []
    facts: list[tuple[float, float]] = []
    for _ in range(repeats):
        truth, reviews = marks(design, rng)
        result = aggregate(reviews, RUBRIC, policy=POLICY)
        robust = aggregate(reviews, RUBRIC, policy=replace(POLICY, robust=True)).works.adjusted
        works = result.works
        adjusted, low, high = works.adjusted, works.adjusted_low, works.adjusted_high
        if design.twist is Twist.NAIVE:
            adjusted, low, high = naive(reviews)
        errors.append(
            (
                (works.mean - truth) ** 2,
                (adjusted - truth) ** 2,
                (works.grade - truth) ** 2,
                (robust - truth) ** 2,
                (low <= truth) & (truth <= high),
                (works.mean_low <= truth) & (truth <= works.mean_high),
            )
        )
        facts.append((result.published is Published.ADJUSTED, result.diagnostics.components))
    averages = np.array([[column.mean() for column in row] for row in errors]).mean(axis=0)
    plain = averages[0] ** 0.5
    share, panels = np.mean(facts, axis=0)
    ratios = averages[1:4] ** 0.5 / plain
    return Outcome(design, plain, *ratios, averages[4], averages[5], float(share), float(panels))


def naive(reviews: Reviews) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Adjusted totals and 95 % intervals of a model that takes the criteria of a review as independent."""
    values = reviews.score * CRITERIA
    fit = fit_crossed(reviews.work, reviews.reviewer, values)
    noise = fit.variances[RESIDUAL]
    made = adjust(reviews.work, reviews.reviewer, values, np.ones(len(values)), float(fit.variances[REVIEWER] / noise))
    half = 1.96 * np.sqrt(noise * made.variance)
    return made.grade, made.grade - half, made.grade + half


@dataclass(frozen=True)
class FavourDesign:
    """The stated design of the reciprocity flag: peers who review each other, one pair adding marks or none."""

    people: int = 40
    each: int = 8
    severity: float = 6.0
    noise: float = 8.0
    spread: float = 10.0
    seed: int = 20_260_102


FAVOURS = FavourDesign()
FAVOUR = 3.5  # standard deviations of noise


def flag_rate(design: FavourDesign, *, favour: float, repeats: int) -> float:
    """How often the flag goes up: for the colluding pair, or for any pair where nobody colludes (favour 0)."""
    rng = np.random.default_rng(design.seed)
    raised = 0
    for _ in range(repeats):
        work, reviewer = peers(design.people, design.each, rng)
        values = rng.normal(55, design.spread, design.people)[work] + rng.normal(0, design.noise, len(work))
        values -= rng.normal(0, design.severity, design.people)[reviewer]
        values += favour * design.noise * ((work < 2) & (reviewer == 1 - work))
        found = reciprocity(reviewer, work, values, rng=rng, permutations=199).flagged
        raised += bool(found) if not favour else any((pair.first, pair.second) == (0, 1) for pair in found)
    return raised / repeats


def rows(*, repeats: int = REPEATS) -> list[Row]:
    """The claims of the scoring issue, each with its figure."""
    outcomes = [simulate(design, repeats=repeats) for design in DESIGNS]
    print(table(outcomes))
    sound = [one for one in outcomes if one.design.works >= 30 and one.design.modelled]
    large = [one for one in outcomes if one.design.works >= 15 and one.design.modelled]
    low, high = min(one.coverage for one in sound), max(one.coverage for one in sound)
    worst = max(max(one.adjusted, one.published) for one in large)
    unequal = next(one.adjusted for one in outcomes if one.design.severity == 12.0)
    false_alarms = flag_rate(FAVOURS, favour=0.0, repeats=5 * repeats)
    power = flag_rate(FAVOURS, favour=FAVOUR, repeats=repeats)
    return [
        at_least("lowest coverage of 95 % intervals, 30 works on", low, "share", "nominal .95", 0.93),
        at_most("highest coverage of 95 % intervals, 30 works on", high, "share", "nominal .95", 0.97),
        at_most("worst error of adjusted or published mean, 15 works on", worst, "ratio", "the plain mean's", 1.02),
        at_most("error of the adjusted mean, sparse, unequal severity", unequal, "ratio", "the plain mean's", 0.9),
        at_most("reciprocity flag, false alarms", false_alarms, "share", "seasons without favours", 0.05),
        at_least("reciprocity flag, power", power, "share", "seasons with one pair, 3.5 sd", 0.8),
    ]


HEAD = (
    "| design | plain mean, error | adjusted | published | Huber | coverage | coverage of the mean "
    "| adjusted published | components |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def table(outcomes: Iterable[Outcome]) -> str:
    """Markdown; errors in points out of 400, the next three as ratios to the plain mean's."""
    lines = [
        f"| {one.design.name} | {one.mean:.1f} | {one.adjusted:.3f} | {one.published:.3f} | {one.robust:.3f} "
        f"| {one.coverage:.3f} | {one.mean_coverage:.3f} | {one.share_adjusted:.0%} | {one.panels_found:.0f} |"
        for one in outcomes
    ]
    return "\n".join([HEAD, *lines])


if __name__ == "__main__":
    print(report(rows()))
