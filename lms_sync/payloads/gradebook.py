"""The gradebook of a course: its columns and everyone's grades in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from lms_sync.client.answers import JsonValue
from lms_sync.client.functions import Function
from lms_sync.errors import BadAnswer
from lms_sync.payloads.base import Row, RowSchema, child, load_row, load_rows, rows_of
from lms_sync.payloads.fields import Exact, Flag, Id, Instant, Name, Text
from lms_sync.records import GradebookGrade, GradeItem

__all__ = ["UNUSED_CELLS", "Gradebook", "gradebook", "widest"]

UNUSED_CELLS = frozenset(
    {
        "averageformatted",
        "contributiontocoursetotalformatted",
        "courseidnumber",
        "feedbackformat",
        "gradehiddenbydate",
        "gradeneedsupdate",
        "lettergradeformatted",
        "numusers",
        "outcomeid",
        "percentageformatted",
        "rank",
        "scaleid",
        "status",
        "userfullname",
        "useridnumber",
        "weightformatted",
        "weightraw",
    }
)
"""Keys of the gradebook that no record keeps: half of an answer that has a row for each person and column."""

_TOTALS = frozenset({"category", "course"})
_DASH = re.compile(r"–|—")
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?\s*%?")


class _NumberOrNone(Exact):
    """A published grade. -1 is a grade like any other here: the gradebook says "none" with null."""


class _UserSchema(RowSchema):
    userid = Id(required=True)
    courseid = Id(load_default=None)


class _ItemSchema(RowSchema):
    itemname = Name()
    itemtype = Text(required=True)
    itemmodule = Text()
    iteminstance = Id(load_default=None)
    itemnumber = Id(load_default=None)
    idnumber = Text()
    categoryid = Id(load_default=None)
    cmid = Id(load_default=None)
    locked = Flag(load_default=False)
    rangeformatted = Name()
    grademin = Exact(load_default=Decimal(0))
    grademax = Exact(load_default=Decimal(0))


class _CellSchema(RowSchema):
    id = Id(required=True)
    graderaw = _NumberOrNone(load_default=None)
    gradedatesubmitted = Instant()
    gradedategraded = Instant()
    gradeishidden = Flag(load_default=False)
    gradeislocked = Flag(load_default=False)
    gradeisoverridden = Flag(load_default=False)
    gradeformatted = Name()
    feedback = Text()


_USER, _ITEM, _CELL = _UserSchema(), _ItemSchema(), _CellSchema()


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
    loaded = load_rows(_USER, rows, function=function, path="usergrades")
    if any(row["courseid"] not in {None, course_id} for row in loaded):
        raise BadAnswer("the gradebook of another course", function=function, path="usergrades")
    users = [row["userid"] for row in loaded]
    reading = _Reading(course_id, scale_modules)
    broken: dict[int, BadAnswer] = {}
    for index, (user_id, raw) in enumerate(zip(users, rows, strict=True)):
        try:
            reading.take(user_id, raw, path=f"usergrades[{index}]")
        except BadAnswer as err:
            broken[user_id] = err
    return Gradebook(tuple(reading.items.values()), tuple(reading.grades), frozenset(users), broken)


@dataclass(slots=True)
class _Reading:
    course_id: int
    scale_modules: frozenset[int]
    items: dict[int, GradeItem] = field(default_factory=dict)
    grades: list[GradebookGrade] = field(default_factory=list)

    def take(self, user_id: int, raw: Row, *, path: str) -> None:
        """Read one person's row of cells. A column is told with each of its cells: it is read with the first.

        The cells are taken out of the row: of 70,000 no two forms are held at once.
        """
        function = Function.GRADEBOOK
        path = f"{path}.gradeitems"
        told = child(raw, "gradeitems", function=function, path=path)
        del raw["gradeitems"]
        cells = rows_of(told, function=function, path=path)
        loaded = load_rows(_CELL, cells, function=function, path=path)
        for index, (row, cell) in enumerate(zip(loaded, cells, strict=True)):
            known = self.items.get(row["id"])
            if known is None or known.item_type in _TOTALS:
                column = load_row(_ITEM, cell, function=function, path=f"{path}[{index}]", row=index)
                item = _item(row["id"], column, self.course_id, self.scale_modules)
                self.items[row["id"]] = item if known is None else widest(known, item)
        self.grades += [_grade(row, course_id=self.course_id, user_id=user_id) for row in loaded]


def widest(left: GradeItem, right: GradeItem) -> GradeItem:
    """One column as two people's rows tell it.

    A total's range is that of what each person was marked in so far; the column's own is the widest of them.
    """
    return replace(left, grade_min=min(left.grade_min, right.grade_min), grade_max=max(left.grade_max, right.grade_max))


def _item(item_id: int, row: Row, course_id: int, scale_modules: frozenset[int]) -> GradeItem:
    return GradeItem(
        item_id=item_id,
        course_id=course_id,
        item_type=row["itemtype"],
        module=row["itemmodule"] or None,
        instance_id=row["iteminstance"] if row["itemtype"] == "mod" else None,
        item_number=row["itemnumber"],
        course_module_id=row["cmid"],
        category_id=_category_of(row),
        name=row["itemname"],
        idnumber=row["idnumber"],
        grade_min=row["grademin"],
        grade_max=row["grademax"],
        is_scale=row["cmid"] in scale_modules or _is_scale(row),
        locked=row["locked"],
    )


def _category_of(row: Row) -> int | None:
    # A category's total stands for it: its instance is the category's id, and Moodle leaves its own category empty.
    category: int | None = row["iteminstance"] if row["itemtype"] in _TOTALS else row["categoryid"]
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
        hidden=row["gradeishidden"],
        locked=row["gradeislocked"],
        overridden=row["gradeisoverridden"],
        feedback=row["feedback"],
        submitted_at=row["gradedatesubmitted"],
        graded_at=row["gradedategraded"],
    )
