"""What people have done with: a call a person and course, so that it is read a few people at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from lms_sync import payloads
from lms_sync.client import Call, Client, Function, Params
from lms_sync.errors import LmsError, NotFound, RemoteException
from lms_sync.plan import Coverage, Part, Reach
from lms_sync.reader.desk import Desk, Reading, SiteLost, hidden
from lms_sync.reader.report import Problem, Progress
from lms_sync.records import ActivityCompletion, CourseCompletion, Kind, Record, Site

__all__ = ["Pair", "read_completion"]

Pair = tuple[int, int]
"""Course id, user id."""

_Done = TypeVar("_Done", ActivityCompletion, CourseCompletion)

_NO_CRITERIA = frozenset({"nocriteriaset", "completionnotenabled"})
_NOT_ENROLLED = frozenset({"usernotenroled", "notenrolled", "invaliduser"})


@dataclass(slots=True)
class _Course:
    """The answers about one course."""

    records: list[Record] = field(default_factory=list)
    people: set[int] = field(default_factory=set)
    failures: list[LmsError] = field(default_factory=list)

    def take(self, user_id: int, records: Sequence[Record] | None) -> None:
        """Enter one person's; somebody who is not followed any more keeps what was known."""
        if records is not None:
            self.records += records
            self.people.add(user_id)


def read_completion(
    client: Client, site: Site, pairs: Sequence[Pair], *, without_criteria: Collection[int] = ()
) -> Iterator[Reading]:
    """Read what some people have done with in some courses.

    Parameters
    ----------
    pairs
        Whom to ask about, and in which course.
    without_criteria
        Courses known to have no criteria of completion of their own: there only activities are asked about.

    Yields
    ------
    Reading
        Parts that are silent about everybody else. A course that turns out to have no criteria is told as not
        visible, for it may have some later.

    Raises
    ------
    LmsError
        Where the site as a whole is out of reach.
    """
    desk = Desk(client, site, Progress())
    try:
        if desk.offers(Function.ACTIVITY_COMPLETION):
            yield from _read(desk, Kind.ACTIVITY_COMPLETION, [_activities(*pair) for pair in pairs], pairs)
        if desk.offers(Function.COURSE_COMPLETION):
            asked = [pair for pair in pairs if pair[0] not in without_criteria]
            yield from _read_courses(desk, asked)
    except SiteLost as lost:
        raise lost.error from lost.error.__cause__


def _params(course_id: int, user_id: int) -> Params:
    return {"courseid": course_id, "userid": user_id}


def _activities(course_id: int, user_id: int) -> Call[list[ActivityCompletion] | None]:
    return Call(
        Function.ACTIVITY_COMPLETION,
        _params(course_id, user_id),
        lambda answer: payloads.activity_completion(answer, course_id=course_id, user_id=user_id),
    )


def _course(course_id: int, user_id: int) -> Call[list[CourseCompletion] | None]:
    return Call(
        Function.COURSE_COMPLETION,
        _params(course_id, user_id),
        lambda answer: [payloads.course_completion(answer, course_id=course_id, user_id=user_id)],
    )


def _read_courses(desk: Desk, pairs: Sequence[Pair]) -> Iterator[Reading]:
    """Ask one person a course first: a course without criteria says so of anybody."""
    first = dict(reversed(pairs))
    criteria = set(first)
    for course_id, user_id in sorted(first.items()):
        try:
            desk.call(Function.COURSE_COMPLETION, _params(course_id, user_id), lambda answer: answer)
        except RemoteException as err:
            if err.errorcode in _NO_CRITERIA:
                criteria.discard(course_id)
                yield hidden(Kind.COURSE_COMPLETION, course_id)
        except LmsError:
            # It is met again, and told, when everybody is asked.
            continue
    asked = [pair for pair in pairs if pair[0] in criteria]
    yield from _read(desk, Kind.COURSE_COMPLETION, [_course(*pair) for pair in asked], asked)


def _read(
    desk: Desk, kind: Kind, calls: Sequence[Call[list[_Done] | None]], pairs: Sequence[Pair]
) -> Iterator[Reading]:
    courses: dict[int, _Course] = {}
    for (course_id, user_id), outcome in zip(pairs, desk.map(calls), strict=True):
        course = courses.setdefault(course_id, _Course())
        if outcome.error is None:
            course.take(user_id, outcome.get())
        elif not _is_normal(outcome.error):
            course.failures.append(outcome.error)
    for course_id, course in courses.items():
        if course.failures:
            facts = {"people": len(course.failures)}
            yield Problem.of(course.failures[0], kind=kind, course_id=course_id, facts=facts)
        about = (Reach("user_id", frozenset(course.people)),)
        yield Part(kind, course_id, Coverage.WHOLE, tuple(course.records), about=about)


def _is_normal(error: LmsError) -> bool:
    """Somebody who has left since is no trouble."""
    return isinstance(error, NotFound) or (isinstance(error, RemoteException) and error.errorcode in _NOT_ENROLLED)
