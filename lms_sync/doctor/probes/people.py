"""Who is listed in a course, and what of each person is shown."""

from __future__ import annotations

from collections.abc import Iterator

from lms_sync.doctor.chart import PEOPLE, SEPARATE_GROUPS, Chart, Row
from lms_sync.doctor.findings import Finding, Holding, Verdict

__all__ = ["probe_people"]

_GROUPS = "moodle/site:accessallgroups"
_DETAILS, _ALL_DETAILS = "moodle/user:viewdetails", "moodle/user:viewalldetails"
_IDENTITY, _HIDDEN_FIELDS = "moodle/site:viewuseridentity", "moodle/course:viewhiddenuserfields"
_NAMES = "moodle/site:viewfullnames"


def probe_people(chart: Chart) -> Iterator[Finding | Verdict]:
    """Look for lists that are shorter, and rows that are poorer, than they would be with every right."""
    for course_id, course in chart.courses.items():
        answer = chart.people(course_id)
        if answer.error is not None:
            continue
        rows = [row for row in answer.rows() if row["id"] != chart.site.user_id]
        yield from _empty_list(course, rows)
        yield from _short_list(chart, course_id, rows)
        yield from _poor_rows(course_id, rows)


def _empty_list(course: Row, rows: list[dict[str, object]]) -> Iterator[Verdict]:
    if course.get("groupmode") != SEPARATE_GROUPS:
        return
    holding = Holding.HELD if rows else Holding.MISSING
    yield Verdict(_GROUPS, holding, course["id"], is_likely=not rows)


def _short_list(chart: Chart, course_id: int, rows: list[dict[str, object]]) -> Iterator[Verdict]:
    if not rows:
        return
    members = chart.group_members(course_id)
    unlisted = members - {row["id"] for row in rows}
    if len(rows) >= PEOPLE or (members and not unlisted):
        yield Verdict(_DETAILS, Holding.HELD, course_id)
    elif unlisted:
        # Who is in a group is enrolled: a list without them shows course contacts only.
        yield Verdict(_DETAILS, Holding.MISSING, course_id, {"listed": len(rows), "unlisted": len(unlisted)})
    elif chart.participant(course_id) is not None:
        yield Verdict(_DETAILS, Holding.HELD, course_id)
    else:
        # Only people with teaching roles are listed, and there is no group to compare with.
        yield Verdict(_DETAILS, Holding.MISSING, course_id, {"listed": len(rows), "unlisted": 0}, is_likely=True)


def _poor_rows(course_id: int, rows: list[dict[str, object]]) -> Iterator[Verdict]:
    if not rows:
        return
    has_login = any(row.get("username") for row in rows)
    yield Verdict(_ALL_DETAILS, Holding.HELD if has_login else Holding.MISSING, course_id, {"people": len(rows)})
    silent = sum(1 for row in rows if not row.get("email"))
    facts = {"people": len(rows), "without": silent}
    # People who hide their address need the one right; where the site hides everybody's, both are needed.
    yield Verdict(_IDENTITY, Holding.MISSING if silent else Holding.UNKNOWN, course_id, facts, is_likely=True)
    hides_all = silent == len(rows)
    yield Verdict(_HIDDEN_FIELDS, Holding.MISSING if hides_all else Holding.UNKNOWN, course_id, facts, is_likely=True)
    nameless = sum(1 for row in rows if not (row.get("firstname") and row.get("lastname")))
    named = {"people": len(rows), "without": nameless}
    yield Verdict(_NAMES, Holding.MISSING if nameless else Holding.UNKNOWN, course_id, named)
