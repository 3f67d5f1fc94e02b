"""People's details, by one field or many; creating and changing accounts."""

import datetime as dt
import re
from collections.abc import Collection
from zoneinfo import ZoneInfo

from bridge.demo.calls import Args, Call, declare
from bridge.demo.errors import InvalidParameter
from bridge.demo.shapes import (
    ALPHA,
    ALPHANUMEXT,
    BOOL,
    INT,
    NOTAGS,
    RAW,
    TEXT,
    WARNINGS,
    Json,
    Multiple,
    Shape,
    Single,
)
from bridge.demo.tables import Course, User

__all__ = ["ACCOUNT", "CONTACT_ROLE", "DEFAULT_FIELDS", "FUNCTIONS", "USER", "details"]

DEFAULT_FIELDS = (
    "id",
    "username",
    "fullname",
    "firstname",
    "lastname",
    "email",
    "address",
    "phone1",
    "phone2",
    "department",
    "institution",
    "interests",
    "firstaccess",
    "lastaccess",
    "lastcourseaccess",
    "auth",
    "confirmed",
    "idnumber",
    "lang",
    "theme",
    "timezone",
    "mailformat",
    "trackforums",
    "description",
    "descriptionformat",
    "city",
    "country",
    "profileimageurlsmall",
    "profileimageurl",
    "customfields",
    "groups",
    "roles",
    "preferences",
    "enrolledcourses",
    "suspended",
)
"""The fields a client may name in ``userfields``; without the option it gets all of them."""

CONTACT_ROLE = "editingteacher"
"""The role whose holders a course presents to everybody."""

USER: dict[str, Shape] = {
    "id": INT,
    "username": RAW.optional(),
    "firstname": NOTAGS.optional(),
    "lastname": NOTAGS.optional(),
    "fullname": NOTAGS,
    "email": TEXT.optional(),
    "address": TEXT.optional(),
    "phone1": NOTAGS.optional(),
    "phone2": NOTAGS.optional(),
    "department": TEXT.optional(),
    "institution": TEXT.optional(),
    "idnumber": RAW.optional(),
    "interests": TEXT.optional(),
    "firstaccess": INT.optional(),
    "lastaccess": INT.optional(),
    "lastcourseaccess": INT.optional(),
    "description": RAW.optional(),
    "descriptionformat": INT.optional(),
    "city": NOTAGS.optional(),
    "country": ALPHA.optional(),
    "profileimageurlsmall": RAW.optional(),
    "profileimageurl": RAW.optional(),
    "customfields": Multiple(Single({"type": ALPHANUMEXT, "value": RAW, "name": RAW, "shortname": RAW})).optional(),
    "groups": Multiple(Single({"id": INT, "name": RAW, "description": RAW, "descriptionformat": INT})).optional(),
    "roles": Multiple(Single({"roleid": INT, "name": RAW, "shortname": ALPHANUMEXT, "sortorder": INT})).optional(),
    "preferences": Multiple(Single({"name": RAW, "value": RAW})).optional(),
    "enrolledcourses": Multiple(Single({"id": INT, "fullname": RAW, "shortname": RAW})).optional(),
}
"""A person inside a course."""

ACCOUNT: dict[str, Shape] = {
    "id": INT,
    "username": RAW.optional(),
    "firstname": NOTAGS.optional(),
    "lastname": NOTAGS.optional(),
    "fullname": NOTAGS,
    "email": TEXT.optional(),
    "address": TEXT.optional(),
    "phone1": NOTAGS.optional(),
    "phone2": NOTAGS.optional(),
    "department": TEXT.optional(),
    "institution": TEXT.optional(),
    "idnumber": RAW.optional(),
    "interests": TEXT.optional(),
    "firstaccess": INT.optional(),
    "lastaccess": INT.optional(),
    "auth": RAW.optional(),
    "suspended": BOOL.optional(),
    "confirmed": BOOL.optional(),
    "lang": RAW.optional(),
    "calendartype": RAW.optional(),
    "theme": RAW.optional(),
    "timezone": RAW.optional(),
    "mailformat": INT.optional(),
    "trackforums": INT.optional(),
    "description": RAW.optional(),
    "descriptionformat": INT.optional(),
    "city": TEXT.optional(),
    "country": ALPHA.optional(),
    "profileimageurlsmall": RAW,
    "profileimageurl": RAW,
    "customfields": Multiple(
        Single({"type": ALPHANUMEXT, "value": RAW, "displayvalue": RAW.optional(), "name": RAW, "shortname": RAW})
    ).optional(),
    "preferences": Multiple(Single({"name": RAW, "value": RAW})).optional(),
}
"""A person outside any course."""

