"""The blueprint, and what all its pages need: the post office, the municipality, things by their ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from flask import Blueprint, Flask, current_app
from sqlalchemy.orm import Session

from bridge.core.http import access, current
from bridge.core.http.access import Found
from bridge.core.i18n import Language
from bridge.core.permissions import Facts
from bridge.messages import log
from bridge.messages.post import Post
from bridge.messages.service import find_message
from bridge.people.models import Municipality, Person

__all__ = ["COVERED", "count_waiting", "init_messages", "messages_pages", "municipality", "myself", "post"]

messages_pages = Blueprint("messages", __name__, template_folder="../templates")

EXTENSION = "accelerator.messages"

COVERED = tuple(f"messages.{page}" for page in ("show", "to_copy", "list_texts", "edit_text", "show_settings"))
"""Pages under the menu's «Messages»."""


def init_messages(app: Flask, office: Post) -> None:
    """Give the pages their post office, and the app the meaning of the ids in their addresses."""
    app.extensions[EXTENSION] = office
    access.add_resolver(app, "message", _find_message)
    access.add_resolver(app, "template", _find_template)
    access.add_resolver(app, "language", _find_language)


def post() -> Post:
    return cast("Post", current_app.extensions[EXTENSION])


def municipality() -> Municipality:
    return current.db_session().get_one(Municipality, current.actor().municipality_id)


def myself() -> Person:
    return current.db_session().get_one(Person, current.actor().person_id)


def count_waiting() -> int:
    """How many texts wait to be handed over; for the menu."""
    return log.count_to_copy(current.db_session(), current.actor().municipality_id or 0)


def _find_message(session: Session, uid: str, _outer: Mapping[str, object]) -> Found | None:
    message = find_message(session, uid)
    return Found(message, Facts(municipality_id=message.municipality_id)) if message is not None else None


def _find_template(_session: Session, key: str, _outer: Mapping[str, object]) -> Found | None:
    template = post().catalogue.find(key)
    return Found(template, Facts()) if template is not None else None


def _find_language(_session: Session, tag: str, _outer: Mapping[str, object]) -> Found | None:
    return Found(Language(tag), Facts()) if tag in set(Language) else None
