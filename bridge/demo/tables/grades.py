"""The gradebook: items and grades."""

from dataclasses import dataclass
from enum import IntEnum

__all__ = ["GradeGrade", "GradeItem", "GradeType"]


class GradeType(IntEnum):
    """What an item holds."""

    NONE = 0
    VALUE = 1
    SCALE = 2
    TEXT = 3


@dataclass(slots=True)
class GradeItem:
    """A column of the gradebook; the course total is one, of type ``course``."""

    id: int
    course: int
    itemname: str | None
    itemtype: str = "mod"
    itemmodule: str | None = None
    iteminstance: int | None = None
    itemnumber: int | None = 0
    idnumber: str | None = None
    categoryid: int | None = None
    gradetype: GradeType = GradeType.VALUE
    grademin: float = 0.0
    grademax: float = 100.0
    scaleid: int | None = None
    hidden: bool = False
    locked: bool = False
    sortorder: int = 0


@dataclass(slots=True)
class GradeGrade:
    """A cell of the gradebook.

    `raw` is what the activity sent, `final` what the gradebook shows; they part when a cell is overridden.
    """

    itemid: int
    userid: int
    raw: float | None = None
    final: float | None = None
    hidden: bool = False
    locked: bool = False
    overridden: bool = False
    excluded: bool = False
    feedback: str = ""
    feedbackformat: int = 0
    timecreated: int | None = None
    """When the work was submitted."""
    timemodified: int | None = None
    """When the mark was given."""
    rawmax: float | None = None
    """Of a course total: the sum of the maxima that count for this person."""
