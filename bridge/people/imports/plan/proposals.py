"""What a plan is made of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bridge.core.i18n import N_
from bridge.people.imports.rows import Finding

__all__ = ["CREATE", "Candidate", "Change", "Plan", "Proposal", "State", "with_doubles_refused"]

CREATE = "new"
"""The decision that a row is somebody new, whoever is called alike."""

Group = tuple[str, str]
"""A kind of identity and its value; rows that share one cannot all be imported."""


class State(StrEnum):
    """What a row would do."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    UNSURE = "unsure"
    """Somebody is called so already: a person must say whether it is the same."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a record; texts as people read them."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be meant by a row."""

    uid: str
    label: str
    school: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one row would do, and why it cannot where it cannot.

    Attributes
    ----------
    number
        Row of the file.
    label
        Whom or what it names.
    values
        The row as it was read.
    uid
        The record it is about; empty for a new one.
    changes
        Field by field; for a new record all that it gets.
    writes
        Field -> what is stored. A school is its uid, roles are words with commas.
    """

    number: int
    state: State
    label: str
    values: Mapping[str, str]
    uid: str = ""
    changes: tuple[Change, ...] = ()
    writes: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    candidates: tuple[Candidate, ...] = ()

    def refused(self, *findings: Finding) -> Proposal:
        """The same row, with what forbids to import it."""
        told = (*self.findings, *findings)
        return replace(self, state=State.WRONG, findings=told, changes=(), writes={}, candidates=())


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that an upload would do, by row number."""

    proposals: tuple[Proposal, ...]
    ignored: tuple[str, ...] = ()

    def of(self, *states: State) -> tuple[Proposal, ...]:
        return tuple(each for each in self.proposals if each.state in states)

    def count(self, state: State) -> int:
        return len(self.of(state))

    @property
    def writes_something(self) -> bool:
        return bool(self.of(State.NEW, State.CHANGED))

    @property
    def digest(self) -> str:
        """The same for two plans that would do the same: what was confirmed is what is done."""
        told = [
            [
                each.number,
                each.state,
                each.uid,
                sorted(each.writes.items()),
                [[change.field, change.old, change.new] for change in each.changes],
                [[found.field, found.message] for found in each.findings],
                [candidate.uid for candidate in each.candidates],
            ]
            for each in self.proposals
        ]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:32]


def with_doubles_refused(groups: Sequence[tuple[Proposal, Iterable[Group]]]) -> list[Proposal]:
    """Refuse all rows that mean one record: which of them is right is not ours to guess."""
    with_groups = [(proposal, tuple(own)) for proposal, own in groups]
    rows_of: dict[Group, set[int]] = {}
    for proposal, own in with_groups:
        for group in own:
            rows_of.setdefault(group, set()).add(proposal.number)
    refused = []
    for proposal, own in with_groups:
        others = {number for group in own for number in rows_of[group]} - {proposal.number}
        refused.append(proposal.refused(_double(sorted(others))) if others else proposal)
    return refused


def _double(others: Sequence[int]) -> Finding:
    facts = {"rows": ", ".join(map(str, others))}
    return Finding(
        "", N_("The same one stands in other rows of the file (%(rows)s). Leave one row, or tell them apart."), facts
    )
