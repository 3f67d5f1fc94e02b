"""Decides, without touching anything, what of a course must be read again.

Moodle gives hints and no more: which activities changed since a time. It hints at nothing of deletions, renames,
group moves, overrides, locks, hidden or shown columns and enrolments. Some of these a cheap list shows (people,
assignments, workshops with their phase, courses); the rest comes with the next whole reading, which is due every
night.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lms_sync.payloads import Update
from lms_sync.records import Activity, Assignment, Key, Kind, Record, Workshop, WorkshopAssessment

__all__ = ["OVERLAP_S", "Baseline", "Lists", "ReviewsToRead", "Todo", "everything", "named_reviews", "todo"]

OVERLAP_S = 300
"""How far a reading of changes reaches back before the last one began.

Moodle stamps a row when it begins to write it and shows it when its transaction ends; its clock may be a proxy's.
"""

_SETTINGS = frozenset({"configuration", "introfiles", "introattachmentfiles", "contentfiles", "contenturl"})

_MEANINGLESS = frozenset(
    {
        # Of the token's own account, not of people.
        "completion",
        "gradeitems",
        "outcomes",
        # Moodle compares the time of grading with the user's id, so that it always "changed".
        "userassessmentgrades",
        "assessmentgrades",
    }
)

_REVIEWS = frozenset({"userassessments", "assessments"})


class Baseline(Protocol):
    """What the store knows: where a reading of changes begins."""

    def since_s(self, course_id: int) -> int | None:
        """From when on changes are wanted (epoch seconds of the site's clock); None: never read whole."""

    def people(self, course_id: int) -> str:
        """The digest of the last reading."""

    def present(self, kind: Kind, course_id: int | None) -> Mapping[Key, Record]:
        """The records that are not marked gone or not visible."""


@dataclass(frozen=True, slots=True)
class Lists:
    """A course's activities of the kinds that one cheap call tells of all courses: as stored, or as answered."""

    assignments: Collection[Assignment]
    workshops: Collection[Workshop]

    @property
    def ids(self) -> tuple[frozenset[int], frozenset[int]]:
        """Which there are. One more may come from a backup, with works and marks as old as the backup; one that is gone
        took its works along: neither is found by asking what changed since.
        """
        return (
            frozenset(one.assignment_id for one in self.assignments),
            frozenset(one.workshop_id for one in self.workshops),
        )


@dataclass(frozen=True, slots=True)
class Todo:
    """What to read again of one course.

    Attributes
    ----------
    assignment_ids
        Of which submissions and grades since the last reading are wanted.
    workshop_ids
        Of which works and reviews are wanted, whole: Moodle cannot tell them since a time.
    review_ids
        Written reviews of which the marks changed although their sum may not have.
    """

    contents: bool = False
    quizzes: bool = False
    gradebook: bool = False
    assignment_ids: frozenset[int] = frozenset()
    workshop_ids: frozenset[int] = frozenset()
    review_ids: frozenset[int] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return self == Todo()


@dataclass(frozen=True, slots=True)
class ReviewsToRead:
    """Which written reviews are asked for their marks per criterion, which cost a call each.

    One that is new, whose sum is another, whose marks are unknown or that the site names; and in turn, some each
    night, the others, for a teacher can change marks where neither their sum nor a hint tells.

    Parameters
    ----------
    known
        The store's reviews by key.
    marked
        Ids of the reviews of which the store has marks.
    named
        Ids of the reviews that the site's hints name.
    turn
        Which of the slices is read, and how many there are; the default reads none.
    """

    known: Mapping[Key, Record]
    marked: frozenset[int]
    named: frozenset[int] = frozenset()
    turn: tuple[int, int] = (0, 0)

    def __call__(self, review: WorkshopAssessment) -> bool:
        """Whether to ask for this one."""
        if review.assessment_id in self.named or review.assessment_id not in self.marked:
            return True
        number, slices = self.turn
        return self.known.get(review.key) != review or (slices > 0 and review.assessment_id % slices == number % slices)


def everything(lists: Lists) -> Todo:
    """What to read where the site gives no hints."""
    return Todo(
        contents=True,
        quizzes=True,
        gradebook=True,
        assignment_ids=frozenset(one.assignment_id for one in lists.assignments),
        workshop_ids=frozenset(one.workshop_id for one in lists.workshops),
    )


def todo(updates: Sequence[Update], activities: Collection[Activity], before: Lists, after: Lists) -> Todo:
    """What to read again, by the site's hints and by what its lists show.

    Parameters
    ----------
    updates
        Of one course, since the last reading began.
    activities
        What the store has of the course's page.
    before, after
        The store's lists, and the site's.
    """
    areas = {one.course_module_id: frozenset(one.areas) - _MEANINGLESS for one in updates}
    areas = {module_id: told for module_id, told in areas.items() if told}
    known = {activity.course_module_id: activity for activity in activities}
    moved = set(before.assignments) != set(after.assignments) or set(before.workshops) != set(after.workshops)
    resettled = {module_id for module_id, told in areas.items() if told & _SETTINGS or module_id not in known}
    quizzes = any(module_id not in known or known[module_id].module == "quiz" for module_id in resettled)
    return Todo(
        contents=moved or bool(resettled),
        quizzes=quizzes,
        gradebook=moved or bool(areas),
        assignment_ids=frozenset(one.assignment_id for one in after.assignments if one.course_module_id in areas),
        workshop_ids=_workshops_to_read(areas, before, after),
        review_ids=named_reviews(updates),
    )


def _workshops_to_read(areas: Collection[int], before: Lists, after: Lists) -> frozenset[int]:
    # A workshop that enters another phase shows or hides its reviews, and no hint says so: only the phase itself.
    known = set(before.workshops)
    return frozenset(one.workshop_id for one in after.workshops if one.course_module_id in areas or one not in known)


def named_reviews(updates: Sequence[Update]) -> frozenset[int]:
    """The reviews that the hints name."""
    return frozenset(
        review_id for one in updates for area in _REVIEWS & one.areas.keys() for review_id in one.areas[area]
    )
