"""Who is in a course, in its groups, and in the site's cohorts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lms_sync import payloads
from lms_sync.client import Function, Param, Params
from lms_sync.client.answers import JsonValue
from lms_sync.errors import AccessDenied, BadAnswer, LmsError, MissingFunction, NotFound, RemoteException
from lms_sync.payloads import EnrolledUser
from lms_sync.plan import Coverage, Part, Reach
from lms_sync.reader.desk import Desk, Reading, hidden, listed, told
from lms_sync.reader.report import Problem, ProblemCode
from lms_sync.records import Cohort, CohortMember, Group, Grouping, GroupMember, Kind, User

__all__ = ["PAGE", "Roster", "read_cohorts", "read_enrolments", "read_groups"]

PAGE = 250
"""Users asked for at a time."""

_OVERLAP = 10
"""Rows that a page shares with the one before it. Pages are counted from the top, so that each person who leaves
between two calls moves the rest up by one; without an overlap the person at the border would be in neither page.
"""

_BARREN_PAGES = 3
"""Pages in a row without anybody new after which a list is taken for read, whatever the site goes on sending."""

_IDS_A_CALL = 100
_MOST_COHORTS = 1_000


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
    def coverage(self) -> Coverage:
        """What a part about people of this course can claim."""
        return Coverage.WHOLE if self.complete else Coverage.PARTIAL

    def sight(self, *fields: str, with_nobody: bool = False) -> tuple[Reach, ...]:
        """Rows about others than the active people are out of sight; ``with_nobody`` keeps rows of user 0 (teams)."""
        ids = self.active | {0} if with_nobody else self.active
        return tuple(Reach(name, ids) for name in fields)


@dataclass(slots=True)
class _Pages:
    people: dict[int, EnrolledUser] = field(default_factory=dict)
    skipped: list[LmsError] = field(default_factory=list)


def read_enrolments(desk: Desk, course_id: int, rosters: dict[int, Roster]) -> Iterator[Reading]:
    """Read the people of a course and their roles; leaves the course's :class:`Roster` in ``rosters``."""
    rosters[course_id] = Roster(course_id)
    try:
        pages = _read_pages(desk, course_id, _user_fields(desk), only_suspended=False)
    except LmsError as err:
        yield from told(err, kind=Kind.ENROLMENT, course_id=course_id)
        desk.progress.step(f"{Kind.ENROLMENT} {course_id}")
        return
    suspended: frozenset[int] = frozenset()
    try:
        suspended = frozenset(_read_pages(desk, course_id, ("id", "fullname"), only_suspended=True).people)
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


def _user_fields(desk: Desk) -> tuple[str, ...]:
    # Memberships cost Moodle a query a person: they are only asked for where the group functions are not offered.
    needed = desk.offers(Function.COURSE_GROUPS, Function.GROUP_MEMBERS)
    return payloads.USER_FIELDS if needed else (*payloads.USER_FIELDS, "groups")


def _read_pages(desk: Desk, course_id: int, user_fields: tuple[str, ...], *, only_suspended: bool) -> _Pages:
    """Page to an empty page: Moodle limits before it filters by permission, so that a short page is not the last."""
    pages = _Pages()
    offset, barren = 0, 0
    while barren < _BARREN_PAGES:
        rows = _rows(desk, course_id, user_fields, offset, PAGE, only_suspended=only_suspended, skipped=pages.skipped)
        # Nobody at all in a course is so unlike a course that it is asked for twice.
        if not rows and (barren or pages.people or only_suspended):
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
    only_suspended: bool,
    skipped: list[LmsError],
) -> list[EnrolledUser]:
    """One page; of a page with a row that Moodle or we cannot take, all the others."""
    params = _page_params(course_id, user_fields, start, count, only_suspended=only_suspended)
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
            only_suspended=only_suspended,
            skipped=skipped,
        )
    return found


def _page_params(
    course_id: int, user_fields: tuple[str, ...], start: int, count: int, *, only_suspended: bool
) -> Params:
    options: list[Mapping[str, Param]] = [
        {"name": "userfields", "value": ",".join(user_fields)},
        {"name": "limitfrom", "value": start},
        {"name": "limitnumber", "value": count},
        {"name": "sortby", "value": "id"},
    ]
    if only_suspended:
        options.append({"name": "onlysuspended", "value": 1})
    return {"courseid": course_id, "options": options}


