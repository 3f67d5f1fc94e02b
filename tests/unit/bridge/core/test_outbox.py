from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bridge.core.audit import AuditEntry, Source
from bridge.core.db import Database
from bridge.core.outbox import OutboxEvent, emit
from bridge.people.models import Municipality
from bridge.people.service import NewMunicipality, create_municipality

NOW = datetime(2028, 2, 16, 11, 5, tzinfo=UTC)
TABLES = (Municipality, AuditEntry, OutboxEvent)


def counts(database: Database) -> list[int]:
    with database.reading() as session:
        return [len(session.scalars(select(table)).all()) for table in TABLES]


def found(database: Database, *, fails: bool) -> None:
    with database.writing() as session:
        create_municipality(session, NewMunicipality("Район", "Отдел", "Europe/Moscow"), now=NOW, source=Source.WEB)
        session.flush()
        if fails:
            raise ZeroDivisionError


def test_a_change_commits_with_its_audit_entry_and_its_event(database: Database) -> None:
    found(database, fails=False)
    assert counts(database) == [1, 1, 1]
    with database.reading() as session:
        event = session.scalars(select(OutboxEvent)).one()
        municipality = session.scalars(select(Municipality)).one()
    assert (event.type, event.subject, event.occurred_at) == (
        "municipality.created",
        f"municipality:{municipality.uid}",
        NOW,
    )


def test_a_change_that_rolls_back_tells_nobody(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        found(database, fails=True)
    assert counts(database) == [0, 0, 0]


def test_events_keep_their_order_and_have_ids_of_their_own(database: Database) -> None:
    with database.writing() as session:
        for number in range(3):
            emit(session, "season.changed", subject="season:x", now=NOW, payload={"number": number})
    with database.reading() as session:
        events = session.scalars(select(OutboxEvent).order_by(OutboxEvent.id)).all()
    assert [event.payload["number"] for event in events] == [0, 1, 2]
    assert len({event.uid for event in events}) == 3
