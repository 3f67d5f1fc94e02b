"""Answers to what goes wrong: a page in the same layout that says what to do, or one JSON shape for programs.

The JSON is ``{"error": {"code", "message", "fields"?}}``. Our own errors (`bridge.errors`) bring code and sentence;
what HTTP itself refuses gets one of the sentences below; anything else is an incident, whose number is in the log.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped, unused-ignore]
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response as BaseResponse

from bridge.core.i18n import N_
from bridge.errors import BridgeError
from bridge.web.frame import Frame, current_frame
from bridge.web.messages import gettext

__all__ = ["ErrorPage", "error_response", "init_error_pages", "wants_json"]

log = logging.getLogger("bridge.web")

RESEND_LIMIT_BYTES = 200_000
_SECRET_WORDS = ("password", "token", "secret", "code")


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What an error page says.

    Parameters
    ----------
    status
        HTTP status.
    title
        What is wrong, in a few words.
    advice
        What to do, in whole sentences.
    incident
        The number in the log; empty where nothing was logged.
    resend
        Fields of a form that came too late and can be sent again.
    retry_url
        Where the page can be opened anew; empty where there is no such place.
    """

    status: int
    title: str
    advice: str
    incident: str = ""
    resend: tuple[tuple[str, str], ...] = ()
    retry_url: str = ""


@dataclass(frozen=True, slots=True)
class _Words:
    code: str
    title: str
    advice: str


_WORDS: Mapping[int, _Words] = {
    400: _Words(
        "bad_request",
        N_("This request cannot be read"),
        N_("Go back, check what you entered and send it again."),
    ),
    401: _Words("unauthorised", N_("Sign in first"), N_("This page is for those who have signed in.")),
    403: _Words(
        "forbidden",
        N_("This page is not open to you"),
        N_("It is for other roles. If you need it for your work, ask the organiser of the season."),
    ),
    404: _Words(
        "not_found",
        N_("There is no such page"),
        N_("The address may have a typing error, or the page was removed. Begin from the start page."),
    ),
    405: _Words(
        "method_not_allowed",
        N_("This address cannot be opened like that"),
        N_("It takes a form. Open the page with the form and send it from there."),
    ),
    409: _Words("refused", N_("This cannot be done now"), N_("Open the page anew to see how things stand.")),
    413: _Words(
        "too_large",
        N_("The file is too large"),
        N_("Choose a smaller file, or save it in a more compact format, and send it again."),
    ),
    415: _Words(
        "unsupported_media_type", N_("This kind of file does not fit"), N_("Save it in a format the form names.")
    ),
    422: _Words("invalid_input", N_("Something is entered wrongly"), N_("Go back, correct it and send it again.")),
    429: _Words(
        "too_many_requests",
        N_("Too many attempts"),
        N_("Wait a few minutes and try again."),
    ),
    503: _Words("unavailable", N_("The service is busy"), N_("Try again in a minute.")),
}

_INCIDENT = _Words(
    "internal_error",
    N_("Something broke on our side"),
    N_("Nothing was saved half way. Try again; if it repeats, tell the server's administrator the incident number."),
)

_EXPIRED = _Words(
    "form_expired",
    N_("The page was open too long"),
    N_("For safety a form can be sent only for a limited time."),
)


def wants_json() -> bool:
    """Whether the answer is for a program: the API, or a client that prefers JSON to a page."""
    if request.path.startswith("/api/"):
        return True
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def error_response(
    page: ErrorPage, *, code: str, message: str = "", fields: Mapping[str, object] | None = None
) -> Response:
    """The answer to an error, as a page or as JSON.

    Parameters
    ----------
    page
        What the page says, already in the reader's language.
    code
        A stable word for programs.
    message
        The sentence for programs; the page's own where it is left out.
    fields
        Field name -> what is wrong with it.
    """
    if wants_json():
        error: dict[str, object] = {"code": code, "message": message or f"{page.title}. {page.advice}"}
        if fields:
            error["fields"] = fields
        if page.incident:
            error["incident"] = page.incident
        response = jsonify(error=error)
    else:
        response = make_response(render_template("errors/error.html", page=page))
    response.status_code = page.status
    return response


