"""The probes: each a function of the chart that yields verdicts on rights, and findings.

A new one is a file copied from a sibling, and a line here. Probes run in this order; questions that an earlier one
asked cost a later one nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lms_sync.doctor.chart import Chart
from lms_sync.doctor.findings import Finding, Verdict
from lms_sync.doctor.probes.account import probe_account
from lms_sync.doctor.probes.activities import probe_activities
from lms_sync.doctor.probes.assignments import probe_assignments
from lms_sync.doctor.probes.changes import probe_changes
from lms_sync.doctor.probes.completion import probe_completion
from lms_sync.doctor.probes.courses import probe_courses
from lms_sync.doctor.probes.gradebook import probe_gradebook
from lms_sync.doctor.probes.groups import probe_groups
from lms_sync.doctor.probes.people import probe_people
from lms_sync.doctor.probes.refusals import probe_refusals
from lms_sync.doctor.probes.settings import probe_settings
from lms_sync.doctor.probes.workshops import probe_workshops

__all__ = ["PROBES", "Probe"]

Probe = Callable[[Chart], Iterator[Finding | Verdict]]

PROBES: tuple[Probe, ...] = (
    probe_settings,
    probe_account,
    probe_courses,
    probe_people,
    probe_groups,
    probe_activities,
    probe_assignments,
    probe_gradebook,
    probe_workshops,
    probe_completion,
    probe_changes,
    # Last: it looks back at every call that was made.
    probe_refusals,
)
