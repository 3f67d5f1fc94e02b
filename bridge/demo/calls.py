"""What a web-service function gets to work with, and how it is declared."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from bridge.demo.errors import InvalidParameter, MissingRecord, MoodleError, NoPermission, NotAccessible
from bridge.demo.shapes import Json, Shape, Single
from bridge.demo.tables import Course, CourseModule, Tables, Token, User

__all__ = ["SEPARATE_GROUPS", "Args", "Call", "Function", "Settings", "declare", "in_name_order"]

Args: TypeAlias = dict[str, Any]
"""Checked parameters; the function's own description says what they are."""

SEPARATE_GROUPS = 1
_TAG = re.compile(r"<[^>]*>")
_BARE_AMPERSAND = re.compile(r"&(?![a-zA-Z]+;|#\d+;)")
_SCRIPT = re.compile(r"<(script|style|iframe|object)\b.*?(</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_HANDLER = re.compile(r"""\s(on\w+|style)\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Settings:
    """How the caller wants text: ``moodlewssetting*``."""

    raw: bool = False
    """Untouched text instead of formatted HTML."""


@dataclass(slots=True)
class Call:
    """One call: the site's rows, who asks, when.

    Parameters
    ----------
    now
        The site's clock, epoch seconds UTC.
    """

    tables: Tables
    token: Token
    now: int
    settings: Settings = Settings()

    @property
    def user(self) -> User:
        """The account behind the token."""
        return self.tables.users[self.token.userid]

    # ------------------------------------------------------------ rights

    def can(self, *capabilities: str) -> bool:
        """Say whether the account has at least one of these capabilities."""
        return self.token.admin or not self.token.capabilities.isdisjoint(capabilities)

    def require(self, *capabilities: str) -> None:
        """Refuse an account that has none of these capabilities.

        Raises
        ------
        NoPermission
            Naming the last one, as Moodle does where it would take either.
        """
        if not self.can(*capabilities):
            raise NoPermission(capabilities[-1])

    def may_enter(self, course: Course) -> bool:
        """Say whether the account may look into a course: enrolled, or allowed to view any."""
        enrolment = self.tables.enrolments.get((course.id, self.token.userid))
        enrolled = enrolment is not None and not enrolment.suspended
        if self.token.account_fault:
            return False
        visible = bool(course.visible) or self.can("moodle/course:viewhiddencourses")
        return visible and (enrolled or self.can("moodle/course:view"))

    def enter(self, courseid: int) -> Course:
        """Return a course the account may look into.

        Raises
        ------
        MissingRecord, NotAccessible
            There is none, or it is closed to the account.
        """
        course = self.tables.courses.get(courseid)
        if course is None:
            raise MissingRecord("course")
        if not self.may_enter(course):
            raise NotAccessible(self.token.account_fault)
        return course

    def enter_or_say(self, courseid: int) -> Course:
        """Return a course, or fail in the words of the functions that wrap the reason into a sentence."""
        try:
            return self.enter(courseid)
        except (MissingRecord, NotAccessible) as err:
            reason = err.message if isinstance(err, NotAccessible) else InvalidParameter().message
            raise MoodleError(
                "errorcoursecontextnotvalid",
                f"You cannot execute functions in the course context (course id:{courseid}). "
                f"The context error message was: {reason}",
            ) from err

    def sees(self, module: CourseModule) -> bool:
        """Say whether an activity is visible to the account."""
        shown = bool(module.visible) or self.can("moodle/course:viewhiddenactivities")
        return shown and self.can(f"mod/{module.modname}:view")

    def sees_all_groups(self, course: Course) -> bool:
        """Say whether the course's groups part nobody from the account's view."""
        return course.groupmode != SEPARATE_GROUPS or self.can("moodle/site:accessallgroups")

    def active_user(self, userid: int) -> User:
        """Return an account that exists and is not suspended.

        Raises
        ------
        MissingRecord
            Moodle says "Invalid user".
        MoodleError
            The account is suspended.
        """
        user = self.tables.users.get(userid)
        if user is None or user.deleted:
            raise MissingRecord("user", errorcode="invaliduser", message="Invalid user")
        if user.suspended:
            raise MoodleError("suspended", "Suspended account")
        return user

    # ------------------------------------------------------------ text

    def string(self, text: str) -> str:
        """Format a name: tags go, a bare ampersand is escaped, unless raw text was asked for."""
        if self.settings.raw:
            return text
        return _BARE_AMPERSAND.sub("&amp;", _TAG.sub("", text))

    def text(self, text: str, textformat: int = 1) -> str:
        """Format a text to HTML: line breaks for plain ones, scripts and handlers gone, unless raw was asked for."""
        if self.settings.raw or not text:
            return text
        if textformat in {0, 2}:
            text = re.sub(r"(?<!<br />)(?<!<br>)\n", "<br />\n", text)
        return _HANDLER.sub("", _SCRIPT.sub("", text))

    # ------------------------------------------------------------ people

    def enrolled(self, courseid: int) -> list[User]:
        """Return a course's people by id, suspended ones too."""
        users = self.tables.users
        return sorted(
            (users[userid] for course, userid in self.tables.enrolments if course == courseid), key=lambda user: user.id
        )

    def is_active(self, courseid: int, userid: int) -> bool:
        """Say whether an enrolment exists and counts now."""
        row = self.tables.enrolments.get((courseid, userid))
        if row is None or row.suspended:
            return False
        return row.timestart <= self.now and (row.timeend == 0 or row.timeend > self.now)

    def role_names(self, courseid: int) -> dict[int, set[str]]:
        """Return the role short names of each person of a course."""
        names: dict[int, set[str]] = {}
        for row in self.tables.role_assignments.values():
            if row.courseid == courseid:
                names.setdefault(row.userid, set()).add(self.tables.roles[row.roleid].shortname)
        return names

    def archetypes(self, courseid: int, userid: int) -> set[str]:
        """Return the archetypes of a person's roles in a course: what their rights come from."""
        return {
            self.tables.roles[row.roleid].archetype
            for row in self.tables.role_assignments.values()
            if row.courseid == courseid and row.userid == userid
        }

    # ------------------------------------------------------------ activities

    def module_of(self, modname: str, instance: int) -> CourseModule | None:
        """Return the course module of an activity."""
        for module in self.tables.course_modules.values():
            if module.modname == modname and module.instance == instance:
                return module
        return None

    def modules(self, courseid: int, modname: str | None = None) -> list[CourseModule]:
        """Return a course's activities in the order of its page."""
        found = (
            module
            for module in self.tables.course_modules.values()
            if module.course == courseid and (modname is None or module.modname == modname)
        )
        return sorted(found, key=lambda module: (module.section, module.id))


Handler: TypeAlias = Callable[[Call, Args], Json]


@dataclass(frozen=True, slots=True)
class Function:
    """A web-service function."""

    name: str
    parameters: Single
    returns: Shape | None
    run: Handler
    component: str = "core"


def declare(name: str, parameters: dict[str, Shape], returns: Shape | None) -> Callable[[Handler], Function]:
    """Make a function of a handler.

    Parameters
    ----------
    name
        As clients call it; its first word tells whose version the site prints beside it.
    parameters
        The keys of the request.
    returns
        The answer's shape, None for a function that answers nothing (``null``).
    """
    component = "core" if name.startswith("core_") else "_".join(name.split("_")[:2])

    def wrap(run: Handler) -> Function:
        return Function(name, Single(parameters), returns, run, component)

    return wrap


def in_name_order(users: Iterable[User]) -> list[User]:
    """Sort people as Moodle's lists do: family name, first name, id, by code point."""
    return sorted(users, key=lambda user: (user.lastname, user.firstname, user.id))
