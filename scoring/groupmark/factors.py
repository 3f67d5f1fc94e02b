"""From peers' marks to contribution factors, exactly. A factor of 1 is an average contribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from scoring.groupmark._checks import Ballots
from scoring.groupmark.records import Method

__all__ = ["Factor", "factors"]


class Factor(NamedTuple):
    """A raw factor, None where nobody who counts marked the member, and how many raters it rests on."""

    value: Fraction | None
    raters: int


def factors(members: Sequence[str], ballots: Ballots, method: Method) -> dict[str, Factor]:
    """Compute every member's factor.

    Parameters
    ----------
    members
        The group.
    ballots
        Checked marks. Marks of oneself count in `Method.WEBPA_SELF` only.
    method
        See `Method`.
    """
    with_self = method is Method.WEBPA_SELF
    shares = {rater: _shares(rater, row, with_self=with_self) for rater, row in ballots.items()}
    shares = {rater: row for rater, row in shares.items() if row}
    if method is Method.PEER_MEAN:
        return {member: _peer_mean(member, shares) for member in members}
    return {member: _webpa(member, shares, len(members)) for member in members}


def _shares(rater: str, row: Mapping[str, int], *, with_self: bool) -> dict[str, Fraction]:
    """Give what part of a rater's marks each ratee got; equal parts where the rater gave everybody 0."""
    counted = {ratee: units for ratee, units in row.items() if with_self or ratee != rater}
    total = sum(counted.values())
    if total == 0:
        return {ratee: Fraction(1, len(counted)) for ratee in counted}
    return {ratee: Fraction(units, total) for ratee, units in counted.items()}


def _peer_mean(member: str, shares: Mapping[str, Mapping[str, Fraction]]) -> Factor:
    """Average the shares, each times the number of people its rater marked, over the raters who marked this member."""
    received = [row[member] * len(row) for row in shares.values() if member in row]
    if not received:
        return Factor(None, 0)
    return Factor(sum(received, Fraction(0)) / len(received), len(received))


def _webpa(member: str, shares: Mapping[str, Mapping[str, Fraction]], group_size: int) -> Factor:
    """Sum the shares received, times the group's size over the number of raters (Loughborough University's WebPA)."""
    if not shares:
        return Factor(None, 0)
    received = [row[member] for row in shares.values() if member in row]
    return Factor(sum(received, Fraction(0)) * group_size / len(shares), len(received))
