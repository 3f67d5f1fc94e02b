"""The look of the companion: layout, macros, static files, languages, error pages, security headers.

`init_web` puts it all on an app; `configure_web` tells it what only the app knows (who is signed in, which season);
`register` adds pages to the menu.
"""

from __future__ import annotations

from flask import Blueprint, Flask
from flask_compress import Compress
from flask_wtf import CSRFProtect  # type: ignore[import-untyped, unused-ignore]

from bridge.web.assets import asset_url, init_assets, serve_asset
from bridge.web.drawings import RankScale, bar_width
from bridge.web.error_pages import init_error_pages
from bridge.web.filters import init_filters
from bridge.web.frame import (
    EXTENSION,
    Frame,
    SeasonChoice,
    Stage,
    StageState,
    Viewer,
    WebHooks,
    configure_web,
    current_frame,
    hooks_of,
)
from bridge.web.headers import init_headers
from bridge.web.locale import current_language, init_locale, language_links, switch_language
from bridge.web.navigation import NavItem, build_menu, register
from bridge.web.tables import kept_query, query_url, sort_state, sort_url

__all__ = [
    "Frame",
    "NavItem",
    "SeasonChoice",
    "Stage",
    "StageState",
    "Viewer",
    "WebHooks",
    "configure_web",
    "hooks_of",
    "init_web",
    "register",
]

_COMPRESSED = ["text/html", "text/css", "text/javascript", "application/json", "image/svg+xml", "text/plain"]

_GLOBALS = {
    "RankScale": RankScale,
    "asset_url": asset_url,
    "bar_width": bar_width,
    "build_menu": build_menu,
    "current_frame": current_frame,
    "current_language": current_language,
    "kept_query": kept_query,
    "language_links": language_links,
    "query_url": query_url,
    "sort_state": sort_state,
    "sort_url": sort_url,
}


def init_web(app: Flask) -> None:
    """Put the web kit on an app: everything that pages of all slices share.

    Call it once, after the app's configuration and before the slices' blueprints. CSRF protection is switched on unless
    the app has done so itself; exempt what does not sign in by cookie through ``app.extensions["csrf"]``.
    """
    app.extensions[EXTENSION] = WebHooks()
    app.config.setdefault("COMPRESS_MIMETYPES", _COMPRESSED)
    app.config.setdefault("COMPRESS_ALGORITHM", ["br", "gzip"])
    if "csrf" not in app.extensions:
        CSRFProtect(app)
    init_locale(app)
    init_filters(app)
    init_assets(app)
    init_headers(app)
    init_error_pages(app)
    Compress(app)
    app.jinja_env.globals.update(_GLOBALS)
    app.register_blueprint(_blueprint())


def _blueprint() -> Blueprint:
    blueprint = Blueprint("web", __name__, template_folder="templates")
    blueprint.add_url_rule("/assets/<digest>/<name>", "asset", serve_asset)
    blueprint.add_url_rule("/language", "language", switch_language, methods=["GET", "POST"])
    return blueprint
