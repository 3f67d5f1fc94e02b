"""What a course's page shows: hidden and restricted activities, hidden sections, kinds of activities."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from lms_sync.doctor.chart import Chart
from lms_sync.doctor.findings import Finding, FindingCode, Holding, Severity, Verdict
from lms_sync.doctor.rights import RIGHTS, module_of

__all__ = ["probe_activities"]

_HIDDEN, _SECTIONS = "moodle/course:viewhiddenactivities", "moodle/course:viewhiddensections"
_RESTRICTED = "moodle/course:ignoreavailabilityrestrictions"


_NEVER_OURS = re.compile(r'"type":\s*"(?:group|grouping|completion|grade)"')
"""Rules of access that an account which is in no group and has done nothing does not meet by itself."""


def probe_activities(chart: Chart) -> Iterator[Finding | Verdict]:
    """Look at what the page tells only to those who may see everything, and at what it leaves out."""
    for course_id in chart.courses:
        if chart.contents(course_id).error is None:
            yield from _activities(chart, course_id)
            yield _sections(chart, course_id)
            yield from _vanished(chart, course_id)
    yield from _kinds(chart)


def _activities(chart: Chart, course_id: int) -> Iterator[Verdict]:
    modules = chart.modules(course_id)
    hidden = any(module.get("visible") in (0, False) for module in modules)
    if hidden:
        yield Verdict(_HIDDEN, Holding.HELD, course_id)
    elif modules:
        # The rules of access are told only to those who see hidden activities, unless the site has switched rules off.
        tells = any("availability" in module for module in modules)
        yield Verdict(_HIDDEN, Holding.HELD if tells else Holding.MISSING, course_id, is_likely=not tells)
    closed = sum(1 for module in modules if module.get("uservisible") is False)
    if closed:
        yield Verdict(_RESTRICTED, Holding.MISSING, course_id, {"activities": closed})
    elif any(_NEVER_OURS.search(str(module.get("availability") or "")) for module in modules):
        yield Verdict(_RESTRICTED, Holding.HELD, course_id)
    else:
        yield Verdict(_RESTRICTED, Holding.UNKNOWN, course_id)


def _sections(chart: Chart, course_id: int) -> Verdict:
    sections = chart.contents(course_id).rows()
    numbers = [section["section"] for section in sections if section.get("section") is not None]
    unseen = max(numbers, default=-1) + 1 - len(set(numbers))
    if unseen > 0:
        # Sections are numbered without gaps.
        return Verdict(_SECTIONS, Holding.MISSING, course_id, {"sections": unseen})
    shown = any(section.get("visible") in (0, False) for section in sections)
    return Verdict(_SECTIONS, Holding.HELD if shown else Holding.UNKNOWN, course_id)


def _vanished(chart: Chart, course_id: int) -> Iterator[Finding]:
    known = chart.memory.activities.get(course_id, {}).keys()
    unseen = known - {module["id"] for module in chart.modules(course_id)}
    if unseen:
        facts = {"activities": len(unseen)}
        code = FindingCode.ACTIVITIES_VANISHED
        yield Finding(code, Severity.LESSENS, course_ids=(course_id,), facts=facts, is_likely=True)


def _kinds(chart: Chart) -> Iterator[Verdict]:
    """A kind of activity of which the store knows and nothing is shown any more: its right is probably gone."""
    seen = Counter(module.get("modname") for _, module in chart.modules_of_all())
    known = Counter(name for course_id in chart.courses for name in chart.memory.activities.get(course_id, {}).values())
    for capability in RIGHTS:
        module = module_of(capability)
        if not module:
            continue
        if seen[module]:
            yield Verdict(capability, Holding.HELD)
        elif known[module] and chart.courses:
            yield Verdict(capability, Holding.MISSING, facts={"activities": known[module]}, is_likely=True)
        else:
            yield Verdict(capability, Holding.UNKNOWN)
