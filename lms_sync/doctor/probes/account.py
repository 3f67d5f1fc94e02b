"""Whose token it is, and what its service offers."""

from __future__ import annotations

from collections.abc import Iterator

from lms_sync.doctor.chart import Chart
from lms_sync.doctor.findings import Finding, FindingCode, Holding, Severity, Verdict
from lms_sync.doctor.rights import FUNCTIONS, Use, functions_of
from lms_sync.site import NEEDED, WANTED

__all__ = ["probe_account"]


def probe_account(chart: Chart) -> Iterator[Finding | Verdict]:
    """Compare the service with the recipe's, function by function, and name an administrator's token."""
    yield Verdict("webservice/rest:use", Holding.HELD)
    if chart.is_administrator:
        yield Finding(FindingCode.ADMINISTRATOR, Severity.NOTE)
    offered = chart.site.functions
    for name in FUNCTIONS[Use.READING]:
        if name not in offered:
            yield Finding(FindingCode.FUNCTION_MISSING, _severity(name), subject=str(name))
    surplus = sorted(offered - functions_of())
    if surplus:
        yield Finding(FindingCode.WIDE_SERVICE, Severity.NOTE, subject=surplus[0], facts={"functions": len(surplus)})


def _severity(function: str) -> Severity:
    if function in NEEDED:
        return Severity.BLOCKS
    return Severity.LESSENS if function in WANTED else Severity.NOTE
