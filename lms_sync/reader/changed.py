"""Reads what changed since the last reading: four calls for the site, two a course, and what these show to be new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lms_sync import payloads
from lms_sync.changes import Baseline, Lists, ReviewsToRead, Todo, everything, named_reviews, todo
from lms_sync.client import Client, Function
from lms_sync.errors import AccessDenied, LmsError, MissingFunction, RemoteException
from lms_sync.payloads import Update
from lms_sync.reader.assignments import read_assignments, read_grades, read_submissions
from lms_sync.reader.courses import read_activities, read_courses
from lms_sync.reader.desk import Desk, Reading, SiteLost
from lms_sync.reader.gradebook import read_gradebooks
from lms_sync.reader.people import Roster, look_at_people
from lms_sync.reader.quizzes import read_quizzes, read_scales
from lms_sync.reader.report import Ledger, Problem, Progress, ProgressCallback, Scope
from lms_sync.reader.whole import read_course_work, read_people, scales_of
from lms_sync.reader.workshops import WorkshopContents, read_criterion_marks, read_works, read_workshops
from lms_sync.records import (
    Activity,
    Assignment,
    Category,
    Course,
    Key,
    Kind,
    Record,
    Site,
    Workshop,
)

__all__ = ["ChangesReader"]

_STEPS_OF_THE_SITE = 3


@dataclass(slots=True)
class _State:
    """What a reading of changes has found so far."""

    courses: dict[int, Course] = field(default_factory=dict)
    rosters: dict[int, Roster] = field(default_factory=dict)
    updates: dict[int, Sequence[Update] | None] = field(default_factory=dict)
    """The site's hints; None where it could not give any."""
    partly: list[int] = field(default_factory=list)
    """Courses with the same people as before."""
    whole: list[int] = field(default_factory=list)
    """Courses to read whole: new ones, and those whose people changed."""
    assignments: dict[int, list[Assignment]] = field(default_factory=dict)
    workshops: dict[int, list[Workshop]] = field(default_factory=dict)


