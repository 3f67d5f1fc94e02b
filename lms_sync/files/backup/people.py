"""Who is in a backup: users, enrolments with roles, groups."""

from __future__ import annotations

from lms_sync.files.archives import Member
from lms_sync.files.backup.elements import Element, around, load, read_rows
from lms_sync.files.backup.shelf import Shelf
from lms_sync.payloads.base import Row, RowSchema
from lms_sync.payloads.fields import Flag, Id, Instant, Name, Text
from lms_sync.records import Enrolment, Group, Grouping, GroupMember, Kind, User

__all__ = ["enrolments", "read_enrolments", "read_groups", "read_role_assignments", "read_roles", "read_users"]

_IDENTITY = ("username", "firstname", "lastname", "email", "idnumber", "institution", "department", "deleted")
"""All that is read of a person. Custom profile fields stand deeper and are never looked at."""


class _UserSchema(RowSchema):
    id = Id(required=True)
    username = Text()
    firstname = Name()
    lastname = Name()
    email = Text()
    idnumber = Text()
    institution = Text()
    department = Text()
    deleted = Flag(load_default=False)


class _RoleSchema(RowSchema):
    id = Id(required=True)
    shortname = Text(required=True)


class _AssignedSchema(RowSchema):
    roleid = Id(required=True)
    userid = Id(required=True)


class _MethodSchema(RowSchema):
    status = Id(load_default=0)


class _EnrolmentSchema(RowSchema):
    userid = Id(required=True)
    status = Id(load_default=0)
    timestart = Instant()
    timeend = Instant()


class _NamedSchema(RowSchema):
    id = Id(required=True)
    name = Name(required=True)
    idnumber = Text()


class _MemberSchema(RowSchema):
    userid = Id(required=True)


class _InGroupingSchema(RowSchema):
    groupid = Id(required=True)


class _IdSchema(RowSchema):
    id = Id(required=True)


_METHOD_ROW = "enrols/enrol"
_USER, _ROLE, _ASSIGNED, _METHOD, _ENROLMENT = (
    _UserSchema(),
    _RoleSchema(),
    _AssignedSchema(),
    _MethodSchema(),
    _EnrolmentSchema(),
)
_NAMED, _MEMBER, _IN_GROUPING, _ID = _NamedSchema(), _MemberSchema(), _InGroupingSchema(), _IdSchema()


def read_users(member: Member, shelf: Shelf) -> None:
    """``users.xml``: everybody who did anything in the course."""

    def take(element: Element) -> None:
        row = load(_USER, element)
        if not row["deleted"]:
            shelf.put(Kind.USER, _user(row))

    read_rows(member, {"users/user": _IDENTITY}, take)


def _user(row: Row) -> User:
    return User(
        user_id=row["id"],
        username=row["username"],
        first_name=row["firstname"],
        last_name=row["lastname"],
        email=row["email"],
        idnumber=row["idnumber"],
        institution=row["institution"],
        department=row["department"],
    )


def read_roles(member: Member, shelf: Shelf) -> None:
    """``roles.xml``: the roles that the backup speaks of."""

    def take(element: Element) -> None:
        row = load(_ROLE, element)
        shelf.count()
        shelf.roles[row["id"]] = row["shortname"]

    read_rows(member, {"roles_definition/role": ("shortname",)}, take)


def read_role_assignments(member: Member, shelf: Shelf) -> None:
    """``course/roles.xml``: who has which role in the course."""

    def take(element: Element) -> None:
        row = load(_ASSIGNED, element)
        shelf.count()
        shelf.assigned[row["userid"]].add(row["roleid"])

    read_rows(member, {"role_assignments/assignment": ("roleid", "userid")}, take)


def read_enrolments(member: Member, shelf: Shelf) -> None:
    """``course/enrolments.xml``: who is enrolled, and whether that counts at the time of the backup."""

    def take(element: Element) -> None:
        if element.name == _METHOD_ROW:
            return
        row, method = load(_ENROLMENT, element), load(_METHOD, around(element, _METHOD_ROW))
        begun = row["timestart"] is None or row["timestart"] <= shelf.now
        ended = row["timeend"] is not None and row["timeend"] <= shelf.now
        active = row["status"] == 0 and method["status"] == 0 and begun and not ended
        shelf.count()
        shelf.enrolled[row["userid"]] = shelf.enrolled.get(row["userid"], False) or active

    times = ("userid", "status", "timestart", "timeend")
    read_rows(member, {_METHOD_ROW: ("status",), "user_enrolments/enrolment": times}, take)


def enrolments(shelf: Shelf) -> list[Enrolment]:
    """The enrolments with their roles, once all files have passed by."""
    return [
        Enrolment(
            course_id=shelf.course_id,
            user_id=user_id,
            roles=tuple(sorted({shelf.roles[role] for role in shelf.assigned[user_id] if role in shelf.roles})),
            suspended=not active,
        )
        for user_id, active in shelf.enrolled.items()
    ]


def read_groups(member: Member, shelf: Shelf) -> None:
    """``groups.xml``: groups with their members, groupings with their groups."""
    course_id = shelf.course_id
    within: dict[int, list[int]] = {}

    def take(element: Element) -> None:
        match element.name:
            case "groups/group":
                row = load(_NAMED, element)
                shelf.put(Kind.GROUP, Group(row["id"], course_id, row["name"], row["idnumber"]))
            case "groupings/grouping":
                row = load(_NAMED, element)
                group_ids = tuple(sorted(set(within.pop(row["id"], ()))))
                shelf.put(Kind.GROUPING, Grouping(row["id"], course_id, row["name"], row["idnumber"], group_ids))
            case "group_members/group_member":
                group_id = load(_ID, around(element, "groups/group"))["id"]
                record = GroupMember(course_id, group_id, load(_MEMBER, element)["userid"])
                shelf.put(Kind.GROUP_MEMBER, record)
            case _:
                grouping_id = load(_ID, around(element, "groupings/grouping"))["id"]
                shelf.count()
                within.setdefault(grouping_id, []).append(load(_IN_GROUPING, element)["groupid"])

    read_rows(
        member,
        {
            "groups/group": ("name", "idnumber"),
            "groupings/grouping": ("name", "idnumber"),
            "group_members/group_member": ("userid",),
            "grouping_groups/grouping_group": ("groupid",),
        },
        take,
    )
