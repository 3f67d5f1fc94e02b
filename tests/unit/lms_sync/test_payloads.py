from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from lms_sync import payloads
from lms_sync.errors import BadAnswer
from lms_sync.records import Enrolment, Grouping, GroupMember, User, Workshop


def failure(read: Any, *args: Any, **kwargs: Any) -> BadAnswer:
    with pytest.raises(BadAnswer) as caught:
        read(*args, **kwargs)
    return caught.value


# ---------------------------------------------------------------- people

PERSON = {
    "id": 3,
    "username": "a26_p1",
    "firstname": "Эльвира",
    "lastname": "Санджиева",
    "fullname": "Эльвира Санджиева",
    "email": "p1@example.test",
    "idnumber": "A26-P-0001",
    "institution": "МБОУ «Школа» &amp; сад",
    "department": "",
    "customfields": [{"shortname": "birthdate", "value": "873327600", "name": "Дата рождения"}],
    "roles": [{"roleid": 5, "shortname": "student"}, {"roleid": 9, "shortname": "mentor"}, {"shortname": "student"}],
    "groups": [{"id": 7, "name": "Группа &amp; 1"}],
}


def test_a_person_is_read_with_roles_and_groups() -> None:
    (person,) = payloads.enrolled_users([PERSON])
    assert person.user == User(
        user_id=3,
        username="a26_p1",
        first_name="Эльвира",
        last_name="Санджиева",
        email="p1@example.test",
        idnumber="A26-P-0001",
        institution="МБОУ «Школа» &amp; сад",
        department="",
    )
    assert person.roles == ("mentor", "student")
    assert person.groups == ((7, "Группа & 1"),)
    assert person.enrolment(2, suspended=True) == Enrolment(
        course_id=2, user_id=3, roles=("mentor", "student"), suspended=True
    )


def test_a_birth_date_reaches_no_record() -> None:
    assert "873327600" not in repr(payloads.enrolled_users([PERSON]))
    assert "1997" not in repr(payloads.enrolled_users([PERSON]))


def test_fields_that_the_token_may_not_see_are_empty() -> None:
    (person,) = payloads.enrolled_users([{"id": 3, "fullname": "Эльвира Очировна Санджиева"}])
    assert (person.user.first_name, person.user.last_name) == ("Эльвира", "Очировна Санджиева")
    assert (person.user.email, person.roles, person.groups) == ("", (), ())


@pytest.mark.parametrize("answer", [None, 5, "x", {"a": 1}, {"exception": "x"}])
def test_what_is_no_list_of_people_is_told(answer: Any) -> None:
    assert failure(payloads.enrolled_users, answer).function == "core_enrol_get_enrolled_users"


def test_a_list_that_php_numbered_with_holes_is_a_list() -> None:
    people = payloads.enrolled_users({"0": PERSON, "2": PERSON | {"id": 4}})
    assert [person.user.user_id for person in people] == [3, 4]


def test_a_wrong_row_is_named_by_path_and_index() -> None:
    error = failure(payloads.enrolled_users, [PERSON, PERSON | {"id": "three"}])
    assert (error.path, error.row) == ("[1].id", 1)
    assert str(error) == "core_enrol_get_enrolled_users: [1].id: not a whole number"
    error = failure(payloads.enrolled_users, [PERSON, PERSON | {"roles": [{"shortname": True}]}])
    assert error.path == "[1].roles[0].shortname"
    error = failure(payloads.enrolled_users, [PERSON, PERSON | {"roles": ["student"]}])
    assert (error.path, error.row) == ("[1].roles[0]", 0)
    error = failure(payloads.enrolled_users, [PERSON, "x"])
    assert (error.path, error.row) == ("[1]", 1)


def test_an_error_about_a_row_does_not_hold_the_row() -> None:
    error = failure(payloads.enrolled_users, [PERSON | {"id": "three"}])
    assert error.__cause__ is None
    assert error.__suppress_context__
    assert "Санджиева" not in repr(vars(error))


