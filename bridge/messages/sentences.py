"""States, ways and faults of delivery in words. Message ids are the English sentences."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.core.i18n import N_
from bridge.lms.sentences import SENTENCES as LMS_SENTENCES
from bridge.lms.sentences import places as lms_places
from bridge.messages.choice import Channel, WhyNot
from bridge.messages.models import MessageState, Rhythm

__all__ = ["CHANNELS", "RHYTHMS", "STATES", "WHY_NOT", "fault", "fault_places"]

CHANNELS: Mapping[str, str] = {
    Channel.SMTP: N_("E-mail"),
    Channel.MOODLE: N_("Message in Moodle"),
    Channel.COPY: N_("Text to copy"),
}

STATES: Mapping[str, str] = {
    MessageState.WAITING: N_("waits to be sent"),
    MessageState.CLAIMED: N_("being sent"),
    MessageState.SENT: N_("sent"),
    MessageState.TO_COPY: N_("to hand over"),
    MessageState.HANDED: N_("handed over"),
    MessageState.FAILED: N_("not sent"),
    MessageState.UNCLEAR: N_("may have arrived"),
    MessageState.CANCELLED: N_("cancelled"),
}

RHYTHMS: Mapping[str, str] = {
    Rhythm.NEVER: N_("Never"),
    Rhythm.WEEKLY: N_("On Mondays"),
    Rhythm.DAILY: N_("Every day"),
}

WHY_NOT: Mapping[str, str] = {
    WhyNot.NO_MAIL_SERVER: N_("no mail server is set up"),
    WhyNot.NO_ADDRESS: N_("no address is known"),
    WhyNot.NOT_IN_MOODLE: N_("the person is not in a connected Moodle"),
    WhyNot.NO_FUNCTION: N_("the token's service does not offer core_message_send_instant_messages"),
    WhyNot.TOO_LONG: N_("the text is longer than Moodle takes"),
    WhyNot.TRIED: N_("this way has refused the message"),
    WhyNot.NOT_BY_HAND: N_("nobody copies such a message"),
}

FAULTS: Mapping[str, str] = {
    "mail_dns": N_("There is no mail server of that name. The server's administrator checks ACCEL_SMTP_URL."),
    "mail_connect": N_(
        "The mail server does not answer. The server's administrator checks ACCEL_SMTP_URL and the firewall."
    ),
    "mail_timeout": N_("The mail server did not answer in time."),
    "mail_dropped": N_("The mail server broke the connection off."),
    "mail_certificate": N_(
        "The mail server's certificate cannot be verified. If it comes from an authority of its own, the server's "
        "administrator names its root certificate in ACCEL_CA_FILE."
    ),
    "mail_tls": N_("No encrypted connection to the mail server came about."),
    "mail_no_tls": N_(
        "The mail server offers no encryption or no sign-in as ACCEL_SMTP_URL asks for. The server's administrator "
        "checks its scheme and port."
    ),
    "mail_sign_in": N_("The mail server does not accept the user or the password of ACCEL_SMTP_URL."),
    "mail_not_now": N_("The mail server refused the connection (%(smtp_code)s)."),
    "mail_later": N_("The mail server asked to try again later (%(smtp_code)s %(enhanced)s)."),
    "mail_sender_refused": N_("The mail server refuses the sender ACCEL_MAIL_FROM (%(smtp_code)s %(enhanced)s)."),
    "mail_no_recipient": N_(
        "The mail server refuses the address (%(smtp_code)s %(enhanced)s). Check it with the person."
    ),
    "mail_rejected": N_("The mail server refused the message (%(smtp_code)s %(enhanced)s)."),
    "moodle_refused": N_(
        "Moodle does not let the companion write to this person. The account of the token may write to everybody "
        "with the right moodle/site:messageanyuser, given at system level; without it only to people of its courses "
        "and contacts who have not blocked it."
    ),
    "token_lost": N_("The token of the connection cannot be read any more. Connect Moodle again."),
    "interrupted": N_("The program was stopped in the middle of sending."),
}

_PLACES = ("smtp_code", "enhanced")


def fault(code: str) -> str:
    """The message id for what an attempt failed with."""
    return FAULTS.get(code) or LMS_SENTENCES.get(code) or N_("Sending failed (%(code)s).")


def fault_places(code: str, facts: Mapping[str, object]) -> dict[str, object]:
    """Values for every place that a sentence of a fault may have."""
    ours = {name: facts.get(name) or "" for name in _PLACES}
    return {**lms_places(facts), **ours, "code": code}
