"""Compare a file's rows with what is known: pure, and the same whatever the order of rows and columns."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.people.imports.columns import Table, TableKey
from bridge.people.imports.plan.people import plan_people
from bridge.people.imports.plan.proposals import CREATE, Candidate, Change, Plan, Proposal, State
from bridge.people.imports.plan.schools import plan_schools
from bridge.people.imports.rows import Upload
from bridge.people.imports.snapshot import Snapshot

__all__ = ["CREATE", "Candidate", "Change", "Plan", "Proposal", "State", "make_plan"]


def make_plan(table: Table, upload: Upload, known: Snapshot, *, decisions: Mapping[int, str] | None = None) -> Plan:
    """What an upload would do.

    Parameters
    ----------
    table
        The kind of file.
    upload
        Its rows.
    known
        The municipality's schools and people.
    decisions
        Row number -> the uid of the person that it is, or ``CREATE``, as somebody has decided. One that was not
        offered is as good as none.

    Returns
    -------
    Plan
        A proposal for every row, by row number. Applied once, the same upload plans nothing.
    """
    if table.key is TableKey.SCHOOLS:
        proposals = plan_schools(upload.rows, known)
    else:
        proposals = plan_people(table, upload.rows, known, decisions or {})
    return Plan(tuple(sorted(proposals, key=lambda each: each.number)), ignored=upload.ignored)
