"""What each workshop of a course is set to."""

from bridge.demo.calls import Args, Call, declare
from bridge.demo.functions.workshops.entry import entered_courses
from bridge.demo.shapes import BOOL, FILES, FLOAT, INT, RAW, WARNINGS, Json, Multiple, Shape, Single
from bridge.demo.tables import Workshop

__all__ = ["FUNCTIONS"]

_WORKSHOP: dict[str, Shape] = {
    "id": INT.never_null(),
    "course": INT.never_null(),
    "name": RAW.never_null(),
    "intro": RAW,
    "introformat": INT.or_else(0),
    "lang": RAW,
    "instructauthors": RAW.optional(),
    "instructauthorsformat": INT.or_else(0),
    "instructreviewers": RAW.optional(),
    "instructreviewersformat": INT.or_else(0),
    "timemodified": INT.never_null().optional(),
    "phase": INT.never_null().optional(),
    "useexamples": BOOL.never_null().optional(),
    "usepeerassessment": BOOL.never_null().optional(),
    "useselfassessment": BOOL.never_null().optional(),
    "grade": FLOAT.never_null().optional(),
    "gradinggrade": FLOAT.never_null().optional(),
    "strategy": RAW.never_null().optional(),
    "evaluation": RAW.never_null().optional(),
    "gradedecimals": INT.never_null().optional(),
    "submissiontypetext": INT.never_null().optional(),
    "submissiontypefile": INT.never_null().optional(),
    "nattachments": INT.never_null().optional(),
    "submissionfiletypes": RAW.optional(),
    "latesubmissions": BOOL.never_null().optional(),
    "maxbytes": INT.never_null().optional(),
    "examplesmode": INT.never_null().optional(),
    "submissionstart": INT.never_null().optional(),
    "submissionend": INT.never_null().optional(),
    "assessmentstart": INT.never_null().optional(),
    "assessmentend": INT.never_null().optional(),
    "phaseswitchassessment": BOOL.never_null().optional(),
    "conclusion": RAW.optional(),
    "conclusionformat": INT.or_else(0),
    "overallfeedbackmode": INT.never_null().optional(),
    "overallfeedbackfiles": INT.never_null().optional(),
    "overallfeedbackfiletypes": RAW.optional(),
    "overallfeedbackmaxbytes": INT.never_null().optional(),
    "coursemodule": INT.never_null(),
    "introfiles": FILES,
    "instructauthorsfiles": FILES.optional(),
    "instructreviewersfiles": FILES.optional(),
    "conclusionfiles": FILES.optional(),
}


def _settings(call: Call, row: Workshop, cmid: int) -> Json:
    texts = {
        name: call.text(getattr(row, name)) for name in ("intro", "instructauthors", "instructreviewers", "conclusion")
    }
    return texts | {
        "id": row.id,
        "course": row.course,
        "name": call.string(row.name),
        "introformat": 1,
        "lang": None,
        "instructauthorsformat": 1,
        "instructreviewersformat": 1,
        "timemodified": row.timemodified,
        "phase": int(row.phase),
        "useexamples": False,
        "usepeerassessment": True,
        "useselfassessment": False,
        "grade": row.grade,
        "gradinggrade": row.gradinggrade,
        "strategy": row.strategy,
        "evaluation": row.evaluation,
        "gradedecimals": row.gradedecimals,
        "submissiontypetext": 1,
        "submissiontypefile": 1,
        "nattachments": 1,
        "submissionfiletypes": None,
        "latesubmissions": False,
        "maxbytes": 0,
        "examplesmode": 0,
        "submissionstart": row.submissionstart,
        "submissionend": row.submissionend,
        "assessmentstart": row.assessmentstart,
        "assessmentend": row.assessmentend,
        "phaseswitchassessment": False,
        "conclusionformat": 1,
        "overallfeedbackmode": 1,
        "overallfeedbackfiles": 0,
        "overallfeedbackfiletypes": None,
        "overallfeedbackmaxbytes": 0,
        "coursemodule": cmid,
        "introfiles": [],
        "instructauthorsfiles": [],
        "instructreviewersfiles": [],
        "conclusionfiles": [],
    }


@declare(
    "mod_workshop_get_workshops_by_courses",
    {"courseids": Multiple(INT).or_else([])},
    Single({"workshops": Multiple(Single(_WORKSHOP)), "warnings": WARNINGS}),
)
def get_workshops_by_courses(call: Call, args: Args) -> Json:
    """List workshops; a course that is closed to the account becomes a warning."""
    courseids, warnings = entered_courses(call, args["courseids"])
    workshops = [
        _settings(call, call.tables.workshops[module.instance], module.id)
        for courseid in courseids
        for module in call.modules(courseid, "workshop")
        if call.sees(module)
    ]
    return {"workshops": workshops, "warnings": warnings}


FUNCTIONS = (get_workshops_by_courses,)
