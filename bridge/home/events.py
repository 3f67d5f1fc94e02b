"""What was done lately, from the audit log, in words."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from bridge.core.audit import SYSTEM_CHAIN, AuditEntry
from bridge.core.i18n import short_name
from bridge.people.models import Person
from bridge.programme.models import Season
from bridge.web.messages import gettext as _
from bridge.web.viewmodels import Event

__all__ = ["latest_events"]

SHOWN = 6


def _words(act: str) -> str:
    words = {
        "lms.synced": _("Moodle was read"),
        "lms.connected": _("Moodle was connected"),
        "lms.scoped": _("The course category was chosen"),
        "season.created": _("The season was founded"),
        "season.changed": _("The season's facts were changed"),
        "season.mapped": _("The map of courses, roles and marks was saved"),
        "formula.set": _("The formula was changed"),
        "people.imported": _("People or schools were imported from a file"),
        "messages.settings_saved": _("The settings of messages were changed"),
        "messages.text_saved": _("A text of messages was changed"),
        "messages.text_reset": _("The shipped text of a message was taken back"),
        "school.merged": _("A spelling of a school was merged"),
    }
    return words.get(act, "")


def latest_events(session: Session, season: Season, subjects: Iterable[str]) -> tuple[Event, ...]:
    """The latest acts on a season and on the things named (``lms_site:uid``), the newest first."""
    query = (
        select(AuditEntry)
        .where(
            (AuditEntry.chain == season.uid)
            | ((AuditEntry.chain == SYSTEM_CHAIN) & AuditEntry.subject.in_(tuple(subjects)))
        )
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(SHOWN)
    )
    entries = session.scalars(query).all()
    names = _names(session, {entry.actor for entry in entries if entry.actor})
    told = (Event(entry.at, _words(entry.act), names.get(entry.actor, "")) for entry in entries)
    return tuple(event for event in told if event.text)


def _names(session: Session, uids: set[str]) -> dict[str, str]:
    people = session.scalars(select(Person).where(Person.uid.in_(sorted(uids))))
    return {person.uid: short_name(person.last_name, person.first_name, person.middle_name) for person in people}
