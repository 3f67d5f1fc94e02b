"""The gradebook: ``gradebook.xml`` has totals and manual columns, ``activities/*/grades.xml`` the activities' own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import cast

from lms_sync.files.archives import Member
from lms_sync.files.backup.elements import Element, around, load, read_rows
from lms_sync.files.backup.shelf import Shelf
from lms_sync.payloads.base import Row, RowSchema
from lms_sync.payloads.fields import Exact, Flag, Id, Instant, Name, Text
from lms_sync.records import GradebookGrade, GradeItem, Kind, Scale

__all__ = ["labelled_grades", "read_gradebook", "read_scales"]

_ITEM, _GRADE, _SCALE = "grade_items/grade_item", "grade_grades/grade_grade", "scales_definition/scale"
_BY_SCALE = 2
_TOTALS = frozenset({"course", "category"})
_ON = 1


class _ItemSchema(RowSchema):
    id = Id(required=True)
    categoryid = Id(load_default=None)
    itemname = Name()
    itemtype = Text(required=True)
    itemmodule = Text()
    iteminstance = Id(load_default=None)
    itemnumber = Id(load_default=None)
    idnumber = Text()
    gradetype = Id(load_default=1)
    grademax = Exact(load_default=Decimal(0))
    grademin = Exact(load_default=Decimal(0))
    scaleid = Id(load_default=None)
    decimals = Id(load_default=None)
    # 0, 1, or the second since which it is so.
    hidden = Id(load_default=0)
    locked = Flag(load_default=False)


class _GradeSchema(RowSchema):
    userid = Id(required=True)
    finalgrade = Exact(load_default=None, allow_none=True)
    hidden = Id(load_default=0)
    locked = Flag(load_default=False)
    overridden = Flag(load_default=False)
    feedback = Text()
    timecreated = Instant()
    timemodified = Instant()


class _ScaleSchema(RowSchema):
    id = Id(required=True)
    scale = Text(required=True)


_ONE_ITEM, _ONE_GRADE, _ONE_SCALE = _ItemSchema(), _GradeSchema(), _ScaleSchema()
_DEFAULT_DECIMALS = 2
_MOST_DECIMALS = 5


def read_gradebook(member: Member, shelf: Shelf, course_module_id: int | None = None) -> None:
    """Either file of the gradebook; ``course_module_id`` is the activity's whose file it is."""

    def take(element: Element) -> None:
        if element.name == _ITEM:
            row = load(_ONE_ITEM, element)
            if row["gradetype"] == _BY_SCALE and row["scaleid"]:
                shelf.scale_of_item[row["id"]] = row["scaleid"]
            shelf.put(Kind.GRADE_ITEM, _item(row, shelf.course_id, course_module_id))
        else:
            item = load(_ONE_ITEM, around(element, _ITEM))
            shelf.put(Kind.GRADEBOOK_GRADE, _grade(load(_ONE_GRADE, element), item, shelf))

    read_rows(member, {_ITEM: tuple(_ONE_ITEM.fields), _GRADE: tuple(_ONE_GRADE.fields)}, take)


def _item(row: Row, course_id: int, course_module_id: int | None) -> GradeItem:
    return GradeItem(
        item_id=row["id"],
        course_id=course_id,
        item_type=row["itemtype"],
        module=row["itemmodule"] or None,
        instance_id=row["iteminstance"] if row["itemtype"] == "mod" else None,
        item_number=row["itemnumber"],
        course_module_id=course_module_id,
        # A category's total stands for it: its instance is the category's id.
        category_id=row["iteminstance"] if row["itemtype"] in _TOTALS else row["categoryid"],
        name=row["itemname"],
        idnumber=row["idnumber"],
        grade_min=row["grademin"],
        grade_max=row["grademax"],
        is_scale=row["gradetype"] == _BY_SCALE,
        locked=row["locked"],
    )


def _grade(row: Row, item: Row, shelf: Shelf) -> GradebookGrade:
    grade = row["finalgrade"]
    graded = row["timemodified"] if grade is not None or row["feedback"] else None
    return GradebookGrade(
        item_id=item["id"],
        course_id=shelf.course_id,
        user_id=row["userid"],
        grade=grade,
        label="" if grade is None else _formatted(grade, item["decimals"]),
        hidden=_is_on(row["hidden"], shelf) or _is_on(item["hidden"], shelf),
        locked=row["locked"] or item["locked"],
        overridden=row["overridden"],
        feedback=row["feedback"],
        submitted_at=row["timecreated"],
        graded_at=graded,
    )


def _is_on(value: int, shelf: Shelf) -> bool:
    # A number above 1 is the second until which it is hidden.
    return value == _ON or value > shelf.now.timestamp()


def _formatted(grade: Decimal, decimals: int | None) -> str:
    places = _DEFAULT_DECIMALS if decimals is None else min(max(decimals, 0), _MOST_DECIMALS)
    return f"{grade:.{places}f}"


def read_scales(member: Member, shelf: Shelf) -> None:
    """``scales.xml``: the words of the scales that the course uses."""

    def take(element: Element) -> None:
        row = load(_ONE_SCALE, element)
        labels = tuple(label.strip() for label in row["scale"].split(","))
        shelf.put(Kind.SCALE, Scale(scale_id=row["id"], labels=labels))

    read_rows(member, {_SCALE: ("scale",)}, take)


def labelled_grades(shelf: Shelf) -> Iterator[GradebookGrade]:
    """The grades of the gradebook, those on a scale with the scale's word, once all files have passed by."""
    scales = {one.scale_id: one.labels for one in cast("Iterable[Scale]", shelf.records[Kind.SCALE].values())}
    for grade in cast("Iterable[GradebookGrade]", shelf.records[Kind.GRADEBOOK_GRADE].values()):
        yield _labelled(grade, scales.get(shelf.scale_of_item.get(grade.item_id, 0), ()))


def _labelled(grade: GradebookGrade, labels: tuple[str, ...]) -> GradebookGrade:
    if grade.grade is None or not labels or not 1 <= grade.grade <= len(labels):
        return grade
    return replace(grade, label=labels[int(grade.grade) - 1])
