"""Use cases: read an upload, show what it would change, take it in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bridge.core import audit
from bridge.core.audit import Source
from bridge.core.file_faults import file_refusal
from bridge.core.i18n import N_
from bridge.core.outbox import emit
from bridge.errors import InvalidInput, Refused, StaleSave
from bridge.lms import runs
from bridge.lms.apply import Counts, apply_part
from bridge.lms.files.fitting import misfit
from bridge.lms.files.preview import Preview, parts_of, preview
from bridge.lms.files.sources import check_source, find_source, open_source
from bridge.lms.files.staged import Staged, StagedBackup, StagedSheet, pack, unpack
from bridge.lms.models import LmsCoverage, LmsFileDraft, LmsSite, RunMode, RunState
from bridge.lms.sync import AfterSync
from bridge.people.models import Municipality
from lms_sync.errors import FileFault, FileRefused
from lms_sync.files.backup import Backup, read_backup
from lms_sync.files.gradebook import read_gradebook
from lms_sync.plan import Part

__all__ = [
    "LIFETIME",
    "Imported",
    "check_taken_in",
    "find_draft",
    "forget_expired",
    "import_file",
    "keep_draft",
    "preview_of",
    "read_backup_file",
    "read_gradebook_file",
    "read_upload",
    "staged_of",
]

LIFETIME = timedelta(hours=1)
_PACKED = (b"PK\x03\x04", b"\x1f\x8b")
_NEEDS_COURSE = N_("Say which course the gradebook is of: an export does not tell.")
_STALE = N_(
    "What is known of this course is newer than the file. Nothing was taken in: it would turn marks back. Export it "
    "anew."
)
_CHANGED = N_("The data have changed since this preview was drawn. Nothing was taken in; look at it again.")
_MISFIT = "a value longer or larger than Moodle has"


@dataclass(frozen=True, slots=True)
class Imported:
    """What was written; ``run`` is its row in the book of runs, empty where the file changed nothing."""

    run: str
    counts: Counts


def read_upload(source: BinaryIO, *, filename: str, course_name: str) -> Staged:
    """Read a file of either kind: a backup is told by what is in it.

    Raises
    ------
    InvalidInput
        A file of neither kind, damaged or over a limit; an export without the name of its course.
    """
    head = source.read(4)
    source.seek(0)
    if head.startswith(_PACKED):
        try:
            return _backup(read_backup(source))
        except FileRefused as err:
            if err.fault is not FileFault.UNKNOWN_FORMAT or head.startswith(_PACKED[1]):
                raise file_refusal(err) from err
        source.seek(0)
    return read_gradebook_file(source, filename=filename, course_name=course_name)


def read_backup_file(source: BinaryIO) -> StagedBackup:
    """Read a course backup.

    Raises
    ------
    InvalidInput
        See :func:`read_upload`.
    """
    try:
        return _backup(read_backup(source))
    except FileRefused as err:
        raise file_refusal(err) from err


def read_gradebook_file(source: BinaryIO, *, filename: str, course_name: str) -> StagedSheet:
    """Read a gradebook export; ``course_name`` is the short or full name of its course.

    Raises
    ------
    InvalidInput
        See :func:`read_upload`.
    """
    try:
        sheet = read_gradebook(source, filename=filename)
    except FileRefused as err:
        raise file_refusal(err) from err
    name = " ".join(course_name.split())
    if not name:
        raise InvalidInput(_NEEDS_COURSE, code="course_needed", fields={"course": _NEEDS_COURSE})
    return StagedSheet(name, sheet)


def _backup(backup: Backup) -> StagedBackup:
    cover = backup.cover
    for part in backup.parts:
        _check_fit(part)
    name = cover.full_name or cover.short_name
    return StagedBackup(cover.site_url[:500], cover.release, cover.course_id, name, cover.made_at, backup.parts)


def _check_fit(part: Part) -> None:
    for record in part.records:
        column = misfit(part.kind, record)
        if column is not None:
            facts = {"path": f"{part.kind.value}.{column}"}
            raise FileRefused(FileFault.BAD_RECORD, _MISFIT, member=part.kind.value, facts=facts)


def check_taken_in(session: Session, municipality_id: int, staged: Staged) -> None:
    """Ask whether a file may be taken in where it is brought.

    Raises
    ------
    Refused
        Moodle is connected here, or the files here are of another one.
    """
    check_source(session, municipality_id, url=staged.site_url if isinstance(staged, StagedBackup) else "")


def keep_draft(session: Session, municipality_id: int, staged: Staged, *, filename: str, now: datetime) -> LmsFileDraft:
    """Keep what was read until it is confirmed.

    Raises
    ------
    Refused
        Where files are not taken in here.
    """
    check_taken_in(session, municipality_id, staged)
    draft = LmsFileDraft(
        municipality_id=municipality_id,
        filename=filename[:200],
        content=pack(staged),
        expires_at=now + LIFETIME,
    )
    session.add(draft)
    session.flush()  # its uid is its address
    return draft


def find_draft(session: Session, uid: str, *, now: datetime) -> LmsFileDraft | None:
    """A draft that has not expired."""
    draft = session.scalar(select(LmsFileDraft).where(LmsFileDraft.uid == uid))
    return draft if draft is not None and draft.expires_at > now else None


def staged_of(draft: LmsFileDraft) -> Staged:
    """What waits."""
    return unpack(draft.content)


def forget_expired(session: Session, *, now: datetime) -> int:
    """Delete the drafts whose hour is over. Returns how many."""
    gone = session.scalars(select(LmsFileDraft.id).where(LmsFileDraft.expires_at <= now)).all()
    session.execute(delete(LmsFileDraft).where(LmsFileDraft.id.in_(gone)))
    return len(gone)


def preview_of(session: Session, municipality_id: int, staged: Staged) -> Preview:
    """What a file would change in the municipality as it is now."""
    return preview(session, find_source(session, municipality_id), staged)


def import_file(
    session: Session,
    municipality: Municipality,
    staged: Staged,
    *,
    after: Sequence[AfterSync],
    now: datetime,
    source: Source,
    actor: str = "",
    seen: str = "",
) -> Imported:
    """Take a file in: all of it, or nothing, in the caller's transaction.

    Parameters
    ----------
    after
        What other slices do with fresh data: the same steps that end a sync.
    seen
        Digest of the preview that was confirmed; empty where nobody has looked at one.

    Raises
    ------
    Refused
        Where files are not taken in here, or newer data are known.
    StaleSave
        When something else would be written than what was confirmed.
    """
    # Of two imports at once the second waits here, and then sees what the first has written.
    session.refresh(municipality, with_for_update=True)
    url, release = (staged.site_url, staged.release) if isinstance(staged, StagedBackup) else ("", "")
    check_taken_in(session, municipality.id, staged)
    planned = preview_of(session, municipality.id, staged)
    if seen and planned.digest != seen:
        raise StaleSave(_CHANGED)
    if planned.is_stale:
        raise Refused(_STALE, code="file_is_older")
    site = open_source(session, municipality, url=url, release=release, now=now)
    parts, matched = parts_of(session, site, staged)
    run = runs.start_run(session, site, RunMode.FILE, now=now)
    counts = Counts()
    for part in parts:
        counts += apply_part(session, site, part, now=now)
    course_id = staged.course_id if isinstance(staged, StagedBackup) else matched.course.course_id if matched else 0
    _note_age(session, site, course_id, planned.data_at or now)
    for step in after:
        step(session, site, now)
    runs.beat(run, counts, calls=0, now=now)
    runs.end_run(run, RunState.DONE, calls=0, now=now)
    facts = {"run": run.uid, "mode": run.mode, "state": run.state}
    subject = f"lms_site:{site.uid}"
    audit.record(session, "lms.file_imported", now=now, source=source, actor=actor, subject=subject, facts=facts)
    emit(session, "lms.synced", subject=subject, now=now, payload=facts)
    return Imported(run.uid, counts)


def _note_age(session: Session, site: LmsSite, course_id: int, data_at: datetime) -> None:
    """What a file says is as old as the file."""
    session.flush()  # the rows of coverage that the parts have made
    of_course = update(LmsCoverage).where(LmsCoverage.site_id == site.id, LmsCoverage.moodle_course_id == course_id)
    session.execute(of_course.values(read_at=data_at))
