"""The service accounts of a stand-in: tokens to call with, and the least that a companion's account needs."""

from bridge.demo.tables import Tables, Token, User
from lms_sync.doctor import RoleName, rights_of

__all__ = ["ADMIN_TOKEN", "LEAST_PRIVILEGE", "LIMITED_TOKEN", "NO_RIGHTS", "SERVICE_TOKEN", "add_service_account"]

ADMIN_TOKEN = "stand-in-administrator"  # noqa: S105 - opens nothing but this stand-in
SERVICE_TOKEN = "stand-in-least-privilege"  # noqa: S105 - the same
LIMITED_TOKEN = "stand-in-without-rights"  # noqa: S105 - the same

NO_RIGHTS = frozenset({"webservice/rest:use"})
"""An account that may call, and see nothing."""
LEAST_PRIVILEGE = (
    NO_RIGHTS | {capability for role in RoleName for capability in rights_of(role)} | {"moodle/site:sendmessage"}
)
"""What the recipe for Moodle's administrator gives (:mod:`lms_sync.doctor.rights`), and that every account may write
messages.
"""


def add_service_account(
    tables: Tables,
    token: str = SERVICE_TOKEN,
    *,
    username: str = "companion",
    capabilities: frozenset[str] = LEAST_PRIVILEGE,
) -> User:
    """Add an account with some rights, by default the least that will do, and its token.

    Returns
    -------
    User
        The new account; take rights from `tables.tokens[token].capabilities` to see what Moodle says then.
    """
    number = 1 + max(tables.users, default=1)
    user = User(number, username, "Компаньон", "Служебный", f"{username}@example.test")
    tables.users[number] = user
    tables.tokens[token] = Token(number, capabilities=set(capabilities))
    return user
