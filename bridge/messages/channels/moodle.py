"""A message inside Moodle: ``core_message_send_instant_messages``, one at a time.

Sent singly, because in a batch one refusal turns the answer into ``formatnotsupported`` although the others were sent
(Moodle looks up the text of every row, also of one that was never made). A refusal is no exception but the id -1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from bridge.messages.channels.parcel import BeforeEnd, Parcel
from bridge.messages.outcome import Failure, FailureKind
from lms_sync.client import Client, Function
from lms_sync.client.params import Params
from lms_sync.errors import AnswerTooLarge, BadAnswer, LmsError, RemoteException, Unreachable

__all__ = ["MoodleSession", "moodle_text"]

PLAIN = 2
"""``FORMAT_PLAIN``: Moodle escapes the text and keeps its lines. The default, 0, would read it as HTML."""
REFUSED_ID = -1


def moodle_text(subject: str, body: str) -> str:
    """A message has no subject: it stands above the text."""
    return f"{subject}\n\n{body}"


class MoodleSession:
    """One site's web service."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """There is nothing to close: each call is a request of its own."""

    def send(self, parcel: Parcel, before_end: BeforeEnd) -> Failure | None:
        """Post one message."""
        text = moodle_text(parcel.subject, parcel.body)
        message: Params = {"touserid": parcel.moodle_user_id, "text": text, "textformat": PLAIN}
        before_end()
        try:
            answer = self._client.call(Function.SEND_MESSAGES, {"messages": [message]})
        except LmsError as err:
            return _failure(err)
        return _read(answer)


def _read(answer: object) -> Failure | None:
    row = answer[0] if isinstance(answer, Sequence) and len(answer) == 1 else None
    sent = row.get("msgid") if isinstance(row, Mapping) else None
    if not isinstance(sent, int):
        return Failure(
            FailureKind.UNCLEAR, "bad_answer", {"function": Function.SEND_MESSAGES.value, "path": "[0].msgid"}
        )
    return Failure(FailureKind.PERMANENT, "moodle_refused") if sent == REFUSED_ID else None


def _failure(err: LmsError) -> Failure:
    facts: dict[str, object] = {"function": err.function, **err.facts}
    if _may_have_arrived(err):
        return Failure(FailureKind.UNCLEAR, err.code.value, facts, whole_channel=err.fatal)
    # A token, a service or a right that fails is mended by Moodle's administrator; the message waits meanwhile.
    return Failure(FailureKind.RETRY, err.code.value, facts, whole_channel=True)


def _may_have_arrived(err: LmsError) -> bool:
    if isinstance(err, Unreachable):
        return err.arrived
    if isinstance(err, RemoteException):
        # Moodle checks its own answer after the message was made.
        return err.errorcode == "invalidresponse"
    return isinstance(err, BadAnswer | AnswerTooLarge)