def test_groups_groupings_and_members_are_read() -> None:
    (group,) = payloads.groups([{"id": 1, "courseid": 3, "name": "Группа 1", "idnumber": None}])
    assert (group.group_id, group.course_id, group.name, group.idnumber) == (1, 3, "Группа 1", "")
    answer = [{"id": 1, "courseid": 3, "name": "Проектные", "idnumber": "", "groups": [{"id": 2}, {"id": 1}]}]
    assert payloads.groupings(answer, course_id=3) == [
        Grouping(grouping_id=1, course_id=3, name="Проектные", idnumber="", group_ids=(1, 2))
    ]
    bare = {"id": 1, "courseid": 3, "name": "x", "groups": None}
    assert payloads.groupings([bare], course_id=3)[0].group_ids == ()
    with pytest.raises(BadAnswer, match="another course"):
        payloads.groupings([bare], course_id=4)
    answer = [{"groupid": 1, "userids": [6, 5]}, {"groupid": 2, "userids": []}]
    assert payloads.group_members(answer, course_id=3) == {
        1: [GroupMember(course_id=3, group_id=1, user_id=6), GroupMember(course_id=3, group_id=1, user_id=5)],
        2: [],
    }


@pytest.mark.parametrize("wrapped", [False, True])
def test_cohorts_are_read_bare_and_wrapped(*, wrapped: bool) -> None:
    rows = [{"id": 1, "name": "Участники", "idnumber": "p", "visible": False}]
    (cohort,) = payloads.cohorts({"cohorts": rows} if wrapped else rows)
    assert (cohort.cohort_id, cohort.idnumber, cohort.visible) == (1, "p", False)


def test_cohort_members_are_read() -> None:
    members = payloads.cohort_members([{"cohortid": 1, "userids": [3, 4]}])
    assert [member.key for member in members[1]] == [(1, 3), (1, 4)]


# ---------------------------------------------------------------- courses


def test_a_site_tells_who_we_are_and_what_it_offers() -> None:
    answer = {
        "sitename": "Акселератор &amp; Ко",
        "release": "4.5.6",
        "userid": 2,
        "username": "svc",
        "lang": "ru",
        "functions": [{"name": "core_x", "version": "1"}],
    }
    site = payloads.site(answer, url="https://moodle.example")
    assert (site.name, site.url, site.functions) == (
        "Акселератор & Ко",
        "https://moodle.example",
        frozenset({"core_x"}),
    )
    assert failure(payloads.site, [], url="x").function == "core_webservice_get_site_info"
    assert failure(payloads.site, {"sitename": "x"}, url="x").path in {"functions", "userid", "username"}


COURSE = {
    "id": 2,
    "categoryid": 2,
    "shortname": "a",
    "fullname": "Этап 1",
    "idnumber": None,
    "visible": 1,
    "startdate": 0,
}


def test_courses_are_read_without_the_front_page() -> None:
    rows = payloads.courses({"courses": [COURSE | {"id": 1}, COURSE], "warnings": []})
    assert [row.course.course_id for row in rows] == [2]
    assert rows[0].accessible
    assert (rows[0].course.idnumber, rows[0].course.starts_at, rows[0].course.visible) == ("", None, True)
    assert not payloads.courses({"courses": [COURSE | {"visible": 0}]})[0].course.visible


def test_a_course_that_only_its_catalogue_shows_is_not_accessible() -> None:
    partial = {key: value for key, value in COURSE.items() if key not in {"visible", "startdate", "idnumber"}}
    assert not payloads.courses({"courses": [partial]})[0].accessible


def test_an_answer_without_its_list_is_told() -> None:
    assert failure(payloads.courses, {"warnings": []}).path == "courses"
    assert failure(payloads.courses, []).path == "courses"
    assert failure(payloads.courses, {"courses": [{"id": 2}]}).path == "courses[0].categoryid"


def test_activities_of_all_sections_are_read() -> None:
    label = {"id": 5, "modname": "label", "instance": 1, "name": "Привет", "visible": 0}
    sections = [{"modules": [label]}, {"modules": []}, {"modules": [label | {"id": 6, "url": "u", "visible": 1}]}]
    found = payloads.activities(sections, course_id=2)
    assert [(one.course_module_id, one.visible, one.url) for one in found] == [(5, False, ""), (6, True, "u")]
    wrong = [{"modules": []}, {"modules": [label, label | {"name": None, "id": "x"}]}]
    assert failure(payloads.activities, wrong, course_id=2).path == "[1].modules[1].id"


