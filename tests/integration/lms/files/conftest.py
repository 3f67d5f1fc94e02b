"""A municipality without a connection, and files to bring to it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bridge.core.audit import AuditEntry, Source
from bridge.core.db import Database
from bridge.lms.files import service
from bridge.lms.files.preview import Preview
from bridge.lms.files.service import Imported
from bridge.lms.files.staged import Staged
from bridge.lms.models import MIRRORS, LmsSite, SyncRun
from bridge.people.models import Municipality
from bridge.people.service import NewMunicipality, create_municipality
from bridge.programme.roster import link_people
from lms_sync.plan import Presence
from lms_sync.records import Kind
from tests.support.backups import FILES

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@dataclass
class Desk:
    """Where files are brought: one municipality of one database."""

    database: Database
    now: datetime = NOW

    def __post_init__(self) -> None:
        with self.database.writing() as session:
            asked = NewMunicipality("Кетченеровский район", "Отдел образования", "Europe/Moscow")
            create_municipality(session, asked, now=self.now, source=Source.SYSTEM)

    def place(self, session: Session) -> Municipality:
        return session.scalars(select(Municipality)).one()

    def read(self, name: str, course: str = "") -> Staged:
        with (FILES / name).open("rb") as file:
            return service.read_upload(file, filename=name, course_name=course)

    def read_bytes(self, data: bytes, course: str = "", filename: str = "f.csv") -> Staged:
        return service.read_upload(io.BytesIO(data), filename=filename, course_name=course)

    def preview(self, staged: Staged) -> Preview:
        with self.database.reading() as session:
            return service.preview_of(session, self.place(session).id, staged)

    def bring(self, staged: Staged, *, seen: str = "") -> Imported:
        self.now += timedelta(minutes=1)
        with self.database.writing() as session:
            place = self.place(session)
            return service.import_file(
                session, place, staged, after=(link_people,), now=self.now, source=Source.WEB, actor="abc", seen=seen
            )

    def bring_season(self) -> None:
        for course_id in (2, 3, 4, 5):
            self.bring(self.read(f"course-{course_id}.mbz"))

    def site(self) -> LmsSite:
        with self.database.reading() as session:
            return session.scalars(select(LmsSite)).one()

    def rows(self, kind: Kind, *, present: bool = True) -> list[dict[str, object]]:
        model = MIRRORS[kind]
        with self.database.reading() as session:
            table = model.__table__
            found = session.execute(select(table).order_by(*(table.c[name] for name in model.key_columns))).mappings()
            return [dict(row) for row in found if not present or row["presence"] == Presence.PRESENT.value]

    def runs(self) -> list[SyncRun]:
        with self.database.reading() as session:
            return list(session.scalars(select(SyncRun).order_by(SyncRun.id)))

    def acts(self) -> list[str]:
        with self.database.reading() as session:
            return [entry.act for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)
