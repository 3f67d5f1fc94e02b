"""Who is in a course."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lms_sync import payloads
from lms_sync.client import Function, Param, Params
from lms_sync.errors import BadAnswer, LmsError, NotFound, RemoteException
from lms_sync.payloads import EnrolledUser
from lms_sync.plan import Coverage, Part, Reach
from lms_sync.reader.desk import Desk, Reading, hidden, told
from lms_sync.reader.report import Problem, ProblemCode
from lms_sync.records import Kind, User

__all__ = ["PAGE", "Roster", "look_at_people", "read_enrolments"]

PAGE = 250
"""Users asked for at a time."""

_OVERLAP = 10
"""Rows that a page shares with the one before it. Pages are counted from the top, so that each person who leaves
between two calls moves the rest up by one; without an overlap the person at the border would be in neither page.
"""

_BARREN_PAGES = 3
"""Pages in a row without anybody new after which a list is taken for read, whatever the site goes on sending."""

_FIELDS = (*payloads.USER_FIELDS, "groups")
"""Memberships cost Moodle a query a person, and show that somebody was moved, which nothing else hints at."""


class _Only(StrEnum):
    """Moodle's names of the options that list a part of a course's people."""

    EVERYBODY = ""
    ACTIVE = "onlyactive"
    SUSPENDED = "onlysuspended"


@dataclass(frozen=True, slots=True)
class Roster:
    """The people of a course as this reading found them.

    ``active`` are those not suspended: only their rows are sure to be in Moodle's answers about submissions and grades.
    ``complete`` is False where the list could not be read whole, so that nothing may be concluded from an absence.
    """

    course_id: int
    people: Mapping[int, EnrolledUser] = field(default_factory=dict)
    suspended: frozenset[int] = frozenset()
    complete: bool = False

    @property
    def active(self) -> frozenset[int]:
        """Ids of the people enrolled and not suspended."""
        return frozenset(self.people.keys() - self.suspended)

    @property
    def digest(self) -> str:
        """The same for the same active people with the same names, roles and groups; empty where not all are known."""
        return _digest(self.people[user_id] for user_id in self.active) if self.complete else ""

    @property
    def coverage(self) -> Coverage:
        """What a part about people of this course can claim."""
        return Coverage.WHOLE if self.complete else Coverage.PARTIAL

    def sight(self, *fields: str, with_nobody: bool = False) -> tuple[Reach, ...]:
        """Rows about others than the active people are out of sight; ``with_nobody`` keeps rows of user 0 (teams)."""
        ids = self.active | {0} if with_nobody else self.active
        return tuple(Reach(name, ids) for name in fields)


def _digest(people: Iterable[EnrolledUser]) -> str:
    rows = sorted(repr((one.user, one.roles, sorted(one.groups))) for one in people)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


@dataclass(slots=True)
class _Pages:
    people: dict[int, EnrolledUser] = field(default_factory=dict)
    skipped: list[LmsError] = field(default_factory=list)


def read_enrolments(desk: Desk, course_id: int, rosters: dict[int, Roster]) -> Iterator[Reading]:
    """Read the people of a course and their roles; leaves the course's :class:`Roster` in ``rosters``."""
    rosters[course_id] = Roster(course_id)
    try:
        pages = _read_pages(desk, course_id, _FIELDS, _Only.EVERYBODY)
    except LmsError as err:
        yield from told(err, kind=Kind.ENROLMENT, course_id=course_id)
        desk.progress.step(f"{Kind.ENROLMENT} {course_id}")
        return
    suspended: frozenset[int] = frozenset()
    try:
        suspended = frozenset(_read_pages(desk, course_id, ("id", "fullname"), _Only.SUSPENDED).people)
    except LmsError as err:
        code = ProblemCode.SUSPENSION_UNKNOWN
        yield Problem(course_id, Kind.ENROLMENT, code, facts={"function": err.function, **err.facts}, error=err)
    # In separate groups a token without the right to all of them gets an empty list, and no error: where nobody is
    # listed, nothing is concluded.
    complete = bool(pages.people) and not pages.skipped
    roster = Roster(course_id, pages.people, suspended & pages.people.keys(), complete=complete)
    rosters[course_id] = roster
    yield from _skipped(pages, course_id)
    yield from _parts(roster) if pages.people else iter((hidden(Kind.ENROLMENT, course_id),))
    desk.progress.step(f"{Kind.ENROLMENT} {course_id}")


