import os
from pathlib import Path

import pytest

from bridge.demo.recordings import read_recordings, tables_from
from bridge.demo.server import serve_in_thread
from bridge.demo.site import StandIn

FIXTURES = Path(__file__).parents[2] / "fixtures" / "moodle"


def shared_recordings(version):
    """Return the folder of original recordings, None where this checkout has none beside it."""
    root = Path(os.environ.get("ACCEL_SHARED") or Path(__file__).parents[4] / "shared")
    folder = root / "moodle" / version
    return folder if folder.is_dir() else None


@pytest.fixture(scope="session")
def recordings():
    return read_recordings(FIXTURES / "4.5.6.jsonl.gz")


@pytest.fixture
def tables(recordings):
    return tables_from(recordings)


@pytest.fixture
def site(tables):
    return StandIn(tables)


@pytest.fixture
def served(site):
    with serve_in_thread(site) as running:
        yield running
