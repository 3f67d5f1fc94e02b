"""Comparing what the stand-in answers with what a real site answered."""

import json
from collections.abc import Iterator

from bridge.demo.accounts import ADMIN_TOKEN, LIMITED_TOKEN
from bridge.demo.recordings import Recording
from bridge.demo.site import StandIn
from bridge.demo.wire import nested

# The writes changed the recorded site, in this order, after all else had been read.
WRITES = (
    "write_grade",
    "write_grade_readback",
    "write_grade_out_of_range",
    "write_grade_out_of_range_readback",
    "write_grade_overridden",
    "write_grade_overridden_readback",
    "write_grade_locked",
    "write_grade_locked_readback",
    "write_grade_unknown_user",
    "write_grade_unknown_user_readback",
    "write_assign_ok",
    "write_assign_out_of_range",
    "write_assign_readback",
    "write_assign_locked",
    "write_assign_locked_readback",
)
WRITTEN_AT = 1_795_476_056

# Two people of one name: the site's database returned them in whatever order it had them.
_ANY_ORDER = frozenset({"core_cohort_get_cohort_members", "core_group_get_group_members"})


def flattened(params, prefix=""):
    """Write nested parameters as PHP's form fields."""
    pairs = params.items() if isinstance(params, dict) else enumerate(params)
    for key, value in pairs:
        name = f"{prefix}[{key}]" if prefix else str(key)
        if isinstance(value, dict | list):
            yield from flattened(value, name)
        else:
            yield name, str(value)


def _token(recording: Recording) -> str:
    if recording.name == "error_invalid_token":
        return "no-such-token"
    return LIMITED_TOKEN if recording.name.startswith("limited_") else ADMIN_TOKEN


def asked(site: StandIn, recording: Recording):
    """Make a recorded call and return the answer."""
    fields = [("wstoken", _token(recording)), ("wsfunction", recording.function), *flattened(recording.params)]
    if recording.format is not None:
        fields.append(("moodlewsrestformat", recording.format))
    return site.answer(nested(fields))


def in_order(recordings: list[Recording]) -> list[Recording]:
    """Sort recordings as they were made: reads, then writes with their read-backs."""
    reads = [each for each in recordings if each.name not in WRITES]
    return reads + sorted((each for each in recordings if each.name in WRITES), key=lambda r: WRITES.index(r.name))


def differences(expected, got, path="") -> Iterator[str]:
    """Name every difference in keys, their order, types, nullness and values."""
    if type(expected) is not type(got) and not _both_numbers(expected, got):
        yield f"{path}: {type(expected).__name__} became {type(got).__name__}"
    elif isinstance(expected, dict):
        if list(expected) != list(got):
            yield f"{path}: keys {list(expected)} became {list(got)}"
        yield from _each((f"{path}.{key}", expected[key], got[key]) for key in expected.keys() & got.keys())
    elif isinstance(expected, list):
        if len(expected) != len(got):
            yield f"{path}: {len(expected)} rows became {len(got)}"
        pairs = enumerate(zip(expected, got, strict=False))
        yield from _each((f"{path}[{number}]", left, right) for number, (left, right) in pairs)
    elif expected != got:
        yield f"{path}: {expected!r} became {got!r}"


def _each(triples) -> Iterator[str]:
    for path, left, right in triples:
        yield from differences(left, right, path)


def _both_numbers(left, right) -> bool:
    return all(isinstance(each, int | float) and not isinstance(each, bool) for each in (left, right))


def _sorted_members(recording: Recording, body):
    if recording.function in _ANY_ORDER and isinstance(body, list):
        return [{**row, "userids": sorted(row["userids"])} for row in body]
    return body


def departures(site: StandIn, recording: Recording) -> list[str]:
    """Return how the stand-in's answer departs from the recorded one; empty where it does not."""
    answer = asked(site, recording)
    found = []
    if (answer.status, answer.content_type) != (recording.status, recording.content_type):
        found.append(f"{answer.status} {answer.content_type}")
    if recording.format == "json":
        expected = _sorted_members(recording, recording.body)
        found += differences(expected, _sorted_members(recording, json.loads(answer.body)))
    elif answer.body.decode() != recording.body:
        found.append("the XML differs")
    return [f"{recording.name}{each}" for each in found]
