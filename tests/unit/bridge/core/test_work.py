from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from bridge.core import work
from bridge.core.db import Database

NOW = datetime(2028, 2, 16, 11, 5, tzinfo=UTC)


@dataclass
class FullJobs:
    """Jobs of which more have ended than are forgotten at once."""

    left: list[int] = field(default_factory=lambda: [1000, 1000, 248])
    asked: set[datetime] = field(default_factory=set)

    def forget_ended(self, *, before: datetime) -> int:
        self.asked.add(before)
        return self.left.pop(0) if self.left else 0


@dataclass
class House:
    jobs: FullJobs
    database: Database

    def clock(self) -> datetime:
        return NOW


def test_every_old_job_is_forgotten_however_many_there_are(database: Database) -> None:
    house = House(FullJobs(), database)
    work.tidy(house)
    assert house.jobs.left == []
    assert house.jobs.asked == {NOW - work.REMEMBERED}
