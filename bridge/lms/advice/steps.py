"""The ways to mend a finding, as steps by the names that Moodle's menus have in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from bridge.core.i18n import N_

__all__ = ["Fix", "steps_of"]


class Fix(StrEnum):
    """What somebody does about a finding."""

    NOTHING = "nothing"
    CONNECTION = "connection"
    READING_ROLE = "reading_role"
    CONNECTION_ROLE = "connection_role"
    WRITING_ROLE = "writing_role"
    SERVICE = "service"
    OWN_ACCOUNT = "own_account"
    POLICY = "policy"
    PASSWORD = "password"  # noqa: S105  a name, not a secret
    PROFILE = "profile"
    HTTPS = "https"
    CLOCK = "clock"
    UPGRADE = "upgrade"
    CATEGORY = "category"
    ASSIGN_ROLE = "assign_role"
    ACTIVE_ONLY = "active_only"
    COHORTS = "cohorts"
    SERVER_LOG = "server_log"


_EDIT_ROLE = N_("In Moodle: Site administration → Users → Permissions → Define roles, the role “%(role)s”, Edit.")
_TICK = N_("Find %(capability)s with the filter, tick Allow, save the changes.")
_ASSIGNED = N_(
    "Check that the account has the role in the programme's category: the category's page → More → Permissions → "
    "Assign roles."
)

_STEPS: Mapping[Fix, tuple[str, ...]] = {
    Fix.NOTHING: (),
    Fix.CONNECTION: (N_("Enter the address and the token on this page again."),),
    Fix.READING_ROLE: (_EDIT_ROLE, _TICK, _ASSIGNED),
    Fix.WRITING_ROLE: (_EDIT_ROLE, _TICK, _ASSIGNED),
    Fix.CONNECTION_ROLE: (
        _EDIT_ROLE,
        _TICK,
        N_("Check that the account has the role at System: Users → Permissions → Assign system roles."),
    ),
    Fix.SERVICE: (
        N_("In Moodle: Site administration → Server → Web services → External services."),
        N_("At the service of the companion: Functions → Add functions, %(subject)s."),
    ),
    Fix.OWN_ACCOUNT: (
        N_(
            "In Moodle: Site administration → Users → Accounts → Add a new user, with the authentication method "
            "“Web services authentication”."
        ),
        N_("Load the roles that are offered below as presets, and give them to this user."),
        N_("Make a token for it: Server → Web services → Manage tokens. Enter it on this page, delete the old one."),
    ),
    Fix.POLICY: (
        N_(
            "In Moodle: Site administration → Users → Accounts → Browse list of users, the account %(username)s: set "
            "its authentication method to “Web services authentication”. Such an account need not agree to the policy."
        ),
    ),
    Fix.PASSWORD: (
        N_(
            "In Moodle: Site administration → Users → Accounts → Browse list of users, the account %(username)s: take "
            "the tick from “Force password change”."
        ),
    ),
    Fix.PROFILE: (
        N_(
            "In Moodle: Site administration → Users → Accounts → Browse list of users, the account %(username)s: fill "
            "in every required field, the e-mail address and the fields of the site's own too."
        ),
    ),
    Fix.HTTPS: (
        N_(
            "If Moodle is reached over the Internet, its administrator sets up https on the web server. In the "
            "department's own network it may stay so."
        ),
    ),
    Fix.CLOCK: (
        N_("Have the clock of both servers set by the network (NTP). This one's is checked with: timedatectl"),
    ),
    Fix.UPGRADE: (N_("Moodle's administrator upgrades it to a release from 3.11 to 5.x; 4.5 is the one tried."),),
    Fix.CATEGORY: (N_("Choose the course categories of the programme on this page."),),
    Fix.ASSIGN_ROLE: (
        N_(
            "In Moodle: the programme's category → More → Permissions → Assign roles, the role “%(role)s”, add the "
            "account %(username)s."
        ),
    ),
    Fix.ACTIVE_ONLY: (
        N_(
            "If their marks are wanted: Site administration → Grades → Report settings → Grader report, “Show only "
            "active enrolments” off."
        ),
    ),
    Fix.COHORTS: (N_("Nothing needs to be done while the programme's cohorts are in its own category."),),
    Fix.SERVER_LOG: (
        N_("Read Moodle now, and examine again. If it stays so, send this line to those who look after the companion."),
    ),
}


def steps_of(fix: Fix) -> tuple[str, ...]:
    """Message ids of a way's steps, in their order."""
    return _STEPS[fix]
