"""Groups and cohorts: hidden ones, and cohorts that are shown by category only."""

from __future__ import annotations

from collections.abc import Iterator

from lms_sync.client import Function, Params
from lms_sync.doctor.chart import Chart
from lms_sync.doctor.findings import Finding, FindingCode, Holding, Severity, Verdict
from lms_sync.errors import AccessDenied

__all__ = ["probe_groups"]

_HIDDEN = "moodle/course:viewhiddengroups"
_COHORTS = "moodle/cohort:view"


def probe_groups(chart: Chart) -> Iterator[Finding | Verdict]:
    """Look for groups that something refers to and the list does not show; ask for the cohorts in both ways."""
    for course_id in chart.courses:
        if chart.groups(course_id).error is None:
            yield _hidden_groups(chart, course_id)
    if chart.courses:
        yield from _cohorts(chart)


def _hidden_groups(chart: Chart, course_id: int) -> Verdict:
    rows = chart.groups(course_id).rows()
    listed = {row["id"] for row in rows}
    if any(row.get("visibility") for row in rows):
        return Verdict(_HIDDEN, Holding.HELD, course_id)
    handed_in = _groups_of_works(chart, course_id) - listed
    unseen = handed_in | (chart.memory.groups.get(course_id, frozenset()) - listed)
    if unseen:
        return Verdict(_HIDDEN, Holding.MISSING, course_id, {"groups": len(unseen)}, is_likely=not handed_in)
    return Verdict(_HIDDEN, Holding.UNKNOWN, course_id)


def _groups_of_works(chart: Chart, course_id: int) -> frozenset[int]:
    ours = {row["id"] for row in chart.assignments_of(course_id)}
    works = chart.submissions().rows("assignments") if ours & set(chart.assignment_ids) else []
    rows = (work for each in works if each["assignmentid"] in ours for work in each.get("submissions") or [])
    return frozenset(row["groupid"] for row in rows if row.get("groupid"))


def _cohorts(chart: Chart) -> Iterator[Finding | Verdict]:
    everywhere = chart.ask(Function.COHORTS, may_fail=True)
    if everywhere.error is None:
        yield Verdict(_COHORTS, Holding.HELD)
        return
    if not isinstance(everywhere.error, AccessDenied):
        return
    refused = False
    for category_id in chart.category_ids:
        params: Params = {
            "query": "",
            "context": {"contextlevel": "coursecat", "instanceid": category_id},
            "includes": "self",
            "limitnum": 1,
        }
        refused |= isinstance(chart.ask(Function.COHORT_SEARCH, params, may_fail=True).error, AccessDenied)
    yield Verdict(_COHORTS, Holding.MISSING if refused else Holding.HELD)
    if not refused:
        # Moodle lists the cohorts of the whole site, or none; those of the category can still be searched.
        yield Finding(FindingCode.COHORTS_BY_CATEGORY, Severity.NOTE)
