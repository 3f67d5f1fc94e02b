"""What is handed in and marked: assignments, quizzes, scales, the gradebook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lms_sync.records.base import Key

__all__ = ["Assignment", "AssignmentGrade", "GradeItem", "GradebookGrade", "Quiz", "Scale", "Submission"]


@dataclass(frozen=True, slots=True)
class Scale:
    """A list of words to mark with; a mark of 1 is the first of ``labels``."""

    scale_id: int
    labels: tuple[str, ...]

    @property
    def key(self) -> Key:
        return (self.scale_id,)


@dataclass(frozen=True, slots=True)
class Assignment:
    """``grade_max`` is in points, or None where a scale (``scale_id``) or no grade at all is used."""

    assignment_id: int
    course_module_id: int
    course_id: int
    name: str
    due_at: datetime | None
    cutoff_at: datetime | None
    grade_max: Decimal | None
    scale_id: int | None
    team_submission: bool
    team_grouping_id: int
    blind_marking: bool
    identities_revealed: bool
    marking_workflow: bool
    modified_at: datetime | None

    @property
    def key(self) -> Key:
        return (self.assignment_id,)


@dataclass(frozen=True, slots=True)
class Submission:
    """The latest attempt. A team's row has ``user_id`` 0 and its group; ``status`` is Moodle's word.

    Whether it is graded is not kept: the grades say so, and of a team's row Moodle tells the token's own status.
    """

    submission_id: int
    course_id: int
    assignment_id: int
    user_id: int
    group_id: int
    attempt_number: int
    status: str
    created_at: datetime | None
    modified_at: datetime | None

    @property
    def key(self) -> Key:
        return (self.submission_id,)


@dataclass(frozen=True, slots=True)
class AssignmentGrade:
    """What a grader entered, published or not; ``grade`` is None where Moodle says -1 ("not graded")."""

    grade_id: int
    course_id: int
    assignment_id: int
    user_id: int
    attempt_number: int
    grader_id: int
    grade: Decimal | None
    created_at: datetime | None
    modified_at: datetime | None

    @property
    def key(self) -> Key:
        return (self.grade_id,)


@dataclass(frozen=True, slots=True)
class Quiz:
    """A test; its marks come with the gradebook. ``attempts_allowed`` is 0 where there is no limit."""

    quiz_id: int
    course_module_id: int
    course_id: int
    name: str
    opens_at: datetime | None
    closes_at: datetime | None
    grade_max: Decimal
    attempts_allowed: int

    @property
    def key(self) -> Key:
        return (self.quiz_id,)


@dataclass(frozen=True, slots=True)
class GradeItem:
    """A column of the gradebook. ``item_type`` is Moodle's (mod, manual, category, course); ids are None where the item
    has no activity. ``is_scale`` says that marks are positions on a scale and carry a label.
    """

    item_id: int
    course_id: int
    item_type: str
    module: str | None
    instance_id: int | None
    item_number: int | None
    course_module_id: int | None
    category_id: int | None
    name: str
    idnumber: str
    grade_min: Decimal
    grade_max: Decimal
    is_scale: bool
    locked: bool

    @property
    def key(self) -> Key:
        return (self.item_id,)


@dataclass(frozen=True, slots=True)
class GradebookGrade:
    """The published truth: the final grade of one user in one item, on the item's own scale.

    ``label`` is the mark as the gradebook words it: the scale's word for a scale, else the formatted number.
    """

    item_id: int
    course_id: int
    user_id: int
    grade: Decimal | None
    label: str
    hidden: bool
    locked: bool
    overridden: bool
    feedback: str
    submitted_at: datetime | None
    graded_at: datetime | None

    @property
    def key(self) -> Key:
        return (self.item_id, self.user_id)
