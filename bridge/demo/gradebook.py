"""What the gradebook makes of its cells: totals, shares, the words on the page.

Only what Moodle does by default is here: natural aggregation in one category, empty cells left out, scales counted
by their number. That is what the recordings hold.
"""

import math
from collections.abc import Iterable

from bridge.demo.tables import GradeGrade, GradeItem, GradeType, Scale, Tables

__all__ = [
    "bounded",
    "cell",
    "course_items",
    "decimals",
    "formatted",
    "item_of",
    "percentage",
    "range_of",
    "regrade",
    "total_item",
    "weights",
]

_PLAIN = 2
"""Text format of the feedback in cells that the gradebook itself creates."""
_SLACK = 1e-7
"""What a float may lie below the half it is meant to be, after scaling."""
_COUNTED = (GradeType.VALUE, GradeType.SCALE)


def decimals(value: float, places: int = 2) -> str:
    """Write a number with fixed decimals, half away from zero as PHP rounds.

    To PHP a float is what it is meant to be: 95.73499999999999 is 95.735 and becomes 95.74.

    >>> decimals(95.73499999999999), decimals(2.5, 0)
    ('95.74', '3')
    """
    scale = 10**places
    whole, part = divmod(math.floor(abs(value) * scale + 0.5 + _SLACK), scale)
    sign = "-" if value < 0 and (whole or part) else ""
    return f"{sign}{whole}.{part:0{places}d}" if places else f"{sign}{whole}"


def course_items(tables: Tables, courseid: int) -> list[GradeItem]:
    """Return a course's columns as the page shows them: activities first, the total last."""
    items = [item for item in tables.grade_items.values() if item.course == courseid]
    return sorted(items, key=lambda item: (item.itemtype == "course", item.sortorder, item.id))


def total_item(tables: Tables, courseid: int) -> GradeItem | None:
    """Return the column of a course's total."""
    return next((item for item in course_items(tables, courseid) if item.itemtype == "course"), None)


def item_of(tables: Tables, module: str, instance: int, number: int = 0) -> GradeItem | None:
    """Return an activity's column; a workshop has two, by number."""
    key = (module, instance, number)
    for item in tables.grade_items.values():
        if (item.itemmodule, item.iteminstance, item.itemnumber) == key:
            return item
    return None


def cell(tables: Tables, item: GradeItem, userid: int) -> GradeGrade:
    """Return a cell, creating an empty one."""
    return tables.grade_grades.setdefault((item.id, userid), GradeGrade(item.id, userid, feedbackformat=_PLAIN))


def bounded(item: GradeItem, grade: float | None) -> float | None:
    """Keep a grade within the column's range, which is what Moodle silently does."""
    return None if grade is None else min(max(grade, item.grademin), item.grademax)


# ---------------------------------------------------------------- totals


def _counts(item: GradeItem, row: GradeGrade | None) -> bool:
    return row is not None and row.final is not None and not row.excluded and item.gradetype in _COUNTED


def weights(items: Iterable[GradeItem], rows: dict[int, GradeGrade]) -> dict[int, float]:
    """Return each column's share of a person's total, 0 to 1, rounded as the database keeps it.

    Parameters
    ----------
    items
        Columns of activities.
    rows
        The person's cells by column.
    """
    counted = {item.id: item.grademax for item in items if _counts(item, rows.get(item.id))}
    whole = sum(counted.values())
    return {itemid: round(grademax / whole, 5) if whole else 0.0 for itemid, grademax in counted.items()}


def regrade(tables: Tables, courseid: int, now: int, *, userid: int | None = None) -> None:
    """Bring a course's totals up to date; people without a single cell stay without.

    Parameters
    ----------
    now
        The site's clock; a total that changes carries it.
    userid
        One person only, None for everyone.
    """
    total = total_item(tables, courseid)
    if total is None:
        return
    items = [item for item in course_items(tables, courseid) if item.itemtype != "course"]
    activities = [item for item in items if item.gradetype in _COUNTED]
    total.grademax = float(sum(item.grademax for item in activities))
    ids = {item.id for item in items} | {total.id}
    if userid is None:
        people = sorted({person for itemid, person in tables.grade_grades if itemid in ids})
    else:
        people = [userid] if any((itemid, userid) in tables.grade_grades for itemid in ids) else []
    for person in people:
        _total(tables, total, activities, person, now)


def _total(tables: Tables, total: GradeItem, activities: list[GradeItem], userid: int, now: int) -> None:
    rows = {item.id: cell(tables, item, userid) for item in activities}
    counted = [item for item in activities if _counts(item, rows[item.id])]
    summed = sum(rows[item.id].final or 0.0 for item in counted) if counted else None
    row = cell(tables, total, userid)
    row.rawmax = float(sum(item.grademax for item in counted)) if counted else total.grademax
    final = None if summed is None else round(summed, 5)
    if row.final is not None and final is not None and abs(row.final - final) < 1e-5:
        return
    if row.final != final:
        row.final, row.timemodified = final, now


# ---------------------------------------------------------------- words


def _maximum(item: GradeItem, row: GradeGrade | None) -> float:
    return row.rawmax if item.itemtype == "course" and row is not None and row.rawmax is not None else item.grademax


def formatted(item: GradeItem, row: GradeGrade | None, scale: Scale | None) -> str:
    """Write a grade as the page shows it: a number, a scale's label, a dash."""
    if item.gradetype not in _COUNTED:
        return ""
    if row is None or row.final is None:
        return "-"
    if scale is not None:
        return scale.items[int(bounded(item, row.final) or 1) - 1]
    return decimals(row.final)


def percentage(item: GradeItem, row: GradeGrade | None) -> str:
    """Write a grade as a share of the range."""
    if item.gradetype not in _COUNTED:
        return ""
    span = _maximum(item, row) - item.grademin
    if row is None or row.final is None or not span:
        return "-"
    return f"{decimals((row.final - item.grademin) * 100.0 / span)} %"


def range_of(item: GradeItem, row: GradeGrade | None, scale: Scale | None) -> tuple[float, float, str]:
    """Return a column's range for one person: lowest, highest, and how the page writes it."""
    top = _maximum(item, row)
    if item.gradetype not in _COUNTED:
        return item.grademin, top, "&ndash;"
    if scale is not None:
        return item.grademin, top, f"{scale.items[0]}&ndash;{scale.items[-1]}"
    return item.grademin, top, f"{decimals(item.grademin, 0)}&ndash;{decimals(top, 0)}"
