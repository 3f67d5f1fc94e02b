"""What the first page tells the organisers, as a source of the digest."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from bridge.home.todo import season_items
from bridge.messages.digest import DigestSource
from bridge.people.models import Person
from bridge.people.service import organisers_of
from bridge.programme import service as programme
from bridge.web.viewmodels import TodoItem

__all__ = ["DIGEST_SOURCES"]


class _Organisers:
    """For each organiser what waits in the seasons that go on; practice waits for nobody."""

    def audience(self, session: Session, municipality_id: int) -> Collection[int]:
        return [person.id for person in organisers_of(session, municipality_id)]

    def items(self, session: Session, person: Person, now: datetime) -> Iterable[TodoItem]:
        for season in programme.seasons_of(session, person.municipality_id):
            if season.closed_at is None and not season.is_practice:
                yield from season_items(session, season, now=now)


DIGEST_SOURCES: tuple[DigestSource, ...] = (_Organisers(),)
"""Every slice that knows what waits for somebody; a new one is added here."""
