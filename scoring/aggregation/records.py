"""What aggregation takes: a rubric, reviews as columns, a season's policy. Everything is checked before it is used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from scoring.aggregation.numeric import Floats
from scoring.errors import InvalidInput, Problem

__all__ = [
    "Criterion",
    "Incomplete",
    "Label",
    "Model",
    "Obstacle",
    "Policy",
    "Published",
    "Reviews",
    "Rubric",
    "option",
]

Label: TypeAlias = int | str
Labels: TypeAlias = NDArray[Any]


Option = TypeVar("Option", bound=StrEnum)


def option(kind: type[Option], value: str, *, field: str) -> Option:
    """One of a fixed vocabulary, from itself or from its stored word; an unknown word raises `InvalidInput`."""
    try:
        return kind(value)
    except ValueError as error:
        raise InvalidInput(f"{value!r} is none of {', '.join(kind)}", field=field) from error


class Published(StrEnum):
    """Which number a season publishes as the grade."""

    MEAN = "mean"
    ADJUSTED = "adjusted"


class Model(StrEnum):
    """Which rows the crossed model sees."""

    REVIEWS = "reviews"  # one row a review: its weighted total
    CRITERIA = "criteria"  # one row a criterion, with the review as a halo


class Incomplete(StrEnum):
    """What a review with a criterion left empty is worth."""

    EXCLUDE = "exclude"  # it has no total, so it does not count
    PRORATE = "prorate"  # its share of the points that its marked criteria could give


class Obstacle(StrEnum):
    """Why a model says nothing of these reviews; the `code` of `NotIdentified`."""

    FEW_LEVELS = "few_levels"  # one work or one reviewer
    SATURATED = "saturated"  # no more reviews than works and reviewers explain
    NO_VARIATION = "no_variation"  # all marks are equal
    NO_NOISE = "no_noise"  # reviewers agree to the last digit
    NO_HALO = "no_halo"  # no review has two marked criteria
    DISCONNECTED = "disconnected"  # parts without a common reviewer, for the Rasch model
    EXTREME = "extreme"  # only the lowest or highest marks, for the Rasch model
    SEPARATED = "separated"  # some Rasch measure or threshold has no finite estimate
    NOT_CONVERGED = "not_converged"  # the iteration ran out of steps


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of a rubric.

    Parameters
    ----------
    name
        Unique in its rubric; the value in `Reviews.criterion`.
    maximum, minimum
        Bounds of a mark, inclusive, in marks.
    weight
        Points a mark is worth; positive. The review's total is the sum of weight x mark.
    """

    name: str
    maximum: float
    minimum: float = 0.0
    weight: float = 1.0

    @property
    def points(self) -> float:
        """Points between the worst and the best mark."""
        return self.weight * (self.maximum - self.minimum)


@dataclass(frozen=True, slots=True)
class Rubric:
    """Criteria of one kind of work, in one version.

    Raises
    ------
    InvalidInput
        No criteria, a name twice, a bound or weight that is not finite, an empty range, a weight that is not positive.
    """

    version: str
    criteria: tuple[Criterion, ...]

    def __post_init__(self) -> None:
        problems = [problem for criterion in self.criteria for problem in _criterion_problems(criterion)]
        names = [criterion.name for criterion in self.criteria]
        problems += [
            Problem("criteria", f"{name!r} occurs twice") for name in sorted(set(names)) if names.count(name) > 1
        ]
        if not names:
            problems.append(Problem("criteria", "a rubric needs at least one criterion"))
        if problems:
            raise InvalidInput(problems=problems)

    @property
    def maximum(self) -> float:
        """Points of a review with the best mark everywhere."""
        return sum(criterion.weight * criterion.maximum for criterion in self.criteria)

    @property
    def minimum(self) -> float:
        """Points of a review with the worst mark everywhere."""
        return sum(criterion.weight * criterion.minimum for criterion in self.criteria)


def _criterion_problems(criterion: Criterion) -> list[Problem]:
    where = f"criteria[{criterion.name}]"
    if not all(isfinite(value) for value in (criterion.maximum, criterion.minimum, criterion.weight)):
        return [Problem(where, "bounds and weight must be finite numbers")]
    problems = []
    if criterion.maximum <= criterion.minimum:
        problems.append(Problem(f"{where}.maximum", f"{criterion.maximum:g} is not above {criterion.minimum:g}"))
    if criterion.weight <= 0:
        problems.append(Problem(f"{where}.weight", f"{criterion.weight:g} is not positive"))
    return problems


