"""One course by itself: which one may be read again or compared, and with what scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bridge.errors import NotFound
from bridge.lms.models import LmsComparison, LmsCourse, LmsSite
from lms_sync.plan import Presence
from lms_sync.reader import Scope

__all__ = ["course_scope", "course_titles", "courses_of", "find_course", "forget_comparison"]


def course_scope(session: Session, site: LmsSite, course_id: int) -> Scope:
    """The scope that is one course of the site, read whole; cohorts belong to the site and stay as they are.

    Raises
    ------
    NotFound
        The store knows no such course on this site: others are not read.
    """
    if find_course(session, site, course_id) is None:
        raise NotFound("There is no course %(course)s among those read from Moodle.", course=course_id)
    return Scope(course_ids=(course_id,), cohorts=False)


def find_course(session: Session, site: LmsSite, course_id: int) -> LmsCourse | None:
    """A course of the site by Moodle's id, whether Moodle still shows it or not."""
    return session.scalar(
        select(LmsCourse).where(LmsCourse.site_id == site.id, LmsCourse.moodle_course_id == course_id)
    )


def courses_of(session: Session, site: LmsSite) -> Sequence[LmsCourse]:
    """The site's courses that are not gone, by name."""
    query = select(LmsCourse).where(LmsCourse.site_id == site.id, LmsCourse.presence != Presence.GONE.value)
    return session.scalars(query.order_by(LmsCourse.full_name, LmsCourse.id)).all()


def course_titles(session: Session, site: LmsSite) -> dict[int, str]:
    """Course -> its name, with the short one behind it where two courses are called alike."""
    courses = courses_of(session, site)
    counts = Counter(course.full_name for course in courses)
    return {
        course.moodle_course_id: course.full_name
        if counts[course.full_name] == 1
        else f"{course.full_name} ({course.short_name})"
        for course in courses
    }


def forget_comparison(session: Session, site_id: int, course_id: int) -> None:
    """A course that was read again has nothing left of what the comparison found; its marks need not be kept twice."""
    session.execute(
        delete(LmsComparison).where(LmsComparison.site_id == site_id, LmsComparison.moodle_course_id == course_id)
    )
