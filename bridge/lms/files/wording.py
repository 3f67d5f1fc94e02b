"""What is left out of a file and what is taken for true, as sentences. Message ids are English."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bridge.core.file_faults import column_letters
from bridge.core.i18n import N_
from bridge.lms.files.matching import Assumption, DoubtCode
from bridge.lms.files.preview import Preview
from lms_sync.files.gradebook import SheetProblemCode

__all__ = ["ASSUMED", "LEFT_OUT", "LeftOut", "assumed", "left_out"]

LEFT_OUT: Mapping[str, str] = {
    SheetProblemCode.NOBODY: N_("There is neither a name nor a number in this row."),
    SheetProblemCode.TWICE: N_("This person stands in row %(name)s already. Leave one of the rows."),
    SheetProblemCode.NOT_A_NUMBER: N_("Not a mark of this column: a number is needed. Correct it in Moodle, or here."),
    SheetProblemCode.A_DATE: N_("A spreadsheet has made a date of the mark. Export the file anew and do not edit it."),
    SheetProblemCode.COLUMN_TWICE: N_("Two items are called “%(name)s”. Give them different names in Moodle."),
    DoubtCode.SEVERAL: N_("Several people here are called “%(name)s”. Export ID numbers or e-mails as well."),
    DoubtCode.TOO_LONG: N_("A text is longer than Moodle has: %(name)s."),
    DoubtCode.OUT_OF_RANGE: N_("The mark is above the maximum of “%(name)s”."),
}

ASSUMED: Mapping[str, str] = {
    Assumption.RANGE: N_(
        "The export does not tell the maximum of “%(name)s”; 100 is assumed, or the largest mark. Export percentages "
        "as well, and it is known."
    ),
    Assumption.WORDS: N_(
        "The marks of “%(name)s” are words. They are shown, and count for nothing until percentages are exported as "
        "well."
    ),
}

Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row or a cell that is left out; ``column`` in letters, as a spreadsheet shows it."""

    row: int
    column: str
    words: str


def left_out(drawn: Preview, translate: Translate) -> tuple[LeftOut, ...]:
    """Everything of a file that is left out, in the order of its rows."""
    found = [(one.row, one.column, one.code.value, one.name) for one in drawn.gaps]
    return tuple(
        LeftOut(row, column_letters(column or 0), translate(LEFT_OUT[code]) % {"name": name})
        for row, column, code, name in sorted(found, key=lambda one: (one[0], one[1] or 0))
    )


def assumed(drawn: Preview, translate: Translate) -> Iterator[str]:
    """What is taken for true of the items, a sentence each."""
    for name, assumption in drawn.assumptions:
        yield translate(ASSUMED[assumption]) % {"name": name}
