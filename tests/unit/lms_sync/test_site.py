from __future__ import annotations

import json

import pytest

from lms_sync.client import Client, Function, RawAnswer
from lms_sync.records import Site
from lms_sync.site import NEEDED, WANTED, Release, describe, requirements


@pytest.mark.parametrize(
    ("text", "release"),
    [
        ("4.5.6 (Build: 20250811)", Release(4, 5)),
        ("3.11.18+ (Build: 20231020)", Release(3, 11)),
        (" 5.0 (Build: 20250414)", Release(5, 0)),
        ("5.1dev", Release(5, 1)),
        ("", None),
        ("Totara 17", None),
    ],
)
def test_a_release_is_read(text: str, release: Release | None) -> None:
    assert Release.parse(text) == release


def test_releases_are_ordered_by_numbers_not_by_text() -> None:
    assert Release(3, 9) < Release(3, 11) < Release(4, 0) < Release(5, 0)
    assert str(Release(3, 11)) == "3.11"


def site(release: str = "4.5.6", functions: frozenset[str] = frozenset(map(str, NEEDED + WANTED))) -> Site:
    return Site("https://moodle.example", "x", release, 2, "svc", "ru", functions)


@pytest.mark.parametrize(
    ("release", "supported", "tested"),
    [
        ("3.10", False, False),
        ("3.11", True, False),
        ("4.5.6", True, True),
        ("5.1", True, False),
        ("6.0", False, False),
        ("", False, False),
    ],
)
def test_a_release_is_supported_and_tested_or_not(release: str, *, supported: bool, tested: bool) -> None:
    found = requirements(site(release))
    assert (found.supported, found.tested, found.met) == (supported, tested, True)


def test_missing_functions_are_named_by_how_much_they_matter() -> None:
    functions = frozenset(map(str, NEEDED + WANTED)) - {Function.GRADEBOOK, Function.COHORTS, Function.ASSIGNMENTS}
    found = requirements(site(functions=functions))
    assert not found.met
    assert found.missing_needed == ("mod_assign_get_assignments", "gradereport_user_get_grade_items")
    assert found.missing_wanted == ("core_cohort_get_cohorts",)


def test_needed_and_wanted_do_not_overlap_and_are_reads() -> None:
    assert not set(NEEDED) & set(WANTED)


def test_describing_a_site_tells_the_client_what_is_offered() -> None:
    class Info:
        def post(self, url: str, form: list[tuple[str, str]], *, function: str) -> RawAnswer:
            answer = {
                "sitename": "x",
                "userid": 2,
                "username": "svc",
                "functions": [{"name": "core_x"}],
                "release": "4.5",
            }
            return RawAnswer(200, "", json.dumps(answer).encode())

    client = Client("moodle.example", "token", transport=Info())
    described = describe(client)
    assert described.url == "https://moodle.example"
    assert client.offered == described.functions == {"core_x"}
