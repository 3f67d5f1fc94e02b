"""What a reading would write, told to people and not written."""

from __future__ import annotations

from dataclasses import replace

from lms_sync.drift import drift, merged
from lms_sync.plan import Coverage, Part, Presence, known
from lms_sync.records import Course, Kind

SELECT = Course(2, 1, "a26-select", "Отбор", "", visible=True, starts_at=None, ends_at=None, modified_at=None)
GROUP = replace(SELECT, course_id=3, short_name="a26-group", full_name="Группы")
WORK = replace(SELECT, course_id=4, short_name="a26-work", full_name="Проекты")


def of(*records: Course, coverage: Coverage = Coverage.WHOLE) -> Part:
    return Part(Kind.COURSE, None, coverage, records)


def test_what_is_equal_is_only_counted() -> None:
    found = drift(of(SELECT, GROUP), known([SELECT, GROUP]))
    assert (found.is_empty, found.same) == (True, 2)


def test_each_difference_names_its_fields_with_both_values() -> None:
    renamed = replace(SELECT, full_name="Отбор и обучение", visible=False)
    found = drift(of(renamed, WORK), known([SELECT, GROUP]))
    assert (found.missing, found.different, found.gone, found.is_empty) == (1, 1, 1, False)
    (example,) = found.examples
    assert [(one.name, one.before, one.after) for one in example.fields] == [
        ("full_name", "Отбор", "Отбор и обучение"),
        ("visible", True, False),
    ]
    assert found.fields == {"full_name": 1, "visible": 1}
    assert (found.missing_examples, found.gone_examples) == ((WORK,), (GROUP,))


def test_a_record_that_is_back_differs_in_no_field() -> None:
    found = drift(of(SELECT), known([SELECT], Presence.GONE))
    assert (found.different, found.examples[0].fields) == (1, ())


def test_what_the_token_may_not_see_is_out_of_sight() -> None:
    found = drift(of(coverage=Coverage.NOT_VISIBLE), known([SELECT]))
    assert (found.out_of_sight, found.gone) == (1, 0)


def test_examples_are_few_and_counts_are_of_all() -> None:
    stored = [replace(SELECT, course_id=number) for number in range(10, 20)]
    found = drift(of(*(replace(one, full_name="иначе") for one in stored)), known(stored), most_examples=3)
    assert (found.different, len(found.examples)) == (10, 3)


def test_two_parts_of_a_kind_are_one_comparison() -> None:
    first = drift(of(replace(SELECT, visible=False)), known([SELECT]))
    second = drift(of(WORK, coverage=Coverage.PARTIAL), known([GROUP]))
    both = merged(first, second)
    assert (both.different, both.missing, both.gone, both.coverage) == (1, 1, 0, Coverage.PARTIAL)
    assert both.fields == {"visible": 1}
