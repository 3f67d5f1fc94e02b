"""Tables out of the recorded answers of a real site."""

from pathlib import Path

from bridge.demo.recordings.archive import Archive, Recording, read_recordings
from bridge.demo.recordings.assign import load_assignments
from bridge.demo.recordings.courses import load_courses
from bridge.demo.recordings.grades import load_gradebook
from bridge.demo.recordings.people import load_groups, load_people, load_site
from bridge.demo.recordings.workshop import load_workshops
from bridge.demo.tables import Tables

__all__ = ["Recording", "load_recordings", "read_recordings", "tables_from"]


def tables_from(recordings: list[Recording]) -> Tables:
    """Rebuild the tables that recorded answers came from.

    Accounts: `bridge.demo.accounts.ADMIN_TOKEN` calls as the administrator who recorded them, ``LIMITED_TOKEN`` as
    the account without rights, ``SERVICE_TOKEN`` as an account with the least rights.
    """
    archive, tables = Archive(recordings), Tables()
    for load in (load_site, load_people, load_groups, load_courses, load_assignments, load_gradebook, load_workshops):
        load(archive, tables)
    return tables


def load_recordings(path: Path | str) -> Tables:
    """Read recorded answers and rebuild their tables.

    Parameters
    ----------
    path
        A folder of JSON files or a ``.jsonl.gz``; see `read_recordings`.

    Raises
    ------
    RecordingError
        There is nothing there, or it lacks what the tables need.
    """
    return tables_from(read_recordings(path))
