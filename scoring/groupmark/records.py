"""What goes into sharing a group's mark out, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from scoring.exact import Number

__all__ = ["Diagnostics", "GroupMarks", "MemberMark", "Method", "PeerMark", "PenaltyKind", "Rules"]


class Method(StrEnum):
    """How peers' marks become a contribution factor; a factor of 1 is an average contribution."""

    PEER_MEAN = "peer_mean"
    """Each rater's shares over the others, times the number of those others, averaged over the raters other than
    oneself. What a member gives, or withholds, does not touch that member's own factor."""
    WEBPA = "webpa"
    """Sum of the shares received from all who marked, times n over their number, as WebPA computes it, without
    self-marking. It rewards who withholds marks."""
    WEBPA_SELF = "webpa_self"
    """The same with self-marking: a rater's shares include the rater's own."""


class PenaltyKind(StrEnum):
    """What a penalty for not marking takes away."""

    SHARE = "share"
    """A part of the member's mark, from 0 to 1."""
    POINTS = "points"
    """Points off the member's mark, at most all of them."""


@dataclass(frozen=True, slots=True)
class PeerMark:
    """What one member gave another, or themselves, on one criterion; not negative, no missing value (leave it out)."""

    rater: str
    ratee: str
    criterion: str
    mark: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How a group's mark is shared out.

    Parameters
    ----------
    method
        See `Method`.
    weight
        What part of the group's mark depends on the contribution, from 0 to 1.
    lowest_factor, highest_factor
        Bounds of the contribution factor; None for none.
    cap
        Highest mark a member can get; None for none.
    penalty, penalty_kind
        What a member loses who marked nobody; taken off last, from the capped mark.
    largest_peer_mark
        Highest mark on the peers' form; larger ones are refused. None where any is allowed.
    decimals
        Marks are rounded half up to that many, 0 to 10.
    """

    method: Method = Method.PEER_MEAN
    weight: Number = 1
    lowest_factor: Number | None = None
    highest_factor: Number | None = None
    cap: Number | None = 100
    penalty: Number = 0
    penalty_kind: PenaltyKind = PenaltyKind.SHARE
    largest_peer_mark: Number | None = None
    decimals: int = 2


@dataclass(frozen=True, slots=True)
class MemberMark:
    """One member's part.

    Parameters
    ----------
    factor
        The contribution factor, exactly, within the rules' bounds; 1 where there is nothing to go by.
    raw_factor
        Before the bounds; None where nobody who counts marked this member.
    marked_by
        How many raters the factor rests on.
    owes_marks
        This member marked nobody, though there was somebody to mark.
    weighted
        The group's mark times ``1 - weight + weight * factor``, exactly, before cap and penalty.
    capped
        Whether the cap took something away.
    penalty
        What was taken off for not marking, in points, exactly.
    mark
        The member's mark, rounded half up.
    """

    id: str
    factor: Fraction
    raw_factor: Fraction | None
    marked_by: int
    owes_marks: bool
    weighted: Fraction
    capped: bool
    penalty: Fraction
    mark: Decimal


@dataclass(frozen=True, slots=True)
class GroupMarks:
    """A group's mark, shared out; members in the order they were given."""

    group_mark: Decimal
    members: tuple[MemberMark, ...]

    def member(self, member_id: str) -> MemberMark:
        """Find a member's part; `KeyError` where there is none."""
        for member in self.members:
            if member.id == member_id:
                return member
        raise KeyError(member_id)


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """SPARK's two factors of one member, to talk about and never to mark by; None where the marks do not tell.

    Parameters
    ----------
    spa
        Square root of what the member was given on average, themselves included, over the members' average: above 1,
        the group thinks the member did more than most.
    sapa
        Square root of the member's own mark of themselves over the average of what the others gave them: above 1, the
        member thinks better of their contribution than the group does.
    """

    id: str
    spa: float | None
    sapa: float | None
