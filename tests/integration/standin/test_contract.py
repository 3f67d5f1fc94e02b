"""Loaded with recorded answers, the stand-in gives the same answers: every recorded call, writes included."""

import pytest

from bridge.demo.recordings import read_recordings, tables_from
from bridge.demo.site import StandIn
from tests.integration.standin.conftest import FIXTURES, shared_recordings
from tests.integration.standin.contract import WRITTEN_AT, departures, in_order

VERSIONS = {"4.5.6": 687, "4.5.6-after": 679}


def _every_departure(recordings):
    site = StandIn(tables_from(recordings), clock=lambda: WRITTEN_AT)
    return [each for recording in in_order(recordings) for each in departures(site, recording)]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_recorded_call_is_answered_as_recorded(version):
    recordings = read_recordings(FIXTURES / f"{version}.jsonl.gz")

    assert len(recordings) == VERSIONS[version]
    assert _every_departure(recordings) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_the_original_recordings_with_their_custom_fields_are_answered_as_well(version):
    folder = shared_recordings(version)
    if folder is None:
        pytest.skip("the original recordings are not here: set ACCEL_SHARED to the folder that holds moodle/")

    assert _every_departure(read_recordings(folder)) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_the_recordings_kept_with_the_tests_hold_no_birth_date(version):
    recordings = read_recordings(FIXTURES / f"{version}.jsonl.gz")

    tables = tables_from(recordings)

    assert tables.profile_fields == {}
    assert all(not user.profile for user in tables.users.values())
    assert "birthdate" not in repr([recording.body for recording in recordings])
