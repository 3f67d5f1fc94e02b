"""Stable matching against `matching` and `algmatch`: one instance, the same pairs, from lists to a certified result.

Both peers get the lists in the form they ask for, made beforehand, and their time counts from building their game. Ours
counts reading and checking the lists, the matching, and the independent certificate; the peers' results are not checked
in their time. The peers take seconds, so they run fewer times: each row says how often. Memory is tidied before each
run, so that nobody's time holds the collection of what another left behind.
"""

from __future__ import annotations

import gc
import statistics
import sys
import warnings
from collections.abc import Callable

import numpy as np

from benchmarks.harness import Row, at_least, measured, seconds, skipped
from scoring.matching import Matching, match

PEOPLE, MENTORS, WISHES, PLACES = 10_000, 500, 10, 20
ROUNDS = 3
"""Of the peers, each between runs of ours."""
OURS_PER_ROUND = 5
BAR = 100
SIZE = f"{PEOPLE:,} x {MENTORS}, lists of {WISHES}"

Lists = dict[int, list[int]]


def rows() -> list[Row]:
    """Match the same market by all three, taking turns."""
    wishes, rankings = market()
    peers = {"matching 1.4.3": by_matching(wishes, rankings), "algmatch 1.5.2": by_algmatch(wishes, rankings)}
    ours: list[float] = []
    theirs: dict[str, list[float]] = {name: [] for name, peer in peers.items() if peer}
    expected = match(wishes, rankings, PLACES)
    for _ in range(ROUNDS):
        ours += [tidy_seconds(lambda: match(wishes, rankings, PLACES)) for _ in range(OURS_PER_ROUND)]
        for name, times in theirs.items():
            times.append(peer_time(peers[name], expected))
    median = statistics.median(ours)
    found = [compared(name, median, times) for name, times in theirs.items()]
    found += [skipped(f"matching {SIZE}", f"{name} is not installed") for name, peer in peers.items() if not peer]
    return [*found, measured(f"matching {SIZE}, certified (median of {len(ours)})", median * 1e3, "ms")]


def tidy_seconds(work: Callable[[], object]) -> float:
    """Time one call after the garbage of earlier ones is gone."""
    gc.collect()
    return seconds(work)


def market() -> tuple[Lists, Lists]:
    """Draw everybody's lists; mentors rank everyone who named them."""
    rng = np.random.default_rng(20261124)
    wishes = {person: rng.choice(MENTORS, WISHES, replace=False).tolist() for person in range(PEOPLE)}
    named_by: Lists = {mentor: [] for mentor in range(MENTORS)}
    for person, named in wishes.items():
        for mentor in named:
            named_by[mentor].append(person)
    return wishes, {mentor: rng.permutation(people).tolist() for mentor, people in named_by.items()}


def compared(name: str, ours: float, times: list[float]) -> Row:
    """Tell how many times faster ours is; the bar is against `matching`."""
    theirs = statistics.median(times)
    ratio = theirs / ours
    against = f"{name}: {theirs:.2f} s (median of {len(times)}), same pairs"
    if name.startswith("matching"):
        return at_least(f"matching {SIZE}, certified", ratio, "times faster", against, BAR)
    return measured(f"matching {SIZE}, certified", ratio, "times faster", against)


Peer = Callable[[], Callable[[], dict[int, int]]]
"""Builds and solves its game; what it returns reads off the pairs, outside its time."""


def peer_time(peer: Peer | None, expected: Matching) -> float:
    """Time a peer, and hold its pairs against ours."""
    solved: list[Callable[[], dict[int, int]]] = []
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(10 * PEOPLE)  # `matching` copies its players recursively
    try:
        took = tidy_seconds(lambda: solved.append(peer()) if peer else None)
        assert solved[0]() == expected.pairs, "the peer has other pairs"
    finally:
        sys.setrecursionlimit(limit)
    return took


def by_matching(wishes: Lists, rankings: Lists) -> Peer | None:
    """Run the package `matching`, if it is there."""
    try:
        from matching.games import HospitalResident
    except ImportError:
        return None
    places = dict.fromkeys(rankings, PLACES)

    def peer() -> Callable[[], dict[int, int]]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            solved = HospitalResident.create_from_dictionaries(wishes, rankings, places).solve(optimal="resident")
        return lambda: {person.name: mentor.name for mentor, people in solved.items() for person in people}

    return peer


def by_algmatch(wishes: Lists, rankings: Lists) -> Peer | None:
    """Run the package `algmatch`, if it is there."""
    try:
        from algmatch import HR
    except ImportError:
        return None
    game = {
        "residents": wishes,
        "hospitals": {mentor: {"capacity": PLACES, "preferences": order} for mentor, order in rankings.items()},
    }

    def peer() -> Callable[[], dict[int, int]]:
        solved = HR(dictionary=game, optimised_side="residents").get_stable_matching()
        return lambda: {
            int(person[1:]): int(mentor[1:]) for person, mentor in solved["resident_sided"].items() if mentor
        }

    return peer
