"""The tables of a stand-in site: plain rows in dicts by key, for tests to edit.

Keys are what Moodle's own unique indexes are: an id, or the pair that must be unique.
"""

from dataclasses import dataclass, field

from bridge.demo.tables.assign import Assign, AssignConfig, AssignGrade, AssignSubmission, AssignUserFlags, Scale
from bridge.demo.tables.courses import Course, CourseModule, ModuleCompletion, Quiz, Section
from bridge.demo.tables.grades import GradeGrade, GradeItem, GradeType
from bridge.demo.tables.people import (
    Category,
    Cohort,
    Enrolment,
    Group,
    Grouping,
    ProfileField,
    Role,
    RoleAssignment,
    Token,
    User,
)
from bridge.demo.tables.workshop import (
    Workshop,
    WorkshopAggregation,
    WorkshopAssessment,
    WorkshopDimension,
    WorkshopGrade,
    WorkshopPhase,
    WorkshopSubmission,
)

__all__ = [
    "Assign",
    "AssignConfig",
    "AssignGrade",
    "AssignSubmission",
    "AssignUserFlags",
    "CalendarEvent",
    "Category",
    "Cohort",
    "Course",
    "CourseModule",
    "Enrolment",
    "GradeGrade",
    "GradeItem",
    "GradeType",
    "Group",
    "Grouping",
    "Message",
    "ModuleCompletion",
    "ProfileField",
    "Quiz",
    "Role",
    "RoleAssignment",
    "Scale",
    "Section",
    "SiteSettings",
    "Tables",
    "Token",
    "User",
    "Workshop",
    "WorkshopAggregation",
    "WorkshopAssessment",
    "WorkshopDimension",
    "WorkshopGrade",
    "WorkshopPhase",
    "WorkshopSubmission",
]


@dataclass(slots=True)
class SiteSettings:
    """What an administrator sets for the whole site."""

    name: str = "Акселератор проектов"
    url: str = "http://127.0.0.1"
    release: str = "4.5.6 (Build: 20250811)"
    version: str = "2024100706"
    themerev: int = 1
    lang: str = "en"
    rest_enabled: bool = True
    maintenance: bool = False
    max_input_vars: int = 5000
    """PHP drops further form fields without a word; Moodle asks for 5,000."""
    functions: list[tuple[str, str]] = field(default_factory=list)
    """The service's functions with their versions; empty: every function that the stand-in knows."""
    hidden_profiles: set[int] = field(default_factory=set)
    """People whose profile a plugin hides: they drop out of pages that were cut before."""
    known_functions: set[str] = field(default_factory=lambda: {"core_user_delete_users"})
    """Functions that exist on the site outside the service."""


@dataclass(slots=True)
class Message:
    """A message that went out through the web service."""

    id: int
    fromuserid: int
    touserid: int
    text: str
    timecreated: int


@dataclass(slots=True)
class CalendarEvent:
    """An entry of the calendar that came in through the web service."""

    id: int
    name: str
    description: str
    courseid: int
    groupid: int
    userid: int
    eventtype: str
    timestart: int
    timeduration: int
    timemodified: int


@dataclass(slots=True)
class Tables:
    """All rows of one site."""

    site: SiteSettings = field(default_factory=SiteSettings)
    tokens: dict[str, Token] = field(default_factory=dict)
    users: dict[int, User] = field(default_factory=dict)
    profile_fields: dict[str, ProfileField] = field(default_factory=dict)
    roles: dict[int, Role] = field(default_factory=dict)
    role_assignments: dict[int, RoleAssignment] = field(default_factory=dict)
    categories: dict[int, Category] = field(default_factory=dict)
    courses: dict[int, Course] = field(default_factory=dict)
    enrolments: dict[tuple[int, int], Enrolment] = field(default_factory=dict)
    """By (course, user)."""
    groups: dict[int, Group] = field(default_factory=dict)
    groupings: dict[int, Grouping] = field(default_factory=dict)
    cohorts: dict[int, Cohort] = field(default_factory=dict)
    sections: dict[int, Section] = field(default_factory=dict)
    course_modules: dict[int, CourseModule] = field(default_factory=dict)
    module_completion: dict[tuple[int, int], ModuleCompletion] = field(default_factory=dict)
    """By (course module, user)."""
    scales: dict[int, Scale] = field(default_factory=dict)
    assigns: dict[int, Assign] = field(default_factory=dict)
    assign_submissions: dict[int, AssignSubmission] = field(default_factory=dict)
    assign_grades: dict[int, AssignGrade] = field(default_factory=dict)
    assign_user_flags: dict[tuple[int, int], AssignUserFlags] = field(default_factory=dict)
    """By (assignment, user)."""
    quizzes: dict[int, Quiz] = field(default_factory=dict)
    grade_items: dict[int, GradeItem] = field(default_factory=dict)
    grade_grades: dict[tuple[int, int], GradeGrade] = field(default_factory=dict)
    """By (grade item, user)."""
    workshops: dict[int, Workshop] = field(default_factory=dict)
    workshop_dimensions: dict[int, WorkshopDimension] = field(default_factory=dict)
    workshop_submissions: dict[int, WorkshopSubmission] = field(default_factory=dict)
    workshop_assessments: dict[int, WorkshopAssessment] = field(default_factory=dict)
    workshop_grades: dict[int, WorkshopGrade] = field(default_factory=dict)
    workshop_aggregations: dict[int, WorkshopAggregation] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    events: list[CalendarEvent] = field(default_factory=list)

    def activity(self, module: CourseModule) -> Assign | Quiz | Workshop:
        """Return the settings of the activity in a place of a course."""
        if module.modname == "assign":
            return self.assigns[module.instance]
        return self.quizzes[module.instance] if module.modname == "quiz" else self.workshops[module.instance]
