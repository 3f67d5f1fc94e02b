"""Random allocation problems for hypothesis, and a way to run a property every day or ten thousand times."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.allocation import Conflict, Load

everyday_and_soak = pytest.mark.parametrize(
    "examples",
    [
        pytest.param(120, id="everyday"),
        pytest.param(10_000, id="soak", marks=[pytest.mark.soak, pytest.mark.timeout(7200)]),
    ],
)
everyday_and_soak_costly = pytest.mark.parametrize(
    "examples",
    [
        pytest.param(60, id="everyday"),
        pytest.param(10_000, id="soak", marks=[pytest.mark.soak, pytest.mark.timeout(7200)]),
    ],
)


def check(examples, strategy, holds):
    """Run a property on that many examples."""
    sized = settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    sized(given(strategy)(holds))()


@dataclass(frozen=True)
class Case:
    """The arguments of `allocate`."""

    works: dict
    reviewers: dict
    conflicts: list = field(default_factory=list)
    affinity: dict | None = None
    seed: int = 0

    @property
    def options(self):
        return {"conflicts": self.conflicts, "affinity": self.affinity, "rng": np.random.default_rng(self.seed)}


@st.composite
def problems(draw, *, works=4, reviewers=4, demand=2, limits=True, rated=None):
    names = [f"w{number}" for number in range(draw(st.integers(1, works)))]
    people = [f"r{number}" for number in range(draw(st.integers(1, reviewers)))]
    loads = {}
    for each in people:
        low = draw(st.sampled_from([0, 0, 0, 1, 2])) if limits else 0
        high = draw(st.sampled_from([None, None, low, low + 1, low + 2])) if limits else None
        loads[each] = Load(low, high)
    pair = st.tuples(st.sampled_from(people), st.sampled_from(names), st.just("kin"))
    apart = [Conflict(*each) for each in draw(st.lists(pair, max_size=4))]
    affinity = None
    if draw(st.booleans()) if rated is None else rated:
        affinity = {(r, w): draw(st.integers(0, 3)) for r in people for w in names}
    needs = {each: draw(st.integers(0, demand)) for each in names}
    return Case(needs, loads, apart, affinity, draw(st.integers(0, 2**16)))
