"""The hints at changes: in a course with a workshop in separate groups Moodle's own query fails."""

from __future__ import annotations

from collections.abc import Iterator

from lms_sync.doctor.chart import Chart
from lms_sync.doctor.findings import Finding, FindingCode, Severity, Verdict
from lms_sync.errors import AccessDenied, MissingFunction

__all__ = ["probe_changes"]


def probe_changes(chart: Chart) -> Iterator[Finding | Verdict]:
    """Name the courses whose changes cannot be asked for; they are read in full instead."""
    failed = [
        course_id
        for course_id in chart.courses
        if not isinstance(chart.updates(course_id).error, AccessDenied | MissingFunction | None)
    ]
    if failed:
        yield Finding(FindingCode.CHANGES_UNREADABLE, Severity.NOTE, course_ids=tuple(sorted(failed)))
