"""Assignments: settings, submissions, grades, flags."""

from dataclasses import dataclass, field

__all__ = ["Assign", "AssignConfig", "AssignGrade", "AssignSubmission", "AssignUserFlags", "Scale"]


@dataclass(slots=True)
class Scale:
    """A scale's labels, worst first; a mark counts them from 1."""

    id: int
    name: str
    items: list[str]


@dataclass(slots=True)
class AssignConfig:
    """One setting of a submission or feedback plugin."""

    plugin: str
    subtype: str
    name: str
    value: str


def _default_configs() -> list[AssignConfig]:
    return [
        AssignConfig("onlinetext", "assignsubmission", "enabled", "1"),
        AssignConfig("onlinetext", "assignsubmission", "wordlimit", "0"),
        AssignConfig("onlinetext", "assignsubmission", "wordlimitenabled", "0"),
        AssignConfig("comments", "assignsubmission", "enabled", "0"),
        AssignConfig("comments", "assignfeedback", "enabled", "1"),
        AssignConfig("comments", "assignfeedback", "commentinline", "0"),
    ]


@dataclass(slots=True)
class Assign:
    """One assignment. `grade` is the maximum, or minus the id of a scale, or 0 for none."""

    id: int
    course: int
    name: str
    intro: str = ""
    grade: int = 100
    duedate: int = 0
    cutoffdate: int = 0
    gradingduedate: int = 0
    allowsubmissionsfromdate: int = 0
    timemodified: int = 0
    nosubmissions: int = 0
    submissiondrafts: int = 0
    teamsubmission: int = 0
    requireallteammemberssubmit: int = 0
    teamsubmissiongroupingid: int = 0
    blindmarking: int = 0
    revealidentities: int = 0
    markingworkflow: int = 0
    attemptreopenmethod: str = "untilpass"
    maxattempts: int = 1
    completionsubmit: int = 0
    configs: list[AssignConfig] = field(default_factory=_default_configs)


@dataclass(slots=True)
class AssignSubmission:
    """One attempt of a person (`groupid` 0) or of a team (`userid` 0)."""

    id: int
    assignment: int
    userid: int
    timecreated: int = 0
    timemodified: int = 0
    timestarted: int | None = None
    status: str = "submitted"
    groupid: int = 0
    attemptnumber: int = 0
    latest: bool = True
    text: str = ""


@dataclass(slots=True)
class AssignGrade:
    """A tutor's mark; -1 is "not graded"."""

    id: int
    assignment: int
    userid: int
    timecreated: int = 0
    timemodified: int = 0
    grader: int = 0
    grade: float = -1.0
    attemptnumber: int = 0
    comment: str = ""


@dataclass(slots=True)
class AssignUserFlags:
    """What an assignment remembers of a person: the marking workflow's state, their number in blind marking."""

    assignment: int
    userid: int
    workflowstate: str = ""
    blindid: int = 0
    locked: bool = False
    extensionduedate: int = 0
