import pytest

from bridge.demo.accounts import SERVICE_TOKEN

BOOK, UPDATE = "gradereport_user_get_grade_items", "core_grades_update_grades"


@pytest.fixture
def book(ask, course_id):
    """Return one person's cells by the column's id number; the total is under None."""

    def read(key, user, **more):
        answer = ask(BOOK, courseid=course_id(key), userid=user.id, **more)
        return {cell["idnumber"]: cell for cell in answer["usergrades"][0]["gradeitems"] if cell["itemnumber"] != 1}

    return read


@pytest.fixture
def update(ask, activity):
    def call(idnumber, *pairs, **more):
        module = activity(idnumber)
        params = {
            "source": "companion",
            "courseid": module.course,
            "component": f"mod_{module.modname}",
            "activityid": module.id,
            "itemnumber": 0,
            "grades": [{"studentid": user, "grade": grade, "str_feedback": "отзыв"} for user, grade in pairs],
        }
        return ask(UPDATE, **(params | more))

    return call


def test_the_page_lists_active_participants_by_name(ask, course_id, tables, participant):
    rows = ask(BOOK, courseid=course_id("group"))["usergrades"]

    names = [(tables.users[row["userid"]].lastname, tables.users[row["userid"]].firstname) for row in rows]
    assert names == sorted(names)
    assert len(rows) == 38
    assert participant(17).id not in {row["userid"] for row in rows}


def test_the_page_of_one_group_lists_its_people(ask, course_id, tables):
    group = next(iter(tables.groups.values()))

    rows = ask(BOOK, courseid=course_id("group"), groupid=group.id)["usergrades"]

    assert {row["userid"] for row in rows} == group.members


def test_the_total_follows_an_edited_cell(book, tables, participant, item, now):
    user = participant(5)
    before = book("select", user)[None]["graderaw"]
    cell = tables.grade_grades[item("test").id, user.id]
    cell.final += 1.5

    after = book("select", user)[None]

    assert after["graderaw"] == pytest.approx(before + 1.5)
    assert after["gradedategraded"] == now


def test_states_of_cells_show(book, participant):
    assert book("individual", participant(9))["project"]["gradeislocked"] is True
    overridden = book("individual", participant(11))["project"]
    assert (overridden["gradeisoverridden"], overridden["graderaw"]) == (True, 66)
    assert overridden["feedback"] == "решение комиссии"
    assert book("individual", participant(1))["checkpoint"]["gradeishidden"] is True
    assert book("individual", participant(1))["checkpoint"]["gradeformatted"] in {"не готов", "частично готов", "готов"}
    unreleased = book("group", participant(9))["analysis"]
    assert (unreleased["graderaw"], unreleased["status"], unreleased["weightraw"]) == (None, "novalue", 0)


def test_an_excluded_cell_says_so(book, tables, participant, item):
    tables.grade_grades[item("test").id, participant(5).id].excluded = True

    assert book("select", participant(5))["test"]["status"] == "excluded"


def test_hidden_columns_are_left_out_for_who_may_not_see_them(book, tables, participant):
    tables.tokens[SERVICE_TOKEN].capabilities.remove("moodle/grade:viewhidden")

    assert "checkpoint" not in book("individual", participant(1), token=SERVICE_TOKEN)
    assert "checkpoint" in book("individual", participant(1))


def test_a_stranger_has_a_page_of_empty_cells(book, tables):
    mentor = next(row for row in tables.users.values() if row.username.endswith("_m1"))

    cells = book("select", mentor)

    assert all(cell["graderaw"] is None for cell in cells.values())
    assert "weightraw" not in cells["essay"]


@pytest.mark.parametrize(("column", "code"), [("deleted", "invaliduser"), ("suspended", "suspended")])
def test_an_account_out_of_order_has_no_page(ask, course_id, participant, column, code):
    setattr(participant(1), column, True)

    assert ask(BOOK, courseid=course_id("select"), userid=participant(1).id)["errorcode"] == code


