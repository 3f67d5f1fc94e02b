"""What a file would change, decided by the same plan that is applied, and nothing written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from bridge.lms.files.matching import PARTICIPANT, Assumption, Doubt, KnownCourse, Matched, match
from bridge.lms.files.staged import Staged, StagedBackup, StagedSheet
from bridge.lms.models import LmsCourse, LmsCoverage, LmsGradeItem, LmsSite, LmsUser
from bridge.lms.records import load_known, load_present
from lms_sync.files.gradebook import SheetPerson, SheetProblem
from lms_sync.plan import Change, Known, Part, Plan, plan
from lms_sync.records import Course, Enrolment, GradebookGrade, GradeItem, Key, Kind, User

__all__ = ["KindCounts", "MarkChange", "Preview", "parts_of", "preview"]


@dataclass(frozen=True, slots=True)
class KindCounts:
    """What would happen to the records of one kind."""

    kind: Kind
    new: int
    changed: int
    gone: int
    same: int


@dataclass(frozen=True, slots=True)
class MarkChange:
    """One published mark that would differ; None and an empty label mean no mark."""

    person: str
    item: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Preview:
    """A file in short, and what it would do.

    Attributes
    ----------
    course, data_at
        Of which course it is, and when Moodle wrote it; None where the file does not say.
    is_stale
        What is known of the course is newer: the file would turn it back, and is refused.
    new_marks
        Marks of people who had none; a cell without a mark is a record too, and is not counted here.
    problems, doubts
        Rows and cells that are left out.
    assumptions
        What is taken for true of items, because the file does not say.
    new_people
        Those of a gradebook export who are not known yet.
    known_people, absent_people
        How many of its people are known, and how many of the course's are not in it.
    digest
        Names this outcome: another store, or another file, gives another.
    """

    course: str
    data_at: datetime | None
    counts: tuple[KindCounts, ...]
    changes: tuple[MarkChange, ...]
    new_marks: int = 0
    is_stale: bool = False
    problems: tuple[SheetProblem, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    assumptions: tuple[tuple[str, Assumption], ...] = ()
    ignored: tuple[str, ...] = ()
    new_people: tuple[SheetPerson, ...] = ()
    known_people: int = 0
    absent_people: int = 0
    digest: str = ""
    is_export: bool = False

    @property
    def gaps(self) -> tuple[SheetProblem | Doubt, ...]:
        """Everything that is left out."""
        return (*self.problems, *self.doubts)

    @property
    def changes_nothing(self) -> bool:
        """Whether everything in the file is known already."""
        return not any(one.new or one.changed or one.gone for one in self.counts)


def preview(session: Session, site: LmsSite | None, staged: Staged) -> Preview:
    """Decide what a file would change; ``site`` is None where nothing was ever brought."""
    parts, matched = parts_of(session, site, staged)
    plans = [plan(part, _stored(session, site, part)) for part in parts]
    names = _Names(session, site, parts)
    counts = (_counts(decided) for decided in plans)
    drawn = Preview(
        course="",
        data_at=None,
        counts=tuple(one for one in counts if one.new or one.changed or one.gone or one.same),
        changes=tuple(change for decided in plans for change in _mark_changes(decided, names)),
        new_marks=sum(_is_mark(record) for decided in plans for record in decided.insert),
        digest=_digest(parts, plans),
    )
    if isinstance(staged, StagedBackup):
        stale = _is_older(session, site, staged.course_id, staged.made_at)
        return replace(drawn, course=staged.course_name, data_at=staged.made_at, is_stale=stale)
    assert matched is not None  # noqa: S101  an export is always matched
    return _of_export(session, site, staged, matched, drawn)


def _stored(session: Session, site: LmsSite | None, part: Part) -> Mapping[Key, Known]:
    if site is None:
        return {}
    return load_known(session, part.kind, site_id=site.id, course_id=part.course_id)


def _of_export(
    session: Session, site: LmsSite | None, staged: StagedSheet, matched: Matched, drawn: Preview
) -> Preview:
    sheet, course_id = staged.sheet, matched.course.course_id
    listed = {record.user_id for part in matched.parts for record in part.records if isinstance(record, Enrolment)}
    known = load_present(session, Kind.ENROLMENT, site_id=site.id, course_id=course_id) if site else ()
    here = {one.user_id for one in known if isinstance(one, Enrolment) and PARTICIPANT in one.roles}
    return replace(
        drawn,
        course=matched.course.full_name,
        data_at=sheet.exported_at,
        is_stale=_is_older(session, site, course_id, sheet.exported_at),
        problems=sheet.problems,
        doubts=matched.doubts,
        assumptions=matched.assumptions,
        ignored=sheet.ignored,
        new_people=matched.new_people,
        known_people=matched.known_people,
        absent_people=len(here - listed),
        is_export=True,
    )


def parts_of(session: Session, site: LmsSite | None, staged: Staged) -> tuple[tuple[Part, ...], Matched | None]:
    """The parts that a file means for the store as it is now."""
    if isinstance(staged, StagedBackup):
        return staged.parts, None
    matched = match(staged.sheet, staged.course_name, _known(session, site, staged.course_name))
    return matched.parts, matched


def _known(session: Session, site: LmsSite | None, name: str) -> KnownCourse:
    if site is None:
        return KnownCourse()
    courses = load_present(session, Kind.COURSE, site_id=site.id)
    found = [one for one in courses if isinstance(one, Course) and name.casefold() in _names_of(one)]
    course = found[0] if len(found) == 1 else None
    if course is None:
        return KnownCourse(lowest_id=_lowest_id(session, site), users=_users(session, site))
    scope = {"site_id": site.id, "course_id": course.course_id}
    enrolments = load_present(session, Kind.ENROLMENT, **scope)
    items = load_present(session, Kind.GRADE_ITEM, **scope)
    grades = load_present(session, Kind.GRADEBOOK_GRADE, **scope)
    return KnownCourse(
        course=course,
        lowest_id=_lowest_id(session, site),
        users=_users(session, site),
        enrolments=tuple(one for one in enrolments if isinstance(one, Enrolment)),
        items=tuple(one for one in items if isinstance(one, GradeItem)),
        grades=tuple(one for one in grades if isinstance(one, GradebookGrade)),
    )


def _names_of(course: Course) -> set[str]:
    return {course.short_name.casefold(), course.full_name.casefold(), course.idnumber.casefold()} - {""}


def _users(session: Session, site: LmsSite) -> tuple[User, ...]:
    return tuple(one for one in load_present(session, Kind.USER, site_id=site.id) if isinstance(one, User))


def _lowest_id(session: Session, site: LmsSite) -> int:
    columns = (
        (LmsCourse, LmsCourse.moodle_course_id),
        (LmsUser, LmsUser.moodle_user_id),
        (LmsGradeItem, LmsGradeItem.moodle_item_id),
    )
    lowest = (
        session.scalar(select(column).where(model.site_id == site.id).order_by(column).limit(1))
        for model, column in columns
    )
    return min((one for one in lowest if one is not None), default=0)


def _is_older(session: Session, site: LmsSite | None, course_id: int, data_at: datetime | None) -> bool:
    if site is None or data_at is None:
        return False
    read_at = session.scalar(
        select(LmsCoverage.read_at).where(
            LmsCoverage.site_id == site.id,
            LmsCoverage.kind == Kind.GRADEBOOK_GRADE.value,
            LmsCoverage.moodle_course_id == course_id,
        )
    )
    return read_at is not None and data_at < read_at


def _counts(decided: Plan) -> KindCounts:
    gone = len(decided.retire) + len(decided.not_visible)
    return KindCounts(decided.kind, len(decided.insert), len(decided.change), gone, decided.unchanged)


class _Names:
    """What people and items are called, in the file first and in the store else."""

    def __init__(self, session: Session, site: LmsSite | None, parts: Sequence[Part]) -> None:
        self.users: dict[int, str] = {}
        self.items: dict[int, str] = {}
        if site is not None:
            self._take(load_present(session, Kind.USER, site_id=site.id))
        for part in parts:
            self._take(part.records)

    def _take(self, records: Iterable[object]) -> None:
        for record in records:
            if isinstance(record, User):
                self.users[record.user_id] = f"{record.last_name} {record.first_name}".strip()
            elif isinstance(record, GradeItem):
                self.items[record.item_id] = record.name or record.item_type


def _mark_changes(decided: Plan, names: _Names) -> Iterator[MarkChange]:
    if decided.kind is not Kind.GRADEBOOK_GRADE:
        return
    for change in cast("Iterable[Change]", decided.change):
        before, after = cast("GradebookGrade", change.before), cast("GradebookGrade", change.after)
        if _mark(before) != _mark(after):
            person, item = names.users.get(after.user_id, ""), names.items.get(after.item_id, "")
            yield MarkChange(person, item, _mark(before), _mark(after))


def _is_mark(record: object) -> bool:
    return isinstance(record, GradebookGrade) and bool(_mark(record))


def _mark(grade: GradebookGrade) -> str:
    return grade.label or ("" if grade.grade is None else _plain(grade.grade))


def _plain(number: Decimal) -> str:
    return f"{number:f}"


def _digest(parts: Iterable[Part], plans: Iterable[Plan]) -> str:
    told = hashlib.sha256()
    for part, decided in zip(parts, plans, strict=True):
        written = (decided.kind, part.course_id, decided.insert, decided.change, decided.retire, decided.not_visible)
        told.update(repr(written).encode("utf-8"))
    return told.hexdigest()[:32]
