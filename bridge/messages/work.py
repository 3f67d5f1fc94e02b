"""The slice's jobs: the round by the clock, delivery that somebody waits for, erasing what was kept long enough."""

from __future__ import annotations

import logging

from bridge.messages.alarms import tell_of_silence
from bridge.messages.delivery import Office, deliver_due
from bridge.messages.digest import DigestDesk, write_digests
from bridge.messages.service import erase_old

__all__ = ["DELIVER", "ROUND", "TIDY_MESSAGES", "deliver", "go_round", "tidy_messages"]

log = logging.getLogger(__name__)

ROUND = "messages.round"
DELIVER = "messages.deliver"
TIDY_MESSAGES = "messages.tidy"


def go_round(context: Office, *, desk: DigestDesk) -> None:
    """Write what is to be told by the clock, then deliver everything that is due.

    One job for all messages: a workflow for each would sleep for hours between attempts.
    """
    told = tell_of_silence(context, desk.speaking)
    digests = write_digests(context, desk)
    if told or digests:
        log.info("queued: %d about Moodle, %d digests", told, digests)
    deliver(context)


def deliver(context: Office) -> None:
    """Deliver what is due now."""
    tally = deliver_due(context)
    if tally:
        log.info("delivered: %s", ", ".join(f"{ended} {count}" for ended, count in sorted(tally.items())))


def tidy_messages(context: Office) -> None:
    """Erase texts that were kept long enough, forget what is older than the log."""
    with context.database.writing() as session:
        texts, messages = erase_old(session, now=context.clock())
    if texts or messages:
        log.info("erased %d texts, forgot %d messages", texts, messages)
