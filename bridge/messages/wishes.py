"""What a municipality and a person have chosen about messages, and by which ways a person can be reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bridge.core import audit
from bridge.core.audit import Source
from bridge.core.i18n import N_
from bridge.errors import InvalidInput
from bridge.lms.models import LmsIdentity, LmsSite, LmsUser
from bridge.messages.choice import DEFAULT_ORDER, Channel, Reach
from bridge.messages.mail_address import usable_address
from bridge.messages.models import MessageSettings, MessageWish, Rhythm
from bridge.people.models import Municipality, Person
from lms_sync.client import Function
from lms_sync.plan import Presence

__all__ = ["Habits", "Wish", "habits_of", "reach_of", "save_habits", "save_wish", "wish_of"]


@dataclass(frozen=True, slots=True)
class Habits:
    """How a municipality sends; the defaults are those out of the box.

    Attributes
    ----------
    order
        The channels it uses, the preferred one first.
    digest_hour
        By the municipality's clock, 0 to 23. A weekly digest comes on Mondays.
    """

    order: tuple[Channel, ...] = DEFAULT_ORDER
    digest: Rhythm = Rhythm.WEEKLY
    digest_hour: int = 8


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants: a channel of their own (None: as the municipality does it), an address, no digest."""

    channel: Channel | None = None
    email: str = ""
    digest_off: bool = False


def habits_of(session: Session, municipality_id: int) -> Habits:
    row = session.get(MessageSettings, municipality_id)
    if row is None:
        return Habits()
    return Habits(tuple(Channel(word) for word in row.channels), Rhythm(row.digest), row.digest_hour)


def save_habits(session: Session, municipality: Municipality, habits: Habits, *, now: datetime, actor: str) -> None:
    """Keep how a municipality sends; saving the same changes nothing.

    Raises
    ------
    InvalidInput
        For an hour that no day has.
    """
    if not 0 <= habits.digest_hour < 24:
        raise InvalidInput("The settings were not saved.", fields={"digest_hour": N_("Choose an hour from 0 to 23.")})
    if habits == habits_of(session, municipality.id):
        return
    row = session.get(MessageSettings, municipality.id) or MessageSettings(municipality_id=municipality.id)
    row.channels = [channel.value for channel in habits.order]
    row.digest, row.digest_hour = habits.digest.value, habits.digest_hour
    session.add(row)
    facts = {"channels": row.channels, "digest": row.digest, "hour": row.digest_hour}
    subject = f"municipality:{municipality.uid}"
    audit.record(
        session, "messages.settings_saved", now=now, source=Source.WEB, actor=actor, subject=subject, facts=facts
    )


def wish_of(session: Session, person_id: int) -> Wish:
    row = session.get(MessageWish, person_id)
    if row is None:
        return Wish()
    return Wish(Channel(row.channel) if row.channel else None, row.email, row.digest_off)


def save_wish(session: Session, person: Person, wish: Wish, *, now: datetime, actor: str) -> None:
    """Keep what a person wants.

    Raises
    ------
    InvalidInput
        For an address that mail cannot be sent to.
    """
    email = usable_address(wish.email) if wish.email.strip() else ""
    if wish.email.strip() and not email:
        raise InvalidInput(
            "The choice was not saved.",
            fields={"email": N_("Mail cannot be sent to this address. Enter it as name@example.ru, or nothing.")},
        )
    row = session.get(MessageWish, person.id) or MessageWish(person_id=person.id)
    row.channel = wish.channel.value if wish.channel is not None else ""
    row.email, row.digest_off = email, wish.digest_off
    session.add(row)
    # The address itself is personal: the log says that there was a choice, not which one.
    audit.record(
        session, "messages.wish_saved", now=now, source=Source.WEB, actor=actor, subject=f"person:{person.uid}"
    )


def reach_of(session: Session, person: Person, *, has_mail_server: bool, wish: Wish | None = None) -> Reach:
    """By which ways a person can be reached now.

    The address is the person's own choice, else a login that is one, else the one Moodle shows.
    """
    wish = wish or wish_of(session, person.id)
    login = person.account.login if person.account is not None else ""
    users = _users_of(session, person)
    sending = [found for found in users if Function.SEND_MESSAGES in found.functions]
    candidates = (wish.email, login, *(found.email for found in users))
    return Reach(
        has_mail_server=has_mail_server,
        email=next((address for text in candidates if (address := usable_address(text))), ""),
        is_in_moodle=bool(users),
        site_id=sending[0].site_id if sending else 0,
        moodle_user_id=sending[0].moodle_user_id if sending else 0,
    )


@dataclass(frozen=True, slots=True)
class _User:
    site_id: int
    moodle_user_id: int
    functions: Sequence[str]
    email: str


def _users_of(session: Session, person: Person) -> list[_User]:
    """The person as the connected sites know them, without those who have gone from a site."""
    query = (
        select(LmsSite.id, LmsIdentity.moodle_user_id, LmsSite.functions, LmsUser.email)
        .join(LmsIdentity, LmsIdentity.site_id == LmsSite.id)
        .join(
            LmsUser,
            (LmsUser.site_id == LmsIdentity.site_id) & (LmsUser.moodle_user_id == LmsIdentity.moodle_user_id),
        )
        .where(LmsIdentity.person_id == person.id, LmsUser.presence != Presence.GONE.value)
        .order_by(LmsSite.id)
    )
    return [_User(*row) for row in session.execute(query)]
