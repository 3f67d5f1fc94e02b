import pytest

from bridge.demo.accounts import LIMITED_TOKEN, SERVICE_TOKEN
from bridge.demo.tables import AssignGrade, AssignSubmission

ASSIGNMENTS, SUBMISSIONS, GRADES = "mod_assign_get_assignments", "mod_assign_get_submissions", "mod_assign_get_grades"


@pytest.fixture
def essay(tables, activity):
    return tables.assigns[activity("essay").instance]


def _submitted(answer):
    return {row["userid"]: row for assignment in answer["assignments"] for row in assignment["submissions"]}


def _marked(answer):
    return {row["userid"]: row for assignment in answer["assignments"] for row in assignment["grades"]}


# ---------------------------------------------------------------- settings


def test_without_the_flag_a_service_account_gets_warnings_only(ask, course_id):
    ids = [course_id("select"), course_id("group")]

    without = ask(ASSIGNMENTS, token=SERVICE_TOKEN, courseids=ids)
    with_flag = ask(ASSIGNMENTS, token=SERVICE_TOKEN, courseids=ids, includenotenrolledcourses=1)

    assert without["courses"] == []
    assert [warning["warningcode"] for warning in without["warnings"]] == ["2", "2"]
    assert [len(course["assignments"]) for course in with_flag["courses"]] == [1, 2]
    assert with_flag["warnings"] == []


def test_without_courses_ones_own_are_meant(ask, tables, course_id):
    assert ask(ASSIGNMENTS)["courses"] == []
    tables.enrolments[course_id("select"), 2] = next(iter(tables.enrolments.values()))

    assert [course["id"] for course in ask(ASSIGNMENTS)["courses"]] == [course_id("select")]
    assert [course["id"] for course in ask(ASSIGNMENTS, courseids=[course_id("select")])["courses"]] == [
        course_id("select")
    ]


def test_closed_and_missing_courses_become_warnings(ask, course_id):
    answer = ask(ASSIGNMENTS, token=LIMITED_TOKEN, courseids=[course_id("select"), 999], includenotenrolledcourses=1)

    assert answer["courses"] == []
    assert [warning["itemid"] for warning in answer["warnings"]] == [course_id("select"), 999]


def test_an_assignment_that_one_may_not_see_becomes_a_warning(ask, tables, course_id, activity):
    activity("essay").visible = 0
    tables.tokens[SERVICE_TOKEN].capabilities.remove("moodle/course:viewhiddenactivities")

    answer = ask(ASSIGNMENTS, token=SERVICE_TOKEN, courseids=[course_id("select")], includenotenrolledcourses=1)

    assert answer["courses"][0]["assignments"] == []
    assert answer["warnings"][0]["itemid"] == activity("essay").id


def test_a_course_may_be_asked_for_by_what_one_may_do_there(ask, course_id):
    query = {"courseids": [course_id("select")], "includenotenrolledcourses": 1, "token": SERVICE_TOKEN}

    assert len(ask(ASSIGNMENTS, capabilities=["mod/assign:grade"], **query)["courses"]) == 1
    assert ask(ASSIGNMENTS, capabilities=["mod/assign:nosuch"], **query)["courses"] == []


def test_a_scale_is_its_number_below_zero(ask, tables, course_id, activity):
    rows = ask(ASSIGNMENTS, courseids=[course_id("individual")], includenotenrolledcourses=1)["courses"][0]
    grades = {row["cmid"]: row["grade"] for row in rows["assignments"]}

    assert -grades[activity("checkpoint").id] in tables.scales
    assert grades[activity("diary").id] == 0


# ---------------------------------------------------------------- submissions


def test_only_the_latest_attempt_is_listed(ask, tables, essay, participant):
    user = participant(1).id
    first = next(row for row in tables.assign_submissions.values() if (row.assignment, row.userid) == (essay.id, user))
    first.latest = False
    tables.assign_submissions[9000] = AssignSubmission(9000, essay.id, user, 5, 5, attemptnumber=1)

    row = _submitted(ask(SUBMISSIONS, assignmentids=[essay.id]))[user]

    assert (row["id"], row["attemptnumber"]) == (9000, 1)


def test_who_left_the_course_is_not_shown(ask, tables, essay, participant):
    user = participant(2).id
    del tables.enrolments[essay.course, user]

    assert user not in _submitted(ask(SUBMISSIONS, assignmentids=[essay.id]))
    assert user in _marked(ask(GRADES, assignmentids=[essay.id]))


