"""Tables of the slice: the connection (sites) and what the LMS said (courses, marks, workshops)."""

from bridge.lms.models.completion import LmsActivityCompletion, LmsCompletionRead, LmsCourseCompletion
from bridge.lms.models.courses import (
    LmsActivity,
    LmsCategory,
    LmsCohort,
    LmsCohortMember,
    LmsCourse,
    LmsEnrolment,
    LmsGroup,
    LmsGrouping,
    LmsGroupMember,
    LmsUser,
)
from bridge.lms.models.files import LmsFileDraft
from bridge.lms.models.marks import (
    LmsAssignment,
    LmsAssignmentGrade,
    LmsGradebookGrade,
    LmsGradeItem,
    LmsQuiz,
    LmsScale,
    LmsSubmission,
)
from bridge.lms.models.mirror import Mirror
from bridge.lms.models.reports import LmsComparison, LmsExamination
from bridge.lms.models.sites import LmsCoverage, LmsCursor, LmsIdentity, LmsProblem, LmsSite, RunMode, RunState, SyncRun
from bridge.lms.models.workshops import (
    LmsCriterionMark,
    LmsWorkshop,
    LmsWorkshopAssessment,
    LmsWorkshopCriterion,
    LmsWorkshopSubmission,
)

__all__ = [
    "MIRRORS",
    "LmsActivity",
    "LmsActivityCompletion",
    "LmsAssignment",
    "LmsAssignmentGrade",
    "LmsCategory",
    "LmsCohort",
    "LmsCohortMember",
    "LmsComparison",
    "LmsCompletionRead",
    "LmsCourse",
    "LmsCourseCompletion",
    "LmsCoverage",
    "LmsCriterionMark",
    "LmsCursor",
    "LmsEnrolment",
    "LmsExamination",
    "LmsFileDraft",
    "LmsGradeItem",
    "LmsGradebookGrade",
    "LmsGroup",
    "LmsGroupMember",
    "LmsGrouping",
    "LmsIdentity",
    "LmsProblem",
    "LmsQuiz",
    "LmsScale",
    "LmsSite",
    "LmsSubmission",
    "LmsUser",
    "LmsWorkshop",
    "LmsWorkshopAssessment",
    "LmsWorkshopCriterion",
    "LmsWorkshopSubmission",
    "Mirror",
    "RunMode",
    "RunState",
    "SyncRun",
]

MIRRORS = {
    model.kind: model
    for model in (
        LmsCategory,
        LmsCourse,
        LmsUser,
        LmsEnrolment,
        LmsGroup,
        LmsGrouping,
        LmsGroupMember,
        LmsCohort,
        LmsCohortMember,
        LmsActivity,
        LmsScale,
        LmsAssignment,
        LmsSubmission,
        LmsAssignmentGrade,
        LmsQuiz,
        LmsGradeItem,
        LmsGradebookGrade,
        LmsWorkshop,
        LmsWorkshopCriterion,
        LmsWorkshopSubmission,
        LmsWorkshopAssessment,
        LmsCriterionMark,
        LmsActivityCompletion,
        LmsCourseCompletion,
    )
}
"""Kind -> its table, in the order in which kinds may be written."""
