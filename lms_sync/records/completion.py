"""What people have done with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lms_sync.records.base import Key

__all__ = ["ActivityCompletion", "CourseCompletion"]


@dataclass(frozen=True, slots=True)
class ActivityCompletion:
    """Whether a person has done with an activity; ``state`` is Moodle's: 0 not, 1 done, 2 passed, 3 failed.

    ``overridden`` says that somebody set it by hand.
    """

    course_id: int
    course_module_id: int
    user_id: int
    state: int
    completed_at: datetime | None
    overridden: bool

    @property
    def key(self) -> Key:
        return (self.course_module_id, self.user_id)


@dataclass(frozen=True, slots=True)
class CourseCompletion:
    """Whether a person has met the course's own criteria of completion, where it has some."""

    course_id: int
    user_id: int
    completed: bool

    @property
    def key(self) -> Key:
        return (self.course_id, self.user_id)
