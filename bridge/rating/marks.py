"""The marks that a formula's terms are about: found in what the LMS said, each with where it came from.

The gradebook is the published truth. A mark that a grader entered and the gradebook does not show is "marked, not
published"; people whom the gradebook no longer lists (suspended ones) keep what the assignment says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from bridge.lms.models import (
    LmsActivity,
    LmsAssignment,
    LmsAssignmentGrade,
    LmsGradebookGrade,
    LmsGradeItem,
    LmsGroupMember,
    LmsSubmission,
    LmsWorkshop,
    LmsWorkshopSubmission,
    Mirror,
)
from bridge.programme.models import Season
from bridge.programme.service import map_of
from lms_sync.plan import Presence
from scoring.rating import Cell, CellState, Formula, Term

__all__ = ["Mark", "MarkSource", "TermItem", "find_items", "read_marks"]

PRESENT = Presence.PRESENT.value
GONE = Presence.GONE.value
WORKSHOP_CLOSED = 50
SUBMITTED = "submitted"
ITEM_NUMBERS = {None: 0, "submission": 0, "assessment": 1}
"""What a term calls a workshop's two gradebook items; every other activity has one, number 0."""

M = TypeVar("M", bound=Mirror)


class MarkSource(StrEnum):
    """Which of the LMS's words a mark was taken from."""

    GRADEBOOK = "gradebook"
    ASSIGNMENT = "assignment"


@dataclass(frozen=True, slots=True)
class TermItem:
    """A term and the gradebook item its marks come from; ``item`` is None while nobody knows."""

    term: Term
    item: LmsGradeItem | None
    assignment: LmsAssignment | None = None
    workshop: LmsWorkshop | None = None
    url: str = ""
    """The activity's page in the LMS."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One person's mark in one term, as far as the LMS knows it.

    Attributes
    ----------
    value
        On the scale from ``minimum`` to ``maximum``; None where there is no published mark.
    label
        The mark in the gradebook's words, for scales.
    entered_unpublished
        A grader has entered a mark that the LMS does not show yet.
    """

    state: CellState
    minimum: Decimal
    maximum: Decimal
    value: Decimal | None = None
    label: str = ""
    source: MarkSource = MarkSource.GRADEBOOK
    is_scale: bool = False
    hidden: bool = False
    locked: bool = False
    overridden: bool = False
    entered_unpublished: bool = False
    grader_id: int | None = None
    graded_at: datetime | None = None
    feedback: str = ""

    def cell(self) -> Cell:
        """The mark as the formula takes it."""
        if self.value is None:
            return Cell(self.state)
        return Cell.graded(self.value, self.minimum, self.maximum)


def find_items(session: Session, season: Season, formula: Formula) -> tuple[TermItem, ...]:
    """For every term its gradebook item: the one picked by hand, else the one of the activity with its idnumber."""
    items = _in_season(session, season, LmsGradeItem)
    picked = map_of(season).activities
    by_id = {item.moodle_item_id: item for item in items}
    found = [by_id.get(picked[term.id]) if term.id in picked else _by_idnumber(items, term) for term in formula.terms]
    assignments = {row.moodle_assignment_id: row for row in _in_season(session, season, LmsAssignment)}
    workshops = {row.moodle_workshop_id: row for row in _in_season(session, season, LmsWorkshop)}
    urls = {row.moodle_course_module_id: row.url for row in _in_season(session, season, LmsActivity)}
    return tuple(
        TermItem(
            term=term,
            item=item,
            assignment=assignments.get(_instance(item, "assign")),
            workshop=workshops.get(_instance(item, "workshop")),
            url=urls.get(item.moodle_course_module_id or 0, "") if item is not None else "",
        )
        for term, item in zip(formula.terms, found, strict=True)
    )


def _in_season(session: Session, season: Season, model: type[M]) -> Sequence[M]:
    courses = tuple(map_of(season).courses)
    query = select(model).where(
        model.site_id == season.site_id,
        model.presence == PRESENT,
        model.moodle_course_id.in_(courses),  # type: ignore[attr-defined]  # asked only of tables scoped by course
    )
    return session.scalars(query.order_by(model.id)).all()


def _by_idnumber(items: Iterable[LmsGradeItem], term: Term) -> LmsGradeItem | None:
    wanted = term.source.activity or term.id
    named = [item for item in items if item.idnumber == wanted]
    number = ITEM_NUMBERS.get(term.source.item, 0)
    if not named:
        return None
    # Only an activity's first item carries the idnumber; its other items are found beside it.
    home = named[0]
    if (home.item_number or 0) == number:
        return home
    beside = (home.moodle_course_module_id, number)
    return next((item for item in items if (item.moodle_course_module_id, item.item_number) == beside), None)


def _instance(item: LmsGradeItem | None, module: str) -> int:
    return item.moodle_instance_id or 0 if item is not None and item.module == module else 0


def read_marks(
    session: Session, season: Season, found: TermItem, user_ids: Sequence[int], *, now: datetime
) -> Mapping[int, Mark]:
    """Each user's mark in a term.

    Returns
    -------
    Mapping
        User id -> mark, one for every id that was asked; an activity that nobody knows leaves everyone waiting.
    """
    if found.item is None:
        return {user_id: Mark(CellState.NOT_DUE, Decimal(0), Decimal(1)) for user_id in user_ids}
    evidence = _Evidence.read(session, season, found)
    return {user_id: evidence.mark(user_id, now) for user_id in user_ids}


