"""Completion, of activities and of the course: asked for one participant of each course."""

from __future__ import annotations

from collections.abc import Iterator

from lms_sync.client import Function
from lms_sync.doctor.chart import Chart
from lms_sync.doctor.findings import Finding, Verdict

__all__ = ["probe_completion"]


def probe_completion(chart: Chart) -> Iterator[Finding | Verdict]:
    """Ask, so that a refusal is in the log; :mod:`refusals` says what it means."""
    for course_id in chart.courses:
        user_id = chart.participant(course_id)
        if user_id is None:
            continue
        params = {"courseid": course_id, "userid": user_id}
        for function in (Function.ACTIVITY_COMPLETION, Function.COURSE_COMPLETION):
            chart.ask(function, params, course_id=course_id)
    yield from ()
