from __future__ import annotations

import inspect
import re

import pytest

from lms_sync import errors
from lms_sync.errors import BadAnswer, ErrorCode, LmsError, NotFound, RateLimited, RemoteException, Unreachable

CLASSES = [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, LmsError)]


def test_the_tree_in_the_docstring_names_every_class() -> None:
    named = set(re.findall(r"[├└]── (\w+)", errors.__doc__ or "")) | {"LmsError"}
    assert named == {cls.__name__ for cls in CLASSES}
    assert {cls.__name__ for cls in CLASSES} <= set(errors.__all__)


def test_each_class_has_its_own_code() -> None:
    codes = [cls.default_code for cls in CLASSES if cls is not LmsError]
    assert len(set(codes)) == len(codes)
    assert set(codes) <= set(ErrorCode)


def test_codes_are_stable_words() -> None:
    assert all(re.fullmatch(r"[a-z_]+", code) for code in ErrorCode)
    assert ErrorCode.BAD_TOKEN == "bad_token"


def test_an_error_says_the_function_and_keeps_facts_that_cannot_be_changed() -> None:
    error = Unreachable("no answer", function="core_x", facts={"status": 500})
    assert str(error) == "core_x: no answer"
    assert (error.code, error.retryable, error.fatal, error.arrived) == (ErrorCode.CONNECT, True, True, True)
    with pytest.raises(TypeError):
        error.facts["status"] = 1


def test_a_bad_answer_names_path_and_row() -> None:
    error = BadAnswer("not a mark", path="assignments[0].grades[3].grade", row=3, function="mod_assign_get_grades")
    assert str(error) == "mod_assign_get_grades: assignments[0].grades[3].grade: not a mark"
    assert dict(error.facts) == {"path": "assignments[0].grades[3].grade", "row": 3, "problem": "not a mark"}


def test_a_remote_exception_keeps_moodles_words() -> None:
    error = NotFound("invalidrecord", exception="dml_missing_record_exception")
    assert isinstance(error, RemoteException)
    assert dict(error.facts) == {"errorcode": "invalidrecord", "exception": "dml_missing_record_exception"}
    assert str(RemoteException("")) == "an exception without a name"


def test_rate_limits_tell_how_long() -> None:
    assert RateLimited("x", retry_after_s=5).facts["retry_after_s"] == 5
