"""The recorded season planned against itself and against the same site after a term's changes."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pytest

from lms_sync.plan import Known, Part, Plan, Presence, known, plan
from lms_sync.records import Key, Kind, Record
from tests.integration.lms_sync.conftest import Read

Store = dict[Kind, dict[Key, Known]]


def store_of(read: Read) -> Store:
    return {kind: known(read.records(kind).values()) for kind in Kind}


def plan_of(part: Part, store: Store) -> Plan:
    """Plan against the store's rows of the part's scope, as the caller of ``plan`` selects them."""
    rows = {
        key: one
        for key, one in store[part.kind].items()
        if part.course_id is None or getattr(one.record, "course_id", None) == part.course_id
    }
    return plan(part, rows)


def plans(read: Read, store: Store) -> dict[Kind, list[Plan]]:
    found: dict[Kind, list[Plan]] = {kind: [] for kind in Kind}
    for part in read.parts:
        found[part.kind].append(plan_of(part, store))
    return found


@pytest.fixture(scope="module")
def term(season: Read, after: Read) -> dict[Kind, list[Plan]]:
    return plans(after, store_of(season))


def inserted(listed: Iterable[Plan]) -> list[Record]:
    return [record for one in listed for record in one.insert]


def changed(listed: Iterable[Plan]) -> dict[Key, Record]:
    return {change.after.key: change.after for one in listed for change in one.change}


def retired(listed: Iterable[Plan]) -> set[Key]:
    return {key for one in listed for key in one.retire}


def out_of_sight(listed: Iterable[Plan]) -> set[Key]:
    return {key for one in listed for key in one.not_visible}


def test_reading_again_changes_nothing(season: Read) -> None:
    for listed in plans(season, store_of(season)).values():
        assert all(one.is_empty for one in listed)


def test_a_regrade_and_a_first_mark_arrive(term: dict[Kind, list[Plan]]) -> None:
    grades = changed(term[Kind.ASSIGNMENT_GRADE])
    assert {one.user_id: one.grade for one in grades.values() if one.assignment_id == 1}[4] == Decimal(88)
    first = {(one.user_id, one.grade) for one in inserted(term[Kind.ASSIGNMENT_GRADE])}
    assert (15, Decimal("71.5")) in first | {(one.user_id, one.grade) for one in grades.values()}


def test_a_late_submission_arrives(term: dict[Kind, list[Plan]]) -> None:
    rows = [*inserted(term[Kind.SUBMISSION]), *changed(term[Kind.SUBMISSION]).values()]
    assert 21 in {one.user_id for one in rows if one.status == "submitted" and one.assignment_id == 1}


def test_a_suspended_participant_keeps_the_marks_out_of_sight(term: dict[Kind, list[Plan]], season: Read) -> None:
    assert changed(term[Kind.ENROLMENT])[(2, 22)].suspended
    kept = {key for key, one in season.records(Kind.GRADEBOOK_GRADE).items() if (one.course_id, one.user_id) == (2, 22)}
    assert kept
    assert kept <= out_of_sight(term[Kind.GRADEBOOK_GRADE])


def test_an_unenrolled_participants_enrolment_ends_and_their_rows_are_out_of_sight(
    term: dict[Kind, list[Plan]], season: Read
) -> None:
    assert retired(term[Kind.ENROLMENT]) == {(2, 23)}
    assert {key for key, one in season.records(Kind.WORKSHOP_SUBMISSION).items() if one.author_id == 23}
    for kind in (Kind.SUBMISSION, Kind.GRADEBOOK_GRADE, Kind.ASSIGNMENT_GRADE, Kind.WORKSHOP_ASSESSMENT):
        assert all(season.records(kind)[key].course_id != 2 for key in retired(term[kind])), (
            f"{kind} of a person who left is not gone"
        )
    assert out_of_sight(term[Kind.GRADEBOOK_GRADE])


def test_a_new_participant_arrives(term: dict[Kind, list[Plan]]) -> None:
    assert [one.user_id for one in inserted(term[Kind.USER])] == [88]
    assert [(one.course_id, one.user_id, one.roles) for one in inserted(term[Kind.ENROLMENT])] == [
        (2, 88, ("student",))
    ]


def test_a_move_between_groups_arrives(term: dict[Kind, list[Plan]]) -> None:
    assert [one.key for one in inserted(term[Kind.GROUP_MEMBER])] == [(2, 7)]
    assert retired(term[Kind.GROUP_MEMBER]) == {(1, 7)}


def test_a_deleted_activity_is_gone(term: dict[Kind, list[Plan]]) -> None:
    assert retired(term[Kind.ACTIVITY]) == {(9,)}
    assert retired(term[Kind.ASSIGNMENT]) == {(7,)}


def test_a_renamed_course_and_a_moved_due_date_arrive(term: dict[Kind, list[Plan]], season: Read) -> None:
    renamed = {one.course_id for one in changed(term[Kind.COURSE]).values()}
    assert 5 in renamed
    moved = changed(term[Kind.ASSIGNMENT])[(1,)]
    assert moved.due_at > season.records(Kind.ASSIGNMENT)[(1,)].due_at


def test_an_override_a_lock_and_a_shown_item_arrive(term: dict[Kind, list[Plan]], after: Read) -> None:
    grades = changed(term[Kind.GRADEBOOK_GRADE]).values()
    items = {one.item_id: one.idnumber for one in after.records(Kind.GRADE_ITEM).values()}
    assert ("test", 5, Decimal(40)) in {
        (items[one.item_id], one.user_id, one.grade) for one in grades if one.overridden
    }
    assert ("project", 6) in {(items[one.item_id], one.user_id) for one in grades if one.locked}
    shown = {one.user_id for one in grades if items[one.item_id] == "checkpoint" and not one.hidden}
    assert len(shown) == 57


def test_a_review_written_later_arrives_with_its_marks(term: dict[Kind, list[Plan]]) -> None:
    assert changed(term[Kind.WORKSHOP_ASSESSMENT])[(4,)].grade is not None
    assert {one.assessment_id for one in inserted(term[Kind.CRITERION_MARK])} == {4}
    assert len(inserted(term[Kind.CRITERION_MARK])) == 4


def test_coming_back_into_sight_is_a_change(season: Read, after: Read) -> None:
    store = store_of(season)
    hidden = {key: Known(one.record, Presence.NOT_VISIBLE) for key, one in store[Kind.GRADEBOOK_GRADE].items()}
    again = plans(season, {**store, Kind.GRADEBOOK_GRADE: hidden})
    assert sum(len(one.change) for one in again[Kind.GRADEBOOK_GRADE]) == len(hidden)


def test_what_left_is_not_announced_twice(season: Read, after: Read, term: dict[Kind, list[Plan]]) -> None:
    store = store_of(season)
    for kind, listed in term.items():
        for one in listed:
            store[kind] |= {record.key: Known(record, Presence.PRESENT) for record in one.insert}
            store[kind] |= {change.after.key: Known(change.after, Presence.PRESENT) for change in one.change}
            store[kind] |= {key: Known(store[kind][key].record, Presence.GONE) for key in one.retire}
            store[kind] |= {key: Known(store[kind][key].record, Presence.NOT_VISIBLE) for key in one.not_visible}
    for listed in plans(after, store).values():
        assert all(one.is_empty for one in listed)
