"""Moodle's answers made into records, or a :class:`lms_sync.errors.BadAnswer` that names function, row and field.

Keys that no schema names are dropped: custom profile fields, which may hold birth dates, reach no record.
"""

from lms_sync.payloads.assignments import HANDED_IN, assignment_grades, assignments, submissions
from lms_sync.payloads.base import Sifted
from lms_sync.payloads.completion import activity_completion, course_completion
from lms_sync.payloads.courses import CourseRow, Warned, activities, categories, courses, site, warned
from lms_sync.payloads.fields import plain_name
from lms_sync.payloads.gradebook import UNUSED_CELLS, Gradebook, gradebook, widest
from lms_sync.payloads.people import (
    USER_FIELDS,
    EnrolledUser,
    cohort_members,
    cohorts,
    enrolled_users,
    group_members,
    groupings,
    groups,
)
from lms_sync.payloads.quizzes import quizzes, scale
from lms_sync.payloads.updates import Update, updates
from lms_sync.payloads.workshops import (
    Form,
    ReportPage,
    form,
    merged_reviews,
    report_page,
    workshop_submissions,
    workshops,
)

__all__ = [
    "HANDED_IN",
    "UNUSED_CELLS",
    "USER_FIELDS",
    "CourseRow",
    "EnrolledUser",
    "Form",
    "Gradebook",
    "ReportPage",
    "Sifted",
    "Update",
    "Warned",
    "activities",
    "activity_completion",
    "assignment_grades",
    "assignments",
    "categories",
    "cohort_members",
    "cohorts",
    "course_completion",
    "courses",
    "enrolled_users",
    "form",
    "gradebook",
    "group_members",
    "groupings",
    "groups",
    "merged_reviews",
    "plain_name",
    "quizzes",
    "report_page",
    "scale",
    "site",
    "submissions",
    "updates",
    "warned",
    "widest",
    "workshop_submissions",
    "workshops",
]
