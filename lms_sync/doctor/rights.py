"""The rights and functions of the companion's account: the one list that presets, pages and probes are made from.

Tried on Moodle 4.5.6: with exactly these the account reads what an administrator reads; each was taken away alone to
see what breaks (docs/moodle.md has the table).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lms_sync.client import Function
from lms_sync.doctor.findings import Severity

__all__ = ["FUNCTIONS", "RIGHTS", "Right", "RoleName", "Use", "functions_of", "module_of", "rights_of"]


class RoleName(StrEnum):
    """The three roles of the recipe: where each is assigned is part of what keeps the rights few."""

    CONNECTION = "connection"
    """At System: the right to call counts only in the token's own context."""
    READING = "reading"
    """In the programme's course category."""
    WRITING = "writing"
    """In the category too, only if marks are to be written back."""


class Use(StrEnum):
    """What a function of the service is for."""

    READING = "reading"
    WRITING = "writing"
    MESSAGES = "messages"


@dataclass(frozen=True, slots=True)
class Right:
    """A capability of a role; ``severity`` is what its absence means where it shows."""

    capability: str
    role: RoleName
    severity: Severity


def _rights() -> tuple[Right, ...]:
    blocks, lessens, note = Severity.BLOCKS, Severity.LESSENS, Severity.NOTE
    reading = {
        "moodle/course:view": blocks,
        "moodle/course:viewhiddencourses": lessens,
        "moodle/category:viewhiddencategories": lessens,
        "moodle/course:enrolreview": lessens,
        "moodle/course:viewsuspendedusers": lessens,
        "moodle/site:accessallgroups": blocks,
        "moodle/course:managegroups": lessens,
        "moodle/course:viewhiddengroups": lessens,
        "moodle/user:viewdetails": blocks,
        "moodle/user:viewalldetails": lessens,
        "moodle/site:viewuseridentity": lessens,
        "moodle/course:viewhiddenuserfields": lessens,
        "moodle/site:viewfullnames": lessens,
        "moodle/cohort:view": lessens,
        "moodle/course:viewhiddenactivities": lessens,
        "moodle/course:viewhiddensections": lessens,
        "moodle/course:ignoreavailabilityrestrictions": lessens,
        "mod/assign:view": blocks,
        "mod/assign:viewgrades": blocks,
        "gradereport/user:view": blocks,
        "moodle/grade:viewall": blocks,
        "moodle/grade:viewhidden": lessens,
        "report/progress:view": lessens,
        "report/completion:view": lessens,
        "mod/workshop:view": lessens,
        "mod/workshop:viewallassessments": lessens,
        "mod/workshop:viewallsubmissions": lessens,
        "mod/workshop:viewauthornames": lessens,
        "mod/workshop:viewreviewernames": lessens,
        "mod/quiz:view": lessens,
        "mod/lti:view": lessens,
        "mod/h5pactivity:view": lessens,
        "mod/data:view": lessens,
        "mod/glossary:view": lessens,
        "mod/feedback:view": note,
        "mod/bigbluebuttonbn:view": note,
    }
    return (
        Right("webservice/rest:use", RoleName.CONNECTION, blocks),
        *(Right(capability, RoleName.READING, severity) for capability, severity in reading.items()),
        Right("moodle/grade:edit", RoleName.WRITING, note),
        Right("mod/assign:grade", RoleName.WRITING, note),
    )


RIGHTS: Mapping[str, Right] = {right.capability: right for right in _rights()}
"""By capability. The reading role's preset also carries ``webservice/rest:use``, for a site that is the programme's
alone and assigns it at System.
"""

FUNCTIONS: Mapping[Use, tuple[str, ...]] = {
    Use.READING: (
        Function.SITE_INFO,
        Function.CATEGORIES,
        Function.COURSES_BY_FIELD,
        Function.COURSE_CONTENTS,
        Function.UPDATES_SINCE,
        Function.ENROLLED_USERS,
        Function.COURSE_GROUPS,
        Function.GROUP_MEMBERS,
        Function.COURSE_GROUPINGS,
        Function.GROUPINGS,
        Function.COHORT_SEARCH,
        Function.COHORTS,
        Function.COHORT_MEMBERS,
        Function.ASSIGNMENTS,
        Function.SUBMISSIONS,
        Function.ASSIGNMENT_GRADES,
        Function.GRADEBOOK,
        Function.GRADE_ITEMS,
        "core_grading_get_definitions",
        Function.ACTIVITY_COMPLETION,
        Function.COURSE_COMPLETION,
        Function.WORKSHOPS,
        Function.WORKSHOP_GRADES_REPORT,
        Function.WORKSHOP_SUBMISSIONS,
        "mod_workshop_get_submission_assessments",
        "mod_workshop_get_reviewer_assessments",
        Function.WORKSHOP_FORM,
        Function.QUIZZES,
        Function.SCALE_VALUES,
    ),
    Use.WRITING: (Function.UPDATE_GRADES, Function.SAVE_GRADE),
    Use.MESSAGES: (Function.SEND_MESSAGES,),
}
"""What the service of the recipe offers. Writing does nothing without the writing role, messages nothing without
``moodle/site:messageanyuser`` at System.
"""


def rights_of(role: RoleName) -> tuple[str, ...]:
    """The capabilities of a role's preset, sorted as Moodle exports them."""
    return tuple(sorted(right.capability for right in RIGHTS.values() if right.role is role))


def functions_of(*uses: Use) -> frozenset[str]:
    """Names of the functions for some uses; of all of them where none is named."""
    return frozenset(str(name) for use in (uses or tuple(Use)) for name in FUNCTIONS[use])


def module_of(capability: str) -> str:
    """The activity module that a right opens as a whole: ``"quiz"`` of ``mod/quiz:view``; empty for other rights."""
    plugin, _, verb = capability.partition(":")
    return plugin.removeprefix("mod/") if verb == "view" and plugin.startswith("mod/") else ""
