"""Reads a scope of a Moodle site into parts for :func:`lms_sync.plan.plan`, and problems for people.

Who departed is not the caller's to compute: a course's people are read first, and each later part about people carries
its ``sight``, the people whom the answer speaks of. A row of the store about anybody else is out of sight; the plan
marks it "not visible" instead of "gone". Where the people could not be read, such parts are partial: no conclusions.

The functions ``read_*`` in the modules beside read one kind each; :class:`ChangesReader` composes them with
``since_s`` and ``wanted``.
"""

from lms_sync.reader.changed import ChangesReader
from lms_sync.reader.desk import Desk, Reading
from lms_sync.reader.people import Roster
from lms_sync.reader.report import CourseRead, Problem, ProblemCode, Progress, ProgressCallback, Scope
from lms_sync.reader.whole import Reader, all_reviews

__all__ = [
    "ChangesReader",
    "CourseRead",
    "Desk",
    "Problem",
    "ProblemCode",
    "Progress",
    "ProgressCallback",
    "Reader",
    "Reading",
    "Roster",
    "Scope",
    "all_reviews",
]
