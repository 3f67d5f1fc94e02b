import pytest

from bridge.demo import changes
from bridge.demo.errors import DemoError
from bridge.demo.seasons import generate

SINCE = 1_795_500_000 - 1


def _marks(ask, assignment):
    answer = ask("mod_assign_get_grades", assignmentids=[assignment])
    return {row["userid"]: row for each in answer["assignments"] for row in each["grades"]}


def _gradebook(ask, course, user):
    cells = ask("gradereport_user_get_grade_items", courseid=course, userid=user)["usergrades"][0]["gradeitems"]
    return {cell["idnumber"]: cell for cell in cells}


def test_a_term_shows_everywhere_it_would_on_a_real_site(ask, tables, course_id, participant, now):
    select = course_id("select")
    changes.a_term(tables, code="a25", now=now)

    hints = ask("core_course_get_updates_since", courseid=select, since=SINCE)["instances"]
    essay = {each["name"]: each for each in hints[0]["updates"]}
    assert essay.keys() == {"configuration", "usersubmissions", "usergrades"}
    assert len(essay["usergrades"]["itemids"]) == 2
    enrolled = {row["id"] for row in ask("core_enrol_get_enrolled_users", courseid=select)}
    assert participant(21).id not in enrolled
    assert participant("new").id in enrolled
    assert _gradebook(ask, select, participant(3).id)["test"]["gradeisoverridden"] is True
    individual = _gradebook(ask, course_id("individual"), participant(4).id)
    assert individual["project"]["gradeislocked"] is True
    assert individual["checkpoint"]["gradeishidden"] is False
    assert "diary" not in individual
    assert ask("core_course_get_contents", courseid=select)[0]["modules"][0]["dates"][0]["timestamp"] > now


def test_what_a_real_site_does_not_hint_at_is_not_hinted_at_here(ask, tables, course_id, now):
    changes.a_term(tables, code="a25", now=now)

    for key in ("group", "individual", "implement"):
        assert ask("core_course_get_updates_since", courseid=course_id(key), since=SINCE)["instances"] == []


def test_a_mark_is_given_changed_and_taken_back(ask, tables, item, participant, now):
    user, essay = participant(13).id, item("essay")

    for grade in (71.5, 80.0):
        changes.mark(tables, "essay", user, grade, grader=5, now=now)
        assert float(_marks(ask, essay.iteminstance)[user]["grade"]) == grade
        assert _gradebook(ask, essay.course, user)["essay"]["graderaw"] == grade

    changes.mark(tables, "essay", user, -1, grader=5, now=now)
    assert _marks(ask, essay.iteminstance)[user]["grade"] == "-1.00000"
    assert _gradebook(ask, essay.course, user)["essay"]["graderaw"] is None


def test_a_locked_cell_keeps_its_grade(tables, item, participant, now):
    user = participant(5).id
    before = changes.lock_grade(tables, "essay", user).final

    changes.mark(tables, "essay", user, 1.0, grader=5, now=now)

    assert tables.grade_grades[item("essay").id, user].final == before


def test_a_work_is_handed_in_once_and_then_again(tables, participant, now):
    first = changes.hand_in(tables, "essay", participant(19).id, now=now)
    again = changes.hand_in(tables, "essay", participant(19).id, now=now + 5, text="<p>Иначе</p>")

    assert first is again
    assert (again.timemodified, again.text) == (now + 5, "<p>Иначе</p>")


def test_a_deleted_person_is_gone_from_every_list(ask, tables, course_id, participant):
    user = participant(1).id

    changes.delete_user(tables, user)

    for key in ("select", "group", "individual", "implement"):
        assert user not in {row["id"] for row in ask("core_enrol_get_enrolled_users", courseid=course_id(key))}
    assert user not in ask("core_cohort_get_cohort_members", cohortids=list(tables.cohorts))[0]["userids"]
    assert not any(user in group.members for group in tables.groups.values())
    assert ask("core_user_get_users_by_field", field="id", values=[user]) == []
    assert (
        ask("gradereport_user_get_grade_items", courseid=course_id("select"), userid=user)["errorcode"] == "invaliduser"
    )


def test_a_renumbered_assignment_answers_the_same_under_new_ids(ask, tables, activity, course_id, participant):
    old, user = activity("essay"), participant(1).id
    before, cell = _marks(ask, old.instance), _gradebook(ask, course_id("select"), user)["essay"]

    new = changes.renumber_assignment(tables, "essay")

    after, moved = _marks(ask, new), _gradebook(ask, course_id("select"), user)["essay"]
    assert {u: row["grade"] for u, row in after.items()} == {u: row["grade"] for u, row in before.items()}
    assert not {row["id"] for row in after.values()} & {row["id"] for row in before.values()}
    assert (moved["graderaw"], moved["cmid"] != cell["cmid"], moved["id"] != cell["id"]) == (
        cell["graderaw"],
        True,
        True,
    )
    assert _marks(ask, old.instance) == {}
    assert ask("core_completion_get_activities_completion_status", courseid=course_id("select"), userid=user)[
        "statuses"
    ]


def test_a_deleted_activity_takes_everything_along(ask, tables, activity, course_id):
    essay, cmid = activity("essay").instance, activity("essay").id

    changes.delete_activity(tables, "essay")

    assert _marks(ask, essay) == {}
    assert not any(row.assignment == essay for row in tables.assign_submissions.values())
    assert not any(place[0] == cmid for place in tables.module_completion)
    assert [m["modname"] for m in ask("core_course_get_contents", courseid=course_id("select"))[0]["modules"]] == [
        "quiz",
        "workshop",
    ]


def test_a_deleted_quiz_takes_its_column_along(tables, item):
    column = item("test").id

    changes.delete_activity(tables, "test")

    assert column not in tables.grade_items
    assert not any(itemid == column for itemid, _ in tables.grade_grades)


def test_a_changed_scale_keeps_the_numbers(ask, tables, course_id, participant):
    user = participant(1).id
    before = _gradebook(ask, course_id("individual"), user)["checkpoint"]

    changes.change_scale(tables, "checkpoint", ["нет", "почти", "да", "образцово"])

    after = _gradebook(ask, course_id("individual"), user)["checkpoint"]
    assert after["graderaw"] == before["graderaw"]
    assert (after["grademax"], after["rangeformatted"]) == (4, "нет&ndash;образцово")
    assert after["gradeformatted"] in {"нет", "почти", "да"}


def test_a_written_review_has_a_mark_for_each_criterion(ask, tables, now):
    owed = next(row for row in tables.workshop_assessments.values() if row.grade is None)

    changes.write_review(tables, owed.id, 7.0, now=now)

    review = ask("mod_workshop_get_assessment", assessmentid=owed.id)["assessment"]
    form = ask("mod_workshop_get_assessment_form_definition", assessmentid=owed.id)["current"]
    assert (review["grade"], review["timemodified"]) == (70, now)
    assert [each["value"] for each in form if each["name"].startswith("grade__")] == ["7.00000"] * 4


def test_an_activity_that_is_not_there_is_named(tables):
    with pytest.raises(DemoError, match="nosuch"):
        changes.lock_grade(tables, "nosuch", 5)
    tables.grade_items.clear()
    with pytest.raises(DemoError, match="essay"):
        changes.lock_grade(tables, "essay", 5)


def test_a_term_passes_over_a_season_of_any_size():
    tables = generate(9, participants=60, now=SINCE)

    changes.a_term(tables, code="a25", now=SINCE)

    assert sum(row.locked for row in tables.grade_grades.values()) == 2