def test_suspended_people_show_to_who_may_see_them(ask, tables, activity, participant):
    analysis = activity("analysis").instance
    assert participant(17).id in _submitted(ask(SUBMISSIONS, token=SERVICE_TOKEN, assignmentids=[analysis]))

    tables.tokens[SERVICE_TOKEN].capabilities.remove("moodle/course:viewsuspendedusers")

    assert participant(17).id not in _submitted(ask(SUBMISSIONS, token=SERVICE_TOKEN, assignmentids=[analysis]))


def test_a_team_hands_in_as_nobody_of_its_group(ask, tables, activity):
    rows = ask(SUBMISSIONS, assignmentids=[activity("groupproject").instance])["assignments"][0]["submissions"]

    assert {row["userid"] for row in rows} == {0}
    assert {row["groupid"] for row in rows} == set(tables.groups)


def test_the_rows_of_a_teams_people_show_where_somebody_has_no_team(ask, tables, activity, participant):
    next(iter(tables.groups.values())).members.discard(participant(1).id)

    rows = ask(SUBMISSIONS, assignmentids=[activity("groupproject").instance])["assignments"][0]["submissions"]

    assert participant(2).id in {row["userid"] for row in rows}


def test_submissions_are_bounded_by_time_and_status(ask, tables, activity):
    joint = activity("groupproject").instance
    rows = [row for row in tables.assign_submissions.values() if row.assignment == joint and row.groupid]
    rows[0].status = "draft"
    rows.sort(key=lambda row: row.timemodified)
    middle = rows[3].timemodified

    def ids(**bounds):
        answer = ask(SUBMISSIONS, assignmentids=[joint], **bounds)
        return {row["id"] for row in answer["assignments"][0]["submissions"]}

    assert ids(status="draft") == {row.id for row in rows if row.status == "draft"}
    assert ids(since=middle) == {row.id for row in rows if row.timemodified >= middle}
    assert ids(since=1, before=middle) == {row.id for row in rows if row.timemodified <= middle}


def test_an_assignment_without_submissions_is_warned_of(ask, activity):
    diary = activity("diary").instance

    answer = ask(SUBMISSIONS, assignmentids=[diary, 999])

    assert answer["assignments"] == [{"assignmentid": diary, "submissions": []}]
    assert [(each["itemid"], each["warningcode"]) for each in answer["warnings"]] == [(diary, "3")]


def test_the_grading_status_is_the_workflows_where_there_is_one(ask, activity, participant, essay):
    analysis = _submitted(ask(SUBMISSIONS, assignmentids=[activity("analysis").instance]))
    essays = _submitted(ask(SUBMISSIONS, assignmentids=[essay.id]))

    assert analysis[participant(9).id]["gradingstatus"] == "inreview"
    assert analysis[participant(1).id]["gradingstatus"] == "released"
    assert essays[participant(13).id]["gradingstatus"] == "notgraded"
    assert essays[participant(1).id]["gradingstatus"] == "graded"


def test_scripts_are_cleaned_out_of_a_text_unless_it_is_asked_for_raw(ask, essay, participant):
    def text(settings):
        row = _submitted(ask(SUBMISSIONS, assignmentids=[essay.id], settings=settings))[participant(4).id]
        return row["plugins"][0]["editorfields"][0]["text"]

    assert "<script>" not in text(None)
    assert "<script>alert(1)</script>" in text({"moodlewssettingraw": "1"})


# ---------------------------------------------------------------- grades


def test_grades_are_text_with_five_places(ask, essay, participant):
    assert _marked(ask(GRADES, assignmentids=[essay.id]))[participant(1).id]["grade"] == "91.50000"


def test_grades_of_the_very_second_are_shown(ask, tables, essay):
    newest = max(
        (row for row in tables.assign_grades.values() if row.assignment == essay.id), key=lambda row: row.timemodified
    )

    assert newest.userid in _marked(ask(GRADES, assignmentids=[essay.id], since=newest.timemodified))
    assert _marked(ask(GRADES, assignmentids=[essay.id], since=newest.timemodified + 1)) == {}


