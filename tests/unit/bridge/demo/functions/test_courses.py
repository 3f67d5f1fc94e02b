import pytest

from bridge.demo.accounts import LIMITED_TOKEN, SERVICE_TOKEN
from bridge.demo.tables import Category

BY_FIELD = "core_course_get_courses_by_field"


def test_courses_are_found_by_category_id_and_numbers(ask, tables, course_id):
    course = tables.courses[course_id("group")]

    def found(**by):
        (field, value), *_ = by.items()
        return [row["id"] for row in ask(BY_FIELD, field=field, value=value)["courses"]]

    assert len(found(category=course.category)) == 4
    assert found(id=course.id) == found(shortname=course.shortname) == found(idnumber=course.idnumber) == [course.id]
    assert found(ids=f"{course.id},{course_id('select')}") == [course.id, course_id("select")]
    assert found(idnumber="nothing") == []
    assert len(ask(BY_FIELD)["courses"]) == 4


def test_one_missing_id_ends_the_call_with_an_error_of_php(ask, course_id):
    answer = ask(BY_FIELD, field="ids", value=f"{course_id('group')},999")

    assert answer["exception"] == "Error"
    assert "errorcode" not in answer


def test_another_field_is_refused(ask):
    assert ask(BY_FIELD, field="colour", value="red")["errorcode"] == "invalidparameter"


def test_a_closed_course_shows_its_public_part(ask, course_id):
    row = ask(BY_FIELD, token=LIMITED_TOKEN, field="id", value=course_id("select"))["courses"][0]

    assert len(row["contacts"]) == 4
    assert "idnumber" not in row
    assert "startdate" not in row


def test_without_the_right_to_change_a_course_its_number_does_not_show(ask, tables, course_id):
    tables.tokens[SERVICE_TOKEN].capabilities.remove("moodle/course:update")

    row = ask(BY_FIELD, token=SERVICE_TOKEN, field="id", value=course_id("select"))["courses"][0]

    assert "startdate" in row
    assert "idnumber" not in row


def test_a_hidden_course_is_there_only_for_who_may_see_it(ask, tables, course_id):
    tables.courses[course_id("select")].visible = 0
    query = {"field": "id", "value": course_id("select")}

    assert len(ask(BY_FIELD, token=SERVICE_TOKEN, **query)["courses"]) == 1
    assert ask(BY_FIELD, token=LIMITED_TOKEN, **query)["courses"] == []
    tables.tokens[SERVICE_TOKEN].capabilities -= {"moodle/course:viewhiddencourses"}
    assert ask("core_course_get_contents", token=SERVICE_TOKEN, courseid=course_id("select"))["errorcode"] == (
        "errorcoursecontextnotvalid"
    )


def test_the_list_of_all_courses_has_the_sites_own_and_ends_at_the_first_closed_one(ask):
    assert ask("core_course_get_courses")[0]["id"] == 1
    assert ask("core_course_get_courses", token=LIMITED_TOKEN)["errorcode"] == "errorcoursecontextnotvalid"
    assert [row["id"] for row in ask("core_course_get_courses", token=LIMITED_TOKEN, options={"ids": [1]})] == [1]


# ---------------------------------------------------------------- categories

CATEGORIES = "core_course_get_categories"


def _criteria(**by):
    return [{"key": key, "value": value} for key, value in by.items()]


@pytest.fixture
def tree(tables):
    tables.categories[50] = Category(50, "Регион", "region", sortorder=1, path="/50")
    tables.categories[51] = Category(51, "Район", "district", parent=50, sortorder=2, path="/50/51")
    tables.categories[52] = Category(52, "Архив", "old", parent=51, sortorder=3, visible=0, path="/50/51/52")


def test_categories_come_in_order_with_counts_and_depths(ask, tree):
    rows = ask(CATEGORIES)

    assert [row["id"] for row in rows[:3]] == [50, 51, 52]
    assert [row["depth"] for row in rows[:3]] == [1, 2, 3]
    assert rows[-1]["coursecount"] == 4


def test_a_category_brings_what_lies_below_unless_told_not_to(ask, tree):
    assert [row["id"] for row in ask(CATEGORIES, criteria=_criteria(idnumber="region"))] == [50, 51, 52]
    assert [row["id"] for row in ask(CATEGORIES, criteria=_criteria(id=50), addsubcategories=0)] == [50]
    assert [row["id"] for row in ask(CATEGORIES, criteria=_criteria(parent=50, name="Район"), addsubcategories=0)] == [
        51
    ]
    assert ask(CATEGORIES, criteria=_criteria(idnumber="nothing")) == []


def test_hidden_categories_are_for_who_may_see_them(ask, tables, tree):
    tables.tokens[SERVICE_TOKEN].capabilities.remove("moodle/category:viewhiddencategories")

    assert 52 not in [row["id"] for row in ask(CATEGORIES, token=SERVICE_TOKEN)]


def test_without_the_right_to_manage_the_number_neither_shows_nor_searches(ask, tables):
    tables.tokens[SERVICE_TOKEN].capabilities.remove("moodle/category:manage")

    assert "idnumber" not in ask(CATEGORIES, token=SERVICE_TOKEN)[0]
    assert ask(CATEGORIES, token=SERVICE_TOKEN, criteria=_criteria(idnumber="x"))["errorcode"] == "criteriaerror"


def test_an_unknown_criterion_is_refused(ask):
    assert ask(CATEGORIES, criteria=_criteria(colour="red"))["errorcode"] == "criteriaerror"
