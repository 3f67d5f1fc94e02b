"""What the site is: its release, its address, its clock."""

from __future__ import annotations

from collections.abc import Iterator

from lms_sync.doctor.chart import Chart
from lms_sync.doctor.findings import Finding, FindingCode, Severity, Verdict
from lms_sync.site import requirements

__all__ = ["LARGE_SKEW_S", "SMALL_SKEW_S", "probe_settings"]

SMALL_SKEW_S, LARGE_SKEW_S = 60, 900
"""Changes are asked for with an overlap: a few minutes of difference cost nothing, more may hide a change."""


def probe_settings(chart: Chart) -> Iterator[Finding | Verdict]:
    """Compare the release with those tried, and say what an open line and a wrong clock mean."""
    needs = requirements(chart.site)
    facts = {"release": chart.site.release}
    if not needs.supported:
        yield Finding(FindingCode.RELEASE_UNSUPPORTED, Severity.LESSENS, facts=facts)
    elif not needs.tested:
        yield Finding(FindingCode.RELEASE_UNTESTED, Severity.NOTE, facts=facts)
    if chart.site.url.startswith("http://"):
        yield Finding(FindingCode.PLAIN_HTTP, Severity.NOTE)
    if chart.skew_s is not None and abs(chart.skew_s) > SMALL_SKEW_S:
        severity = Severity.LESSENS if abs(chart.skew_s) > LARGE_SKEW_S else Severity.NOTE
        yield Finding(FindingCode.CLOCK_SKEW, severity, facts={"seconds": round(chart.skew_s)})
