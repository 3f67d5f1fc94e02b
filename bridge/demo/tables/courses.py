"""What a course is made of: sections, activities, completion."""

from dataclasses import dataclass, field

__all__ = ["Course", "CourseModule", "ModuleCompletion", "Quiz", "Section"]


@dataclass(slots=True)
class Course:
    """One course."""

    id: int
    category: int
    fullname: str
    shortname: str
    idnumber: str = ""
    summary: str = ""
    contextid: int = 0
    sortorder: int = 0
    format: str = "topics"
    startdate: int = 0
    enddate: int = 0
    visible: int = 1
    groupmode: int = 0
    enablecompletion: int = 1
    timecreated: int = 0
    timemodified: int = 0
    cacherev: int = 0
    enrolmethods: list[str] = field(default_factory=lambda: ["manual"])


@dataclass(slots=True)
class Section:
    """A section of a course's page."""

    id: int
    course: int
    section: int
    name: str
    summary: str = ""
    visible: int = 1


@dataclass(slots=True)
class CourseModule:
    """An activity's place in a course; its own settings lie in the table of its kind."""

    id: int
    course: int
    modname: str
    instance: int
    section: int = 0
    idnumber: str = ""
    visible: int = 1
    contextid: int = 0
    completion: int = 0
    completionusegrade: bool = False
    groupmode: int = 0


@dataclass(slots=True)
class ModuleCompletion:
    """One person's state in one activity."""

    cmid: int
    userid: int
    state: int = 0
    timemodified: int = 0
    overrideby: int | None = None


@dataclass(slots=True)
class Quiz:
    """One quiz; its marks lie in the gradebook only."""

    id: int
    course: int
    name: str
    intro: str = ""
    grade: float = 10.0
    timeopen: int = 0
    timeclose: int = 0
    timelimit: int = 0
    attempts: int = 0
    timecreated: int = 0
    timemodified: int = 0