def _page(words: _Words, status: int, *, incident: str = "") -> ErrorPage:
    return ErrorPage(status, gettext(words.title), gettext(words.advice), incident=incident)


def _keep_a_frame() -> None:
    """Make sure that an error page can be drawn: where the frame itself cannot be had, it goes without."""
    try:
        current_frame()
    except Exception:  # the page about an error must not fail for the error's own cause
        log.exception("no frame for an error page")
        g.web_frame = Frame()


def _http_error(error: HTTPException) -> BaseResponse | HTTPException:
    if error.code is None or error.code < 400 or error.response is not None:
        return error
    _keep_a_frame()
    words = _WORDS.get(error.code) or _WORDS[400 if error.code < 500 else 503]
    response = error_response(_page(words, error.code), code=words.code, fields=_schema_fields(error))
    kept = {"Allow", "Retry-After", "WWW-Authenticate"}
    response.headers.extend((name, value) for name, value in error.get_headers() if name in kept)
    return response


def _schema_fields(error: HTTPException) -> Mapping[str, object] | None:
    """What a schema found in a request to the API (webargs puts it on the exception)."""
    data = getattr(error, "data", None)
    messages = data.get("messages") if isinstance(data, dict) else None
    return messages if isinstance(messages, dict) else None


def _bridge_error(error: BridgeError) -> Response:
    """Our own refusals: the sentence is the error's, in the reader's language."""
    if error.status >= 500:
        return _incident(error)
    _keep_a_frame()
    words = _WORDS.get(error.status, _WORDS[400])
    sentence = _sentence(error.message, error.facts)
    fields = {name: _sentence(text, error.facts) for name, text in error.fields.items()}
    page = ErrorPage(error.status, gettext(words.title), sentence)
    return error_response(page, code=error.code, message=sentence, fields=fields)


def _sentence(message: str, facts: Mapping[str, object]) -> str:
    translated = gettext(message)
    return translated % facts if facts else translated


def _incident(error: BaseException) -> Response:
    number = secrets.token_hex(4)
    incident = f"{number[:4]}-{number[4:]}"
    original = error.original_exception if isinstance(error, InternalServerError) else error
    log.error("incident %s: %s %s", incident, request.method, request.endpoint, exc_info=original)
    # Whatever broke may break the frame, too: the page about it asks for nothing.
    g.web_frame = Frame()
    return error_response(_page(_INCIDENT, 500, incident=incident), code=_INCIDENT.code)


def _csrf_error(_error: CSRFError) -> Response:
    """A form that came too late. What was entered is offered for sending again, if it came from our own page."""
    _keep_a_frame()
    page = ErrorPage(
        400, gettext(_EXPIRED.title), gettext(_EXPIRED.advice), resend=_resendable(), retry_url=_retry_url()
    )
    return error_response(page, code=_EXPIRED.code)


def _came_from_us() -> bool:
    """Whether the browser says that the form stood on our page: another site's form must not be a click from sent."""
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host


def _resendable() -> tuple[tuple[str, str], ...]:
    names = [name.lower() for name in request.form]
    has_secret = any(word in name for name in names if name != "csrf_token" for word in _SECRET_WORDS)
    is_large = (request.content_length or 0) > RESEND_LIMIT_BYTES
    if not _came_from_us() or has_secret or is_large or request.files:
        return ()
    return tuple((name, value) for name, value in request.form.items(multi=True) if name != "csrf_token")


def _retry_url() -> str:
    """The page of the form, where it can be opened by its address."""
    adapter = current_app.create_url_adapter(request)
    opens = adapter is not None and "GET" in adapter.allowed_methods()
    return f"{request.script_root}{request.path}" if opens else ""


def init_error_pages(app: Flask) -> None:
    """Answer every error of the app. Codes are registered one by one: that outranks an extension's catch-all."""
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(BridgeError, _bridge_error)
    app.register_error_handler(500, _incident)
    app.register_error_handler(HTTPException, _http_error)
    for code in _WORDS:
        app.register_error_handler(code, _http_error)
