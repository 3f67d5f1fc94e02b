from bridge.demo.accounts import SERVICE_TOKEN
from bridge.demo.tables import AssignGrade

SINCE = "core_course_get_updates_since"


def test_a_course_page_lists_its_activities_with_their_dates(ask, course_id, tables, activity):
    sections = ask("core_course_get_contents", courseid=course_id("select"))

    modules = {module["modname"]: module for module in sections[0]["modules"]}
    essay = tables.assigns[activity("essay").instance]
    assert modules.keys() == {"assign", "quiz", "workshop"}
    assert modules["assign"]["dates"] == [{"label": "Due:", "timestamp": essay.duedate, "dataid": "duedate"}]
    assert [date["label"] for date in modules["quiz"]["dates"]] == ["Opened:", "Closes:"]
    assert modules["assign"]["completiondata"]["hascompletion"] is True
    assert all(section["modules"] == [] for section in sections[1:])


def test_a_hidden_activity_is_there_only_for_who_may_see_it(ask, course_id, tables, activity):
    activity("essay").visible = 0
    tables.tokens[SERVICE_TOKEN].capabilities.remove("moodle/course:viewhiddenactivities")

    seen = ask("core_course_get_contents", token=SERVICE_TOKEN, courseid=course_id("select"))[0]["modules"]

    assert [module["modname"] for module in seen] == ["quiz", "workshop"]
    assert len(ask("core_course_get_contents", courseid=course_id("select"))[0]["modules"]) == 3


def test_a_hidden_section_is_there_only_for_who_may_see_it(ask, course_id, tables):
    section = next(row for row in tables.sections.values() if row.course == course_id("select") and row.section == 3)
    section.visible = 0
    tables.tokens[SERVICE_TOKEN].capabilities.remove("moodle/course:viewhiddensections")

    assert len(ask("core_course_get_contents", courseid=course_id("select"))) == 6
    assert len(ask("core_course_get_contents", token=SERVICE_TOKEN, courseid=course_id("select"))) == 5


# ---------------------------------------------------------------- hints


def _parts(answer):
    return {
        each["name"]: each.get("itemids", each.get("timeupdated"))
        for instance in answer["instances"]
        for each in instance["updates"]
    }


def test_a_change_at_the_very_second_is_not_shown(ask, course_id, tables, activity, now):
    changed = next(row for row in tables.assign_grades.values() if row.assignment == activity("analysis").instance)
    changed.timemodified = now

    at, before = (ask(SINCE, courseid=course_id("group"), since=moment) for moment in (now, now - 1))

    assert _parts(at) == {}
    assert _parts(before) == {"usergrades": [changed.id]}


def test_a_new_grade_a_new_submission_and_a_new_setting_are_hinted_at(ask, course_id, tables, activity, now):
    essay = tables.assigns[activity("essay").instance]
    essay.timemodified = now
    submission = next(row for row in tables.assign_submissions.values() if row.assignment == essay.id)
    submission.timemodified = now
    tables.assign_grades[9000] = AssignGrade(9000, essay.id, submission.userid, now, now, 1, 50.0)

    parts = _parts(ask(SINCE, courseid=course_id("select"), since=now - 1, filter=["configuration", "usergrades"]))
    whole = _parts(ask(SINCE, courseid=course_id("select"), since=now - 1))

    assert parts == {"configuration": now, "usergrades": [9000]}
    assert whole["usersubmissions"] == [submission.id]


def test_what_is_no_module_change_is_invisible(ask, course_id, tables, participant, now):
    tables.courses[course_id("group")].fullname = "Иначе"
    del tables.enrolments[course_id("group"), participant(1).id]
    next(iter(tables.groups.values())).members.clear()
    for row in tables.grade_grades.values():
        row.locked = True

    assert ask(SINCE, courseid=course_id("group"), since=now - 1) == {"instances": [], "warnings": []}


def test_a_reviewers_aggregate_is_hinted_at_every_time(ask, course_id, tables, now):
    parts = _parts(ask(SINCE, courseid=course_id("select"), since=now + 1))

    assert parts == {"userassessmentgrades": sorted(tables.workshop_aggregations)}


def test_without_the_right_to_grades_only_settings_are_hinted_at(ask, course_id, tables):
    tables.tokens[SERVICE_TOKEN].capabilities -= {
        "mod/assign:viewgrades",
        "mod/workshop:viewallsubmissions",
        "mod/workshop:viewallassessments",
    }

    assert _parts(ask(SINCE, token=SERVICE_TOKEN, courseid=course_id("select"), since=0)).keys() == {"configuration"}


def test_named_activities_are_checked_and_strangers_warned_of(ask, course_id, activity):
    check = [{"contextlevel": "module", "id": cmid, "since": 0} for cmid in (activity("essay").id, 999)]

    answer = ask("core_course_check_updates", courseid=course_id("select"), tocheck=check)

    assert [instance["id"] for instance in answer["instances"]] == [activity("essay").id]
    assert [warning["warningcode"] for warning in answer["warnings"]] == ["missingcmid"]