def test_warnings_are_read_where_there_are_any() -> None:
    answer = {"warnings": [{"item": "course", "itemid": 3, "warningcode": "1", "message": "x"}, {"item": "y"}]}
    assert [(one.item, one.item_id, one.code) for one in payloads.warned(answer, function="f")] == [
        ("course", 3, "1"),
        ("y", 0, ""),
    ]
    assert payloads.warned({"warnings": []}, function="f") == []
    assert payloads.warned([], function="f") == []


# ---------------------------------------------------------------- assignments

ASSIGNMENT = {
    "id": 1,
    "cmid": 9,
    "course": 2,
    "name": "Эссе",
    "duedate": 1795476034,
    "cutoffdate": 0,
    "grade": 100,
    "teamsubmission": 0,
    "blindmarking": 1,
    "markingworkflow": 1,
    "timemodified": 1795476034,
}


@pytest.mark.parametrize(
    ("grade", "grade_max", "scale_id"), [(100, 100, None), ("50.00000", 50, None), (-3, None, 3), (0, None, None)]
)
def test_an_assignment_is_marked_in_points_on_a_scale_or_not(grade: Any, grade_max: Any, scale_id: Any) -> None:
    answer = {"courses": [{"id": 2, "assignments": [ASSIGNMENT | {"grade": grade}]}, {"id": 3, "assignments": []}]}
    found = payloads.assignments(answer)
    assert found[3] == []
    (one,) = found[2]
    assert (one.grade_max, one.scale_id) == (grade_max, scale_id)
    assert (one.due_at, one.cutoff_at) == (datetime(2026, 11, 23, 23, 20, 34, tzinfo=UTC), None)
    assert (one.blind_marking, one.marking_workflow, one.team_submission) == (True, True, False)


GRADE = {
    "id": 1,
    "userid": 3,
    "attemptnumber": 0,
    "timecreated": 1,
    "timemodified": 2,
    "grader": 64,
    "grade": "91.50000",
}


def grades_answer(*grades: dict[str, Any]) -> dict[str, Any]:
    return {"assignments": [{"assignmentid": 1, "grades": list(grades)}], "warnings": []}


def test_grades_are_exact_and_minus_one_is_none() -> None:
    answer = grades_answer(
        GRADE, GRADE | {"id": 2, "grade": "-1.00000"}, GRADE | {"id": 3, "grade": None, "grader": None}
    )
    read = payloads.assignment_grades(answer, course_of={1: 2})
    assert [one.grade for one in read.records] == [Decimal("91.5"), None, None]
    assert [(one.course_id, one.assignment_id, one.grader_id) for one in read.records] == [
        (2, 1, 64),
        (2, 1, 64),
        (2, 1, 0),
    ]


def test_a_grade_that_is_missing_is_not_a_grade_that_is_null() -> None:
    missing = {key: value for key, value in GRADE.items() if key != "grade"}
    (error,) = payloads.assignment_grades(grades_answer(GRADE, missing), course_of={1: 2}).broken.values()
    assert str(error) == ("mod_assign_get_grades: assignments[0].grades[1].grade: Missing data for required field.")
    assert error.row == 1


def test_a_wrong_row_spoils_its_own_assignment_only() -> None:
    answer = grades_answer(GRADE | {"grade": "4,5"})
    answer["assignments"].append({"assignmentid": 2, "grades": [GRADE | {"id": 5}]})
    answer["assignments"].append({"assignmentid": 3})
    read = payloads.assignment_grades(answer, course_of={1: 2, 2: 2, 3: 4})
    assert [one.grade_id for one in read.records] == [5]
    assert {key: error.path for key, error in read.broken.items()} == {
        1: "assignments[0].grades[0].grade",
        3: "assignments[2].grades",
    }


def test_assignments_that_were_not_asked_for_are_ignored() -> None:
    read = payloads.assignment_grades(grades_answer(GRADE | {"grade": "x"}), course_of={2: 2})
    assert (read.records, read.broken) == ((), {})


