from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bridge.core.db import Database
from bridge.lms.models import LmsSite
from bridge.people.models import Municipality

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def site_id(database: Database) -> int:
    """A connection to a Moodle that nobody asks."""
    with database.writing() as session:
        place = Municipality(name="Кетченеровский район", department="Отдел", zone="Europe/Moscow", created_at=NOW)
        session.add(place)
        session.flush()  # the site needs its id
        site = LmsSite(
            municipality_id=place.id,
            url="https://moodle.example",
            name="Moodle",
            release="4.5.6",
            token_closed="closed",
            username="companion",
            functions=[],
            moodle_category_ids=[2],
            connected_at=NOW,
        )
        session.add(site)
        session.flush()  # its id is the fixture's value
        return site.id
