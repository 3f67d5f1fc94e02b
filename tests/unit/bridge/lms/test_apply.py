"""One part of a reading, written: what is new, what changed, what is gone, what is out of sight, what came back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bridge.core.db import Database
from bridge.lms.apply import BATCH, Counts, apply_part
from bridge.lms.models import LmsCoverage, LmsGroup, LmsGroupMember, LmsSite
from bridge.lms.records import load_present
from lms_sync.plan import Coverage, Part, Reach
from lms_sync.records import Group, GroupMember, Kind

HOUR = timedelta(hours=1)


@pytest.fixture
def take(database: Database, site_id: int) -> Any:
    def apply(*groups: Group, now: datetime, coverage: Coverage = Coverage.WHOLE, **more: Any) -> Counts:
        part = Part(Kind.GROUP, 2, coverage, groups, **more)
        with database.writing() as session:
            return apply_part(session, session.get_one(LmsSite, site_id), part, now=now)

    return apply


@pytest.fixture
def row(database: Database) -> Any:
    def find(group_id: int) -> LmsGroup:
        with database.reading() as session:
            return session.scalars(select(LmsGroup).where(LmsGroup.moodle_group_id == group_id)).one()

    return find


def group(number: int, name: str = "Команда", course_id: int = 2) -> Group:
    return Group(number, course_id, name, "")


def test_what_is_new_is_inserted_with_the_time_it_was_seen(take: Any, row: Any, now: datetime) -> None:
    assert take(group(1), group(2), now=now) == Counts(inserted=2)
    assert (row(1).name, row(1).presence) == ("Команда", "present")
    assert {row(1).first_seen_at, row(1).changed_at, row(1).presence_at} == {now}


def test_what_changed_keeps_the_time_it_was_first_seen(take: Any, row: Any, now: datetime) -> None:
    take(group(1), group(2), now=now)
    assert take(group(1), group(2, "Другая"), now=now + HOUR) == Counts(changed=1)
    assert (row(2).name, row(2).first_seen_at, row(2).changed_at) == ("Другая", now, now + HOUR)
    assert row(1).changed_at == now


def test_the_same_again_writes_nothing_but_that_it_was_read(
    take: Any, row: Any, database: Database, now: datetime
) -> None:
    take(group(1), now=now)
    assert take(group(1), now=now + HOUR) == Counts()
    assert row(1).changed_at == now
    assert coverage(database) == [("group", 2, "whole", now + HOUR)]


def test_what_a_whole_answer_lacks_is_gone_and_kept(take: Any, row: Any, now: datetime) -> None:
    take(group(1), group(2), now=now)
    assert take(group(1), now=now + HOUR) == Counts(retired=1)
    assert (row(2).presence, row(2).presence_at, row(2).changed_at) == ("gone", now + HOUR, now)
    assert take(group(1), now=now + 2 * HOUR) == Counts()
    assert row(2).presence_at == now + HOUR


def test_what_a_partial_answer_lacks_stays(take: Any, row: Any, now: datetime) -> None:
    take(group(1), group(2), now=now)
    assert take(group(1), now=now + HOUR, coverage=Coverage.PARTIAL) == Counts()
    assert row(2).presence == "present"


def test_what_may_not_be_seen_is_not_gone(take: Any, row: Any, now: datetime) -> None:
    take(group(1), group(2), now=now)
    assert take(now=now + HOUR, coverage=Coverage.NOT_VISIBLE) == Counts(not_visible=2)
    assert (row(1).presence, row(1).name) == ("not_visible", "Команда")
    assert take(group(1), now=now + 2 * HOUR, hidden=(Reach("group_id", frozenset({2})),)) == Counts(changed=1)
    assert [row(1).presence, row(2).presence] == ["present", "not_visible"]


def test_what_comes_back_is_present_again_even_if_it_is_the_same(take: Any, row: Any, now: datetime) -> None:
    take(group(1), group(2), now=now)
    take(group(1), now=now + HOUR)
    assert take(group(1), group(2), now=now + 2 * HOUR) == Counts(changed=1)
    assert (row(2).presence, row(2).presence_at) == ("present", now + 2 * HOUR)


def test_another_course_is_none_of_a_parts_business(take: Any, row: Any, database: Database, now: datetime) -> None:
    take(group(1), now=now)
    take(group(9, course_id=2), group(1), now=now)
    with database.writing() as session:
        site = session.scalars(select(LmsSite)).one()
        elsewhere = Part(Kind.GROUP, 3, Coverage.WHOLE, (group(7, course_id=3),))
        assert apply_part(session, site, elsewhere, now=now) == Counts(inserted=1)
    assert {row(number).presence for number in (1, 7, 9)} == {"present"}
    assert {course for _, course, _, _ in coverage(database)} == {2, 3}


def test_more_rows_than_a_statement_takes_are_written_all(database: Database, site_id: int, now: datetime) -> None:
    members = tuple(GroupMember(2, 1, user) for user in range(2 * BATCH + 1))
    with database.writing() as session:
        site = session.get_one(LmsSite, site_id)
        counts = apply_part(session, site, Part(Kind.GROUP_MEMBER, 2, Coverage.WHOLE, members), now=now)
    assert counts == Counts(inserted=len(members))
    with database.reading() as session:
        assert load_present(session, Kind.GROUP_MEMBER, site_id=site_id) == members
        assert len(session.scalars(select(LmsGroupMember.id)).all()) == len(members)


def test_a_partial_answer_does_not_make_less_of_what_was_known_whole(
    take: Any, database: Database, now: datetime
) -> None:
    take(group(1), now=now)
    take(group(1), now=now + HOUR, coverage=Coverage.PARTIAL)
    assert coverage(database) == [("group", 2, "whole", now + HOUR)]
    take(now=now + 2 * HOUR, coverage=Coverage.NOT_VISIBLE)
    assert coverage(database) == [("group", 2, "not_visible", now + 2 * HOUR)]


def coverage(database: Database) -> list[tuple[str, int, str, datetime]]:
    with database.reading() as session:
        found = session.scalars(select(LmsCoverage).order_by(LmsCoverage.moodle_course_id)).all()
        return [(row.kind, row.moodle_course_id, row.coverage, row.read_at) for row in found]
