"""The language, zone and clock of the request being answered, and the switch of languages.

The app may set, before a view runs: ``g.language`` (the signed-in person's own, or None), ``g.zone`` (an IANA name or a
tzinfo, the municipality's), ``g.plain_years`` (the years of the season on show, which dates need not name).
"""

from __future__ import annotations

import re
from collections.abc import Container
from datetime import datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import flask_babel  # type: ignore[import-untyped, unused-ignore]
from flask import Flask, Response, current_app, g, has_request_context, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

import bridge.translations
from bridge.core.clock import DEFAULT_ZONE
from bridge.core.i18n import DEFAULT_LANGUAGE, LANGUAGE_NAMES, Language, negotiate
from bridge.web.frame import current_frame, hooks_of

__all__ = [
    "LanguageLink",
    "current_language",
    "current_now",
    "current_zone",
    "init_locale",
    "own_address",
    "plain_years",
    "switch_language",
]

LANGUAGE_COOKIE = "lang"

_LOCAL_ADDRESS = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*\Z")
YEAR_S = 365 * 24 * 3600


def current_language() -> Language:
    """The language of this answer: the person's own > the cookie > the browser's > Russian."""
    own = g.get("language")
    if not has_request_context():
        return negotiate(own)
    cookie = request.cookies.get(LANGUAGE_COOKIE)
    return negotiate(own, cookie, accepted=request.accept_languages.values())


def current_zone() -> tzinfo:
    """The municipality's time zone; Moscow's where the app has not said."""
    zone = g.get("zone") or DEFAULT_ZONE
    return ZoneInfo(zone) if isinstance(zone, str) else zone


def current_now() -> datetime:
    """The present moment by the app's clock, aware."""
    return hooks_of(current_app).now()


def plain_years() -> Container[int]:
    """The years that dates need not name: the season's, or this one."""
    years: Container[int] | None = g.get("plain_years")
    return years if years is not None else (current_now().astimezone(current_zone()).year,)


def own_address(address: str) -> str:
    """The path to return to, or the start page for an address that leads elsewhere."""
    # Browsers take a backslash for a slash, and two slashes for another host; control characters they leave out.
    is_ours = _LOCAL_ADDRESS.match(address) is not None
    return address if is_ours else f"{request.script_root}/"


def switch_language() -> BaseResponse:
    """Remember a language and return to the page the switch stood on.

    GET sets the cookie only; POST also keeps the choice of somebody signed in.
    """
    language = negotiate(request.values.get("lang"))
    response = redirect(own_address(request.values.get("next", "")), code=303)
    response.set_cookie(
        LANGUAGE_COOKIE,
        language,
        max_age=YEAR_S,
        path=f"{request.script_root}/",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    if request.method == "POST" and current_frame().viewer is not None:
        hooks_of(current_app).save_language(language)
    return response


class LanguageLink:
    """One choice of the switch."""

    def __init__(self, language: Language) -> None:
        self.tag = str(language)
        self.name = LANGUAGE_NAMES[language]
        self.is_current = language == current_language()

    @property
    def url(self) -> str:
        """Where a GET switches to this language and returns to the page."""
        return url_for("web.language", lang=self.tag, next=self.next)

    @property
    def next(self) -> str:
        """The page the switch stands on, by the path a browser sees. The page behind a POST is opened anew."""
        query = request.query_string.decode("ascii", "replace")
        return f"{request.script_root}{request.path}{'?' if query else ''}{query}"


def language_links() -> list[LanguageLink]:
    """The switch's choices, Russian first."""
    return [LanguageLink(language) for language in Language]


def _say_language(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Language", current_language())
    return response


def init_locale(app: Flask) -> None:
    """Set Flask-Babel up: Russian by default, the catalogues of `bridge.translations`."""
    flask_babel.Babel(
        app,
        default_locale=DEFAULT_LANGUAGE,
        default_translation_directories=str(Path(bridge.translations.__file__).parent),
        locale_selector=current_language,
    )
    app.after_request(_say_language)
