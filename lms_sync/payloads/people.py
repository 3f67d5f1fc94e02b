"""People and what they belong to: enrolments, groups, groupings, cohorts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import fields

from lms_sync.client.answers import JsonValue
from lms_sync.client.functions import Function
from lms_sync.errors import BadAnswer
from lms_sync.payloads.base import Row, RowSchema, child, distinct, load_rows
from lms_sync.payloads.fields import Flag, Id, Name, Text
from lms_sync.records import Cohort, CohortMember, Enrolment, Group, Grouping, GroupMember, User

__all__ = [
    "USER_FIELDS",
    "EnrolledUser",
    "cohort_members",
    "cohorts",
    "enrolled_users",
    "group_members",
    "groupings",
    "groups",
]

USER_FIELDS = (
    "id",
    "username",
    "fullname",
    "firstname",
    "lastname",
    "email",
    "idnumber",
    "institution",
    "department",
    "roles",
)
"""What a user's row is asked for. ``fullname`` because Moodle's own check of its answer demands it; never
``customfields``, where birth dates are.
"""


class _RoleSchema(RowSchema):
    shortname = Text(required=True)


class _MembershipSchema(RowSchema):
    id = Id(required=True)
    name = Name()


class _UserSchema(RowSchema):
    id = Id(required=True)
    username = Text()
    firstname = Text()
    lastname = Text()
    fullname = Text()
    email = Text()
    idnumber = Text()
    institution = Text()
    department = Text()
    roles = fields.List(fields.Nested(_RoleSchema), load_default=list, allow_none=True)
    groups = fields.List(fields.Nested(_MembershipSchema), load_default=list, allow_none=True)


class _GroupSchema(RowSchema):
    id = Id(required=True)
    courseid = Id(required=True)
    name = Name(required=True)
    idnumber = Text()


class _GroupIdSchema(RowSchema):
    id = Id(required=True)


class _GroupingSchema(RowSchema):
    id = Id(required=True)
    courseid = Id(required=True)
    name = Name(required=True)
    idnumber = Text()
    groups = fields.List(fields.Nested(_GroupIdSchema), load_default=list, allow_none=True)


class _GroupMembersSchema(RowSchema):
    groupid = Id(required=True)
    userids = fields.List(Id(), required=True)


class _CohortSchema(RowSchema):
    id = Id(required=True)
    name = Name(required=True)
    idnumber = Text()
    visible = Flag(load_default=True)


class _CohortMembersSchema(RowSchema):
    cohortid = Id(required=True)
    userids = fields.List(Id(), required=True)


_USER, _GROUP, _GROUPING = _UserSchema(), _GroupSchema(), _GroupingSchema()
_GROUP_MEMBERS, _COHORT, _COHORT_MEMBERS = _GroupMembersSchema(), _CohortSchema(), _CohortMembersSchema()


@dataclass(frozen=True, slots=True)
class EnrolledUser:
    """A person in a course as one row tells it; ``groups`` are (id, name) and empty where they were not asked for."""

    user: User
    roles: tuple[str, ...]
    groups: tuple[tuple[int, str], ...]

    def enrolment(self, course_id: int, *, suspended: bool) -> Enrolment:
        """The same as a record."""
        return Enrolment(course_id=course_id, user_id=self.user.user_id, roles=self.roles, suspended=suspended)


def enrolled_users(answer: JsonValue) -> list[EnrolledUser]:
    """Read ``core_enrol_get_enrolled_users``."""
    return [_enrolled_user(row) for row in load_rows(_USER, answer, function=Function.ENROLLED_USERS)]


def _enrolled_user(row: Row) -> EnrolledUser:
    first, last = row["firstname"], row["lastname"]
    if not first and not last:
        # A site may let this token see full names only.
        first, _, last = row["fullname"].partition(" ")
    user = User(
        user_id=row["id"],
        username=row["username"],
        first_name=first,
        last_name=last,
        email=row["email"],
        idnumber=row["idnumber"],
        institution=row["institution"],
        department=row["department"],
    )
    roles = tuple(sorted({role["shortname"] for role in row["roles"] or ()}))
    return EnrolledUser(user=user, roles=roles, groups=tuple((g["id"], g["name"]) for g in row["groups"] or ()))


def groups(answer: JsonValue) -> list[Group]:
    """Read ``core_group_get_course_groups``."""
    return distinct(
        Group(group_id=row["id"], course_id=row["courseid"], name=row["name"], idnumber=row["idnumber"])
        for row in load_rows(_GROUP, answer, function=Function.COURSE_GROUPS)
    )


def groupings(answer: JsonValue, *, course_id: int) -> list[Grouping]:
    """Read ``core_group_get_groupings`` (with ``returngroups``) or ``core_group_get_course_groupings`` (without)."""
    rows = load_rows(_GROUPING, answer, function=Function.GROUPINGS)
    if any(row["courseid"] != course_id for row in rows):
        raise BadAnswer("groupings of another course", function=Function.GROUPINGS)
    return distinct(
        Grouping(
            grouping_id=row["id"],
            course_id=course_id,
            name=row["name"],
            idnumber=row["idnumber"],
            group_ids=tuple(sorted({group["id"] for group in row["groups"] or ()})),
        )
        for row in rows
    )


def group_members(answer: JsonValue, *, course_id: int) -> dict[int, list[GroupMember]]:
    """Read ``core_group_get_group_members``: members by group; a group without any is there with none."""
    return {
        row["groupid"]: [
            GroupMember(course_id=course_id, group_id=row["groupid"], user_id=user_id)
            for user_id in dict.fromkeys(row["userids"])
        ]
        for row in load_rows(_GROUP_MEMBERS, answer, function=Function.GROUP_MEMBERS)
    }


def cohorts(answer: JsonValue) -> list[Cohort]:
    """Read ``core_cohort_get_cohorts``, a list, or ``core_cohort_search_cohorts``, which wraps it."""
    rows: Sequence[Any] | Any = (
        child(answer, "cohorts", function=Function.COHORTS) if isinstance(answer, dict) else answer
    )
    return distinct(
        Cohort(cohort_id=row["id"], name=row["name"], idnumber=row["idnumber"], visible=row["visible"])
        for row in load_rows(_COHORT, rows, function=Function.COHORTS)
    )


def cohort_members(answer: JsonValue) -> dict[int, list[CohortMember]]:
    """Read ``core_cohort_get_cohort_members``; as :func:`group_members`."""
    return {
        row["cohortid"]: [
            CohortMember(cohort_id=row["cohortid"], user_id=user_id) for user_id in dict.fromkeys(row["userids"])
        ]
        for row in load_rows(_COHORT_MEMBERS, answer, function=Function.COHORT_MEMBERS)
    }
