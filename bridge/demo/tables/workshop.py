"""Workshops («Семинар»): submissions, reviews, marks per criterion."""

from dataclasses import dataclass
from enum import IntEnum

__all__ = [
    "Workshop",
    "WorkshopAggregation",
    "WorkshopAssessment",
    "WorkshopDimension",
    "WorkshopGrade",
    "WorkshopPhase",
    "WorkshopSubmission",
]


class WorkshopPhase(IntEnum):
    """How far a workshop has come."""

    SETUP = 10
    SUBMISSION = 20
    ASSESSMENT = 30
    EVALUATION = 40
    CLOSED = 50


@dataclass(slots=True)
class Workshop:
    """One workshop; `grade` is the submission's maximum, `gradinggrade` the reviewer's."""

    id: int
    course: int
    name: str
    intro: str = ""
    instructauthors: str = ""
    instructreviewers: str = ""
    conclusion: str = ""
    phase: WorkshopPhase = WorkshopPhase.SETUP
    grade: float = 80.0
    gradinggrade: float = 20.0
    strategy: str = "accumulative"
    evaluation: str = "best"
    gradedecimals: int = 0
    submissionstart: int = 0
    submissionend: int = 0
    assessmentstart: int = 0
    assessmentend: int = 0
    timemodified: int = 0


@dataclass(slots=True)
class WorkshopDimension:
    """A criterion with its maximum and weight."""

    id: int
    workshopid: int
    sort: int
    description: str
    grade: int = 10
    weight: int = 1


@dataclass(slots=True)
class WorkshopSubmission:
    """A work; `grade` is the share of the maximum in per cent."""

    id: int
    workshopid: int
    authorid: int
    title: str
    content: str = ""
    timecreated: int = 0
    timemodified: int = 0
    timegraded: int | None = None
    grade: float | None = None
    gradeover: float | None = None
    gradeoverby: int | None = None
    feedbackauthor: str = ""


@dataclass(slots=True)
class WorkshopAssessment:
    """A review, written or still owed; both grades are per cent of their maxima."""

    id: int
    submissionid: int
    reviewerid: int
    weight: int = 1
    timecreated: int = 0
    timemodified: int = 0
    grade: float | None = None
    gradinggrade: float | None = None
    gradinggradeover: float | None = None
    gradinggradeoverby: int | None = None
    feedbackauthor: str = ""


@dataclass(slots=True)
class WorkshopGrade:
    """One mark on one criterion."""

    id: int
    assessmentid: int
    dimensionid: int
    grade: float
    peercomment: str = ""


@dataclass(slots=True)
class WorkshopAggregation:
    """What a reviewer earned for reviewing, per cent of the maximum."""

    id: int
    workshopid: int
    userid: int
    gradinggrade: float | None = None
    timegraded: int = 0
