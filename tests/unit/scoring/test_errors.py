import pytest

from scoring import errors
from scoring.errors import FormulaError, Infeasible, InvalidInput, NotConverged, NotIdentified, Problem, ScoringError


def test_all_errors_descend_from_one_base():
    kinds = [getattr(errors, name) for name in errors.__all__ if name != "Problem"]
    assert all(issubclass(kind, ScoringError) for kind in kinds)


def test_every_problem_is_a_line_of_the_message():
    error = FormulaError(problems=[Problem("a", "is wrong", "write b", term="t"), Problem("c", "too")])
    assert str(error) == "a: is wrong (write b)\nc: too"
    assert error.field == "a"
    assert error.problems[0].term == "t"


def test_one_problem_may_be_given_by_its_message_alone():
    error = InvalidInput("is wrong", field="a")
    assert str(error) == "a: is wrong"
    assert error.problems == (Problem("a", "is wrong"),)
    assert str(InvalidInput("is wrong")) == "is wrong"


def test_a_message_may_stand_above_the_problems():
    error = InvalidInput("two things", problems=[Problem("a", "is wrong")])
    assert str(error) == "two things"
    assert error.problems == (Problem("a", "is wrong"),)


def test_an_infeasible_problem_names_its_cut():
    assert Infeasible("no", cut=["w1"]).cut == ("w1",)
    assert Infeasible("no").cut == ()


def test_what_is_not_identified_may_carry_a_code():
    assert (str(NotIdentified("one reviewer")), NotIdentified("x", code="few").code) == ("one reviewer", "few")


def test_what_did_not_converge_says_how_far_it_was():
    error = NotConverged("variances", iterations=7, gap=0.01234)
    assert str(error) == "variances: not converged after 7 steps, 0.0123 left"
    assert (error.iterations, error.gap) == (7, 0.01234)
    with pytest.raises(ScoringError):
        raise error
