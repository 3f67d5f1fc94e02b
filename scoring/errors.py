"""What can go wrong in `scoring`, and how it is told.

The tree::

    ScoringError
    ├── InvalidInput        the caller's data break a stated contract; every problem found is listed, not only the first
    │   └── FormulaError    a season's formula (data, written by people) is wrong; names the term and the field
    ├── Infeasible          the constraints contradict each other; says which ones, in words
    ├── NotIdentified       the data cannot answer the question (a disconnected panel, too few marks)
    ├── NotConverged        an iteration ran out of steps; a half-finished estimate is never returned
    ├── ReplayMismatch      a snapshot does not reproduce its own bytes
    └── CertificateRefused  a result fails its own independent check: a mistake in this package, never in the input

None of them is worth retrying with the same input: these functions are pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "CertificateRefused",
    "FormulaError",
    "Infeasible",
    "InvalidInput",
    "NotConverged",
    "NotIdentified",
    "Problem",
    "ReplayMismatch",
    "ScoringError",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input: where it is, what it is, what to do about it.

    Parameters
    ----------
    field
        Path of the offending value as the caller wrote it, e.g. ``terms[essay].weight`` or ``people[31].essay``.
    message
        What is wrong, with the value that was found.
    advice
        What to do; empty where the message leaves no doubt.
    term
        Id of the formula's term, where the problem belongs to one.
    person
        Id of the person, where the problem belongs to one.
    """

    field: str
    message: str
    advice: str = ""
    term: str | None = None
    person: str | None = None

    def __str__(self) -> str:
        tail = f" ({self.advice})" if self.advice else ""
        return f"{self.field}: {self.message}{tail}" if self.field else f"{self.message}{tail}"


class ScoringError(Exception):
    """Base of everything `scoring` raises on purpose."""


class InvalidInput(ScoringError):
    """The input breaks a stated contract.

    Parameters
    ----------
    message
        A whole sentence. Left out, it is made of the problems, one a line.
    field
        Shorthand for a single problem: the path of the offending value.
    problems
        Everything found wrong, in the order of the input.
    """

    def __init__(self, message: str = "", *, field: str = "", problems: Sequence[Problem] = ()) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems) or (Problem(field, message),)
        super().__init__(message if message and not field else "\n".join(map(str, self.problems)))

    @property
    def field(self) -> str:
        """Path of the first offending value."""
        return self.problems[0].field


class FormulaError(InvalidInput):
    """A formula is wrong; each problem names the term and the field, and says what to write instead."""


class Infeasible(ScoringError):
    """No solution meets all constraints.

    Parameters
    ----------
    message
        The contradiction in words a methodologist understands ("these 4 works have only 2 eligible reviewers").
    cut
        Ids of what takes part in the contradiction, for a page to link to; empty where it cannot be narrowed down.
    """

    def __init__(self, message: str, *, cut: Sequence[str] = ()) -> None:
        self.cut: tuple[str, ...] = tuple(cut)
        super().__init__(message)


class NotIdentified(ScoringError):
    """The data do not determine what was asked, whatever the method.

    Parameters
    ----------
    message
        What is missing, in words.
    code
        The same as one of a fixed vocabulary, where the caller shows it in another language; empty where there is none.
    """

    def __init__(self, message: str, *, code: str = "") -> None:
        self.code = code
        super().__init__(message)


class NotConverged(ScoringError):
    """An iteration stopped before its tolerance was reached.

    Parameters
    ----------
    message
        Which estimate, in words.
    iterations
        Steps taken.
    gap
        What was left of the convergence criterion, in its own unit.
    """

    def __init__(self, message: str, *, iterations: int, gap: float) -> None:
        self.iterations = iterations
        self.gap = gap
        super().__init__(f"{message}: not converged after {iterations} steps, {gap:.3g} left")


class ReplayMismatch(ScoringError):
    """A stored snapshot, computed again, gives other bytes: it was altered, or the rules changed under it."""


class CertificateRefused(ScoringError):
    """A result fails the independent check that runs before it is handed out; report it, with the input."""
