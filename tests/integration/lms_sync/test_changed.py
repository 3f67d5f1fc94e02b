"""The reading of changes: what it asks for, and what it makes of a site that tells it less than it could."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from lms_sync.client import Client, Function, RawAnswer
from lms_sync.errors import ErrorCode, LmsError
from lms_sync.plan import Coverage
from lms_sync.reader import ChangesReader, Problem, ProblemCode, Scope
from lms_sync.reader.completion import read_completion
from lms_sync.records import Category, Key, Kind, Quiz, Record, Scale
from lms_sync.site import describe
from tests.integration.lms_sync.conftest import WHOLE, Read
from tests.integration.lms_sync.recorded import CHANGES_SINCE, TOKEN, URL, RecordedSite, error

LATER = CHANGES_SINCE + 86_400
DENIED = error("required_capability_exception", "nopermissions")


@dataclass
class Remembered:
    """What a reading gave, as the next one's beginning."""

    season: Read
    since: dict[int, int] = field(default_factory=lambda: dict.fromkeys((2, 3, 4, 5), LATER))
    without: set[tuple[Kind, Key]] = field(default_factory=set)

    def since_s(self, course_id: int) -> int | None:
        return self.since.get(course_id)

    def people(self, course_id: int) -> str:
        return {one.course_id: one.people for one in self.season.courses}[course_id]

    def present(self, kind: Kind, course_id: int | None) -> Mapping[Key, Record]:
        found = self.season.records(kind)
        return {
            key: record
            for key, record in found.items()
            if course_id is None or getattr(record, "course_id", None) == course_id
            if (kind, key) not in self.without
        }


@pytest.fixture
def memory(season: Read) -> Remembered:
    return Remembered(season)


def read_changes(site: RecordedSite, memory: Remembered, scope: Scope = WHOLE) -> Read:
    client = Client(URL, TOKEN, transport=site, sleep=lambda _seconds: None)
    reader = ChangesReader(client, describe(client), scope, memory)
    read = Read(site, 0)
    site.log.clear()
    for one in reader.read():
        read.take(one)
    read.calls = len(site.log)
    return read


def functions(site: RecordedSite) -> Counter[str]:
    return Counter(function for function, _ in site.log)


def twisted(site: RecordedSite, function: Function, answer: Any, **wanted: str) -> None:
    def twist(called: str, params: Mapping[str, Any], value: Any) -> Any:
        meant = called == function and all(params.get(name) == told for name, told in wanted.items())
        return answer if meant else value

    site.twist = twist


def whole(read: Read) -> dict[int, bool]:
    return {one.course_id: one.whole for one in read.courses}


def test_nothing_changed_takes_three_calls_of_the_site_and_two_a_course(site: RecordedSite, memory: Remembered) -> None:
    found = read_changes(site, memory)
    assert found.problems == []
    assert found.calls == 3 + 2 * 4  # the site's description came before
    assert whole(found) == dict.fromkeys((2, 3, 4, 5), False)
    assert {part.kind for part in found.parts} == {Kind.COURSE, Kind.SCALE, Kind.ASSIGNMENT, Kind.WORKSHOP}


def test_a_course_that_was_never_read_is_read_whole(site: RecordedSite, memory: Remembered) -> None:
    del memory.since[5]
    found = read_changes(site, memory)
    assert whole(found) == {2: False, 3: False, 4: False, 5: True}
    assert functions(site)[Function.COURSE_CONTENTS] == 1
    gradebook = [part.course_id for part in found.parts if part.kind is Kind.GRADEBOOK_GRADE]
    assert gradebook == [5]


def test_subcategories_are_asked_for_their_courses(site: RecordedSite, memory: Remembered) -> None:
    parent = next(iter(memory.season.records(Kind.CATEGORY).values()))
    assert isinstance(parent, Category)
    inner = Category(99, parent.category_id, "Внутренняя", "")
    memory.season = replace(memory.season, parts=[*memory.season.parts])
    part = next(part for part in memory.season.parts if part.kind is Kind.CATEGORY)
    memory.season.parts[memory.season.parts.index(part)] = replace(part, records=(parent, inner))
    read_changes(site, memory)
    asked = [params["value"] for function, params in site.log if function == Function.COURSES_BY_FIELD]
    assert asked == ["2", "99"]


