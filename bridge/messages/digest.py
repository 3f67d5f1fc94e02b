"""The digest: what waits for each person, at most once a day, at the municipality's hour, and only if something waits.

What waits is known to the slices above: each gives a source, the app hands them over. They speak as the pages do, so
that the digest is composed inside the pages' app, in the person's language and the municipality's zone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from urllib.parse import urljoin

from sqlalchemy import select
from sqlalchemy.orm import Session

from bridge.core.clock import local
from bridge.messages.delivery import Office
from bridge.messages.kinds import DIGEST
from bridge.messages.models import DigestDay, Rhythm
from bridge.messages.service import language_of, queue
from bridge.messages.wishes import Habits, habits_of, wish_of
from bridge.people.models import Municipality, Person
from bridge.web.viewmodels import TodoItem

__all__ = ["DigestDesk", "DigestSource", "Speaking", "compose_list", "is_due", "write_digests"]

WINDOW_H = 4
"""A worker that was down at the hour writes up to so many hours later; after that the day has gone."""
MONDAY = 0

Speaking = Callable[[str, str], AbstractContextManager[None]]
"""Opens a place where pages' words and addresses work, for a language and a zone."""


class DigestSource(Protocol):
    """A slice that knows what waits for whom."""

    def audience(self, session: Session, municipality_id: int) -> Collection[int]:
        """Ids of the people for whom something may wait."""

    def items(self, session: Session, person: Person, now: datetime) -> Iterable[TodoItem]:
        """What waits for one of them."""


def is_due(habits: Habits, here: datetime) -> bool:
    """Whether digests are to be written at a moment of the municipality's clock."""
    if habits.digest is Rhythm.NEVER or (habits.digest is Rhythm.WEEKLY and here.weekday() != MONDAY):
        return False
    return habits.digest_hour <= here.hour < habits.digest_hour + WINDOW_H


def compose_list(items: Sequence[TodoItem], base_url: str) -> str:
    """What waits, for a plain text: the sentence, what follows from it, where to go."""
    return "\n\n".join("\n".join(filter(None, _lines(item, base_url))) for item in items)


def _lines(item: TodoItem, base_url: str) -> tuple[str, str, str]:
    return f"— {item.sentence}", f"  {item.consequence}" if item.consequence else "", f"  {_full(item, base_url)}"


def _full(item: TodoItem, base_url: str) -> str:
    return urljoin(f"{base_url}/", item.action.url)


@dataclass(frozen=True, slots=True)
class _Round:
    """One municipality whose digests are due today."""

    municipality_id: int
    zone: str
    day: date


@dataclass(frozen=True, slots=True)
class DigestDesk:
    """Who knows what waits, and how it is said."""

    sources: Sequence[DigestSource]
    speaking: Speaking

    def people(self, session: Session, municipality_id: int) -> list[int]:
        """Everybody for whom something may wait, by id."""
        return sorted({one for source in self.sources for one in source.audience(session, municipality_id)})

    def items(self, session: Session, person: Person, zone: str, now: datetime) -> list[TodoItem]:
        """What waits for one person, in their words."""
        with self.speaking(language_of(person), zone):
            return [item for source in self.sources for item in source.items(session, person, now)]


def write_digests(office: Office, desk: DigestDesk) -> int:
    """Queue the digests that are due now. Returns how many were queued.

    A killed run begins again: who has got theirs is known by the message's key, the day is closed at the end.
    """
    now = office.clock()
    with office.database.reading() as session:
        rounds = [found for row in session.scalars(select(Municipality)) if (found := _round(session, row, now))]
    return sum(_write_round(office, desk, found, now) for found in rounds)


def _round(session: Session, municipality: Municipality, now: datetime) -> _Round | None:
    here = local(now, municipality.zone)
    done = session.get(DigestDay, municipality.id)
    if not is_due(habits_of(session, municipality.id), here) or (done is not None and done.day == here.date()):
        return None
    return _Round(municipality.id, municipality.zone, here.date())


def _write_round(office: Office, desk: DigestDesk, found: _Round, now: datetime) -> int:
    with office.database.reading() as session:
        people = desk.people(session, found.municipality_id)
    written = sum(_write_one(office, desk, found, person_id, now) for person_id in people)
    with office.database.writing() as session:
        row = session.get(DigestDay, found.municipality_id) or DigestDay(municipality_id=found.municipality_id)
        row.day = found.day
        session.add(row)
    return written


def _write_one(office: Office, desk: DigestDesk, found: _Round, person_id: int, now: datetime) -> bool:
    """A transaction for each person: nobody's digest waits for, or is lost with, another's."""
    post = office.post
    with office.database.writing() as session:
        person = session.get(Person, person_id)
        if person is None or wish_of(session, person_id).digest_off:
            return False
        items = desk.items(session, person, found.zone, now)
        if not items:
            return False
        values = {
            "count": str(len(items)),
            "list": compose_list(items, post.base_url),
            "address": post.page("/home"),
            "settings": post.page("/messages/mine"),
        }
        key = f"digest:{person.uid}:{found.day.isoformat()}"
        return queue(session, post, person, DIGEST, values, now=now, dedupe_key=key) is not None
