"""Why a file is refused, as sentences that say what to do. Message ids are the English sentences."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.core.i18n import N_
from bridge.errors import InvalidInput
from lms_sync.errors import FileFault, FileRefused

__all__ = ["FAULTS", "column_letters", "file_refusal"]

FAULTS: Mapping[FileFault, str] = {
    FileFault.UNKNOWN_FORMAT: N_("This is not a file of the kind that is read here. Check which file you chose."),
    FileFault.OLD_OR_LOCKED: N_(
        "This is an old .xls workbook, or one under a password. Open it, save it as .xlsx without a password, and try "
        "again."
    ),
    FileFault.ENCRYPTED: N_("The file is under a password. Save it without one and try again."),
    FileFault.DAMAGED: N_("The file is damaged or came only in part. Export it again and try once more."),
    FileFault.EMPTY: N_("The file is empty."),
    FileFault.ENCODING: N_("The text of the file is neither UTF-8 nor Windows-1251. Save it as UTF-8 and try again."),
    FileFault.TOO_LARGE: N_("The file is larger than %(megabytes)s MB. Export less at a time."),
    FileFault.TOO_MUCH_INSIDE: N_("Unpacked, the file is far larger than it may be. Such a file is not taken in."),
    FileFault.TOO_MANY_MEMBERS: N_("There are more than %(limit)s files in the archive."),
    FileFault.TOO_MANY_SHEETS: N_(
        "There are more than %(limit)s sheets in the workbook. Leave only those that are needed."
    ),
    FileFault.TOO_MANY_ROWS: N_(
        "The sheet “%(member)s” has more than %(limit)s rows: a value stands in row %(row)s. Delete what is not needed."
    ),
    FileFault.TOO_MANY_COLUMNS: N_(
        "The sheet “%(member)s” has more than %(limit)s columns: a value stands in row %(row)s. Delete what is "
        "not needed."
    ),
    FileFault.TOO_MANY_CELLS: N_("There are more than %(limit)s filled cells. Divide the file into several."),
    FileFault.TOO_MANY_RECORDS: N_("The backup holds more than %(limit)s records, or people, of one course."),
    FileFault.TEXT_TOO_LONG: N_("A text in the file is longer than may be. Check the quotation marks, or shorten it."),
    FileFault.BAD_PATH: N_("The archive holds files whose names lead out of it. Such a file is not taken in."),
    FileFault.NOT_A_FILE: N_("The archive holds links or devices instead of files. Such a file is not taken in."),
    FileFault.DUPLICATE_MEMBER: N_("The archive holds the file %(member)s twice. Such a file is not taken in."),
    FileFault.DOCUMENT_TYPE: N_(
        "The file declares entities of its own, as no export does. Such a file is not taken in."
    ),
    FileFault.MEMBER_MISSING: N_("The file lacks its part %(member)s. Export it again and try once more."),
    FileFault.NO_HEADER: N_("The row with the names of the columns was not found. It must hold: %(expected)s."),
    FileFault.NO_USER_DATA: N_(
        "The backup was made without people. Make it again with “Include enrolled users” switched on."
    ),
    FileFault.ANONYMOUS: N_(
        "In this backup people were made anonymous, so nobody can be found again. Make it without that setting."
    ),
    FileFault.BAD_RECORD: N_(
        "The part %(member)s of the backup is not as Moodle writes it (%(path)s). Make the backup again."
    ),
    FileFault.BAD_VALUE: N_(
        "A value cannot be read: sheet “%(member)s”, row %(row)s, column %(letters)s. Correct the cell and try again."
    ),
}


def file_refusal(error: FileRefused, *, field: str = "file") -> InvalidInput:
    """A refused file as an error of a form: the sentence stands at the field of the file."""
    sentence = FAULTS[error.fault]
    limit = error.facts.get("limit") or 0
    facts: dict[str, object] = {
        "expected": "",
        "path": "",
        **error.facts,
        "limit": limit,
        "megabytes": int(limit) >> 20,
        "letters": column_letters(error.column) if error.column else "",
        "row": error.row or "",
    }
    return InvalidInput(sentence, code=error.fault.value, fields={field: sentence}, **facts)


def column_letters(number: int) -> str:
    """A column as spreadsheets name it: 1 is A, 27 is AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
