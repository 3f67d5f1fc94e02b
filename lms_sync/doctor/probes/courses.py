"""Which categories and courses the account sees, and which it must be missing."""

from __future__ import annotations

from collections.abc import Iterator

from lms_sync.client import Function
from lms_sync.doctor.chart import MOST_COURSES, Chart
from lms_sync.doctor.faults import account_fault
from lms_sync.doctor.findings import Finding, FindingCode, Holding, Severity, Verdict

__all__ = ["probe_courses"]

_VIEW, _HIDDEN = "moodle/course:view", "moodle/course:viewhiddencourses"
_HIDDEN_CATEGORIES = "moodle/category:viewhiddencategories"


def probe_courses(chart: Chart) -> Iterator[Finding | Verdict]:
    """Count the courses that a category says it has against those that it shows."""
    if not chart.category_ids:
        yield Finding(FindingCode.NO_CATEGORY, Severity.BLOCKS)
        return
    if account_fault(chart.why_closed) is not None:
        # Whatever else seems to be missing is a consequence; the look back at the refusals tells of it.
        return
    if Function.CATEGORIES in chart.site.functions:
        yield from _categories(chart)
    yield from _hidden_courses(chart)
    yield from _closed_courses(chart)
    if not chart.courses:
        yield Finding(FindingCode.NO_COURSE, Severity.BLOCKS, facts={"courses": len(chart.listed)})
    elif chart.course_count > MOST_COURSES:
        facts = {"courses": chart.course_count - MOST_COURSES}
        yield Finding(FindingCode.COURSES_NOT_EXAMINED, Severity.NOTE, facts=facts)


def _categories(chart: Chart) -> Iterator[Finding | Verdict]:
    seen = {row["id"] for row in chart.categories}
    for category_id in chart.category_ids:
        if category_id not in seen:
            facts = {"category": category_id}
            yield Finding(FindingCode.CATEGORY_UNSEEN, Severity.BLOCKS, facts=facts)
    nameless = [row["id"] for row in chart.remembered if row.get("categoryname") == ""]
    vanished = chart.memory.category_ids - seen
    if nameless or vanished:
        facts = {"categories": len(vanished) or 1}
        yield Verdict(_HIDDEN_CATEGORIES, Holding.MISSING, facts=facts, is_likely=not nameless)
    else:
        # Only those who may manage a category are told whether it is hidden.
        hidden = any(row.get("visible") in (0, False) for row in chart.categories)
        yield Verdict(_HIDDEN_CATEGORIES, Holding.HELD if hidden else Holding.UNKNOWN)


def _hidden_courses(chart: Chart) -> Iterator[Verdict]:
    missing = 0
    for category in chart.categories:
        missing += max(0, int(category.get("coursecount") or 0) - len(chart.courses_of(category["id"])))
    if missing:
        # The count that Moodle keeps with a category holds the hidden courses too.
        yield Verdict(_HIDDEN, Holding.MISSING, facts={"courses": missing})
    elif any(row.get("visible") in (0, False) for row in chart.listed):
        yield Verdict(_HIDDEN, Holding.HELD)
    else:
        yield Verdict(_HIDDEN, Holding.UNKNOWN)


def _closed_courses(chart: Chart) -> Iterator[Verdict]:
    for row in chart.listed:
        # Who may not enter a course gets its public part only, without a word.
        if "startdate" not in row:
            hidden = row.get("visible") in (0, False)
            yield Verdict(_HIDDEN if hidden else _VIEW, Holding.MISSING, row["id"])
