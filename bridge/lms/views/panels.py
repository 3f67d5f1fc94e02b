"""View models of the connection page: the examination in short, the courses, what this site cannot show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from bridge.lms import comparing, doctor, one_course, state
from bridge.lms.forms import CategoryForm, ConnectForm
from bridge.lms.models import LmsComparison, LmsCourse, LmsCoverage, LmsSite
from bridge.lms.runs import Freshness
from bridge.lms.views.runs import ProblemGroup
from bridge.lms.words import kind_words
from bridge.web.messages import gettext as _
from bridge.web.messages import ngettext
from bridge.web.viewmodels import Event, Note, Tag, Tone
from lms_sync.doctor import Health, Severity
from lms_sync.plan import Presence

__all__ = [
    "ConnectionPage",
    "CourseRow",
    "ExaminationSummary",
    "HiddenGroup",
    "comparison_tag",
    "course_rows",
    "examination_summary",
    "health_tag",
    "hidden_groups",
]

WHOLE_SITE = 0


@dataclass(frozen=True, slots=True)
class ExaminationSummary:
    """The last examination in a line; ``tag`` is None before the first."""

    tag: Tag | None
    words: str
    at: datetime | None
    is_awaited: bool


@dataclass(frozen=True, slots=True)
class CourseRow:
    """A course in the table: what is stored of it and how it stands."""

    name: str
    short_name: str
    url: str
    compare_url: str
    read_url: str
    read_at: datetime | None
    records: int
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class HiddenGroup:
    """What the token cannot see of one course, or of the whole site."""

    title: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConnectionPage:
    """What the connection page shows; ``next_at`` is when the clock reads Moodle again."""

    site: LmsSite | None
    fresh: Freshness
    connect: ConnectForm
    category: CategoryForm | None
    next_at: datetime | None = None
    runs: tuple[Event, ...] = ()
    problems: tuple[ProblemGroup, ...] = ()
    examination: ExaminationSummary | None = None
    courses: tuple[CourseRow, ...] = ()
    hidden: tuple[HiddenGroup, ...] = ()
    notes: tuple[Note, ...] = ()


def health_tag(health: str) -> Tag | None:
    """An examination in one word; None for one that was never made."""
    words = {
        Health.FINE.value: Tag(_("in order"), Tone.OK),
        Health.LESSENED.value: Tag(_("not everything can be read"), Tone.WARN),
        Health.BLOCKED.value: Tag(_("needs mending"), Tone.BAD),
    }
    return words.get(health)


def examination_summary(session: Session, site: LmsSite, *, now: datetime) -> ExaminationSummary:
    """What the page says of the last examination."""
    row = doctor.last_examination(session, site)
    if row is None:
        return ExaminationSummary(None, _("The connection has not been examined yet."), None, is_awaited=False)
    awaited = doctor.is_awaited(row.asked_at, row.examined_at, now)
    if row.examined_at is None:
        return ExaminationSummary(None, _("The connection has not been examined yet."), None, is_awaited=awaited)
    severities = [finding.severity for finding in doctor.from_json(row.report).findings]
    counts = (
        ngettext("%(num)d thing blocks", "%(num)d things block", severities.count(Severity.BLOCKS)),
        ngettext("%(num)d lessens", "%(num)d lessen", severities.count(Severity.LESSENS)),
        ngettext("%(num)d to know", "%(num)d to know", severities.count(Severity.NOTE)),
    )
    told = [words for words, severity in zip(counts, Severity, strict=True) if severity in severities]
    return ExaminationSummary(health_tag(row.health), ", ".join(told), row.examined_at, is_awaited=awaited)


def course_rows(session: Session, site: LmsSite, *, now: datetime) -> tuple[CourseRow, ...]:
    """The site's courses, by name."""
    counts, covered = state.record_counts(session, site), state.coverages(session, site)
    compared = comparing.last_comparisons(session, site)
    return tuple(
        _course_row(
            course,
            records=sum(counts.get(course.moodle_course_id, {}).values()),
            covered=covered,
            compared=compared.get(course.moodle_course_id),
            now=now,
        )
        for course in one_course.courses_of(session, site)
    )


def _course_row(
    course: LmsCourse,
    *,
    records: int,
    covered: Sequence[LmsCoverage],
    compared: LmsComparison | None,
    now: datetime,
) -> CourseRow:
    course_id = course.moodle_course_id
    tags = []
    if course.presence == Presence.NOT_VISIBLE.value:
        tags.append(Tag(_("not visible"), Tone.WARN))
    if compared is not None and (tag := comparison_tag(compared, now)) is not None:
        tags.append(tag)
    return CourseRow(
        name=course.full_name,
        short_name=course.short_name,
        url=url_for("lms.course", course=course_id),
        compare_url=url_for("lms.compare", course=course_id),
        read_url=url_for("lms.read_course", course=course_id),
        read_at=state.read_at(covered, course_id),
        records=records,
        tags=tuple(tags),
    )


def comparison_tag(compared: LmsComparison, now: datetime) -> Tag | None:
    """How the last comparison of a course came out."""
    if doctor.is_awaited(compared.asked_at, compared.compared_at, now):
        return Tag(_("being compared"), Tone.INFO)
    if compared.compared_at is None or compared.failure:
        return Tag(_("not compared"), Tone.WARN)
    count = int(str(compared.report.get("differences", 0)))
    if not count:
        return Tag(_("as in Moodle"), Tone.OK)
    return Tag(ngettext("%(num)d difference", "%(num)d differences", count), Tone.WARN)


def hidden_groups(session: Session, site: LmsSite) -> tuple[HiddenGroup, ...]:
    """What this site does not show to the token: of the site as a whole first, then of each course."""
    rows = state.coverages(session, site)
    titles = {WHOLE_SITE: _("The site as a whole")}
    titles |= one_course.course_titles(session, site)
    groups = (
        HiddenGroup(title, tuple(_(kind_words(kind)) for kind in state.hidden_kinds(rows, course_id)))
        for course_id, title in titles.items()
    )
    return tuple(group for group in groups if group.kinds)
