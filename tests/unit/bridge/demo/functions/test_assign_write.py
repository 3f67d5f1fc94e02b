"""Saving a mark answers null, whether it was saved or not."""

import pytest

from bridge.demo.accounts import SERVICE_TOKEN

SAVE = "mod_assign_save_grade"


@pytest.fixture
def save(ask, activity):
    def call(idnumber, user, grade, **more):
        params = {
            "assignmentid": activity(idnumber).instance,
            "userid": user.id,
            "grade": grade,
            "attemptnumber": -1,
            "addattempt": 0,
            "workflowstate": "",
            "applytoall": 0,
        }
        return ask(SAVE, **(params | more))

    return call


@pytest.fixture
def mark(tables, activity):
    def found(idnumber, user):
        key = (activity(idnumber).instance, user.id)
        rows = [row for row in tables.assign_grades.values() if (row.assignment, row.userid) == key]
        return rows[0] if rows else None

    return found


@pytest.fixture
def defence(tables, activity):
    return tables.assigns[activity("defence").instance]


@pytest.fixture
def cell(tables, item):
    return lambda idnumber, user: tables.grade_grades.get((item(idnumber).id, user.id))


def test_a_mark_passes_into_the_gradebook_with_its_comment(save, mark, cell, participant, now):
    user = participant(13)
    comment = {"assignfeedbackcomments_editor": {"text": "<p>Хорошо</p>", "format": 1}}

    assert save("essay", user, 64, plugindata=comment) is None

    assert (mark("essay", user).grade, mark("essay", user).grader) == (64.0, 2)
    assert (cell("essay", user).final, cell("essay", user).feedback) == (64.0, "<p>Хорошо</p>")
    assert cell("essay", user).timemodified == now


def test_a_mark_completes_the_activity_and_taking_it_back_reopens_it(save, mark, cell, participant, completion):
    user = participant(13)

    save("essay", user, 64)
    assert completion("essay", user).state == 1

    save("essay", user, -1)
    assert completion("essay", user).state == 0
    assert (mark("essay", user).grade, cell("essay", user).final) == (-1.0, None)


@pytest.mark.parametrize("grade", [900, 100.1, -2])
def test_a_mark_out_of_range_is_silently_not_saved(save, mark, cell, participant, grade):
    user = participant(2)
    before = (mark("essay", user).grade, mark("essay", user).timemodified, cell("essay", user).final)

    assert save("essay", user, grade) is None

    assert (mark("essay", user).grade, mark("essay", user).timemodified, cell("essay", user).final) == before


def test_a_locked_cell_keeps_its_mark_though_the_mark_looks_touched(save, mark, cell, participant, now):
    user = participant(9)
    before = cell("project", user).final
    assert cell("project", user).locked

    assert save("project", user, 13) is None

    assert (cell("project", user).final, mark("project", user).grade) == (before, before)
    assert (mark("project", user).grader, mark("project", user).timemodified) == (2, now)


def test_an_overridden_cell_keeps_its_mark(save, mark, cell, participant):
    user = participant(11)
    before = mark("project", user).grade

    assert save("project", user, 13) is None

    assert (cell("project", user).final, mark("project", user).grade) == (66.0, before)


def test_a_locked_column_takes_no_mark(save, mark, cell, participant, item):
    item("essay").locked = True
    user = participant(2)
    before = cell("essay", user).final

    save("essay", user, 55)

    assert cell("essay", user).final == before
    assert mark("essay", user).grade == 55.0


def test_a_mark_passes_into_the_gradebook_when_the_workflow_releases_it(save, cell, participant):
    user = participant(9)
    assert cell("analysis", user).final is None

    save("analysis", user, 41, workflowstate="readyforrelease")
    assert cell("analysis", user).final is None

    save("analysis", user, 41, workflowstate="released")
    assert cell("analysis", user).final == 41.0


def test_a_blind_mark_stays_out_of_the_gradebook_until_identities_are_revealed(save, cell, participant, defence):
    user = participant(1)

    save("defence", user, 80)
    assert cell("defence", user) is None or cell("defence", user).final is None

    defence.revealidentities = 1
    save("defence", user, 81)
    assert cell("defence", user).final == 81.0


@pytest.mark.parametrize(("grade", "saved"), [(3, True), (4, False)])
def test_a_scale_has_only_its_own_steps(save, mark, participant, grade, saved):
    user = participant(10)
    assert mark("checkpoint", user) is None

    save("checkpoint", user, grade)

    assert (mark("checkpoint", user).grade == grade) is saved


def test_a_first_mark_makes_the_submission_it_belongs_to(save, tables, participant, activity):
    user = participant(10)

    save("checkpoint", user, 2)

    rows = [
        row
        for row in tables.assign_submissions.values()
        if (row.assignment, row.userid) == (activity("checkpoint").instance, user.id)
    ]
    assert [row.status for row in rows] == ["new"]


def test_a_teams_mark_reaches_each_active_member(save, mark, tables, participant):
    group = next(row for row in tables.groups.values() if participant(17).id in row.members)

    save("groupproject", participant(16), 77, applytoall=1)

    marked = {
        userid for userid in group.members if (row := mark("groupproject", tables.users[userid])) and row.grade == 77
    }
    assert marked == group.members - {participant(17).id}


def test_several_marks_go_in_one_call(ask, mark, participant, activity):
    base = {"attemptnumber": -1, "addattempt": 0, "workflowstate": ""}
    grades = [base | {"userid": participant(number).id, "grade": 50 + number} for number in (1, 2)]

    assert ask("mod_assign_save_grades", assignmentid=activity("essay").instance, applytoall=0, grades=grades) is None

    assert [mark("essay", participant(number)).grade for number in (1, 2)] == [51.0, 52.0]


def test_saving_needs_its_right_and_an_assignment(ask, save, tables, participant):
    tables.tokens[SERVICE_TOKEN].capabilities.remove("mod/assign:grade")

    assert save("essay", participant(1), 5, token=SERVICE_TOKEN)["errorcode"] == "nopermissions"
    assert save("essay", participant(1), 5, assignmentid=999)["errorcode"] == "invalidrecord"
