"""Sends what is due: claim a few, deliver them outside any transaction, write down what became of each.

Several workers may do this at once: a claim belongs to one. A worker that dies leaves claims behind, which are taken
back after a while: what had not come to its last bytes is sent again without harm, what had is sent once more under the
same Message-ID, and then a person decides (`bridge.messages.outcome`).
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from bridge.core.db import Database, new_uid
from bridge.core.i18n import list_name
from bridge.errors import SettingsError
from bridge.lms.connection import client_of
from bridge.lms.models import LmsSite
from bridge.messages.channels import ClaimLost, MailSession, MoodleSession, Parcel, Session, ShutSession
from bridge.messages.choice import Channel
from bridge.messages.models import Message, MessageAttempt, MessageState
from bridge.messages.outcome import Ended, Failure, FailureKind, Next, next_step
from bridge.messages.post import Post
from bridge.messages.service import reroute, settle, text_of
from bridge.messages.wishes import reach_of
from lms_sync.errors import LmsError

__all__ = ["BATCH", "LEASE", "Office", "Tally", "deliver_due", "take_back"]

log = logging.getLogger(__name__)

BATCH = 20
"""Claimed at once: even at the longest time-outs a batch ends before its lease does."""
LEASE = timedelta(minutes=10)
"""After so long without an end a claim's worker is taken for dead."""
INTERRUPTED = "interrupted"

Tally = Counter[Ended]
"""How the attempts of one run ended."""


class Office(Protocol):
    """What delivering is given."""

    @property
    def database(self) -> Database: ...

    @property
    def clock(self) -> Callable[[], datetime]: ...

    @property
    def post(self) -> Post: ...


def deliver_due(office: Office) -> Tally:
    """Deliver everything that is due now."""
    take_back(office)
    tally: Tally = Counter()
    while (parcels := _claim(office)) is not None:
        for (channel, site_id), group in groupby(sorted(parcels, key=_way), key=_way):
            tally += _deliver(office, channel, site_id, list(group))
    return tally


def _way(parcel: Parcel) -> tuple[Channel, int]:
    return parcel.channel, parcel.site_id if parcel.channel is Channel.MOODLE else 0


# ---------------------------------------------------------------- claim


