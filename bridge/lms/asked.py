"""The jobs that people ask for on the pages of the connection: examine the site, compare a course, read it again."""

from __future__ import annotations

import logging
from typing import Protocol

from bridge.errors import NotFound, Refused
from bridge.lms.comparing import Comparer
from bridge.lms.doctor import Doctor
from bridge.lms.sync import Puller

__all__ = [
    "COMPARE_COURSE",
    "EXAMINE_SITE",
    "READ_COURSE",
    "HasCare",
    "compare_course",
    "examine_site",
    "read_course",
]

log = logging.getLogger(__name__)

EXAMINE_SITE = "lms.examine_site"
COMPARE_COURSE = "lms.compare_course"
READ_COURSE = "lms.read_course"


class HasCare(Protocol):
    """What the jobs are given."""

    @property
    def doctor(self) -> Doctor: ...

    @property
    def comparer(self) -> Comparer: ...

    @property
    def puller(self) -> Puller: ...


def examine_site(context: HasCare, *, site_id: int) -> None:
    """Examine one site; what was found, or that it did not answer, is in its report."""
    found = context.doctor.examine(site_id)
    log.info("examination of site %d: %s, %d calls", site_id, found.health, found.calls)


def compare_course(context: HasCare, *, site_id: int, course_id: int) -> None:
    """Compare one course with the store; a refusal is an answer, not a crash."""
    try:
        found = context.comparer.compare(site_id, course_id)
    except (NotFound, Refused) as err:
        log.info("comparison of course %d: %s", course_id, err.code)
    else:
        log.info("comparison of course %d: %d differences, %d calls", course_id, found.differences, found.calls)


def read_course(context: HasCare, *, site_id: int, course_id: int) -> None:
    """Read one course again, whole."""
    try:
        report = context.puller.pull(site_id, course_id=course_id)
    except (NotFound, Refused) as err:
        log.info("reading of course %d: %s", course_id, err.code)
    else:
        log.info("reading of course %d: %s, %d calls", course_id, report.state, report.calls)
