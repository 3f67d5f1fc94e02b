"""Assignments with what was handed in and graded, and quizzes."""

from __future__ import annotations

from lms_sync.files.archives import Member
from lms_sync.files.backup.elements import Element, around, load, read_rows
from lms_sync.files.backup.shelf import Shelf
from lms_sync.payloads.assignments import AssignmentSchema, assignment_of
from lms_sync.payloads.base import RowSchema
from lms_sync.payloads.fields import Exact, Flag, Id, Instant, Mark, Name, Text
from lms_sync.records import Assignment, AssignmentGrade, Kind, Quiz, Submission

__all__ = ["read_assignment", "read_quiz"]

_ACTIVITY = "/activity"
_ASSIGNMENT, _SUBMISSION, _GRADE = "activity/assign", "submissions/submission", "grades/grade"
_QUIZ = "activity/quiz"
_TIMES = ("timecreated", "timemodified")


class _ActivitySchema(RowSchema):
    moduleid = Id(required=True)


class _SubmissionSchema(RowSchema):
    id = Id(required=True)
    userid = Id(load_default=0)
    groupid = Id(load_default=0)
    attemptnumber = Id(load_default=0)
    latest = Flag(load_default=True)
    status = Text()
    timecreated = Instant()
    timemodified = Instant()


class _GradeSchema(RowSchema):
    id = Id(required=True)
    userid = Id(required=True)
    attemptnumber = Id(load_default=0)
    grader = Id(load_default=0)
    grade = Mark(load_default=None)
    timecreated = Instant()
    timemodified = Instant()


class _QuizSchema(RowSchema):
    id = Id(required=True)
    name = Name(required=True)
    timeopen = Instant()
    timeclose = Instant()
    grade = Exact(required=True)
    attempts_number = Id(load_default=0)


class _OuterSchema(RowSchema):
    id = Id(required=True)
    teamsubmission = Flag(load_default=False)


_ONE_ACTIVITY, _ONE_ASSIGNMENT, _ONE_SUBMISSION, _ONE_GRADE, _ONE_QUIZ, _OUTER = (
    _ActivitySchema(),
    AssignmentSchema(),
    _SubmissionSchema(),
    _GradeSchema(),
    _QuizSchema(),
    _OuterSchema(),
)
_ASSIGNMENT_VALUES = tuple(_ONE_ASSIGNMENT.fields)
_QUIZ_VALUES = tuple(_ONE_QUIZ.fields)


def read_assignment(member: Member, shelf: Shelf) -> None:
    """``activities/assign_*/assign.xml``."""
    attempts: dict[tuple[int, int, int], AssignmentGrade] = {}

    def take(element: Element) -> None:
        match element.name:
            case "activity/assign":
                shelf.put(Kind.ASSIGNMENT, _assignment(element, shelf))
            case "submissions/submission":
                _put_submission(element, shelf)
            case "grades/grade":
                grade = _grade(element, shelf)
                place = (grade.assignment_id, grade.user_id, 0)
                if place not in attempts or attempts[place].attempt_number <= grade.attempt_number:
                    attempts[place] = grade
            case _:
                _put_instance(element, shelf)

    wanted = {
        _ACTIVITY: (),
        _ASSIGNMENT: _ASSIGNMENT_VALUES,
        _SUBMISSION: ("userid", "groupid", "attemptnumber", "latest", "status", *_TIMES),
        _GRADE: ("userid", "attemptnumber", "grader", "grade", *_TIMES),
    }
    read_rows(member, wanted, take)
    for grade in attempts.values():
        shelf.put(Kind.ASSIGNMENT_GRADE, grade)


def _put_instance(element: Element, shelf: Shelf) -> None:
    shelf.count()
    shelf.instances[load(_ONE_ACTIVITY, element)["moduleid"]] = load(_OUTER, element)["id"]


def _assignment(element: Element, shelf: Shelf) -> Assignment:
    module_id = load(_ONE_ACTIVITY, around(element, _ACTIVITY))["moduleid"]
    return assignment_of(load(_ONE_ASSIGNMENT, element), course_module_id=module_id, course_id=shelf.course_id)


def _put_submission(element: Element, shelf: Shelf) -> None:
    row, assignment = load(_ONE_SUBMISSION, element), load(_OUTER, around(element, _ASSIGNMENT))
    nobodys = not row["userid"] and not row["groupid"]
    if not row["latest"] or nobodys or (assignment["teamsubmission"] and row["userid"]):
        # An earlier attempt, a row that Moodle makes when it is asked, or a member's own row beside their team's.
        shelf.count()
        return
    record = Submission(
        submission_id=row["id"],
        course_id=shelf.course_id,
        assignment_id=assignment["id"],
        user_id=row["userid"],
        group_id=row["groupid"],
        attempt_number=row["attemptnumber"],
        status=row["status"],
        created_at=row["timecreated"],
        modified_at=row["timemodified"],
    )
    shelf.put(Kind.SUBMISSION, record)


def _grade(element: Element, shelf: Shelf) -> AssignmentGrade:
    row = load(_ONE_GRADE, element)
    return AssignmentGrade(
        grade_id=row["id"],
        course_id=shelf.course_id,
        assignment_id=load(_OUTER, around(element, _ASSIGNMENT))["id"],
        user_id=row["userid"],
        attempt_number=row["attemptnumber"],
        grader_id=row["grader"],
        grade=row["grade"],
        created_at=row["timecreated"],
        modified_at=row["timemodified"],
    )


def read_quiz(member: Member, shelf: Shelf) -> None:
    """``activities/quiz_*/quiz.xml``: the quiz, without its questions and attempts."""

    def take(element: Element) -> None:
        if element.name == _ACTIVITY:
            _put_instance(element, shelf)
            return
        row = load(_ONE_QUIZ, element)
        record = Quiz(
            quiz_id=row["id"],
            course_module_id=load(_ONE_ACTIVITY, around(element, _ACTIVITY))["moduleid"],
            course_id=shelf.course_id,
            name=row["name"],
            opens_at=row["timeopen"],
            closes_at=row["timeclose"],
            grade_max=row["grade"],
            attempts_allowed=row["attempts_number"],
        )
        shelf.put(Kind.QUIZ, record)

    read_rows(member, {_ACTIVITY: (), _QUIZ: _QUIZ_VALUES}, take)