def test_a_teams_submission_has_user_nought_and_its_group() -> None:
    row = {"id": 1, "userid": 0, "groupid": 4, "attemptnumber": 1, "status": "submitted", "gradingstatus": "graded"}
    answer = {"assignments": [{"assignmentid": 1, "submissions": [row]}]}
    (one,) = payloads.submissions(answer, course_of={1: 2}).records
    assert (one.user_id, one.group_id, one.attempt_number, one.status, one.created_at) == (0, 4, 1, "submitted", None)


# ---------------------------------------------------------------- gradebook

CELL = {
    "id": 2,
    "itemname": "Эссе &amp; рецензия",
    "itemtype": "mod",
    "itemmodule": "assign",
    "iteminstance": 1,
    "itemnumber": 0,
    "idnumber": "essay",
    "categoryid": 1,
    "outcomeid": None,
    "scaleid": None,
    "locked": False,
    "cmid": 9,
    "graderaw": Decimal("60.3"),
    "gradedatesubmitted": None,
    "gradedategraded": 1795476034,
    "gradeishidden": False,
    "gradeislocked": False,
    "gradeisoverridden": False,
    "gradeformatted": "60.30",
    "grademin": 0,
    "grademax": 100,
    "rangeformatted": "0&ndash;100",
    "feedback": "<p>x</p>",
}


def book(*cells: dict[str, Any], **options: Any) -> payloads.Gradebook:
    return payloads.gradebook({"usergrades": [{"userid": 3, "gradeitems": list(cells)}]}, course_id=2, **options)


def test_a_gradebook_gives_columns_and_grades() -> None:
    read = book(CELL)
    (item,), (grade,) = read.items, read.grades
    assert (item.name, item.idnumber, item.is_scale, item.course_module_id) == ("Эссе & рецензия", "essay", False, 9)
    assert (grade.grade, grade.label, grade.feedback) == (Decimal("60.3"), "60.30", "<p>x</p>")
    assert read.user_ids == {3}


def test_an_unpublished_mark_is_null_without_a_label() -> None:
    (grade,) = book(CELL | {"graderaw": None, "gradeformatted": "-"}).grades
    assert (grade.grade, grade.label) == (None, "")


def test_minus_one_in_the_gradebook_is_a_grade() -> None:
    assert book(CELL | {"graderaw": -1, "grademin": -10}).grades[0].grade == -1


def test_flags_of_a_grade_are_read() -> None:
    (grade,) = book(CELL | {"gradeishidden": True, "gradeislocked": True, "gradeisoverridden": True}).grades
    assert (grade.hidden, grade.locked, grade.overridden) == (True, True, True)


def test_what_the_token_may_not_see_is_not_taken_for_set() -> None:
    (grade,) = book(CELL | {"gradeislocked": None, "gradeisoverridden": None, "locked": None}).grades
    assert (grade.locked, grade.overridden) == (False, False)
    absent = {key: value for key, value in CELL.items() if not key.startswith("gradeis")}
    assert not book(absent).grades[0].hidden


@pytest.mark.parametrize(
    ("shown", "is_scale"),
    [
        ("0&ndash;100", False),
        ("0–100", False),
        ("-10&ndash;10", False),
        ("0,00&ndash;100,00", False),
        ("0 %&ndash;100 %", False),
        ("не готов&ndash;готов", True),
        ("Не зачтено&ndash;Зачтено", True),
        ("", False),
        ("-", False),
    ],
)
def test_a_scale_is_told_by_its_worded_range(shown: str, *, is_scale: bool) -> None:
    assert book(CELL | {"rangeformatted": shown, "grademin": 1}).items[0].is_scale is is_scale


def test_a_scale_is_told_by_the_assignment_even_where_its_words_are_numbers() -> None:
    assert book(CELL | {"rangeformatted": "2&ndash;5"}, scale_modules=frozenset({9})).items[0].is_scale


def test_letters_for_points_do_not_make_a_scale() -> None:
    cell = CELL | {"rangeformatted": "F&ndash;A", "gradeformatted": "A (95.00)"}
    assert not book(cell).items[0].is_scale


