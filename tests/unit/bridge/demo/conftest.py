import json

import pytest

from bridge.demo.accounts import ADMIN_TOKEN, SERVICE_TOKEN
from bridge.demo.seasons import generate
from bridge.demo.site import StandIn
from bridge.demo.wire import nested

NOW = 1_795_500_000
BEYOND_THE_RECIPE = {
    "moodle/category:manage",
    "moodle/course:update",
    "moodle/course:useremail",
    "moodle/course:viewparticipants",
    "moodle/role:review",
    "mod/assign:viewblinddetails",
}
"""Rights that the companion does without, and that the stand-in knows: here the service account has them to lose."""


def _flattened(params, prefix=""):
    pairs = params.items() if isinstance(params, dict) else enumerate(params)
    for key, value in pairs:
        name = f"{prefix}[{key}]" if prefix else str(key)
        if isinstance(value, dict | list):
            yield from _flattened(value, name)
        else:
            yield name, str(value)


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def tables():
    made = generate(7, participants=40, now=NOW)
    made.tokens[SERVICE_TOKEN].capabilities |= BEYOND_THE_RECIPE
    return made


@pytest.fixture
def site(tables):
    return StandIn(tables, clock=lambda: NOW)


@pytest.fixture
def ask(site):
    """Return a caller: the function's name and parameters in, parsed JSON out."""

    def call(function, *, token=ADMIN_TOKEN, settings=None, **params):
        fields = [("wstoken", token), ("wsfunction", function), ("moodlewsrestformat", "json")]
        fields += [*(settings or {}).items(), *_flattened(params)]
        return json.loads(site.answer(nested(fields)).body)

    return call


@pytest.fixture
def course_id(tables):
    """Return a finder of course ids by the last word of their short names."""
    return lambda key: next(row.id for row in tables.courses.values() if row.shortname.endswith(f"-{key}"))


@pytest.fixture
def activity(tables):
    """Return a finder of course modules by their id numbers."""
    return lambda idnumber: next(row for row in tables.course_modules.values() if row.idnumber == idnumber)


@pytest.fixture
def participant(tables):
    """Return a finder of participants, counted from 1."""
    return lambda number: next(row for row in tables.users.values() if row.username.endswith(f"_p{number}"))


@pytest.fixture
def item(tables):
    """Return a finder of gradebook columns by their id numbers."""
    return lambda idnumber: next(row for row in tables.grade_items.values() if row.idnumber == idnumber)


@pytest.fixture
def completion(tables, activity):
    """Return a finder of a person's completion of an activity, None where there is none."""
    return lambda idnumber, user: tables.module_completion.get((activity(idnumber).id, user.id))
