"""The largest weakly stable matching, exactly: integer programming for hospitals and residents with ties.

Model: A. Kwanashie and D. F. Manlove, "An integer programming approach to the Hospitals/Residents problem with Ties"
(2014). The problem is NP-hard (Manlove et al. 2002), hence the bound on the number of people.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scoring.errors import InvalidInput, NotConverged
from scoring.ids import Id
from scoring.matching.deferred import grouped
from scoring.matching.kiraly import acceptable_tiers, by_lottery, kiraly_max_size, mentor_standing
from scoring.matching.market import Market

if TYPE_CHECKING:
    from scipy.optimize import LinearConstraint
    from scipy.sparse import csr_array

__all__ = ["MAX_PARTICIPANTS", "exact_max_size"]

MAX_PARTICIPANTS = 200
NODE_LIMIT = 200_000
"""Branch-and-bound nodes, not seconds: the same input must not fail on a slower machine."""

Pair = tuple[Id, Id, int]
"""(participant, mentor, tier of the mentor among the participant's wishes)."""


def exact_max_size(market: Market) -> dict[Id, tuple[Id, ...]]:
    """Match weakly stably as many people as possible.

    Parameters
    ----------
    market
        At most 200 participants. The lists with their ties are used; the lottery orders the rows for the solver.

    Returns
    -------
    dict
        Accepted participants by mentor, in the mentor's order. Which of several largest matchings is the solver's
        choice: the same for the same version of it.

    Raises
    ------
    InvalidInput
        If there are more participants.
    NotConverged
        If the proof of the maximum takes more than `NODE_LIMIT` nodes.
    """
    if len(market.wishes) > MAX_PARTICIPANTS:
        message = f"are {len(market.wishes)}; the exact maximum is offered up to {MAX_PARTICIPANTS} (use max_size)"
        raise InvalidInput(message, field="participants")
    tiers = acceptable_tiers(market)
    pairs = [
        (each, mentor, tier)
        for each in by_lottery(market)
        for tier, group in enumerate(tiers[each])
        for mentor in group
    ]
    fast = kiraly_max_size(market)
    if sum(map(len, fast.values())) == _bound(market, pairs):
        return fast  # nothing seats more, stable or not; long lists make the proof by branching take minutes
    chosen = _largest(_constraints(market, pairs), len(pairs))
    return grouped(
        market, {participant: mentor for (participant, mentor, _), taken in zip(pairs, chosen, strict=True) if taken}
    )


def _bound(market: Market, pairs: list[Pair]) -> int:
    """Count how many people acceptable pairs could seat if nobody minded stability: a maximum flow."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import maximum_flow

    participants, mentors = {each for each, _, _ in pairs}, {mentor for _, mentor, _ in pairs}
    node = {
        key: number
        for number, key in enumerate([*((0, each) for each in participants), *((1, each) for each in mentors)], 2)
    }
    arcs = [(0, node[0, each], 1) for each in participants]
    arcs += [(node[0, each], node[1, mentor], 1) for each, mentor, _ in pairs]
    arcs += [(node[1, each], 1, min(market.capacities[each], len(participants))) for each in mentors]
    tails, heads, seats = np.array(arcs, dtype=np.int32).reshape(-1, 3).T
    network = coo_array((seats, (tails, heads)), shape=(len(node) + 2, len(node) + 2)).tocsr()
    return int(maximum_flow(network, 0, 1).flow_value)


def _largest(stable: LinearConstraint, width: int) -> NDArray[np.bool_]:
    from scipy.optimize import Bounds, milp

    ones = np.ones(width)
    found = milp(
        -ones,
        integrality=np.ones(width, dtype=np.int64),
        bounds=Bounds(0, 1),
        constraints=stable,
        options={"node_limit": NODE_LIMIT, "mip_rel_gap": 0.0},
    )
    if found.status != 0:  # a weakly stable matching always exists, so the limit is the only way to fail
        raise NotConverged("the largest stable matching", iterations=NODE_LIMIT, gap=float(found.mip_gap or np.inf))
    chosen: NDArray[np.bool_] = np.asarray(found.x) > 0.5
    return chosen


def _constraints(market: Market, pairs: list[Pair]) -> LinearConstraint:
    from scipy.optimize import LinearConstraint

    of_participant, of_mentor = (
        _columns(participant for participant, _, _ in pairs),
        _columns(mentor for _, mentor, _ in pairs),
    )
    places = mentor_standing(market)
    place = [places[mentor][participant] for participant, mentor, _ in pairs]
    rows = _Rows(len(pairs))
    for columns in of_participant.values():
        rows.add(columns, 1.0)
        rows.close(-np.inf, 1.0)
    for mentor, columns in of_mentor.items():
        rows.add(columns, 1.0)
        rows.close(-np.inf, market.capacities[mentor])
    for column, (participant, mentor, tier) in enumerate(pairs):
        # The pair does not block: the participant has someone at least as good, or people at least as good as the
        # participant take all places of the mentor.
        seats = market.capacities[mentor]
        rows.add([each for each in of_participant[participant] if pairs[each][2] <= tier], seats)
        rows.add([each for each in of_mentor[mentor] if place[each] <= place[column]], 1.0)
        rows.close(seats, np.inf)
    return LinearConstraint(rows.matrix(), lb=rows.lower, ub=rows.upper)


def _columns(owners: Iterable[Id]) -> dict[Id, list[int]]:
    columns: dict[Id, list[int]] = {}
    for column, owner in enumerate(owners):
        columns.setdefault(owner, []).append(column)
    return columns


class _Rows:
    """A sparse system of two-sided inequalities, written row by row."""

    def __init__(self, width: int) -> None:
        self.lower: list[float] = []
        self.upper: list[float] = []
        self._width = width
        self._rows: list[int] = []
        self._columns: list[int] = []
        self._values: list[float] = []

    def add(self, columns: list[int], value: float) -> None:
        """Add `value` to each of the columns of the row being written."""
        self._rows += [len(self.lower)] * len(columns)
        self._columns += columns
        self._values += [value] * len(columns)

    def close(self, lower: float, upper: float) -> None:
        """End the row with its bounds."""
        self.lower.append(lower)
        self.upper.append(upper)

    def matrix(self) -> csr_array[Any]:
        from scipy.sparse import coo_array

        shape = (len(self.lower), self._width)
        return coo_array((self._values, (self._rows, self._columns)), shape=shape).tocsr()
