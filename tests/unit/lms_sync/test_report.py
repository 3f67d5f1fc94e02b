from __future__ import annotations

from lms_sync.errors import ErrorCode, Unreachable
from lms_sync.reader import Problem, ProblemCode, Progress
from lms_sync.records import Kind


def test_progress_counts_without_anybody_listening() -> None:
    progress = Progress()
    progress.expect(1)
    progress.step("a")
    progress.step("b")
    assert (progress.done, progress.total) == (2, 2)


def test_progress_is_told_step_by_step() -> None:
    told: list[tuple[int, int, str]] = []
    progress = Progress(lambda *step: told.append(step))
    progress.expect(3)
    progress.step("a")
    progress.expect(1)
    progress.step("b")
    assert told == [(1, 3, "a"), (2, 4, "b")]


def test_a_problem_of_a_call_has_its_code_and_facts() -> None:
    error = Unreachable("x", code=ErrorCode.DEADLINE, function="core_x", facts={"status": 500})
    problem = Problem.of(error, kind=Kind.COURSE, course_id=2, facts={"assignment_id": 7})
    assert (problem.code, problem.course_id, problem.kind) == (ErrorCode.DEADLINE, 2, Kind.COURSE)
    assert dict(problem.facts) == {"function": "core_x", "status": 500, "assignment_id": 7}
    assert problem.error is error


def test_codes_of_problems_and_of_errors_do_not_collide() -> None:
    assert not set(map(str, ProblemCode)) & set(map(str, ErrorCode))
