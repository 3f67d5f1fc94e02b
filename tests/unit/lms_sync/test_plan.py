from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_sync.plan import Coverage, Known, Part, Presence, Reach, known, person_of, plan
from lms_sync.records import AssignmentGrade, Course, Enrolment, GroupMember, Kind, Submission, WorkshopAssessment


def grade(grade_id: int, user_id: int = 3, mark: int | None = 50, assignment_id: int = 1) -> AssignmentGrade:
    value = None if mark is None else Decimal(mark)
    return AssignmentGrade(grade_id, 2, assignment_id, user_id, 0, 64, value, None, None)


def part(*records: AssignmentGrade, coverage: Coverage = Coverage.WHOLE, **more) -> Part:
    return Part(Kind.ASSIGNMENT_GRADE, 2, coverage, records, **more)


def test_new_changed_and_vanished_rows_are_told_apart() -> None:
    local = known([grade(1), grade(2), grade(3)])
    decided = plan(part(grade(1), grade(2, mark=60), grade(4)), local)
    assert [one.grade_id for one in decided.insert] == [4]
    assert [(one.before, one.after) for one in decided.change] == [(grade(2), grade(2, mark=60))]
    assert decided.retire == ((3,),)
    assert decided.not_visible == ()
    assert decided.unchanged == 1
    assert not decided.is_empty


def test_a_partial_part_is_silent_about_what_it_does_not_list() -> None:
    decided = plan(part(grade(4), coverage=Coverage.PARTIAL), known([grade(1)]))
    assert [one.grade_id for one in decided.insert] == [4]
    assert (decided.retire, decided.not_visible) == ((), ())


def test_a_part_that_may_not_be_seen_hides_all_and_deletes_nothing() -> None:
    decided = plan(part(coverage=Coverage.NOT_VISIBLE), known([grade(1), grade(2)]))
    assert decided.not_visible == ((1,), (2,))
    assert decided.retire == ()


def test_rows_of_people_who_departed_are_out_of_sight() -> None:
    decided = plan(part(departed=frozenset({3})), known([grade(1, user_id=3), grade(2, user_id=4)]))
    assert (decided.not_visible, decided.retire) == (((1,),), ((2,),))


def test_rows_outside_the_sight_are_out_of_sight() -> None:
    sight = (Reach("user_id", frozenset({4})), Reach("assignment_id", frozenset({1})))
    local = known([grade(1, user_id=3), grade(2, user_id=4), grade(3, user_id=4, assignment_id=2)])
    decided = plan(part(sight=sight), local)
    assert (decided.not_visible, decided.retire) == (((1,), (3,)), ((2,),))


def test_rows_of_a_hidden_activity_are_out_of_sight() -> None:
    hidden = (Reach("assignment_id", frozenset({2})),)
    decided = plan(part(hidden=hidden), known([grade(1), grade(2, assignment_id=2)]))
    assert (decided.not_visible, decided.retire) == (((2,),), ((1,),))


def test_rows_that_could_not_be_read_stay_as_they_are() -> None:
    unread = (Reach("assignment_id", frozenset({2})),)
    decided = plan(part(unread=unread, coverage=Coverage.NOT_VISIBLE), known([grade(1), grade(2, assignment_id=2)]))
    assert (decided.not_visible, decided.retire) == (((1,),), ())


def test_a_row_that_is_listed_needs_no_sight() -> None:
    decided = plan(part(grade(1, mark=70), sight=(Reach("user_id", frozenset()),)), known([grade(1)]))
    assert len(decided.change) == 1
    assert decided.not_visible == ()


@pytest.mark.parametrize("presence", [Presence.GONE, Presence.NOT_VISIBLE])
def test_a_row_that_is_back_is_a_change(presence: Presence) -> None:
    decided = plan(part(grade(1)), known([grade(1)], presence))
    assert len(decided.change) == 1
    assert decided.unchanged == 0


