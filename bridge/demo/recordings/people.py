"""Accounts, roles, enrolments, groups and cohorts out of recorded answers."""

from bridge.demo.accounts import ADMIN_TOKEN, LIMITED_TOKEN, NO_RIGHTS, add_service_account
from bridge.demo.errors import RecordingError
from bridge.demo.recordings.archive import Archive
from bridge.demo.shapes import Json
from bridge.demo.tables import (
    Category,
    Cohort,
    Enrolment,
    Group,
    Grouping,
    ProfileField,
    Role,
    RoleAssignment,
    SiteSettings,
    Tables,
    Token,
    User,
)

__all__ = ["load_groups", "load_people", "load_site"]

_ARCHETYPES = {"mentor": "teacher", "schoolhead": "student"}
"""The programme's own roles; the standard ones are their own archetypes."""

_USER_FIELDS = (
    "username",
    "firstname",
    "lastname",
    "email",
    "idnumber",
    "institution",
    "department",
    "city",
    "country",
    "auth",
    "lang",
    "timezone",
    "firstaccess",
    "lastaccess",
)


def load_site(archive: Archive, tables: Tables) -> None:
    """Fill in the site, the service, the accounts that called it and their tokens."""
    info = archive.named("site_info")
    if info is None:
        raise RecordingError("The recordings lack `site_info`, which says what the site is")
    tables.site = SiteSettings(
        name=info["sitename"],
        url=info["siteurl"],
        release=info["release"],
        version=info["version"],
        themerev=int(info["userpictureurl"].split("/")[-3]),
        lang=info["lang"],
        functions=[(each["name"], each["version"]) for each in info["functions"]],
    )
    _account(tables, info, ADMIN_TOKEN)
    limited = archive.named("limited_site_info")
    if limited is not None:
        _account(tables, limited, LIMITED_TOKEN)


def _account(tables: Tables, info: Json, token: str) -> None:
    user = User(info["userid"], info["username"], info["firstname"], info["lastname"])
    tables.users[user.id] = user
    tables.tokens[token] = Token(user.id, admin=info["userissiteadmin"], capabilities=set(NO_RIGHTS))


# ---------------------------------------------------------------- people


def load_people(archive: Archive, tables: Tables) -> None:
    """Fill in people with their roles and enrolments, and the account with the least rights.

    No answer says who is suspended in a course; a student who is enrolled and missing from the gradebook is.
    """
    for body in archive.bodies("core_user_get_users_by_field"):
        for row in body:
            _person(tables, row)
    for call in archive.calls("core_enrol_get_enrolled_users"):
        names = {option["name"] for option in call.params.get("options", [])}
        for row in call.body:
            _person(tables, row)
            if names <= {"userfields"}:
                _enrolment(tables, call.params["courseid"], row)
    _suspend(archive, tables)
    add_service_account(tables)


def _person(tables: Tables, row: Json) -> None:
    user = tables.users.setdefault(row["id"], User(row["id"], "", "", "", lang="en", timezone="Europe/Moscow"))
    for name in _USER_FIELDS:
        if name in row:
            setattr(user, name, row[name])
    for each in row.get("customfields", []):
        tables.profile_fields.setdefault(each["shortname"], ProfileField(each["shortname"], each["name"], each["type"]))
        user.profile[each["shortname"]] = each["value"]


def _enrolment(tables: Tables, courseid: int, row: Json) -> None:
    tables.enrolments[courseid, row["id"]] = Enrolment(courseid, row["id"])
    for each in row["roles"]:
        name = each["shortname"]
        tables.roles.setdefault(each["roleid"], Role(each["roleid"], name, each["name"], _ARCHETYPES.get(name, name)))
        number = len(tables.role_assignments) + 1
        tables.role_assignments[number] = RoleAssignment(number, courseid, row["id"], each["roleid"])


def _suspend(archive: Archive, tables: Tables) -> None:
    students = {
        (row.courseid, row.userid)
        for row in tables.role_assignments.values()
        if tables.roles[row.roleid].shortname == "student"
    }
    for call in archive.calls("gradereport_user_get_grade_items"):
        if "userid" in call.params:
            continue
        courseid = call.params["courseid"]
        graded = {row["userid"] for row in call.body["usergrades"]}
        for key, enrolment in tables.enrolments.items():
            if key[0] == courseid and key in students:
                enrolment.suspended = key[1] not in graded


# ---------------------------------------------------------------- groups


def _plain(text: str) -> str:
    """Undo the line breaks that formatting put in."""
    return text.replace("<br />\n", "\n")


def load_groups(archive: Archive, tables: Tables) -> None:
    """Fill in categories, groups with members, groupings with groups, and cohorts."""
    for body in archive.bodies("core_course_get_categories"):
        for row in body:
            tables.categories[row["id"]] = _category(row)
    _load_members(archive, tables)
    for body in archive.bodies("core_group_get_groupings"):
        for row in body:
            tables.groupings[row["id"]] = _grouping(row)
    _load_cohorts(archive, tables)


def _category(row: Json) -> Category:
    return Category(
        row["id"],
        row["name"],
        row["idnumber"],
        row["description"],
        row["descriptionformat"],
        row["parent"],
        row["sortorder"],
        row["visible"],
        row["timemodified"],
        row["path"],
    )


def _group(row: Json) -> Group:
    return Group(
        row["id"],
        row["courseid"],
        row["name"],
        row["idnumber"],
        _plain(row["description"]),
        0,
        row["enrolmentkey"],
        row["visibility"],
        row["participation"],
    )


def _load_members(archive: Archive, tables: Tables) -> None:
    for body in archive.bodies("core_group_get_course_groups"):
        for row in body:
            tables.groups[row["id"]] = _group(row)
    for body in archive.bodies("core_group_get_group_members"):
        for row in body:
            tables.groups[row["groupid"]].members = set(row["userids"])


def _grouping(row: Json) -> Grouping:
    groups = {group["id"] for group in row.get("groups", [])}
    return Grouping(row["id"], row["courseid"], row["name"], row["idnumber"], row["description"], groups=groups)


def _load_cohorts(archive: Archive, tables: Tables) -> None:
    for body in archive.bodies("core_cohort_get_cohorts"):
        for row in body:
            tables.cohorts[row["id"]] = Cohort(
                row["id"], row["name"], row["idnumber"], row["description"], visible=row["visible"]
            )
    for body in archive.bodies("core_cohort_get_cohort_members"):
        for row in body:
            tables.cohorts[row["cohortid"]].members = set(row["userids"])