@dataclass(frozen=True, slots=True, eq=False)
class Reviews:
    """Marks as columns of one length: one row a (work, reviewer, criterion). The order of rows never matters.

    Parameters
    ----------
    work, reviewer
        Labels, all integers or all strings. A person who both writes and reviews has two labels; see `reciprocity`.
    criterion
        Names of the rubric's criteria.
    score
        Marks on the criterion's own scale; NaN is a mark left out, never a 0.
    weight
        Weight of the whole review, the same on each of its rows, positive; left out, every review weighs 1.
    """

    work: Labels
    reviewer: Labels
    criterion: Labels
    score: Floats
    weight: Floats | None = None

    @classmethod
    def from_rows(cls, rows: Iterable[Sequence[Any]]) -> Reviews:
        """Columns from rows of (work, reviewer, criterion, score) or (work, reviewer, criterion, score, weight).

        A score of None is a mark left out.
        """
        table = [tuple(row) for row in rows]
        if any(len(row) not in (4, 5) for row in table) or len({len(row) for row in table}) > 1:
            raise InvalidInput("every row has 4 values, or every row has 5 with the review's weight", field="rows")
        columns = list(zip(*table, strict=True)) if table else [(), (), (), ()]
        score = np.array([np.nan if mark is None else float(mark) for mark in columns[3]], dtype=np.float64)
        weight = np.array(columns[4], dtype=np.float64) if len(columns) == 5 else None
        return cls(np.array(columns[0]), np.array(columns[1]), np.array(columns[2], dtype=str), score, weight)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a season decided before its first mark.

    Parameters
    ----------
    publish
        The grade: the plain mean (anyone can re-add it) or the severity-adjusted mean, where the data allow it.
    model
        One row a review, or criteria with a halo.
    incomplete
        What a review with an empty criterion is worth.
    robust
        Whether the adjusted mean and severities use Huber weights.
    decimals
        Decimals of the published grade, halves up.
    confidence
        Of every interval, between 0 and 1.
    divergence_limit
        Two reviewers of a work who differ by more than this fraction of the maximum call for one more.
    interval_limit
        An interval wider than this fraction of the maximum calls for one more review; None does not ask.
    fewest_reviews
        A work with fewer reviews calls for one more.
    enough_reviews
        A work with this many is never escalated: no further review would settle it; None sets no end.
    fewest_works
        With fewer works the plain mean is published (15: from there on the adjusted mean was never worse than the plain
        mean by more than 2 % in the simulations).
    significance
        Level at which the reviewers' severity must differ from none, for the adjusted mean to be published.
    trim
        Fraction of a work's reviews that the trimmed mean drops at each end, below 0.5.
    rasch
        Whether the many-facet Rasch model runs as a diagnostic.
    """

    publish: Published = Published.MEAN
    model: Model = Model.REVIEWS
    incomplete: Incomplete = Incomplete.EXCLUDE
    robust: bool = False
    decimals: int = 1
    confidence: float = 0.95
    divergence_limit: float = 0.2
    interval_limit: float | None = None
    fewest_reviews: int = 2
    enough_reviews: int | None = None
    fewest_works: int = 15
    significance: float = 0.05
    trim: float = 0.2
    rasch: bool = False

    def __post_init__(self) -> None:
        # Stored words are as good as members, but an unknown one must not pass for the default.
        object.__setattr__(self, "publish", option(Published, self.publish, field="publish"))
        object.__setattr__(self, "model", option(Model, self.model, field="model"))
        object.__setattr__(self, "incomplete", option(Incomplete, self.incomplete, field="incomplete"))
        checks = {
            "decimals": 0 <= self.decimals <= 6,
            "confidence": 0 < self.confidence < 1,
            "divergence_limit": 0 < self.divergence_limit <= 1,
            "interval_limit": self.interval_limit is None or self.interval_limit > 0,
            "fewest_reviews": self.fewest_reviews >= 1,
            "enough_reviews": self.enough_reviews is None or self.enough_reviews >= self.fewest_reviews,
            "fewest_works": self.fewest_works >= 1,
            "significance": 0 < self.significance < 1,
            "trim": 0 <= self.trim < 0.5,
        }
        problems = [
            Problem(name, f"{getattr(self, name)} is out of range") for name, holds in checks.items() if not holds
        ]
        if problems:
            raise InvalidInput(problems=problems)
