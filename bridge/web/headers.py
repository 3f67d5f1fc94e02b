"""Security headers of every answer, in one place.

The content policy allows no inline script or style at all: templates put geometry into SVG attributes and colours into
the style sheet. Frames: our own pages, and the LMS sites that the app names.
"""

from __future__ import annotations

from flask import Flask, Response, current_app, request

from bridge.web.frame import hooks_of

__all__ = ["content_policy", "init_headers"]

_POLICY = (
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
)

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def content_policy(frame_ancestors: tuple[str, ...] = ()) -> str:
    """The Content-Security-Policy, with the origins that may frame our pages."""
    ancestors = " ".join(("frame-ancestors 'self'", *frame_ancestors))
    return "; ".join((*_POLICY, ancestors))


def _add_headers(response: Response) -> Response:
    origins = tuple(hooks_of(current_app).frame_ancestors())
    response.headers.setdefault("Content-Security-Policy", content_policy(origins))
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        # Browsers ignore it without TLS, with a complaint in the console.
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    # Every answer is somebody's, unless its view has said otherwise: static files do.
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def init_headers(app: Flask) -> None:
    """Send the headers with every answer, error pages and static files included."""
    app.after_request(_add_headers)
