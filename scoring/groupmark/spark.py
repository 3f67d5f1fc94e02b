"""SPARK's two factors, as a diagnostic: what a group thinks of a member, and what the member thinks of themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import sqrt

from scoring.exact import Number
from scoring.groupmark._checks import Ballots, check_marks
from scoring.groupmark.records import Diagnostics, PeerMark

__all__ = ["self_and_peer"]


def self_and_peer(
    members: Sequence[str], marks: Iterable[PeerMark], *, largest_peer_mark: Number | None = None
) -> tuple[Diagnostics, ...]:
    """Compute the SPA and SAPA factors of a group, from marks of oneself and of the others.

    Parameters
    ----------
    members, marks
        As in `share_out`.
    largest_peer_mark
        Highest mark on the form; None where any is allowed.

    Returns
    -------
    tuple of Diagnostics
        In the order of `members`; a factor is None where the marks do not tell (nobody marked the member, no mark of
        oneself, an average of 0).

    Raises
    ------
    InvalidInput
        As `share_out` does.

    Notes
    -----
    M. Freeman, J. McKenzie, "SPARK, a confidential web-based template for self and peer assessment of student
    teamwork", British Journal of Educational Technology 33(5), 2002. With a mark from everybody for everybody the
    averages here give the factors of the paper, which divides sums.

    Examples
    --------
    >>> marks = [PeerMark(*one) for one in [("a", "a", "work", 4), ("a", "b", "work", 1),
    ...                                     ("b", "a", "work", 1), ("b", "b", "work", 4)]]
    >>> self_and_peer(["a", "b"], marks)[0]
    Diagnostics(id='a', spa=1.0, sapa=2.0)
    """
    ballots = check_marks(members, marks, largest=largest_peer_mark)
    received = {member: _average(row[member] for row in ballots.values() if member in row) for member in members}
    overall = _average(average for average in received.values() if average is not None)
    return tuple(
        Diagnostics(member, spa=_root_of_ratio(received[member], overall), sapa=_sapa(member, ballots))
        for member in members
    )


def _sapa(member: str, ballots: Ballots) -> float | None:
    own = ballots.get(member, {}).get(member)
    others = _average(row[member] for rater, row in ballots.items() if rater != member and member in row)
    return _root_of_ratio(None if own is None else Fraction(own), others)


def _average(values: Iterable[int | Fraction]) -> Fraction | None:
    known = [Fraction(value) for value in values]
    return sum(known, Fraction(0)) / len(known) if known else None


def _root_of_ratio(value: Fraction | None, base: Fraction | None) -> float | None:
    return sqrt(value / base) if value is not None and base else None