_SIMPLE = ("username", "firstname", "lastname", "email", "department", "firstaccess", "lastaccess")
_IF_SET = ("idnumber", "institution", "city", "country")
_EXTRA = ("auth", "suspended", "confirmed", "lang", "timezone", "mailformat", "trackforums")
_IDENTITY = "moodle/user:viewalldetails"


def details(call: Call, user: User, fields: Collection[str], course: Course | None = None) -> Json | None:
    """Return what the account may see of a person, None where that is nothing.

    Parameters
    ----------
    fields
        Names from `DEFAULT_FIELDS`; id and full name always come.
    course
        Where the person is looked at: roles and groups exist only there.
    """
    if user.id != call.token.userid and not _may_look(call, user):
        return None
    answer: dict[str, Json] = {"id": user.id, "fullname": user.fullname}
    answer |= {name: getattr(user, name) for name in _SIMPLE if name in fields}
    answer |= {name: getattr(user, name) for name in _IF_SET if name in fields and getattr(user, name)}
    if not call.can(_IDENTITY) and user.id != call.token.userid:
        for hidden in ("username", "idnumber", "institution", "department"):
            answer.pop(hidden, None)
    if "email" in answer and not call.can("moodle/course:useremail", "moodle/site:viewuseridentity"):
        del answer["email"]
    if course is None:
        answer |= {name: getattr(user, name) for name in _EXTRA if name in fields}
        answer["theme"] = ""
    answer |= _pictures(call, fields)
    answer |= _custom(call, user, fields)
    if course is not None:
        answer |= _in_course(call, user, fields, course)
    return answer


def _may_look(call: Call, user: User) -> bool:
    """Say whether a person's details show at all; those of teachers always do, as course contacts."""
    if user.id in call.tables.site.hidden_profiles:
        return False
    return call.can("moodle/user:viewdetails") or any(
        row.userid == user.id and call.tables.roles[row.roleid].shortname == CONTACT_ROLE
        for row in call.tables.role_assignments.values()
    )


def _pictures(call: Call, fields: Collection[str]) -> dict[str, Json]:
    base = f"{call.tables.site.url}/theme/image.php/boost/core/{call.tables.site.themerev}/u"
    sizes = {"profileimageurlsmall": "f2", "profileimageurl": "f1"}
    return {name: f"{base}/{size}" for name, size in sizes.items() if name in fields}


def _custom(call: Call, user: User, fields: Collection[str]) -> dict[str, Json]:
    if "customfields" not in fields or not user.profile:
        return {}
    shown = []
    for shortname, value in user.profile.items():
        row = call.tables.profile_fields[shortname]
        shown.append(
            {
                "type": row.datatype,
                "value": value,
                "displayvalue": _displayed(row.datatype, value, user.timezone),
                "name": row.name,
                "shortname": shortname,
            }
        )
    return {"customfields": shown}


def _displayed(datatype: str, value: str, zone: str) -> str:
    if datatype != "datetime":
        return value
    try:
        # The site's own reader looks at it, so its zone counts; names of days in English, as in the recordings.
        moment = dt.datetime.fromtimestamp(int(value), ZoneInfo(zone if "/" in zone else "UTC"))
    except (ValueError, OverflowError):
        return value
    return f"{moment:%A}, {moment.day} {moment:%B %Y}, 12:00 AM"


