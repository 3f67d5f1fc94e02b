"""What the pages and the command line read: the log, what is to hand over, how the channels do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from bridge.core.i18n import list_name
from bridge.messages.choice import Channel
from bridge.messages.models import Message, MessageAttempt, MessageState
from bridge.messages.outcome import Ended
from bridge.people.models import Person

__all__ = ["ChannelHealth", "LogFilter", "LogPage", "count_to_copy", "health_of", "log_page", "name_of", "to_copy"]

PAGE = 50


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What to show of the log; empty words mean everything.

    Attributes
    ----------
    name
        Part of a person's name, in any case; ё and е are one letter.
    before
        Uid of a message: only older ones.
    """

    name: str = ""
    template: str = ""
    channel: str = ""
    state: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class LogPage:
    """Messages, the newest first; ``next_uid`` is where the next page begins, empty at the end."""

    messages: tuple[Message, ...]
    next_uid: str = ""


def log_page(session: Session, municipality_id: int, wanted: LogFilter, *, size: int = PAGE) -> LogPage:
    """One page of a municipality's log."""
    query = (
        select(Message)
        .where(Message.municipality_id == municipality_id, *_narrowed(session, municipality_id, wanted))
        .options(joinedload(Message.person), selectinload(Message.attempts))
        .order_by(Message.id.desc())
        .limit(size + 1)
    )
    found = session.scalars(query).all()
    return LogPage(tuple(found[:size]), found[size - 1].uid if len(found) > size else "")


def _narrowed(session: Session, municipality_id: int, wanted: LogFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.template:
        yield Message.template == wanted.template
    if wanted.channel:
        yield Message.channel == wanted.channel
    if wanted.state:
        yield Message.state == wanted.state
    if wanted.name.strip():
        yield Message.person_id.in_(_named(session, municipality_id, wanted.name))
    if wanted.before:
        key = select(Message.id).where(Message.uid == wanted.before, Message.municipality_id == municipality_id)
        yield Message.id < key.scalar_subquery()


def _named(session: Session, municipality_id: int, name: str) -> list[int]:
    """Ids of the people of that name. Compared here: SQLite's LIKE knows no case but that of Latin letters."""
    people = session.execute(
        select(Person.id, Person.last_name, Person.first_name, Person.middle_name).where(
            Person.municipality_id == municipality_id
        )
    )
    wanted = _folded(name)
    return [row.id for row in people if wanted in _folded(f"{row.last_name} {row.first_name} {row.middle_name}")]


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("ё", "е").split())


def to_copy(session: Session, municipality_id: int, *, size: int = PAGE) -> Sequence[Message]:
    """What waits for a person's hands, the oldest first."""
    query = select(Message).where(_waits_for_hands(municipality_id)).options(joinedload(Message.person))
    return session.scalars(query.order_by(Message.id).limit(size)).all()


def count_to_copy(session: Session, municipality_id: int) -> int:
    return session.scalar(select(func.count(Message.id)).where(_waits_for_hands(municipality_id))) or 0


def _waits_for_hands(municipality_id: int) -> ColumnElement[bool]:
    return (Message.municipality_id == municipality_id) & (Message.state == MessageState.TO_COPY.value)


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """How a channel did lately: when it last delivered, and its last fault where that is more recent."""

    delivered_at: datetime | None = None
    failed_at: datetime | None = None
    code: str = ""
    facts: dict[str, object] | None = None


def health_of(session: Session, municipality_id: int, channel: Channel) -> ChannelHealth:
    latest = _latest(session, municipality_id, channel, sent=True)
    fault = _latest(session, municipality_id, channel, sent=False)
    delivered_at = latest.ended_at if latest is not None else None
    if fault is None or fault.ended_at is None or (delivered_at is not None and delivered_at >= fault.ended_at):
        return ChannelHealth(delivered_at)
    return ChannelHealth(delivered_at, fault.ended_at, fault.code, fault.facts)


def _latest(session: Session, municipality_id: int, channel: Channel, *, sent: bool) -> MessageAttempt | None:
    ended = MessageAttempt.ended == Ended.SENT.value if sent else MessageAttempt.ended.not_in(("", Ended.SENT.value))
    query = (
        select(MessageAttempt)
        .join(Message)
        .where(Message.municipality_id == municipality_id, MessageAttempt.channel == channel.value, ended)
        .order_by(MessageAttempt.id.desc())
        .limit(1)
    )
    return session.scalar(query)


def name_of(person: Person) -> str:
    """As lists write it."""
    return list_name(person.last_name, person.first_name)
