"""Use cases of messages: queue one with the change that causes it, hand one over, cancel, send again, forget.

Nothing is sent here. A queued message commits or rolls back with its cause; `bridge.messages.delivery` sends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, joinedload

from bridge.core import audit
from bridge.core.audit import Source
from bridge.core.db import UtcDateTime
from bridge.core.i18n import DEFAULT_LANGUAGE, Language
from bridge.errors import Refused
from bridge.messages.catalogue import Template, Text
from bridge.messages.channels.moodle import moodle_text
from bridge.messages.choice import Channel, Choice, choose
from bridge.messages.kinds import ACCOUNT_INVITED, TEST
from bridge.messages.models import Message, MessageState
from bridge.messages.post import Post
from bridge.messages.texts import current_text, filled
from bridge.messages.wishes import habits_of, reach_of, wish_of
from bridge.people.models import Municipality, Person

__all__ = [
    "cancel",
    "choice_for",
    "erase_old",
    "find_message",
    "greeting_name",
    "hand_over",
    "invite",
    "language_of",
    "queue",
    "send_again",
    "send_all_again",
    "send_test",
    "settle",
    "text_of",
]

TEXT_KEPT = timedelta(days=30)
"""After a message has ended, for whoever asks what was written."""
LOG_KEPT = timedelta(days=400)
"""A year and a month: last year's round of letters can be looked up while this year's goes out."""

ENDED = frozenset({MessageState.SENT, MessageState.HANDED, MessageState.FAILED, MessageState.CANCELLED})
MAY_CANCEL = frozenset({MessageState.WAITING, MessageState.TO_COPY, MessageState.UNCLEAR})
MAY_HAND_OVER = frozenset({MessageState.TO_COPY, MessageState.UNCLEAR, MessageState.FAILED})

PROGRAMME = {Language.RU: "Акселератор проектов", Language.EN: "Project accelerator"}


def queue(
    session: Session,
    post: Post,
    person: Person,
    template: Template,
    values: Mapping[str, str],
    *,
    now: datetime,
    dedupe_key: str = "",
) -> Message | None:
    """Put a message into the queue, in the caller's transaction.

    Parameters
    ----------
    values
        By the placeholders' keys, in the person's language (`language_of`). ``name`` and ``department`` are filled in
        where the template offers them and the caller does not.
    dedupe_key
        What the message is about; the same key is queued once, also by two processes at the same moment.

    Returns
    -------
    Message or None
        None where it was queued before, or where there is no way to send what nobody would copy.
    """
    language = language_of(person)
    text = current_text(session, person.municipality_id, template, language).text
    done = filled(template, text, {**_known_values(session, person), **values})
    choice = choice_for(session, post, person, template, done)
    if choice.channel is None:
        return None
    row = _new_row(person, template, choice, now)
    row |= {"subject": done.subject, "body": post.vault.encrypt(done.body) if template.is_secret else done.body}
    return _insert(session, {**row, "dedupe_key": dedupe_key or None})


def language_of(person: Person) -> Language:
    """The language a person is written to in: their own choice, else Russian."""
    return Language(person.locale) if person.locale in set(Language) else DEFAULT_LANGUAGE


def greeting_name(person: Person) -> str:
    """First name and patronymic: how one is addressed in a letter."""
    return f"{person.first_name} {person.middle_name}".strip()


def _known_values(session: Session, person: Person) -> dict[str, str]:
    municipality = session.get_one(Municipality, person.municipality_id)
    return {"name": greeting_name(person), "department": municipality.department}


def choice_for(
    session: Session, post: Post, person: Person, template: Template, text: Text, *, tried: tuple[Channel, ...] = ()
) -> Choice:
    """The way that a message would go now."""
    wish = wish_of(session, person.id)
    return choose(
        reach_of(session, person, has_mail_server=post.mail is not None, wish=wish),
        order=habits_of(session, person.municipality_id).order,
        wish=wish.channel,
        tried=tried,
        text_bytes=len(moodle_text(text.subject, text.body).encode()),
        by_hand=template.by_hand,
    )


def _new_row(person: Person, template: Template, choice: Choice, now: datetime) -> dict[str, object]:
    is_by_hand = choice.channel is Channel.COPY
    return {
        "municipality_id": person.municipality_id,
        "person_id": person.id,
        "template": template.key,
        "language": language_of(person).value,
        "is_secret": template.is_secret,
        "state": (MessageState.TO_COPY if is_by_hand else MessageState.WAITING).value,
        "channel": choice.channel.value if choice.channel is not None else "",
        "passed_over": as_pairs(choice),
        "tried": [],
        "created_at": now,
        "due_at": now,
    }


def _insert(session: Session, row: Mapping[str, object]) -> Message | None:
    """Add the row unless its dedupe key is there: the database decides between two at the same moment."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    new = insert(Message).values(**row).on_conflict_do_nothing(index_elements=["dedupe_key"])
    found = session.execute(new.returning(Message.id)).scalar()
    return session.get(Message, found) if found is not None else None


def as_pairs(choice: Choice) -> list[list[str]]:
    """The channels passed over, as a row keeps them."""
    return [[reason.channel.value, reason.why.value] for reason in choice.passed_over]


def find_message(session: Session, uid: str) -> Message | None:
    return session.scalar(select(Message).where(Message.uid == uid).options(joinedload(Message.person)))


def text_of(post: Post, message: Message) -> str:
    """A message's text, opened where it is closed; empty once it was erased."""
    if message.erased_at is not None:
        return ""
    return post.vault.decrypt(message.body) if message.is_secret else message.body