def test_without_the_right_to_list_the_active_a_course_is_read_whole(site: RecordedSite, memory: Remembered) -> None:
    def twist(function: str, params: Mapping[str, Any], value: Any) -> Any:
        options = {option["name"] for option in params.get("options", {}).values()}
        return DENIED if function == Function.ENROLLED_USERS and "onlyactive" in options else value

    site.twist = twist
    found = read_changes(site, memory)
    assert whole(found) == dict.fromkeys((2, 3, 4, 5), True)
    assert found.problems == []


def test_a_course_that_does_not_answer_is_left_and_told(site: RecordedSite, memory: Remembered) -> None:
    twisted(site, Function.ENROLLED_USERS, RawAnswer(500, "", b""), courseid="3")
    found = read_changes(site, memory)
    assert whole(found) == {2: False, 4: False, 5: False}
    assert [(one.course_id, one.kind, one.code) for one in found.problems] == [
        (3, Kind.ENROLMENT, ErrorCode.SERVER_ERROR)
    ]


@pytest.mark.parametrize("answer", [error("dml_read_exception", "dmlreadexception"), DENIED])
def test_a_course_without_hints_is_read_but_for_its_people(site: RecordedSite, memory: Remembered, answer: Any) -> None:
    twisted(site, Function.UPDATES_SINCE, answer, courseid="2")
    found = read_changes(site, memory)
    assert found.problems == []
    assert whole(found) == dict.fromkeys((2, 3, 4, 5), False)
    kinds = {part.kind for part in found.parts if part.course_id == 2}
    assert kinds >= {Kind.ACTIVITY, Kind.QUIZ, Kind.SUBMISSION, Kind.GRADEBOOK_GRADE, Kind.WORKSHOP_ASSESSMENT}
    assert kinds.isdisjoint({Kind.ENROLMENT, Kind.GROUP})
    submissions = [part for part in found.parts if part.kind is Kind.SUBMISSION]
    assert [part.coverage for part in submissions] == [Coverage.PARTIAL]
    assert functions(site)[Function.WORKSHOP_FORM] == 0, "no review's sum changed"


def test_a_list_that_fails_is_told_and_its_course_asked_again(site: RecordedSite, memory: Remembered) -> None:
    twisted(site, Function.ASSIGNMENTS, error("dml_read_exception", "dmlreadexception"))
    found = read_changes(site, memory)
    assert found.courses == []
    assert {one.kind for one in found.problems} == {Kind.ASSIGNMENT}


def test_one_more_assignment_is_a_reason_to_read_the_course_whole(site: RecordedSite, memory: Remembered) -> None:
    memory.without.add((Kind.ASSIGNMENT, (1,)))
    found = read_changes(site, memory)
    assert whole(found) == {2: True, 3: False, 4: False, 5: False}
    assert functions(site)[Function.WORKSHOP_FORM] == 0, "the marks of its reviews are known"


def test_without_the_marks_of_reviews_none_are_asked_for(site: RecordedSite, memory: Remembered) -> None:
    memory.without.add((Kind.ASSIGNMENT, (1,)))
    found = read_changes(site, memory, replace(WHOLE, criterion_marks=False))
    assert whole(found)[2]
    twisted(site, Function.UPDATES_SINCE, DENIED, courseid="2")
    found = read_changes(site, memory, replace(WHOLE, criterion_marks=False))
    assert Kind.CRITERION_MARK not in {part.kind for part in found.parts}


