from bridge.demo.accounts import SERVICE_TOKEN

STATUS, COURSE = "core_completion_get_activities_completion_status", "core_completion_get_course_completion_status"


def _states(answer):
    return {row["cmid"]: row for row in answer["statuses"]}


def test_a_graded_activity_is_complete_and_others_are_not(ask, course_id, activity, participant):
    states = _states(ask(STATUS, courseid=course_id("individual"), userid=participant(1).id))

    assert states[activity("project").id]["state"] == 1
    assert states[activity("project").id]["timecompleted"] > 0
    assert states[activity("diary").id]["state"] == 0
    assert activity("peerproject").id not in states


def test_strangers_and_suspended_people_are_a_success_without_tracking(ask, course_id, tables, participant):
    mentor = next(row for row in tables.users.values() if row.username.endswith("_m1"))

    for user in (mentor, participant(17)):
        rows = ask(STATUS, courseid=course_id("group"), userid=user.id)["statuses"]
        assert [row["istrackeduser"] for row in rows] == [False, False]


def test_a_course_without_criteria_says_so_and_strangers_are_named_first(ask, course_id, tables, participant):
    mentor = next(row for row in tables.users.values() if row.username.endswith("_m1"))

    assert ask(COURSE, courseid=course_id("select"), userid=participant(1).id)["errorcode"] == "nocriteriaset"
    assert ask(COURSE, courseid=course_id("select"), userid=mentor.id)["errorcode"] == "usernotenroled"


def test_completion_needs_its_rights(ask, course_id, tables, participant):
    query = {"token": SERVICE_TOKEN, "courseid": course_id("group"), "userid": participant(1).id}
    rights = tables.tokens[SERVICE_TOKEN].capabilities

    rights.remove("moodle/site:accessallgroups")
    assert ask(STATUS, **query)["errorcode"] == "accessdenied"
    rights -= {"report/progress:view", "report/completion:view"}
    assert ask(STATUS, **query)["errorcode"] == "nopermissions"
    assert ask(COURSE, **query)["errorcode"] == "nopermissions"
