"""What belongs to the request under way: its database session, its moment, its actor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import Flask, current_app, g, has_request_context
from flask import session as web_session
from sqlalchemy.orm import Session

from bridge.core.crypto import Vault
from bridge.core.db import Database
from bridge.core.http.sessions import ServerSession
from bridge.core.jobs import Jobs
from bridge.core.permissions import ANYONE, Actor
from bridge.settings import Settings
from lms_sync.client import Client

__all__ = [
    "SAFE_METHODS",
    "ActorLoader",
    "Services",
    "actor",
    "close_session",
    "db_session",
    "init_current",
    "now",
    "person_uid",
    "services",
]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods of requests that change nothing."""

EXTENSION = "accelerator"

ActorLoader = Callable[[Session, int], Actor]
"""Finds the actor of a signed-in person's id."""


@dataclass(frozen=True, slots=True)
class Services:
    """What ``create_app`` wired together."""

    settings: Settings
    database: Database
    vault: Vault
    jobs: Jobs
    clock: Callable[[], datetime]
    make_client: Callable[[str, str], Client]
    """A client of an LMS, from its URL and a token."""
    setup_code: Callable[[], str]
    """The code that opens the first run."""
    load_actor: ActorLoader


def init_current(app: Flask, wired: Services) -> None:
    """Make the wired services reachable from views, and see to each request's end."""
    app.extensions[EXTENSION] = wired
    app.teardown_request(_close_session)


def services() -> Services:
    return cast("Services", current_app.extensions[EXTENSION])


def now() -> datetime:
    """One moment for the whole request."""
    if "now" not in g:
        g.now = services().clock()
    return cast("datetime", g.now)


def db_session(*, write: bool = False) -> Session:
    """The request's session, opened at first use.

    Whoever asks to write gets one that took the lock before it read anything: what was opened to learn the language
    of the page is closed. Otherwise SQLite would refuse the lock where another process has written in between.
    """
    if write and not g.get("db_session_writes", False):
        close_session()
    if "db_session" not in g:
        g.db_session, g.db_session_writes = services().database.open(write=write), write
    return cast("Session", g.db_session)


def close_session() -> None:
    """Give the request's session up, and its lock; what was not committed is undone."""
    session = g.pop("db_session", None)
    g.pop("db_session_writes", None)
    if session is not None:
        session.close()


def actor() -> Actor:
    """Who asks, with their roles; loaded once a request."""
    if "actor" not in g:
        person_id = cast("ServerSession", web_session).person_id if has_request_context() else None
        g.actor = ANYONE if person_id is None else services().load_actor(db_session(), person_id)
    return cast("Actor", g.actor)


def person_uid() -> str:
    """The opaque id of whoever is signed in, for the audit; empty for nobody."""
    return actor().person_uid


def _close_session(_error: BaseException | None) -> None:
    close_session()
