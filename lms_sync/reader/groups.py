"""Groups of a course, and the site's cohorts: which there are and who is in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lms_sync import payloads
from lms_sync.client import Function, Params
from lms_sync.client.answers import JsonValue
from lms_sync.errors import AccessDenied, BadAnswer, LmsError, MissingFunction, NotFound
from lms_sync.plan import Coverage, Part, Reach
from lms_sync.reader.desk import Desk, Reading, hidden, listed, told
from lms_sync.reader.people import Roster
from lms_sync.reader.report import Problem
from lms_sync.records import Cohort, CohortMember, Group, Grouping, GroupMember, Kind

__all__ = ["read_cohorts", "read_groups"]

_IDS_A_CALL = 100
_MOST_COHORTS = 1_000


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
