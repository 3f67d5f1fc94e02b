"""Where the records of a backup are put as its files pass by, in whatever order the archive holds them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from lms_sync.errors import FileFault, FileRefused
from lms_sync.files.backup.cover import Cover
from lms_sync.records import Key, Kind, Record

__all__ = ["Shelf"]

_MOST_RECORDS = 200_000
"""2,000 people with 20 activities in one course have 160,000."""
_MOST_PEOPLE = 50_000


@dataclass(slots=True)
class Shelf:
    """Records by kind, and what is only put together at the end.

    Attributes
    ----------
    roles
        Short names of roles by id.
    assigned
        Ids of the roles that each user has in the course.
    enrolled
        For each user whether any of their enrolments is active.
    modules
        Whether each course module is shown, and its instance's id where it is known.
    scale_of_item
        The scale of each gradebook item that has one.
    """

    cover: Cover
    now: datetime
    records: dict[Kind, dict[Key, Record]] = field(default_factory=lambda: defaultdict(dict))
    roles: dict[int, str] = field(default_factory=dict)
    assigned: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    enrolled: dict[int, bool] = field(default_factory=dict)
    visible: dict[int, bool] = field(default_factory=dict)
    instances: dict[int, int] = field(default_factory=dict)
    scale_of_item: dict[int, int] = field(default_factory=dict)
    _count: int = 0

    @property
    def course_id(self) -> int:
        """The site's own id of the course."""
        return self.cover.course_id

    def put(self, kind: Kind, record: Record) -> None:
        """Keep a record; of two with one key the later."""
        self.count()
        shelf = self.records[kind]
        shelf[record.key] = record
        if kind is Kind.USER and len(shelf) > _MOST_PEOPLE:
            raise FileRefused(FileFault.TOO_MANY_RECORDS, "too many people", facts={"limit": _MOST_PEOPLE})

    def count(self) -> None:
        """Take one more row.

        Raises
        ------
        FileRefused
            When there are more than a course can have.
        """
        self._count += 1
        if self._count > _MOST_RECORDS:
            raise FileRefused(FileFault.TOO_MANY_RECORDS, "too many records", facts={"limit": _MOST_RECORDS})
