"""The ways out that need no hands: mail and Moodle. Each takes a parcel and says what became of it.

A session promises one thing: ``before_end`` is called just before the last bytes that deliver. What fails before it has
surely not been delivered; what fails after it may have been.
"""

from bridge.messages.channels.mail import MailServer, MailSession, mail_server
from bridge.messages.channels.moodle import MoodleSession
from bridge.messages.channels.parcel import BeforeEnd, ClaimLost, Parcel, Session, ShutSession

__all__ = [
    "BeforeEnd",
    "ClaimLost",
    "MailServer",
    "MailSession",
    "MoodleSession",
    "Parcel",
    "Session",
    "ShutSession",
    "mail_server",
]
