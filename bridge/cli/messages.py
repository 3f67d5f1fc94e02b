"""Commands about messages: deliver what is due, and look at what was queued."""

from __future__ import annotations

import json
from collections.abc import Iterable

import click

from bridge.cli.base import Exit, municipality_of, opened, reports_errors, say
from bridge.messages import delivery
from bridge.messages.log import LogFilter, log_page, name_of
from bridge.messages.models import Message, MessageState
from bridge.messages.outcome import Ended
from bridge.messages.sentences import CHANNELS, STATES, fault, fault_places

__all__ = ["messages"]


@click.group()
def messages() -> None:
    """Messages to people: the queue and what became of it."""


@messages.command()
@reports_errors
def send() -> None:
    """Deliver everything that is due now, as the worker does every five minutes."""
    with opened() as installation:
        tally = delivery.deliver_due(installation)
    sent, failed = tally[Ended.SENT], sum(count for ended, count in tally.items() if ended is not Ended.SENT)
    click.echo(say("Delivered: %(sent)d. Not delivered: %(failed)d.", sent=sent, failed=failed))
    if failed:
        raise SystemExit(Exit.PARTLY)


@messages.command("list")
@click.option("--state", type=click.Choice([state.value for state in MessageState]), help="Only those in this state.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, without texts.")
@click.option("--municipality", default="", help="Needed where there are several.")
@reports_errors
def list_messages(*, state: str | None, as_json: bool, municipality: str) -> None:
    """List the newest messages of a municipality."""
    with opened() as installation, installation.database.reading() as session:
        place = municipality_of(session, municipality)
        found = log_page(session, place.id, LogFilter(state=state or "")).messages
        if as_json:
            click.echo(json.dumps([_as_json(message) for message in found], ensure_ascii=False))
        else:
            click.echo("\n".join(_lines(found)) or say("There are no messages."))


def _as_json(message: Message) -> dict[str, object]:
    return {
        "id": message.uid,
        "person": message.person.uid,
        "template": message.template,
        "channel": message.channel,
        "state": message.state,
        "created_at": message.created_at.isoformat(),
        "due_at": message.due_at.isoformat(),
        "ended_at": message.ended_at.isoformat() if message.ended_at is not None else None,
        "attempts": [
            {
                "channel": attempt.channel,
                "began_at": attempt.began_at.isoformat(),
                "ended": attempt.ended,
                "code": attempt.code,
            }
            for attempt in message.attempts
        ],
    }


def _lines(found: Iterable[Message]) -> Iterable[str]:
    for message in found:
        way = say(CHANNELS[message.channel]) if message.channel else "-"
        line = f"{message.created_at:%Y-%m-%d %H:%M}  {name_of(message.person)}  {message.template}  {way}  "
        yield line + say(STATES[message.state]) + _why(message)


def _why(message: Message) -> str:
    failed = [attempt for attempt in message.attempts if attempt.code]
    if not failed or message.state == MessageState.SENT.value:
        return ""
    return f" ({say(fault(failed[-1].code), **fault_places(failed[-1].code, failed[-1].facts))})"
