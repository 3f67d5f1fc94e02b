"""First run: the municipality, its organiser, and Moodle now or later. Open once, by a code printed at start."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bridge.core import audit
from bridge.core.audit import Source
from bridge.core.crypto import Vault
from bridge.core.permissions import Role
from bridge.errors import Refused
from bridge.lms.connection import Probe, choose_categories, guess_category, remember_categories, save_connection
from bridge.people import service as people
from bridge.people.models import Municipality, Person
from bridge.people.service import NewAccount, NewMunicipality

__all__ = ["FirstRun", "is_set_up", "new_code", "set_up"]

CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0 and O, 1 and I: the code is read from one screen and typed on another."""
CODE_GROUPS = 3


def new_code() -> str:
    """A code of 60 random bits, in groups of four: ``K7QM-2FXA-9RTB``."""
    groups = ("".join(secrets.choice(CODE_ALPHABET) for _ in range(4)) for _ in range(CODE_GROUPS))
    return "-".join(groups)


def same_code(given: str, right: str) -> bool:
    """Whether a typed code is the printed one; case and separators do not matter."""
    typed = "".join(given.upper().split()).replace("-", "")
    return hmac.compare_digest(typed.encode(), right.replace("-", "").encode())


def is_set_up(session: Session) -> bool:
    """Whether anybody has ever set this installation up."""
    return session.scalar(select(Municipality.id).limit(1)) is not None


@dataclass(frozen=True, slots=True)
class FirstRun:
    """What the first run asks; ``probe`` is Moodle's answer where it is connected at once."""

    municipality: NewMunicipality
    account: NewAccount
    probe: Probe | None = None


def set_up(session: Session, asked: FirstRun, *, vault: Vault, now: datetime, source: Source) -> Person:
    """Found the installation's first municipality with its organiser, who is its administrator as well.

    Raises
    ------
    Refused
        When somebody was first; the caller rolls back.
    InvalidInput
        Naming each field that cannot stand; nothing is written.
    """
    # The entry comes first: it locks the chain, so that of two first runs at once the second sees what the first did.
    audit.record(session, "installation.set_up", now=now, source=source)
    if is_set_up(session):
        raise Refused("This installation is set up already. Sign in.", code="set_up")
    municipality = people.create_municipality(session, asked.municipality, now=now, source=source)
    organiser = people.create_account(session, municipality, asked.account, now=now, source=source)
    for role in (Role.ORGANISER, Role.ADMINISTRATOR):
        people.grant(session, organiser, role, now=now, source=source)
    if asked.probe is not None:
        site = save_connection(
            session, municipality, asked.probe, vault=vault, now=now, source=source, actor=organiser.uid
        )
        remember_categories(session, site, asked.probe.categories, now=now)
        category = guess_category(asked.probe.categories)
        if category is not None:
            choose_categories(session, site, [category.category_id], now=now, source=source, actor=organiser.uid)
    return organiser
