"""What a gradebook export holds, whatever file it came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

__all__ = ["GradeColumn", "GradeSheet", "SheetMark", "SheetPerson", "SheetProblem", "SheetProblemCode"]


class SheetProblemCode(StrEnum):
    """What is wrong with a row or a cell; the rest of the file is read all the same."""

    NOBODY = "nobody"  # a row without name, ID number, login and e-mail
    TWICE = "twice"  # a person who stands in an earlier row already
    NOT_A_NUMBER = "not_a_number"  # a word in a column of numbers
    A_DATE = "a_date"  # a spreadsheet has made a date of a mark
    COLUMN_TWICE = "column_twice"  # two columns of one name: whose marks they are cannot be told


@dataclass(frozen=True, slots=True)
class SheetProblem:
    """``row`` and ``column`` count from 1, as a spreadsheet shows them; ``column`` is None for a whole row."""

    row: int
    column: int | None
    code: SheetProblemCode
    name: str = ""
    """The column's header, or the earlier row of the same person."""


@dataclass(frozen=True, slots=True)
class GradeColumn:
    """An item of the gradebook.

    Attributes
    ----------
    number
        Identifies the column in this sheet: its position, from 1.
    item_type
        Moodle's word: mod, manual, category, course.
    module
        Moodle's short name of the activity's kind, None where the header does not name one that is known.
    name
        As the header words it, without kind and form of the mark; empty in an XML export, which has only
        ``idnumber``.
    is_scale
        The marks are words.
    has_marks
        Marks or percentages were exported, not feedback or letters alone: an empty cell then means "no mark".
    """

    number: int
    item_type: str
    module: str | None
    name: str
    idnumber: str = ""
    is_scale: bool = False
    has_marks: bool = True


@dataclass(frozen=True, slots=True)
class SheetPerson:
    """A row. What the export has no column for is empty; ``suspended`` is then None."""

    row: int
    first_name: str = ""
    last_name: str = ""
    idnumber: str = ""
    username: str = ""
    email: str = ""
    institution: str = ""
    department: str = ""
    suspended: bool | None = None

    @property
    def identity(self) -> tuple[str, ...]:
        """By what the same person is known again within the file."""
        for word in (self.idnumber, self.username, self.email):
            if word:
                return (word.casefold(),)
        return (self.last_name.casefold(), self.first_name.casefold(), self.institution.casefold())


@dataclass(frozen=True, slots=True)
class SheetMark:
    """The mark of the person in ``row`` in the column of ``number``: a number, or a scale's word, or neither.

    ``percentage`` counts from 0 to 100 (of the item's range) and may stand alone, where only percentages were exported.
    """

    row: int
    number: int
    grade: Decimal | None = None
    label: str = ""
    percentage: Decimal | None = None
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class GradeSheet:
    """A gradebook export.

    ``ignored`` are headers of columns that were left alone (custom profile fields). ``exported_at`` is when Moodle
    wrote it, None where the file does not say.
    """

    name: str
    columns: tuple[GradeColumn, ...]
    people: tuple[SheetPerson, ...]
    marks: tuple[SheetMark, ...]
    problems: tuple[SheetProblem, ...]
    ignored: tuple[str, ...] = ()
    exported_at: datetime | None = None
