"""Which way a message goes, and why not another: pure.

The person's own wish comes first, then the municipality's order. A text to copy needs nothing, so that there is always
a way; only what nobody would copy (a digest) may have none.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["DEFAULT_ORDER", "LONGEST_MOODLE_BYTES", "Channel", "Choice", "Reach", "Reason", "WhyNot", "choose"]

LONGEST_MOODLE_BYTES = 4096
"""``core_message\\api::MESSAGE_MAX_LENGTH``, which Moodle holds against PHP's ``strlen``: bytes, not letters."""


class Channel(StrEnum):
    SMTP = "smtp"
    MOODLE = "moodle"
    COPY = "copy"


DEFAULT_ORDER = (Channel.SMTP, Channel.MOODLE, Channel.COPY)


class WhyNot(StrEnum):
    """Why a channel was passed over."""

    NO_MAIL_SERVER = "no_mail_server"
    NO_ADDRESS = "no_address"
    NOT_IN_MOODLE = "not_in_moodle"
    NO_FUNCTION = "no_function"
    TOO_LONG = "too_long"
    TRIED = "tried"
    NOT_BY_HAND = "not_by_hand"


@dataclass(frozen=True, slots=True)
class Reach:
    """By which ways somebody can be reached.

    Attributes
    ----------
    has_mail_server
        Whether this installation sends mail.
    email
        Where to; empty where no address is known.
    is_in_moodle
        Whether the person is a user of a connected site.
    site_id, moodle_user_id
        Of a site whose service can send messages; 0 where there is none.
    """

    has_mail_server: bool
    email: str = ""
    is_in_moodle: bool = False
    site_id: int = 0
    moodle_user_id: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    channel: Channel
    why: WhyNot


@dataclass(frozen=True, slots=True)
class Choice:
    """The channel, None where there is none, and the channels before it with the reasons why not."""

    channel: Channel | None
    passed_over: tuple[Reason, ...] = ()


def choose(
    reach: Reach,
    *,
    order: Sequence[Channel] = DEFAULT_ORDER,
    wish: Channel | None = None,
    tried: Collection[Channel] = (),
    text_bytes: int = 0,
    by_hand: bool = True,
) -> Choice:
    """Choose the way of one message.

    Parameters
    ----------
    order
        The municipality's; channels that it leaves out are not used. A text to copy closes it in any case.
    wish
        The person's own; a wish that cannot be met is passed over.
    tried
        Channels that have refused this message for good.
    text_bytes
        Length of subject and body in UTF-8.
    by_hand
        Whether it is worth a person's while to copy it.
    """
    wished = (wish,) if wish is not None else ()
    passed_over: list[Reason] = []
    for channel in dict.fromkeys((*wished, *order, Channel.COPY)):
        why = _why_not(channel, reach, tried, text_bytes, by_hand=by_hand)
        if why is None:
            return Choice(channel, tuple(passed_over))
        passed_over.append(Reason(channel, why))
    return Choice(None, tuple(passed_over))


def _why_not(
    channel: Channel, reach: Reach, tried: Collection[Channel], text_bytes: int, *, by_hand: bool
) -> WhyNot | None:
    if channel is Channel.COPY:
        # By hand a text can be handed over again and again: "tried" does not hold for it.
        return None if by_hand else WhyNot.NOT_BY_HAND
    if channel in tried:
        return WhyNot.TRIED
    return _why_no_mail(reach) if channel is Channel.SMTP else _why_no_moodle(reach, text_bytes)


def _why_no_mail(reach: Reach) -> WhyNot | None:
    if not reach.has_mail_server:
        return WhyNot.NO_MAIL_SERVER
    return None if reach.email else WhyNot.NO_ADDRESS


def _why_no_moodle(reach: Reach, text_bytes: int) -> WhyNot | None:
    if not reach.is_in_moodle:
        return WhyNot.NOT_IN_MOODLE
    if not reach.site_id:
        return WhyNot.NO_FUNCTION
    return WhyNot.TOO_LONG if text_bytes > LONGEST_MOODLE_BYTES else None
