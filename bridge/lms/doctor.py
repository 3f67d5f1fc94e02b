"""The doctor: examines a connected site, keeps what was found, and says it in words.

Gather what the store remembers, ask the site outside any transaction, write the report: a page shows it later without
asking the site.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bridge.core import audit
from bridge.core.audit import Source
from bridge.core.clock import utc_now
from bridge.core.crypto import Vault
from bridge.core.db import Database
from bridge.lms.connection import WHILE_SOMEBODY_WAITS, ClientFactory, client_factory, client_of
from bridge.lms.models import LmsActivity, LmsCategory, LmsCourse, LmsExamination, LmsGroup, LmsSite
from bridge.settings import Settings
from lms_sync.doctor import Examination, Finding, FindingCode, Holding, Memory, Severity, examine
from lms_sync.plan import Presence

__all__ = [
    "AWAITED",
    "Doctor",
    "as_json",
    "ask_for_examination",
    "from_json",
    "is_awaited",
    "last_examination",
    "open_doctor",
]

PAUSE_BETWEEN_CALLS_S = 0.1

AWAITED = timedelta(minutes=10)
"""A report that was asked for and has not come for so long will not come: its worker died."""


@dataclass(frozen=True, slots=True)
class Doctor:
    """All that an examination needs besides the site: wired once.

    ``make_client`` makes clients that ask in English, and with a pause between their calls. ``wall_clock`` is this
    machine's own: the clock of a demo stands in another year.
    """

    database: Database
    vault: Vault
    make_client: ClientFactory
    clock: Callable[[], datetime]
    wall_clock: Callable[[], datetime]

    def examine(self, site_id: int) -> Examination:
        """Examine a site now and keep the report, also where the site does not answer."""
        with self.database.reading() as session:
            site = session.get_one(LmsSite, site_id)
            client = client_of(site, self.vault, self.make_client)
            categories, memory = tuple(site.moodle_category_ids), _memory(session, site)
        found = examine(client, categories, memory=memory, wall_clock=self.wall_clock)
        with self.database.writing() as session:
            _keep(session, session.get_one(LmsSite, site_id), found, now=self.clock())
        return found


def open_doctor(settings: Settings, database: Database, vault: Vault, *, clock: Callable[[], datetime]) -> Doctor:
    """A doctor by the installation's settings, with clients that the site hardly notices."""
    make_client = client_factory(
        settings, retries=WHILE_SOMEBODY_WAITS, lang="en", min_interval_s=PAUSE_BETWEEN_CALLS_S
    )
    return Doctor(database, vault, make_client, clock, wall_clock=utc_now)


def ask_for_examination(session: Session, site: LmsSite, *, now: datetime, actor: str) -> None:
    """Note that somebody asks for an examination; a job makes it."""
    row = _row(session, site.id, now)
    row.asked_at = now
    subject = f"lms_site:{site.uid}"
    audit.record(session, "lms.examination_asked", now=now, source=Source.WEB, actor=actor, subject=subject)


def last_examination(session: Session, site: LmsSite) -> LmsExamination | None:
    """The report that is kept of a site; None before the first was asked for."""
    return session.scalar(select(LmsExamination).where(LmsExamination.site_id == site.id))


def is_awaited(asked_at: datetime, done_at: datetime | None, now: datetime) -> bool:
    """Whether a report that was asked for is still to come."""
    return (done_at is None or asked_at > done_at) and asked_at + AWAITED > now


def _row(session: Session, site_id: int, now: datetime) -> LmsExamination:
    row = session.scalar(select(LmsExamination).where(LmsExamination.site_id == site_id).with_for_update())
    if row is None:
        row = LmsExamination(site_id=site_id, asked_at=now, examined_at=None, health="", report={})
        session.add(row)
    return row


def _keep(session: Session, site: LmsSite, found: Examination, *, now: datetime) -> None:
    row = _row(session, site.id, now)
    row.examined_at, row.health, row.report = now, found.health.value, as_json(found)
    if found.release:
        site.release = found.release
    facts = {"health": found.health.value, "findings": len(found.findings), "calls": found.calls}
    subject = f"lms_site:{site.uid}"
    audit.record(session, "lms.examined", now=now, source=Source.SYNC, subject=subject, facts=facts)


# ---------------------------------------------------------------- what the store remembers


def _memory(session: Session, site: LmsSite) -> Memory:
    categories = _below(_rows(session, site, LmsCategory), site.moodle_category_ids)
    courses = {row.moodle_course_id for row in _rows(session, site, LmsCourse) if row.moodle_category_id in categories}
    activities: dict[int, dict[int, str]] = {}
    for row in _rows(session, site, LmsActivity):
        activities.setdefault(row.moodle_course_id, {})[row.moodle_course_module_id] = row.module
    groups: dict[int, set[int]] = {}
    for group in _rows(session, site, LmsGroup):
        groups.setdefault(group.moodle_course_id, set()).add(group.moodle_group_id)
    return Memory(
        category_ids=categories,
        course_ids=frozenset(courses),
        activities=activities,
        groups={course_id: frozenset(ids) for course_id, ids in groups.items()},
    )


def _rows(session: Session, site: LmsSite, model: type[Any]) -> Sequence[Any]:
    """What the site has not taken away, seen by us or not."""
    query = select(model).where(model.site_id == site.id, model.presence != Presence.GONE.value)
    return session.scalars(query).all()


def _below(rows: Iterable[LmsCategory], roots: Sequence[int]) -> frozenset[int]:
    """Our categories with their subcategories: the store also knows those of others."""
    parents = {row.moodle_category_id: row.moodle_parent_id for row in rows}
    found = set(roots) & parents.keys()
    grown = True
    while grown:
        more = {one for one, parent in parents.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return frozenset(found)


# ---------------------------------------------------------------- as it is kept


def as_json(found: Examination) -> dict[str, object]:
    """An examination as plain values."""
    return {
        "health": found.health.value,
        "release": found.release,
        "calls": found.calls,
        "seconds": found.seconds,
        "site_at": found.site_at.isoformat() if found.site_at else None,
        "findings": [_finding_as_json(finding) for finding in found.findings],
        "rights": {capability: holding.value for capability, holding in found.rights.items()},
    }


def _finding_as_json(finding: Finding) -> dict[str, object]:
    return {
        "code": finding.code.value,
        "severity": finding.severity.value,
        "subject": finding.subject,
        "courses": list(finding.course_ids),
        "facts": dict(finding.facts),
        "likely": finding.is_likely,
    }


def from_json(report: Mapping[str, Any]) -> Examination:
    """The examination that :func:`as_json` wrote."""
    site_at = report.get("site_at")
    return Examination(
        findings=tuple(_finding_from_json(row) for row in report.get("findings", ())),
        rights={capability: Holding(word) for capability, word in report.get("rights", {}).items()},
        release=report.get("release", ""),
        calls=report.get("calls", 0),
        seconds=report.get("seconds", 0.0),
        site_at=datetime.fromisoformat(site_at) if site_at else None,
    )


def _finding_from_json(row: Mapping[str, Any]) -> Finding:
    return Finding(
        code=FindingCode(row["code"]),
        severity=Severity(row["severity"]),
        subject=row["subject"],
        course_ids=tuple(row["courses"]),
        facts=row["facts"],
        is_likely=row["likely"],
    )