def _claim(office: Office) -> list[Parcel] | None:
    """Take the next few for this worker; None where nothing is due. Some may need no worker, or have no way left."""
    now = office.clock()
    query = (
        select(Message)
        .where(Message.state == MessageState.WAITING.value, Message.due_at <= now)
        .order_by(Message.due_at, Message.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    with office.database.writing() as session:
        rows = session.scalars(query).all()
        return [parcel for row in rows for parcel in _parcels(session, office.post, row, now)] if rows else None


def _parcels(session: DbSession, post: Post, message: Message, now: datetime) -> Iterator[Parcel]:
    channel = reroute(session, post, message, now=now)
    if channel is None or channel is Channel.COPY:
        return
    message.state, message.claim, message.claimed_at = MessageState.CLAIMED.value, new_uid(), now
    attempt = MessageAttempt(message_id=message.id, sending=message.sending, channel=channel.value, began_at=now)
    session.add(attempt)
    session.flush()  # its id goes into the parcel
    person = message.person
    reach = reach_of(session, person, has_mail_server=post.mail is not None)
    yield Parcel(
        message_id=message.id,
        attempt_id=attempt.id,
        claim=message.claim,
        key=f"{message.uid}.{message.sending}",
        channel=channel,
        name=list_name(person.first_name, person.last_name),
        email=reach.email,
        site_id=reach.site_id,
        moodle_user_id=reach.moodle_user_id,
        subject=message.subject,
        body=text_of(post, message),
        at=message.created_at,
    )


def take_back(office: Office) -> int:
    """Take back what dead workers had claimed. Returns how many."""
    now = office.clock()
    query = select(Message).where(Message.state == MessageState.CLAIMED.value, Message.claimed_at < now - LEASE)
    with office.database.writing() as session:
        rows = session.scalars(query.with_for_update(skip_locked=True)).all()
        for row in rows:
            attempt = row.attempts[-1]
            kind = FailureKind.UNCLEAR if attempt.at_end else FailureKind.RETRY
            _note(attempt, Failure(kind, INTERRUPTED), now)
            _follow(session, office.post, attempt, now)
    if rows:
        log.warning("%d messages of interrupted workers were taken back", len(rows))
    return len(rows)


# ---------------------------------------------------------------- deliver


def _deliver(office: Office, channel: Channel, site_id: int, parcels: Sequence[Parcel]) -> Tally:
    tally: Tally = Counter()
    down: Failure | None = None
    with _open(office, channel, site_id) as session:
        for parcel in parcels:
            failure = down or _send(office, session, parcel)
            if failure is not None and failure.whole_channel:
                # The others have not been tried: whatever came of this one, they are safe to try later.
                down = replace(failure, kind=FailureKind.RETRY)
            if _write_down(office, parcel, failure):
                tally[_ended(failure)] += 1
    return tally


def _open(office: Office, channel: Channel, site_id: int) -> Session:
    post = office.post
    if channel is Channel.SMTP and post.mail is not None:
        return MailSession(post.mail)
    try:
        with office.database.reading() as session:
            return MoodleSession(client_of(session.get_one(LmsSite, site_id), post.vault, post.make_client))
    except LmsError as err:
        return ShutSession(Failure(FailureKind.RETRY, err.code.value, whole_channel=True))
    except SettingsError:
        return ShutSession(Failure(FailureKind.RETRY, "token_lost", whole_channel=True))


def _send(office: Office, session: Session, parcel: Parcel) -> Failure | None:
    try:
        return session.send(parcel, lambda: _at_end(office, parcel))
    except ClaimLost:
        log.warning("message %s was taken over by another worker", parcel.key)
        return Failure(FailureKind.RETRY, INTERRUPTED)


def _at_end(office: Office, parcel: Parcel) -> None:
    """Commit that the last bytes are about to go out.

    Raises
    ------
    ClaimLost
        Where the message is not this worker's any more.
    """
    with office.database.writing() as session:
        message = session.get(Message, parcel.message_id, with_for_update=True)
        if message is None or message.claim != parcel.claim:
            raise ClaimLost
        session.get_one(MessageAttempt, parcel.attempt_id).at_end = True


def _write_down(office: Office, parcel: Parcel, failure: Failure | None) -> bool:
    """Commit how an attempt ended; False where the message is no longer this worker's."""
    now = office.clock()
    with office.database.writing() as session:
        message = session.get(Message, parcel.message_id, with_for_update=True)
        if message is None or message.claim != parcel.claim:
            return False
        attempt = session.get_one(MessageAttempt, parcel.attempt_id)
        _note(attempt, failure, now)
        _follow(session, office.post, attempt, now)
        return True


# ---------------------------------------------------------------- what follows


def _ended(failure: Failure | None) -> Ended:
    return Ended.SENT if failure is None else Ended(failure.kind.value)


def _note(attempt: MessageAttempt, failure: Failure | None, now: datetime) -> None:
    attempt.ended_at, attempt.ended = now, _ended(failure).value
    if failure is not None:
        attempt.code, attempt.facts = failure.code, dict(failure.facts)


def _follow(session: DbSession, post: Post, attempt: MessageAttempt, now: datetime) -> None:
    """Put the message into the state that follows from an ended attempt."""
    message, before = attempt.message, _before(session, attempt)
    failed = sum(1 for channel, how in before if channel == attempt.channel and how == Ended.RETRY)
    unclear = sum(1 for _, how in before if how == Ended.UNCLEAR)
    step = next_step(Ended(attempt.ended), failed_before=failed, unclear_before=unclear, now=now)
    if step.step is Next.DONE:
        settle(message, MessageState.SENT, now=now)
    elif step.step is Next.ASK:
        settle(message, MessageState.UNCLEAR, now=now)
    elif step.due_at is not None:
        settle(message, MessageState.WAITING, now=now)
        message.due_at = step.due_at
    else:
        message.tried, message.due_at = [*message.tried, attempt.channel], now
        reroute(session, post, message, now=now)


def _before(session: DbSession, attempt: MessageAttempt) -> Sequence[tuple[str, str]]:
    """Channel and end of the earlier attempts of this sending."""
    query = select(MessageAttempt.channel, MessageAttempt.ended).where(
        MessageAttempt.message_id == attempt.message_id,
        MessageAttempt.sending == attempt.sending,
        MessageAttempt.id < attempt.id,
    )
    return [(row.channel, row.ended) for row in session.execute(query)]
