"""Assignments that may not be entered, their marks, and the works of people who are suspended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lms_sync.doctor.chart import Chart
from lms_sync.doctor.findings import Finding, Holding, Verdict

__all__ = ["probe_assignments"]

_VIEW, _GRADES = "mod/assign:view", "mod/assign:viewgrades"
_RESTRICTED, _HIDDEN = "moodle/course:ignoreavailabilityrestrictions", "moodle/course:viewhiddenactivities"
_SUSPENDED = "moodle/course:viewsuspendedusers"


def probe_assignments(chart: Chart) -> Iterator[Finding | Verdict]:
    """Read the warnings that stand in the place of what is not shown."""
    if not chart.courses or chart.assignments.error is not None:
        return
    yield from _closed(chart)
    if chart.assignment_ids:
        yield from _marks(chart)
        yield from _suspended(chart)


def _closed(chart: Chart) -> Iterator[Verdict]:
    refused = {row.get("itemid") for row in chart.assignments.rows("warnings") if row.get("item") == "module"}
    shown = [row for course_id in chart.courses for row in chart.assignments_of(course_id)]
    if shown:
        yield Verdict(_VIEW, Holding.HELD)
    elif refused:
        yield Verdict(_VIEW, Holding.MISSING, facts={"activities": len(refused)})
    if shown and refused:
        yield _shut(chart, len(refused))


def _shut(chart: Chart, count: int) -> Verdict:
    """Some assignments open, others not: they are hidden, or not yet open to the account."""
    tells = any("availability" in module for _, module in chart.modules_of_all())
    facts = {"activities": count}
    return Verdict(_RESTRICTED if tells else _HIDDEN, Holding.MISSING, facts=facts, is_likely=True)


def _marks(chart: Chart) -> Iterator[Verdict]:
    answer = chart.grades()
    if answer.error is not None:
        return
    closed = sum(1 for row in answer.rows("warnings") if str(row.get("warningcode")) == "1")
    if not closed:
        yield Verdict(_GRADES, Holding.HELD)
    elif closed >= len(chart.assignment_ids):
        yield Verdict(_GRADES, Holding.MISSING, facts={"activities": closed})
    else:
        # Where some are refused and others not, separate groups are the cause; other probes tell of those.
        yield Verdict(_GRADES, Holding.UNKNOWN)


def _suspended(chart: Chart) -> Iterator[Verdict]:
    works = chart.submissions()
    if works.error is not None:
        return
    for course_id in chart.courses:
        away = {row["id"] for row in chart.suspended(course_id).rows()}
        ids = {row["id"] for row in chart.assignments_of(course_id)} & set(chart.assignment_ids)
        if not away or not ids or not chart.people(course_id).rows():
            continue
        rows = [row for row in works.rows("assignments") if row["assignmentid"] in ids]
        yield _works_of(chart, course_id, away, rows)


def _works_of(chart: Chart, course_id: int, away: set[int], works: list[dict[str, Any]]) -> Verdict:
    submissions = [row for work in works for row in _listed(work, "submissions")]
    if any(row.get("userid") in away for row in submissions):
        return Verdict(_SUSPENDED, Holding.HELD, course_id)
    marked = _marked(chart, {work["assignmentid"] for work in works}, away)
    unseen = _hinted(chart, course_id) - {row["id"] for row in submissions}
    if submissions and (marked or unseen):
        # They are marked, or the site hints at works that the list does not show: the list leaves them out.
        facts = {"people": len(away)}
        return Verdict(_SUSPENDED, Holding.MISSING, course_id, facts, is_likely=True)
    return Verdict(_SUSPENDED, Holding.UNKNOWN, course_id)


def _marked(chart: Chart, assignment_ids: set[object], people: set[int]) -> bool:
    rows = (row for row in chart.grades().rows("assignments") if row["assignmentid"] in assignment_ids)
    return any(grade.get("userid") in people for row in rows for grade in _listed(row, "grades"))


def _hinted(chart: Chart, course_id: int) -> set[int]:
    """Ids of works of the assignments asked for, as the change hints tell them."""
    places = {
        row["cmid"] for row in chart.assignments_of(course_id) if row["id"] in chart.assignment_ids and _is_single(row)
    }
    instances = (row for row in chart.updates(course_id).rows("instances") if row.get("id") in places)
    updates = (update for row in instances for update in _listed(row, "updates"))
    return {id_ for update in updates if update.get("name") == "usersubmissions" for id_ in update.get("itemids") or []}


def _is_single(assignment: dict[str, Any]) -> bool:
    # Members of a team have rows of their own that the list never shows.
    return not assignment.get("teamsubmission")


def _listed(row: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = row.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