def test_a_hidden_course_is_told_and_not_read(site: RecordedSite, memory: Remembered) -> None:
    def twist(function: str, params: Mapping[str, Any], value: Any) -> Any:
        if function == Function.COURSES_BY_FIELD and params["field"] == "category":
            return value | {"courses": [row for row in value["courses"] if row["id"] != 5]}
        if function == Function.COURSES_BY_FIELD:
            return {"courses": [], "warnings": []}
        return value

    site.twist = twist
    found = read_changes(site, memory, replace(WHOLE, course_ids=(2, 3, 4, 5)))
    assert [(one.course_id, one.code) for one in found.problems] == [(5, ProblemCode.COURSE_NOT_ACCESSIBLE)]
    assert set(whole(found)) == {2, 3, 4}


def test_a_site_in_maintenance_ends_the_reading(site: RecordedSite, memory: Remembered) -> None:
    twisted(site, Function.UPDATES_SINCE, error("moodle_exception", "sitemaintenance"))
    with pytest.raises(LmsError) as caught:
        read_changes(site, memory)
    assert caught.value.code is ErrorCode.MAINTENANCE


# ---------------------------------------------------------------- quizzes and scales


def offering(site: RecordedSite, *extra: Function, less: frozenset[str] = frozenset()) -> None:
    listed = [row for row in site.body("site_info")["functions"] if row["name"] not in less]
    listed += [{"name": function.value, "version": "1"} for function in extra]
    site.bodies = {**site.bodies, "site_info": site.body("site_info") | {"functions": listed}}
    earlier = site.twist
    site.twist = lambda function, params, value: (
        site.body("site_info") if function == Function.SITE_INFO else earlier(function, params, value)
    )


def test_quizzes_that_the_service_does_not_offer_are_not_visible_and_no_problem(site: RecordedSite, read: Any) -> None:
    offering(site, less=frozenset({Function.QUIZZES.value}))
    found = read(site)
    assert found.problems == []
    quizzes = [part for part in found.parts if part.kind is Kind.QUIZ]
    assert {part.coverage for part in quizzes} == {Coverage.NOT_VISIBLE}


def test_a_closed_courses_quizzes_are_not_visible_and_a_failure_is_told(site: RecordedSite, read: Any) -> None:
    warning = {"item": "course", "itemid": 2, "warningcode": "1", "message": ""}
    twisted(site, Function.QUIZZES, {"quizzes": [], "warnings": [warning]})
    parts = {part.course_id: part.coverage for part in read(site).parts if part.kind is Kind.QUIZ}
    assert parts == {2: Coverage.NOT_VISIBLE, 3: Coverage.WHOLE, 4: Coverage.WHOLE, 5: Coverage.WHOLE}
    twisted(site, Function.QUIZZES, error("dml_read_exception", "dmlreadexception"))
    assert {one.kind for one in read(site).problems} == {Kind.QUIZ}


def test_the_recorded_quiz_is_read(season: Read) -> None:
    (quiz,) = season.records(Kind.QUIZ).values()
    assert isinstance(quiz, Quiz)
    assert (quiz.course_id, quiz.course_module_id, quiz.grade_max) == (2, 2, 40)


def test_the_words_of_scales_are_read_where_the_service_offers_them(site: RecordedSite, read: Any) -> None:
    words = [{"id": 1, "name": "не готов"}, {"id": 2, "name": "частично готов"}, {"id": 3, "name": "готов"}]
    twisted(site, Function.SCALE_VALUES, words)
    offering(site, Function.SCALE_VALUES)
    assert list(read(site).records(Kind.SCALE).values()) == [Scale(3, ("не готов", "частично готов", "готов"))]


def test_a_scale_that_cannot_be_read_is_told(site: RecordedSite, read: Any) -> None:
    twisted(site, Function.SCALE_VALUES, error("moodle_exception", "whatever"))
    offering(site, Function.SCALE_VALUES)
    found = read(site)
    assert [(one.course_id, one.kind) for one in found.problems] == [(None, Kind.SCALE)]


# ---------------------------------------------------------------- completion


def completion(site: RecordedSite, *pairs: tuple[int, int], without: frozenset[int] = frozenset()) -> Read:
    client = Client(URL, TOKEN, transport=site, sleep=lambda _seconds: None)
    read = Read(site, 0)
    for one in read_completion(client, describe(client), pairs, without_criteria=without):
        read.take(one)
    return read


