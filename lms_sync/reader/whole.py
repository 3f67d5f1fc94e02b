"""Reads all of a scope, kind by kind, in the order in which each kind refers only to earlier ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from lms_sync.client import Client
from lms_sync.reader.assignments import read_assignments, read_grades, read_submissions
from lms_sync.reader.courses import read_activities, read_categories, read_courses
from lms_sync.reader.desk import Desk, Reading, SiteLost
from lms_sync.reader.gradebook import read_gradebooks
from lms_sync.reader.groups import read_cohorts, read_groups
from lms_sync.reader.people import Roster, read_enrolments
from lms_sync.reader.quizzes import read_quizzes, read_scales
from lms_sync.reader.report import Ledger, Problem, Progress, ProgressCallback, Scope
from lms_sync.reader.workshops import WorkshopContents, read_criterion_marks, read_works, read_workshops
from lms_sync.records import Assignment, Category, Course, Site, Workshop, WorkshopAssessment

__all__ = ["Reader", "Wanted", "all_reviews", "read_course_work", "read_people", "scales_of"]

Wanted = Callable[[WorkshopAssessment], bool]
"""Which written reviews to ask for their marks per criterion."""

_STEPS_A_COURSE = 7
_STEPS_OF_THE_SITE = 7


def all_reviews(_review: WorkshopAssessment) -> bool:
    """Want the marks of each."""
    return True


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
    wanted
        Of which written reviews to read the marks per criterion, one call each; the others' stay as they are.
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
                case CourseRead():
                    ...  # later, changes of this course can be asked for
    """

    def __init__(
        self,
        client: Client,
        site: Site,
        scope: Scope,
        *,
        wanted: Wanted = all_reviews,
        progress: ProgressCallback | None = None,
    ) -> None:
        self._client = client
        self._scope = scope
        self._wanted = wanted
        self._desk = Desk(client, site, Progress(progress))
        self._calls_before = client.calls

    @property
    def calls(self) -> int:
        """HTTP calls made so far, repeated ones included."""
        return self._client.calls - self._calls_before

    def read(self) -> Iterator[Reading]:
        """Yield parts, each kind after those it refers to, problems as they are met, and which courses were read.

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
        yield from self._read_courses(courses, list(category_ids))

    def _read_courses(self, courses: list[Course], category_ids: list[int]) -> Iterator[Reading]:
        rosters: dict[int, Roster] = {}
        ledger = Ledger()
        for told in self._parts(courses, category_ids, rosters):
            if isinstance(told, Problem):
                ledger.note(told)
            yield told
        for course in courses:
            yield from ledger.read(course.course_id, rosters[course.course_id].digest, whole=True)

    def _parts(self, courses: list[Course], category_ids: list[int], rosters: dict[int, Roster]) -> Iterator[Reading]:
        yield from read_people(self._desk, [course.course_id for course in courses], rosters)
        if self._scope.cohorts:
            yield from read_cohorts(self._desk, rosters, category_ids)
        wanted = self._wanted if self._scope.criterion_marks else None
        yield from read_course_work(self._desk, courses, rosters, wanted)


def read_people(desk: Desk, course_ids: Sequence[int], rosters: dict[int, Roster]) -> Iterator[Reading]:
    """Read who is in some courses and their groups; leaves the courses' rosters in ``rosters``."""
    for course_id in course_ids:
        yield from read_enrolments(desk, course_id, rosters)
    for course_id in course_ids:
        yield from read_groups(desk, course_id, rosters[course_id])


def read_course_work(
    desk: Desk, courses: Sequence[Course], rosters: dict[int, Roster], wanted: Wanted | None
) -> Iterator[Reading]:
    """Read activities, works, marks and reviews of some courses; ``wanted`` as :class:`Reader`'s, None: none."""
    course_ids = [course.course_id for course in courses]
    assignments: dict[int, list[Assignment]] = {}
    workshops: dict[int, list[Workshop]] = {}
    works: dict[int, list[WorkshopContents]] = {}
    yield from read_activities(desk, courses)
    listed = list(read_assignments(desk, course_ids, assignments))
    yield from read_scales(desk, scales_of(one for found in assignments.values() for one in found))
    yield from listed
    yield from read_submissions(desk, assignments, rosters)
    yield from read_grades(desk, assignments, rosters)
    yield from read_quizzes(desk, course_ids)
    yield from read_gradebooks(desk, course_ids, assignments, rosters)
    yield from read_workshops(desk, course_ids, workshops)
    yield from read_works(desk, workshops, works)
    if wanted is not None:
        yield from read_criterion_marks(desk, works, wanted=wanted)


def scales_of(assignments: Iterator[Assignment]) -> set[int]:
    """The scales that some assignments are marked by."""
    return {one.scale_id for one in assignments if one.scale_id is not None}
