"""The site, its courses, and who is in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lms_sync.records.base import Key

__all__ = [
    "Activity",
    "Category",
    "Cohort",
    "CohortMember",
    "Course",
    "Enrolment",
    "Group",
    "GroupMember",
    "Grouping",
    "Site",
    "User",
]


@dataclass(frozen=True, slots=True)
class Site:
    """The answer of ``core_webservice_get_site_info``: who we are there and what the site offers."""

    url: str
    name: str
    release: str
    user_id: int
    username: str
    lang: str
    functions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Category:
    category_id: int
    parent_id: int
    name: str
    idnumber: str

    @property
    def key(self) -> Key:
        return (self.category_id,)


@dataclass(frozen=True, slots=True)
class Course:
    course_id: int
    category_id: int
    short_name: str
    full_name: str
    idnumber: str
    visible: bool
    starts_at: datetime | None
    ends_at: datetime | None
    modified_at: datetime | None

    @property
    def key(self) -> Key:
        return (self.course_id,)


@dataclass(frozen=True, slots=True)
class User:
    """A person as the site knows them; an e-mail may be hidden from this token and is then empty."""

    user_id: int
    username: str
    first_name: str
    last_name: str
    email: str
    idnumber: str
    institution: str
    department: str

    @property
    def key(self) -> Key:
        return (self.user_id,)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One user in one course with all their roles there (Moodle's short names, sorted)."""

    course_id: int
    user_id: int
    roles: tuple[str, ...]
    suspended: bool

    @property
    def key(self) -> Key:
        return (self.course_id, self.user_id)


@dataclass(frozen=True, slots=True)
class Group:
    group_id: int
    course_id: int
    name: str
    idnumber: str

    @property
    def key(self) -> Key:
        return (self.group_id,)


@dataclass(frozen=True, slots=True)
class Grouping:
    """A set of groups of one course (sorted ids)."""

    grouping_id: int
    course_id: int
    name: str
    idnumber: str
    group_ids: tuple[int, ...]

    @property
    def key(self) -> Key:
        return (self.grouping_id,)


@dataclass(frozen=True, slots=True)
class GroupMember:
    course_id: int
    group_id: int
    user_id: int

    @property
    def key(self) -> Key:
        return (self.group_id, self.user_id)


@dataclass(frozen=True, slots=True)
class Cohort:
    cohort_id: int
    name: str
    idnumber: str
    visible: bool

    @property
    def key(self) -> Key:
        return (self.cohort_id,)


@dataclass(frozen=True, slots=True)
class CohortMember:
    cohort_id: int
    user_id: int

    @property
    def key(self) -> Key:
        return (self.cohort_id, self.user_id)


@dataclass(frozen=True, slots=True)
class Activity:
    """A course module of any kind, as the course page lists it; ``instance_id`` is the id within its module."""

    course_module_id: int
    course_id: int
    module: str
    instance_id: int
    name: str
    visible: bool
    url: str

    @property
    def key(self) -> Key:
        return (self.course_module_id,)
