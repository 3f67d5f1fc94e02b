"""A group's mark, shared out by contribution: the members' marks of each other become a factor for each.

Contract: marks are exact numbers, not negative, higher is better; what is not there is left out, never 0; the order of
marks and members has no meaning; in the default method nobody's own marks touch their own factor, so that withholding
them never pays.
"""

from __future__ import annotations

from scoring.groupmark.records import Diagnostics, GroupMarks, MemberMark, Method, PeerMark, PenaltyKind, Rules
from scoring.groupmark.sharing import share_out
from scoring.groupmark.spark import self_and_peer

__all__ = [
    "Diagnostics",
    "GroupMarks",
    "MemberMark",
    "Method",
    "PeerMark",
    "PenaltyKind",
    "Rules",
    "self_and_peer",
    "share_out",
]
