"""A person's page: how each mark became points, and everything the LMS said about their work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from bridge.core.i18n import list_name
from bridge.lms.models import LmsActivity, LmsCourse, LmsGradebookGrade, LmsGradeItem, LmsSite, LmsUser
from bridge.lms.runs import Freshness
from bridge.programme.models import Season
from bridge.programme.service import map_of
from bridge.rating.marks import Mark, MarkSource, TermItem
from bridge.rating.outcome import Outcome, outcomes
from bridge.rating.service import Line, SeasonRating
from bridge.rating.table_page import outcome_tag
from bridge.web.filters import num as number
from bridge.web.messages import gettext as _
from bridge.web.messages import ngettext
from bridge.web.viewmodels import Fact, Link, MarkLine, PersonPage, Tag, TermLine, TermState, Tone
from lms_sync.plan import Presence
from scoring.rating import Contribution, Treatment

__all__ = ["person_page"]

STATES = {
    Treatment.COUNTED: TermState.COUNTED,
    Treatment.ZERO: TermState.ZERO,
    Treatment.PENDING: TermState.PENDING,
    Treatment.EXCLUDED: TermState.COUNTED,  # credited at the rate of the other terms, not awaited
}


def person_page(
    session: Session, rated: SeasonRating, line: Line, fresh: Freshness, *, is_own: bool, rating_url: str = ""
) -> PersonPage:
    """Make the page that explains one line of the rating.

    Parameters
    ----------
    is_own
        The reader is the person: the page says «вы», and hidden marks are left out of the list of marks.
    rating_url
        Where the rating is, for a reader who may open it.
    """
    member, rating = line.member, line.rating
    by_uid = outcomes(rated.lines, rated.season.places)
    site = session.get_one(LmsSite, rated.season.site_id) if rated.season.site_id else None
    graders = _names(session, rated.season, {mark.grader_id for mark in line.marks.values()})
    items = {found.term.id: found for found in rated.items}
    # What Moodle hides from a person must not be told here either, nor follow from a sum or a place.
    veiled = frozenset(term_id for term_id, mark in line.marks.items() if mark.hidden) if is_own else frozenset()
    total = sum((part.points for part in rating.contributions if part.id not in veiled), Decimal(0))
    return PersonPage(
        name=list_name(member.last_name, member.first_name),
        season=rated.season.name,
        is_own=is_own,
        total=total,
        most=_most(rated),
        is_partial=bool(rating.pending or veiled),
        school=member.school,
        group=member.group,
        tags=(Tag(_("Withdrawn")),) if member.withdrawn else (),
        data_at=fresh.data_at,
        facts=(_sum_fact(rated, total), *(() if veiled else _place_facts(rated, line))),
        outcome=None if veiled else outcome_tag(by_uid[member.uid]),
        outcome_text="" if veiled else _outcome_text(by_uid[member.uid]),
        terms=tuple(
            _term(items[part.id], part, None if part.id in veiled else line.marks[part.id])
            for part in rating.contributions
        ),
        marks=tuple(_mark_lines(session, rated, line, graders, with_hidden=not is_own)),
        back=Link(_("Rating"), rating_url) if rating_url else None,
        profile=None if is_own else _profile(site, member.moodle_user_id),
    )


def _sum_fact(rated: SeasonRating, total: Decimal) -> Fact:
    return Fact(number(total, 1), _("of %(most)s points", most=number(_most(rated))))


def _most(rated: SeasonRating) -> Decimal:
    """The points that nobody can pass."""
    caps = ((found.term.full_points, found.term.cap) for found in rated.items)
    return sum((full if cap is None else min(full, cap) for full, cap in caps), Decimal(0))


def _place_facts(rated: SeasonRating, line: Line) -> Iterable[Fact]:
    if line.rating.rank is None:
        return
    ranked = len(rated.ranked)
    yield Fact(str(line.rating.rank), ngettext("place of %(num)d", "place of %(num)d", ranked))
    last_in = [other.rating.total for other in rated.ranked if (other.rating.rank or 0) <= rated.season.places]
    lacking = last_in[-1] - line.rating.total if last_in else Decimal(0)
    if lacking > 0:
        yield Fact(number(lacking, 1), _("points are missing to place %(place)d", place=rated.season.places))


def _outcome_text(outcome: Outcome) -> str:
    texts = {
        Outcome.RECOMMENDED: _("Within the places of the gate. The commission confirms it."),
        Outcome.TIED: _("Equal sums share the last place of the gate, so the commission tells them apart."),
        Outcome.WAITING: _("Below the places of the gate for now."),
        Outcome.PENDING: _("Marks are awaited; a place comes with them."),
        Outcome.WITHDRAWN: _("Suspended in a course of the season. The marks stay."),
    }
    return texts[outcome]


def _term(found: TermItem, part: Contribution, mark: Mark | None) -> TermLine:
    """One line of the sum; ``mark`` is None where the reader must not know it."""
    name = found.item.name if found.item is not None else found.term.label or found.term.id
    if mark is None:
        note = _("The tutor has not shown this mark in Moodle yet.")
        return TermLine(name=name, weight=part.weight, state=TermState.PENDING, note=note)
    state = STATES[part.treatment]
    is_pending = state is TermState.PENDING
    share = None if part.share is None else Decimal(part.share.numerator) / Decimal(part.share.denominator)
    return TermLine(
        name=name,
        weight=part.weight,
        state=state,
        mark=_mark_words(mark),
        share=share,
        points=None if is_pending else part.points,
        note=_term_note(found, mark),
        source=Link("Moodle", found.url, _("Moodle: %(name)s", name=name), is_external=True) if found.url else None,
        tags=tuple(_mark_tags(mark)),
    )


def _mark_words(mark: Mark) -> str:
    if mark.value is None:
        return ""
    if mark.is_scale:
        return _("%(mark)s of %(most)s", mark=number(mark.value), most=number(mark.maximum))
    return _("%(mark)s of %(most)s", mark=number(mark.value, 1), most=number(mark.maximum))


def _term_note(found: TermItem, mark: Mark) -> str:
    if found.item is None:
        return _("No activity in Moodle was found for this term.")
    if mark.is_scale and mark.label and mark.value is not None:
        return _("Scale: «%(label)s»", label=mark.label)
    if found.assignment is not None and found.assignment.team_submission:
        return _("The mark of the whole group")
    return ""


def _mark_tags(mark: Mark) -> Iterable[Tag]:
    if mark.hidden:
        yield Tag(_("hidden in Moodle"), Tone.INFO)
    if mark.locked:
        yield Tag(_("locked"))
    if mark.overridden:
        yield Tag(_("overridden in the gradebook"), Tone.WARN)
    if mark.entered_unpublished:
        yield Tag(_("marked, not published"), Tone.WARN)
    if mark.source is MarkSource.ASSIGNMENT:
        yield Tag(_("from the assignment"), Tone.INFO)


@dataclass(frozen=True, slots=True)
class _Row:
    """One mark of the gradebook with what it belongs to."""

    grade: LmsGradebookGrade
    item: LmsGradeItem
    course: str
    url: str


def _mark_lines(
    session: Session, rated: SeasonRating, line: Line, graders: Mapping[int, str], *, with_hidden: bool
) -> Iterable[MarkLine]:
    used = {found.item.moodle_item_id: found.term for found in rated.items if found.item is not None}
    for row in _rows(session, rated.season, line.member.moodle_user_id):
        term = used.get(row.item.moodle_item_id)
        mark = line.marks.get(term.id) if term is not None else None
        if row.grade.hidden and not with_hidden:
            continue
        yield MarkLine(
            activity=row.item.name,
            course=row.course,
            mark=_row_words(row),
            source=_("gradebook"),
            graded_at=row.grade.graded_at,
            grader=graders.get(mark.grader_id or 0, "") if mark is not None else "",
            seen_at=row.grade.first_seen_at,
            use=term.label or term.id if term is not None else "",
            tags=tuple(_row_tags(row, mark)),
            link=Link(row.item.name, row.url, is_external=True) if row.url else None,
        )


def _rows(session: Session, season: Season, user_id: int) -> Iterable[_Row]:
    query = (
        select(LmsGradebookGrade, LmsGradeItem, LmsCourse.full_name, LmsActivity.url)
        .join(
            LmsGradeItem,
            (LmsGradeItem.site_id == LmsGradebookGrade.site_id)
            & (LmsGradeItem.moodle_item_id == LmsGradebookGrade.moodle_item_id),
        )
        .join(
            LmsCourse,
            (LmsCourse.site_id == LmsGradeItem.site_id) & (LmsCourse.moodle_course_id == LmsGradeItem.moodle_course_id),
        )
        .outerjoin(
            LmsActivity,
            (LmsActivity.site_id == LmsGradeItem.site_id)
            & (LmsActivity.moodle_course_module_id == LmsGradeItem.moodle_course_module_id),
        )
        .where(
            LmsGradebookGrade.site_id == season.site_id,
            LmsGradebookGrade.moodle_user_id == user_id,
            LmsGradeItem.moodle_course_id.in_(tuple(map_of(season).courses)),
            LmsGradeItem.item_type.in_(("mod", "manual")),
        )
        .order_by(LmsGradeItem.moodle_course_id, LmsGradeItem.moodle_item_id)
    )
    for grade, item, course, url in session.execute(query):
        yield _Row(grade, item, course, url or "")


def _row_words(row: _Row) -> str:
    if row.grade.grade is None:
        return ""
    if row.item.is_scale:
        return row.grade.label
    return _("%(mark)s of %(most)s", mark=number(row.grade.grade, 1), most=number(row.item.grade_max))


def _row_tags(row: _Row, mark: Mark | None) -> Iterable[Tag]:
    if row.grade.presence != Presence.PRESENT.value or row.item.presence != Presence.PRESENT.value:
        yield Tag(_("no longer shown by Moodle"), Tone.WARN)
    if row.grade.hidden:
        yield Tag(_("hidden in Moodle"), Tone.INFO)
    if row.grade.locked:
        yield Tag(_("locked"))
    if row.grade.overridden:
        yield Tag(_("overridden in the gradebook"), Tone.WARN)
    if mark is not None and mark.entered_unpublished:
        yield Tag(_("marked, not published"), Tone.WARN)


def _names(session: Session, season: Season, user_ids: set[int | None]) -> Mapping[int, str]:
    wanted = [user_id for user_id in user_ids if user_id]
    query = select(LmsUser).where(LmsUser.site_id == season.site_id, LmsUser.moodle_user_id.in_(wanted))
    return {user.moodle_user_id: list_name(user.last_name, user.first_name) for user in session.scalars(query)}


def _profile(site: LmsSite | None, user_id: int) -> Link | None:
    if site is None or not site.url or user_id < 0:
        # Known by files alone: they do not tell where the profile is.
        return None
    return Link(_("Profile in Moodle"), f"{site.url}/user/profile.php?id={user_id}", is_external=True)
