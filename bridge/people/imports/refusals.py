"""Files that are not taken in, in words that say what to do."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.core.i18n import N_
from bridge.errors import InvalidInput
from lms_sync.errors import FileFault, FileRefused

__all__ = ["file_refusal"]

_SAVE_ANEW = N_("This is no spreadsheet that can be read here. Save it as XLSX, ODS or CSV and upload it again.")
_DAMAGED = N_("The file is damaged. Open it in the spreadsheet program, save it anew and upload it again.")
_TOO_MUCH = N_("There is too much in this file. Copy the table alone into a new file and upload that.")

_SENTENCES: Mapping[FileFault, str] = {
    FileFault.UNKNOWN_FORMAT: _SAVE_ANEW,
    FileFault.OLD_OR_LOCKED: N_("The file is an old XLS, or under a password. Save it as XLSX without a password."),
    FileFault.ENCRYPTED: N_("The file is under a password. Save it without one and upload it again."),
    FileFault.EMPTY: N_("The file is empty. Choose the file with the table."),
    FileFault.ENCODING: N_("The text is in an unknown encoding. Save it as “CSV UTF-8”, or as XLSX."),
    FileFault.TOO_LARGE: N_("The file is too large. Copy the table alone into a new file and upload that."),
    FileFault.TOO_MUCH_INSIDE: _TOO_MUCH,
    FileFault.TOO_MANY_MEMBERS: _TOO_MUCH,
    FileFault.TOO_MANY_SHEETS: N_("The file has too many sheets. Leave the one with the table."),
    FileFault.TOO_MANY_ROWS: N_("The file has too many rows. Divide it."),
    FileFault.TOO_MANY_COLUMNS: N_("The file has too many columns. Leave those of the template."),
    FileFault.TOO_MANY_CELLS: _TOO_MUCH,
    FileFault.TEXT_TOO_LONG: N_("A cell of the file holds a very long text. Shorten it."),
}
"""What is not named here is a trick or damage: the file is to be made anew."""


def file_refusal(error: FileRefused) -> InvalidInput:
    """The refusal of a file, for whoever uploaded it."""
    return InvalidInput(_SENTENCES.get(error.fault, _DAMAGED), code=error.fault.value)
