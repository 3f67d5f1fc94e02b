"""What a channel is given, and what it promises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from bridge.messages.choice import Channel
from bridge.messages.outcome import Failure

__all__ = ["BeforeEnd", "ClaimLost", "Parcel", "Session", "ShutSession"]

BeforeEnd = Callable[[], None]
"""Called just before the last bytes go out; raises ``ClaimLost`` where the parcel is no longer ours to deliver."""


class ClaimLost(Exception):
    """Another worker has taken the message over; nothing must be delivered by this one."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message on its way by one channel.

    Attributes
    ----------
    key
        Stable over attempts of one sending: the left side of the Message-ID.
    """

    message_id: int
    attempt_id: int
    claim: str
    key: str
    channel: Channel
    name: str
    email: str
    site_id: int
    moodle_user_id: int
    subject: str
    body: str
    at: datetime

    def __repr__(self) -> str:
        return f"Parcel({self.key!r}, {self.channel.value!r})"


class Session(Protocol):
    """A channel while it is open; parcels are given one after the other."""

    def send(self, parcel: Parcel, before_end: BeforeEnd) -> Failure | None:
        """Deliver one parcel; None where it was taken in."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class ShutSession:
    """A channel that cannot be opened: every parcel meets the same failure."""

    def __init__(self, failure: Failure) -> None:
        self._failure = failure

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """There is nothing to close."""

    def send(self, parcel: Parcel, before_end: BeforeEnd) -> Failure | None:
        """Say why not."""
        return self._failure