def read_groups(desk: Desk, course_id: int, roster: Roster) -> Iterator[Reading]:
    """Read groups, groupings and who is in which group."""
    try:
        groups = desk.call(
            Function.COURSE_GROUPS, {"courseid": course_id}, lambda answer: _groups_of(answer, course_id)
        )
    except MissingFunction:
        yield from _groups_from_memberships(roster)
    except LmsError as err:
        for kind in (Kind.GROUP, Kind.GROUPING, Kind.GROUP_MEMBER):
            yield from told(err, kind=kind, course_id=course_id)
    else:
        yield Part(kind=Kind.GROUP, course_id=course_id, coverage=Coverage.WHOLE, records=tuple(groups))
        yield from _read_groupings(desk, course_id)
        yield from _read_members(desk, course_id, [group.group_id for group in groups], roster)
    desk.progress.step(f"{Kind.GROUP} {course_id}")


def _groups_of(answer: JsonValue, course_id: int) -> list[Group]:
    groups = payloads.groups(answer)
    if any(group.course_id != course_id for group in groups):
        raise BadAnswer("groups of another course", function=Function.COURSE_GROUPS)
    return groups


def _groups_from_memberships(roster: Roster) -> Iterator[Part]:
    """What the people's own rows say; a group without a visible member, and id numbers, are not in them."""
    names = {group_id: name for person in roster.people.values() for group_id, name in person.groups}
    groups = tuple(
        Group(group_id=group_id, course_id=roster.course_id, name=name, idnumber="") for group_id, name in names.items()
    )
    yield Part(kind=Kind.GROUP, course_id=roster.course_id, coverage=Coverage.PARTIAL, records=groups)
    yield hidden(Kind.GROUPING, roster.course_id)
    yield _members_from_memberships(roster)


def _members_from_memberships(roster: Roster) -> Part:
    members = tuple(
        GroupMember(course_id=roster.course_id, group_id=group_id, user_id=user_id)
        for user_id, person in roster.people.items()
        for group_id, _ in person.groups
    )
    return Part(kind=Kind.GROUP_MEMBER, course_id=roster.course_id, coverage=roster.coverage, records=members)


def _read_groupings(desk: Desk, course_id: int) -> Iterator[Reading]:
    try:
        groupings = desk.call(
            Function.COURSE_GROUPINGS,
            {"courseid": course_id},
            lambda answer: payloads.groupings(answer, course_id=course_id),
        )
    except LmsError as err:
        yield from told(err, kind=Kind.GROUPING, course_id=course_id)
        return
    unread: set[int] = set()
    found = []
    for batch in desk.batches(
        Function.GROUPINGS,
        [grouping.grouping_id for grouping in groupings],
        lambda ids: {"groupingids": ids, "returngroups": True},
        lambda answer, ids: _groupings_of(answer, ids, course_id),
        size=_IDS_A_CALL,
    ):
        found += batch.value or []
        # One that went between the two calls is gone; of another failure nothing is concluded.
        if batch.error is not None and not isinstance(batch.error, NotFound):
            unread |= set(batch.ids)
            yield Problem.of(batch.error, kind=Kind.GROUPING, course_id=course_id)
    yield Part(
        kind=Kind.GROUPING,
        course_id=course_id,
        coverage=Coverage.WHOLE,
        records=tuple(found),
        unread=(Reach("grouping_id", frozenset(unread)),),
    )


def _groupings_of(answer: JsonValue, ids: Sequence[int], course_id: int) -> list[Grouping]:
    found = payloads.groupings(answer, course_id=course_id)
    listed(ids, {one.grouping_id for one in found}, function=Function.GROUPINGS, what="grouping")
    return [one for one in found if one.grouping_id in ids]


def _members_of(answer: JsonValue, ids: Sequence[int], course_id: int) -> list[GroupMember]:
    members = payloads.group_members(answer, course_id=course_id)
    listed(ids, members, function=Function.GROUP_MEMBERS, what="group")
    return [member for group_id in ids for member in members[group_id]]


