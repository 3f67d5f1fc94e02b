"""Do two people who review each other's works help each other? A flag for a person to look at, never a penalty.

What is compared is what neither the work nor the reviewer explains: the standardised residuals of the crossed model.
A pair is suspicious where both residuals are high; how high is judged against the same residuals dealt out at random,
taking the most striking pair of each deal, so that the whole season raises a false alarm at most as often as the
significance says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.aggregation.adjust import adjust
from scoring.aggregation.crossed import RESIDUAL, REVIEWER, fit_crossed
from scoring.aggregation.numeric import Floats, Ints
from scoring.aggregation.records import Label, Labels
from scoring.errors import InvalidInput

__all__ = ["MutualPair", "Reciprocity", "reciprocity"]

# Residuals are only nearly exchangeable: at 0.04 the simulated rate of false alarms stays below one season in twenty.
SIGNIFICANCE = 0.04
NO_FREEDOM = 1e-6


@dataclass(frozen=True, slots=True)
class MutualPair:
    """Two people who reviewed each other.

    Parameters
    ----------
    first, second
        Labels, the smaller one first.
    from_first, from_second
        Standardised residual of the mark that the first, and the second, gave to the other; positive is generous.
    strength
        Geometric mean of the two where both are positive, else 0.
    p
        Probability that some pair of the season looks as striking by chance.
    flagged
        Whether `p` is at most the significance.
    """

    first: Label
    second: Label
    from_first: float
    from_second: float
    strength: float
    p: float
    flagged: bool


@dataclass(frozen=True, slots=True)
class Reciprocity:
    """All mutual pairs of a season.

    Parameters
    ----------
    pairs
        In ascending order of labels.
    overall
        Mean product of the two residuals over all pairs: above 0 where generosity is returned, and grudges too; NaN
        without pairs.
    overall_p
        One-sided permutation p-value of that; NaN without pairs.
    """

    pairs: tuple[MutualPair, ...]
    overall: float
    overall_p: float

    @property
    def flagged(self) -> tuple[MutualPair, ...]:
        """Pairs to look at."""
        return tuple(pair for pair in self.pairs if pair.flagged)


def reciprocity(
    reviewer: Labels,
    author: Labels,
    values: Floats,
    *,
    rng: np.random.Generator,
    permutations: int = 999,
    significance: float = SIGNIFICANCE,
) -> Reciprocity:
    """Look for pairs who mark each other up.

    Parameters
    ----------
    reviewer, author
        Shape (m,): who reviewed whose work; one work an author. Reviews of one's own work are left out.
    values
        Shape (m,): totals of the reviews, finite, on any scale.
    rng
        Source of the permutations.
    permutations
        Number of deals.
    significance
        Bound on the probability of a false alarm in the season.

    Raises
    ------
    InvalidInput
        Unequal lengths, a review given twice, fewer than 19 permutations.
    NotIdentified
        The crossed model says nothing of these reviews.
    NotConverged
        It did not settle.

    Notes
    -----
    Power on the design of `benchmarks/simulations.py` (40 people, 8 reviews each, a pair that adds 3.5 standard
    deviations of noise to each other's work) is above .8; see the page "how we judge judges". Smaller favours drown
    in noise.
    """
    reviewer, author, values = _checked(reviewer, author, values, permutations)
    people, codes = np.unique(np.concatenate([reviewer, author]), return_inverse=True)
    giver, taker = codes[: len(values)], codes[len(values) :]
    residual = _standardised(giver, taker, values)
    forth, back = _mutual(giver, taker, len(people))
    if not len(forth):
        return Reciprocity((), np.nan, np.nan)
    strength = _strength(residual[forth], residual[back])
    product = float((residual[forth] * residual[back]).mean())
    highest, products = np.empty(permutations), np.empty(permutations)
    for deal in range(permutations):
        dealt = rng.permutation(residual)
        highest[deal] = _strength(dealt[forth], dealt[back]).max()
        products[deal] = (dealt[forth] * dealt[back]).mean()
    p = (1 + (highest[:, None] >= strength).sum(axis=0)) / (permutations + 1)
    labels = people.tolist()
    pairs = tuple(
        MutualPair(
            first=labels[giver[k]],
            second=labels[taker[k]],
            from_first=float(residual[k]),
            from_second=float(residual[other]),
            strength=float(own),
            p=float(chance),
            flagged=bool(chance <= significance),
        )
        for k, other, own, chance in zip(forth, back, strength, p, strict=True)
    )
    return Reciprocity(pairs, product, float((1 + (products >= product).sum()) / (permutations + 1)))


def _checked(reviewer: Labels, author: Labels, values: Floats, permutations: int) -> tuple[Labels, Labels, Floats]:
    reviewer, author, values = np.asarray(reviewer), np.asarray(author), np.asarray(values, dtype=np.float64)
    if not reviewer.shape == author.shape == values.shape == (len(values),):
        raise InvalidInput("reviewer, author and values are columns of one length", field="values")
    if permutations < 19:
        raise InvalidInput(f"{permutations} permutations cannot show a p-value of 0.05", field="permutations")
    others = reviewer != author
    reviewer, author, values = reviewer[others], author[others], values[others]
    if len(set(zip(reviewer.tolist(), author.tolist(), strict=True))) < len(values):
        raise InvalidInput("a review is given more than once", field="reviewer")
    return reviewer, author, values


def _standardised(giver: Ints, taker: Ints, values: Floats) -> Floats:
    """Residuals of unit variance; 0 where a review is all there is of its work, so that it says nothing."""
    work = np.unique(taker, return_inverse=True)[1]
    reviewer = np.unique(giver, return_inverse=True)[1]
    fit = fit_crossed(work, reviewer, values)
    noise = float(fit.variances[RESIDUAL])
    made = adjust(work, reviewer, values, np.ones(len(values)), float(fit.variances[REVIEWER]) / noise)
    seen = made.freedom > NO_FREEDOM
    return np.where(seen, made.residual / np.sqrt(noise * np.where(seen, made.freedom, 1.0)), 0.0)


def _mutual(giver: Ints, taker: Ints, people: int) -> tuple[Ints, Ints]:
    """Rows of the reviews from the smaller to the larger label that were returned, and of those that return them."""
    sent, returned = giver * people + taker, taker * people + giver
    order = np.argsort(sent)
    place = np.minimum(np.searchsorted(sent, returned, sorter=order), len(sent) - 1)
    partner = order[place]
    forth = np.flatnonzero((sent[partner] == returned) & (giver < taker))
    forth = forth[np.argsort(sent[forth])]
    return forth, partner[forth]


def _strength(forth: Floats, back: Floats) -> Floats:
    """Geometric mean of two favours; one alone is not reciprocity."""
    return np.asarray(np.sqrt(np.maximum(forth, 0.0) * np.maximum(back, 0.0)))
