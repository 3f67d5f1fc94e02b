import pytest

from bridge.demo.pages import page


def test_a_link_to_an_activity_opens_a_page_with_its_name(tables, activity):
    answer = page(tables, "/mod/assign/view.php", f"id={activity('project').id}")

    assert answer.status == 200
    assert "Индивидуальный проект" in answer.body.decode()


def test_links_to_courses_people_and_gradebooks_open(tables, course_id, participant):
    course, user = course_id("select"), participant(1)

    assert "Этап 1" in page(tables, "/course/view.php", f"id={course}").body.decode()
    assert user.lastname in page(tables, "/user/view.php", f"id={user.id}").body.decode()
    assert "журнал" in page(tables, "/grade/report/user/index.php", f"id={course}").body.decode()
    assert page(tables, "/", "").status == 200


@pytest.mark.parametrize(
    ("path", "query"), [("/mod/assign/view.php", "id=9999"), ("/mod/assign/view.php", "id=x"), ("/course/view.php", ""),
                        ("/user/view.php", "id=9999"), ("/grade/index.php", "id=9999"), ("/nowhere", "")]
)  # fmt: skip
def test_a_link_to_nothing_is_not_found(tables, path, query):
    assert page(tables, path, query).status == 404


def test_a_name_with_markup_is_escaped(tables, activity):
    tables.assigns[activity("essay").instance].name = "<script>alert(1)</script>"

    assert b"<script>" not in page(tables, "/mod/assign/view.php", f"id={activity('essay').id}").body
