"""Sample view models: a season's pages as the mocks show them, 16 February 2028. People are invented."""

from tests.unit.bridge.web.samples.common import MOSCOW, NOW, SEASONS, STAGES
from tests.unit.bridge.web.samples.home import EMPTY_HOME, FIRST_HOME, home, todo
from tests.unit.bridge.web.samples.person import PERSON, STAFF_PERSON, UNKNOWN_PERSON
from tests.unit.bridge.web.samples.rating import EMPTY_RATING, NOBODY_FOUND, PLAIN_RATING, RATING

__all__ = [
    "EMPTY_HOME",
    "EMPTY_RATING",
    "FIRST_HOME",
    "MOSCOW",
    "NOBODY_FOUND",
    "NOW",
    "PERSON",
    "PLAIN_RATING",
    "RATING",
    "SEASONS",
    "STAFF_PERSON",
    "STAGES",
    "UNKNOWN_PERSON",
    "home",
    "todo",
]
