"""What the first page tells the organisers, as a source of the digest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from bridge.home.todo import about_messages, season_items
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
        yield from about_messages(session, person.municipality_id)
        seasons = [
            season
            for season in programme.seasons_of(session, person.municipality_id)
            if season.closed_at is None and not season.is_practice
        ]
        yield from _of_seasons({season.name: list(season_items(session, season, now=now)) for season in seasons})


def _of_seasons(waiting: Mapping[str, Sequence[TodoItem]]) -> Iterable[TodoItem]:
    """What waits in each season under its name; what they share (their Moodle) once and without one."""
    counts = Counter(item for items in waiting.values() for item in items)
    yield from (item for item, count in counts.items() if count > 1 or len(waiting) == 1)
    if len(waiting) > 1:
        for name, items in waiting.items():
            yield from (replace(item, sentence=f"{name}: {item.sentence}") for item in items if counts[item] == 1)


DIGEST_SOURCES: tuple[DigestSource, ...] = (_Organisers(),)
"""Every slice that knows what waits for somebody; a new one is added here."""
