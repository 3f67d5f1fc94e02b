"""What a Moodle site says, as frozen records: the one vocabulary between the client, the plan and the store.

Every record has a ``key``: the site's own id, or the tuple that identifies a row which has none. Ids are always the
site's (``course_id`` here is Moodle's course id; the store calls it ``moodle_course_id``). Times are aware UTC, None
where Moodle stores 0. Marks are exact ``Decimal``; None is "no mark", never -1 and never 0. Texts are as Moodle sends
them (HTML, untrusted). No record has room for custom profile fields: birth dates must not reach the store.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

__all__ = [
    "Activity",
    "Assignment",
    "AssignmentGrade",
    "Category",
    "Cohort",
    "CohortMember",
    "Course",
    "CriterionMark",
    "Enrolment",
    "GradeItem",
    "GradebookGrade",
    "Group",
    "GroupMember",
    "Grouping",
    "Key",
    "Kind",
    "Record",
    "Site",
    "Submission",
    "User",
    "Workshop",
    "WorkshopAssessment",
    "WorkshopCriterion",
    "WorkshopSubmission",
]

Key = tuple[int, ...]
"""Identifies a record within its site and kind."""


class Kind(StrEnum):
    """Every kind of record, in an order in which each kind only refers to earlier ones."""

    CATEGORY = "category"
    COURSE = "course"
    USER = "user"
    ENROLMENT = "enrolment"
    GROUP = "group"
    GROUPING = "grouping"
    GROUP_MEMBER = "group_member"
    COHORT = "cohort"
    COHORT_MEMBER = "cohort_member"
    ACTIVITY = "activity"
    ASSIGNMENT = "assignment"
    SUBMISSION = "submission"
    ASSIGNMENT_GRADE = "assignment_grade"
    GRADE_ITEM = "grade_item"
    GRADEBOOK_GRADE = "gradebook_grade"
    WORKSHOP = "workshop"
    WORKSHOP_CRITERION = "workshop_criterion"
    WORKSHOP_SUBMISSION = "workshop_submission"
    WORKSHOP_ASSESSMENT = "workshop_assessment"
    CRITERION_MARK = "criterion_mark"


@dataclass(frozen=True, slots=True)
class Site:
    """The answer of ``core_webservice_get_site_info``: who we are there and what the site offers."""

    url: str
    name: str
    release: str
    user_id: int
    username: str
    lang: str
    functions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Category:
    category_id: int
    parent_id: int
    name: str
    idnumber: str

    @property
    def key(self) -> Key:
        return (self.category_id,)


@dataclass(frozen=True, slots=True)
class Course:
    course_id: int
    category_id: int
    short_name: str
    full_name: str
    idnumber: str
    visible: bool
    starts_at: datetime | None
    ends_at: datetime | None
    modified_at: datetime | None

    @property
    def key(self) -> Key:
        return (self.course_id,)


@dataclass(frozen=True, slots=True)
class User:
    """A person as the site knows them; an e-mail may be hidden from this token and is then empty."""

    user_id: int
    username: str
    first_name: str
    last_name: str
    email: str
    idnumber: str
    institution: str
    department: str

    @property
    def key(self) -> Key:
        return (self.user_id,)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One user in one course with all their roles there (Moodle's short names, sorted)."""

    course_id: int
    user_id: int
    roles: tuple[str, ...]
    suspended: bool

    @property
    def key(self) -> Key:
        return (self.course_id, self.user_id)


@dataclass(frozen=True, slots=True)
class Group:
    group_id: int
    course_id: int
    name: str
    idnumber: str

    @property
    def key(self) -> Key:
        return (self.group_id,)


@dataclass(frozen=True, slots=True)
class Grouping:
    """A set of groups of one course (sorted ids)."""

    grouping_id: int
    course_id: int
    name: str
    idnumber: str
    group_ids: tuple[int, ...]

    @property
    def key(self) -> Key:
        return (self.grouping_id,)


@dataclass(frozen=True, slots=True)
class GroupMember:
    course_id: int
    group_id: int
    user_id: int

    @property
    def key(self) -> Key:
        return (self.group_id, self.user_id)


@dataclass(frozen=True, slots=True)
class Cohort:
    cohort_id: int
    name: str
    idnumber: str
    visible: bool

    @property
    def key(self) -> Key:
        return (self.cohort_id,)


@dataclass(frozen=True, slots=True)
class CohortMember:
    cohort_id: int
    user_id: int

    @property
    def key(self) -> Key:
        return (self.cohort_id, self.user_id)


@dataclass(frozen=True, slots=True)
class Activity:
    """A course module of any kind, as the course page lists it; ``instance_id`` is the id within its module."""

    course_module_id: int
    course_id: int
    module: str
    instance_id: int
    name: str
    visible: bool
    url: str

    @property
    def key(self) -> Key:
        return (self.course_module_id,)


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
    """The latest attempt. A team's row has ``user_id`` 0 and its group; ``status`` is Moodle's word."""

    submission_id: int
    course_id: int
    assignment_id: int
    user_id: int
    group_id: int
    attempt_number: int
    status: str
    grading_status: str
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


@dataclass(frozen=True, slots=True)
class Workshop:
    """Moodle's peer review activity; ``phase`` is Moodle's number (10 set-up ... 50 closed)."""

    workshop_id: int
    course_module_id: int
    course_id: int
    name: str
    phase: int
    strategy: str
    submission_grade_max: Decimal
    assessment_grade_max: Decimal
    submission_ends_at: datetime | None
    assessment_ends_at: datetime | None
    modified_at: datetime | None

    @property
    def key(self) -> Key:
        return (self.workshop_id,)


@dataclass(frozen=True, slots=True)
class WorkshopCriterion:
    """One dimension of a workshop's form (``position`` counts from 0)."""

    course_id: int
    workshop_id: int
    criterion_id: int
    position: int
    description: str
    grade_min: Decimal
    grade_max: Decimal
    weight: Decimal

    @property
    def key(self) -> Key:
        return (self.workshop_id, self.criterion_id)


@dataclass(frozen=True, slots=True)
class WorkshopSubmission:
    submission_id: int
    course_id: int
    workshop_id: int
    author_id: int
    title: str
    grade: Decimal | None
    modified_at: datetime | None

    @property
    def key(self) -> Key:
        return (self.submission_id,)


@dataclass(frozen=True, slots=True)
class WorkshopAssessment:
    """One allocated review; ``grade`` is None while it is not written, and rounded by Moodle's report when it is."""

    assessment_id: int
    course_id: int
    workshop_id: int
    submission_id: int
    reviewer_id: int
    weight: int
    grade: Decimal | None
    grading_grade: Decimal | None

    @property
    def key(self) -> Key:
        return (self.assessment_id,)


@dataclass(frozen=True, slots=True)
class CriterionMark:
    """One criterion of one written review, on the criterion's own scale."""

    course_id: int
    workshop_id: int
    assessment_id: int
    criterion_id: int
    grade: Decimal
    comment: str

    @property
    def key(self) -> Key:
        return (self.assessment_id, self.criterion_id)


Record = (
    Category
    | Course
    | User
    | Enrolment
    | Group
    | Grouping
    | GroupMember
    | Cohort
    | CohortMember
    | Activity
    | Assignment
    | Submission
    | AssignmentGrade
    | GradeItem
    | GradebookGrade
    | Workshop
    | WorkshopCriterion
    | WorkshopSubmission
    | WorkshopAssessment
    | CriterionMark
)
