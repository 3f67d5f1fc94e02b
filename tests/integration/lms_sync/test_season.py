"""A full reading of the recorded season: the counts and facts that the recordings are known to hold."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

from lms_sync.client import Format, Function
from lms_sync.plan import Coverage
from lms_sync.records import Kind
from tests.integration.lms_sync.conftest import WHOLE, Read
from tests.integration.lms_sync.recorded import Params, RecordedSite


def test_the_season_is_read_whole_and_without_problems(season: Read) -> None:
    assert season.problems == []
    assert {kind: len(season.records(kind)) for kind in Kind} == {
        Kind.CATEGORY: 1,
        Kind.COURSE: 4,
        Kind.USER: 84,
        Kind.ENROLMENT: 276,
        Kind.GROUP: 12,
        Kind.GROUPING: 1,
        Kind.GROUP_MEMBER: 60,
        Kind.COHORT: 1,
        Kind.COHORT_MEMBER: 60,
        Kind.ACTIVITY: 10,
        Kind.ASSIGNMENT: 7,
        Kind.SUBMISSION: 273,
        Kind.ASSIGNMENT_GRADE: 307,
        Kind.QUIZ: 1,
        Kind.GRADE_ITEM: 16,
        Kind.GRADEBOOK_GRADE: 927,
        Kind.WORKSHOP: 2,
        Kind.WORKSHOP_CRITERION: 4,
        Kind.WORKSHOP_SUBMISSION: 57,
        Kind.WORKSHOP_ASSESSMENT: 285,
        Kind.CRITERION_MARK: 1020,
        # The recorded service lacks the function for the words of scales; completion is read in the background.
        Kind.SCALE: 0,
        Kind.ACTIVITY_COMPLETION: 0,
        Kind.COURSE_COMPLETION: 0,
    }


def test_every_course_is_told_to_be_read_whole(season: Read) -> None:
    assert [(one.course_id, one.whole, len(one.people)) for one in season.courses] == [
        (course_id, True, 64) for course_id in (2, 3, 4, 5)
    ]


def test_people_are_counted_by_role(season: Read) -> None:
    people = {(role, one.user_id) for one in season.records(Kind.ENROLMENT).values() for role in one.roles}
    assert Counter(role for role, _ in people) == {"student": 60, "editingteacher": 4, "mentor": 10, "schoolhead": 10}


def test_a_review_is_written_where_it_has_a_grade_and_then_has_a_mark_on_each_criterion(season: Read) -> None:
    written = {one.assessment_id for one in season.records(Kind.WORKSHOP_ASSESSMENT).values() if one.grade is not None}
    marks = Counter(one.assessment_id for one in season.records(Kind.CRITERION_MARK).values())
    assert len(written) == 255
    assert marks == dict.fromkeys(written, 4)
    assert sorted(one.weight for one in season.records(Kind.WORKSHOP_CRITERION).values()) == [1, 1, 1, 2]


def test_works_have_exact_grades_on_the_workshops_own_scale(season: Read) -> None:
    book = {
        one.user_id: one.grade
        for one in season.records(Kind.GRADEBOOK_GRADE).values()
        if season.records(Kind.GRADE_ITEM)[(one.item_id,)].idnumber == "peer"
        and season.records(Kind.GRADE_ITEM)[(one.item_id,)].item_number == 0
    }
    works = {one.author_id: one.grade for one in season.records(Kind.WORKSHOP_SUBMISSION).values()}
    assert len(works) == 57
    assert {user: book[user] for user in works} == works


def test_minus_one_is_no_mark(site: RecordedSite, read: Callable[..., Read]) -> None:
    def ungrade(function: str, _params: Params, value: Any) -> Any:
        if function == Function.ASSIGNMENT_GRADES:
            value = copy.deepcopy(value)
            value["assignments"][0]["grades"][0]["grade"] = "-1.00000"
        return value

    site.twist = ungrade
    grades = read(site).records(Kind.ASSIGNMENT_GRADE)
    assert [one.grade_id for one in grades.values() if one.grade is None] == [1]


def test_a_scale_is_a_scale_in_the_assignment_and_in_the_gradebook(season: Read) -> None:
    checkpoint = season.records(Kind.ASSIGNMENT)[(4,)]
    assert (checkpoint.scale_id, checkpoint.grade_max) == (3, None)
    items = [one for one in season.records(Kind.GRADE_ITEM).values() if one.is_scale]
    assert [(one.idnumber, one.grade_min, one.grade_max) for one in items] == [("checkpoint", 1, 3)]
    labels = {
        one.label: one.grade
        for one in season.records(Kind.GRADEBOOK_GRADE).values()
        if one.item_id == items[0].item_id and one.grade is not None
    }
    assert labels == {"не готов": 1, "частично готов": 2, "готов": 3}


def test_an_assignment_without_grade_has_neither_points_nor_scale(season: Read) -> None:
    diary = season.records(Kind.ASSIGNMENT)[(7,)]
    assert (diary.grade_max, diary.scale_id) == (None, None)


def test_suspended_hidden_locked_and_overridden_are_marked(season: Read) -> None:
    enrolments = season.records(Kind.ENROLMENT).values()
    assert {one.key for one in enrolments if one.suspended} == {(c, u) for c in (3, 4, 5) for u in (19, 36, 53)}
    items = {one.item_id: one.idnumber for one in season.records(Kind.GRADE_ITEM).values()}
    grades = season.records(Kind.GRADEBOOK_GRADE).values()
    assert {items[one.item_id] for one in grades if one.hidden} == {"checkpoint"}
    assert {(items[one.item_id], one.user_id) for one in grades if one.locked} == {("project", 11)}
    overridden = {(items[one.item_id], one.user_id): one.grade for one in grades if one.overridden}
    assert overridden == {("project", 13): Decimal(66), ("test", 4): Decimal(39)}


def test_a_mark_in_review_is_entered_but_not_published(season: Read) -> None:
    (analysis,) = (one for one in season.records(Kind.GRADE_ITEM).values() if one.idnumber == "analysis")
    published = {
        one.user_id
        for one in season.records(Kind.GRADEBOOK_GRADE).values()
        if one.item_id == analysis.item_id and one.grade is not None
    }
    entered = {
        one.user_id
        for one in season.records(Kind.ASSIGNMENT_GRADE).values()
        if one.assignment_id == analysis.instance_id and one.grade is not None
    }
    suspended = {19, 36, 53}
    assert entered - published - suspended
    assert published <= entered


def test_a_team_hands_in_once_and_each_member_is_marked(season: Read) -> None:
    teams = [one for one in season.records(Kind.SUBMISSION).values() if one.assignment_id == 2]
    assert {one.user_id for one in teams} == {0}
    assert {one.group_id for one in teams} == {one.group_id for one in season.records(Kind.GROUP).values()}
    marked = {one.user_id for one in season.records(Kind.ASSIGNMENT_GRADE).values() if one.assignment_id == 2}
    members = {one.user_id for one in season.records(Kind.GROUP_MEMBER).values()}
    assert marked <= members
    assert len(marked) == 57


def test_course_totals_are_read(season: Read) -> None:
    totals = {one.course_id: one for one in season.records(Kind.GRADE_ITEM).values() if one.item_type == "course"}
    assert set(totals) == {2, 3, 4, 5}
    assert all((one.instance_id, one.module, one.course_module_id) == (None, None, None) for one in totals.values())


def test_kinds_come_after_those_they_refer_to(season: Read) -> None:
    first = {part.kind: index for index, part in reversed(list(enumerate(season.parts)))}
    last = {part.kind: index for index, part in enumerate(season.parts)}
    assert last[Kind.COURSE] < first[Kind.ENROLMENT]
    assert first[Kind.USER] < first[Kind.ENROLMENT]
    assert last[Kind.USER] < first[Kind.COHORT_MEMBER]
    assert last[Kind.SCALE] < first[Kind.ASSIGNMENT]
    assert last[Kind.ASSIGNMENT] < first[Kind.SUBMISSION]
    assert last[Kind.GRADE_ITEM] > first[Kind.GRADEBOOK_GRADE] > first[Kind.GRADE_ITEM]
    assert last[Kind.WORKSHOP_SUBMISSION] < first[Kind.CRITERION_MARK]


def test_only_what_belongs_to_the_site_is_partial(season: Read) -> None:
    partial = {part.kind for part in season.parts if part.coverage is Coverage.PARTIAL}
    assert partial == {Kind.USER, Kind.CATEGORY, Kind.SCALE}


def test_progress_ends_where_it_said_it_would(season: Read) -> None:
    done, total, _ = season.steps[-1]
    assert done == total == len(season.steps)
    assert [step[0] for step in season.steps] == list(range(1, done + 1))


def test_calls_are_counted(season: Read) -> None:
    functions = Counter(function for function, _ in season.site.log)
    assert season.calls == sum(functions.values()) - 1  # the site's description came before the reading
    assert functions["mod_workshop_get_assessment_form_definition"] == 255
    assert functions["gradereport_user_get_grade_items"] == 4
    assert functions["mod_assign_get_submissions"] == functions["mod_assign_get_grades"] == 1
    assert functions["core_enrol_get_enrolled_users"] == 15  # a page and an empty one; of course 2 nobody is suspended


def test_xml_answers_give_the_same_records(site: RecordedSite, read: Callable[..., Read], season: Read) -> None:
    found = read(site, WHOLE, Format.XML)
    assert found.problems == []
    assert {kind: found.records(kind) for kind in Kind} == {kind: season.records(kind) for kind in Kind}


def test_custom_profile_fields_are_never_asked_for(season: Read) -> None:
    for function, params in season.site.log:
        if function == "core_enrol_get_enrolled_users":
            options = {one["name"]: one["value"] for one in params["options"].values()}
            assert "userfields" in options
            assert "customfields" not in options["userfields"]


def test_no_record_has_room_for_a_birth_date(season: Read) -> None:
    for part in season.parts:
        for record in part.records:
            assert is_dataclass(record)
            assert not any("birth" in one.name or "custom" in one.name for one in fields(record))
