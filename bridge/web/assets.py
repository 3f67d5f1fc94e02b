"""Static files under addresses that carry a hash of their content, so that a browser keeps them for a year.

Files are read once, when the app is built. Bootstrap's CSS comes out of the Bootstrap-Flask package: nobody else's code
lies in this repository, and an update of the package is an update of the file.
"""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import dataclass
from importlib.resources import files

from flask import Flask, Response, abort, current_app, url_for

__all__ = ["asset_url", "init_assets", "serve_asset"]

EXTENSION = "bridge.web.assets"
YEAR_S = 365 * 24 * 3600

_SOURCES = {
    "bootstrap.css": ("flask_bootstrap", "static/bootstrap5/css/bootstrap.min.css"),
    "app.css": ("bridge.web", "static/app.css"),
    "app.js": ("bridge.web", "static/app.js"),
    "favicon.svg": ("bridge.web", "static/favicon.svg"),
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file: its bytes, their media type, and the first 12 hex digits of their SHA-256."""

    body: bytes
    mimetype: str
    digest: str


def _load(package: str, path: str) -> Asset:
    body = files(package).joinpath(path).read_bytes()
    mimetype = mimetypes.guess_type(path)[0] or "application/octet-stream"
    return Asset(body, mimetype, hashlib.sha256(body).hexdigest()[:12])


def init_assets(app: Flask) -> None:
    """Read the files that pages link to."""
    app.extensions[EXTENSION] = {name: _load(*source) for name, source in _SOURCES.items()}


def _asset(name: str) -> Asset | None:
    assets: dict[str, Asset] = current_app.extensions[EXTENSION]
    return assets.get(name)


def asset_url(name: str) -> str:
    """The address of a static file, with its hash."""
    asset = _asset(name)
    if asset is None:
        message = f"there is no static file {name!r}"
        raise LookupError(message)
    return url_for("web.asset", digest=asset.digest, name=name)


def serve_asset(digest: str, name: str) -> Response:
    """A static file. Under an address with another hash (a page from before an update) it is served, but not kept."""
    asset = _asset(name)
    if asset is None:
        abort(404)
    response = Response(asset.body, mimetype=asset.mimetype)
    if digest == asset.digest:
        response.cache_control.public = True
        response.cache_control.max_age = YEAR_S
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    return response
