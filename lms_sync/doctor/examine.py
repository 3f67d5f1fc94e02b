"""Examines a site: asks its probes one after the other and makes one report of what they say."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

from lms_sync import payloads
from lms_sync.client import Client, Function
from lms_sync.doctor.chart import Chart, Memory
from lms_sync.doctor.findings import Examination, Finding, FindingCode, Holding, Severity, Verdict
from lms_sync.doctor.probes import PROBES, Probe
from lms_sync.doctor.rights import RIGHTS, RoleName, Use, functions_of
from lms_sync.errors import BadAnswer, LmsError
from lms_sync.records import Site

__all__ = ["examine"]

_ORDER = tuple(Severity)


def examine(
    client: Client,
    category_ids: Sequence[int],
    *,
    memory: Memory | None = None,
    probes: Sequence[Probe] = PROBES,
    wall_clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    clock: Callable[[], float] = time.monotonic,
) -> Examination:
    """Ask a site what its token may do there; nothing is changed on it.

    Parameters
    ----------
    client
        Should ask in English (``lang="en"``): some faults are told apart by their words only.
    category_ids
        The programme's course categories.
    memory
        What earlier readings saw: the only way to notice some rights' absence.
    wall_clock
        The time of this machine, to compare the site's with.

    Returns
    -------
    Examination
        Also where the site did not answer at all: that is its first finding.
    """
    started, calls = clock(), client.calls
    findings: list[Finding] = []
    verdicts: list[Verdict] = []
    chart: Chart | None = None
    try:
        info = client.call(Function.SITE_INFO)
        site = payloads.site(info, url=client.url)
        client.offered = site.functions
        chart = Chart(client, site, info, tuple(category_ids), memory or Memory(), skew_s=_skew_s(client, wall_clock()))
        for said in _say_all(chart, probes):
            (findings if isinstance(said, Finding) else verdicts).append(said)  # type: ignore[arg-type]
    except LmsError as err:
        findings.append(_lost(err, chart))
    # Who may do everything lacks no right: what looks like it is the site's own doing.
    lacking = () if chart is not None and chart.is_administrator else _missing(verdicts)
    return Examination(
        findings=_sorted([*findings, *lacking]),
        rights=MappingProxyType(_rights(verdicts, chart)),
        release=chart.site.release if chart else "",
        calls=client.calls - calls,
        seconds=round(clock() - started, 3),
        site_at=client.answered_at,
    )


def _skew_s(client: Client, now: datetime) -> float | None:
    return (client.answered_at - now).total_seconds() if client.answered_at else None


def _say_all(chart: Chart, probes: Sequence[Probe]) -> Iterator[Finding | Verdict]:
    for probe in probes:
        try:
            yield from probe(chart)
        except BadAnswer as err:
            # An answer that is not as documented ends its probe, not the examination.
            facts = {"error": err.code.value, "errorcode": ""}
            yield Finding(FindingCode.CALL_FAILED, Severity.LESSENS, err.function, facts=facts)


def _lost(error: LmsError, chart: Chart | None) -> Finding:
    code = FindingCode.SITE_SILENT if chart is None else FindingCode.BROKEN_OFF
    facts = {
        **error.facts,
        "error": error.code.value,
        "function": error.function,
        "retryable": error.retryable,
    }
    return Finding(code, Severity.BLOCKS, subject=error.function, facts=facts)


def _rights(verdicts: Iterable[Verdict], chart: Chart | None) -> dict[str, Holding]:
    """What is known of each right: missing anywhere is missing, seen anywhere is held."""
    rights = dict.fromkeys(_asked_for(chart.site if chart else None), Holding.UNKNOWN)
    if chart is not None and chart.is_administrator:
        return dict.fromkeys(rights, Holding.HELD)
    for verdict in verdicts:
        known = rights.get(verdict.capability)
        if known is not None and known is not Holding.MISSING and verdict.holding is not Holding.UNKNOWN:
            rights[verdict.capability] = verdict.holding
    return rights


def _asked_for(site: Site | None) -> Iterator[str]:
    """Rights of the roles; those of writing only where the service offers to write."""
    writes = site is not None and bool(site.functions & functions_of(Use.WRITING))
    for right in RIGHTS.values():
        if right.role is not RoleName.WRITING or writes:
            yield right.capability


def _missing(verdicts: Iterable[Verdict]) -> Iterator[Finding]:
    """One finding for each missing right, with all the courses in which it shows."""
    found: dict[str, Finding] = {}
    for verdict in verdicts:
        if verdict.holding is not Holding.MISSING:
            continue
        courses = () if verdict.course_id is None else (verdict.course_id,)
        before = found.get(verdict.capability)
        if before is None:
            severity = RIGHTS[verdict.capability].severity
            code = FindingCode.RIGHT_MISSING
            finding = Finding(code, severity, verdict.capability, courses, verdict.facts, verdict.is_likely)
        else:
            ids = tuple(sorted({*before.course_ids, *courses}))
            facts = before.facts if before.facts and not before.is_likely else (verdict.facts or before.facts)
            finding = replace(before, course_ids=ids, facts=facts, is_likely=before.is_likely and verdict.is_likely)
        found[verdict.capability] = finding
    yield from found.values()


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each once, the worst first, in the order of the codes."""
    codes = tuple(FindingCode)
    distinct: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        key = (finding.code, finding.subject, finding.facts.get("errorcode"), finding.facts.get("category"))
        before = distinct.get(key)
        if before is not None:
            ids = tuple(sorted({*before.course_ids, *finding.course_ids}))
            finding = replace(before, course_ids=ids)  # noqa: PLW2901  the merged one takes its place
        distinct[key] = finding
    return tuple(sorted(distinct.values(), key=lambda one: (_ORDER.index(one.severity), codes.index(one.code))))
