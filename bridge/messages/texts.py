"""The texts of templates: as shipped, or as a municipality has put them. Saved only when they can be filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bridge.core import audit
from bridge.core.audit import Source
from bridge.core.i18n import N_
from bridge.errors import InvalidInput, StaleSave
from bridge.messages.catalogue import Template, Text
from bridge.messages.models import MessageTemplate
from bridge.messages.substitution import Fault, FaultKind, check, fill, one_line
from bridge.people.models import Municipality

__all__ = [
    "LONGEST_SUBJECT",
    "WORDS",
    "Current",
    "TextRefused",
    "checked",
    "current_text",
    "faults_of",
    "filled",
    "reset_text",
    "save_text",
]

LONGEST_SUBJECT = 300
LONGEST_BODY = 20_000

WORDS = {
    FaultKind.UNKNOWN: N_("This message has no {%(name)s}. Take a name from the list, or leave the braces out."),
    FaultKind.BRACE: N_("A brace stands alone. Names are written in two braces, like {name}."),
    FaultKind.MISSING: N_("Without {%(name)s} the message would be of no use. Put it into the text."),
    FaultKind.TOO_LONG: N_("This is too long: at most %(name)s characters."),
    FaultKind.EMPTY: N_("Write something here: an empty message is not sent."),
}


@dataclass(frozen=True, slots=True)
class Current:
    """A text as it is used now; ``version`` is 0 where it is the shipped one."""

    text: Text
    version: int = 0

    @property
    def is_own(self) -> bool:
        return self.version > 0


def current_text(session: Session, municipality_id: int, template: Template, language: str) -> Current:
    row = _row(session, municipality_id, template, language)
    if row is None:
        return Current(template.shipped(language))
    return Current(Text(row.subject, row.body), row.version)


def filled(template: Template, text: Text, values: Mapping[str, str]) -> Text:
    """A text with its values, the subject on one line and not too long for its place."""
    subject = one_line(fill(text.subject, template.placeholders, values))
    return Text(subject[:LONGEST_SUBJECT], fill(text.body, template.placeholders, values))


class TextRefused(InvalidInput):
    """A text that could not be filled in; ``faults`` are the first one of each field."""

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        super().__init__("The text was not saved.", fields={name: WORDS[fault.kind] for name, fault in faults.items()})
        self.faults = dict(faults)


def checked(template: Template, text: Text, language: str) -> Text:
    """The text as it is kept: lines ended in one way.

    Raises
    ------
    TextRefused
        Naming at each field a name that this message does not have, a lone brace, or what must not be missing.
    """
    tidy = Text(one_line(text.subject), text.body.replace("\r\n", "\n").replace("\r", "\n").strip())
    faults = faults_of(template, tidy, language)
    if faults:
        raise TextRefused(faults)
    return tidy


def faults_of(template: Template, text: Text, language: str) -> dict[str, Fault]:
    """The first fault of each field."""
    places = template.placeholders
    found = {
        "subject": (
            *check(text.subject, places, language=language),
            *_too_long(text.subject, LONGEST_SUBJECT),
        ),
        "body": (
            *check(text.body, places, language=language, needs_all=True),
            *_too_long(text.body, LONGEST_BODY),
        ),
    }
    return {name: faults[0] for name, faults in found.items() if faults}


def _too_long(text: str, longest: int) -> tuple[Fault, ...]:
    return (Fault(FaultKind.TOO_LONG, str(longest)),) if len(text) > longest else ()


def save_text(
    session: Session,
    municipality: Municipality,
    template: Template,
    language: str,
    text: Text,
    *,
    version: int,
    now: datetime,
    actor: str,
) -> None:
    """Put a municipality's own text in the place of the shipped one.

    Raises
    ------
    TextRefused
        Where it could not be filled in.
    StaleSave
        Where somebody has saved or reset it since ``version`` was read.
    """
    tidy = checked(template, text, language)
    current = current_text(session, municipality.id, template, language)
    _not_stale(current, version)
    if tidy == current.text:
        return
    row = _row(session, municipality.id, template, language) or MessageTemplate(
        municipality_id=municipality.id, template=template.key, language=language
    )
    row.subject, row.body = tidy.subject, tidy.body
    session.add(row)
    _record(session, "messages.text_saved", municipality, template, language, now=now, actor=actor)


def reset_text(
    session: Session,
    municipality: Municipality,
    template: Template,
    language: str,
    *,
    version: int,
    now: datetime,
    actor: str,
) -> None:
    """Go back to the shipped text.

    Raises
    ------
    StaleSave
        Where somebody has saved or reset it since ``version`` was read.
    """
    row = _row(session, municipality.id, template, language)
    _not_stale(current_text(session, municipality.id, template, language), version)
    if row is not None:
        session.delete(row)
        _record(session, "messages.text_reset", municipality, template, language, now=now, actor=actor)


def _row(session: Session, municipality_id: int, template: Template, language: str) -> MessageTemplate | None:
    return session.scalar(
        select(MessageTemplate).where(
            MessageTemplate.municipality_id == municipality_id,
            MessageTemplate.template == template.key,
            MessageTemplate.language == language,
        )
    )


def _not_stale(current: Current, version: int) -> None:
    if current.version != version:
        raise StaleSave("Somebody has changed this text meanwhile. Yours is kept below: compare, then save again.")


def _record(
    session: Session,
    act: str,
    municipality: Municipality,
    template: Template,
    language: str,
    *,
    now: datetime,
    actor: str,
) -> None:
    facts = {"template": template.key, "language": language}
    subject = f"municipality:{municipality.uid}"
    audit.record(session, act, now=now, source=Source.WEB, actor=actor, subject=subject, facts=facts)
