"""Kinds of records, their fields and how completely they are known, as people say it. Message ids are English."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.core.i18n import N_
from lms_sync.plan import Coverage
from lms_sync.records import Kind

__all__ = ["COVERAGES", "FIELDS", "KINDS", "field_words", "kind_words", "titled"]

KINDS: Mapping[Kind, str] = {
    Kind.CATEGORY: N_("course categories"),
    Kind.COURSE: N_("the course itself"),
    Kind.USER: N_("people"),
    Kind.ENROLMENT: N_("enrolments and roles"),
    Kind.GROUP: N_("groups"),
    Kind.GROUPING: N_("groupings"),
    Kind.GROUP_MEMBER: N_("members of groups"),
    Kind.COHORT: N_("cohorts"),
    Kind.COHORT_MEMBER: N_("members of cohorts"),
    Kind.SCALE: N_("scales"),
    Kind.ACTIVITY: N_("activities"),
    Kind.ASSIGNMENT: N_("assignments"),
    Kind.SUBMISSION: N_("works handed in"),
    Kind.ASSIGNMENT_GRADE: N_("marks in assignments"),
    Kind.QUIZ: N_("quizzes"),
    Kind.GRADE_ITEM: N_("columns of the gradebook"),
    Kind.GRADEBOOK_GRADE: N_("marks in the gradebook"),
    Kind.WORKSHOP: N_("workshops"),
    Kind.WORKSHOP_CRITERION: N_("criteria of workshops"),
    Kind.WORKSHOP_SUBMISSION: N_("works in workshops"),
    Kind.WORKSHOP_ASSESSMENT: N_("peer reviews"),
    Kind.CRITERION_MARK: N_("marks by criterion"),
    Kind.ACTIVITY_COMPLETION: N_("completion of activities"),
    Kind.COURSE_COMPLETION: N_("completion of the course"),
}
"""In the order in which a course is read."""

COVERAGES: Mapping[Coverage, str] = {
    Coverage.WHOLE: N_("read whole"),
    Coverage.PARTIAL: N_("read in part"),
    Coverage.NOT_VISIBLE: N_("not visible to the account"),
}

FIELDS: Mapping[str, str] = {
    "name": N_("name"),
    "full_name": N_("name"),
    "short_name": N_("short name"),
    "idnumber": N_("ID number"),
    "title": N_("title"),
    "description": N_("description"),
    "visible": N_("visible"),
    "starts_at": N_("begins"),
    "ends_at": N_("ends"),
    "due_at": N_("due"),
    "cutoff_at": N_("closes"),
    "created_at": N_("made"),
    "modified_at": N_("changed in Moodle"),
    "submitted_at": N_("handed in"),
    "graded_at": N_("marked"),
    "username": N_("login"),
    "first_name": N_("first name"),
    "last_name": N_("last name"),
    "email": N_("e-mail"),
    "institution": N_("institution"),
    "department": N_("department"),
    "roles": N_("roles"),
    "suspended": N_("suspended"),
    "status": N_("state"),
    "grading_status": N_("state of marking"),
    "attempt_number": N_("attempt"),
    "grade": N_("mark"),
    "grading_grade": N_("mark for reviewing"),
    "label": N_("mark in words"),
    "grade_max": N_("highest mark"),
    "grade_min": N_("lowest mark"),
    "feedback": N_("feedback"),
    "comment": N_("comment"),
    "hidden": N_("hidden"),
    "locked": N_("locked"),
    "overridden": N_("overridden"),
    "weight": N_("weight"),
    "phase": N_("phase"),
}
"""Of the fields whose changes people ask about; others show their own names, as an administrator looks for them."""


def kind_words(kind: str) -> str:
    """The message id of a kind; an unknown one is its own."""
    return KINDS.get(Kind(kind), kind) if kind in set(Kind) else kind


def titled(words: str) -> str:
    """Words that begin a line: with a capital, also behind an opening quotation mark; the rest stays as it is."""
    place = next((index for index, letter in enumerate(words) if letter.isalpha()), 0)
    return words[:place] + words[place : place + 1].upper() + words[place + 1 :]


def field_words(name: str) -> str:
    """The message id of a field; one without words is its own."""
    return FIELDS.get(name, name)
