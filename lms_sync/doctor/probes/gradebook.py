"""Columns of the gradebook that are there and not shown."""

from __future__ import annotations

from collections.abc import Iterator

from lms_sync.client import Function
from lms_sync.doctor.chart import Chart
from lms_sync.doctor.findings import Finding, FindingCode, Holding, Severity, Verdict
from lms_sync.errors import Facts

__all__ = ["probe_gradebook"]

_HIDDEN = "moodle/grade:viewhidden"
_SMALL_COURSE = 120
"""People up to whom the whole gradebook is asked for; it costs the site about 4 ms each."""


def probe_gradebook(chart: Chart) -> Iterator[Finding | Verdict]:
    """Compare the list of columns, which is never cut, with those that one participant's gradebook shows."""
    for course_id in chart.courses:
        answer, items = chart.gradebook(course_id), chart.grade_items(course_id)
        if answer is None or answer.error is not None or items.error is not None:
            continue
        cells = [item for user in answer.rows("usergrades") for item in user.get("gradeitems") or []]
        if any(cell.get("gradeishidden") or cell.get("gradehiddenbydate") for cell in cells):
            yield Verdict(_HIDDEN, Holding.HELD, course_id)
        shown = {int(cell["id"]) for cell in cells}
        unseen = [str(row["itemname"]) for row in items.rows("gradeItems") if int(row["id"]) not in shown]
        yield from _unseen(chart, course_id, unseen)
    yield from _suspended(chart)


def _unseen(chart: Chart, course_id: int, unseen: list[str]) -> Iterator[Finding | Verdict]:
    names = [str(module.get("name")) for module in chart.modules(course_id)]
    # A workshop's two columns are called after it, with a word behind.
    hidden = [item for item in unseen if any(item.startswith(name) for name in names)]
    if hidden:
        yield Verdict(_HIDDEN, Holding.MISSING, course_id, {"columns": len(hidden)})
    elif not unseen:
        # Whether a column is hidden is not told: all that are listed are shown.
        yield Verdict(_HIDDEN, Holding.UNKNOWN, course_id)
    elif chart.contents(course_id).error is None:
        facts: Facts = {"columns": len(unseen), "names": "; ".join(name[:120] for name in sorted(unseen)[:5])}
        yield Finding(
            FindingCode.ACTIVITIES_UNSEEN, Severity.LESSENS, course_ids=(course_id,), facts=facts, is_likely=True
        )


def _suspended(chart: Chart) -> Iterator[Finding]:
    """Whether the site keeps suspended people out of the gradebook: asked once, in a small course."""
    for course_id in chart.courses:
        away = {row["id"] for row in chart.suspended(course_id).rows()}
        people = {row["id"] for row in chart.people(course_id).rows()}
        one = chart.gradebook(course_id)
        is_shown = one is not None and one.error is None
        if not is_shown or not away or len(people) > _SMALL_COURSE or not people - away:
            continue
        answer = chart.ask(Function.GRADEBOOK, {"courseid": course_id, "userid": 0}, course_id=course_id)
        graded = {row.get("userid") for row in answer.rows("usergrades")}
        if graded and not graded & away:
            found: Facts = {"people": len(away)}
            yield Finding(FindingCode.SUSPENDED_UNGRADED, Severity.NOTE, course_ids=(course_id,), facts=found)
        return
