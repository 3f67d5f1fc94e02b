"""Examines a Moodle site: which functions, rights and settings are missing, and what cannot be known from outside.

Most rights make a call fail; about half only make its answer shorter or poorer. The probes of this package tell those
by comparing answers with each other, and with what earlier readings saw.

Examples
--------
::

    report = examine(client, category_ids=[2])
    for finding in report.findings:
        print(finding.severity, finding.code, finding.subject)
"""

from lms_sync.doctor.chart import MOST_COURSES, Memory
from lms_sync.doctor.examine import examine
from lms_sync.doctor.findings import Examination, Finding, FindingCode, Health, Holding, Severity, Verdict
from lms_sync.doctor.rights import FUNCTIONS, RIGHTS, Right, RoleName, Use, functions_of, rights_of

__all__ = [
    "FUNCTIONS",
    "MOST_COURSES",
    "RIGHTS",
    "Examination",
    "Finding",
    "FindingCode",
    "Health",
    "Holding",
    "Memory",
    "Right",
    "RoleName",
    "Severity",
    "Use",
    "Verdict",
    "examine",
    "functions_of",
    "rights_of",
]
