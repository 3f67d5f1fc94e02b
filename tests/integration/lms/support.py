"""A municipality, its Moodle and the store, as tests of the sync need them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bridge.core.audit import Source
from bridge.core.crypto import Vault
from bridge.core.db import Database
from bridge.lms import connection as lms
from bridge.lms.models import MIRRORS, LmsSite, Mirror, RunMode
from bridge.lms.sync import Puller, RunReport
from bridge.people.models import Municipality
from bridge.people.service import NewMunicipality, create_municipality
from bridge.programme.roster import link_people
from lms_sync.client import Client
from lms_sync.records import Kind
from tests.integration.lms_sync.recorded import TOKEN, URL, Params, RecordedSite

KEY = "a key of the tests, long enough for the vault"
CATEGORY = "accel-a26"
SEASON_AT = datetime.fromtimestamp(1_795_476_056, UTC)
"""When the recorded site's reading was done: between its season and its changes."""
LATER = datetime.fromtimestamp(1_795_500_000, UTC)

SEASON_COUNTS = {
    Kind.CATEGORY: 1,
    Kind.COURSE: 4,
    Kind.USER: 84,
    Kind.ENROLMENT: 276,
    Kind.GROUP: 12,
    Kind.GROUPING: 1,
    Kind.GROUP_MEMBER: 60,
    Kind.COHORT: 1,
    Kind.COHORT_MEMBER: 60,
    Kind.ACTIVITY: 10,
    Kind.ASSIGNMENT: 7,
    Kind.SUBMISSION: 273,
    Kind.SCALE: 0,
    Kind.ASSIGNMENT_GRADE: 307,
    Kind.QUIZ: 1,
    Kind.GRADE_ITEM: 16,
    Kind.GRADEBOOK_GRADE: 927,
    Kind.WORKSHOP: 2,
    Kind.WORKSHOP_CRITERION: 4,
    Kind.WORKSHOP_SUBMISSION: 57,
    Kind.WORKSHOP_ASSESSMENT: 285,
    Kind.CRITERION_MARK: 1020,
    Kind.ACTIVITY_COMPLETION: 0,
    Kind.COURSE_COMPLETION: 0,
}
"""Rows of the recorded season; a site's other categories are counted by the test that can see them."""

OUR_OWN = frozenset({"id", "site_id", "presence_at", "first_seen_at", "changed_at"})
"""Columns that are ours: surrogate keys, and when we saw what."""
_SITE = re.compile(r"https?://[^/]+")


class CountedSite(RecordedSite):
    """The recordings, which also answer a probe: all categories, as a site lists them without criteria."""

    def _core_course_get_categories(self, params: Params) -> Any:
        return super()._core_course_get_categories(params) if params.get("criteria") else self.body("categories")


@dataclass
class Clock:
    """A clock that stands until it is told to move."""

    now: datetime = SEASON_AT

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Store:
    """One database with one municipality that is connected to one Moodle."""

    database: Database
    make_client: lms.ClientFactory
    clock: Clock = field(default_factory=Clock)
    vault: Vault = field(default_factory=lambda: Vault([KEY]))
    site_id: int = 0

    @property
    def puller(self) -> Puller:
        return Puller(self.database, self.vault, self.make_client, self.clock, after=(link_people,))

    def connect(self, url: str, token: str, *, category: str = CATEGORY) -> Store:
        """Do what ``accelerator connect`` does."""
        probed = lms.probe(url, token, self.make_client)
        chosen = lms.guess_category(probed.categories, category)
        assert chosen is not None, [row.idnumber for row in probed.categories]
        with self.database.writing() as session:
            asked = NewMunicipality("Кетченеровский район", "Отдел образования", "Europe/Moscow")
            place = create_municipality(session, asked, now=self.clock(), source=Source.SYSTEM)
            site = lms.save_connection(session, place, probed, vault=self.vault, now=self.clock(), source=Source.SYSTEM)
            lms.choose_categories(session, site, [chosen.category_id], now=self.clock(), source=Source.SYSTEM)
            self.site_id = site.id
        return self

    def pull(self, mode: RunMode | None = RunMode.FULL) -> RunReport:
        """Read the site; None: as the clock would."""
        return self.puller.pull(self.site_id, mode=mode)

    def municipality_id(self) -> int:
        with self.database.reading() as session:
            return session.scalars(select(Municipality.id)).one()

    def rows(self, kind: Kind, **wanted: object) -> list[dict[str, Any]]:
        """Rows of a mirrored table with their column names, in the order of their keys."""
        return [row for row in self._rows(MIRRORS[kind]) if all(row[name] == value for name, value in wanted.items())]

    def row(self, kind: Kind, **wanted: object) -> dict[str, Any]:
        (found,) = self.rows(kind, **wanted)
        return found

    def _rows(self, model: type[Mirror]) -> Iterator[dict[str, Any]]:
        table = model.__table__
        keys = [table.c[name] for name in model.key_columns]
        with self.database.reading() as session:
            found = session.execute(select(table).where(table.c.site_id == self.site_id).order_by(*keys)).mappings()
            yield from (dict(row) for row in found.all())

    def key_columns(self) -> Mapping[Kind, tuple[str, ...]]:
        return {kind: model.key_columns for kind, model in MIRRORS.items()}

    def counts(self) -> dict[Kind, int]:
        return {kind: len(self.rows(kind)) for kind in Kind}

    def content(self, kind: Kind) -> list[dict[str, Any]]:
        """What the Moodle said of one kind, without what is ours; addresses without the site's host."""
        return [_content(row) for row in self.rows(kind)]

    def token_at_rest(self) -> str:
        with self.database.reading() as session:
            return session.get_one(LmsSite, self.site_id).token_closed


def _content(row: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: value for name, value in row.items() if name not in OUR_OWN}
    return {name: _SITE.sub("", value) if name == "url" else value for name, value in said.items()}


def recorded_clients(site: RecordedSite) -> lms.ClientFactory:
    """Clients that are answered from recordings."""

    def make(url: str, token: str) -> Client:
        return Client(url, token, transport=site, sleep=lambda _seconds: None)

    return make


def recorded_store(database: Database, site: RecordedSite) -> Store:
    """A store that reads the recordings."""
    return Store(database, recorded_clients(site)).connect(URL, TOKEN)


def served_store(database: Database, url: str, token: str) -> Store:
    """A store that reads a Moodle on a port of this machine."""

    def make(address: str, secret: str) -> Client:
        return Client(address, secret, allow_private=True)

    # By its number: an account with the least rights does not see the idnumbers of categories.
    return Store(database, make).connect(url, token, category="2")


def bytes_of(path: Path) -> bytes:
    """An SQLite database as it lies on the disk, its write-ahead log included."""
    return b"".join(part.read_bytes() for part in sorted(path.parent.glob(f"{path.name}*")))
