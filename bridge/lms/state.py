"""How much of a site the store holds, and how completely: what the pages of the connection show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bridge.lms.models import MIRRORS, LmsCoverage, LmsSite
from lms_sync.plan import Coverage, Presence
from lms_sync.records import Kind

__all__ = ["coverages", "hidden_kinds", "read_at", "record_counts"]


def record_counts(session: Session, site: LmsSite, *, course_id: int | None = None) -> dict[int, dict[Kind, int]]:
    """How many records of each kind each course has that are not gone; of one course where its id is given."""
    found: dict[int, dict[Kind, int]] = {}
    for kind, model in MIRRORS.items():
        column = getattr(model, "moodle_course_id", None)
        if column is None or kind is Kind.COURSE:
            continue
        query = select(column, func.count()).where(model.site_id == site.id, model.presence == Presence.PRESENT.value)
        if course_id is not None:
            query = query.where(column == course_id)
        for of_course, count in session.execute(query.group_by(column)):
            found.setdefault(of_course, {})[kind] = count
    return found


def coverages(session: Session, site: LmsSite) -> Sequence[LmsCoverage]:
    """What is known of each kind in each course; course 0 is the whole site."""
    query = select(LmsCoverage).where(LmsCoverage.site_id == site.id)
    return session.scalars(query.order_by(LmsCoverage.moodle_course_id, LmsCoverage.id)).all()


def hidden_kinds(rows: Sequence[LmsCoverage], course_id: int) -> tuple[Kind, ...]:
    """Kinds that the token may not see in a course, in the order of reading."""
    hidden = {
        row.kind for row in rows if row.moodle_course_id == course_id and row.coverage == Coverage.NOT_VISIBLE.value
    }
    return tuple(kind for kind in Kind if kind.value in hidden)


def read_at(rows: Sequence[LmsCoverage], course_id: int) -> datetime | None:
    """When anything of a course was last read."""
    return max((row.read_at for row in rows if row.moodle_course_id == course_id), default=None)
