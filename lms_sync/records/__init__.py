"""What a Moodle site says, as frozen records: the one vocabulary between the client, the plan and the store.

Every record has a ``key``: the site's own id, or the tuple that identifies a row which has none. Ids are always the
site's (``course_id`` here is Moodle's course id; the store calls it ``moodle_course_id``). Times are aware UTC, None
where Moodle stores 0. Marks are exact ``Decimal``; None is "no mark", never -1 and never 0. Texts are as Moodle sends
them (HTML, untrusted). No record has room for custom profile fields: birth dates must not reach the store.
"""

from __future__ import annotations

from lms_sync.records.base import Key, Kind
from lms_sync.records.completion import ActivityCompletion, CourseCompletion
from lms_sync.records.courses import (
    Activity,
    Category,
    Cohort,
    CohortMember,
    Course,
    Enrolment,
    Group,
    Grouping,
    GroupMember,
    Site,
    User,
)
from lms_sync.records.marks import Assignment, AssignmentGrade, GradebookGrade, GradeItem, Quiz, Scale, Submission
from lms_sync.records.workshops import (
    CriterionMark,
    Workshop,
    WorkshopAssessment,
    WorkshopCriterion,
    WorkshopSubmission,
)

__all__ = [
    "Activity",
    "ActivityCompletion",
    "Assignment",
    "AssignmentGrade",
    "Category",
    "Cohort",
    "CohortMember",
    "Course",
    "CourseCompletion",
    "CriterionMark",
    "Enrolment",
    "GradeItem",
    "GradebookGrade",
    "Group",
    "GroupMember",
    "Grouping",
    "Key",
    "Kind",
    "Quiz",
    "Record",
    "Scale",
    "Site",
    "Submission",
    "User",
    "Workshop",
    "WorkshopAssessment",
    "WorkshopCriterion",
    "WorkshopSubmission",
]

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
    | Scale
    | Assignment
    | Submission
    | AssignmentGrade
    | Quiz
    | GradeItem
    | GradebookGrade
    | Workshop
    | WorkshopCriterion
    | WorkshopSubmission
    | WorkshopAssessment
    | CriterionMark
    | ActivityCompletion
    | CourseCompletion
)
