"""The packed course backups and gradebook exports, and backups made by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from lms_sync.files.archives import read_members
from lms_sync.files.backup import BACKUP_LIMITS
from tests.support.workbooks import zipped

__all__ = ["COVER", "ENROLLED", "FILES", "USERS", "changed", "made", "members_of"]

FILES = Path(__file__).parent.parent / "fixtures" / "files"


def members_of(name: str) -> dict[str, bytes]:
    """The files of a packed backup."""
    with (FILES / name).open("rb") as file:
        members = read_members(file, limits=BACKUP_LIMITS, wanted=lambda _: True)
        return {member.name: b"".join(member.chunks()) for member in members}


def changed(name: str, **changes: Callable[[bytes], bytes] | bytes | None) -> bytes:
    """A packed backup with some files changed, as a zip; names are given with ``__`` for ``/`` and without ``.xml``."""
    members = members_of(name)
    for short, change in changes.items():
        path = short.replace("__", "/") + ".xml"
        if change is None:
            del members[path]
        else:
            members[path] = change if isinstance(change, bytes) else change(members[path])
    return zipped(members)


COVER = """<moodle_backup><information>
<moodle_release>4.5.6 (Build: 20250811)</moodle_release><backup_date>1795508308</backup_date>
<original_wwwroot>https://moodle.example.test</original_wwwroot><original_course_id>7</original_course_id>
<original_course_shortname>c7</original_course_shortname>
<original_course_fullname>Курс &amp;amp; 7</original_course_fullname>
<details><detail backup_id="x"><type>course</type><format>moodle2</format></detail></details>
<contents><activities>{activities}</activities></contents>
<settings>{settings}</settings></information></moodle_backup>"""

USERS = '<users><user id="3"><username>u3</username><firstname>А</firstname><lastname>Б</lastname></user></users>'
ENROLLED = (
    '<enrolments><enrols><enrol id="1"><status>0</status><user_enrolments><enrolment id="1"><status>0</status>'
    "<userid>3</userid></enrolment></user_enrolments></enrol></enrols></enrolments>"
)


def made(
    members: Mapping[str, str] | None = None,
    *,
    settings: Mapping[str, str] | None = None,
    activities: Mapping[int, str] | None = None,
) -> io.BytesIO:
    """A backup of one person and whatever is given."""
    told = "".join(
        f"<setting><level>{'activity' if name.endswith(('_included', '_userinfo')) else 'root'}</level>"
        f"<name>{name}</name><value>{value}</value></setting>"
        for name, value in (settings or {}).items()
    )
    listed = "".join(
        f"<activity><moduleid>{number}</moduleid><modulename>{module}</modulename><title>{module} {number}</title>"
        f"<directory>activities/{module}_{number}</directory></activity>"
        for number, module in (activities or {}).items()
    )
    files = {
        "moodle_backup.xml": COVER.format(settings=told, activities=listed),
        "users.xml": USERS,
        "course/enrolments.xml": ENROLLED,
        **(members or {}),
    }
    return io.BytesIO(zipped(files, method=zipfile.ZIP_DEFLATED))
