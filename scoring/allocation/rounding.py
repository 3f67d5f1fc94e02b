"""Drawing an allocation whose pairs occur with given probabilities."""

from __future__ import annotations

import numpy as np

from scoring.allocation.instance import Grid, Weights

__all__ = ["draw_pairs"]

_SNAP = 1e-9
"""Closer to 0 or 1 than this is 0 or 1; a linear program's answer is not more exact."""


def draw_pairs(probabilities: Weights, rng: np.random.Generator) -> Grid:
    """Draw pairs so that each occurs with its probability, and every sum comes out rounded down or up.

    Parameters
    ----------
    probabilities : (reviewers, works)
        From 0 to 1. A work's sum is whole, so the work gets exactly that many reviewers; a reviewer's sum need not be.
    rng
        The source of the draw.

    Returns
    -------
    (reviewers, works) bool

    Notes
    -----
    Dependent rounding: R. Gandhi, S. Khuller, S. Parthasarathy and A. Srinivasan, J. ACM 53 (2006), used for reviewers
    by S. Jecmen et al., "Mitigating manipulation in peer review via randomized reviewer assignments" (2020). Along a
    cycle or a longest path of undecided pairs probability is shifted from every other pair to those between, one way or
    the other, by so much and with such odds that expectations stay and at least one pair is decided.
    """
    draw = _Draw(probabilities)
    while (start := draw.start()) is not None:
        draw.shift(draw.walk(start), rng)
    return draw.value > 0.5


class _Draw:
    """The probabilities so far, and the graph of the undecided pairs; works are numbered after the reviewers."""

    def __init__(self, probabilities: Weights) -> None:
        self.value = probabilities.copy()
        self.value[self.value < _SNAP] = 0.0
        self.value[self.value > 1 - _SNAP] = 1.0
        self._reviewers = probabilities.shape[0]
        self._undecided: dict[int, dict[int, None]] = {}
        for reviewer, work in np.argwhere((self.value > 0) & (self.value < 1)).tolist():
            self._undecided.setdefault(reviewer, {})[work + self._reviewers] = None
            self._undecided.setdefault(work + self._reviewers, {})[reviewer] = None

    def start(self) -> int | None:
        """Choose where to walk from: the end of a path, if there is one; else every walk closes a cycle."""
        if not self._undecided:
            return None
        return next((node for node, others in self._undecided.items() if len(others) == 1), next(iter(self._undecided)))

    def walk(self, start: int) -> list[tuple[int, int]]:
        """Follow undecided pairs until there is no way on, or a node is met again; return the path or the cycle."""
        nodes, at = [start], {start: 0}
        while True:
            before = nodes[-2] if len(nodes) > 1 else None
            following = next((each for each in self._undecided[nodes[-1]] if each != before), None)
            if following is not None:
                nodes.append(following)
            if following is None or following in at:
                break
            at[following] = len(nodes) - 1
        first = at[nodes[-1]] if following is not None else 0
        return [self._pair(*each) for each in zip(nodes[first:], nodes[first + 1 :], strict=False)]

    def _pair(self, one: int, other: int) -> tuple[int, int]:
        return min(one, other), max(one, other) - self._reviewers

    def shift(self, pairs: list[tuple[int, int]], rng: np.random.Generator) -> None:
        """Shift probability along the pairs, up and down in turn, until one of them is decided."""
        up, down = pairs[::2], pairs[1::2]
        forth = min([1 - self.value[pair] for pair in up] + [self.value[pair] for pair in down])
        back = min([self.value[pair] for pair in up] + [1 - self.value[pair] for pair in down])
        step = forth if rng.random() * (forth + back) < back else -back
        for sign, group in ((1, up), (-1, down)):
            for pair in group:
                self.value[pair] += sign * step
                self._decide(pair)

    def _decide(self, pair: tuple[int, int]) -> None:
        nearest = round(float(self.value[pair]))
        if abs(self.value[pair] - nearest) > _SNAP:
            return
        self.value[pair] = nearest
        reviewer, work = pair[0], pair[1] + self._reviewers
        for one, other in ((reviewer, work), (work, reviewer)):
            del self._undecided[one][other]
            if not self._undecided[one]:
                del self._undecided[one]
