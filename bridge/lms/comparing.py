"""Compares a course with the store: reads it whole, plans what a sync would write, and writes only the report."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from bridge.core import audit
from bridge.core.audit import Source
from bridge.core.crypto import Vault
from bridge.core.db import Database
from bridge.errors import Refused
from bridge.lms import runs
from bridge.lms.connection import ClientFactory, client_of
from bridge.lms.models import LmsComparison, LmsSite
from bridge.lms.one_course import course_scope
from bridge.lms.records import load_known
from bridge.lms.sentences import refusal
from lms_sync.client import Client
from lms_sync.drift import Difference, KindDrift, drift, merged
from lms_sync.errors import LmsError
from lms_sync.plan import Part
from lms_sync.reader import Problem, ProgressCallback, Reader, Scope
from lms_sync.records import Kind, Record
from lms_sync.site import describe

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["Comparer", "Comparison", "as_json", "ask_for_comparison", "last_comparison", "last_comparisons"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """By what a course differs from the store, kind by kind."""

    course_id: int
    kinds: Mapping[Kind, KindDrift] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    calls: int = 0
    seconds: float = 0.0

    @property
    def differences(self) -> int:
        """How many records a reading of the course would write."""
        return sum(one.missing + one.different + one.gone + one.out_of_sight for one in self.kinds.values())


@dataclass(frozen=True, slots=True)
class Comparer:
    """All that a comparison needs besides the course: wired once."""

    database: Database
    vault: Vault
    make_client: ClientFactory
    clock: Callable[[], datetime]

    def compare(self, site_id: int, course_id: int, *, progress: ProgressCallback | None = None) -> Comparison:
        """Compare one course now and keep the report.

        Raises
        ------
        NotFound
            The store does not know the course.
        Refused
            The site is being read at this moment: the store changes under the comparison.
        LmsRefused
            The LMS could not be asked.
        """
        started = self.clock()
        client, scope = self._open(site_id, course_id)
        try:
            found = self._read(client, scope, site_id, course_id, progress)
        except LmsError as err:
            self._keep(site_id, course_id, {}, failure=err.code.value)
            raise refusal(err) from err
        seconds = (self.clock() - started).total_seconds()
        found = dataclasses.replace(found, calls=client.calls, seconds=round(seconds, 3))
        self._keep(site_id, course_id, as_json(found))
        return found

    def _open(self, site_id: int, course_id: int) -> tuple[Client, Scope]:
        with self.database.reading() as session:
            site = session.get_one(LmsSite, site_id)
            scope = course_scope(session, site, course_id)
            if runs.freshness(session, site).running:
                raise Refused("Moodle is being read at this moment. Wait for that run to end.", code="sync_running")
            return client_of(site, self.vault, self.make_client), scope

    def _read(
        self, client: Client, scope: Scope, site_id: int, course_id: int, progress: ProgressCallback | None
    ) -> Comparison:
        kinds: dict[Kind, KindDrift] = {}
        problems = []
        for told in Reader(client, describe(client), scope, progress=progress).read():
            if isinstance(told, Problem):
                problems.append(told)
            elif isinstance(told, Part) and told.kind is not Kind.CATEGORY:
                found = self._drift(site_id, told)
                kinds[told.kind] = merged(kinds[told.kind], found) if told.kind in kinds else found
        return Comparison(course_id, kinds, tuple(problems))

    def _drift(self, site_id: int, part: Part) -> KindDrift:
        with self.database.reading() as session:
            return drift(part, load_known(session, part.kind, site_id=site_id, course_id=part.course_id))

    def _keep(self, site_id: int, course_id: int, report: dict[str, object], *, failure: str = "") -> None:
        now = self.clock()
        with self.database.writing() as session:
            row = _row(session, site_id, course_id, now)
            row.compared_at, row.report, row.failure = now, report, failure
            facts = {"course": course_id, "differences": report.get("differences"), "failure": failure}
            subject = f"lms_site:{session.get_one(LmsSite, site_id).uid}"
            audit.record(session, "lms.compared", now=now, source=Source.SYNC, subject=subject, facts=facts)


def ask_for_comparison(session: Session, site: LmsSite, course_id: int, *, now: datetime, actor: str) -> None:
    """Note that somebody asks for a comparison; a job makes it."""
    _row(session, site.id, course_id, now).asked_at = now
    facts = {"course": course_id}
    subject = f"lms_site:{site.uid}"
    act = "lms.comparison_asked"
    audit.record(session, act, now=now, source=Source.WEB, actor=actor, subject=subject, facts=facts)


def last_comparison(session: Session, site: LmsSite, course_id: int) -> LmsComparison | None:
    """The report that is kept of a course."""
    return last_comparisons(session, site).get(course_id)


def last_comparisons(session: Session, site: LmsSite) -> dict[int, LmsComparison]:
    """The reports that are kept of a site's courses."""
    rows = session.scalars(select(LmsComparison).where(LmsComparison.site_id == site.id))
    return {row.moodle_course_id: row for row in rows}


def _row(session: Session, site_id: int, course_id: int, now: datetime) -> LmsComparison:
    wanted = (LmsComparison.site_id == site_id, LmsComparison.moodle_course_id == course_id)
    row = session.scalar(select(LmsComparison).where(*wanted).with_for_update())
    if row is None:
        row = LmsComparison(site_id=site_id, moodle_course_id=course_id, asked_at=now, failure="", report={})
        session.add(row)
    return row


# ---------------------------------------------------------------- as it is kept


def as_json(found: Comparison) -> dict[str, object]:
    """A comparison as plain values; people and activities by Moodle's ids."""
    return {
        "course": found.course_id,
        "differences": found.differences,
        "calls": found.calls,
        "seconds": found.seconds,
        "kinds": [_kind_as_json(one) for one in found.kinds.values()],
        "problems": [{"code": one.code.value, "facts": dict(one.facts)} for one in found.problems],
    }


def _kind_as_json(found: KindDrift) -> dict[str, object]:
    return {
        "kind": found.kind.value,
        "coverage": found.coverage.value,
        "same": found.same,
        "missing": found.missing,
        "different": found.different,
        "gone": found.gone,
        "out_of_sight": found.out_of_sight,
        "fields": dict(found.fields),
        "examples": [_difference_as_json(one) for one in found.examples],
        "missing_examples": [_record_as_json(one) for one in found.missing_examples],
        "gone_examples": [_record_as_json(one) for one in found.gone_examples],
    }


def _difference_as_json(one: Difference) -> dict[str, object]:
    changes = [{"field": each.name, "before": _plain(each.before), "after": _plain(each.after)} for each in one.fields]
    return {**_record_as_json(one.record), "changes": changes}


def _record_as_json(record: Record) -> dict[str, object]:
    """What identifies a record to people: the ids it holds, and its name where it has one."""
    names = [each.name for each in dataclasses.fields(cast("DataclassInstance", record))]
    ids = {name: getattr(record, name) for name in names if name.endswith("_id")}
    name = next((str(getattr(record, each)) for each in ("name", "full_name", "title") if each in names), "")
    return {"key": list(record.key), "ids": ids, "name": name}


def _plain(value: object) -> object:
    match value:
        case Decimal():
            return f"{value:f}"
        case datetime():
            return value.isoformat()
        case tuple():
            return [_plain(each) for each in value]
        case _:
            return value
