"""What a backup says of itself: ``moodle_backup.xml``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from lms_sync.errors import FileFault, FileRefused
from lms_sync.files.archives import Member
from lms_sync.files.backup.elements import Element, load, read_rows
from lms_sync.payloads.base import RowSchema
from lms_sync.payloads.fields import Id, Instant, Name, Text

__all__ = ["COVER", "Cover", "read_cover"]

COVER = "moodle_backup.xml"
_INFORMATION = "moodle_backup/information"
_DETAIL = "details/detail"
_ACTIVITY = "activities/activity"
_SETTING = "settings/setting"
_WANTED = {
    _INFORMATION: (
        "name",
        "moodle_release",
        "backup_date",
        "original_wwwroot",
        "original_course_id",
        "original_course_shortname",
        "original_course_fullname",
    ),
    _DETAIL: ("type", "format"),
    _ACTIVITY: ("moduleid", "modulename", "title", "directory"),
    _SETTING: ("level", "name", "value"),
}


class _InformationSchema(RowSchema):
    moodle_release = Text()
    backup_date = Instant()
    original_wwwroot = Text(required=True)
    original_course_id = Id(required=True)
    original_course_shortname = Name()
    original_course_fullname = Name()


class _ActivitySchema(RowSchema):
    moduleid = Id(required=True)
    modulename = Text(required=True)
    title = Name()


class _SettingSchema(RowSchema):
    level = Text()
    name = Text(required=True)
    value = Text()


class _DetailSchema(RowSchema):
    type = Text()
    format = Text()


_INFO, _ONE_ACTIVITY, _ONE_SETTING, _ONE_DETAIL = (
    _InformationSchema(),
    _ActivitySchema(),
    _SettingSchema(),
    _DetailSchema(),
)


@dataclass(frozen=True, slots=True)
class Cover:
    """A backup's description.

    Attributes
    ----------
    made_at
        When it was made; what is in it is as old.
    activities
        Module and name by course module id.
    is_whole
        Every activity is in it, with what people did there.
    has_groups
        Groups are in it.
    """

    site_url: str
    release: str
    course_id: int
    short_name: str
    full_name: str
    made_at: datetime | None
    activities: dict[int, tuple[str, str]] = field(hash=False)
    is_whole: bool = True
    has_groups: bool = True


def read_cover(member: Member) -> Cover:
    """Read the description.

    Raises
    ------
    FileRefused
        Not a backup of a course, made without people, or with people made anonymous.
    """
    found: dict[str, list[Element]] = {name: [] for name in _WANTED}
    read_rows(member, _WANTED, lambda element: found[element.name].append(element))
    if not found[_INFORMATION]:
        raise FileRefused(FileFault.UNKNOWN_FORMAT, "not a backup of Moodle 2 or later", member=member.name)
    _check_kind(found[_DETAIL], member)
    settings = _settings(found[_SETTING])
    _check_people(settings.root, member)
    info = load(_INFO, found[_INFORMATION][0])
    activities = [load(_ONE_ACTIVITY, element) for element in found[_ACTIVITY]]
    return Cover(
        site_url=info["original_wwwroot"].rstrip("/"),
        release=info["moodle_release"],
        course_id=info["original_course_id"],
        short_name=info["original_course_shortname"],
        full_name=info["original_course_fullname"],
        made_at=info["backup_date"],
        activities={row["moduleid"]: (row["modulename"], row["title"]) for row in activities},
        is_whole=settings.is_whole,
        has_groups=settings.root.get("groups", "1") == "1",
    )


@dataclass(slots=True)
class _Settings:
    root: dict[str, str] = field(default_factory=dict)
    is_whole: bool = True


def _settings(elements: list[Element]) -> _Settings:
    found = _Settings()
    for row in (load(_ONE_SETTING, element) for element in elements):
        if row["level"] == "root":
            found.root[row["name"]] = row["value"]
        elif row["value"] == "0" and row["name"].endswith(("_included", "_userinfo")):
            found.is_whole = False
    return found


def _check_kind(details: list[Element], member: Member) -> None:
    for row in (load(_ONE_DETAIL, element) for element in details):
        if row["type"] != "course" or row["format"] != "moodle2":
            raise FileRefused(FileFault.UNKNOWN_FORMAT, "a backup of something else than a course", member=member.name)


def _check_people(root: dict[str, str], member: Member) -> None:
    if root.get("users") == "0":
        raise FileRefused(FileFault.NO_USER_DATA, "made without people", member=member.name)
    if root.get("anonymize") == "1":
        raise FileRefused(FileFault.ANONYMOUS, "people were made anonymous", member=member.name)
