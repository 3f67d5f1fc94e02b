"""Reads all of a scope, kind by kind, in the order in which each kind refers only to earlier ones."""

from __future__ import annotations

from collections.abc import Iterator

from lms_sync.client import Client
from lms_sync.reader.assignments import read_assignments, read_grades, read_submissions
from lms_sync.reader.courses import read_activities, read_categories, read_courses
from lms_sync.reader.desk import Desk, Reading, SiteLost
from lms_sync.reader.gradebook import read_gradebooks
from lms_sync.reader.people import Roster, read_cohorts, read_enrolments, read_groups
from lms_sync.reader.report import Progress, ProgressCallback, Scope
from lms_sync.reader.workshops import WorkshopContents, read_criterion_marks, read_works, read_workshops
from lms_sync.records import Assignment, Category, Course, Site, Workshop

__all__ = ["Reader"]

_STEPS_A_COURSE = 7
_STEPS_OF_THE_SITE = 4


class Reader:
    """A full reading of a scope.

    Parameters
    ----------
    client
        Its retries and politeness are the reading's.
    site
        From :func:`lms_sync.site.describe`.
    scope
        What to read.
    progress
        Called after each step with steps done, steps known so far, and a label.

    Examples
    --------
    ::

        site = describe(client)
        for reading in Reader(client, site, Scope(category_ids=(2,))).read():
            match reading:
                case Part():
                    ...  # plan(part, what the store has of its kind and scope), then apply
                case Problem():
                    ...  # tell people; the store keeps what it had there
    """

    def __init__(self, client: Client, site: Site, scope: Scope, *, progress: ProgressCallback | None = None) -> None:
        self._client = client
        self._scope = scope
        self._desk = Desk(client, site, Progress(progress))
        self._calls_before = client.calls

    @property
    def calls(self) -> int:
        """HTTP calls made so far, repeated ones included."""
        return self._client.calls - self._calls_before

    def read(self) -> Iterator[Reading]:
        """Yield parts, each kind after those it refers to, and problems as they are met.

        Raises
        ------
        LmsError
            Where the site as a whole is out of reach (unreachable, token refused, maintenance, told to wait). The parts
            yielded before stand.
        """
        try:
            yield from self._read_all()
        except SiteLost as lost:
            raise lost.error from lost.error.__cause__

    def _read_all(self) -> Iterator[Reading]:
        desk = self._desk
        desk.progress.expect(_STEPS_OF_THE_SITE)
        categories: list[Category] = []
        courses: list[Course] = []
        yield from read_categories(desk, self._scope, categories)
        yield from read_courses(desk, self._scope, categories, courses)
        desk.progress.expect(_STEPS_A_COURSE * len(courses))
        category_ids = dict.fromkeys([*self._scope.category_ids, *(one.category_id for one in categories)])
        yield from self._read_people(courses, list(category_ids))

    def _read_people(self, courses: list[Course], category_ids: list[int]) -> Iterator[Reading]:
        rosters: dict[int, Roster] = {}
        for course in courses:
            yield from read_enrolments(self._desk, course.course_id, rosters)
        for course in courses:
            yield from read_groups(self._desk, course.course_id, rosters[course.course_id])
        if self._scope.cohorts:
            yield from read_cohorts(self._desk, rosters, category_ids)
        yield from self._read_work(courses, rosters)

    def _read_work(self, courses: list[Course], rosters: dict[int, Roster]) -> Iterator[Reading]:
        desk = self._desk
        course_ids = [course.course_id for course in courses]
        assignments: dict[int, list[Assignment]] = {}
        workshops: dict[int, list[Workshop]] = {}
        works: dict[int, list[WorkshopContents]] = {}
        yield from read_activities(desk, courses)
        yield from read_assignments(desk, course_ids, assignments)
        yield from read_submissions(desk, assignments, rosters)
        yield from read_grades(desk, assignments, rosters)
        yield from read_gradebooks(desk, course_ids, assignments, rosters)
        yield from read_workshops(desk, course_ids, workshops)
        yield from read_works(desk, workshops, works)
        if self._scope.criterion_marks:
            yield from read_criterion_marks(desk, works)