@pytest.mark.parametrize("kind", ["course", "category"])
def test_a_total_belongs_to_its_category_and_to_no_activity(kind: str) -> None:
    total = {"id": 16, "itemname": None, "itemtype": kind, "itemmodule": None, "iteminstance": 4, "itemnumber": None}
    (item,) = book(total | {"graderaw": None, "grademin": 0, "grademax": 0}).items
    assert (item.instance_id, item.category_id, item.module, item.course_module_id) == (None, 4, None, None)
    assert (item.name, item.grade_max) == ("", 0)


def test_a_wrong_cell_leaves_out_that_person_only() -> None:
    people = [{"userid": 3, "gradeitems": [CELL]}, {"userid": 4, "gradeitems": [CELL, CELL | {"graderaw": "x"}]}]
    read = payloads.gradebook({"usergrades": people}, course_id=2)
    assert {grade.user_id for grade in read.grades} == {3}
    assert read.user_ids == {3, 4}
    assert read.broken[4].path == "usergrades[1].gradeitems[1].graderaw"


# ---------------------------------------------------------------- workshops


def workshop(strategy: str = "accumulative") -> Workshop:
    return Workshop(1, 3, 2, "Экспертиза", 50, strategy, Decimal(80), Decimal(20), None, None, None)


def test_workshops_are_read() -> None:
    row = {"id": 1, "course": 2, "coursemodule": 3, "name": "Экспертиза", "phase": 50, "strategy": "accumulative"}
    answer = {"workshops": [row | {"grade": 80, "gradinggrade": Decimal("20.0"), "submissionend": 0}], "warnings": []}
    assert payloads.workshops(answer) == [workshop()]


REVIEW = {"userid": 26, "assessmentid": 259, "submissionid": 52, "grade": 59, "gradinggrade": None, "weight": 1}


def report(*rows: dict[str, Any], **more: Any) -> payloads.ReportPage:
    return payloads.report_page({"report": {"grades": list(rows), **more}}, workshop=workshop())


def test_a_report_row_is_a_work_with_the_reviews_of_it_and_by_its_author() -> None:
    given = REVIEW | {"userid": 5, "assessmentid": 7, "submissionid": 50, "grade": None}
    row = {
        "userid": 56,
        "submissionid": 52,
        "submissiontitle": "Эссе",
        "submissiongrade": 53,
        "submissionmodified": 0,
        "reviewedby": [REVIEW],
        "reviewerof": [given],
    }
    page = report(row, totalcount=60)
    assert [(one.submission_id, one.author_id, one.grade) for one in page.submissions] == [(52, 56, 53)]
    assert {(one.assessment_id, one.submission_id, one.reviewer_id, one.grade) for one in page.assessments} == {
        (259, 52, 26, 59),
        (7, 50, 56, None),
    }
    assert (page.authors, page.total) == ({56}, 60)


def test_the_reviewer_is_known_even_where_reviewers_names_are_hidden() -> None:
    anonymous = REVIEW | {"userid": 0}
    author = {"userid": 56, "submissionid": 52, "reviewedby": [anonymous]}
    reviewer = {"userid": 26, "submissionid": None, "reviewerof": [anonymous]}
    for rows in ((author, reviewer), (reviewer, author)):
        assert [one.reviewer_id for one in report(*rows).assessments] == [26]


def test_a_grade_over_the_given_one_wins() -> None:
    row = {"userid": 56, "submissionid": 52, "submissiongrade": 53, "submissiongradeover": 60}
    row["reviewedby"] = [REVIEW | {"gradinggrade": 10, "gradinggradeover": 12}]
    page = report(row)
    assert page.submissions[0].grade == 60
    assert page.assessments[0].grading_grade == 12


def test_before_the_assessment_phase_reviews_are_left_out() -> None:
    page = report({"userid": 56, "submissionid": 52, "submissiontitle": "x", "submissionmodified": 1})
    assert page.assessments == ()
    assert (page.submissions[0].grade, page.total) == (None, 1)


