"""One course: how completely it is known, by what it differs from Moodle, and reading it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from bridge.core.http import current
from bridge.core.http.access import route
from bridge.core.permissions import can_administer, can_start_sync
from bridge.errors import NotFound
from bridge.lms import comparing, doctor, one_course, runs, state
from bridge.lms.asked import COMPARE_COURSE, READ_COURSE
from bridge.lms.models import LmsCourse, LmsCoverage, LmsSite
from bridge.lms.views.blueprint import lms_pages, our_site
from bridge.lms.views.comparison import ComparisonView, comparison_view
from bridge.lms.words import COVERAGES, KINDS, titled
from bridge.web.messages import gettext as _
from bridge.web.viewmodels import Link, Tag, Tone
from lms_sync.plan import Coverage, Presence
from lms_sync.records import Kind

__all__ = ["compare", "course", "read_course"]


@dataclass(frozen=True, slots=True)
class KindRow:
    """How completely one kind of record is known."""

    name: str
    records: int
    coverage: Tag
    read_at: datetime


@dataclass(frozen=True, slots=True)
class CoursePage:
    """A course as the store knows it, and its last comparison; ``comparison`` is None before the first."""

    course: LmsCourse
    in_moodle: Link
    read_at: datetime | None
    is_visible: bool
    is_awaited: bool
    kinds: tuple[KindRow, ...]
    comparison: ComparisonView | None


@route(lms_pages, "/moodle/courses/<course>", rule=can_administer)
def course(course: str) -> ResponseReturnValue:
    """Show one course."""
    site = our_site()
    return render_template("lms/course.html", page=_page(site, _find(site, course)))


@route(lms_pages, "/moodle/courses/<course>/compare", rule=can_administer, methods=("POST",))
def compare(course: str) -> ResponseReturnValue:
    """Ask for a comparison of the course with Moodle; a worker makes it, and nothing but its report is written."""
    site, session, now = our_site(), current.db_session(), current.now()
    found = _find(site, course)
    if runs.freshness(session, site).running:
        flash(_("Moodle is being read at this moment. Wait for that run to end."), "warn")
    elif not _is_awaited(site, found):
        comparing.ask_for_comparison(session, site, found.moodle_course_id, now=now, actor=current.person_uid())
        arguments = {"site_id": site.id, "course_id": found.moodle_course_id}
        current.services().jobs.enqueue(session, COMPARE_COURSE, **arguments)
        flash(_("The course is being compared. The result will stand here in a minute."))
    return redirect(url_for("lms.course", course=found.moodle_course_id))


@route(lms_pages, "/moodle/courses/<course>/read", rule=can_start_sync, methods=("POST",))
def read_course(course: str) -> ResponseReturnValue:
    """Ask for a reading of the whole course; a worker does it."""
    site, session = our_site(), current.db_session()
    found = _find(site, course)
    if runs.freshness(session, site).running:
        flash(_("Moodle is being read at this moment. Wait for that run to end."), "warn")
    else:
        arguments = {"site_id": site.id, "course_id": found.moodle_course_id}
        current.services().jobs.enqueue(session, READ_COURSE, **arguments)
        flash(_("The course is being read again. This takes about a minute."))
    return redirect(url_for("lms.course", course=found.moodle_course_id))


def _find(site: LmsSite, named: str) -> LmsCourse:
    found = one_course.find_course(current.db_session(), site, int(named)) if _is_id(named) else None
    if found is None:
        raise NotFound("There is no such page.")
    return found


def _is_id(text: str) -> bool:
    # As long as the database's integers are.
    return text.isascii() and text.isdigit() and len(text) < 10


def _is_awaited(site: LmsSite, found: LmsCourse) -> bool:
    last = comparing.last_comparison(current.db_session(), site, found.moodle_course_id)
    return last is not None and doctor.is_awaited(last.asked_at, last.compared_at, current.now())


def _page(site: LmsSite, found: LmsCourse) -> CoursePage:
    session, course_id = current.db_session(), found.moodle_course_id
    covered = [row for row in state.coverages(session, site) if row.moodle_course_id == course_id]
    counts = state.record_counts(session, site, course_id=course_id).get(course_id, {})
    last = comparing.last_comparison(session, site, course_id)
    return CoursePage(
        course=found,
        in_moodle=Link(_("Open in Moodle"), f"{site.url}/course/view.php?id={course_id}", is_external=True),
        read_at=state.read_at(covered, course_id),
        is_visible=found.presence != Presence.NOT_VISIBLE.value,
        is_awaited=_is_awaited(site, found),
        kinds=tuple(_kind_rows(covered, counts)),
        comparison=comparison_view(session, site, last) if last is not None and last.compared_at else None,
    )


def _kind_rows(covered: list[LmsCoverage], counts: Mapping[Kind, int]) -> list[KindRow]:
    rows = {Kind(row.kind): row for row in covered if row.kind in set(Kind)}
    tones = {Coverage.WHOLE: Tone.OK, Coverage.PARTIAL: Tone.PLAIN, Coverage.NOT_VISIBLE: Tone.WARN}
    return [
        KindRow(
            name=titled(_(words)),
            records=counts.get(kind, 0),
            coverage=Tag(_(COVERAGES[Coverage(rows[kind].coverage)]), tones[Coverage(rows[kind].coverage)]),
            read_at=rows[kind].read_at,
        )
        for kind, words in KINDS.items()
        if kind in rows and kind is not Kind.COURSE
    ]