def test_a_person_is_asked_about_and_the_others_stay_as_they_are(site: RecordedSite) -> None:
    found = completion(site, (3, 10), (2, 10))
    assert found.problems == []
    activities = [part for part in found.parts if part.kind is Kind.ACTIVITY_COMPLETION]
    assert {part.course_id: [reach.ids for reach in part.about] for part in activities} == {
        2: [frozenset({10})],
        3: [frozenset({10})],
    }
    assert all(part.records for part in activities)


def test_a_course_without_criteria_is_told_once_and_then_passed_over(site: RecordedSite) -> None:
    found = completion(site, (2, 3), (2, 4))
    told = [part for part in found.parts if part.kind is Kind.COURSE_COMPLETION]
    assert [(part.course_id, part.coverage) for part in told] == [(2, Coverage.NOT_VISIBLE)]
    assert functions(site)[Function.COURSE_COMPLETION] == 1
    site.log.clear()
    completion(site, (2, 3), without=frozenset({2}))
    assert functions(site)[Function.COURSE_COMPLETION] == 0


def test_a_course_with_criteria_tells_who_met_them(site: RecordedSite) -> None:
    twisted(site, Function.COURSE_COMPLETION, {"completionstatus": {"completed": True}, "warnings": []})
    found = completion(site, (2, 3), (2, 4))
    assert {record.user_id: record.completed for record in found.records(Kind.COURSE_COMPLETION).values()} == {
        3: True,
        4: True,
    }


@pytest.mark.parametrize("code", ["usernotenroled", "invalidrecord"])
def test_who_left_is_no_problem(site: RecordedSite, code: str) -> None:
    twisted(site, Function.ACTIVITY_COMPLETION, error("moodle_exception", code))
    found = completion(site, (2, 3))
    assert found.problems == []
    (part,) = [part for part in found.parts if part.kind is Kind.ACTIVITY_COMPLETION]
    assert (part.records, part.about[0].ids) == ((), frozenset())


def test_failures_are_told_once_a_course_with_their_number(site: RecordedSite) -> None:
    broken = error("dml_read_exception", "dmlreadexception")
    site.twist = lambda function, _params, value: broken if function != Function.SITE_INFO else value
    found = completion(site, (2, 3), (2, 4))
    assert [(one.course_id, one.kind, one.facts["people"]) for one in found.problems] == [
        (2, Kind.ACTIVITY_COMPLETION, 2),
        (2, Kind.COURSE_COMPLETION, 2),
    ]


def test_a_course_that_does_not_answer_is_told_as_any(site: RecordedSite) -> None:
    twisted(site, Function.COURSE_COMPLETION, RawAnswer(500, "", b""))
    assert [(one.kind, one.code) for one in completion(site, (2, 3)).problems] == [
        (Kind.COURSE_COMPLETION, ErrorCode.SERVER_ERROR)
    ]


def test_who_is_not_followed_keeps_what_was_known(site: RecordedSite) -> None:
    row = {"cmid": 1, "state": 0, "timecompleted": 0, "istrackeduser": False}
    twisted(site, Function.ACTIVITY_COMPLETION, {"statuses": [row], "warnings": []})
    (part,) = [part for part in completion(site, (2, 3)).parts if part.kind is Kind.ACTIVITY_COMPLETION]
    assert (part.records, part.about[0].ids) == ((), frozenset())


def test_a_service_without_completion_is_not_asked(site: RecordedSite) -> None:
    offering(site, less=frozenset({Function.ACTIVITY_COMPLETION.value, Function.COURSE_COMPLETION.value}))
    assert completion(site, (2, 3)).parts == []
    assert [one for one in completion(site, (2, 3)).problems if isinstance(one, Problem)] == []


def test_a_lost_site_ends_the_reading_of_completion(site: RecordedSite) -> None:
    twisted(site, Function.ACTIVITY_COMPLETION, error("moodle_exception", "sitemaintenance"))
    with pytest.raises(LmsError):
        completion(site, (2, 3))