def _cohort_members_of(answer: JsonValue, ids: Sequence[int]) -> list[CohortMember]:
    members = payloads.cohort_members(answer)
    listed(ids, members, function=Function.COHORT_MEMBERS, what="cohort")
    return [member for cohort_id in ids for member in members[cohort_id]]


def _read_members(desk: Desk, course_id: int, group_ids: list[int], roster: Roster) -> Iterator[Reading]:
    if not desk.offers(Function.GROUP_MEMBERS):
        yield _members_from_memberships(roster)
        return
    unread: set[int] = set()
    found: list[GroupMember] = []
    for batch in desk.batches(
        Function.GROUP_MEMBERS,
        group_ids,
        lambda ids: {"groupids": ids},
        lambda answer, ids: _members_of(answer, ids, course_id),
        size=_IDS_A_CALL,
    ):
        found += batch.value or []
        if batch.error is not None and not isinstance(batch.error, NotFound):
            unread |= set(batch.ids)
            yield Problem.of(batch.error, kind=Kind.GROUP_MEMBER, course_id=course_id)
    yield Part(
        kind=Kind.GROUP_MEMBER,
        course_id=course_id,
        coverage=Coverage.WHOLE,
        records=tuple(found),
        unread=(Reach("group_id", frozenset(unread)),),
    )


def read_cohorts(desk: Desk, rosters: Mapping[int, Roster], category_ids: Sequence[int]) -> Iterator[Reading]:
    """Read the site's cohorts, and who of the courses' people is in them.

    A regional site's cohorts hold people who are no business of the programme's: of them nothing is kept. Moodle lists
    all cohorts or none; a token that may not see those of others is given the ones of the categories.
    """
    coverage = Coverage.WHOLE
    try:
        cohorts = desk.call(Function.COHORTS, {}, payloads.cohorts)
    except (AccessDenied, MissingFunction) as err:
        coverage, cohorts = Coverage.PARTIAL, _cohorts_of_categories(desk, category_ids)
        if not cohorts:
            yield from _told_of_cohorts(err)
            return
    except LmsError as err:
        yield from _told_of_cohorts(err)
        return
    yield Part(kind=Kind.COHORT, course_id=None, coverage=coverage, records=tuple(cohorts))
    yield from _read_cohort_members(desk, rosters, [cohort.cohort_id for cohort in cohorts])
    desk.progress.step(Kind.COHORT)


def _told_of_cohorts(error: LmsError) -> Iterator[Reading]:
    for kind in (Kind.COHORT, Kind.COHORT_MEMBER):
        yield from told(error, kind=kind)


def _cohorts_of_categories(desk: Desk, category_ids: Sequence[int]) -> list[Cohort]:
    found: dict[int, Cohort] = {}
    for category_id in category_ids:
        params: Params = {
            "query": "",
            "context": {"contextlevel": "coursecat", "instanceid": category_id},
            "includes": "self",
            "limitnum": _MOST_COHORTS,
        }
        try:
            cohorts = desk.call(Function.COHORT_SEARCH, params, payloads.cohorts)
        except LmsError:
            # The refusal of the first call is what people are told.
            continue
        found |= {cohort.cohort_id: cohort for cohort in cohorts}
    return list(found.values())


def _read_cohort_members(desk: Desk, rosters: Mapping[int, Roster], cohort_ids: list[int]) -> Iterator[Reading]:
    people = frozenset(user_id for roster in rosters.values() for user_id in roster.people)
    unread: set[int] = set()
    found = []
    for batch in desk.batches(
        Function.COHORT_MEMBERS,
        cohort_ids,
        lambda ids: {"cohortids": ids},
        _cohort_members_of,
        size=_IDS_A_CALL,
    ):
        found += [member for member in batch.value or () if member.user_id in people]
        if batch.error is not None and not isinstance(batch.error, NotFound):
            unread |= set(batch.ids)
            yield Problem.of(batch.error, kind=Kind.COHORT_MEMBER)
    yield Part(
        kind=Kind.COHORT_MEMBER,
        course_id=None,
        coverage=Coverage.WHOLE,
        records=tuple(found),
        sight=(Reach("user_id", people), Reach("cohort_id", frozenset(cohort_ids))),
        unread=(Reach("cohort_id", frozenset(unread)),),
    )
