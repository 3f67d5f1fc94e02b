"""A season with two courses on a connected site, in both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bridge.core.audit import Source
from bridge.core.db import Database
from bridge.lms.models import LmsCourse, LmsSite
from bridge.people.models import Municipality
from bridge.people.service import NewMunicipality, create_municipality
from bridge.programme.models import Season
from bridge.programme.service import SeasonMap, SeasonPlan, create_season, set_map
from tests.support import rows

NOW = datetime(2028, 2, 16, 11, 5, tzinfo=UTC)


@dataclass
class Place:
    """An open session, and what is in it."""

    session: Session
    municipality: Municipality
    site: LmsSite
    season: Season

    def seasons(self) -> list[Season]:
        return list(self.session.scalars(select(Season).order_by(Season.id)))


@pytest.fixture
def place(database: Database) -> Iterator[Place]:
    with database.writing() as session:
        new = NewMunicipality("Кетченеровский район", "Отдел образования", "Europe/Moscow")
        municipality = create_municipality(session, new, now=NOW, source=Source.SYSTEM)
        site = rows.add_site(session, municipality)
        for number, name in ((11, "entry"), (12, "group")):
            rows.add(session, site, LmsCourse, moodle_course_id=number, short_name=name, idnumber=f"accel-{name}")
        plan = SeasonPlan("2026–2028", date(2026, 9, 1), date(2028, 6, 30))
        season = create_season(session, municipality, plan, site=site, now=NOW, source=Source.SYSTEM)
        set_map(session, season, SeasonMap(courses={11: 1, 12: 2}))
        yield Place(session, municipality, site, season)
