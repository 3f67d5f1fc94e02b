"""What stands around every page: who is signed in, the seasons, the stages, and the hooks by which the app says so.

The app sets the hooks once, in its wiring (`configure_web`); the layout asks them once per request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from flask import Flask, current_app, g

from bridge.core.permissions import ANYONE, Actor, Facts

__all__ = [
    "Frame",
    "SeasonChoice",
    "Stage",
    "StageState",
    "Viewer",
    "WebHooks",
    "configure_web",
    "current_frame",
    "hooks_of",
]

EXTENSION = "bridge.web"


class StageState(StrEnum):
    """Where a stage of the season stands; the words are CSS classes, too."""

    DONE = "done"
    NOW = "now"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the season's four stages.

    Parameters
    ----------
    number
        1 to 4.
    name
        As the season calls it: «Отбор».
    state
        Done, current or later.
    words
        What the stepper says below the name: «завершён, 60 участников», «идёт до 3 марта».
    """

    number: int
    name: str
    state: StageState
    words: str = ""


@dataclass(frozen=True, slots=True)
class SeasonChoice:
    """A season that the viewer may switch to; ``key`` is what the switch sends as ``season``."""

    key: str
    name: str
    is_selected: bool = False


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is signed in, as the header names them: «Очирова Т. С.», «методист»."""

    name: str
    role: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything around a page. The default is the frame of somebody not signed in.

    Parameters
    ----------
    place
        The municipality: «Кетченеровский район».
    viewer
        None for somebody not signed in: no menu, no switch, no sign-out.
    actor, facts
        What the menu's permissions are asked with; facts name the municipality and season on show.
    seasons
        The switch appears where there is more than one.
    stages
        The four stages of the season on show, for the menu.
    home_url, sign_in_url, sign_out_url
        Addresses; the sign-out is a POST. An empty address leaves its control out.
    season_url
        Where the season switch (a GET form) goes; empty: the page it stands on.
    """

    place: str = ""
    viewer: Viewer | None = None
    actor: Actor = ANYONE
    facts: Facts = field(default_factory=Facts)
    seasons: tuple[SeasonChoice, ...] = ()
    stages: tuple[Stage, ...] = ()
    home_url: str = ""
    sign_in_url: str = ""
    sign_out_url: str = ""
    season_url: str = ""


def _no_language_kept(_language: str) -> None:
    """Nobody's own language is stored; the cookie alone remembers it."""


@dataclass(slots=True)
class WebHooks:
    """What only the app knows.

    Parameters
    ----------
    frame
        The frame of the page being answered.
    save_language
        Keep the signed-in person's choice; called on POST, after the CSRF check.
    frame_ancestors
        Origins (``https://moodle.example.ru``) that may show our pages inside theirs.
    now
        The present moment, aware; a demo's clock may stand in another year.
    """

    frame: Callable[[], Frame] = Frame
    save_language: Callable[[str], None] = _no_language_kept
    frame_ancestors: Callable[[], Iterable[str]] = tuple
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


def hooks_of(app: Flask) -> WebHooks:
    """The hooks of an app that `init_web` has seen."""
    hooks = app.extensions[EXTENSION]
    assert isinstance(hooks, WebHooks)  # noqa: S101  for the type checker: nobody else writes this key
    return hooks


def configure_web(
    app: Flask,
    *,
    frame: Callable[[], Frame] | None = None,
    save_language: Callable[[str], None] | None = None,
    frame_ancestors: Callable[[], Iterable[str]] | None = None,
    now: Callable[[], datetime] | None = None,
) -> None:
    """Set the hooks that are given and leave the others; see `WebHooks` for what each one is."""
    hooks = hooks_of(app)
    hooks.frame = frame or hooks.frame
    hooks.save_language = save_language or hooks.save_language
    hooks.frame_ancestors = frame_ancestors or hooks.frame_ancestors
    hooks.now = now or hooks.now


def current_frame() -> Frame:
    """The frame of this request, asked for once."""
    if "web_frame" not in g:
        g.web_frame = hooks_of(current_app).frame()
    frame: Frame = g.web_frame
    return frame
