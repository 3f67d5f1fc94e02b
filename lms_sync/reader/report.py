"""What a reading says besides records: the scope it was given, the problems it met, how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from lms_sync.errors import ErrorCode, Facts, LmsError
from lms_sync.records import Kind

__all__ = ["CourseRead", "Ledger", "Problem", "ProblemCode", "Progress", "ProgressCallback", "Scope"]

ProgressCallback = Callable[[int, int, str], None]
"""Called with steps done, steps known so far, and what is being read ("enrolment 3": a kind and a course id)."""


class ProblemCode(StrEnum):
    """What a reading meets that is no error of a call; other problems carry an :class:`ErrorCode`."""

    CATEGORY_UNKNOWN = "category_unknown"
    COURSE_GONE = "course_gone"
    COURSE_NOT_ACCESSIBLE = "course_not_accessible"
    ROWS_SKIPPED = "rows_skipped"
    SUSPENSION_UNKNOWN = "suspension_unknown"
    ACTIVITY_NOT_ACCESSIBLE = "activity_not_accessible"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of a site is read.

    Parameters
    ----------
    category_ids, category_idnumbers
        Their courses, with those of their subcategories.
    course_ids
        More courses, wherever they are; also those the store knows, so that a course which left its category is
        noticed.
    cohorts
        Also read the site's cohorts (their members among the people of the courses).
    criterion_marks
        Also read the marks per criterion: one call for each written review.
    """

    category_ids: tuple[int, ...] = ()
    category_idnumbers: tuple[str, ...] = ()
    course_ids: tuple[int, ...] = ()
    cohorts: bool = True
    criterion_marks: bool = True


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read. The store keeps what it had there.

    ``code`` is stable; ``facts`` are what a sentence for people needs (errorcode, path, row, activity_id ...).
    """

    course_id: int | None
    kind: Kind | None
    code: ProblemCode | ErrorCode
    facts: Facts = field(default_factory=lambda: MappingProxyType({}))
    error: LmsError | None = field(default=None, compare=False)

    @staticmethod
    def of(error: LmsError, *, kind: Kind, course_id: int | None = None, facts: Facts | None = None) -> Problem:
        """The problem that an error of a call makes."""
        told: Mapping[str, str | int | float | bool | None] = {
            "function": error.function,
            **error.facts,
            **(facts or {}),
        }
        return Problem(course_id=course_id, kind=kind, code=error.code, facts=MappingProxyType(dict(told)), error=error)

    @property
    def lasts(self) -> bool:
        """Whether another reading would meet it again, until somebody changes the site or the token's rights."""
        return self.code in _LASTING


_LASTING = frozenset(
    {
        ErrorCode.ACCESS_DENIED,
        ErrorCode.MISSING_FUNCTION,
        ErrorCode.NOT_FOUND,
        ProblemCode.CATEGORY_UNKNOWN,
        ProblemCode.COURSE_GONE,
        ProblemCode.COURSE_NOT_ACCESSIBLE,
        ProblemCode.SUSPENSION_UNKNOWN,
        ProblemCode.ACTIVITY_NOT_ACCESSIBLE,
    }
)


@dataclass(frozen=True, slots=True)
class CourseRead:
    """All of a course was read that can be read: a later reading of its changes may begin where this one began.

    Attributes
    ----------
    people
        A digest of the people in it; equal digests mean that nobody came, left, moved or was renamed.
    whole
        Whether everything was read, or what had changed.
    complete
        Whether nothing was kept from this token: where something was, it may show itself soon.
    """

    course_id: int
    people: str
    whole: bool
    complete: bool = True


class Ledger:
    """Keeps, while a reading goes on, which courses met problems."""

    def __init__(self) -> None:
        self._broken: set[int] = set()
        self._lacking: set[int] = set()

    def note(self, problem: Problem) -> None:
        """Enter a problem."""
        if problem.course_id is not None:
            (self._lacking if problem.lasts else self._broken).add(problem.course_id)

    def read(self, course_id: int, people: str, *, whole: bool) -> Iterator[CourseRead]:
        """The course as read, unless something in it must be asked for again."""
        if course_id not in self._broken:
            yield CourseRead(course_id, people, whole=whole, complete=course_id not in self._lacking)


class Progress:
    """Counts steps; how many there will be grows as the reading learns what the site holds."""

    def __init__(self, callback: ProgressCallback | None = None) -> None:
        self._callback = callback
        self.done = 0
        self.total = 0

    def expect(self, steps: int) -> None:
        """More steps became known."""
        self.total += steps

    def step(self, label: str) -> None:
        """One step is done."""
        self.done += 1
        self.total = max(self.total, self.done)
        if self._callback is not None:
            self._callback(self.done, self.total, label)
