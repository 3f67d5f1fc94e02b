"""Quizzes: settings only; their marks are read from the gradebook."""

from bridge.demo.calls import Args, Call, declare
from bridge.demo.functions.workshops.entry import entered_courses
from bridge.demo.shapes import ALPHA, BOOL, FILES, FLOAT, INT, RAW, TEXT, WARNINGS, Json, Multiple, Shape, Single
from bridge.demo.tables import CourseModule

__all__ = ["FUNCTIONS"]

_DURING, _AFTER = 69904, 4368
"""Moodle's default bit masks of what a person may review, and when."""

_DEFAULTS: dict[str, int | str] = {
    "overduehandling": "autosubmit",
    "graceperiod": 86400,
    "preferredbehaviour": "deferredfeedback",
    "canredoquestions": 0,
    "attempts": 0,
    "attemptonlast": 0,
    "grademethod": 1,
    "decimalpoints": 2,
    "questiondecimalpoints": -1,
    "reviewattempt": _DURING,
    "reviewcorrectness": _DURING,
    "reviewmaxmarks": _DURING,
    "reviewmarks": _DURING,
    "reviewspecificfeedback": _DURING,
    "reviewgeneralfeedback": _DURING,
    "reviewrightanswer": _DURING,
    "reviewoverallfeedback": _AFTER,
    "questionsperpage": 1,
    "navmethod": "free",
    "shuffleanswers": 1,
}
_LATER: dict[str, int | str] = {
    "password": "",
    "subnet": "",
    "browsersecurity": "",
    "delay1": 0,
    "delay2": 0,
    "showuserpicture": 0,
    "showblocks": 0,
    "completionattemptsexhausted": 0,
    "completionpass": 0,
    "allowofflineattempts": 0,
    "autosaveperiod": 60,
    "hasfeedback": 0,
    "hasquestions": 0,
}


def _shape(value: int | str) -> Shape:
    return RAW.optional() if isinstance(value, str) else INT.optional()


_QUIZ: dict[str, Shape] = {
    "id": INT,
    "coursemodule": INT,
    "course": INT,
    "name": RAW,
    "intro": RAW.optional(),
    "introformat": INT.optional(),
    "introfiles": FILES.optional(),
    "section": INT.optional(),
    "visible": BOOL.optional(),
    "groupmode": INT.optional(),
    "groupingid": INT.optional(),
    "lang": TEXT.optional(),
    "timeopen": INT.optional(),
    "timeclose": INT.optional(),
    "timelimit": INT.optional(),
    **{name: _shape(value) for name, value in _DEFAULTS.items()},
    "sumgrades": FLOAT.optional(),
    "grade": FLOAT.optional(),
    "timecreated": INT.optional(),
    "timemodified": INT.optional(),
    **{name: _shape(value) for name, value in _LATER.items()},
}


def _quiz(call: Call, module: CourseModule) -> dict[str, Json]:
    row = call.tables.quizzes[module.instance]
    return {
        **_DEFAULTS,
        **_LATER,
        "id": row.id,
        "coursemodule": module.id,
        "course": row.course,
        "name": call.string(row.name),
        "intro": call.text(row.intro),
        "introformat": 1,
        "introfiles": [],
        "section": module.section,
        "visible": bool(module.visible),
        "groupmode": module.groupmode,
        "groupingid": 0,
        "lang": "",
        "timeopen": row.timeopen,
        "timeclose": row.timeclose,
        "timelimit": row.timelimit,
        "attempts": row.attempts,
        "sumgrades": 0.0,
        "grade": row.grade,
        "timecreated": row.timecreated,
        "timemodified": row.timemodified,
    }


@declare(
    "mod_quiz_get_quizzes_by_courses",
    {"courseids": Multiple(INT).or_else([])},
    Single({"quizzes": Multiple(Single(_QUIZ)), "warnings": WARNINGS}),
)
def get_quizzes_by_courses(call: Call, args: Args) -> Json:
    """List quizzes; a course that is closed to the account becomes a warning."""
    courseids, warnings = entered_courses(call, args["courseids"])
    quizzes = [
        _quiz(call, module) for courseid in courseids for module in call.modules(courseid, "quiz") if call.sees(module)
    ]
    return {"quizzes": quizzes, "warnings": warnings}


_NUMBERS_BEFORE = ("id", "quiz", "userid", "attempt", "uniqueid")
_NUMBERS_AFTER = ("timestart", "timefinish", "timemodified", "timemodifiedoffline", "timecheckstate")
_MARKS = Multiple(Single({"name": RAW, "grade": FLOAT, "maxgrade": FLOAT})).optional()
_ATTEMPT = Single(
    {
        **dict.fromkeys(_NUMBERS_BEFORE, INT.optional()),
        "layout": RAW.optional(),
        "currentpage": INT.optional(),
        "preview": INT.optional(),
        "state": ALPHA.optional(),
        **dict.fromkeys(_NUMBERS_AFTER, INT.optional()),
        "sumgrades": FLOAT.optional(),
        "gradeitemmarks": _MARKS,
        "gradednotificationsenttime": INT.optional(),
    }
)


@declare(
    "mod_quiz_get_user_attempts",
    {
        "quizid": INT,
        "userid": INT.or_else(0),
        "status": ALPHA.or_else("finished"),
        "includepreviews": BOOL.or_else(default=False),
    },
    Single({"attempts": Multiple(_ATTEMPT), "warnings": WARNINGS}),
)
def get_user_attempts(call: Call, args: Args) -> Json:
    """List attempts: none, since marks come straight into the gradebook here."""
    if args["quizid"] in call.tables.quizzes:
        call.enter(call.tables.quizzes[args["quizid"]].course)
    return {"attempts": [], "warnings": []}


FUNCTIONS = (get_quizzes_by_courses, get_user_attempts)
