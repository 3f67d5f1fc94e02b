"""A reading of a site that misbehaves: passing faults change nothing, lasting ones cost only what they touch."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from lms_sync.client import Function, RawAnswer
from lms_sync.errors import AnswerTooLarge, BadToken, ErrorCode, Maintenance, RateLimited, Unreachable
from lms_sync.plan import Coverage, Part
from lms_sync.reader import Problem, ProblemCode, Scope, people, workshops
from lms_sync.records import Kind
from lms_sync.site import NEEDED, WANTED
from tests.integration.lms_sync.conftest import WHOLE, Read
from tests.integration.lms_sync.recorded import Params, RecordedSite, error

ReadAll = Callable[..., Read]
HTML = RawAnswer(200, "text/html", b"<!DOCTYPE html><html><body>502</body></html>")


def raw(value: Any, before: bytes = b"", after: bytes = b"") -> RawAnswer:
    return RawAnswer(200, "application/json", before + json.dumps(value).encode() + after)


def content(read: Read) -> dict[Kind, dict]:
    return {kind: read.records(kind) for kind in Kind}


def only(read: Read, kind: Kind, course_id: int | None) -> Part:
    (found,) = [part for part in read.parts if part.kind is kind and part.course_id == course_id]
    return found


def kinds(problems: list[Problem]) -> Counter[tuple[int | None, Kind | None, str]]:
    return Counter((problem.course_id, problem.kind, problem.code) for problem in problems)


def asked(params: Params, name: str) -> set[str]:
    return set(params[name].values())


# ---------------------------------------------------------------- faults that pass

PASSING: dict[str, Callable[[Any], Any]] = {
    "a web page": lambda _value: HTML,
    "an empty answer": lambda _value: RawAnswer(200, "", b""),
    "half an answer": lambda value: RawAnswer(200, "", json.dumps(value).encode()[: len(json.dumps(value)) // 2]),
    "an answer twice": lambda value: RawAnswer(200, "", json.dumps(value).encode() * 2),
    "not UTF-8": lambda value: raw(value, before=b"\xff\xfe"),
    "500": lambda _value: RawAnswer(500, "text/html", b"<html>"),
    "502": lambda _value: RawAnswer(502, "", b""),
    "503 without a time": lambda _value: RawAnswer(503, "", b""),
    "503 with a time": lambda _value: RawAnswer(503, "", b"", retry_after_s=3.0),
    "429": lambda _value: RawAnswer(429, "", b"", retry_after_s=3.0),
    "404 of a proxy": lambda _value: RawAnswer(404, "text/html", b"<html>"),
    "no connection": lambda _value: Unreachable("refused", arrived=False),
    "cut off": lambda _value: Unreachable("cut", code=ErrorCode.BROKEN_OFF),
    "silence": lambda _value: Unreachable("silent", code=ErrorCode.READ_TIMEOUT),
    "too slow": lambda _value: Unreachable("slow", code=ErrorCode.DEADLINE),
    "a busy database": lambda _value: error("dml_read_exception", "dmlreadexception"),
    "no lock": lambda _value: error("moodle_exception", "locktimeout"),
    "notices before": lambda value: raw(
        value, before=b"<br />\n<b>Notice</b>:  x in <b>y</b> on line <b>1</b><br />\n"
    ),
    "notices after": lambda value: raw(value, after=b"\nDeprecated: x in y.php on line 1\n"),
}


def raising(value: Any) -> Any:
    if isinstance(value, Exception):
        raise value
    return value


@pytest.mark.parametrize("fault", PASSING)
def test_a_passing_fault_in_every_call_changes_nothing(
    fault: str, site: RecordedSite, read: ReadAll, season: Read
) -> None:
    seen: set[str] = set()

    def once(function: str, params: Params, value: Any) -> Any:
        call = json.dumps([function, params], sort_keys=True)
        if function == Function.SITE_INFO or call in seen:
            return value
        seen.add(call)
        return raising(PASSING[fault](value))

    site.twist = once
    found = read(site)
    assert found.problems == []
    assert content(found) == content(season) | {Kind.WORKSHOP_CRITERION: {}, Kind.CRITERION_MARK: {}}


@pytest.mark.parametrize("seed", range(4))
def test_passing_faults_at_random_change_nothing(seed: int, site: RecordedSite, read: ReadAll, season: Read) -> None:
    chance = random.Random(seed)  # noqa: S311
    in_a_row: Counter[str] = Counter()

    def sometimes(function: str, params: Params, value: Any) -> Any:
        call = json.dumps([function, params], sort_keys=True)
        if chance.random() < 0.25 and in_a_row[call] < 3:
            in_a_row[call] += 1
            return raising(PASSING[chance.choice(sorted(PASSING))](value))
        return value

    fault_free_first = iter([True])
    site.twist = lambda function, params, value: (
        value if next(fault_free_first, False) else sometimes(function, params, value)
    )
    found = read(site, WHOLE)
    assert found.problems == []
    assert content(found) == content(season)


# ---------------------------------------------------------------- faults that end a reading


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        (error("moodle_exception", "invalidtoken"), BadToken),
        (error("moodle_exception", "sitemaintenance"), Maintenance),
        (RawAnswer(429, "", b"", retry_after_s=3600.0), RateLimited),
        (Unreachable("gone", arrived=False), Unreachable),
        (RawAnswer(500, "", b""), Unreachable),
    ],
)
def test_a_site_that_is_out_of_reach_midway_ends_the_reading(
    answer: Any, raised: type[Exception], site: RecordedSite, read: ReadAll
) -> None:
    calls = iter(range(1000))
    site.twist = lambda _function, _params, value: value if next(calls) < 20 else raising(answer)
    with pytest.raises(raised):
        read(site)
    assert len(site.log) < 60


def test_a_refused_function_of_a_revoked_token_ends_the_reading(site: RecordedSite, read: ReadAll) -> None:
    calls = iter(range(1000))
    refusal = error("webservice_access_exception", "accessexception")
    site.twist = lambda _function, _params, value: value if next(calls) < 20 else refusal
    with pytest.raises(BadToken):
        read(site)


# ---------------------------------------------------------------- faults of one course, activity or row


def broken_for(function: Function, answer: Any, **wanted: str) -> Callable[[str, Params, Any], Any]:
    def twist(called: str, params: Params, value: Any) -> Any:
        if called == function and all(params.get(name) == value for name, value in wanted.items()):
            return raising(answer)
        return value

    return twist


def test_one_course_whose_gradebook_always_fails_does_not_stop_the_others(
    site: RecordedSite, read: ReadAll, season: Read
) -> None:
    site.twist = broken_for(Function.GRADEBOOK, RawAnswer(500, "", b""), courseid="4")
    found = read(site)
    assert kinds(found.problems) == {
        (4, Kind.GRADE_ITEM, ErrorCode.SERVER_ERROR): 1,
        (4, Kind.GRADEBOOK_GRADE, ErrorCode.SERVER_ERROR): 1,
    }
    assert {part.course_id for part in found.parts if part.kind is Kind.GRADEBOOK_GRADE} == {2, 3, 5}
    expected = {key: one for key, one in season.records(Kind.GRADEBOOK_GRADE).items() if one.course_id != 4}
    assert found.records(Kind.GRADEBOOK_GRADE) == expected


def test_a_gradebook_that_breaks_on_one_person_is_read_person_by_person(
    site: RecordedSite, read: ReadAll, season: Read
) -> None:
    invalid = error("invalid_response_exception", "invalidresponse")

    def twist(called: str, params: Params, value: Any) -> Any:
        if called != Function.GRADEBOOK or params["courseid"] != "4":
            return value
        if params.get("userid", "8") == "8":
            return invalid
        book = site.body("gradebook_individual")
        return {"usergrades": [row for row in book["usergrades"] if str(row["userid"]) == params["userid"]]}

    site.twist = twist
    found = read(site)
    (problem,) = found.problems
    assert (problem.course_id, problem.code, problem.facts["user_id"]) == (4, ErrorCode.REMOTE, 8)
    expected = {
        key: one for key, one in season.records(Kind.GRADEBOOK_GRADE).items() if (one.course_id, one.user_id) != (4, 8)
    }
    assert found.records(Kind.GRADEBOOK_GRADE) == expected
    part = only(found, Kind.GRADEBOOK_GRADE, 4)
    assert {reach.field: reach.ids for reach in part.unread} == {"user_id": {8}}


def test_a_gradebook_that_breaks_for_everybody_is_told_once(site: RecordedSite, read: ReadAll) -> None:
    invalid = error("invalid_response_exception", "invalidresponse")
    site.twist = broken_for(Function.GRADEBOOK, invalid, courseid="4")
    found = read(site)
    assert kinds(found.problems) == {(4, Kind.GRADE_ITEM, "remote"): 1, (4, Kind.GRADEBOOK_GRADE, "remote"): 1}


def test_a_wrong_cell_leaves_out_one_person(site: RecordedSite, read: ReadAll) -> None:
    def twist(called: str, params: Params, value: Any) -> Any:
        if called == Function.GRADEBOOK and params["courseid"] == "2":
            value = copy.deepcopy(value)
            value["usergrades"][5]["gradeitems"][0]["graderaw"] = "много"
            return value
        return value

    site.twist = twist
    (problem,) = read(site).problems
    assert problem.code is ErrorCode.BAD_ANSWER
    assert problem.facts["path"] == "usergrades[5].gradeitems[0].graderaw"


@pytest.mark.parametrize(
    ("function", "kind"), [(Function.SUBMISSIONS, Kind.SUBMISSION), (Function.ASSIGNMENT_GRADES, Kind.ASSIGNMENT_GRADE)]
)
def test_a_batch_is_bisected_around_the_assignment_that_spoils_it(
    function: Function, kind: Kind, site: RecordedSite, read: ReadAll, season: Read
) -> None:
    def twist(called: str, params: Params, value: Any) -> Any:
        if called == function and "3" in asked(params, "assignmentids"):
            return error("invalid_response_exception", "invalidresponse")
        return value

    site.twist = twist
    found = read(site)
    (problem,) = found.problems
    assert (problem.course_id, problem.kind, problem.facts["assignment_id"]) == (3, kind, 3)
    assert found.records(kind) == {key: one for key, one in season.records(kind).items() if one.assignment_id != 3}
    assert [reach.ids for reach in only(found, kind, 3).unread] == [{3}]
    # 7, 3+4, 1+2 (of the first three), 1+1: and once more each time the spoilt answer came.
    assert Counter(called for called, _ in site.log)[function] == 11


def test_a_wrong_grade_is_named_and_costs_its_assignment(site: RecordedSite, read: ReadAll) -> None:
    def twist(called: str, _params: Params, value: Any) -> Any:
        if called == Function.ASSIGNMENT_GRADES:
            value = copy.deepcopy(value)
            value["assignments"][0]["grades"][3]["grade"] = "4,5"
        return value

    site.twist = twist
    found = read(site)
    (problem,) = found.problems
    assert str(problem.error) == "mod_assign_get_grades: assignments[0].grades[3].grade: not a mark"
    assert problem.facts["row"] == 3
    assert 1 not in {one.assignment_id for one in found.records(Kind.ASSIGNMENT_GRADE).values()}


def test_an_assignment_too_large_for_one_answer_is_read_in_windows_of_time(
    site: RecordedSite, read: ReadAll, season: Read
) -> None:
    def twist(called: str, params: Params, value: Any) -> Any:
        if called == Function.SUBMISSIONS and sum(len(one["submissions"]) for one in value["assignments"]) > 25:
            return RawAnswer(200, "", b"x" * 10)
        return value

    def post(url: str, form: Any, *, function: str) -> RawAnswer:
        answer = original(url, form, function=function)
        if answer.body == b"x" * 10:
            raise AnswerTooLarge(10, function=function)
        return answer

    original = site.post
    site.twist = twist
    site.post = post
    found = read(site)
    # The seed wrote some assignments' rows within one second: a window cannot be narrower.
    stuck = {problem.facts["assignment_id"] for problem in found.problems}
    assert {problem.code for problem in found.problems} <= {ErrorCode.ANSWER_TOO_LARGE}
    expected = {key for key, one in season.records(Kind.SUBMISSION).items() if one.assignment_id not in stuck}
    assert expected <= found.records(Kind.SUBMISSION).keys()
    assert 1 not in stuck
    assert any("before" in params for called, params in site.log if called == Function.SUBMISSIONS)


def test_a_window_that_fails_leaves_its_assignment_as_it_was(site: RecordedSite, read: ReadAll) -> None:
    def post(url: str, form: Any, *, function: str) -> RawAnswer:
        named = dict(form)
        if function == Function.SUBMISSIONS and named.get("assignmentids[0]") == "1":
            if "before" in named:
                return RawAnswer(200, "", json.dumps(error("invalid_response_exception", "invalidresponse")).encode())
            raise AnswerTooLarge(10, function=function)
        return original(url, form, function=function)

    original = site.post
    site.post = post
    found = read(site)
    (problem,) = found.problems
    assert (problem.code, problem.facts["assignment_id"]) == (ErrorCode.REMOTE, 1)
    assert [reach.ids for reach in only(found, Kind.SUBMISSION, 2).unread] == [{1}]


def test_courses_without_assignments_have_whole_and_empty_parts(site: RecordedSite, read: ReadAll) -> None:
    found = read(site, Scope(course_ids=(5,), criterion_marks=False))
    for kind in (Kind.ASSIGNMENT, Kind.SUBMISSION, Kind.ASSIGNMENT_GRADE):
        assert (only(found, kind, 5).coverage, only(found, kind, 5).records) == (Coverage.WHOLE, ())


def test_a_right_that_is_lacking_everywhere_is_told_once_a_course(site: RecordedSite, read: ReadAll) -> None:
    site.twist = broken_for(Function.SUBMISSIONS, error("required_capability_exception", "nopermissions"))
    found = read(site)
    assert kinds(found.problems) == {
        (2, Kind.SUBMISSION, ErrorCode.ACCESS_DENIED): 1,
        (3, Kind.SUBMISSION, ErrorCode.ACCESS_DENIED): 1,
        (4, Kind.SUBMISSION, ErrorCode.ACCESS_DENIED): 1,
    }
    assert only(found, Kind.SUBMISSION, 4).coverage is Coverage.NOT_VISIBLE


def test_assignments_the_token_may_not_enter_are_not_visible(site: RecordedSite, read: ReadAll) -> None:
    def twist(called: str, _params: Params, value: Any) -> Any:
        if called == Function.ASSIGNMENT_GRADES:
            rows = [row for row in value["assignments"] if row["assignmentid"] != 5]
            warning = {"item": "assignment", "itemid": 5, "warningcode": "1", "message": "No access rights"}
            return {"assignments": rows, "warnings": [*value["warnings"], warning]}
        return value

    site.twist = twist
    found = read(site)
    assert kinds(found.problems) == {(4, Kind.ASSIGNMENT_GRADE, ProblemCode.ACTIVITY_NOT_ACCESSIBLE): 1}
    assert [reach.ids for reach in only(found, Kind.ASSIGNMENT_GRADE, 4).hidden] == [{5}]


# ---------------------------------------------------------------- people and pages


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "PAGE", 20)
    monkeypatch.setattr(people, "_OVERLAP", 3)


@pytest.mark.usefixtures("small_pages")
def test_people_are_paged_to_an_empty_page(site: RecordedSite, read: ReadAll, season: Read) -> None:
    found = read(site)
    assert found.records(Kind.ENROLMENT) == season.records(Kind.ENROLMENT)
    assert Counter(called for called, _ in site.log)[Function.ENROLLED_USERS] > 16


@pytest.mark.usefixtures("small_pages")
def test_a_short_page_is_not_the_last(site: RecordedSite, read: ReadAll) -> None:
    """A page is limited before people whom the token may not see are taken out of it."""
    hidden = {5, 6, 7, 20, 21, 40}

    def twist(called: str, _params: Params, value: Any) -> Any:
        if called == Function.ENROLLED_USERS:
            return [row for row in value if row["id"] not in hidden]
        return value

    site.twist = twist
    found = read(site, Scope(course_ids=(2,), criterion_marks=False))
    assert {one.user_id for one in found.records(Kind.ENROLMENT).values()} == set(range(3, 67)) - hidden


@pytest.mark.usefixtures("small_pages")
def test_people_who_leave_between_two_pages_push_nobody_out(site: RecordedSite, read: ReadAll) -> None:
    pages = iter(range(100))
    left: set[int] = set()

    def twist(called: str, params: Params, value: Any) -> Any:
        names = {one["name"] for one in params.get("options", {}).values()}
        if called != Function.ENROLLED_USERS or "onlysuspended" in names:
            return value
        options = {one["name"]: one["value"] for one in params["options"].values()}
        listed = [row for row in site._people(params["courseid"]) or () if row["id"] not in left]
        start = int(options["limitfrom"])
        left.add(3 + next(pages))  # the next to leave stands before the border
        return sorted(listed, key=lambda row: row["id"])[start : start + int(options["limitnumber"])]

    site.twist = twist
    found = read(site, Scope(course_ids=(2,), criterion_marks=False))
    assert {one.user_id for one in found.records(Kind.ENROLMENT).values()} >= set(range(3, 67)) - left


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("repeated_at", [17, 34])
def test_a_page_sent_again_and_rows_out_of_order_lose_nobody(
    repeated_at: int, site: RecordedSite, read: ReadAll, season: Read
) -> None:
    last: list[Any] = []

    def twist(called: str, params: Params, value: Any) -> Any:
        if called != Function.ENROLLED_USERS:
            return value
        options = {one["name"]: one["value"] for one in params["options"].values()}
        page = list(reversed(value))
        if "onlysuspended" not in options and int(options["limitfrom"]) == repeated_at and last and last[0] is not None:
            again, last[0] = last[0], None
            return again
        last[:] = [page] if not last or last[0] is not None else last
        return page

    site.twist = twist
    found = read(site, Scope(course_ids=(2,), criterion_marks=False))
    expected = {key for key in season.records(Kind.ENROLMENT) if key[0] == 2}
    assert found.records(Kind.ENROLMENT).keys() == expected


def test_a_site_that_ignores_paging_is_read_once_over(site: RecordedSite, read: ReadAll, season: Read) -> None:
    def twist(called: str, params: Params, value: Any) -> Any:
        names = {one["name"] for one in params.get("options", {}).values()}
        if called == Function.ENROLLED_USERS and "onlysuspended" not in names:
            return site.body("enrolled_users_select")
        return value

    site.twist = twist
    found = read(site, Scope(course_ids=(2,), criterion_marks=False))
    assert found.records(Kind.ENROLMENT).keys() == {key for key in season.records(Kind.ENROLMENT) if key[0] == 2}
    assert Counter(called for called, _ in site.log)[Function.ENROLLED_USERS] < 6


def test_a_course_that_is_deleted_during_the_reading_is_told(site: RecordedSite, read: ReadAll) -> None:
    gone = error("dml_missing_record_exception", "invalidrecord")
    site.twist = broken_for(Function.ENROLLED_USERS, gone, courseid="2")
    found = read(site)
    assert kinds(found.problems) == {(2, Kind.ENROLMENT, ErrorCode.NOT_FOUND): 1}
    assert not any(part.kind is Kind.ENROLMENT and part.course_id == 2 for part in found.parts)


def test_a_person_whose_row_breaks_the_page_is_left_out_and_nobody_is_taken_for_gone(
    site: RecordedSite, read: ReadAll
) -> None:
    def twist(called: str, params: Params, value: Any) -> Any:
        if called == Function.ENROLLED_USERS and params["courseid"] == "2" and any(row["id"] == 9 for row in value):
            return error("invalid_response_exception", "invalidresponse")
        return value

    site.twist = twist
    found = read(site, Scope(course_ids=(2,), criterion_marks=False))
    (problem,) = found.problems
    assert (problem.code, problem.facts["rows"], problem.facts["errorcode"]) == (
        ProblemCode.ROWS_SKIPPED,
        1,
        "invalidresponse",
    )
    assert {one.user_id for one in found.records(Kind.ENROLMENT).values()} == set(range(3, 67)) - {9}
    for kind in (Kind.ENROLMENT, Kind.SUBMISSION, Kind.ASSIGNMENT_GRADE):
        assert only(found, kind, 2).coverage is Coverage.PARTIAL


def test_without_the_right_to_see_suspensions_people_count_as_active_and_it_is_told(
    site: RecordedSite, read: ReadAll
) -> None:
    def twist(called: str, params: Params, value: Any) -> Any:
        names = {one["name"] for one in params.get("options", {}).values()}
        return error("required_capability_exception", "nopermissions") if "onlysuspended" in names else value

    site.twist = twist
    found = read(site, Scope(course_ids=(3,), criterion_marks=False))
    (problem,) = found.problems
    assert (problem.kind, problem.code) == (Kind.ENROLMENT, ProblemCode.SUSPENSION_UNKNOWN)
    assert problem.facts["errorcode"] == "nopermissions"
    assert not any(one.suspended for one in found.records(Kind.ENROLMENT).values())


def test_a_course_without_anybody_listed_is_not_visible_rather_than_empty(site: RecordedSite, read: ReadAll) -> None:
    """In separate groups, a token without the right to all groups gets an empty list instead of a refusal."""
    site.twist = lambda called, params, value: (
        [] if called == Function.ENROLLED_USERS and params["courseid"] == "3" else value
    )
    found = read(site)
    assert only(found, Kind.ENROLMENT, 3).coverage is Coverage.NOT_VISIBLE
    assert only(found, Kind.SUBMISSION, 3).coverage is Coverage.PARTIAL


def test_a_course_whose_people_may_not_be_seen_concludes_nothing_about_them(site: RecordedSite, read: ReadAll) -> None:
    denied = error("moodle_exception", "errorcoursecontextnotvalid")
    site.twist = broken_for(Function.ENROLLED_USERS, denied, courseid="2")
    found = read(site)
    assert kinds(found.problems) == {(2, Kind.ENROLMENT, ErrorCode.ACCESS_DENIED): 1}
    assert only(found, Kind.ENROLMENT, 2).coverage is Coverage.NOT_VISIBLE
    assert only(found, Kind.SUBMISSION, 2).coverage is Coverage.PARTIAL
    assert only(found, Kind.SUBMISSION, 3).coverage is Coverage.WHOLE


# ---------------------------------------------------------------- groups and cohorts


def test_a_group_that_goes_between_two_calls_is_no_problem(site: RecordedSite, read: ReadAll, season: Read) -> None:
    def twist(called: str, params: Params, value: Any) -> Any:
        if called == Function.GROUP_MEMBERS and "5" in asked(params, "groupids"):
            return error("dml_missing_record_exception", "invalidrecord")
        return value

    site.twist = twist
    found = read(site)
    assert found.problems == []
    expected = {key for key in season.records(Kind.GROUP_MEMBER) if key[0] != 5}
    assert found.records(Kind.GROUP_MEMBER).keys() == expected
    assert [reach.ids for reach in only(found, Kind.GROUP_MEMBER, 3).unread] == [frozenset()]


@pytest.mark.parametrize(
    ("function", "field", "kind"),
    [
        (Function.GROUP_MEMBERS, "group_id", Kind.GROUP_MEMBER),
        (Function.GROUPINGS, "grouping_id", Kind.GROUPING),
        (Function.COHORT_MEMBERS, "cohort_id", Kind.COHORT_MEMBER),
    ],
)
def test_what_cannot_be_read_of_a_group_leaves_it_as_it_was(
    function: Function, field: str, kind: Kind, site: RecordedSite, read: ReadAll
) -> None:
    name = {"group_id": "groupids", "grouping_id": "groupingids", "cohort_id": "cohortids"}[field]
    course_id = None if kind is Kind.COHORT_MEMBER else 3

    def twist(called: str, params: Params, value: Any) -> Any:
        if called == function and "1" in asked(params, name):
            return error("moodle_exception", "invalidresponse")
        return value

    site.twist = twist
    found = read(site)
    assert kinds(found.problems) == {(course_id, kind, ErrorCode.REMOTE): 1}
    assert [(reach.field, reach.ids) for reach in only(found, kind, course_id).unread] == [(field, {1})]


def test_groups_come_from_the_people_where_the_group_functions_are_not_offered(
    site: RecordedSite, read: ReadAll, season: Read
) -> None:
    withhold(site, Function.COURSE_GROUPS, Function.GROUP_MEMBERS)
    found = read(site)
    assert found.records(Kind.GROUP_MEMBER) == season.records(Kind.GROUP_MEMBER)
    assert {key: one.name for key, one in found.records(Kind.GROUP).items()} == {
        key: one.name for key, one in season.records(Kind.GROUP).items()
    }
    assert only(found, Kind.GROUP, 3).coverage is Coverage.PARTIAL
    assert only(found, Kind.GROUP_MEMBER, 3).coverage is Coverage.WHOLE


def test_members_come_from_the_people_where_only_their_function_is_not_offered(
    site: RecordedSite, read: ReadAll, season: Read
) -> None:
    withhold(site, Function.GROUP_MEMBERS)
    found = read(site)
    assert found.records(Kind.GROUP_MEMBER) == season.records(Kind.GROUP_MEMBER)
    assert found.records(Kind.GROUP) == season.records(Kind.GROUP)


def test_groups_and_groupings_without_the_right_are_not_visible(site: RecordedSite, read: ReadAll) -> None:
    denied = error("required_capability_exception", "nopermissions")
    site.twist = broken_for(Function.COURSE_GROUPS, denied, courseid="3")
    found = read(site)
    assert set(kinds(found.problems)) == {
        (3, kind, ErrorCode.ACCESS_DENIED) for kind in (Kind.GROUP, Kind.GROUPING, Kind.GROUP_MEMBER)
    }
    site.twist = broken_for(Function.COURSE_GROUPINGS, denied, courseid="3")
    assert set(kinds(read(site).problems)) == {(3, Kind.GROUPING, ErrorCode.ACCESS_DENIED)}


def test_cohorts_without_the_right_are_not_visible(site: RecordedSite, read: ReadAll) -> None:
    site.twist = broken_for(Function.COHORTS, error("required_capability_exception", "nopermissions"))
    found = read(site)
    assert set(kinds(found.problems)) == {(None, kind, "access_denied") for kind in (Kind.COHORT, Kind.COHORT_MEMBER)}
    assert only(found, Kind.COHORT_MEMBER, None).coverage is Coverage.NOT_VISIBLE


def test_cohorts_of_the_categories_are_read_where_the_sites_may_not_be_listed(
    site: RecordedSite, read: ReadAll, season: Read
) -> None:
    def twist(called: str, params: Params, value: Any) -> Any:
        if called == Function.SITE_INFO:
            return value | {"functions": [*value["functions"], {"name": Function.COHORT_SEARCH}]}
        if called == Function.COHORTS:
            return error("required_capability_exception", "nopermissions")
        if called == Function.COHORT_SEARCH:
            assert params["context"] == {"contextlevel": "coursecat", "instanceid": "2"}
            return {"cohorts": site.body("cohorts")}
        return value

    site.twist = twist
    found = read(site)
    assert found.problems == []
    assert only(found, Kind.COHORT, None).coverage is Coverage.PARTIAL
    assert found.records(Kind.COHORT_MEMBER) == season.records(Kind.COHORT_MEMBER)


def test_cohorts_that_fail_stay_as_they_were(site: RecordedSite, read: ReadAll) -> None:
    site.twist = broken_for(Function.COHORTS, error("moodle_exception", "invalidresponse"))
    found = read(site)
    assert set(kinds(found.problems)) == {(None, kind, "remote") for kind in (Kind.COHORT, Kind.COHORT_MEMBER)}
    assert not any(part.kind is Kind.COHORT for part in found.parts)


def test_people_of_the_region_who_are_in_no_course_are_not_kept(site: RecordedSite, read: ReadAll) -> None:
    def twist(called: str, _params: Params, value: Any) -> Any:
        if called == Function.COHORT_MEMBERS:
            return [row | {"userids": [*row["userids"], 900, 901]} for row in value]
        return value

    site.twist = twist
    found = read(site)
    assert not {900, 901} & {one.user_id for one in found.records(Kind.COHORT_MEMBER).values()}
    assert not any(900 in reach.ids for reach in only(found, Kind.COHORT_MEMBER, None).sight)


def test_one_courses_reading_leaves_cohorts_alone(site: RecordedSite, read: ReadAll) -> None:
    found = read(site, Scope(course_ids=(2,), cohorts=False, criterion_marks=False))
    assert not any(part.kind in {Kind.COHORT, Kind.COHORT_MEMBER} for part in found.parts)


# ---------------------------------------------------------------- courses


def test_a_deleted_course_is_gone_with_all_it_had(site: RecordedSite, read: ReadAll) -> None:
    found = read(site, Scope(course_ids=(2, 999), criterion_marks=False))
    assert kinds(found.problems) == {(999, Kind.COURSE, ProblemCode.COURSE_GONE): 1}
    assert [one.course_id for one in found.records(Kind.COURSE).values()] == [2]
    for kind in (Kind.COURSE, Kind.ENROLMENT, Kind.GRADEBOOK_GRADE, Kind.CRITERION_MARK):
        gone = only(found, kind, 999)
        assert (gone.coverage, gone.records, gone.sight) == (Coverage.WHOLE, (), ())


def test_a_course_that_fails_without_being_gone_is_left_alone(site: RecordedSite, read: ReadAll) -> None:
    def twist(called: str, params: Params, value: Any) -> Any:
        if called == Function.COURSES_BY_FIELD and "4" in params["value"].split(","):
            return error("Error", "")
        return value

    site.twist = twist
    found = read(site, Scope(course_ids=(3, 4), criterion_marks=False))
    assert kinds(found.problems) == {(4, Kind.COURSE, ErrorCode.REMOTE): 1}
    assert not any(part.course_id == 4 for part in found.parts)
    site.twist = lambda called, params, value: (
        error("required_capability_exception", "nopermissions")
        if called == Function.ENROLLED_USERS and params["courseid"] == "4"
        else twist(called, params, value)
    )
    assert kinds(read(site, Scope(course_ids=(4,), criterion_marks=False)).problems) == {(4, Kind.COURSE, "remote"): 1}


def test_a_course_left_out_of_the_answer_is_not_visible(site: RecordedSite, read: ReadAll) -> None:
    def twist(called: str, _params: Params, value: Any) -> Any:
        return {"courses": [], "warnings": []} if called == Function.COURSES_BY_FIELD else value

    site.twist = twist
    found = read(site, Scope(course_ids=(2,), criterion_marks=False))
    assert kinds(found.problems) == {(2, Kind.COURSE, ProblemCode.COURSE_NOT_ACCESSIBLE): 1}
    assert {part.coverage for part in found.parts if part.course_id == 2} == {Coverage.NOT_VISIBLE}


def test_a_course_of_which_only_the_catalogue_is_shown_is_not_visible(site: RecordedSite, read: ReadAll) -> None:
    def twist(called: str, _params: Params, value: Any) -> Any:
        if called == Function.COURSES_BY_FIELD:
            rows = [
                {key: row[key] for key in ("id", "categoryid", "shortname", "fullname")} for row in value["courses"]
            ]
            return {"courses": [*rows[:1], *value["courses"][1:]], "warnings": []}
        return value

    site.twist = twist
    found = read(site)
    assert kinds(found.problems) == {(2, Kind.COURSE, ProblemCode.COURSE_NOT_ACCESSIBLE): 1}
    assert only(found, Kind.GRADEBOOK_GRADE, 2).coverage is Coverage.NOT_VISIBLE
    assert only(found, Kind.GRADEBOOK_GRADE, 3).coverage is Coverage.WHOLE


def test_a_category_is_found_by_its_idnumber(site: RecordedSite, read: ReadAll, season: Read) -> None:
    found = read(site, Scope(category_idnumbers=("accel-a26",), criterion_marks=False))
    assert found.records(Kind.COURSE) == season.records(Kind.COURSE)


def test_an_unknown_category_is_told(site: RecordedSite, read: ReadAll) -> None:
    found = read(site, Scope(category_idnumbers=("nosuch",)))
    (problem,) = found.problems
    assert (problem.code, problem.facts["category"]) == (ProblemCode.CATEGORY_UNKNOWN, "nosuch")
    assert found.records(Kind.COURSE) == {}


def test_a_category_that_may_not_be_listed_still_gives_its_courses(
    site: RecordedSite, read: ReadAll, season: Read
) -> None:
    site.twist = broken_for(Function.CATEGORIES, error("moodle_exception", "nopermissions"))
    found = read(site)
    assert kinds(found.problems) == {(None, Kind.CATEGORY, ErrorCode.ACCESS_DENIED): 1}
    assert found.records(Kind.COURSE) == season.records(Kind.COURSE)


def test_courses_that_may_not_be_listed_are_told(site: RecordedSite, read: ReadAll) -> None:
    site.twist = broken_for(Function.COURSES_BY_FIELD, error("moodle_exception", "nopermissions"))
    assert kinds(read(site).problems) == {(None, Kind.COURSE, ErrorCode.ACCESS_DENIED): 1}


# ---------------------------------------------------------------- workshops


def test_a_workshop_that_may_not_be_entered_is_not_visible(site: RecordedSite, read: ReadAll) -> None:
    denied = error("required_capability_exception", "nopermissions")
    site.twist = broken_for(Function.WORKSHOP_GRADES_REPORT, denied, workshopid="1")
    found = read(site)
    (problem,) = found.problems
    assert (problem.course_id, problem.code, problem.facts["workshop_id"]) == (2, ErrorCode.ACCESS_DENIED, 1)
    assert 1 in only(found, Kind.WORKSHOP_ASSESSMENT, 2).hidden[0].ids
    assert 1 in only(found, Kind.WORKSHOP_SUBMISSION, 2).hidden[0].ids


@pytest.mark.parametrize("size", [7, 60])
def test_a_report_is_paged_until_all_its_people_were_seen(
    size: int, site: RecordedSite, read: ReadAll, season: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshops, "_REPORT_PAGE", size)
    found = read(site)
    assert found.records(Kind.WORKSHOP_ASSESSMENT) == season.records(Kind.WORKSHOP_ASSESSMENT)
    pages = [params for called, params in site.log if called == Function.WORKSHOP_GRADES_REPORT]
    assert len(pages) == -(-60 // size) + 1  # and the one of the workshop that has not begun


def test_a_report_that_fails_in_the_middle_stays_as_it_was(
    site: RecordedSite, read: ReadAll, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshops, "_REPORT_PAGE", 20)
    broken = error("invalid_response_exception", "invalidresponse")
    site.twist = broken_for(Function.WORKSHOP_GRADES_REPORT, broken, workshopid="1", page="1")
    found = read(site)
    assert kinds(found.problems) == {(2, Kind.WORKSHOP_ASSESSMENT, ErrorCode.REMOTE): 1}
    assert 1 in only(found, Kind.WORKSHOP_ASSESSMENT, 2).unread[0].ids


def test_a_report_without_end_is_left(site: RecordedSite, read: ReadAll, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workshops, "_MOST_PAGES", 5)

    def twist(called: str, params: Params, value: Any) -> Any:
        if called == Function.WORKSHOP_GRADES_REPORT:
            return {"report": {"grades": [{"userid": 1000 + int(params["page"])}], "totalcount": 10**6}}
        return value

    site.twist = twist
    read(site)
    assert Counter(called for called, _ in site.log)[Function.WORKSHOP_GRADES_REPORT] == 10


def test_a_report_that_says_nothing_past_its_end_is_read(site: RecordedSite, read: ReadAll, season: Read) -> None:
    """Its total counts people whom no page lists."""

    def twist(called: str, params: Params, value: Any) -> Any:
        if called == Function.WORKSHOP_GRADES_REPORT and params["workshopid"] == "1":
            if params["page"] != "0":
                return error("core\\exception\\moodle_exception", "nothingfound")
            return {"report": value["report"] | {"totalcount": 65}}
        return value

    site.twist = twist
    assert read(site).records(Kind.WORKSHOP_ASSESSMENT) == season.records(Kind.WORKSHOP_ASSESSMENT)


def test_a_report_whose_pages_bring_nobody_new_is_left_unread(site: RecordedSite, read: ReadAll) -> None:
    def twist(called: str, _params: Params, value: Any) -> Any:
        if called == Function.WORKSHOP_GRADES_REPORT and "report" in value:
            report = site.body("workshop_grades_report")["report"]
            return {"report": {"grades": report["grades"][:10], "totalcount": 60}}
        return value

    site.twist = twist
    found = read(site)
    assert kinds(found.problems) == {(2, Kind.WORKSHOP_ASSESSMENT, ErrorCode.BAD_ANSWER): 1}
    assert 1 in only(found, Kind.WORKSHOP_ASSESSMENT, 2).unread[0].ids
    assert found.records(Kind.WORKSHOP_ASSESSMENT) == {}
    assert Counter(called for called, _ in site.log)[Function.WORKSHOP_GRADES_REPORT] == 4


def test_a_workshop_that_cannot_be_read_stays_as_it_was(site: RecordedSite, read: ReadAll) -> None:
    site.twist = broken_for(Function.WORKSHOP_GRADES_REPORT, RawAnswer(500, "", b""), workshopid="1")
    found = read(site, WHOLE)
    assert kinds(found.problems) == {(2, Kind.WORKSHOP_ASSESSMENT, ErrorCode.SERVER_ERROR): 1}
    for kind in (Kind.WORKSHOP_ASSESSMENT, Kind.WORKSHOP_SUBMISSION, Kind.CRITERION_MARK, Kind.WORKSHOP_CRITERION):
        assert 1 in only(found, kind, 2).unread[0].ids


def test_a_workshop_that_has_not_begun_is_a_whole_part_without_records(season: Read) -> None:
    for kind in (Kind.WORKSHOP_SUBMISSION, Kind.WORKSHOP_ASSESSMENT):
        part = only(season, kind, 4)
        assert (part.coverage, part.records) == (Coverage.WHOLE, ())
    # Put back into set-up, a workshop hides its reviews; they are not deleted.
    assert 2 in only(season, Kind.WORKSHOP_ASSESSMENT, 4).hidden[0].ids


def test_without_the_list_of_all_works_the_report_gives_them_rounded(
    site: RecordedSite, read: ReadAll, season: Read
) -> None:
    denied = error("required_capability_exception", "nopermissions")
    site.twist = broken_for(Function.WORKSHOP_SUBMISSIONS, denied)
    found = read(site)
    told = {(one.kind, one.code, one.lasts) for one in found.problems}
    assert told == {(Kind.WORKSHOP_SUBMISSION, ErrorCode.ACCESS_DENIED, True)}
    rounded = found.records(Kind.WORKSHOP_SUBMISSION)
    exact = season.records(Kind.WORKSHOP_SUBMISSION)
    assert rounded.keys() == exact.keys()
    assert all(abs(rounded[key].grade - exact[key].grade) <= 1 for key in exact)
    assert 1 in only(found, Kind.WORKSHOP_SUBMISSION, 2).hidden[1].ids


def test_an_empty_list_of_works_beside_a_full_report_deletes_nothing(
    site: RecordedSite, read: ReadAll, season: Read
) -> None:
    empty = {"submissions": [], "totalcount": 0, "totalfilesize": 0}
    site.twist = broken_for(Function.WORKSHOP_SUBMISSIONS, empty, workshopid="1")
    found = read(site)
    assert found.records(Kind.WORKSHOP_SUBMISSION).keys() == season.records(Kind.WORKSHOP_SUBMISSION).keys()
    assert 1 in only(found, Kind.WORKSHOP_SUBMISSION, 2).hidden[1].ids


def test_a_list_of_works_that_lacks_one_of_the_report_is_not_believed(site: RecordedSite, read: ReadAll) -> None:
    def twist(called: str, params: Params, value: Any) -> Any:
        if called == Function.WORKSHOP_SUBMISSIONS and params["workshopid"] == "1":
            return {"submissions": value["submissions"][1:]}
        return value

    site.twist = twist
    found = read(site)
    assert kinds(found.problems) == {(2, Kind.WORKSHOP_ASSESSMENT, ErrorCode.BAD_ANSWER): 1}
    assert 1 in only(found, Kind.WORKSHOP_SUBMISSION, 2).unread[0].ids


def test_works_whose_authors_are_hidden_do_not_overwrite_the_report(
    site: RecordedSite, read: ReadAll, season: Read
) -> None:
    def twist(called: str, _params: Params, value: Any) -> Any:
        if called == Function.WORKSHOP_SUBMISSIONS:
            return {"submissions": [row | {"authorid": 0} for row in value["submissions"]]}
        return value

    site.twist = twist
    found = read(site, Scope(course_ids=(2,), criterion_marks=False))
    assert {one.author_id for one in found.records(Kind.WORKSHOP_SUBMISSION).values()} == {
        one.author_id for one in season.records(Kind.WORKSHOP_SUBMISSION).values()
    }


def test_a_form_that_fails_leaves_its_review_as_it_was(site: RecordedSite, read: ReadAll, season: Read) -> None:
    broken = error("moodle_exception", "invalidresponse")
    site.twist = broken_for(Function.WORKSHOP_FORM, broken, assessmentid="100")
    found = read(site, WHOLE)
    (problem,) = found.problems
    assert (problem.kind, problem.facts["reviews"], problem.facts["workshop_id"]) == (Kind.CRITERION_MARK, 1, 1)
    expected = {key for key in season.records(Kind.CRITERION_MARK) if key[0] != 100}
    assert found.records(Kind.CRITERION_MARK).keys() == expected
    assert 100 in only(found, Kind.CRITERION_MARK, 2).unread[1].ids


def test_forms_that_all_fail_tell_nothing_of_the_criteria(site: RecordedSite, read: ReadAll) -> None:
    site.twist = broken_for(Function.WORKSHOP_FORM, error("moodle_exception", "nopermissions"))
    found = read(site, WHOLE)
    assert kinds(found.problems) == {(2, Kind.CRITERION_MARK, ErrorCode.ACCESS_DENIED): 1}
    assert only(found, Kind.WORKSHOP_CRITERION, 2).unread[0].ids == {1}


def test_workshops_of_a_course_that_may_not_be_entered_are_not_visible(site: RecordedSite, read: ReadAll) -> None:
    def twist(called: str, _params: Params, value: Any) -> Any:
        if called == Function.WORKSHOPS:
            warning = {"item": "course", "itemid": 2, "warningcode": "1", "message": "No access rights"}
            rows = [row for row in value["workshops"] if row["course"] != 2]
            return {"workshops": rows, "warnings": [warning]}
        return value

    site.twist = twist
    found = read(site)
    assert kinds(found.problems) == {(2, Kind.WORKSHOP, ProblemCode.COURSE_NOT_ACCESSIBLE): 1}
    assert only(found, Kind.WORKSHOP, 2).coverage is Coverage.NOT_VISIBLE


def test_assignments_of_a_course_that_may_not_be_entered_are_not_visible(site: RecordedSite, read: ReadAll) -> None:
    def twist(called: str, _params: Params, value: Any) -> Any:
        if called == Function.ASSIGNMENTS:
            return {"courses": [row for row in value["courses"] if row["id"] != 2], "warnings": []}
        return value

    site.twist = twist
    found = read(site)
    assert kinds(found.problems) == {(2, Kind.ASSIGNMENT, ProblemCode.COURSE_NOT_ACCESSIBLE): 1}
    assert only(found, Kind.ASSIGNMENT, 2).coverage is Coverage.NOT_VISIBLE


# ---------------------------------------------------------------- what a site does not offer


def withhold(site: RecordedSite, *functions: str) -> None:
    inner = site.twist

    def twist(called: str, params: Params, value: Any) -> Any:
        if called == Function.SITE_INFO:
            listed = [one for one in value["functions"] if one["name"] not in functions]
            return value | {"functions": listed}
        assert called not in functions, "a function that is not offered is not called"
        return inner(called, params, value)

    site.twist = twist


@pytest.mark.parametrize("function", [*NEEDED, *WANTED])
def test_a_function_that_is_not_offered_is_not_called_and_costs_its_own_part_only(
    function: Function, site: RecordedSite, read: ReadAll
) -> None:
    withhold(site, function)
    scope = Scope(category_ids=(2,), course_ids=(3,), criterion_marks=function is Function.WORKSHOP_FORM)
    found = read(site, scope)
    assert all(problem.code is ErrorCode.MISSING_FUNCTION for problem in found.problems)
    assert {problem.facts["function"] for problem in found.problems} <= {function}


def test_what_a_limited_account_may_not_see_is_told_course_by_course(site: RecordedSite, read: ReadAll) -> None:
    denied = error("require_login_exception", "requireloginerror")
    for_all = {
        Function.COURSE_CONTENTS,
        Function.ENROLLED_USERS,
        Function.GRADEBOOK,
        Function.WORKSHOPS,
        Function.ASSIGNMENTS,
    }
    site.twist = lambda called, _params, value: denied if called in for_all else value
    found = read(site, Scope(course_ids=(2,)))
    assert {problem.code for problem in found.problems} == {ErrorCode.ACCESS_DENIED}
    hidden = {part.kind for part in found.parts if part.coverage is Coverage.NOT_VISIBLE}
    assert hidden == {
        Kind.ENROLMENT,
        Kind.ACTIVITY,
        Kind.ASSIGNMENT,
        Kind.GRADE_ITEM,
        Kind.GRADEBOOK_GRADE,
        Kind.WORKSHOP,
    }


def test_birth_dates_are_in_nothing_a_reading_gives(
    site: RecordedSite, read: ReadAll, caplog: pytest.LogCaptureFixture
) -> None:
    """A site may send custom fields unasked, or a row may be refused that has them."""
    birth = {"customfields": [{"shortname": "birthdate", "name": "Дата рождения", "value": "873327600"}]}
    caplog.set_level("DEBUG")

    def twist(called: str, params: Params, value: Any) -> Any:
        if called == Function.ENROLLED_USERS:
            value = [row | birth for row in value]
            if params["courseid"] == "3" and value:
                value[0] = value[0] | {"id": "873327600x"}
        return value

    site.twist = twist
    found = read(site)
    assert found.problems
    told = repr(found.parts) + repr(found.problems) + repr([vars(one.error) for one in found.problems]) + caplog.text
    assert "873327600" not in told
    assert "рождения" not in told


# ---------------------------------------------------------------- answers to other calls

MISTAKEN: list[tuple[Function, dict[str, str], Function, dict[str, Any], Kind]] = [
    (Function.GRADEBOOK, {"courseid": "3"}, Function.GRADEBOOK, {"courseid": "2"}, Kind.GRADEBOOK_GRADE),
    (Function.COURSE_CONTENTS, {"courseid": "3"}, Function.COURSE_CONTENTS, {"courseid": "2"}, Kind.ACTIVITY),
    (Function.COURSE_GROUPS, {"courseid": "2"}, Function.COURSE_GROUPS, {"courseid": "3"}, Kind.GROUP),
    (
        Function.WORKSHOP_FORM,
        {"assessmentid": "100"},
        Function.WORKSHOP_FORM,
        {"assessmentid": "101", "mode": "assessment"},
        Kind.CRITERION_MARK,
    ),
    (
        Function.WORKSHOP_GRADES_REPORT,
        {"workshopid": "2"},
        Function.WORKSHOP_GRADES_REPORT,
        {"workshopid": "1", "page": "0", "perpage": "100"},
        Kind.WORKSHOP_ASSESSMENT,
    ),
    (
        Function.WORKSHOP_SUBMISSIONS,
        {"workshopid": "2"},
        Function.WORKSHOP_SUBMISSIONS,
        {"workshopid": "1"},
        Kind.WORKSHOP_SUBMISSION,
    ),
    (
        Function.ASSIGNMENT_GRADES,
        {},
        Function.ASSIGNMENT_GRADES,
        {"assignmentids": {"0": "1", "1": "2"}},
        Kind.ASSIGNMENT_GRADE,
    ),
    (Function.SUBMISSIONS, {}, Function.SUBMISSIONS, {"assignmentids": {"0": "1"}}, Kind.SUBMISSION),
    (Function.GROUP_MEMBERS, {}, Function.GROUP_MEMBERS, {"groupids": {"0": "1"}}, Kind.GROUP_MEMBER),
    (Function.GROUPINGS, {}, Function.GROUPINGS, {"groupingids": {}}, Kind.GROUPING),
    (Function.COHORT_MEMBERS, {}, Function.GROUP_MEMBERS, {"groupids": {}}, Kind.COHORT_MEMBER),
]


def mistaken(case: int, site: RecordedSite, *, times: int) -> Callable[[str, Params, Any], Any]:
    function, wanted, other, params, _ = MISTAKEN[case]
    left = iter(range(times))

    def twist(called: str, asked: Params, value: Any) -> Any:
        meant = called == function and all(asked.get(name) == one for name, one in wanted.items())
        return site.value(other, params) if meant and next(left, None) is not None else value

    return twist


@pytest.mark.parametrize("case", range(len(MISTAKEN)))
def test_an_answer_to_another_call_is_asked_for_again(
    case: int, site: RecordedSite, read: ReadAll, season: Read
) -> None:
    site.twist = mistaken(case, site, times=1)
    found = read(site, WHOLE)
    assert found.problems == []
    assert content(found) == content(season)


@pytest.mark.parametrize("case", range(len(MISTAKEN)))
def test_answers_to_other_calls_are_told_and_taken_for_nothing_else(
    case: int, site: RecordedSite, read: ReadAll, season: Read
) -> None:
    site.twist = mistaken(case, site, times=10_000)
    found = read(site, WHOLE)
    kind = MISTAKEN[case][-1]
    assert found.problems
    assert {problem.code for problem in found.problems} == {ErrorCode.BAD_ANSWER}
    assert found.records(kind).items() <= season.records(kind).items(), "nothing is taken for another call's"
    unread = {key for part in found.parts if part.kind is kind for reach in part.unread for key in reach.ids}
    told = {part.course_id for part in found.parts if part.kind is kind}
    for key, record in season.records(kind).items() - found.records(kind).items():
        known = {value for name in record.__slots__ if isinstance(value := getattr(record, name), int)}
        course_id = getattr(record, "course_id", None)
        assert course_id not in told or unread & known, f"{kind} {key} is not taken for gone"


def test_rows_listed_twice_are_rows_listed_once(site: RecordedSite, read: ReadAll, season: Read) -> None:
    def doubled(value: Any) -> Any:
        if isinstance(value, list):
            return [doubled(one) for one in [*value, *value]]
        if isinstance(value, dict):
            return {key: doubled(inner) for key, inner in value.items()}
        return value

    site.twist = lambda _called, _params, value: doubled(value)
    found = read(site)
    assert found.problems == []
    assert content(found) == content(season) | {Kind.WORKSHOP_CRITERION: {}, Kind.CRITERION_MARK: {}}
    for part in found.parts:
        if part.kind is not Kind.USER:
            assert len({record.key for record in part.records}) == len(part.records) or part.kind in {
                Kind.SUBMISSION,
                Kind.ASSIGNMENT_GRADE,
                Kind.GRADEBOOK_GRADE,
            }


def test_courses_of_another_category_are_not_taken(site: RecordedSite, read: ReadAll) -> None:
    site.twist = lambda called, _params, value: (
        site.body("courses_in_category") if called == Function.COURSES_BY_FIELD else value
    )
    found = read(site, Scope(category_ids=(7,)))
    assert kinds(found.problems) == {
        (None, Kind.CATEGORY, ProblemCode.CATEGORY_UNKNOWN): 1,
        (None, Kind.COURSE, ErrorCode.BAD_ANSWER): 1,
    }
    assert found.records(Kind.COURSE) == {}


def test_a_course_without_anybody_is_asked_for_twice(site: RecordedSite, read: ReadAll, season: Read) -> None:
    first = iter([True])
    site.twist = lambda called, _params, value: (
        [] if called == Function.ENROLLED_USERS and next(first, False) else value
    )
    assert read(site).records(Kind.ENROLMENT) == season.records(Kind.ENROLMENT)


def test_a_sites_description_is_asked_for_again_where_it_is_spoilt(
    site: RecordedSite, read: ReadAll, season: Read
) -> None:
    first = iter([True])
    site.twist = lambda called, _params, value: None if called == Function.SITE_INFO and next(first, False) else value
    assert read(site).records(Kind.COURSE) == season.records(Kind.COURSE)
