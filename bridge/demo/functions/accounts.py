"""Creating and changing accounts."""

import re
from dataclasses import fields

from bridge.demo.calls import Args, Call, declare
from bridge.demo.errors import InvalidParameter
from bridge.demo.shapes import ALPHA, ALPHANUMEXT, BOOL, INT, NOTAGS, RAW, TEXT, WARNINGS, Json, Multiple, Shape, Single
from bridge.demo.tables import User

__all__ = ["FUNCTIONS"]

_OPTIONAL: dict[str, Shape] = {
    "maildisplay": INT.optional(),
    "city": TEXT.optional(),
    "country": ALPHA.optional(),
    "timezone": RAW.optional(),
    "description": RAW.optional(),
    "firstnamephonetic": NOTAGS.optional(),
    "lastnamephonetic": NOTAGS.optional(),
    "middlename": NOTAGS.optional(),
    "alternatename": NOTAGS.optional(),
    "interests": TEXT.optional(),
    "institution": TEXT.optional(),
    "department": TEXT.optional(),
    "phone1": NOTAGS.optional(),
    "phone2": NOTAGS.optional(),
    "address": TEXT.optional(),
    "theme": RAW.optional(),
    "mailformat": INT.optional(),
    "customfields": Multiple(Single({"type": ALPHANUMEXT, "value": RAW})).optional(),
    "preferences": Multiple(Single({"type": RAW, "value": RAW})).optional(),
}
_NEW: dict[str, Shape] = {
    "createpassword": BOOL.optional(),
    "username": RAW,
    "auth": RAW.never_null().or_else("manual"),
    "password": RAW.optional(),
    "firstname": NOTAGS,
    "lastname": NOTAGS,
    "email": RAW,
    "idnumber": RAW.or_else(""),
    "lang": RAW.never_null().or_else("ru"),
    "calendartype": RAW.or_else("gregorian"),
    **_OPTIONAL,
}
_CHANGED: dict[str, Shape] = {
    "id": INT,
    "username": RAW.never_null().optional(),
    "auth": RAW.never_null().optional(),
    "suspended": BOOL.optional(),
    "password": RAW.never_null().optional(),
    "firstname": NOTAGS.never_null().optional(),
    "lastname": NOTAGS.optional(),
    "email": RAW.never_null().optional(),
    "userpicture": INT.optional(),
    "idnumber": RAW.optional(),
    "lang": RAW.never_null().optional(),
    "calendartype": RAW.never_null().optional(),
    **_OPTIONAL,
}
_COLUMNS = {column.name for column in fields(User)} - {"id", "profile"}


@declare(
    "core_user_create_users",
    {"users": Multiple(Single(_NEW))},
    Multiple(Single({"id": INT, "username": RAW})),
)
def create_users(call: Call, args: Args) -> Json:
    """Create accounts, all or none."""
    call.require("moodle/user:create")
    for row in args["users"]:
        _check_new(call, row)
    return [_create(call, row) for row in args["users"]]


def _check_new(call: Call, row: Args) -> None:
    name = row["username"]
    if name != name.lower() or not re.fullmatch(r"[a-z0-9_.@-]+", name):
        raise InvalidParameter("The username must be in lower case")
    if any(user.username == name for user in call.tables.users.values()):
        raise InvalidParameter(f"Username already exists: {name}")
    if "@" not in row["email"]:
        raise InvalidParameter(f"Email address is invalid: {row['email']}")
    if any(user.email.lower() == row["email"].lower() for user in call.tables.users.values()):
        raise InvalidParameter(f"Email address already exists: {row['email']}")
    if not row.get("createpassword") and not row.get("password"):
        raise InvalidParameter("Invalid password: you must provide a password, or set createpassword.")


def _create(call: Call, row: Args) -> Json:
    number = 1 + max(call.tables.users, default=1)
    user = User(id=number, **{key: value for key, value in row.items() if key in _COLUMNS})
    _set_profile(call, user, row)
    call.tables.users[number] = user
    return {"id": number, "username": user.username}


def _set_profile(call: Call, user: User, row: Args) -> None:
    for each in row.get("customfields", []):
        if each["type"] in call.tables.profile_fields:
            user.profile[each["type"]] = each["value"]


@declare(
    "core_user_update_users",
    {"users": Multiple(Single(_CHANGED))},
    Single({"warnings": WARNINGS}),
)
def update_users(call: Call, args: Args) -> Json:
    """Change accounts; one that is unknown is passed over with a warning."""
    call.require("moodle/user:update")
    warnings = []
    for row in args["users"]:
        user = call.tables.users.get(row["id"])
        if user is None or user.deleted:
            warnings.append(
                {"item": "user", "itemid": row["id"], "warningcode": "usernotupdatedunknown", "message": "Unknown user"}
            )
            continue
        for name, value in row.items():
            if name in _COLUMNS:
                setattr(user, name, value)
        _set_profile(call, user, row)
    return {"warnings": warnings}


FUNCTIONS = (create_users, update_users)