class ChangesReader:
    """A reading of what changed in a scope since the store's last reading.

    What no cheap list and no hint shows is not read: overrides, locks, hidden and shown columns, cohorts, renamed
    groups, deleted works. A full reading is due every night.

    Parameters
    ----------
    baseline
        What the store knows. A course it never read whole is read whole, and so is one whose people changed.
    client, site, scope, progress
        As :class:`Reader`'s.
    """

    def __init__(
        self,
        client: Client,
        site: Site,
        scope: Scope,
        baseline: Baseline,
        *,
        progress: ProgressCallback | None = None,
    ) -> None:
        self._scope = scope
        self._baseline = baseline
        self._desk = Desk(client, site, Progress(progress))

    def read(self) -> Iterator[Reading]:
        """As :meth:`Reader.read`."""
        try:
            yield from self._read_all()
        except SiteLost as lost:
            raise lost.error from lost.error.__cause__

    def _read_all(self) -> Iterator[Reading]:
        state, ledger = _State(), Ledger()
        for told in self._readings(state):
            if isinstance(told, Problem):
                ledger.note(told)
            yield told
        for course_id, roster in state.rosters.items():
            yield from ledger.read(course_id, roster.digest, whole=course_id in state.whole)

    def _readings(self, state: _State) -> Iterator[Reading]:
        desk, found = self._desk, list[Course]()
        desk.progress.expect(_STEPS_OF_THE_SITE)
        yield from read_courses(desk, self._scope, self._categories(), found)
        state.courses = {course.course_id: course for course in found}
        desk.progress.expect(len(found))
        for course_id in state.courses:
            yield from self._look(course_id, state)
            desk.progress.step(f"{Kind.ENROLMENT} {course_id}")
        yield from self._read_changed(state)
        yield from self._read_whole(state)

    def _categories(self) -> list[Category]:
        """The scope's categories with their subcategories, as the last full reading found them."""
        known = [one for one in self._present(Kind.CATEGORY).values() if isinstance(one, Category)]
        found = [one for one in known if one.category_id in self._scope.category_ids]
        for parent in found:
            found += [one for one in known if one.parent_id == parent.category_id and one not in found]
        return found

    def _present(self, kind: Kind, course_id: int | None = None) -> Mapping[Key, Record]:
        return self._baseline.present(kind, course_id)

    # ------------------------------------------------------------ what changed

    def _look(self, course_id: int, state: _State) -> Iterator[Problem]:
        """Ask who is in a course and what it hints at; a course that does not answer is left to the next reading."""
        since_s = self._baseline.since_s(course_id)
        if since_s is None:
            state.whole.append(course_id)
            return
        try:
            roster = look_at_people(self._desk, course_id)
            state.updates[course_id] = self._updates(course_id, since_s)
        except (AccessDenied, MissingFunction):
            state.whole.append(course_id)
        except LmsError as err:
            yield Problem.of(err, kind=Kind.ENROLMENT, course_id=course_id)
        else:
            if roster.digest == self._baseline.people(course_id) != "":
                state.rosters[course_id] = roster
                state.partly.append(course_id)
            else:
                state.whole.append(course_id)

    def _updates(self, course_id: int, since_s: int) -> Sequence[Update] | None:
        try:
            return self._desk.call(Function.UPDATES_SINCE, {"courseid": course_id, "since": since_s}, payloads.updates)
        except (AccessDenied, MissingFunction, RemoteException):
            # Moodle 4.5 fails here on a course that has a workshop in separate groups, whoever asks.
            return None

    # ------------------------------------------------------------ courses of which some was changed

    def _read_changed(self, state: _State) -> Iterator[Reading]:
        course_ids = tuple(state.partly)
        before = {course_id: self._lists(course_id) for course_id in course_ids}
        listed = list(read_assignments(self._desk, course_ids, state.assignments))
        fresh = scales_of(one for found in state.assignments.values() for one in found)
        unknown = fresh - {key[0] for key in self._present(Kind.SCALE)} if fresh else fresh
        if unknown:
            yield from read_scales(self._desk, unknown)
        yield from listed
        yield from read_workshops(self._desk, course_ids, state.workshops)
        for course_id in course_ids:
            if before[course_id].ids != _after(state, course_id, before[course_id]).ids:
                state.partly.remove(course_id)
                state.whole.append(course_id)
        work = {course_id: self._todo(course_id, state, before[course_id]) for course_id in state.partly}
        work = {course_id: one for course_id, one in work.items() if not one.is_empty}
        yield from self._read_listed(state, work)
        yield from self._read_reviews(state, work)

    def _lists(self, course_id: int) -> Lists:
        assignments = self._present(Kind.ASSIGNMENT, course_id).values()
        workshops = self._present(Kind.WORKSHOP, course_id).values()
        return Lists(
            assignments=[one for one in assignments if isinstance(one, Assignment)],
            workshops=[one for one in workshops if isinstance(one, Workshop)],
        )

    def _todo(self, course_id: int, state: _State, before: Lists) -> Todo:
        after = _after(state, course_id, before)
        updates = state.updates[course_id]
        if updates is None:
            return everything(after)
        activities = [one for one in self._present(Kind.ACTIVITY, course_id).values() if isinstance(one, Activity)]
        return todo(updates, activities, before, after)

    def _read_listed(self, state: _State, work: Mapping[int, Todo]) -> Iterator[Reading]:
        yield from read_activities(self._desk, [state.courses[one] for one, what in work.items() if what.contents])
        quizzes = [course_id for course_id, what in work.items() if what.quizzes]
        if quizzes:
            yield from read_quizzes(self._desk, quizzes)
        yield from self._read_assignments(state, work)
        books = [course_id for course_id, what in work.items() if what.gradebook]
        yield from read_gradebooks(self._desk, books, state.assignments, state.rosters)

    def _read_assignments(self, state: _State, work: Mapping[int, Todo]) -> Iterator[Reading]:
        asked = {
            course_id: [one for one in state.assignments.get(course_id, ()) if one.assignment_id in what.assignment_ids]
            for course_id, what in work.items()
        }
        asked = {course_id: found for course_id, found in asked.items() if found}
        # One call for all courses, back to where the one reaches that was read longest ago.
        since_s = max(1, min((self._baseline.since_s(course_id) or 1 for course_id in asked), default=1))
        yield from read_submissions(self._desk, asked, state.rosters, since_s=since_s)
        yield from read_grades(self._desk, asked, state.rosters, since_s=since_s)

    def _read_reviews(self, state: _State, work: Mapping[int, Todo]) -> Iterator[Reading]:
        works: dict[int, list[WorkshopContents]] = {}
        asked = {course_id: state.workshops.get(course_id, []) for course_id, what in work.items() if what.workshop_ids}
        only = {workshop_id for what in work.values() for workshop_id in what.workshop_ids}
        wanted = {course_id: self._wanted(course_id, work[course_id].review_ids) for course_id in asked}
        yield from read_works(self._desk, asked, works, only=only)
        if self._scope.criterion_marks:
            for course_id, contents in works.items():
                yield from read_criterion_marks(self._desk, {course_id: contents}, wanted=wanted[course_id])

    def _wanted(self, course_id: int, review_ids: frozenset[int]) -> ReviewsToRead:
        marked = frozenset(key[0] for key in self._present(Kind.CRITERION_MARK, course_id))
        return ReviewsToRead(self._present(Kind.WORKSHOP_ASSESSMENT, course_id), marked, review_ids)

    # ------------------------------------------------------------ courses to read whole

    def _read_whole(self, state: _State) -> Iterator[Reading]:
        if not state.whole:
            return
        courses = [state.courses[course_id] for course_id in state.whole]
        yield from read_people(self._desk, state.whole, state.rosters)
        if not self._scope.criterion_marks:
            yield from read_course_work(self._desk, courses, state.rosters, None)
            return
        wanted = {
            course_id: self._wanted(course_id, named_reviews(state.updates.get(course_id) or ()))
            for course_id in state.whole
        }
        yield from read_course_work(self._desk, courses, state.rosters, lambda review: wanted[review.course_id](review))


def _after(state: _State, course_id: int, before: Lists) -> Lists:
    # A list that could not be read is taken as it was: its problem is told, and the course's hints stay waiting.
    return Lists(state.assignments.get(course_id, before.assignments), state.workshops.get(course_id, before.workshops))
