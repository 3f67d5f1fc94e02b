"""Assignments: settings, submissions, grades, participants, and saving marks."""

from bridge.demo.functions.assign import grades, participants, settings, submissions, write

__all__ = ["FUNCTIONS"]

FUNCTIONS = (
    *settings.FUNCTIONS,
    *submissions.FUNCTIONS,
    *grades.FUNCTIONS,
    *participants.FUNCTIONS,
    *write.FUNCTIONS,
)
