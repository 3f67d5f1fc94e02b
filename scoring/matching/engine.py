"""`match`: read the market, run the method, have the result checked by the part that shares nothing with either."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.errors import CertificateRefused, InvalidInput
from scoring.ids import Id, canonical
from scoring.matching.certificate import Certificate, certify
from scoring.matching.deferred import mentors_propose, participants_propose
from scoring.matching.exact import exact_max_size
from scoring.matching.kiraly import kiraly_max_size
from scoring.matching.market import Market, read_market
from scoring.matching.records import Conflict, Lottery, Matching, Method, Preferences, Rankings

__all__ = ["match", "match_arrays", "solve"]

_METHODS: Mapping[Method, Callable[[Market], dict[Id, tuple[Id, ...]]]] = {
    Method.PARTICIPANTS_PROPOSE: participants_propose,
    Method.MENTORS_PROPOSE: mentors_propose,
    Method.MAX_SIZE: kiraly_max_size,
    Method.MAX_SIZE_EXACT: exact_max_size,
}
_FILLER = -1
_BY_LOTTERY = frozenset({Method.PARTICIPANTS_PROPOSE, Method.MENTORS_PROPOSE})


def match(
    participants: Preferences,
    mentors: Rankings,
    capacities: Mapping[Any, int] | int,
    *,
    method: Method | str = Method.PARTICIPANTS_PROPOSE,
    conflicts: Iterable[Conflict] = (),
    rng: np.random.Generator | None = None,
    lottery: Lottery | None = None,
) -> Matching:
    """Match participants to mentors, many to one, stably.

    Parameters
    ----------
    participants
        Mentors that each participant would have, best first; those in a nested tuple are equally good. Who is not
        named is not acceptable. Lists may be empty.
    mentors
        Participants that each mentor would have, likewise. None in place of a list: whoever named this mentor, equally.
    capacities
        Places of each mentor, whole numbers from 0; or one number for all.
    method
        Which of the stable matchings; see `Method`.
    conflicts
        Pairs that must not be matched; they are removed first and kept as reasons.
    rng
        Draws the lottery that breaks ties. Needed, or `lottery`, where anything is tied.
    lottery
        The lottery of an earlier result: replays it.

    Returns
    -------
    Matching
        The same whatever the order of the rows. Nobody to match, no places and empty lists are all allowed and leave
        people unmatched, with a reason.

    Raises
    ------
    InvalidInput
        With every problem found: ids unknown or repeated in a list, ids that are neither whole numbers nor texts,
        capacities that are not whole numbers from 0, ties without a lottery, an unknown method, more than 200 people
        for `Method.MAX_SIZE_EXACT`.
    NotConverged
        If `Method.MAX_SIZE_EXACT` found no proof of the maximum within its limit of steps.

    Notes
    -----
    Deferred acceptance: Gale and Shapley (1962). With participants proposing no participant can gain by a list that is
    not truthful (Roth 1982, Dubins and Freedman 1981), the lottery being drawn independently of the lists; with the
    other methods some can. Whoever is unmatched in one stable matching of strict lists is unmatched in all of them, and
    so are places (the rural hospitals theorem, Roth 1986): only ties leave room for `Method.MAX_SIZE`.

    Examples
    --------
    >>> result = match({"ann": ["x", "y"], "bob": ["x"]}, {"x": ["bob", "ann"], "y": ["ann"]}, 1)
    >>> result.pairs
    {'bob': 'x', 'ann': 'y'}
    >>> result.certificate.stable
    True
    """
    chosen = read_method(method)
    market = read_market(participants, mentors, capacities, conflicts=conflicts, rng=rng, lottery=lottery)
    return solve(market, chosen)


def read_method(method: Method | str) -> Method:
    """Accept a method by name; an unknown one is an error, not a default."""
    try:
        return Method(method)
    except ValueError:
        raise InvalidInput(f"is {method!r}; known are {', '.join(Method)}", field="method") from None


def solve(market: Market, method: Method) -> Matching:
    """Match a market that was read before.

    Raises
    ------
    CertificateRefused
        If the independent check finds a fault in the result: a mistake in this package, never in the input.
    """
    mentees = _METHODS[method](market)
    pairs = {participant: mentor for mentor, group in mentees.items() for participant in group}
    certificate = certify(
        market.participants,
        market.mentors,
        market.capacities,
        pairs,
        conflicts=[Conflict(*pair, reasons[0]) for pair, reasons in market.conflicts.items()],
        lottery=market.lottery if method in _BY_LOTTERY else None,
    )
    refuse_faulty(certificate)
    unmatched = tuple(canonical(market.wishes.keys() - pairs.keys()))
    return Matching(method, pairs, unmatched, mentees, certificate, market)


def refuse_faulty(certificate: Certificate) -> None:
    """Never hand out a result that its own check refuses."""
    if certificate.faults:
        raise CertificateRefused(f"the result fails its independent check: {certificate.faults[:5]}")


def match_arrays(
    participants: NDArray[np.integer[Any]],
    mentors: NDArray[np.integer[Any]] | Sequence[NDArray[np.integer[Any]]],
    capacities: NDArray[np.integer[Any]],
    *,
    method: Method | str = Method.PARTICIPANTS_PROPOSE,
) -> tuple[NDArray[np.int64], Certificate]:
    """Match by strict lists held in arrays; people are row numbers.

    Parameters
    ----------
    participants : (n, k) whole numbers
        Row i lists participant i's mentors (row numbers of `mentors`), best first, filled up with -1.
    mentors : (m, l) whole numbers, or m arrays of any lengths
        Row j lists mentor j's participants, best first, filled up with -1.
    capacities : (m,) whole numbers from 0
    method
        Which of the stable matchings; see `Method`.

    Returns
    -------
    mentor_of : (n,) int64
        Mentor of each participant, -1 for those without.
    certificate : Certificate
        The independent check of it.

    Raises
    ------
    InvalidInput
        If an array has another shape or kind of number, or for the reasons of `match`.

    Examples
    --------
    >>> wishes, rankings = np.array([[0, 1], [0, -1]]), np.array([[1, 0], [0, -1]])
    >>> mentor_of, certificate = match_arrays(wishes, rankings, np.array([1, 1]))
    >>> mentor_of.tolist(), certificate.stable
    ([1, 0], True)
    """
    wishes, rankings = _rows("participants", participants), _rows("mentors", mentors)
    seats = np.asarray(capacities)
    if seats.shape != (len(rankings),):
        raise InvalidInput(f"has shape {seats.shape}, not ({len(rankings)},)", field="capacities")
    result = match(wishes, rankings, dict(enumerate(seats.tolist())), method=method)
    mentor_of = [result.pairs.get(participant, _FILLER) for participant in wishes]
    return np.array(mentor_of, dtype=np.int64), result.certificate


def _rows(field: str, lists: NDArray[np.integer[Any]] | Sequence[NDArray[np.integer[Any]]]) -> dict[int, list[int]]:
    rows: dict[int, list[int]] = {}
    for number, each in enumerate(lists):
        row = np.asarray(each)
        if row.ndim != 1 or (row.size and not np.issubdtype(row.dtype, np.integer)):
            raise InvalidInput(
                f"is not a row of whole numbers but {row.dtype} of shape {row.shape}", field=f"{field}[{number}]"
            )
        filled = row != _FILLER
        if (filled[1:] > filled[:-1]).any():
            raise InvalidInput("goes on after -1, which ends a list", field=f"{field}[{number}]")
        rows[number] = row[filled].tolist()
    return rows