def settle(message: Message, state: MessageState, *, now: datetime) -> None:
    """Put a message into a state; one that has ended keeps no password."""
    message.state, message.claim, message.claimed_at = state.value, "", None
    message.ended_at = now if state in ENDED else None
    if message.is_secret and state in {MessageState.SENT, MessageState.HANDED, MessageState.CANCELLED}:
        _erase(message, now)


def _erase(message: Message, now: datetime) -> None:
    message.body, message.erased_at = "", now


def hand_over(session: Session, message: Message, *, now: datetime, actor: str) -> None:
    """Note that a person has handed a text over.

    Raises
    ------
    Refused
        Where it does not wait for that.
    """
    _must_be(session, message, MAY_HAND_OVER)
    settle(message, MessageState.HANDED, now=now)
    message.channel = Channel.COPY.value
    _record(session, "message.handed_over", message, now=now, actor=actor)


def cancel(session: Session, message: Message, *, now: datetime, actor: str) -> None:
    """Take a message out of the queue.

    Raises
    ------
    Refused
        Where it is being sent at this moment, or has ended.
    """
    _must_be(session, message, MAY_CANCEL)
    settle(message, MessageState.CANCELLED, now=now)
    _record(session, "message.cancelled", message, now=now, actor=actor)


def send_again(session: Session, post: Post, message: Message, *, now: datetime, actor: str) -> None:
    """Send a message by whatever way is open now: one that waits at once, any other anew.

    Of one that has arrived a second one arrives.

    Raises
    ------
    Refused
        Where it is being sent at this moment, or its text was erased.
    """
    _must_be(session, message, frozenset(MessageState) - {MessageState.CLAIMED})
    if message.erased_at is not None:
        raise Refused("The text of this message was erased. Cause a new one instead.", code="message_erased")
    if message.state != MessageState.WAITING.value:
        message.sending += 1
        message.tried = []
    message.due_at = now
    reroute(session, post, message, now=now)
    _record(session, "message.sent_again", message, now=now, actor=actor)


def reroute(session: Session, post: Post, message: Message, *, now: datetime) -> Channel | None:
    """Choose the way of a queued message anew, and put it into the state that goes with it."""
    template = post.catalogue[message.template]
    text = Text(message.subject, text_of(post, message))
    tried = tuple(Channel(word) for word in message.tried)
    choice = choice_for(session, post, message.person, template, text, tried=tried)
    message.passed_over = as_pairs(choice)
    message.channel = choice.channel.value if choice.channel is not None else ""
    states = {None: MessageState.FAILED, Channel.COPY: MessageState.TO_COPY}
    settle(message, states.get(choice.channel, MessageState.WAITING), now=now)
    return choice.channel


def send_all_again(session: Session, post: Post, messages: Iterable[Message], *, now: datetime, actor: str) -> int:
    """Send anew what waits to be handed over, where a way has opened meanwhile. Returns how many are on their way."""
    opened = 0
    for message in messages:
        text = Text(message.subject, text_of(post, message))
        way = choice_for(session, post, message.person, post.catalogue[message.template], text).channel
        if way is not Channel.COPY:
            send_again(session, post, message, now=now, actor=actor)
            opened += 1
    return opened


def _must_be(session: Session, message: Message, allowed: frozenset[MessageState]) -> None:
    session.flush()  # what this transaction has done to it already must not be read over
    # A worker may have claimed it since it was read; until this transaction ends none can.
    session.refresh(message, with_for_update={"of": Message})
    if message.state not in allowed:
        raise Refused(
            "The message is no longer in the state that the page showed. Look at it again.", code="message_state"
        )


def _record(session: Session, act: str, message: Message, *, now: datetime, actor: str) -> None:
    facts = {"template": message.template}
    subject = f"message:{message.uid}"
    audit.record(session, act, now=now, source=Source.WEB, actor=actor, subject=subject, facts=facts)


def erase_old(session: Session, *, now: datetime) -> tuple[int, int]:
    """Erase texts that were kept long enough, and forget messages of more than a year ago.

    Returns
    -------
    tuple of int
        How many texts, how many messages.
    """
    ended = [state.value for state in ENDED]
    # A password went with its sending; the subject above it goes now.
    old = Message.state.in_(ended) & (Message.ended_at < now - TEXT_KEPT) & (Message.subject != "")
    at = func.coalesce(Message.erased_at, literal(now, UtcDateTime()))
    erased = session.execute(update(Message).where(old).values(body="", subject="", erased_at=at))
    gone = session.execute(delete(Message).where(Message.state.in_(ended), Message.ended_at < now - LOG_KEPT))
    return erased.rowcount, gone.rowcount  # type: ignore[attr-defined]  # a DML result has it


# ---------------------------------------------------------------- messages of this slice


def invite(session: Session, post: Post, person: Person, password: str, *, now: datetime) -> Message | None:
    """Tell somebody the login and the first password that were made for them."""
    if person.account is None:
        raise Refused("This person has no login of their own.", code="no_account")
    values = {
        "programme": PROGRAMME[language_of(person)],
        "address": post.page("/sign-in"),
        "login": person.account.login,
        "password": password,
    }
    return queue(session, post, person, ACCOUNT_INVITED, values, now=now)


def send_test(session: Session, post: Post, person: Person, *, now: datetime) -> Message | None:
    """Queue a test to oneself."""
    return queue(session, post, person, TEST, {}, now=now)