def test_exact_grades_are_put_on_the_workshops_scale() -> None:
    rows = [
        {"id": 1, "authorid": 3, "title": "Эссе", "timemodified": 0, "grade": Decimal("66.12345"), "gradeover": None},
        {"id": 2, "authorid": 4, "title": "Эссе", "grade": 50, "gradeover": 100},
        {"id": 3, "authorid": 0, "title": "Эссе"},
    ]
    works = payloads.workshop_submissions({"submissions": rows}, workshop=workshop())
    assert [(one.author_id, one.grade) for one in works] == [(3, Decimal("52.89876")), (4, 80), (0, None)]


def named(**values: Any) -> list[dict[str, Any]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def form_answer(fields: list[dict[str, Any]], current: list[dict[str, Any]], info: list[dict[str, Any]]) -> Any:
    return {"dimenssionscount": len(info), "fields": fields, "current": current, "dimensionsinfo": info, "options": []}


def read_form(strategy: str, fields: Any, current: Any, info: Any) -> payloads.Form:
    return payloads.form(form_answer(fields, current, info), workshop=workshop(strategy), assessment_id=7)


INFO = [{"id": 1, "min": 0, "max": 10, "weight": "2"}]
FIELDS = named(dimensionid__idx_0="1", description__idx_0="<p>Проблема</p>", grade__idx_0="10", weight__idx_0="2")


def test_points_are_read_from_an_accumulative_form() -> None:
    form = read_form("accumulative", FIELDS, named(grade__idx_0="8.00000", peercomment__idx_0="ясно"), INFO)
    (criterion,), (mark,) = form.criteria, form.marks
    assert (criterion.criterion_id, criterion.position, criterion.weight) == (1, 0, 2)
    assert (criterion.description, criterion.grade_min, criterion.grade_max) == ("<p>Проблема</p>", 0, 10)
    assert (mark.assessment_id, mark.criterion_id, mark.grade, mark.comment) == (7, 1, 8, "ясно")


def test_an_unwritten_review_has_criteria_and_no_marks() -> None:
    form = read_form("accumulative", FIELDS, [], INFO)
    assert len(form.criteria) == 1
    assert form.marks == ()


@pytest.mark.parametrize(("sent", "grade"), [("1", 1), ("-1", 0)])
def test_yes_and_no_are_one_and_nought(sent: str, grade: int) -> None:
    info = [{"id": 1, "min": 0, "max": 1, "weight": 1}]
    assert read_form("numerrors", FIELDS, named(grade__idx_0=sent), info).marks[0].grade == grade
    assert read_form("numerrors", FIELDS, [], info).marks == ()


RUBRIC = named(
    dimensionid__idx_0="1",
    levelid__idx_0__idy_0="11",
    grade__idx_0__idy_0="0.00000",
    levelid__idx_0__idy_1="12",
    grade__idx_0__idy_1="5.00000",
)


def test_a_chosen_level_is_its_grade() -> None:
    assert read_form("rubric", RUBRIC, named(chosenlevelid__idx_0="12"), INFO).marks[0].grade == 5
    assert read_form("rubric", RUBRIC, named(chosenlevelid__idx_0=None), INFO).marks == ()
    with pytest.raises(BadAnswer) as caught:
        read_form("rubric", RUBRIC, named(chosenlevelid__idx_0="13"), INFO)
    assert caught.value.path == "current.chosenlevelid__idx_0"


def test_comments_have_no_marks() -> None:
    assert read_form("comments", FIELDS, named(peercomment__idx_0="x"), INFO).marks == ()


@pytest.mark.parametrize("criterion", ["", "x", "5"])
def test_a_criterion_that_is_not_described_is_told(criterion: str) -> None:
    with pytest.raises(BadAnswer) as caught:
        read_form("accumulative", named(dimensionid__idx_0=criterion), [], INFO)
    assert caught.value.path == "fields.dimensionid__idx_0"


def test_a_mark_that_is_no_number_is_told() -> None:
    with pytest.raises(BadAnswer) as caught:
        read_form("accumulative", FIELDS, named(grade__idx_0="много"), INFO)
    assert caught.value.path == "current.grade__idx_0.value"
