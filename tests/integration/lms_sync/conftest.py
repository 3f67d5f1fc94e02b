from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from lms_sync.client import Client, Format
from lms_sync.plan import Part
from lms_sync.reader import CourseRead, Problem, Reader, Reading, Scope
from lms_sync.records import Kind, Record
from lms_sync.site import describe
from tests.integration.lms_sync.recorded import TOKEN, URL, RecordedSite


@dataclass
class Read:
    """What a reading gave, sorted."""

    site: RecordedSite
    calls: int
    parts: list[Part] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    courses: list[CourseRead] = field(default_factory=list)
    steps: list[tuple[int, int, str]] = field(default_factory=list)

    def take(self, told: Reading) -> None:
        match told:
            case Part():
                self.parts.append(told)
            case Problem():
                self.problems.append(told)
            case CourseRead():
                self.courses.append(told)

    def records(self, kind: Kind) -> dict[tuple[int, ...], Record]:
        return {record.key: record for part in self.parts if part.kind is kind for record in part.records}


WHOLE = Scope(category_ids=(2,))
QUICK = Scope(category_ids=(2,), criterion_marks=False)
"""Without the 255 calls for marks per criterion."""


def read_all(site: RecordedSite, scope: Scope | None = None, answer_format: Format = Format.JSON) -> Read:
    client = Client(URL, TOKEN, transport=site, sleep=lambda _seconds: None, answer_format=answer_format)
    steps: list[tuple[int, int, str]] = []
    reader = Reader(
        client,
        describe(client),
        scope or QUICK,
        progress=lambda done, total, label: steps.append((done, total, label)),
    )
    read = Read(site, 0, steps=steps)
    for one in reader.read():
        read.take(one)
    read.calls = reader.calls
    return read


@pytest.fixture
def site() -> RecordedSite:
    return RecordedSite()


@pytest.fixture(scope="session")
def season() -> Read:
    return read_all(RecordedSite(), WHOLE)


@pytest.fixture(scope="session")
def after() -> Read:
    return read_all(RecordedSite("season_after.json.gz"), WHOLE)


@pytest.fixture
def read() -> Callable[..., Read]:
    return read_all
