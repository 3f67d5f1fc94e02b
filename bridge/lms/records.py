"""Rows of the mirrored tables as the records of ``lms_sync``, and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Select, select
from sqlalchemy.engine import RowMapping
from sqlalchemy.orm import InstrumentedAttribute, Session

from bridge.lms.models import MIRRORS, Mirror
from lms_sync import records
from lms_sync.plan import Coverage, Known, Part, Presence
from lms_sync.records import Key, Kind, Record

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = [
    "RECORDS",
    "column_values",
    "each_concerned",
    "load_by_key",
    "load_concerned",
    "load_known",
    "load_present",
    "record_of",
]

RECORDS: Mapping[Kind, Callable[..., Record]] = {
    Kind.CATEGORY: records.Category,
    Kind.COURSE: records.Course,
    Kind.USER: records.User,
    Kind.ENROLMENT: records.Enrolment,
    Kind.GROUP: records.Group,
    Kind.GROUPING: records.Grouping,
    Kind.GROUP_MEMBER: records.GroupMember,
    Kind.COHORT: records.Cohort,
    Kind.COHORT_MEMBER: records.CohortMember,
    Kind.ACTIVITY: records.Activity,
    Kind.SCALE: records.Scale,
    Kind.ASSIGNMENT: records.Assignment,
    Kind.SUBMISSION: records.Submission,
    Kind.ASSIGNMENT_GRADE: records.AssignmentGrade,
    Kind.QUIZ: records.Quiz,
    Kind.GRADE_ITEM: records.GradeItem,
    Kind.GRADEBOOK_GRADE: records.GradebookGrade,
    Kind.WORKSHOP: records.Workshop,
    Kind.WORKSHOP_CRITERION: records.WorkshopCriterion,
    Kind.WORKSHOP_SUBMISSION: records.WorkshopSubmission,
    Kind.WORKSHOP_ASSESSMENT: records.WorkshopAssessment,
    Kind.CRITERION_MARK: records.CriterionMark,
    Kind.ACTIVITY_COMPLETION: records.ActivityCompletion,
    Kind.COURSE_COMPLETION: records.CourseCompletion,
}

ROWS_AT_ONCE = 2_000

FEW = 500
"""As many values as one statement may name."""

FOREIGN_ID = ("_id", "_ids")


def _column_name(field_name: str) -> str:
    return f"moodle_{field_name}" if field_name.endswith(FOREIGN_ID) else field_name


@cache
def _columns(kind: Kind) -> tuple[tuple[str, str], ...]:
    """Pairs of a record's field and its column."""
    made_by = cast("type[DataclassInstance]", RECORDS[kind])
    return tuple((field.name, _column_name(field.name)) for field in dataclasses.fields(made_by))


def column_values(kind: Kind, record: Record) -> dict[str, object]:
    """A record as column values; tuples become the lists that JSON columns keep."""
    values = ((column, getattr(record, field)) for field, column in _columns(kind))
    return {column: list(value) if isinstance(value, tuple) else value for column, value in values}


def record_of(kind: Kind, row: RowMapping) -> Record:
    """The record that a row of column values was made from."""
    values = ((field, row[column]) for field, column in _columns(kind))
    return RECORDS[kind](**{field: tuple(value) if isinstance(value, list) else value for field, value in values})


def _select_records(kind: Kind, site_id: int, course_id: int | None) -> Select[*tuple[Any, ...]]:
    model = MIRRORS[kind]
    table_columns = [_attribute(model, column) for _, column in _columns(kind)]
    query = select(*table_columns, model.presence).where(model.site_id == site_id)
    if course_id is not None:
        query = query.where(_attribute(model, "moodle_course_id") == course_id)
    return query


def _attribute(model: type[Mirror], name: str) -> InstrumentedAttribute[object]:
    attribute: InstrumentedAttribute[object] = getattr(model, name)
    return attribute


def load_known(session: Session, kind: Kind, *, site_id: int, course_id: int | None) -> dict[Key, Known]:
    """Everything the store has of one kind in one scope, whatever its presence."""
    rows = session.execute(_select_records(kind, site_id, course_id)).mappings()
    return {known.record.key: known for known in _knowns(kind, rows)}


def load_concerned(session: Session, part: Part, *, site_id: int) -> dict[Key, Known]:
    """As :func:`load_known`, of that only what a part can change."""
    return {known.record.key: known for known in each_concerned(session, part, site_id=site_id)}


def each_concerned(session: Session, part: Part, *, site_id: int) -> Iterable[Known]:
    """As :func:`load_concerned`, one by one: a course's marks may be 70,000."""
    query = _select_records(part.kind, site_id, part.course_id)
    for reach in part.about:
        if len(reach.ids) <= FEW:
            query = query.where(_attribute(MIRRORS[part.kind], _column_name(reach.field)).in_(reach.ids))
    if part.coverage is Coverage.PARTIAL and len(part.records) <= FEW:
        first = MIRRORS[part.kind].key_columns[0]
        query = query.where(_attribute(MIRRORS[part.kind], first).in_({record.key[0] for record in part.records}))
    return _knowns(part.kind, session.execute(query.execution_options(yield_per=ROWS_AT_ONCE)).mappings())


def load_by_key(session: Session, kind: Kind, wanted: Sequence[Record], *, site_id: int) -> dict[Key, Known]:
    """What the store has under the keys of some records, in whichever course."""
    first = _attribute(MIRRORS[kind], MIRRORS[kind].key_columns[0])
    keys = {record.key for record in wanted}
    found: dict[Key, Known] = {}
    for start in range(0, len(wanted), FEW):
        heads = {record.key[0] for record in wanted[start : start + FEW]}
        rows = session.execute(_select_records(kind, site_id, None).where(first.in_(heads))).mappings()
        found |= {known.record.key: known for known in _knowns(kind, rows) if known.record.key in keys}
    return found


def _knowns(kind: Kind, rows: Iterable[RowMapping]) -> Iterable[Known]:
    for row in rows:
        yield Known(record_of(kind, row), Presence(row["presence"]))


def load_present(session: Session, kind: Kind, *, site_id: int, course_id: int | None = None) -> tuple[Record, ...]:
    """The records of one kind that the site still has, in the order of their keys."""
    known = load_known(session, kind, site_id=site_id, course_id=course_id)
    return tuple(known[key].record for key in sorted(known) if known[key].presence is Presence.PRESENT)
