"""The words that all records share: what kinds there are, and what identifies a record."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Key", "Kind"]

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
    SCALE = "scale"
    ASSIGNMENT = "assignment"
    SUBMISSION = "submission"
    ASSIGNMENT_GRADE = "assignment_grade"
    QUIZ = "quiz"
    GRADE_ITEM = "grade_item"
    GRADEBOOK_GRADE = "gradebook_grade"
    WORKSHOP = "workshop"
    WORKSHOP_CRITERION = "workshop_criterion"
    WORKSHOP_SUBMISSION = "workshop_submission"
    WORKSHOP_ASSESSMENT = "workshop_assessment"
    CRITERION_MARK = "criterion_mark"
    ACTIVITY_COMPLETION = "activity_completion"
    COURSE_COMPLETION = "course_completion"
