"""What the refusals met on the way mean: the rights whose absence Moodle tells by an error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lms_sync.client import Function
from lms_sync.doctor.chart import Asked, Chart
from lms_sync.doctor.faults import account_fault
from lms_sync.doctor.findings import Finding, FindingCode, Holding, Severity, Verdict
from lms_sync.errors import AccessDenied, LmsError, MissingFunction

__all__ = ["probe_refusals"]

_COURSE = "moodle/course:view"
_GROUPS = "moodle/site:accessallgroups"

_OPENS: Mapping[str, tuple[str, ...]] = {
    Function.COURSE_CONTENTS: (_COURSE,),
    Function.ENROLLED_USERS: ("moodle/course:enrolreview",),
    Function.COURSE_GROUPS: ("moodle/course:managegroups",),
    Function.GROUP_MEMBERS: ("moodle/course:managegroups",),
    Function.GRADEBOOK: ("gradereport/user:view", "moodle/grade:viewall"),
    Function.ACTIVITY_COMPLETION: ("report/progress:view",),
    Function.COURSE_COMPLETION: ("report/completion:view",),
    Function.WORKSHOP_GRADES_REPORT: ("mod/workshop:viewallassessments",),
    Function.WORKSHOP_SUBMISSIONS: ("mod/workshop:view",),
}
"""Function -> the rights it needs, the first of which Moodle checks first."""

_BY_WORD: Mapping[str, str] = {
    "notingroup": _GROUPS,
    "accessdenied": _GROUPS,
    "nopermissiontoviewgrades": "moodle/grade:viewall",
    "cannotviewreport": "report/completion:view",
}
"""Moodle's errorcode -> the right it means, whichever function was called."""

_PASSED = frozenset({"nocriteriaset", "nothingfound", "usernotenroled", "completionnotenabled"})
"""What Moodle says after it has checked the rights: no criteria of completion, a workshop without works."""

_CLOSED = frozenset({"errorcoursecontextnotvalid", "requireloginerror", "coursehidden", "notenrolled"})


def probe_refusals(chart: Chart) -> Iterator[Finding | Verdict]:
    """Go through every call made: what was refused lacks a right, what was answered has it."""
    for asked in chart.log:
        error = asked.answer.error
        if error is None or error.facts.get("errorcode") in _PASSED:
            yield from _held(asked)
        elif (code := account_fault(error)) is not None:
            yield Finding(code, Severity.BLOCKS)
        elif isinstance(error, AccessDenied):
            yield _refused(chart, asked, str(error.facts.get("errorcode") or ""))
        elif not _is_expected(asked, error):
            yield _failed(asked, error)


def _held(asked: Asked) -> Iterator[Verdict]:
    for capability in _OPENS.get(asked.function, ()):
        yield Verdict(capability, Holding.HELD, asked.course_id)


def _refused(chart: Chart, asked: Asked, errorcode: str) -> Finding | Verdict:
    capability = _BY_WORD.get(errorcode)
    if capability is None and errorcode in _CLOSED:
        capability = _entry(chart, asked)
    if capability is None:
        capability = next(iter(_OPENS.get(asked.function, ())), None)
    if capability is None:
        facts = {"function": asked.function, "errorcode": errorcode}
        return Finding(FindingCode.REFUSED, Severity.LESSENS, asked.function, _ids(asked), facts)
    facts = {"function": asked.function, "errorcode": errorcode}
    return Verdict(capability, Holding.MISSING, asked.course_id, facts)


def _entry(chart: Chart, asked: Asked) -> str:
    """The right to enter: the workshop's where the course itself opens, else the course's."""
    course_id = asked.course_id
    opens = course_id is not None and chart.people(course_id).error is None
    if opens and asked.function in {Function.WORKSHOP_GRADES_REPORT, Function.WORKSHOP_SUBMISSIONS}:
        return "mod/workshop:view"
    course = chart.courses.get(course_id or 0, {})
    return "moodle/course:viewhiddencourses" if course.get("visible") in (0, False) else _COURSE


def _is_expected(asked: Asked, error: LmsError) -> bool:
    if isinstance(error, MissingFunction):
        return True  # told by name already
    return asked.function == Function.UPDATES_SINCE  # told as changes that cannot be asked for


def _failed(asked: Asked, error: LmsError) -> Finding:
    facts = {"error": error.code.value, "errorcode": str(error.facts.get("errorcode") or "")}
    return Finding(FindingCode.CALL_FAILED, Severity.LESSENS, asked.function, _ids(asked), facts)


def _ids(asked: Asked) -> tuple[int, ...]:
    return () if asked.course_id is None else (asked.course_id,)
