"""Who is on the site: users, roles, enrolments, groups, cohorts."""

from dataclasses import dataclass, field

__all__ = [
    "Category",
    "Cohort",
    "Enrolment",
    "Group",
    "Grouping",
    "ProfileField",
    "Role",
    "RoleAssignment",
    "Token",
    "User",
]


@dataclass(slots=True)
class User:
    """One account."""

    id: int
    username: str
    firstname: str
    lastname: str
    email: str = ""
    idnumber: str = ""
    institution: str = ""
    department: str = ""
    city: str = ""
    country: str = ""
    auth: str = "manual"
    suspended: bool = False
    confirmed: bool = True
    deleted: bool = False
    lang: str = "ru"
    timezone: str = "99"
    firstaccess: int = 0
    lastaccess: int = 0
    mailformat: int = 1
    trackforums: int = 0
    profile: dict[str, str] = field(default_factory=dict)
    """Custom profile fields by their short names; a birth date is one of these."""
    password: str = ""
    """What an account was created with through the web service; never answered."""

    @property
    def fullname(self) -> str:
        """The name as Moodle prints it."""
        return f"{self.firstname} {self.lastname}"


@dataclass(slots=True)
class ProfileField:
    """A custom profile field of the site."""

    shortname: str
    name: str
    datatype: str = "text"


@dataclass(slots=True)
class Role:
    """A role of the site."""

    id: int
    shortname: str
    name: str = ""
    archetype: str = ""


@dataclass(slots=True)
class RoleAssignment:
    """A role that a user has in a course; ids rise in the order of assignment."""

    id: int
    courseid: int
    userid: int
    roleid: int


@dataclass(slots=True)
class Enrolment:
    """A user's enrolment; `suspended` is the status that no core function shows."""

    courseid: int
    userid: int
    suspended: bool = False
    timestart: int = 0
    timeend: int = 0
    lastaccess: int = 0


@dataclass(slots=True)
class Group:
    """A group of a course."""

    id: int
    courseid: int
    name: str
    idnumber: str = ""
    description: str = ""
    descriptionformat: int = 1
    enrolmentkey: str | None = None
    visibility: int = 0
    participation: bool = True
    members: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Grouping:
    """A set of groups."""

    id: int
    courseid: int
    name: str
    idnumber: str = ""
    description: str = ""
    descriptionformat: int = 1
    groups: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Cohort:
    """A site-wide or category-wide group."""

    id: int
    name: str
    idnumber: str = ""
    description: str = ""
    descriptionformat: int = 1
    visible: bool = True
    members: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Category:
    """A category of courses; `path` is the way from the top, as in ``/2/7``."""

    id: int
    name: str
    idnumber: str | None = None
    description: str = ""
    descriptionformat: int = 1
    parent: int = 0
    sortorder: int = 0
    visible: int = 1
    timemodified: int = 0
    path: str = ""

    @property
    def depth(self) -> int:
        """How deep the category lies; 1 at the top."""
        return self.path.count("/")


@dataclass(slots=True)
class Token:
    """A web-service token: whose it is and what it may call."""

    userid: int
    functions: frozenset[str] | None = None
    """None: every function that the site's service lists."""
    admin: bool = False
    capabilities: set[str] = field(default_factory=set)
    """What a plain account may do, everywhere in the site; an administrator may do all."""
    account_fault: str = ""
    """What Moodle says of an account that must first agree to a policy, change its password or fill in its profile.
    Then no course opens to it, and only these words tell why.
    """
    validuntil: int = 0
    iprestriction: str = ""