def _in_course(call: Call, user: User, fields: Collection[str], course: Course) -> dict[str, Json]:
    answer: dict[str, Json] = {}
    if "lastcourseaccess" in fields:
        row = call.tables.enrolments.get((course.id, user.id))
        answer["lastcourseaccess"] = row.lastaccess if row else 0
    if "roles" in fields:
        answer["roles"] = _roles(call, user, course)
    if "groups" in fields:
        answer |= _groups(call, user, course)
    if "enrolledcourses" in fields:
        answer["enrolledcourses"] = _courses(call, user)
    return answer


def _roles(call: Call, user: User, course: Course) -> list[Json]:
    rows = [
        call.tables.roles[row.roleid]
        for row in call.tables.role_assignments.values()
        if row.courseid == course.id and row.userid == user.id
    ]
    return [{"roleid": role.id, "name": role.name, "shortname": role.shortname, "sortorder": 0} for role in rows]


def _groups(call: Call, user: User, course: Course) -> dict[str, Json]:
    mine = [row for row in call.tables.groups.values() if row.courseid == course.id and user.id in row.members]
    if not mine:
        return {}
    if course.groupmode == 1 and not call.can("moodle/site:accessallgroups"):
        mine = [row for row in mine if call.token.userid in row.members]
    return {
        "groups": [
            {
                "id": row.id,
                "name": call.string(row.name),
                "description": _in_block(call, row.description, row.descriptionformat),
                "descriptionformat": row.descriptionformat,
            }
            for row in sorted(mine, key=lambda row: row.name)
        ]
    }


def _in_block(call: Call, text: str, textformat: int) -> str:
    formatted = call.text(text, textformat)
    return f'<div class="text_to_html">{formatted}</div>' if textformat == 0 and text else formatted


def _courses(call: Call, user: User) -> list[Json]:
    mine = [row for row in call.tables.courses.values() if call.is_active(row.id, user.id) and row.visible]
    return [
        {"id": row.id, "fullname": call.string(row.fullname), "shortname": call.string(row.shortname)}
        for row in sorted(mine, key=lambda row: row.sortorder)
    ]


# ---------------------------------------------------------------- by field

_FIELDS = ("id", "idnumber", "username", "email")


@declare(
    "core_user_get_users_by_field",
    {"field": ALPHA, "values": Multiple(RAW)},
    Multiple(Single(ACCOUNT)),
)
def get_users_by_field(call: Call, args: Args) -> Json:
    """Find accounts; unknown values are passed over."""
    if args["field"] not in _FIELDS:
        raise InvalidParameter("The search field is unknown")
    wanted = {str(value) for value in args["values"]}
    rows = [row for row in call.tables.users.values() if str(getattr(row, args["field"])) in wanted and not row.deleted]
    answers = (details(call, row, DEFAULT_FIELDS) for row in sorted(rows, key=lambda row: row.id))
    return [answer for answer in answers if answer is not None]


_CRITERIA = ("id", "lastname", "firstname", "idnumber", "username", "email", "auth")


@declare(
    "core_user_get_users",
    {"criteria": Multiple(Single({"key": ALPHA, "value": RAW}))},
    Single({"users": Multiple(Single(ACCOUNT)), "warnings": WARNINGS}),
)
def get_users(call: Call, args: Args) -> Json:
    """Search accounts; text may hold per cent signs."""
    if not args["criteria"]:
        raise InvalidParameter("At least one criterion is needed")
    rows = [row for row in call.tables.users.values() if not row.deleted]
    warnings = []
    for criterion in args["criteria"]:
        if criterion["key"] not in _CRITERIA:
            warnings.append(
                {"item": criterion["key"], "warningcode": "invalidfieldparameter", "message": "Unknown key"}
            )
            continue
        pattern = re.compile(
            ".*".join(re.escape(part) for part in criterion["value"].split("%")), re.IGNORECASE | re.DOTALL
        )
        rows = [row for row in rows if pattern.fullmatch(str(getattr(row, criterion["key"])))]
    answers = (details(call, row, DEFAULT_FIELDS) for row in rows)
    return {"users": [answer for answer in answers if answer is not None], "warnings": warnings}


FUNCTIONS = (get_users_by_field, get_users)
