"""Elements with only the lowest or only the highest marks: they say nothing about the others and have no finite
estimate.
"""

from __future__ import annotations

import numpy as np

from scoring.aggregation.numeric import Floats, Ints, Mask
from scoring.aggregation.rasch.categories import moments, probabilities

__all__ = ["EXTREME_ADJUSTMENT", "informative", "measure_at_score"]

EXTREME_ADJUSTMENT = 0.3  # categories by which an extreme score is moved inside; the default of Facets
MAX_STEPS = 100
LONGEST_STEP = 1.0
TOLERANCE = 1e-9


def informative(
    levels: tuple[Ints, ...], sizes: tuple[int, ...], value: Floats, group: Ints
) -> tuple[Mask, list[Mask]]:
    """Marks left when extreme elements are set aside until there are none.

    Parameters
    ----------
    levels, sizes
        Facets whose extreme elements are set aside.
    value, group
        Shape (n,): values of the marks and the scale each is on.

    Returns
    -------
    tuple
        Shape (n,): marks that count; and for each facet its extreme elements.
    """
    counts = np.ones(len(value), dtype=bool)
    extreme = [np.zeros(size, dtype=bool) for size in sizes]
    while counts.any():
        found = _extremes(levels, sizes, counts, _ends(value, group, counts))
        if not any(mask.any() for mask in found):
            break
        for which, level in enumerate(levels):
            extreme[which] = extreme[which] | found[which]
            counts = counts & ~found[which][level]
    return counts, extreme


def _extremes(levels: tuple[Ints, ...], sizes: tuple[int, ...], counts: Mask, ends: tuple[Mask, Mask]) -> list[Mask]:
    """Of each facet the elements whose counting marks are all at the bottom or all at the top."""
    found = []
    for level, size in zip(levels, sizes, strict=True):
        number = np.bincount(level[counts], minlength=size)
        at_ends = [np.bincount(level[counts & end], minlength=size) for end in ends]
        found.append((number > 0) & ((at_ends[0] == number) | (at_ends[1] == number)))
    return found


def _ends(value: Floats, group: Ints, counts: Mask) -> tuple[Mask, Mask]:
    """Marks at the bottom and at the top of what counts on their scale."""
    groups = int(group.max()) + 1
    low, high = np.full(groups, np.inf), np.full(groups, -np.inf)
    np.minimum.at(low, group[counts], value[counts])
    np.maximum.at(high, group[counts], value[counts])
    return value <= low[group], value >= high[group]


def measure_at_score(location: Floats, group: Ints, category: Ints, cumulative: Floats) -> tuple[float, float]:
    """Measure and standard error at which the expected score is the observed one, kept 0.3 categories off its bounds.

    Parameters
    ----------
    location
        Shape (n,): what the other facets say of each of the element's marks.
    group, category, cumulative
        As in `probabilities`.

    Returns
    -------
    tuple
        Measure, added to the location with a positive sign; NaN where the element has no mark that others measure.
    """
    if not len(location):
        return np.nan, np.nan
    top = np.isfinite(cumulative).sum(axis=1)[group] - 1
    wanted = float(np.clip(category.sum(), EXTREME_ADJUSTMENT, top.sum() - EXTREME_ADJUSTMENT))
    measure, information = 0.0, 1.0
    for _ in range(MAX_STEPS):
        moment = moments(probabilities(location + measure, group, cumulative))
        information = float(moment.variance.sum())
        step = (wanted - float(moment.expected.sum())) / max(information, 1e-12)
        measure += float(np.clip(step, -LONGEST_STEP, LONGEST_STEP))
        if abs(step) < TOLERANCE:
            break
    return measure, information**-0.5