def _skipped(pages: _Pages, course_id: int) -> Iterator[Problem]:
    if pages.skipped:
        facts = {"rows": len(pages.skipped), **pages.skipped[0].facts}
        error = pages.skipped[0]
        yield Problem(course_id, Kind.ENROLMENT, ProblemCode.ROWS_SKIPPED, facts=facts, error=error)


def _parts(roster: Roster) -> Iterator[Part]:
    users: tuple[User, ...] = tuple(person.user for person in roster.people.values())
    # People belong to the site, and this token sees only those of its courses: whoever is not listed is not gone.
    yield Part(kind=Kind.USER, course_id=None, coverage=Coverage.PARTIAL, records=users)
    enrolments = tuple(
        person.enrolment(roster.course_id, suspended=user_id in roster.suspended)
        for user_id, person in roster.people.items()
    )
    yield Part(kind=Kind.ENROLMENT, course_id=roster.course_id, coverage=roster.coverage, records=enrolments)


def _read_pages(desk: Desk, course_id: int, user_fields: tuple[str, ...], only: _Only) -> _Pages:
    """Page to an empty page: Moodle limits before it filters by permission, so that a short page is not the last."""
    pages = _Pages()
    offset, barren = 0, 0
    while barren < _BARREN_PAGES:
        rows = _rows(desk, course_id, user_fields, offset, PAGE, only=only, skipped=pages.skipped)
        # Nobody at all in a course is so unlike a course that it is asked for twice.
        if not rows and (barren or pages.people or only is not _Only.EVERYBODY):
            break
        fresh = {row.user.user_id: row for row in rows if row.user.user_id not in pages.people}
        pages.people |= fresh
        barren = 0 if fresh else barren + 1
        # More known rows than the overlap are an earlier page that a cache sent again: the same page is asked for once
        # more. Fewer are the end of the list.
        if fresh or 0 < len(rows) <= _OVERLAP:
            offset += PAGE - _OVERLAP
    return pages


def _rows(
    desk: Desk,
    course_id: int,
    user_fields: tuple[str, ...],
    start: int,
    count: int,
    *,
    only: _Only,
    skipped: list[LmsError],
) -> list[EnrolledUser]:
    """One page; of a page with a row that Moodle or we cannot take, all the others."""
    params = _page_params(course_id, user_fields, start, count, only=only)
    try:
        return desk.call(Function.ENROLLED_USERS, params, payloads.enrolled_users)
    except NotFound:
        raise
    except (RemoteException, BadAnswer) as err:
        if count == 1:
            skipped.append(err)
            return []
        half = count // 2
    found = []
    for part_start, part_count in ((start, half), (start + half, count - half)):
        found += _rows(
            desk,
            course_id,
            user_fields,
            part_start,
            part_count,
            only=only,
            skipped=skipped,
        )
    return found


def _page_params(course_id: int, user_fields: tuple[str, ...], start: int, count: int, *, only: _Only) -> Params:
    options: list[Mapping[str, Param]] = [
        {"name": "userfields", "value": ",".join(user_fields)},
        {"name": "limitfrom", "value": start},
        {"name": "limitnumber", "value": count},
        {"name": "sortby", "value": "id"},
    ]
    if only is not _Only.EVERYBODY:
        options.append({"name": only.value, "value": 1})
    return {"courseid": course_id, "options": options}


def look_at_people(desk: Desk, course_id: int) -> Roster:
    """Ask who is active in a course, in as few calls as can show that nothing changed.

    A page that is not full is taken for the last: Moodle limits before it filters by permission, so that more people
    may follow, but then the digest differs from the whole reading's, which pages to the end.

    Raises
    ------
    LmsError
        Of the call; where it is a right that lacks, a whole reading can still tell most.
    """
    pages = _Pages()
    offset, full = 0, True
    while full:
        rows = _rows(desk, course_id, _FIELDS, offset, PAGE, only=_Only.ACTIVE, skipped=pages.skipped)
        fresh = {row.user.user_id: row for row in rows if row.user.user_id not in pages.people}
        pages.people |= fresh
        full = len(rows) >= PAGE and bool(fresh)
        offset += PAGE - _OVERLAP
    return Roster(course_id, pages.people, complete=bool(pages.people) and not pages.skipped)
