"""The gradebook of a course: its columns and everyone's grades in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from lms_sync.client.answers import JsonValue
from lms_sync.client.functions import Function
from lms_sync.errors import BadAnswer
from lms_sync.payloads.base import Row, RowSchema, child, load_rows, rows_of
from lms_sync.payloads.fields import Exact, Flag, Id, Instant, Name, Text
from lms_sync.records import GradebookGrade, GradeItem

__all__ = ["Gradebook", "gradebook"]

_DASH = re.compile(r"\s*(?:–|—|-(?=\s*-?\d|\s*[^\d\s]))\s*")
_DASH = re.compile(r"–|—")
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?\s*%?")


class _NumberOrNone(Exact):
    """A published grade. -1 is a grade like any other here: the gradebook says "none" with null."""


class _UserSchema(RowSchema):
    userid = Id(required=True)


class _ItemSchema(RowSchema):
    id = Id(required=True)
    itemname = Name()
    itemtype = Text(required=True)
    itemmodule = Text()
    iteminstance = Id(load_default=None, allow_none=True)
    itemnumber = Id(load_default=None, allow_none=True)
    idnumber = Text()
    categoryid = Id(load_default=None, allow_none=True)
    cmid = Id(load_default=None, allow_none=True)
    locked = Flag(load_default=False, allow_none=True)
    graderaw = _NumberOrNone(load_default=None, allow_none=True)
    gradedatesubmitted = Instant()
    gradedategraded = Instant()
    gradeishidden = Flag(load_default=False, allow_none=True)
    gradeislocked = Flag(load_default=False, allow_none=True)
    gradeisoverridden = Flag(load_default=False, allow_none=True)
    gradeformatted = Name()
    rangeformatted = Name()
    grademin = Exact(load_default=Decimal(0), allow_none=True)
    grademax = Exact(load_default=Decimal(0), allow_none=True)
    feedback = Text()


_USER, _ITEM = _UserSchema(), _ItemSchema()


@dataclass(frozen=True, slots=True)
class Gradebook:
    """One answer. ``user_ids`` are the people it lists, so that others' grades are known to be out of its sight;
    ``broken`` are those of them with a row that is not as documented, who are in none of the grades.
    """

    items: tuple[GradeItem, ...]
    grades: tuple[GradebookGrade, ...]
    user_ids: frozenset[int]
    broken: Mapping[int, BadAnswer]


def gradebook(answer: JsonValue, *, course_id: int, scale_modules: frozenset[int] = frozenset()) -> Gradebook:
    """Read ``gradereport_user_get_grade_items``.

    Parameters
    ----------
    scale_modules
        Course modules known to be marked on a scale. Moodle puts the outcome's id where the scale's should be, so that
        of other activities a scale is told by its range, which is worded ("не готов–готов") and not in numbers.
    """
    function = Function.GRADEBOOK
    rows = rows_of(child(answer, "usergrades", function=function), function=function, path="usergrades")
    users = [row["userid"] for row in load_rows(_USER, rows, function=function, path="usergrades")]
    items: dict[int, GradeItem] = {}
    grades: list[GradebookGrade] = []
    broken: dict[int, BadAnswer] = {}
    for index, (user_id, raw) in enumerate(zip(users, rows, strict=True)):
        try:
            cells = _cells(raw, path=f"usergrades[{index}]")
        except BadAnswer as err:
            broken[user_id] = err
            continue
        for row in cells:
            if row["id"] not in items:
                items[row["id"]] = _item(row, course_id=course_id, scale_modules=scale_modules)
            grades.append(_grade(row, course_id=course_id, user_id=user_id))
    return Gradebook(tuple(items.values()), tuple(grades), frozenset(users), broken)


def _cells(raw: Row, *, path: str) -> list[Row]:
    function = Function.GRADEBOOK
    return load_rows(
        _ITEM, child(raw, "gradeitems", function=function, path=path), function=function, path=f"{path}.gradeitems"
    )


def _item(row: Row, *, course_id: int, scale_modules: frozenset[int]) -> GradeItem:
    return GradeItem(
        item_id=row["id"],
        course_id=course_id,
        item_type=row["itemtype"],
        module=row["itemmodule"] or None,
        instance_id=row["iteminstance"] if row["itemtype"] == "mod" else None,
        item_number=row["itemnumber"],
        course_module_id=row["cmid"],
        category_id=_category_of(row),
        name=row["itemname"],
        idnumber=row["idnumber"],
        grade_min=row["grademin"] or Decimal(0),
        grade_max=row["grademax"] or Decimal(0),
        is_scale=row["cmid"] in scale_modules or _is_scale(row),
        locked=bool(row["locked"]),
    )


def _category_of(row: Row) -> int | None:
    # A category's total stands for it: its instance is the category's id, and Moodle leaves its own category empty.
    category: int | None = row["iteminstance"] if row["itemtype"] in {"category", "course"} else row["categoryid"]
    return category


def _is_scale(row: Row) -> bool:
    # Points shown as letters are worded too ("F–A"); a scale's positions are counted from 1, points mostly from 0.
    ends = [end for end in _DASH.split(row["rangeformatted"]) if end.strip()]
    worded = len(ends) > 1 and not any(_NUMBER.fullmatch(end.strip()) for end in ends)
    return worded and row["grademin"] == 1


def _grade(row: Row, *, course_id: int, user_id: int) -> GradebookGrade:
    return GradebookGrade(
        item_id=row["id"],
        course_id=course_id,
        user_id=user_id,
        grade=row["graderaw"],
        label="" if row["graderaw"] is None else row["gradeformatted"],
        hidden=bool(row["gradeishidden"]),
        locked=bool(row["gradeislocked"]),
        overridden=bool(row["gradeisoverridden"]),
        feedback=row["feedback"],
        submitted_at=row["gradedatesubmitted"],
        graded_at=row["gradedategraded"],
    )
