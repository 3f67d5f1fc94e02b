"""Shares a group's mark out by contribution."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from scoring.exact import Number, half_up
from scoring.groupmark._checks import Ballots, CheckedRules, check_group_mark, check_marks, check_rules
from scoring.groupmark.factors import Factor, factors
from scoring.groupmark.records import GroupMarks, MemberMark, Method, PeerMark, PenaltyKind, Rules

__all__ = ["share_out"]

_DEFAULT = Rules()


def share_out(
    group_mark: Number, members: Sequence[str], marks: Iterable[PeerMark], *, rules: Rules = _DEFAULT
) -> GroupMarks:
    """Turn a group's mark and the members' marks of each other into a mark for each member, exactly.

    In this order: the factor by the rules' method, its bounds, ``group_mark * (1 - weight + weight * factor)``, the
    cap, the penalty for members who marked nobody, rounding half up.

    What is not there has a meaning: a rater without marks is left out of everybody's factor; a member nobody marked
    has factor 1, and so has a group of one; a rater who gave everybody 0 gave everybody the same.

    Parameters
    ----------
    group_mark
        The group's mark, at least 0, on the scale that `Rules.cap` speaks of.
    members
        Ids, unique, at least one.
    marks
        One for each rater, ratee and criterion; a rater marks somebody on every criterion or on none. Marks of
        oneself are accepted always and count in `Method.WEBPA_SELF` only.
    rules
        The default is the peer mean, without a penalty, capped at 100.

    Returns
    -------
    GroupMarks
        Members in the given order.

    Raises
    ------
    InvalidInput
        With one `Problem` for each mistake: an unknown or repeated member, a mark given twice, a negative or too
        large one, NaN, a criterion left out; for WebPA, somebody left out.

    Notes
    -----
    WebPA: Loughborough University, https://webpaproject.lboro.ac.uk/. Without self-marking its factor multiplies who
    withholds marks by n / (n - 1); the peer mean takes a member's own marks out of the member's own factor.

    Examples
    --------
    >>> marks = [PeerMark(*one) for one in [("a", "b", "work", 3), ("a", "c", "work", 1), ("b", "a", "work", 2),
    ...                                     ("b", "c", "work", 2), ("c", "a", "work", 1), ("c", "b", "work", 1)]]
    >>> [(member.id, str(member.mark)) for member in share_out(60, ["a", "b", "c"], marks).members]
    [('a', '60.00'), ('b', '75.00'), ('c', '45.00')]
    """
    checked = check_rules(rules)
    mark = check_group_mark(group_mark)
    complete_for = None if checked.method is Method.PEER_MEAN else checked.method
    ballots = check_marks(members, marks, largest=rules.largest_peer_mark, complete_for=complete_for)
    found = factors(members, ballots, checked.method)
    owing = {member for member in members if len(members) > 1 and not _has_marked(member, ballots)}
    parts = tuple(_part(checked, mark, member, found[member], owes=member in owing) for member in members)
    return GroupMarks(_rounded(mark, checked.decimals), parts)


def _has_marked(member: str, ballots: Ballots) -> bool:
    return any(ratee != member for ratee in ballots.get(member, ()))


def _part(rules: CheckedRules, group_mark: Fraction, member: str, found: Factor, *, owes: bool) -> MemberMark:
    factor = _bounded(rules, Fraction(1) if found.value is None else found.value)
    weighted = group_mark * (1 - rules.weight + rules.weight * factor)
    reached = weighted if rules.cap is None else min(weighted, rules.cap)
    penalty = _penalty(rules, reached) if owes else Fraction(0)
    return MemberMark(
        id=member,
        factor=factor,
        raw_factor=found.value,
        marked_by=found.raters,
        owes_marks=owes,
        weighted=weighted,
        capped=reached < weighted,
        penalty=penalty,
        mark=_rounded(reached - penalty, rules.decimals),
    )


def _bounded(rules: CheckedRules, factor: Fraction) -> Fraction:
    if rules.lowest_factor is not None:
        factor = max(factor, rules.lowest_factor)
    return factor if rules.highest_factor is None else min(factor, rules.highest_factor)


def _penalty(rules: CheckedRules, reached: Fraction) -> Fraction:
    return reached * rules.penalty if rules.penalty_kind is PenaltyKind.SHARE else min(rules.penalty, reached)


def _rounded(value: Fraction, decimals: int) -> Decimal:
    return Decimal(half_up(value.numerator * 10**decimals, value.denominator)).scaleb(-decimals)