@dataclass(frozen=True, slots=True)
class _Evidence:
    """All that the LMS said about one gradebook item."""

    found: TermItem
    item: LmsGradeItem
    grades: Mapping[int, LmsGradebookGrade]
    entered: Mapping[int, LmsAssignmentGrade]
    submitted: frozenset[int]

    @classmethod
    def read(cls, session: Session, season: Season, found: TermItem) -> _Evidence:
        item = found.item
        if item is None:
            raise ValueError("there is no item to read")
        grades = session.scalars(
            select(LmsGradebookGrade).where(
                LmsGradebookGrade.site_id == season.site_id,
                LmsGradebookGrade.moodle_item_id == item.moodle_item_id,
                LmsGradebookGrade.presence != GONE,
            )
        )
        return cls(
            found=found,
            item=item,
            grades={row.moodle_user_id: row for row in grades},
            entered=_entered(session, season, found.assignment),
            submitted=frozenset(_submitters(session, season, found)),
        )

    def mark(self, user_id: int, now: datetime) -> Mark:
        grade, entered = self.grades.get(user_id), self.entered.get(user_id)
        if grade is not None and grade.grade is not None:
            return self._published(grade, entered)
        if grade is None and entered is not None and self._assignment_shows_its_grades():
            return self._from_assignment(entered)
        return self._none_yet(user_id, entered, now)

    def _published(self, grade: LmsGradebookGrade, entered: LmsAssignmentGrade | None) -> Mark:
        # An overridden mark is not the grader's own: naming them for it would be wrong.
        grader = entered.moodle_grader_id if entered is not None and not grade.overridden else None
        return Mark(
            state=CellState.GRADED,
            minimum=self.item.grade_min,
            maximum=self.item.grade_max,
            value=grade.grade,
            label=grade.label,
            is_scale=self.item.is_scale,
            hidden=grade.hidden,
            locked=grade.locked,
            overridden=grade.overridden,
            grader_id=grader,
            graded_at=grade.graded_at,
            feedback=grade.feedback,
        )

    def _assignment_shows_its_grades(self) -> bool:
        assignment = self.found.assignment
        if assignment is None or assignment.marking_workflow:
            return False
        return assignment.identities_revealed or not assignment.blind_marking

    def _from_assignment(self, entered: LmsAssignmentGrade) -> Mark:
        return Mark(
            state=CellState.GRADED,
            minimum=self.item.grade_min,
            maximum=self.item.grade_max,
            value=entered.grade,
            source=MarkSource.ASSIGNMENT,
            is_scale=self.item.is_scale,
            grader_id=entered.moodle_grader_id,
            graded_at=entered.modified_at,
        )

    def _none_yet(self, user_id: int, entered: LmsAssignmentGrade | None, now: datetime) -> Mark:
        if user_id in self.submitted or entered is not None:
            state = CellState.SUBMITTED
        else:
            state = CellState.ABSENT if self._is_over(now) else CellState.NOT_DUE
        return Mark(state, self.item.grade_min, self.item.grade_max, entered_unpublished=entered is not None)

    def _is_over(self, now: datetime) -> bool:
        assignment, workshop = self.found.assignment, self.found.workshop
        if assignment is not None:
            return assignment.due_at is not None and assignment.due_at < now
        if workshop is not None:
            ended = workshop.submission_ends_at is not None and workshop.submission_ends_at < now
            return ended or workshop.phase >= WORKSHOP_CLOSED
        return False


def _entered(session: Session, season: Season, assignment: LmsAssignment | None) -> Mapping[int, LmsAssignmentGrade]:
    """The latest attempt's mark of every user who has one."""
    if assignment is None:
        return {}
    query = select(LmsAssignmentGrade).where(
        LmsAssignmentGrade.site_id == season.site_id,
        LmsAssignmentGrade.moodle_assignment_id == assignment.moodle_assignment_id,
        LmsAssignmentGrade.grade.is_not(None),
        LmsAssignmentGrade.presence != GONE,
    )
    latest = session.scalars(query.order_by(LmsAssignmentGrade.attempt_number))
    return {row.moodle_user_id: row for row in latest}


def _submitters(session: Session, season: Season, found: TermItem) -> Iterable[int]:
    """Users whose work is handed in: by themselves, or by anybody of their team."""
    if found.workshop is not None:
        query = select(LmsWorkshopSubmission.moodle_author_id).where(
            LmsWorkshopSubmission.site_id == season.site_id,
            LmsWorkshopSubmission.moodle_workshop_id == found.workshop.moodle_workshop_id,
            LmsWorkshopSubmission.presence != GONE,
        )
        return session.scalars(query).all()
    if found.assignment is None:
        return ()
    handed_in = session.scalars(
        select(LmsSubmission).where(
            LmsSubmission.site_id == season.site_id,
            LmsSubmission.moodle_assignment_id == found.assignment.moodle_assignment_id,
            LmsSubmission.status == SUBMITTED,
            LmsSubmission.presence != GONE,
        )
    ).all()
    teams = {row.moodle_group_id for row in handed_in if row.moodle_user_id == 0}
    return {row.moodle_user_id for row in handed_in if row.moodle_user_id} | _in_groups(session, season, teams)


def _in_groups(session: Session, season: Season, group_ids: set[int]) -> set[int]:
    query = select(LmsGroupMember.moodle_user_id).where(
        LmsGroupMember.site_id == season.site_id,
        LmsGroupMember.moodle_group_id.in_(sorted(group_ids)),
        LmsGroupMember.presence == PRESENT,
    )
    return set(session.scalars(query))
