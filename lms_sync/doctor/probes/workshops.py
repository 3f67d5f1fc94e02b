"""Workshops: works that are not listed, authors and reviewers without names."""

from __future__ import annotations

from collections.abc import Iterator

from lms_sync.client import Function
from lms_sync.doctor.chart import Answer, Chart
from lms_sync.doctor.findings import Finding, Holding, Verdict

__all__ = ["probe_workshops"]

_WORKS, _REVIEWS = "mod/workshop:viewallsubmissions", "mod/workshop:viewallassessments"
_AUTHORS, _REVIEWERS = "mod/workshop:viewauthornames", "mod/workshop:viewreviewernames"


def probe_workshops(chart: Chart) -> Iterator[Finding | Verdict]:
    """Compare the works of a workshop with those that its report of marks names."""
    if not chart.courses:
        return
    for workshop in chart.workshops():
        workshop_id, course_id = workshop["id"], workshop.get("course")
        works = chart.ask(Function.WORKSHOP_SUBMISSIONS, {"workshopid": workshop_id}, course_id=course_id)
        report = chart.ask(Function.WORKSHOP_GRADES_REPORT, {"workshopid": workshop_id}, course_id=course_id)
        rows = _report_rows(report)
        if works.error is None:
            yield from _works(works.rows("submissions"), rows, course_id)
        if rows:
            yield Verdict(_REVIEWS, Holding.HELD, course_id)
            yield _reviewers(rows, course_id)


def _report_rows(report: Answer) -> list[dict[str, object]]:
    value = report.value
    found = value.get("report") if isinstance(value, dict) else None
    grades = found.get("grades") if isinstance(found, dict) else None
    return [row for row in grades if isinstance(row, dict)] if isinstance(grades, list) else []


def _works(works: list[dict[str, object]], report: list[dict[str, object]], course_id: int | None) -> Iterator[Verdict]:
    reported = sum(1 for row in report if row.get("submissionid"))
    if works:
        yield Verdict(_WORKS, Holding.HELD, course_id)
        nameless = sum(1 for row in works if not row.get("authorid"))
        facts = {"works": len(works), "without": nameless}
        yield Verdict(_AUTHORS, Holding.MISSING if nameless else Holding.HELD, course_id, facts)
    elif reported:
        yield Verdict(_WORKS, Holding.MISSING, course_id, {"works": reported})


def _reviewers(report: list[dict[str, object]], course_id: int | None) -> Verdict:
    reviews = [review for row in report for review in _reviews(row)]
    nameless = sum(1 for review in reviews if not review.get("userid"))
    if not reviews:
        return Verdict(_REVIEWERS, Holding.UNKNOWN, course_id)
    facts = {"reviews": len(reviews), "without": nameless}
    return Verdict(_REVIEWERS, Holding.MISSING if nameless else Holding.HELD, course_id, facts)


def _reviews(row: dict[str, object]) -> list[dict[str, object]]:
    found = row.get("reviewedby")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