def test_what_is_marked_already_is_not_marked_again() -> None:
    local = {
        (1,): Known(grade(1), Presence.GONE),
        (2,): Known(grade(2), Presence.NOT_VISIBLE),
    }
    assert plan(part(coverage=Coverage.NOT_VISIBLE), local).is_empty
    decided = plan(part(), local)
    assert decided.retire == ((2,),)


def test_of_two_rows_with_one_key_the_later_wins() -> None:
    decided = plan(part(grade(1, mark=1), grade(1, mark=2)), {})
    assert decided.insert == (grade(1, mark=2),)


def test_the_person_a_record_is_about() -> None:
    assert person_of(grade(1, user_id=7)) == 7
    assert person_of(WorkshopAssessment(1, 2, 3, 4, 8, 1, None, None)) == 8
    assert person_of(Course(2, 1, "a", "b", "", visible=True, starts_at=None, ends_at=None, modified_at=None)) is None


def test_a_teams_row_is_about_nobody_who_could_leave() -> None:
    team = Submission(1, 2, 1, 0, 4, 0, "submitted", None, None)
    kept = Part(Kind.SUBMISSION, 2, Coverage.WHOLE, (), sight=(Reach("user_id", frozenset({0, 3})),))
    assert plan(kept, known([team])).retire == ((1,),)


RECORDS = st.lists(
    st.builds(
        grade,
        st.integers(1, 6),
        user_id=st.integers(1, 4),
        mark=st.none() | st.integers(0, 3),
        assignment_id=st.integers(1, 2),
    ),
    unique_by=lambda record: record.key,
    max_size=6,
)
REACH = st.lists(
    st.builds(Reach, st.sampled_from(["user_id", "assignment_id"]), st.frozensets(st.integers(1, 4))), max_size=2
).map(tuple)


REACHES = st.fixed_dictionaries({"sight": REACH, "hidden": REACH, "unread": REACH})


@given(RECORDS, RECORDS.flatmap(lambda rows: st.tuples(st.just(rows), st.sampled_from(Presence))), st.data())
def test_a_plan_does_not_depend_on_order_and_its_lists_are_disjoint(remote, stored, data) -> None:
    local, presence = stored
    coverage, reach = data.draw(st.sampled_from(Coverage)), data.draw(REACHES)
    random = data.draw(st.randoms())
    rows = known(local, presence)
    decided = plan(part(*remote, coverage=coverage, **reach), rows)
    shuffled = list(remote)
    random.shuffle(shuffled)
    assert plan(part(*shuffled, coverage=coverage, **reach), rows) == decided
    lists = [
        [record.key for record in decided.insert],
        [change.after.key for change in decided.change],
        list(decided.retire),
        list(decided.not_visible),
    ]
    keys = [key for one in lists for key in one]
    assert len(keys) == len(set(keys))
    assert all(one == sorted(one) for one in lists)
    assert set(lists[0]) == {record.key for record in remote} - rows.keys()


@given(RECORDS, RECORDS, REACH, REACH, REACH)
def test_applying_a_plan_leaves_nothing_to_plan(remote, local, sight, hidden, unread) -> None:
    said = part(*remote, sight=sight, hidden=hidden, unread=unread)
    rows = known(local)
    decided = plan(said, rows)
    rows |= known(decided.insert)
    rows |= known([change.after for change in decided.change])
    rows |= {key: Known(rows[key].record, Presence.GONE) for key in decided.retire}
    rows |= {key: Known(rows[key].record, Presence.NOT_VISIBLE) for key in decided.not_visible}
    assert plan(said, rows).is_empty


def test_enrolments_and_memberships_end_without_a_reach() -> None:
    enrolment = Enrolment(2, 3, ("student",), suspended=False)
    assert plan(Part(Kind.ENROLMENT, 2, Coverage.WHOLE), known([enrolment])).retire == ((2, 3),)
    member = GroupMember(2, 1, 3)
    assert plan(Part(Kind.GROUP_MEMBER, 2, Coverage.WHOLE), known([member])).retire == ((1, 3),)