@pytest.mark.parametrize(
    ("capability", "code"),
    [
        ("gradereport/user:view", "nopermissions"),
        ("moodle/grade:viewall", "nopermissions"),
        ("moodle/site:accessallgroups", "notingroup"),
        ("moodle/course:view", "requireloginerror"),
    ],
)
def test_a_missing_right_closes_the_page(ask, tables, course_id, capability, code):
    tables.tokens[SERVICE_TOKEN].capabilities.remove(capability)

    assert ask(BOOK, token=SERVICE_TOKEN, courseid=course_id("group"))["errorcode"] == code


def test_one_persons_page_needs_the_right_to_all_grades(ask, tables, course_id, participant):
    tables.tokens[SERVICE_TOKEN].capabilities.remove("moodle/grade:viewall")

    answer = ask(BOOK, token=SERVICE_TOKEN, courseid=course_id("select"), userid=participant(1).id)

    assert answer["errorcode"] == "nopermissiontoviewgrades"


def test_columns_are_ids_names_and_categories(ask, course_id, tables, item):
    columns = ask("core_grades_get_gradeitems", courseid=course_id("group"))["gradeItems"]

    assert columns[0] == {
        "id": str(item("groupproject").id),
        "itemname": "Групповой проект",
        "category": "Этап 2. Групповая проектная работа",
    }
    assert len(columns) == 2


# ---------------------------------------------------------------- writing


def test_a_grade_is_written_and_read_back_without_its_feedback(update, book, participant, now):
    user = participant(5)
    before = book("individual", user)["project"]

    assert update("project", (user.id, 77.5)) == 0

    cell = book("individual", user)["project"]
    assert (cell["graderaw"], cell["feedback"], cell["gradedategraded"]) == (77.5, before["feedback"], now)
    assert cell["gradedatesubmitted"] is None


def test_a_grade_out_of_range_is_clamped_and_said_to_be_fine(update, book, participant):
    user = participant(5)

    assert update("project", (user.id, 250)) == 0
    assert book("individual", user)["project"]["graderaw"] == 100
    assert update("project", (user.id, -3)) == 0
    assert book("individual", user)["project"]["graderaw"] == 0


def test_an_overridden_grade_stays_and_is_said_to_be_fine(update, book, tables, item, participant):
    user = participant(11)

    assert update("project", (user.id, 12)) == 0

    assert book("individual", user)["project"]["graderaw"] == 66
    assert tables.grade_grades[item("project").id, user.id].raw == 12.0


def test_a_locked_grade_fails_and_its_neighbours_are_written(update, book, participant):
    locked, other = participant(9), participant(5)
    before = book("individual", locked)["project"]["graderaw"]

    assert update("project", (locked.id, 11), (other.id, 44)) == 1

    assert book("individual", locked)["project"]["graderaw"] == before
    assert book("individual", other)["project"]["graderaw"] == 44


def test_a_locked_column_has_a_code_of_its_own(update, item, participant):
    item("project").locked = True

    assert update("project", (participant(5).id, 11)) == 4


def test_an_unknown_person_is_said_to_be_fine(update):
    assert update("project", (999_999, 50)) == 0


def test_a_written_grade_completes_the_activity(update, tables, activity, participant, now):
    user = participant(8)
    assert (activity("project").id, user.id) not in tables.module_completion

    update("project", (user.id, 50))

    assert tables.module_completion[activity("project").id, user.id].timemodified == now


def test_a_column_may_be_hidden(update, item):
    assert update("essay", itemdetails={"hidden": 1}) == 0
    assert item("essay").hidden is True


def test_an_activity_must_be_of_the_named_kind_and_have_the_column(update, participant):
    assert update("project", (participant(1).id, 5), component="mod_quiz")["errorcode"] == "invalidcoursemodule"
    assert update("project", (participant(1).id, 5), activityid=999)["errorcode"] == "invalidcoursemodule"
    assert update("project", (participant(1).id, 5), itemnumber=1)["errorcode"] == "invalidrecord"


def test_writing_needs_its_right(update, tables, participant):
    tables.tokens[SERVICE_TOKEN].capabilities.remove("moodle/grade:edit")

    assert update("project", (participant(1).id, 5), token=SERVICE_TOKEN)["errorcode"] == "nopermissiontoviewgrades"
