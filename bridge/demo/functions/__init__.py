"""The web-service functions that the stand-in answers, by name.

One file a subject; each lists its functions in ``FUNCTIONS``.
"""

from bridge.demo.calls import Function
from bridge.demo.functions import (
    accounts,
    assign,
    completion,
    contents,
    courses,
    enrolments,
    gradebook,
    groups,
    messages,
    others,
    quizzes,
    scales,
    site,
    users,
    workshops,
)

__all__ = ["FUNCTIONS"]

_MODULES = (
    site,
    courses,
    contents,
    enrolments,
    users,
    accounts,
    groups,
    assign,
    gradebook,
    completion,
    workshops,
    quizzes,
    scales,
    messages,
    others,
)

FUNCTIONS: dict[str, Function] = {function.name: function for module in _MODULES for function in module.FUNCTIONS}
"""Every function by its name."""
