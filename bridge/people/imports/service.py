"""Use cases of imports: read a file, plan, confirm, and the texts that a filled template starts with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from bridge.core.audit import Source
from bridge.core.i18n import DEFAULT_LANGUAGE
from bridge.errors import StaleSave
from bridge.people.imports.apply import Outcome, apply_plan
from bridge.people.imports.columns import Table
from bridge.people.imports.plan import Plan, make_plan
from bridge.people.imports.reading import read_upload
from bridge.people.imports.refusals import file_refusal
from bridge.people.imports.rows import Upload
from bridge.people.imports.store import MoodleDirectory, nobody_in_moodle, take_snapshot
from bridge.people.models import Municipality
from lms_sync.errors import FileRefused
from lms_sync.files.sheets import read_sheets

__all__ = ["import_rows", "plan_import", "read_file"]

_PACKED = b"PK"
"""How XLSX and ODS begin; anything else that can be read is CSV."""


def read_file(table: Table, data: bytes, *, filename: str, language: str = DEFAULT_LANGUAGE) -> Upload:
    """The rows of an XLSX, ODS or CSV file.

    Raises
    ------
    InvalidInput
        Where the file cannot be read or has no such table; nothing of it is kept.
    """
    try:
        sheets = read_sheets(data, filename=filename)
    except FileRefused as err:
        raise file_refusal(err) from err
    return read_upload(table, sheets, is_csv=not data.startswith(_PACKED), language=language)


def plan_import(
    session: Session,
    municipality_id: int,
    table: Table,
    upload: Upload,
    *,
    decisions: Mapping[int, str] | None = None,
    moodle: MoodleDirectory = nobody_in_moodle,
) -> Plan:
    """What an upload would do to the municipality as it is now; ``decisions`` as for ``make_plan``."""
    return make_plan(table, upload, take_snapshot(session, municipality_id, moodle), decisions=decisions)


def import_rows(
    session: Session,
    municipality: Municipality,
    table: Table,
    upload: Upload,
    *,
    actor: str,
    source: Source,
    now: datetime,
    decisions: Mapping[int, str] | None = None,
    seen: str = "",
    moodle: MoodleDirectory = nobody_in_moodle,
) -> Outcome:
    """Write what an upload brings: rows that are wrong or unsure wait, all others are written in this transaction.

    Parameters
    ----------
    seen
        Digest of the plan (without decisions) that was confirmed; empty where nobody has looked at one.

    Raises
    ------
    StaleSave
        When the store has changed since, so that something else would be done than what was confirmed.
    """
    # Of two imports at once the second waits here, and then sees what the first has written.
    session.refresh(municipality, with_for_update=True)
    snapshot = take_snapshot(session, municipality.id, moodle)
    if seen and make_plan(table, upload, snapshot).digest != seen:
        raise StaleSave("The data have changed since this preview was drawn. Nothing was imported; look at it again.")
    plan = make_plan(table, upload, snapshot, decisions=decisions)
    return apply_plan(session, municipality, table, plan, actor=actor, source=source, now=now)
