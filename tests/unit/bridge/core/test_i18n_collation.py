from hypothesis import given
from hypothesis import strategies as st

from bridge.core.i18n import ru_key


def test_yo_comes_right_after_ye():
    assert sorted(["Жуков", "Ёлкин", "Ежов", "Еремеев", "Дамбаев"], key=ru_key) == [
        "Дамбаев",
        "Ежов",
        "Еремеев",
        "Ёлкин",
        "Жуков",
    ]


def test_yo_inside_a_name_comes_after_ye_too():
    assert sorted(["Семёнов", "Семенов", "Семенчук"], key=ru_key) == ["Семенов", "Семенчук", "Семёнов"]


def test_case_does_not_matter():
    assert sorted(["борисов", "Абушинов", "Борисова"], key=ru_key) == ["Абушинов", "борисов", "Борисова"]


def test_kalmyk_letters_have_their_places():
    assert sorted(["Бата", "Әәлә", "Ааду", "Һаря", "Гиляна", "Даву"], key=ru_key) == [
        "Ааду",
        "Әәлә",
        "Бата",
        "Гиляна",
        "Һаря",
        "Даву",
    ]


def test_a_plain_surname_comes_before_a_double_one():
    assert sorted(["Иванова-Петрова Анна", "Ивановская Анна", "Иванова Яна"], key=ru_key) == [
        "Иванова Яна",
        "Иванова-Петрова Анна",
        "Ивановская Анна",
    ]


def test_numbers_go_by_value():
    assert sorted(["СОШ № 10", "СОШ № 2", "Группа 12", "Группа 5"], key=ru_key) == [
        "Группа 5",
        "Группа 12",
        "СОШ № 2",
        "СОШ № 10",
    ]


def test_latin_names_come_before_cyrillic_ones():
    assert sorted(["Яковлев", "Adams"], key=ru_key) == ["Adams", "Яковлев"]


@given(st.lists(st.text(alphabet="АЕЁЖаеёжәҗ -12abZ", max_size=8), max_size=12))
def test_the_order_does_not_depend_on_the_order_of_the_rows(names):
    backwards = names[::-1]
    assert sorted(names, key=ru_key) == sorted(backwards, key=ru_key)
