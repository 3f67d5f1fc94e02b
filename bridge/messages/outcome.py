"""What follows from one attempt: pure. The schedule is data.

An attempt that the other side has surely not taken in may be made again without harm. One whose fate is unknown (the
connection broke after the last byte, the process was killed there) may have arrived: it is made once more, under the
same Message-ID, and after a second such end a person decides. So nobody sees a message more than twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

__all__ = ["MOST_UNCLEAR", "RETRY_AFTER", "Ended", "Failure", "FailureKind", "Next", "NextStep", "next_step"]

RETRY_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
"""Waits after the first, second ... failed attempt. Greylisting ends after 5 to 15 minutes (RFC 6647)."""

MOST_UNCLEAR = 2
"""Attempts of unknown end before a person decides."""


class FailureKind(StrEnum):
    RETRY = "retry"
    """Surely not delivered; the same may work later."""
    PERMANENT = "permanent"
    """Refused for good: this way is closed for this message."""
    UNCLEAR = "unclear"
    """It may have arrived."""


class Ended(StrEnum):
    """How an attempt ended, as its row says."""

    SENT = "sent"
    RETRY = "retry"
    PERMANENT = "permanent"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt did not deliver; the sentence for people is made of ``code`` and ``facts``.

    ``whole_channel`` says that further messages of the channel would fail alike now.
    """

    kind: FailureKind
    code: str
    facts: dict[str, object] = field(default_factory=dict)
    whole_channel: bool = False


class Next(StrEnum):
    DONE = "done"
    AGAIN = "again"
    """The same channel, at ``due_at``."""
    OTHER_CHANNEL = "other_channel"
    ASK = "ask"
    """A person decides whether it has arrived."""


@dataclass(frozen=True, slots=True)
class NextStep:
    step: Next
    due_at: datetime | None = None


def next_step(
    ended: Ended,
    *,
    failed_before: int,
    unclear_before: int,
    now: datetime,
    schedule: Sequence[timedelta] = RETRY_AFTER,
) -> NextStep:
    """What to do after an attempt.

    Parameters
    ----------
    failed_before
        Attempts on this channel, before this one, that ended in ``RETRY``.
    unclear_before
        Attempts of this message, before this one, whose end is unknown.
    """
    if ended is Ended.SENT:
        return NextStep(Next.DONE)
    if ended is Ended.PERMANENT:
        return NextStep(Next.OTHER_CHANNEL)
    if ended is Ended.UNCLEAR:
        asks = unclear_before + 1 >= MOST_UNCLEAR
        return NextStep(Next.ASK) if asks else NextStep(Next.AGAIN, now + schedule[0])
    if failed_before >= len(schedule):
        return NextStep(Next.OTHER_CHANNEL)
    return NextStep(Next.AGAIN, now + schedule[failed_before])
