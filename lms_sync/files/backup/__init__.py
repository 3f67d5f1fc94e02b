"""Course backups (.mbz) as the records that the web services give, with the site's own ids.

A backup is a zip or a tar.gz of XML files. It is read twice, as a stream: once for its description, which names the
course, and once for the rest. Files that people handed in pass by unread. Birth dates and other custom profile fields
are never looked at.

What a backup lacks, and what it has that web services lack, is in docs/files.md.

Format: the plans under backup/moodle2 in Moodle's source; ``$@NULL@$`` is how it writes that there is no value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from lms_sync.errors import FileFault, FileRefused
from lms_sync.files.archives import Limits, Member, read_members
from lms_sync.files.backup import assignments, course, gradebook, people, workshops
from lms_sync.files.backup.cover import COVER, Cover, read_cover
from lms_sync.files.backup.shelf import Shelf
from lms_sync.plan import Coverage, Part, person_of
from lms_sync.records import Kind

__all__ = ["BACKUP_LIMITS", "Backup", "Cover", "read_backup"]

BACKUP_LIMITS = Limits(packed_bytes=1 << 30, members=100_000, inflated_bytes=4 << 30)

_Reader = Callable[[Member, Shelf], None]
_READERS: dict[str, _Reader] = {
    "users.xml": people.read_users,
    "roles.xml": people.read_roles,
    "groups.xml": people.read_groups,
    "scales.xml": gradebook.read_scales,
    "gradebook.xml": gradebook.read_gradebook,
    "course/course.xml": course.read_course,
    "course/roles.xml": people.read_role_assignments,
    "course/enrolments.xml": people.read_enrolments,
}
_MODULES: dict[str, _Reader] = {
    "assign": assignments.read_assignment,
    "quiz": assignments.read_quiz,
    "workshop": workshops.read_workshop,
}
_ACTIVITY_FILE = re.compile(r"activities/([a-z][a-z0-9_]*)_(\d{1,18})/([a-z0-9_]+)\.xml")

_ABOUT_PEOPLE = frozenset({Kind.COURSE, Kind.ENROLMENT})
_ABOUT_GROUPS = frozenset({Kind.GROUP, Kind.GROUPING, Kind.GROUP_MEMBER})
_OF_THE_SITE = frozenset({Kind.USER, Kind.SCALE})
_NEVER = frozenset({Kind.CATEGORY, Kind.COHORT, Kind.COHORT_MEMBER, Kind.COURSE_COMPLETION})


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds; ``parts`` come in an order in which each refers only to earlier ones."""

    cover: Cover
    parts: tuple[Part, ...]


def read_backup(source: BinaryIO, *, limits: Limits = BACKUP_LIMITS) -> Backup:
    """Read a backup of a course.

    Parameters
    ----------
    source
        Seekable.

    Returns
    -------
    Backup
        Parts are whole where the backup is: it holds every row of its course, those of people who left included. Of
        a backup from which activities or their marks were left out, parts about marks are partial.

    Raises
    ------
    FileRefused
        Not a backup of a course by Moodle 2 or later, damaged, over a limit, made without people or with people made
        anonymous.
    """
    cover = _cover(source, limits)
    shelf = Shelf(cover, now=cover.made_at or datetime.fromtimestamp(0, UTC))
    for member in read_members(source, limits=limits, wanted=_is_wanted):
        _read(member, shelf)
    if not shelf.records[Kind.USER]:
        raise FileRefused(FileFault.NO_USER_DATA, "nobody in it")
    _put_together(shelf)
    _forget_strangers(shelf)
    return Backup(cover, tuple(_parts(shelf)))


def _cover(source: BinaryIO, limits: Limits) -> Cover:
    for member in read_members(source, limits=limits, wanted=COVER.__eq__):
        return read_cover(member)
    raise FileRefused(FileFault.UNKNOWN_FORMAT, "an archive that is no backup", member=COVER)


def _is_wanted(name: str) -> bool:
    if name in _READERS:
        return True
    found = _ACTIVITY_FILE.fullmatch(name)
    return found is not None and found[3] in {"module", "grades", "completion", found[1]}


def _read(member: Member, shelf: Shelf) -> None:
    found = _ACTIVITY_FILE.fullmatch(member.name)
    if found is None:
        _READERS[member.name](member, shelf)
        return
    module, course_module_id, file = found[1], int(found[2]), found[3]
    match file:
        case "module":
            course.read_module(member, shelf)
        case "grades":
            gradebook.read_gradebook(member, shelf, course_module_id)
        case "completion":
            course.read_completion(member, shelf, course_module_id)
        case _:
            _MODULES.get(module, course.read_instance)(member, shelf)


def _put_together(shelf: Shelf) -> None:
    """Make the records that need several files."""
    for enrolment in people.enrolments(shelf):
        shelf.put(Kind.ENROLMENT, enrolment)
    for activity in course.activities(shelf):
        shelf.put(Kind.ACTIVITY, activity)
    for grade in list(gradebook.labelled_grades(shelf)):
        shelf.records[Kind.GRADEBOOK_GRADE][grade.key] = grade


def _forget_strangers(shelf: Shelf) -> None:
    """Leave out users of whom the backup only needs the name: an administrator who once edited something."""
    about = {person_of(record) for kind in Kind if kind is not Kind.USER for record in shelf.records[kind].values()}
    users = shelf.records[Kind.USER]
    shelf.records[Kind.USER] = {key: user for key, user in users.items() if key[0] in about}


def _parts(shelf: Shelf) -> Iterator[Part]:
    for kind in Kind:
        if kind in _NEVER or (kind in _ABOUT_GROUPS and not shelf.cover.has_groups):
            continue
        records = tuple(shelf.records[kind].values())
        course_id = None if kind in _OF_THE_SITE else shelf.course_id
        yield Part(kind=kind, course_id=course_id, coverage=_coverage(kind, shelf.cover), records=records)


def _coverage(kind: Kind, cover: Cover) -> Coverage:
    if kind in _OF_THE_SITE:
        return Coverage.PARTIAL
    if kind in _ABOUT_PEOPLE or kind in _ABOUT_GROUPS or cover.is_whole:
        return Coverage.WHOLE
    return Coverage.PARTIAL
