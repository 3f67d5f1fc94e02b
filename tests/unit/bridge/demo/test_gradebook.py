import pytest

from bridge.demo import gradebook
from bridge.demo.tables import GradeGrade, GradeItem, GradeType, Scale, Tables


def _tables(*grades):
    """Return a course with columns of 100 and 40 points, a scale of three and a text, and one person's grades."""
    tables = Tables()
    columns = [
        GradeItem(1, 2, None, "course", iteminstance=1, itemnumber=None),
        GradeItem(2, 2, "Эссе", itemmodule="assign", iteminstance=1, sortorder=1),
        GradeItem(3, 2, "Тест", itemmodule="quiz", iteminstance=1, grademax=40.0, sortorder=2),
        GradeItem(4, 2, "Готовность", gradetype=GradeType.SCALE, grademin=1.0, grademax=3.0, scaleid=9, sortorder=3),
        GradeItem(5, 2, "Дневник", gradetype=GradeType.TEXT, sortorder=4),
    ]
    tables.grade_items = {item.id: item for item in columns}
    for itemid, final in zip((2, 3, 4), grades, strict=False):
        tables.grade_grades[itemid, 7] = GradeGrade(itemid, 7, final, final)
    return tables


def test_the_total_adds_what_is_marked_and_leaves_out_what_is_not():
    tables = _tables(91.5, None, 3.0)

    gradebook.regrade(tables, 2, now=500)

    total = tables.grade_grades[1, 7]
    assert (total.final, total.rawmax, total.timemodified) == (94.5, 103.0, 500)
    assert tables.grade_items[1].grademax == 143.0


def test_a_person_without_marks_has_an_empty_total_over_the_whole_course():
    tables = _tables(None)

    gradebook.regrade(tables, 2, now=500)

    assert (tables.grade_grades[1, 7].final, tables.grade_grades[1, 7].rawmax) == (None, 143.0)


def test_an_excluded_cell_does_not_count():
    tables = _tables(91.5, 30.0)
    tables.grade_grades[2, 7].excluded = True

    gradebook.regrade(tables, 2, now=500)

    assert tables.grade_grades[1, 7].final == 30.0


def test_a_total_that_stays_keeps_its_time():
    tables = _tables(91.5)
    gradebook.regrade(tables, 2, now=500)

    gradebook.regrade(tables, 2, now=900)

    assert tables.grade_grades[1, 7].timemodified == 500


def test_regrading_one_person_leaves_the_others():
    tables = _tables(91.5)
    tables.grade_grades[2, 8] = GradeGrade(2, 8, 50.0, 50.0)

    gradebook.regrade(tables, 2, now=500, userid=7)

    assert (1, 7) in tables.grade_grades
    assert (1, 8) not in tables.grade_grades


def test_a_person_without_a_single_cell_stays_without():
    tables = _tables(91.5)

    gradebook.regrade(tables, 2, now=500, userid=99)

    assert not any(userid == 99 for _, userid in tables.grade_grades)


def test_weights_are_shares_of_the_marked_maxima():
    tables = _tables(91.5, 30.0)
    items = [tables.grade_items[2], tables.grade_items[3]]
    rows = {2: tables.grade_grades[2, 7], 3: tables.grade_grades[3, 7]}

    assert gradebook.weights(items, rows) == {2: 0.71429, 3: 0.28571}
    assert gradebook.weights(items, {}) == {}


@pytest.mark.parametrize(("grade", "kept"), [(250.0, 100.0), (-5.0, 0.0), (77.5, 77.5), (None, None)])
def test_a_grade_is_kept_within_the_range(grade, kept):
    assert gradebook.bounded(GradeItem(2, 2, "Эссе"), grade) == kept


@pytest.mark.parametrize(
    ("value", "places", "written"),
    [
        (95.73499999999999, 2, "95.74"),
        (0.125, 2, "0.13"),
        (2.5, 0, "3"),
        (66.0, 2, "66.00"),
        (18.88132, 2, "18.88"),
        (-1.0, 2, "-1.00"),
        (-0.001, 2, "0.00"),
        (0.0, 0, "0"),
    ],
)
def test_numbers_are_written_half_up(value, places, written):
    assert gradebook.decimals(value, places) == written


def test_a_scale_is_written_with_its_labels():
    item = _tables().grade_items[4]
    scale = Scale(9, "Готовность", ["не готов", "частично готов", "готов"])
    row = GradeGrade(4, 7, 2.0, 2.0)

    assert gradebook.formatted(item, row, scale) == "частично готов"
    assert gradebook.percentage(item, row) == "50.00 %"
    assert gradebook.range_of(item, row, scale) == (1.0, 3.0, "не готов&ndash;готов")


def test_a_column_of_text_has_no_numbers():
    item = _tables().grade_items[5]

    assert gradebook.formatted(item, None, None) == ""
    assert gradebook.percentage(item, None) == ""
    assert gradebook.range_of(item, None, None)[2] == "&ndash;"


def test_an_empty_cell_is_a_dash():
    item = _tables().grade_items[2]

    assert gradebook.formatted(item, None, None) == "-"
    assert gradebook.percentage(item, GradeGrade(2, 7)) == "-"