def test_an_assignment_without_grades_or_existence_is_warned_of_alike(ask, activity):
    diary = activity("diary").instance

    assert ask(GRADES, assignmentids=[diary, 999]) == {
        "assignments": [],
        "warnings": [
            {"item": "assignment", "itemid": number, "warningcode": "3", "message": "No grades found"}
            for number in (diary, 999)
        ],
    }


def test_a_grade_of_an_earlier_attempt_is_not_shown(ask, tables, essay, participant):
    user = participant(1).id
    row = next(row for row in tables.assign_submissions.values() if (row.assignment, row.userid) == (essay.id, user))
    row.attemptnumber = 1
    assert user not in _marked(ask(GRADES, assignmentids=[essay.id]))

    tables.assign_grades[9000] = AssignGrade(9000, essay.id, user, 5, 5, 3, -1.0, attemptnumber=1)
    assert _marked(ask(GRADES, assignmentids=[essay.id]))[user]["grade"] == "-1.00000"


def test_without_the_right_to_grades_there_are_warnings_only(ask, tables, essay):
    tables.tokens[SERVICE_TOKEN].capabilities -= {"mod/assign:viewgrades", "mod/assign:grade"}

    for function in (GRADES, SUBMISSIONS):
        answer = ask(function, token=SERVICE_TOKEN, assignmentids=[essay.id])
        assert answer["assignments"] == []
        assert [each["warningcode"] for each in answer["warnings"]] == ["1"]


# ---------------------------------------------------------------- participants

PARTICIPANTS = "mod_assign_list_participants"


def test_blind_participants_are_numbers_in_the_order_of_submission(ask, tables, activity):
    defence = activity("defence").instance
    tables.tokens[SERVICE_TOKEN].capabilities.remove("mod/assign:viewblinddetails")

    rows = ask(PARTICIPANTS, token=SERVICE_TOKEN, assignid=defence, groupid=0, filter="")

    handed_in = [row["submitted"] for row in rows]
    assert handed_in == sorted(handed_in, reverse=True)
    assert all(row["fullname"] == f"Participant {row['recordid']}" for row in rows)
    assert len({row["recordid"] for row in rows}) == len(rows)
    assert "lastname" not in rows[0]


def test_who_may_see_identities_sees_the_name_beside_the_number(ask, activity, tables):
    row = ask(PARTICIPANTS, assignid=activity("defence").instance, groupid=0, filter="", limit=1)[0]

    assert row["fullname"] == f"Participant {row['recordid']} ({tables.users[row['id']].fullname})"


def test_open_participants_are_named_and_cut_as_asked(ask, essay, tables, participant):
    whole = ask(PARTICIPANTS, assignid=essay.id, groupid=0, filter="", onlyids=1)
    part = ask(PARTICIPANTS, assignid=essay.id, groupid=0, filter="", skip=3, limit=2)
    found = ask(PARTICIPANTS, assignid=essay.id, groupid=0, filter=participant(1).lastname.lower())

    assert [row["id"] for row in part] == [row["id"] for row in whole][3:5]
    assert part[0]["lastname"] == tables.users[part[0]["id"]].lastname
    assert participant(1).id in [row["id"] for row in found]
    assert len(found) < len(whole)


def test_a_work_changed_after_its_mark_requires_grading(ask, tables, essay, participant):
    def needs(number):
        rows = ask(PARTICIPANTS, assignid=essay.id, groupid=0, filter="")
        return next(row["requiregrading"] for row in rows if row["id"] == participant(number).id)

    assert needs(13)
    assert not needs(1)
    for row in tables.assign_submissions.values():
        if (row.assignment, row.userid) == (essay.id, participant(1).id):
            row.timemodified = 2_000_000_000
    assert needs(1)


def test_participants_of_one_group_and_of_nothing(ask, tables, activity):
    group = next(iter(tables.groups.values()))
    analysis = activity("analysis").instance

    rows = ask(PARTICIPANTS, assignid=analysis, groupid=group.id, filter="")

    assert {row["id"] for row in rows} == group.members
    assert ask(PARTICIPANTS, assignid=999, groupid=0, filter="")["errorcode"] == "invalidrecord"


def test_participants_need_the_right_to_grades(ask, tables, essay):
    tables.tokens[SERVICE_TOKEN].capabilities -= {"mod/assign:viewgrades", "mod/assign:grade"}

    assert ask(PARTICIPANTS, token=SERVICE_TOKEN, assignid=essay.id, groupid=0, filter="")["errorcode"] == (
        "nopermissions"
    )
